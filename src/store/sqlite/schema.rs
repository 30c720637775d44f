//! The file: whether it is ours, how it is opened, its migrations.
//!
//! A file is looked at before it is opened for writing, so that one that is not ours, or newer than we are,
//! stays as it is to the byte.

use std::error::Error as StdError;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::lock::{Lock, beside};
use crate::store::contract::StoreError;

/// "sosk": what `file` and we know our databases by.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"sosk");

/// How long a statement waits for another process, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Every migration, in the order of their numbers.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../migrations/sqlite/0001.sql")),
    M::up(include_str!("../migrations/sqlite/0002.sql")),
    M::up(include_str!("../migrations/sqlite/0004.sql")),
    M::up(include_str!("../migrations/sqlite/0006.sql")),
];

/// FULL and not NORMAL: after a power loss NORMAL has lost posts that had been announced, and announced them again.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8000;
    PRAGMA journal_size_limit = 16777216;
";

/// What a file is before anything is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// A database in which nothing was ever made.
    Fresh,
    /// Ours, with this schema.
    Ours(i64),
    /// Another application's.
    Foreign,
}

/// Opens the database for writing, under its lock: makes or migrates it, and clears what a dead process had leased.
pub(super) fn open(path: &Path, lock: &Lock) -> Result<Connection, StoreError> {
    let log_is_left = has_bytes(&beside(path, "-wal"));
    if path.exists() && !has_bytes(path) {
        if log_is_left || lock.was_opened() {
            return Err(not_ours(path, "it is empty and was not before: restore a backup, or move it away"));
        }
    } else if has_bytes(path) {
        // Nobody else writes, so without a log the file is all there is, and nothing is left beside it by looking.
        let looking = if log_is_left { connect_reading(path) } else { connect_immutable(path) };
        match looking.and_then(|connection| seen(&connection)).map_err(|error| refused(path, error))? {
            Seen::Foreign => return Err(not_ours(path, "it is the database of another application")),
            Seen::Ours(found) if found > newest() => return Err(too_new(path, found)),
            Seen::Ours(_) | Seen::Fresh => {}
        }
    }
    let mut connection = Connection::open(path).map_err(|error| refused(path, error))?;
    prepare(&mut connection).map_err(|error| broken(path, error))?;
    Ok(connection)
}

/// A database of its own in memory.
pub(super) fn open_in_memory() -> Result<Connection, StoreError> {
    let path = Path::new(":memory:");
    let mut connection = Connection::open_in_memory().map_err(|error| refused(path, error))?;
    prepare(&mut connection).map_err(|error| broken(path, error))?;
    Ok(connection)
}

/// Opens a connection that only reads a database which another connection or process made.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    std::fs::metadata(path).map_err(|error| broken(path, error.into()))?;
    // In a folder that we may not write to, SQLite cannot make the log's index; without a log none is needed.
    let (connection, seen) = connect_reading(path)
        .and_then(|connection| seen(&connection).map(|seen| (connection, seen)))
        .or_else(|error| {
            if error.sqlite_error_code() != Some(ErrorCode::CannotOpen) || has_bytes(&beside(path, "-wal")) {
                return Err(error);
            }
            connect_immutable(path).and_then(|connection| seen(&connection).map(|seen| (connection, seen)))
        })
        .map_err(|error| refused(path, error))?;
    match seen {
        Seen::Ours(found) if found > newest() => Err(too_new(path, found)),
        Seen::Ours(found) if found < newest() => {
            Err(broken(path, "its schema is older than this sosik: it is brought up when the state is opened".into()))
        }
        Seen::Ours(_) => Ok(connection),
        Seen::Fresh => Err(broken(path, "nothing was stored in it yet".into())),
        Seen::Foreign => Err(not_ours(path, "it is the database of another application")),
    }
}

fn prepare(connection: &mut Connection) -> Result<(), Box<dyn StdError + Send + Sync>> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(PRAGMAS)?;
    if application_id(connection)? != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Migrations::from_slice(MIGRATIONS).to_latest(connection)?;
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         UPDATE host SET lease_until = NULL WHERE lease_until IS NOT NULL;
         UPDATE outbox SET lease_until = NULL WHERE sent_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL;
         COMMIT;",
    )?;
    Ok(())
}

fn seen(connection: &Connection) -> rusqlite::Result<Seen> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application = application_id(connection)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, version, tables) {
        (APPLICATION_ID, version, _) => Seen::Ours(version),
        (0, 0, 0) => Seen::Fresh,
        _ => Seen::Foreign,
    })
}

fn application_id(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

fn connect_reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, reading())?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Reads the file alone, without its log, and makes nothing beside it.
fn connect_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let invalid = || rusqlite::Error::InvalidPath(path.to_owned());
    let absolute = std::path::absolute(path).map_err(|_| invalid())?;
    let mut url = url::Url::from_file_path(absolute).map_err(|()| invalid())?;
    url.set_query(Some("immutable=1"));
    Connection::open_with_flags(url.as_str(), reading() | OpenFlags::SQLITE_OPEN_URI)
}

fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn has_bytes(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("few migrations")
}

fn refused(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_ours(path, "it is no SQLite database, or its beginning is damaged"),
        Some(ErrorCode::DatabaseCorrupt) => not_ours(path, &format!("it is damaged ({error}): restore a backup")),
        _ => broken(path, error.into()),
    }
}

fn broken(path: &Path, error: Box<dyn StdError + Send + Sync>) -> StoreError {
    StoreError::Open { path: path.display().to_string(), source: error }
}

fn not_ours(path: &Path, reason: &str) -> StoreError {
    StoreError::NotOurs { path: path.display().to_string(), reason: reason.to_owned() }
}

fn too_new(path: &Path, found: i64) -> StoreError {
    StoreError::TooNew { path: path.display().to_string(), found, known: newest() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
