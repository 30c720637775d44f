//! The lock file beside the database: one process owns a state.
//!
//! The operating system drops the lock with its process, however that ends. The file stays: its text names the
//! process, says whether a database has ever been opened beside it (a database that is empty now was lost), and whether
//! it was found to be damaged while it was used.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::store::contract::StoreError;

/// The second line of the file once a database was opened.
const OPENED: &str = "opened";

/// The third line once a statement has met damage: the next opening looks at every page.
const SUSPECT: &str = "suspect";

/// The held lock; given back when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    was_there: bool,
    was_opened: bool,
    is_suspect: bool,
}

impl Lock {
    /// Takes the lock of the database at `database`, or says which process has it.
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = beside(database, ".lock");
        let failed =
            |error: std::io::Error| StoreError::Open { path: path.display().to_string(), source: Box::new(error) };
        let was_there = path.exists();
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let locked = file.try_lock();
        let mut text = String::new();
        let read = file.read_to_string(&mut text);
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = text.lines().next().and_then(|line| line.parse().ok()).unwrap_or_default();
                return Err(StoreError::Locked { path: database.display().to_string(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        read.map_err(failed)?;
        let (was_opened, is_suspect) = (text.lines().nth(1) == Some(OPENED), text.lines().nth(2) == Some(SUSPECT));
        let mut lock = Self { was_opened, is_suspect, was_there, file, path: path.clone() };
        lock.write().map_err(failed)?;
        Ok(lock)
    }

    /// Whether a database was opened under this lock at any time before.
    pub(super) fn was_opened(&self) -> bool {
        self.was_opened
    }

    /// Whether the process before found damage.
    pub(super) fn is_suspect(&self) -> bool {
        self.is_suspect
    }

    /// Notes that the database is there now, and sound.
    pub(super) fn mark_opened(&mut self) -> std::io::Result<()> {
        (self.was_opened, self.is_suspect) = (true, false);
        self.write()
    }

    /// Notes that damage was met.
    pub(super) fn mark_suspect(&mut self) -> std::io::Result<()> {
        self.is_suspect = true;
        self.write()
    }

    /// Gives the lock back without a trace beside a file that is not ours.
    pub(super) fn withdraw(self) {
        if !self.was_there {
            // Whoever finds the file before it is gone finds the same foreign database behind it.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn write(&mut self) -> std::io::Result<()> {
        let mut text = format!("{}\n", std::process::id());
        for (holds, word) in [(self.was_opened, OPENED), (self.is_suspect, SUSPECT)] {
            if holds {
                text.push_str(word);
                text.push('\n');
            }
        }
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(u64::try_from(text.len()).unwrap_or_default())
    }
}

/// The path with something appended to its file name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
