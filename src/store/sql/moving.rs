//! Every table as it goes into another database: which columns in which order, and where to go on.
//!
//! Both databases hand over the same values in the same order: columns by name, rows by their keys, texts by their bytes.
//! Where a key falls in one of its columns, so does its index, and it is followed in two steps that both read that index: to the
//! end of what shares the columns before, then on.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;

use super::backend::Backend;
use super::fault::{Fault, Outcome};
use super::notes;
use super::tx::{Row, Tx, params};
use super::value::{Bind, Cell, Kind, Owned, Value};
use crate::store::contract::StoreError;
use crate::store::moving::{Begun, MARK, Moving, Place, Portion};

/// Rows that are handed over at once.
const PORTION: i64 = 4000;

/// Of those that hold a whole page or text.
const LARGE_PORTION: i64 = 200;

/// Bytes after which a portion is full, whatever it could hold.
const FULL: usize = 8 << 20;

/// Notes that every state has of itself, and that are no content: where the log of events stands is told apart.
const OWN_NOTES: &str = "name NOT IN ('moving in', 'event number')";

/// What a lease says is void in another database.
const LEASE: &str = "lease_until";

/// A table that goes along.
struct Table {
    name: &'static str,
    /// Its key, up to a column that falls.
    key: &'static [&'static str],
    /// The column that falls, and what the key has behind it.
    then: Option<(&'static str, &'static [&'static str])>,
    /// Which of its rows go along.
    only: &'static str,
    most: i64,
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, then: None, only: "1 = 1", most: PORTION }
}

/// The key of what belongs to a source and has its number in it.
const OF_SOURCE: &[&str] = &["shard", "source_id"];

/// The key of what a post's key names.
const OF_POST: &[&str] = &["shard", "source_id", "key"];

/// All that goes along. Notes come last: they say what was done with the rest.
const TABLES: &[Table] = &[
    table("host", &["shard", "host_id"]),
    table("source", OF_SOURCE),
    table("source_state", OF_SOURCE),
    table("post", OF_POST),
    table("category", &["shard", "source_id", "category_id"]),
    Table { then: Some(("listed_at", &["key"])), ..table("post_category", &["shard", "source_id", "category_id"]) },
    Table { then: Some(("listed_at", &["key"])), ..table("post_label", &["shard", "source_id", "kind", "label"]) },
    table("alias", OF_POST),
    table("tombstone", OF_POST),
    table("edit", &["shard", "source_id", "key", "at"]),
    table("outbox", &["id", "shard"]),
    table("feed", &["shard", "feed_id"]),
    Table { most: LARGE_PORTION, ..table("archive_page", &["shard", "source_id", "feed_id", "page"]) },
    table("archived_post", &["shard", "source_id", "feed_id", "key"]),
    table("page", &["shard", "source_id", "url"]),
    table("robots", &["shard", "origin"]),
    table("recipe_history", &["shard", "source_id", "at"]),
    Table { most: LARGE_PORTION, ..table("post_text", OF_POST) },
    table("met", OF_POST),
    table("missing", OF_POST),
    table("merged", &["merged_shard", "feed_id"]),
    table("merged_source", &["shard", "source_id", "merged_shard", "feed_id"]),
    Table {
        then: Some(("listed_at", &["key", "shard", "source_id"])),
        ..table("merged_post", &["merged_shard", "feed_id"])
    },
    table("token", &["name"]),
    table("channel", &["name"]),
    table("event", &["number"]),
    Table { only: OWN_NOTES, ..table("note", &["name"]) },
];

/// The tables that go along, in the order in which they are copied.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name)
}

impl Table {
    fn named(name: &str) -> Outcome<&'static Self> {
        let found = TABLES.iter().find(|table| table.name == name);
        found.ok_or_else(|| Fault::corrupt("table of a state", name))
    }

    /// The columns of the whole key.
    fn whole_key(&self) -> Vec<&'static str> {
        let (falls, behind) = self.then.unzip();
        self.key.iter().copied().chain(falls).chain(behind.into_iter().flatten().copied()).collect()
    }

    /// The order of rows.
    fn order(&self) -> String {
        let rises = |columns: &[&str]| columns.join(", ");
        match self.then {
            None => rises(self.key),
            Some((falls, behind)) => format!("{}, {falls} DESC, {}", rises(self.key), rises(behind)),
        }
    }

    /// The order from the end.
    fn order_back(&self) -> String {
        let mut order: Vec<String> = self.key.iter().map(|column| format!("{column} DESC")).collect();
        if let Some((falls, behind)) = self.then {
            order.push(falls.to_owned());
            order.extend(behind.iter().map(|column| format!("{column} DESC")));
        }
        order.join(", ")
    }

    /// What to ask, one after the other, for all that comes behind a place: conditions, each with how many values of the
    /// key it is given.
    fn behind(&self) -> Vec<(String, usize)> {
        let row = |columns: &[&str], from: usize| {
            let places: Vec<String> = (from..from + columns.len()).map(|place| format!("?{place}")).collect();
            (format!("({})", columns.join(", ")), format!("({})", places.join(", ")))
        };
        let (key, at) = row(self.key, 1);
        let on = (format!("{key} > {at}"), self.key.len());
        let Some((falls, behind)) = self.then else { return vec![on] };
        let number = self.key.len() + 1;
        let (rest, rest_at) = row(behind, number + 1);
        // Each on its own reads the index from where the place is.
        vec![
            (format!("{key} = {at} AND {falls} = ?{number} AND {rest} > {rest_at}"), number + behind.len()),
            (format!("{key} = {at} AND {falls} < ?{number}"), number),
            on,
        ]
    }
}

