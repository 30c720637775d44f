//! The file: whether it is ours, how it is opened, its migrations.
//!
//! A file is looked at before it is opened for writing, so that one that is not ours, or newer than we are,
//! stays as it is to the byte. One that was ours and is damaged is told from one that never was by the lock file. Before
//! a migration a copy goes into the folder of backups.

use std::error::Error as StdError;
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::backups::Backups;
use super::copy::{check, copy};
use super::fault::is_damage;
use super::lock::{Lock, beside};
use crate::store::contract::StoreError;

/// "sosk": what `file` and we know our databases by.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"sosk");

/// How long a statement waits for another process, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an opening looks for damage after an orderly end.
const LOOK_FOR_DAMAGE: Duration = Duration::from_millis(20);

/// The largest state that is read through in that time with some to spare. A larger one is read through by the backup of
/// each day: to look at the same few of its pages each time that a timer refreshes thousands of sources would cost more
/// than it finds.
const LOOKED_THROUGH: u64 = 4 * 1024 * 1024;

/// Every migration, in the order of their numbers.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../migrations/sqlite/0001.sql")),
    M::up(include_str!("../migrations/sqlite/0002.sql")),
    M::up(include_str!("../migrations/sqlite/0003.sql")),
    M::up(include_str!("../migrations/sqlite/0004.sql")),
    M::up(include_str!("../migrations/sqlite/0005.sql")),
    M::up(include_str!("../migrations/sqlite/0006.sql")),
    M::up(include_str!("../migrations/sqlite/0007.sql")),
    M::up(include_str!("../migrations/sqlite/0008.sql")),
    M::up(include_str!("../migrations/sqlite/0009.sql")),
    M::up(include_str!("../migrations/sqlite/0010.sql")),
    M::up(include_str!("../migrations/sqlite/0011.sql")),
    M::up(include_str!("../migrations/sqlite/0012.sql")),
];

/// What all of them lead to, for a file in which nothing was made yet: one that was made in steps is read anew by `SQLite` after
/// each. A test holds it beside them.
const WHOLE: &str = include_str!("../migrations/sqlite/whole.sql");

/// FULL and not NORMAL: after a power loss NORMAL has lost posts that had been announced, and announced them again.
///
/// A batch for many hosts writes more pages than the usual log of 1,000 holds, and the same ones again and again: with a
/// longer log (as long as the file that is kept) they go into the database once in several batches.
///
/// Pages are of 4 KiB, as in most files of `SQLite`: a poll moves a few rows on as many pages, and each of these is written
/// whole, twice. (With 8 KiB a first pass over thousands of blogs costs a few per cent less.)
const PRAGMAS: &str = "
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = OFF;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8000;
    PRAGMA journal_size_limit = 16777216;
";

/// Bytes of the log that go into the database at once.
const LOG: i64 = 16 * 1024 * 1024;

/// Bytes of the file for one byte of memory that the writer keeps it in, and how much memory that is at least and at most, in
/// KiB: of a million sources a batch touches pages from all over the file.
const CACHE: (i64, i64, i64) = (16, 8_000, 64_000);

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
            return Err(damaged(path, "it is empty and was not before"));
        }
    } else if has_bytes(path) {
        // What was never opened beside this lock file may be anybody's: it is refused, not replaced.
        let told = |error: rusqlite::Error| {
            if is_damage(&error) && lock.was_opened() {
                damaged(path, &error.to_string())
            } else {
                refused(path, error)
            }
        };
        match connect_alone(path).and_then(|connection| seen(&connection)).map_err(told)? {
            Seen::Foreign => return Err(not_ours(path, "it is the database of another application")),
            Seen::Ours(found) if found > newest() => return Err(too_new(path, found)),
            Seen::Ours(_) | Seen::Fresh => {}
        }
    }
    keep_private(path).map_err(|error| broken(path, error.into()))?;
    let mut connection = Connection::open(path).map_err(|error| refused(path, error))?;
    if log_is_left || lock.is_suspect() {
        look_for_damage(&connection, path, None)?;
    } else if std::fs::metadata(path).is_ok_and(|found| found.len() <= LOOKED_THROUGH) {
        look_for_damage(&connection, path, Some(LOOK_FOR_DAMAGE))?;
    }
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let found: i64 = found.map_err(|error| refused(path, error))?;
    if (1..newest()).contains(&found) {
        copy(&connection, &Backups::of(path).before(found))?;
    }
    prepare(&mut connection).map_err(|error| broken(path, error))?;
    Ok(connection)
}

