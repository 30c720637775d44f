//! The keys of one `[[source]]`, from elsewhere than the configuration's file: a source that the state alone has.
//!
//! They are judged as the file's are, and what the file leaves out has the defaults that the configuration gives (`[fetch]`,
//! `[feeds]`) at that moment.

use serde_json::{Map, Value};
use toml::Table;

use crate::store::stored::Offered;

use super::document::{Lines, tree};
use super::entry::Entry;
use super::load::Config;
use super::problem::{Fault, Wrong};
use super::recipe::Catalogue;
use super::shape;
use super::source::{Reading, Setting};

/// Why keys make no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadKeys {
    /// What is wrong: lowercase, no full stop, the thing quoted.
    pub message: String,
    /// What to write.
    pub help: String,
}

impl From<Wrong> for BadKeys {
    fn from(Wrong { message, help }: Wrong) -> Self {
        Self { message, help }
    }
}

/// The source that has these keys, ready to be put into the state. A key that is null is left out.
///
/// # Errors
/// With the first thing that is wrong.
pub fn stored_source(
    mut keys: Map<String, Value>,
    config: &Config,
    catalogue: &Catalogue<'_>,
) -> Result<Offered, BadKeys> {
    keys.retain(|_, value| !value.is_null());
    let unreadable = |error: &dyn std::fmt::Display| {
        BadKeys::from(Wrong::new(
            format!("these keys cannot be written down: {error}"),
            "each is a key of [[source]] in docs/configuration.md",
        ))
    };
    let table = Table::try_from(&keys).map_err(|error| unreadable(&error))?;
    let file = Table::from_iter([("source".to_owned(), toml::Value::Array(vec![table.into()]))]);
    let text = toml::to_string(&file).map_err(|error| unreadable(&error))?;
    let lines = Lines::of(&text);
    let document = tree(&text, &lines).map_err(first)?;
    let shape = shape::check(&document);
    let mut faults = shape.faults;
    let folder = std::path::Path::new("/");
    let setting = Setting { lines: &lines, folder, fetch: &config.fetch, feeds: &config.feeds, catalogue };
    let mut reading = Reading::new(&setting);
    reading.add(&Entry::list(&document, "source", &shape.bad));
    let mut read = reading.end();
    faults.append(&mut read.faults);
    let (true, Some(source)) = (faults.is_empty(), read.good.pop()) else { return Err(first(faults)) };
    if source.url.scheme() == "file" {
        let help = "write it into the configuration's file: its path is one of that machine";
        return Err(Wrong::new("a file: is no source that the state alone can have", help).into());
    }
    let id_is_suggested = keys.remove("id").is_none();
    let written = serde_json::to_string(&keys).map_err(|error| unreadable(&error))?;
    Ok(Offered { source, written, id_is_suggested })
}

fn first(mut faults: Vec<Fault>) -> BadKeys {
    faults.sort_by_key(|fault| fault.at);
    let wrong = faults.into_iter().next().map(|fault| fault.wrong);
    wrong.unwrap_or_else(|| Wrong::new("these keys make no source", "write url = \"https://…\"")).into()
}
