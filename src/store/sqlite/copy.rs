//! Copies of a state: made in one moment while others read and write, looked through to the last page, and only then
//! given their name.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::fault::is_damage;
use super::lock::beside;
use super::schema;
use crate::store::contract::StoreError;

/// What a look through a file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Examined {
    /// Its schema.
    pub schema: i64,
    /// Sources that are stored, removed ones included.
    pub sources: u32,
    /// Posts that are stored.
    pub posts: u32,
}

/// Writes all that a connection sees into a file that is not there yet, and looks the file through.
pub(super) fn copy(connection: &Connection, file: &Path) -> Result<Examined, StoreError> {
    let failed = |error: io::Error| schema::broken(file, error.into());
    if file.exists() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let unfinished = beside(file, ".part");
    let examined = copy_whole(connection, &unfinished).and_then(|examined| {
        fs::rename(&unfinished, file).and_then(|()| File::open(folder)?.sync_all()).map_err(failed)?;
        Ok(examined)
    });
    if examined.is_err() {
        // Half a copy is of no use to anyone.
        let _ = fs::remove_file(&unfinished);
    }
    examined
}

/// Writes a copy and has it on the disk, whole.
pub(super) fn copy_whole(connection: &Connection, file: &Path) -> Result<Examined, StoreError> {
    let failed = |error: io::Error| schema::broken(file, error.into());
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        Err(_) | Ok(()) => {}
    }
    // It may hold a cookie: made for this user alone before anything is in it.
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    connection.execute("VACUUM INTO ?1", [file.to_string_lossy()]).map_err(|error| {
        let from = connection.path().unwrap_or_default();
        if is_damage(&error) {
            schema::damaged(Path::new(from), &error.to_string())
        } else {
            schema::broken(file, error.into())
        }
    })?;
    made.sync_all().map_err(failed)?;
    examine(file)
}

/// Looks a file through, every page and every index: whether it is a whole state that this version can take.
pub(super) fn examine(file: &Path) -> Result<Examined, StoreError> {
    let (connection, schema) = schema::connect_to_examine(file)?;
    let count = |table: &str| -> rusqlite::Result<u32> {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
    };
    let looked = check(&connection, "integrity_check", None).and_then(|complaint| match complaint {
        Some(complaint) => Ok(Err(complaint)),
        None => Ok(Ok((count("source")?, count("post")?))),
    });
    match looked {
        Ok(Ok((sources, posts))) => Ok(Examined { schema, sources, posts }),
        Ok(Err(complaint)) => Err(schema::damaged(file, &complaint)),
        Err(error) => Err(schema::broken(file, error.into())),
    }
}

/// What `SQLite` has to complain about a database: the first thing, found in this time. `None`: nothing was found.
pub(super) fn check(connection: &Connection, how: &str, within: Option<Duration>) -> rusqlite::Result<Option<String>> {
    let (handle, (done, ended)) = (connection.get_interrupt_handle(), channel::<()>());
    let verdict = std::thread::scope(|scope| {
        if let Some(within) = within {
            scope.spawn(move || {
                if ended.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
                    handle.interrupt();
                }
            });
        }
        let verdict = connection.query_row(&format!("PRAGMA {how}(1)"), [], |row| row.get::<_, String>(0));
        drop(done);
        verdict
    });
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(None),
        Ok(verdict) => Ok(Some(verdict.split_whitespace().collect::<Vec<_>>().join(" "))),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(None),
        Err(error) if is_damage(&error) => Ok(Some(error.to_string())),
        Err(error) => Err(error),
    }
}
