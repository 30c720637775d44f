//! A state in a file: opened for this process alone, beside another, or after what was damaged was put right.
//!
//! Which statements answer what, `store/sql/` says.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::connection::Connections;
use super::copy::{self, Examined};
use super::lock::Lock;
use super::{rescue, schema};
use crate::model::rescue::Rescue;
use crate::store::contract::{Claim, Claimed, StoreError};
use crate::store::sql::backend::Backend;
use crate::store::sql::claim;
use crate::store::sql::fault::Outcome;
use crate::store::sql::tx::Tx;

/// Connections that read while the writer writes.
const READERS: usize = 2;

/// A state in a file. Dropping it finishes what was handed in, closes the file and gives the lock back.
#[derive(Debug)]
pub struct SqliteStore {
    pub(super) connections: Connections,
    /// Its file; `None`: it is in memory.
    pub(super) path: Option<PathBuf>,
    /// Declared after the connections: they are closed while it is still held.
    pub(super) lock: Option<Lock>,
}

impl SqliteStore {
    /// Opens the state at `path` for this process alone, making it and its folder where they are not there.
    /// Leases of the process that had it before are void. A damaged state is an error.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = settled(path)?;
        let lock = Lock::take(&path)?;
        match write_under(&lock, &path) {
            Ok(writer) => Self::assemble(writer, &path, lock),
            Err(error) => {
                if matches!(error, StoreError::NotOurs { .. } | StoreError::TooNew { .. }) {
                    lock.withdraw();
                }
                Err(error)
            }
        }
    }

    /// As [`SqliteStore::open`]; a damaged state is moved aside, and the newest good backup takes its place, or an empty
    /// state where there is none.
    pub fn open_or_rescue(path: &Path, now: Timestamp) -> Result<(Self, Option<Rescue>), StoreError> {
        let path = settled(path)?;
        let lock = Lock::take(&path)?;
        let (was_there, was_opened) = (path.exists(), lock.was_opened());
        let (writer, rescue) = match write_under(&lock, &path) {
            Ok(writer) if was_opened && !was_there => {
                let reason = "it was there before and is gone".to_owned();
                (writer, Some(Rescue { at: now, reason, aside: None, backup: None }))
            }
            Ok(writer) => (writer, None),
            Err(StoreError::Damaged { reason, .. }) => {
                let rescue = rescue::rescue(&path, &reason, now)?;
                (write_under(&lock, &path)?, Some(rescue))
            }
            Err(error) => {
                if matches!(error, StoreError::NotOurs { .. } | StoreError::TooNew { .. }) {
                    lock.withdraw();
                }
                return Err(error);
            }
        };
        Ok((Self::assemble(writer, &path, lock)?, rescue))
    }

    /// Puts a backup in the place of the state at `path`, which is moved aside. Gives what is in it, and where the other
    /// one is now. Nobody may have that state open.
    pub fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<(Examined, Option<PathBuf>), StoreError> {
        let path = settled(path)?;
        let mut lock = Lock::take(&path)?;
        rescue::finish(&path)?;
        let restored = rescue::restore(&path, backup, now)?;
        lock.mark_opened().map_err(|error| cannot_open(&path, error))?;
        Ok(restored)
    }

    /// Looks a file through: whether it is a whole state that this version can take.
    pub fn examine(path: &Path) -> Result<Examined, StoreError> {
        copy::examine(path)
    }

    fn assemble(writer: Connection, path: &Path, mut lock: Lock) -> Result<Self, StoreError> {
        lock.mark_opened().map_err(|error| cannot_open(path, error))?;
        let readers = (0..READERS).map(|_| schema::open_reader(path)).collect::<Result<_, _>>()?;
        let connections = Connections::start(Some(writer), readers).map_err(|error| cannot_open(path, error))?;
        Ok(Self { connections, path: Some(path.to_owned()), lock: Some(lock) })
    }

    /// Opens the state at `path` beside the process that owns it, if one does. Whatever would write is an error.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let reader = schema::open_reader(path)?;
        let connections = Connections::start(None, vec![reader]).map_err(|error| cannot_open(path, error))?;
        Ok(Self { connections, path: Some(path.to_owned()), lock: None })
    }

    /// Opens the state at `path` for this process alone and only to be read: it stays as it is, leases included.
    pub fn hold(path: &Path) -> Result<Self, StoreError> {
        let path = path.canonicalize().map_err(|error| cannot_open(path, error))?;
        let lock = Lock::take(&path)?;
        match schema::open_reader(&path) {
            Ok(reader) => {
                let connections = Connections::start(None, vec![reader]).map_err(|error| cannot_open(&path, error))?;
                Ok(Self { connections, path: Some(path), lock: Some(lock) })
            }
            Err(error) => {
                lock.withdraw();
                Err(error)
            }
        }
    }

    /// A state in memory, gone when dropped.
    pub fn in_memory() -> Result<Self, StoreError> {
        let writer = schema::open_in_memory()?;
        let connections =
            Connections::start(Some(writer), Vec::new()).map_err(|error| cannot_open(Path::new(":memory:"), error))?;
        Ok(Self { connections, path: None, lock: None })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.as_mut().filter(|_| self.connections.have_met_damage())
            && let Err(error) = lock.mark_suspect()
        {
            tracing::warn!(%error, "the next start cannot be told that the state is damaged");
        }
    }
}

/// Opens what is at `path` for writing, after an exchange of states that broke off was carried on.
fn write_under(lock: &Lock, path: &Path) -> Result<Connection, StoreError> {
    rescue::finish(path)?;
    schema::open(path, lock)
}

/// The path without links, so that one file has one lock; its folder is made.
fn settled(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |error| cannot_open(path, error);
    if path.exists() {
        return path.canonicalize().map_err(failed);
    }
    let path = std::path::absolute(path).map_err(failed)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    Ok(path)
}

fn cannot_open(path: &Path, error: std::io::Error) -> StoreError {
    StoreError::Open { path: path.display().to_string(), source: Box::new(error) }
}

impl Backend for SqliteStore {
    async fn read<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.read(action, job).await
    }

    async fn read_once<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.read(action, job).await
    }

    async fn write<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.write(action, job).await
    }

    async fn lease_hosts(&self, claim: Claim) -> Result<Claimed, StoreError> {
        // What was leased and lost with the machine is leased again.
        self.connections.write_lightly("lease hosts", move |tx| claim::claim(tx, &claim)).await
    }

    async fn copy(&self, file: &Path) -> Result<(), StoreError> {
        let (file, action) = (file.to_owned(), "copy the state");
        let Some(path) = self.path.clone() else {
            return self
                .connections
                .write_bare(action, move |connection| Ok(copy::copy(connection, &file)))
                .await?
                .map(drop);
        };
        // On a connection and a thread of its own: nobody waits for it.
        let copied = tokio::task::spawn_blocking(move || copy::copy(&schema::open_reader(&path)?, &file));
        copied.await.map_err(|error| StoreError::Database { action, source: error.into() })?.map(drop)
    }

    fn near(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}