/// Makes an empty state in a file that is not there yet.
pub(super) fn make(path: &Path) -> Result<(), StoreError> {
    keep_private(path).map_err(|error| broken(path, error.into()))?;
    let mut connection = Connection::open(path).map_err(|error| refused(path, error))?;
    prepare(&mut connection).map_err(|error| broken(path, error))?;
    connection.close().map_err(|(_, error)| broken(path, error.into()))
}

/// Makes a database, and brings it to a schema that this version knows: for what another version wrote.
pub(super) fn make_at(path: &Path, schema: i64) -> Result<Connection, StoreError> {
    keep_private(path).map_err(|error| broken(path, error.into()))?;
    let mut connection = Connection::open(path).map_err(|error| refused(path, error))?;
    let steps = usize::try_from(schema).unwrap_or_default();
    let made = Migrations::from_slice(MIGRATIONS).to_version(&mut connection, steps);
    made.map_err(|error| broken(path, error.into()))?;
    Ok(connection)
}

/// Brings a database to the newest schema.
pub(super) fn bring_up(connection: &mut Connection) -> Result<(), rusqlite_migration::Error> {
    Migrations::from_slice(MIGRATIONS).to_latest(connection)
}

/// A state whose file holds addresses and cookies is nobody's but its owner's and his group's, who were let in by hand.
fn keep_private(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            // Where the file is another user's it is he who says.
            if mode & 0o007 != 0 {
                let _ = std::fs::set_permissions(path, Permissions::from_mode(mode & 0o770));
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn look_for_damage(connection: &Connection, path: &Path, within: Option<Duration>) -> Result<(), StoreError> {
    match check(connection, "quick_check", within) {
        Ok(None) => Ok(()),
        Ok(Some(complaint)) => Err(damaged(path, &complaint)),
        Err(error) => Err(broken(path, error.into())),
    }
}

/// A database of its own in memory.
pub(in crate::store) fn open_in_memory() -> Result<Connection, StoreError> {
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

/// Opens any file to look at all of it: a state that this version can take. Gives its schema too.
pub(super) fn connect_to_examine(path: &Path) -> Result<(Connection, i64), StoreError> {
    std::fs::metadata(path).map_err(|error| broken(path, error.into()))?;
    let connection = connect_alone(path).map_err(|error| refused(path, error))?;
    match seen(&connection).map_err(|error| refused(path, error))? {
        Seen::Ours(found) if found > newest() => Err(too_new(path, found)),
        Seen::Ours(0) | Seen::Fresh => Err(not_ours(path, "nothing is stored in it")),
        Seen::Ours(found) => Ok((connection, found)),
        Seen::Foreign => Err(not_ours(path, "it is the database of another application")),
    }
}

fn prepare(connection: &mut Connection) -> Result<(), Box<dyn StdError + Send + Sync>> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(PRAGMAS)?;
    plan_once(connection)?;
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page_size: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG / page_size)?;
    let (part, least, most) = CACHE;
    connection.pragma_update(None, "cache_size", -(pages * page_size / 1024 / part).clamp(least, most))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        let (ours, newest) = (APPLICATION_ID, newest());
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; PRAGMA application_id = {ours}; {WHOLE} PRAGMA user_version = {newest}; COMMIT;"
        ))?;
    } else {
        Migrations::from_slice(MIGRATIONS).to_latest(connection)?;
    }
    connection.execute_batch(
        "BEGIN IMMEDIATE;
         UPDATE host SET lease_until = NULL WHERE lease_until IS NOT NULL;
         DELETE FROM worker;
         DELETE FROM duty;
         UPDATE outbox SET lease_until = NULL WHERE sent_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL;
         COMMIT;",
    )?;
    Ok(())
}

/// Plans a statement once, whatever values it is given: else it is planned again for each where somebody ran `ANALYZE`, and
/// wherever an index that holds a part of a table's rows might be used.
fn plan_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
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

