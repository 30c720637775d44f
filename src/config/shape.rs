//! Holds a file against the reference: every unknown key and every value that cannot be, at once.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{found, nearest};
use super::problem::Fault;
use super::reference::{TABLES, Table, root};

/// What was found wrong with the file's shape.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The mistakes.
    pub(super) faults: Vec<Fault>,
    /// Where the values begin that later steps must not read.
    pub(super) bad: HashSet<usize>,
    /// Paths of the tables that hold a mistake.
    pub(super) bad_tables: HashSet<&'static str>,
}

/// Holds the whole file against the reference.
pub(super) fn check(tree: &DeTable<'_>) -> Shape {
    let mut shape = Shape::default();
    shape.table(root(), tree, 0);
    shape
}

impl Shape {
    fn table(&mut self, table: &'static Table, tree: &DeTable<'_>, at: usize) {
        for (name, value) in tree {
            let child = table.children().find(|(child, _)| child == name.get_ref());
            if let Some(key) = table.key(name.get_ref()) {
                let faults = key.kind.faults(key, value);
                if !faults.is_empty() {
                    self.bad.insert(value.span().start);
                    self.fault(table, faults);
                }
            } else if let Some((_, child)) = child {
                self.child(child, value);
            } else {
                let help = unknown_help(table, name.get_ref());
                let message = format!("unknown key {:?} {}", name.get_ref(), table.place());
                self.fault(table, vec![Fault::new(name.span().start, message, help)]);
            }
        }
        for key in table.keys.iter().filter(|key| key.required && !tree.contains_key(key.name)) {
            let message = format!("this {} has no {:?}", table.heading(), key.name);
            let help = format!("write {} = {}", key.name, key.example);
            self.fault(table, vec![Fault::new(at, message, help)]);
        }
    }

    /// A table below another, or each of the tables in a list.
    fn child(&mut self, table: &'static Table, value: &Spanned<DeValue<'_>>) {
        let at = value.span().start;
        match (table.many, value.get_ref()) {
            (false, DeValue::Table(tree)) => self.table(table, tree, at),
            (true, DeValue::Array(list)) => {
                for element in list {
                    match element.get_ref() {
                        DeValue::Table(tree) => self.table(table, tree, element.span().start),
                        other => self.not_a_table(table, other, element.span().start),
                    }
                }
            }
            (_, other) => self.not_a_table(table, other, at),
        }
    }

    fn not_a_table(&mut self, table: &'static Table, value: &DeValue<'_>, at: usize) {
        self.bad.insert(at);
        let wants = if table.many { "a list of tables" } else { "a table" };
        let fault = match (table.many, value) {
            (true, DeValue::Table(_)) => Fault::new(
                at,
                format!("there can be many of {}, and this is written as one", table.heading()),
                format!("write {} with two brackets, and what belongs to it below", table.heading()),
            ),
            (false, DeValue::Array(_)) => Fault::new(
                at,
                format!("there is one {} at most, and this is written as a list", table.heading()),
                format!("write {} with one bracket", table.heading()),
            ),
            (_, other) => Fault::new(
                at,
                format!("{:?} is {wants}, found {}", table.path, found(other)),
                format!("write {} on a line of its own, and its keys below", table.heading()),
            ),
        };
        self.fault(table, vec![fault]);
    }

    fn fault(&mut self, table: &'static Table, faults: Vec<Fault>) {
        self.faults.extend(faults);
        // A mistake in [fetch.host] is one in [fetch], whose options hold it.
        self.bad_tables.extend(TABLES.iter().map(|other| other.path).filter(|path| {
            *path == table.path || table.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
        }));
    }
}

/// What to write instead of a name that `table` does not know.
fn unknown_help(table: &'static Table, name: &str) -> String {
    let children: Vec<&str> = table.children().map(|(child, _)| child).collect();
    let names = || table.keys.iter().map(|key| key.name);
    // A key that another table knows by exactly this name is most often one below the wrong heading.
    let elsewhere = TABLES.iter().find(|other| other.path != table.path && other.key(name).is_some());
    match (nearest(name, names().chain(children.iter().copied())), elsewhere) {
        (Some(near), _) => match table.children().find(|(child, _)| *child == near) {
            Some((_, child)) => format!("write {}", child.heading()),
            None => format!("write \"{near}\""),
        },
        (None, Some(other)) if other.path.is_empty() => {
            format!("{name:?} belongs to the top of the file: write it before the first [table]")
        }
        (None, Some(other)) => format!("{name:?} belongs to {}: write it below that heading", other.heading()),
        (None, None) if table.path.is_empty() => {
            let headings = table.children().map(|(_, child)| child.heading());
            format!("the file knows {}", names().map(str::to_owned).chain(headings).collect::<Vec<_>>().join(", "))
        }
        (None, None) => {
            let children = table.children().map(|(_, child)| child.heading());
            format!(
                "{} knows {}",
                table.heading(),
                names().map(str::to_owned).chain(children).collect::<Vec<_>>().join(", ")
            )
        }
    }
}
