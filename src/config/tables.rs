//! The tables other than `[[source]]` → everyone's options, with their paths made absolute.

use std::path::{Path, PathBuf};

use rustix::fs::Access;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::store::contract::Retention;
use crate::{agent, fetch, notify, publish, serve};

use super::document::{Lines, nearest, quoted};
use super::entry::Entry;
use super::kind::duration;
use super::options::StoreOptions;
use super::paths;
use super::problem::{Fault, Problem, Wrong};
use super::shape::Shape;

/// Backups of days that are kept where nobody says otherwise: a week is long enough to notice.
const BACKUPS: usize = 7;

/// A judged file on its way to becoming options. New faults go to the shape's.
pub(super) struct Desk<'a> {
    /// The file.
    pub(super) file: &'a Path,
    /// Its folder, absolute.
    pub(super) folder: PathBuf,
    pub(super) lines: &'a Lines,
    pub(super) document: &'a DeTable<'a>,
    pub(super) shape: Shape,
    pub(super) env: &'a dyn Fn(&str) -> Option<String>,
    /// Problems that stand in no line.
    pub(super) elsewhere: Vec<Problem>,
    /// Folders that are there and cannot be written.
    pub(super) unwritable: Vec<Problem>,
    /// What channels need and is not there.
    pub(super) unusable: Vec<Problem>,
    /// What is odd.
    pub(super) warnings: Vec<Fault>,
}