/// Opens for reading what nobody else writes: without a log the file is all there is, and nothing is left beside it by
/// looking.
fn connect_alone(path: &Path) -> rusqlite::Result<Connection> {
    if has_bytes(&beside(path, "-wal")) { connect_reading(path) } else { connect_immutable(path) }
}

fn connect_reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, reading())?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    plan_once(&connection)?;
    Ok(connection)
}

/// Reads the file alone, without its log, and makes nothing beside it.
fn connect_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let invalid = || rusqlite::Error::InvalidPath(path.to_owned());
    let absolute = std::path::absolute(path).map_err(|_| invalid())?;
    let mut url = url::Url::from_file_path(absolute).map_err(|()| invalid())?;
    url.set_query(Some("immutable=1"));
    let connection = Connection::open_with_flags(url.as_str(), reading() | OpenFlags::SQLITE_OPEN_URI)?;
    plan_once(&connection)?;
    Ok(connection)
}

fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn has_bytes(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

/// The schema of this version.
pub(in crate::store) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("few migrations")
}

fn refused(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_ours(path, "it is no SQLite database, or its beginning is damaged"),
        Some(ErrorCode::DatabaseCorrupt) => damaged(path, &error.to_string()),
        _ => broken(path, error.into()),
    }
}

/// A file that cannot be used for another reason than its content.
pub(super) fn broken(path: &Path, error: Box<dyn StdError + Send + Sync>) -> StoreError {
    StoreError::Open { path: path.display().to_string(), source: error }
}

/// A state that was ours and is damaged.
pub(super) fn damaged(path: &Path, reason: &str) -> StoreError {
    StoreError::Damaged { path: path.display().to_string(), reason: reason.to_owned() }
}

fn not_ours(path: &Path, reason: &str) -> StoreError {
    StoreError::NotOurs { path: path.display().to_string(), reason: reason.to_owned() }
}

/// What a newer version wrote.
pub(super) fn too_new(path: &Path, found: i64) -> StoreError {
    StoreError::TooNew { path: path.display().to_string(), found, known: newest() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    /// What makes the schema of a database, and how many rows stand in each table.
    fn made(connection: &Connection) -> (String, Vec<(String, i64)>) {
        let mut found = connection
            .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            .unwrap();
        let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        let all: Vec<(String, String, String)> = rows.map(Result::unwrap).collect();
        let is_theirs = |name: &str| name.starts_with("sqlite_");
        let sql: Vec<&str> = all.iter().filter(|(_, name, _)| !is_theirs(name)).map(|(.., sql)| sql.as_str()).collect();
        let sql = sql.join(";\n") + ";\n";
        let tables = all.iter().filter(|(kind, ..)| kind == "table").map(|(_, name, _)| {
            let count = format!("SELECT count(*) FROM {name}");
            (name.clone(), connection.query_row(&count, [], |row| row.get(0)).unwrap())
        });
        (sql, tables.collect())
    }

    #[test]
    fn a_new_file_is_made_as_the_migrations_would() {
        let mut in_steps = Connection::open_in_memory().unwrap();
        bring_up(&mut in_steps).unwrap();
        let (sql, counts) = made(&in_steps);
        // What stands in a state from its beginning on.
        let begin = "INSERT INTO note (name, value) VALUES ('event log', lower(hex(randomblob(6))));\n";
        let whole = format!(
            "-- Made by UPDATE=1 cargo test --lib a_new_file_is_made: what all migrations lead to.\n{sql}{begin}"
        );
        if std::env::var_os("UPDATE").is_some() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations/sqlite/whole.sql");
            std::fs::write(file, &whole).unwrap();
        } else {
            assert!(whole == WHOLE, "whole.sql is not what the migrations lead to: UPDATE=1 makes it anew");
            let at_once = open_in_memory().unwrap();
            let sorted = |mut counts: Vec<(String, i64)>| {
                counts.sort();
                counts
            };
            assert_eq!(made(&at_once).0, sql);
            assert_eq!(sorted(made(&at_once).1), sorted(counts));
            let version: i64 = at_once.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            assert_eq!((version, application_id(&at_once).unwrap()), (newest(), APPLICATION_ID));
        }
    }
}
