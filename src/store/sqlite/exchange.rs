//! Rows of all sources, handed over to another state and taken in from one.
//!
//! What comes in may be of an earlier schema: its rows go into a database of that schema beside ours, which is migrated,
//! looked through value by value, and only then copied, source by source, in one transaction.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, Transaction, params_from_iter};
use serde_json::{Map, Value, json};

use super::fault::{Fault, Outcome};
use super::lock::beside;
use super::rows::{self, all, plain};
use super::sources::{self, OWNED};
use super::{feeds, schema};
use crate::model::source::SourceId;
use crate::store::contract::{Imported, RowSink, Rows, StoreError};

/// What is owed here is owed here alone.
const STAYS: &str = "outbox";

/// The values of a column that is a secret of this installation.
const SECRETS: &[&str] = &["headers"];

/// Counts imports, so that two states in memory have files of their own.
static IMPORTS: AtomicUsize = AtomicUsize::new(0);

/// A source of what comes in, and of ours: id, shard and number.
type Named = (SourceId, i64, i64);

fn tables() -> impl Iterator<Item = &'static str> {
    OWNED.iter().copied().filter(|table| *table != STAYS)
}

/// Hands over every row, table by table.
pub(super) fn export(tx: &Transaction<'_>, mut to: RowSink) -> Outcome<u64> {
    let mut count = 0;
    for table in tables() {
        let mut statement = tx.prepare(&format!("SELECT * FROM {table}"))?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = Map::new();
            for (index, name) in names.iter().enumerate() {
                values.insert(name.clone(), exported(row.get_ref(index)?));
            }
            if table == "source" {
                without_secrets(&mut values)?;
            }
            to((table.to_owned(), values)).map_err(|error| Fault::Unstorable(error.into()))?;
            count += 1;
        }
    }
    Ok(count)
}

fn exported(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) => Value::String(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => json!({ "base64": STANDARD.encode(bytes) }),
    }
}

/// Leaves out what a person set to be let in somewhere.
fn without_secrets(row: &mut Map<String, Value>) -> Outcome<()> {
    let Some(Value::String(definition)) = row.get("definition") else { return Ok(()) };
    let mut source: Map<String, Value> = serde_json::from_str(definition)?;
    for secret in SECRETS {
        if let Some(value) = source.get_mut(*secret) {
            *value = json!({});
        }
    }
    row.insert("definition".to_owned(), Value::String(serde_json::to_string(&source)?));
    Ok(())
}

/// Takes rows in; `near`: our database, where it is a file.
pub(super) fn import(
    ours: &mut Connection,
    near: Option<&Path>,
    schema: i64,
    rows: Rows,
) -> Result<Imported, StoreError> {
    let turn = IMPORTS.fetch_add(1, Ordering::Relaxed);
    let alone = || std::env::temp_dir().join(format!("sosik-{}-{turn}.db", std::process::id()));
    let near = near.map_or_else(alone, PathBuf::from);
    let incoming = Incoming(beside(&near, ".incoming"));
    incoming.fill(schema, rows)?;
    incoming.merge(ours).map_err(|fault| fault.during("take an export in"))
}

/// A database of what comes in, gone with this.
struct Incoming(PathBuf);

impl Incoming {
    fn clear(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // What cannot be removed cannot be made either: that is told there.
            let _ = fs::remove_file(beside(&self.0, suffix));
        }
    }

    /// Makes it, of the newest schema, and reads all that is in it once.
    fn fill(&self, version: i64, rows: Rows) -> Result<(), StoreError> {
        if version > schema::newest() {
            return Err(schema::too_new(Path::new("the export"), version));
        }
        self.clear();
        let mut connection = schema::make_at(&self.0, version)?;
        let failed = |error: rusqlite::Error| Fault::from(error).during("take an export in");
        let tx = connection.transaction().map_err(failed)?;
        let mut columns = HashMap::new();
        for row in rows {
            let (line, (table, values)) = row?;
            insert(&tx, &mut columns, &table, &values).map_err(|reason| StoreError::Unreadable { line, reason })?;
        }
        tx.commit().map_err(failed)?;
        schema::bring_up(&mut connection).map_err(|error| schema::broken(&self.0, error.into()))?;
        let tx = connection.transaction().map_err(failed)?;
        read_all(&tx).map_err(|fault| fault.during("read what was exported"))
    }

    fn merge(&self, ours: &mut Connection) -> Outcome<Imported> {
        ours.execute("ATTACH ?1 AS incoming", [self.0.to_string_lossy()])?;
        let merged = ours.transaction().map_err(Fault::from).and_then(|tx| {
            let merged = merge(&tx)?;
            tx.commit()?;
            Ok(merged)
        });
        ours.execute("DETACH incoming", [])?;
        merged
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.clear();
    }
}