impl Desk<'_> {
    /// The options of a top-level table; the default where it is missing or was found wrong.
    pub(super) fn options<T: DeserializeOwned + Default>(&mut self, table: &str) -> T {
        let Some(value) = self.document.get(table).filter(|_| !self.shape.bad_tables.contains(table)) else {
            return T::default();
        };
        T::deserialize(ValueDeserializer::from(value.clone())).unwrap_or_else(|error| {
            let at = error.span().map_or(value.span().start, |span| span.start);
            let help = format!("see [{table}] in docs/configuration.md");
            self.shape.faults.push(Fault::new(at, error.message().trim().to_owned(), help));
            T::default()
        })
    }

    /// How long what has ended is kept.
    pub(super) fn retention(&mut self) -> Retention {
        let options: StoreOptions = self.options("store");
        let usual = Retention::default();
        let kept = |written: Option<String>| written.as_deref().and_then(duration);
        Retention {
            sent: kept(options.keep_sent).unwrap_or(usual.sent),
            dead: kept(options.keep_dead).unwrap_or(usual.dead),
            history: kept(options.keep_history).unwrap_or(usual.history),
            events: kept(options.keep_events).unwrap_or(usual.events),
        }
    }

    /// How many backups of days are kept.
    pub(super) fn backups(&mut self) -> usize {
        let options: StoreOptions = self.options("store");
        options.backups.map_or(BACKUPS, |backups| usize::try_from(backups).unwrap_or(usize::MAX))
    }

    /// What is published, and where. Where several machines share a state no one of them writes files unasked.
    pub(super) fn publish(&mut self, over: Option<&Path>, is_shared: bool) -> publish::Options {
        let mut options: publish::Options = self.options("publish");
        let at = self.place("publish", "dir").filter(|_| over.is_none());
        let written = options.dir.take();
        options.dir = match (over, written) {
            (Some(over), _) if over.as_os_str().is_empty() => None,
            (Some(over), _) => Some(absolute(over)),
            (None, Some(dir)) if dir.as_os_str().is_empty() => None,
            (None, Some(dir)) => Some(paths::resolve(&self.folder, &dir.to_string_lossy(), self.env)),
            (None, None) if is_shared => None,
            (None, None) => {
                let dir = paths::default_feeds(self.env);
                if dir.is_none() && !self.shape.bad_tables.contains("publish") {
                    self.elsewhere.push(homeless("the feeds").of_file(self.file));
                }
                dir
            }
        };
        if let Some(dir) = options.dir.clone() {
            if dir.is_file() {
                let wrong = Wrong::new(
                    format!("the feeds' folder {} is a file", dir.display()),
                    "name a folder: dir = \"../state/feeds\", or dir = \"\" for no files",
                );
                self.problem(at, &dir, wrong);
            }
            self.check_writable(at, &dir);
        }
        options
    }

    /// How pages are asked for; the file of authorities is there and can be read.
    pub(super) fn fetch(&mut self) -> fetch::Options {
        let mut options: fetch::Options = self.options("fetch");
        if let Some(path) = options.ca_file.take() {
            let path = paths::resolve(&self.folder, &path.to_string_lossy(), self.env);
            if let Err(error) = std::fs::File::open(&path) {
                let wrong = Wrong::new(
                    format!("the authorities in {} cannot be read: {error}", path.display()),
                    "write the path of a PEM file that is there, or leave ca_file out",
                );
                let at = self.place("fetch", "ca_file");
                self.problem(at, &path, wrong);
            }
            options.ca_file = Some(path);
        }
        options
    }

    /// Rules name channels that are there.
    pub(super) fn check_rules(&mut self, options: &notify::options::Options) {
        let Some(table) = self.document.get("notify").filter(|_| !self.shape.bad_tables.contains("notify")) else {
            return;
        };
        let names: Vec<&str> = options.channels().into_iter().map(|(name, _)| name).collect();
        let rules = table.get_ref().as_table().and_then(|table| table.get("rule")?.get_ref().as_array());
        let named = rules.into_iter().flatten().filter_map(|rule| rule.get_ref().as_table()?.get("channels"));
        let named = named.filter_map(|named| named.get_ref().as_array()).flatten();
        for value in named {
            let Some(name) = value.get_ref().as_str().filter(|name| !names.contains(name)) else { continue };
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("write \"{near}\""),
                None => format!("known are: {}", names.join(", ")),
            };
            let message = format!("there is no channel {}", quoted(name));
            self.shape.faults.push(Fault::new(value.span().start, message, help));
        }
    }

    /// What the agent follows. Whether its token is there is found out by the agent: other commands need none.
    pub(super) fn agent(&mut self) -> agent::Options {
        let mut options: agent::Options = self.options("agent");
        if let Some(path) = &mut options.token_file {
            *path = paths::resolve(&self.folder, &path.to_string_lossy(), self.env);
        }
        options
    }

    /// Where the feeds are served.
    pub(super) fn serve(&mut self) -> serve::Options {
        let mut options: serve::Options = self.options("serve");
        for address in options.listen.iter_mut().filter(|address| address.contains('/')) {
            *address = paths::resolve(&self.folder, address, self.env).to_string_lossy().into_owned();
        }
        options
    }

    /// Where the value of a key of a top-level table stands.
    pub(super) fn place(&self, table: &str, key: &str) -> Option<usize> {
        let value: &Spanned<DeValue<'_>> = self.document.get(table)?;
        Entry::of(value, &self.shape.bad)?.get(key).map(|value| value.span().start)
    }

    /// A problem in the file where it stands in the file, else of the path itself.
    pub(super) fn problem(&mut self, at: Option<usize>, path: &Path, wrong: Wrong) {
        match at {
            Some(at) => self.shape.faults.push(Fault { at, wrong }),
            None => self.elsewhere.push(wrong.of_file(path)),
        }
    }

    pub(super) fn check_writable(&mut self, at: Option<usize>, path: &Path) {
        let wanted = if path.is_dir() { Access::WRITE_OK | Access::EXEC_OK } else { Access::WRITE_OK };
        if !path.exists() || rustix::fs::access(path, wanted).is_ok() {
            return;
        }
        let wrong = Wrong::new(
            format!("{} cannot be written by this user", path.display()),
            "give it to the user who runs sosik (chown), or name another folder: --state DIR, --publish DIR",
        );
        self.unwritable.push(match at {
            Some(at) => Problem { line: Some(self.lines.line(at)), ..wrong.of_file(self.file) },
            None => wrong.of_file(path),
        });
    }
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

pub(super) fn homeless(what: &str) -> Wrong {
    Wrong::new(
        format!("nothing says where {what} may be kept: neither the file nor $HOME"),
        "write [store] url = \"sqlite:PATH\" and [publish] dir = \"PATH\", or give --state DIR and --publish DIR",
    )
}
