//! Rows of all sources, handed over to another state and taken in from one.
//!
//! What comes in stands in a database beside ours ([`Incoming`]), looked through value by value, and is copied from there
//! in one transaction.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::fault::{Fault, Outcome};
use super::feeds;
use super::rows::{self, plain};
use super::sources::{self, OWNED};
use super::tx::{Tx, params};
use super::value::{Cell, Owned};
use crate::model::source::SourceId;
use crate::store::contract::{Imported, RowSink};
use crate::store::sqlite::incoming::Incoming;

/// What is owed here is owed here alone.
const STAYS: &str = "outbox";

/// The values of a column that is a secret of this installation.
const SECRETS: &[&str] = &["headers"];

/// Rows that are written at once.
const PORTION: usize = 1000;

/// A source of what comes in, and of ours: id, shard and number.
type Named = (SourceId, [i64; 2]);

/// The tables that are handed over.
pub(in crate::store) fn tables() -> impl Iterator<Item = &'static str> {
    OWNED.iter().copied().filter(|table| *table != STAYS)
}

/// Hands over every row, table by table.
pub(super) fn export(tx: &Tx<'_>, mut to: RowSink) -> Outcome<u64> {
    let mut count = 0;
    for table in tables() {
        let names: Vec<String> = tx.columns(table)?.into_iter().map(|(name, _)| name).collect();
        tx.each(&format!("SELECT {} FROM {table}", names.join(", ")), &[], |row| {
            let mut values = Map::new();
            for (index, name) in names.iter().enumerate() {
                values.insert(name.clone(), exported(row.cell(index)?));
            }
            if table == "source" {
                without_secrets(&mut values)?;
            }
            to((table.to_owned(), values)).map_err(|error| Fault::Unstorable(error.into()))?;
            count += 1;
            Ok(ControlFlow::Continue(()))
        })?;
    }
    Ok(count)
}

fn exported(value: Cell<'_>) -> Value {
    match value {
        Cell::Null => Value::Null,
        Cell::Int(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Blob(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
    }
}

/// The value of a column as [`export`] hands it over; `None`: it is none.
pub(in crate::store) fn imported(value: &Value) -> Option<Owned> {
    match value {
        Value::Null => Some(Owned::Null),
        Value::Number(number) => number.as_i64().map(Owned::Int),
        Value::String(text) => Some(Owned::Text(text.clone())),
        Value::Object(blob) => STANDARD.decode(blob.get("base64")?.as_str()?).ok().map(Owned::Blob),
        Value::Bool(_) | Value::Array(_) => None,
    }
}

/// Leaves out what a person set to be let in somewhere.
fn without_secrets(row: &mut Map<String, Value>) -> Outcome<()> {
    for column in ["definition", "written"] {
        let Some(Value::String(text)) = row.get(column) else { continue };
        let mut source: Map<String, Value> = serde_json::from_str(text)?;
        for secret in SECRETS {
            if let Some(value) = source.get_mut(*secret) {
                *value = json!({});
            }
        }
        row.insert(column.to_owned(), Value::String(serde_json::to_string(&source)?));
    }
    Ok(())
}

/// Reads every value once: what cannot be read is refused before it is ours. A feed's path becomes the path of a file.
pub(in crate::store) fn read_all(tx: &Tx<'_>) -> Outcome<()> {
    for overview in sources::overview(tx)? {
        for feed in feeds::feeds(tx, Some(&overview.source.id))? {
            let mut segments = feed.path.as_str().split('/');
            let plain =
                |segment: &str| !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', '\0']);
            if segments.next() != Some(overview.source.id.as_str()) || !segments.all(plain) {
                return Err(Fault::corrupt("path of a feed", feed.path.as_str()));
            }
        }
    }
    tx.each(&format!("SELECT {} FROM post p", rows::POST), &[], |row| {
        let post = rows::post(row, 0)?;
        match url::Url::parse(&post.url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(ControlFlow::Continue(())),
            Ok(_) | Err(_) => Err(Fault::corrupt("address of a post", &post.url)),
        }
    })
}

/// Takes in what came, but for sources of which posts are stored here.
pub(super) fn merge(tx: &Tx<'_>, incoming: &Incoming) -> Outcome<Imported> {
    tx.alone()?;
    let mut done = Imported::default();
    let connection = incoming.open()?;
    let from = Tx::sqlite(&connection);
    let ours: HashMap<SourceId, [i64; 2]> = named(tx)?.into_iter().collect();
    let mut stay = HashSet::new();
    let mut taken = Vec::new();
    for (id, at) in named(&from)? {
        if let Some([shard, number]) = ours.get(&id) {
            if tx.exists("SELECT 1 FROM post WHERE shard = ?1 AND source_id = ?2 LIMIT 1", params![shard, number])? {
                stay.insert(at);
                done.kept.push(id);
                continue;
            }
            for table in OWNED {
                tx.execute(
                    &format!("DELETE FROM {table} WHERE shard = ?1 AND source_id = ?2"),
                    params![shard, number],
                )?;
            }
        }
        taken.push(at);
        done.taken.push(id);
    }
    for table in tables() {
        copy(&from, tx, table, &stay)?;
    }
    // Their files are not here, and what the configuration says of them is compared anew.
    for [shard, number] in taken {
        tx.execute(
            "UPDATE feed SET published_version = 0, published_pages = 0, announced_version = 0
             WHERE shard = ?1 AND source_id = ?2",
            params![shard, number],
        )?;
        tx.execute(
            "UPDATE source SET definition_hash = 0 WHERE shard = ?1 AND source_id = ?2",
            params![shard, number],
        )?;
    }
    Ok(done)
}

fn named(tx: &Tx<'_>) -> Outcome<Vec<Named>> {
    tx.all("SELECT id, shard, source_id FROM source ORDER BY id", &[], |row| {
        Ok((rows::source_id(row, 0)?, [plain(row, 1)?, plain(row, 2)?]))
    })
}

/// Copies a table's rows, but for those of some sources.
fn copy(from: &Tx<'_>, to: &Tx<'_>, table: &str, but: &HashSet<[i64; 2]>) -> Outcome<()> {
    let columns = from.columns(table)?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let width = names.len();
    let mut portion = Vec::new();
    from.each(&format!("SELECT {}, shard, source_id FROM {table}", names.join(", ")), &[], |row| {
        if but.contains(&[row.get(width)?, row.get(width + 1)?]) {
            return Ok(ControlFlow::Continue(()));
        }
        let values = (0..width).map(|column| Ok(Owned::from(row.cell(column)?)));
        portion.push(values.collect::<Outcome<Vec<_>>>()?);
        if portion.len() == PORTION {
            to.insert(table, &columns, &portion)?;
            portion.clear();
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if portion.is_empty() { Ok(()) } else { to.insert(table, &columns, &portion) }
}