/// The columns of a table by name, with what is read of each.
fn columns(tx: &Tx<'_>, table: &Table) -> Outcome<Vec<(String, Kind)>> {
    let mut columns = tx.columns(table.name)?;
    columns.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(columns)
}

/// How many rows go along.
fn rows(tx: &Tx<'_>, name: &str) -> Outcome<u64> {
    let table = Table::named(name)?;
    let count: i64 = tx.one(&format!("SELECT count(*) FROM {name} WHERE {}", table.only), &[], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The last row of a table.
fn last_place(tx: &Tx<'_>, name: &str) -> Outcome<Option<Place>> {
    let table = Table::named(name)?;
    let key = table.whole_key();
    let sql =
        format!("SELECT {} FROM {name} WHERE {} ORDER BY {} LIMIT 1", key.join(", "), table.only, table.order_back());
    tx.first(&sql, &[], |row| (0..key.len()).map(|column| owned(row, column)).collect::<Outcome<_>>().map(Place))
}

/// The rows behind a place, or the first ones.
fn portion(tx: &Tx<'_>, name: &'static str, after: Option<&Place>) -> Outcome<Portion> {
    let table = Table::named(name)?;
    let columns = columns(tx, table)?;
    let key = table.whole_key().into_iter().map(|wanted| place_of(&columns, wanted)).collect::<Outcome<Vec<_>>>()?;
    let read = |name: &str| if name == LEASE { "CAST(NULL AS BIGINT)".to_owned() } else { name.to_owned() };
    let names: Vec<String> = columns.iter().map(|(name, _)| read(name)).collect();
    let at: Vec<Value<'_>> = after
        .iter()
        .flat_map(|place| place.0.iter().zip(&key))
        .map(|(value, (_, kind))| value.of_kind(*kind))
        .collect();
    let at: Vec<&dyn Bind> = at.iter().map(|value| value as &dyn Bind).collect();
    let conditions = if after.is_some() { table.behind() } else { vec![("1 = 1".to_owned(), 0)] };
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for (condition, given) in conditions {
        let left = table.most - i64::try_from(rows.len()).unwrap_or(table.most);
        if left <= 0 || bytes >= FULL {
            break;
        }
        let (names, order) = (names.join(", "), table.order());
        let sql = format!(
            "SELECT {names} FROM {name} WHERE {} AND {condition} ORDER BY {order} LIMIT ?{}",
            table.only,
            given + 1
        );
        let mut values = at[..given].to_vec();
        values.push(&left);
        tx.each(&sql, &values, |row| {
            let values = (0..columns.len()).map(|column| owned(row, column)).collect::<Outcome<Vec<_>>>()?;
            bytes += values.iter().map(size).sum::<usize>();
            rows.push(values);
            Ok(if bytes >= FULL { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
    }
    let last = rows.last().map(|row: &Vec<Owned>| Place(key.iter().map(|(column, _)| row[*column].clone()).collect()));
    Ok(Portion { table: name, rows: Arc::new(rows), after: after.cloned(), last })
}

fn place_of(columns: &[(String, Kind)], wanted: &str) -> Outcome<(usize, Kind)> {
    let found = columns.iter().position(|(name, _)| name == wanted);
    found.map(|at| (at, columns[at].1)).ok_or_else(|| Fault::corrupt("column of a key", wanted))
}

/// A value. A NUL, which only one of the databases keeps in a text, says nothing and is left out on both sides.
fn owned(row: &Row<'_>, column: usize) -> Outcome<Owned> {
    Ok(match row.cell(column)? {
        Cell::Text(text) if text.contains('\0') => Owned::Text(text.replace('\0', "")),
        cell => cell.into(),
    })
}

fn size(value: &Owned) -> usize {
    match value {
        Owned::Null | Owned::Int(_) => 8,
        Owned::Text(text) => text.len(),
        Owned::Blob(bytes) => bytes.len(),
    }
}

/// Waits for whoever takes rows in, also for one that was ended in the middle of it, and makes sure that the state is still
/// one that takes another in.
fn under_way(tx: &Tx<'_>) -> Outcome<()> {
    tx.lock("SELECT name FROM note WHERE name = ?1 /*pg FOR UPDATE */", params![MARK])?;
    notes::note(tx, MARK)?.map(drop).ok_or(Fault::Missing)
}

/// Takes rows in.
fn take(tx: &Tx<'_>, portion: &Portion) -> Outcome<()> {
    let table = Table::named(portion.table)?;
    under_way(tx)?;
    let there = last_place(tx, table.name)?;
    if there == portion.after {
        return tx.insert(table.name, &columns(tx, table)?, &portion.rows);
    }
    // A run that was ended may have handed over what only then was written.
    if there == portion.last { Ok(()) } else { Err(Fault::corrupt("place to go on from", &format!("{there:?}"))) }
}

/// Empties a table.
fn empty(tx: &Tx<'_>, name: &str) -> Outcome<()> {
    let table = Table::named(name)?;
    tx.execute(&format!("DELETE FROM {name} WHERE {}", table.only), &[])?;
    Ok(())
}

/// Marks an empty state as one that takes another in.
fn begin(tx: &Tx<'_>, from: &str) -> Outcome<Begun> {
    match notes::note(tx, MARK)? {
        Some(begun) if begun == from => return under_way(tx).map(|()| Begun::CarriedOn),
        Some(_) => return Ok(Begun::Taken { what: "a part of another state".to_owned() }),
        None => {}
    }
    for table in TABLES {
        // Its log of events has a name from the beginning.
        let only = if table.name == "note" { "name NOT IN ('event log', 'event number')" } else { table.only };
        let count: i64 = tx.one(&format!("SELECT count(*) FROM {} WHERE {only}", table.name), &[], |row| row.get(0))?;
        if count > 0 {
            return Ok(Begun::Taken { what: format!("{count} rows of {}", table.name) });
        }
    }
    tx.execute("DELETE FROM note WHERE name = 'event log'", &[])?;
    notes::put_note(tx, MARK, from)?;
    Ok(Begun::Fresh)
}

/// Says that the state is whole.
fn end(tx: &Tx<'_>, event: i64) -> Outcome<()> {
    super::events::go_on_behind(tx, event)?;
    tx.execute("DELETE FROM note WHERE name = ?1", params![MARK])?;
    Ok(())
}

#[async_trait]
impl<B: Backend> Moving for B {
    async fn rows(&self, table: &'static str) -> Result<u64, StoreError> {
        self.read("count rows", move |tx| rows(tx, table)).await
    }

    async fn portion(&self, table: &'static str, after: Option<&Place>) -> Result<Portion, StoreError> {
        let after = after.cloned();
        self.read("hand rows over", move |tx| portion(tx, table, after.as_ref())).await
    }

    async fn last_place(&self, table: &'static str) -> Result<Option<Place>, StoreError> {
        self.read("find the last row", move |tx| last_place(tx, table)).await
    }

    async fn begin_move(&self, from: &str) -> Result<Begun, StoreError> {
        let from = from.to_owned();
        self.write("begin to take another state in", move |tx| begin(tx, &from)).await
    }

    async fn take(&self, portion: &Portion) -> Result<(), StoreError> {
        let portion = portion.clone();
        self.write("take rows in", move |tx| take(tx, &portion)).await
    }

    async fn empty(&self, table: &'static str) -> Result<(), StoreError> {
        self.write("empty a table", move |tx| empty(tx, table)).await
    }

    async fn end_move(&self, event: i64) -> Result<(), StoreError> {
        self.write("end what was taken in", move |tx| end(tx, event)).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::sqlite::schema;

    /// Who works on a state is a matter of this moment.
    const STAYS: &[&str] = &["worker", "duty", "sqlite_sequence"];

    #[test]
    fn every_table_goes_along_by_its_whole_key() {
        let connection = schema::open_in_memory().unwrap();
        let tx = Tx::sqlite(&connection);
        let there = tx
            .all("SELECT name FROM sqlite_schema WHERE type = 'table'", &[], |row| row.get::<String>(0))
            .unwrap()
            .into_iter()
            .filter(|name| !STAYS.contains(&name.as_str()))
            .collect::<BTreeSet<_>>();
        assert_eq!(there, tables().map(str::to_owned).collect());
        for table in TABLES {
            let key = tx
                .all("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", params![table.name], |row| {
                    row.get::<String>(0)
                })
                .unwrap();
            assert_eq!(table.whole_key(), key, "{}", table.name);
        }
    }
}
