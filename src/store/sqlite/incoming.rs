//! A database of what comes in from an export: of the schema of the export first, then of ours, and looked through.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::lock::beside;
use super::schema;
use crate::store::contract::{Rows, StoreError};
use crate::store::sql::exchange::{imported, read_all, tables};
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::Tx;
use crate::store::sql::value::{Kind, Owned};

/// Counts imports, so that states without a file have files of their own here.
static IMPORTS: AtomicUsize = AtomicUsize::new(0);

/// A database of what comes in, gone with this.
#[derive(Debug)]
pub(in crate::store) struct Incoming(PathBuf);

impl Incoming {
    /// Takes rows of a schema; `near`: our database, where it is a file.
    pub(in crate::store) async fn take(near: Option<&Path>, schema: i64, rows: Rows) -> Result<Self, StoreError> {
        let turn = IMPORTS.fetch_add(1, Ordering::Relaxed);
        let alone = || std::env::temp_dir().join(format!("sosik-{}-{turn}.db", std::process::id()));
        let incoming = Self(beside(&near.map_or_else(alone, PathBuf::from), ".incoming"));
        let action = "take an export in";
        let filled = tokio::task::spawn_blocking(move || incoming.fill(schema, rows).map(|()| incoming));
        filled.await.map_err(|error| StoreError::Database { action, source: error.into() })?
    }

    /// Opens it to be read.
    pub(in crate::store) fn open(&self) -> Outcome<Connection> {
        Ok(Connection::open(&self.0)?)
    }

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
        let transaction = connection.transaction().map_err(failed)?;
        let tx = Tx::sqlite(&transaction);
        let mut columns = HashMap::new();
        for row in rows {
            let (line, (table, values)) = row?;
            insert(&tx, &mut columns, &table, &values).map_err(|reason| StoreError::Unreadable { line, reason })?;
        }
        transaction.commit().map_err(failed)?;
        schema::bring_up(&mut connection).map_err(|error| schema::broken(&self.0, error.into()))?;
        read_all(&Tx::sqlite(&connection)).map_err(|fault| fault.during("read what was exported"))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.clear();
    }
}

fn insert(
    tx: &Tx<'_>,
    columns: &mut HashMap<String, Vec<(String, Kind)>>,
    table: &str,
    values: &Map<String, Value>,
) -> Result<(), String> {
    if !tables().any(|known| known == table) {
        return Err(format!("there is no table {table:?}"));
    }
    let told = |fault: Fault| fault.to_string();
    let known = match columns.get(table) {
        Some(known) => known,
        None => columns.entry(table.to_owned()).or_insert(tx.columns(table).map_err(told)?),
    };
    let mut named = Vec::with_capacity(values.len());
    let mut read: Vec<Owned> = Vec::with_capacity(values.len());
    for (name, value) in values {
        let column = known.iter().find(|(known, _)| known == name);
        named.push(column.ok_or_else(|| format!("there is no column {name:?} in {table}"))?.clone());
        read.push(imported(value).ok_or_else(|| format!("{name} is no text, whole number or base64"))?);
    }
    tx.insert(table, &named, &[read]).map_err(told)
}