fn insert(
    tx: &Transaction<'_>,
    columns: &mut HashMap<String, Vec<String>>,
    table: &str,
    values: &Map<String, Value>,
) -> Result<(), String> {
    if !tables().any(|known| known == table) {
        return Err(format!("there is no table {table:?}"));
    }
    let told = |error: rusqlite::Error| error.to_string();
    let known = match columns.get(table) {
        Some(known) => known,
        None => columns.entry(table.to_owned()).or_insert(columns_of(tx, "main", table).map_err(told)?),
    };
    let mut read = Vec::with_capacity(values.len());
    for (name, value) in values {
        if !known.contains(name) {
            return Err(format!("there is no column {name:?} in {table}"));
        }
        read.push(imported(value).ok_or_else(|| format!("{name} is no text, whole number or base64"))?);
    }
    let names = values.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let places = vec!["?"; values.len()].join(", ");
    let mut statement = tx.prepare_cached(&format!("INSERT INTO {table} ({names}) VALUES ({places})")).map_err(told)?;
    statement.execute(params_from_iter(read)).map_err(told)?;
    Ok(())
}

fn columns_of(tx: &Connection, database: &str, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = tx.prepare_cached("SELECT name FROM pragma_table_info(?1, ?2)")?;
    statement.query_map([table, database], |row| row.get(0))?.collect()
}

fn imported(value: &Value) -> Option<SqlValue> {
    match value {
        Value::Null => Some(SqlValue::Null),
        Value::Number(number) => number.as_i64().map(SqlValue::Integer),
        Value::String(text) => Some(SqlValue::Text(text.clone())),
        Value::Object(blob) => STANDARD.decode(blob.get("base64")?.as_str()?).ok().map(SqlValue::Blob),
        Value::Bool(_) | Value::Array(_) => None,
    }
}

/// Reads every value once: what cannot be read is refused before it is ours. A feed's path becomes the path of a file.
fn read_all(tx: &Transaction<'_>) -> Outcome<()> {
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
    let mut posts = tx.prepare(&format!("SELECT {} FROM post p", rows::POST))?;
    all(&mut posts, [], |row| {
        let post = rows::post(row, 0)?;
        match url::Url::parse(&post.url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
            Ok(_) | Err(_) => Err(Fault::corrupt("address of a post", &post.url)),
        }
    })?;
    Ok(())
}

fn merge(tx: &Transaction<'_>) -> Outcome<Imported> {
    let mut done = Imported::default();
    let named = |database: &str| -> Outcome<Vec<Named>> {
        let mut statement = tx.prepare(&format!("SELECT id, shard, source_id FROM {database}.source ORDER BY id"))?;
        all(&mut statement, [], |row| Ok((rows::source_id(row, 0)?, plain(row, 1)?, plain(row, 2)?)))
    };
    let ours = named("main")?;
    for (id, shard, number) in named("incoming")? {
        let there = ours.iter().find(|(known, ..)| *known == id);
        if let Some((_, shard, number)) = there {
            let has_posts = tx
                .prepare_cached("SELECT 1 FROM main.post WHERE shard = ?1 AND source_id = ?2 LIMIT 1")?
                .exists([shard, number])?;
            if has_posts {
                done.kept.push(id);
                continue;
            }
            for table in OWNED {
                tx.execute(&format!("DELETE FROM main.{table} WHERE shard = ?1 AND source_id = ?2"), [shard, number])?;
            }
        }
        for table in tables() {
            let columns = columns_of(tx, "incoming", table)?.join(", ");
            tx.execute(
                &format!(
                    "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM incoming.{table}
                     WHERE shard = ?1 AND source_id = ?2"
                ),
                [shard, number],
            )?;
        }
        // Its files are not here, and what the configuration says of it is compared anew.
        tx.execute(
            "UPDATE main.feed SET published_version = 0, published_pages = 0, announced_version = 0
             WHERE shard = ?1 AND source_id = ?2",
            [shard, number],
        )?;
        tx.execute("UPDATE main.source SET definition_hash = 0 WHERE shard = ?1 AND source_id = ?2", [shard, number])?;
        done.taken.push(id);
    }
    Ok(done)
}
