//! Another state in the place of one: by a person's wish, or because it is damaged.
//!
//! Nothing is deleted: what was there is moved aside under a name with a date. What takes its place is made whole beside
//! it first, under a name that says what is to be done; from then on the exchange is carried on by whoever opens the
//! state next, wherever it broke off.
//!
//! What comes from a backup is quiet: what was owed may have been told since, and what is new to it may have been
//! announced. So nothing of it is announced by its next look, and what it owes is given up.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::backups::{Backups, stamp};
use super::copy::{self, Examined};
use super::lock::beside;
use super::schema;
use crate::model::rescue::Rescue;
use crate::store::contract::StoreError;
use crate::store::sql::rows::ms;

/// What a name says of a state that is about to take the place of another: `sosik.db.next-WORD-STAMP`.
const NEXT: &str = ".next-";

/// Puts the newest good backup in the place of a damaged database, or an empty state where there is none.
pub(super) fn rescue(path: &Path, reason: &str, now: Timestamp) -> Result<Rescue, StoreError> {
    let next = Next::of(path, "damaged", now);
    let mut rescue = Rescue { at: now, reason: reason.to_owned(), aside: Some(next.aside()), backup: None };
    for backup in Backups::of(path).newest_first() {
        let Ok((connection, _)) = schema::connect_to_examine(&backup) else { continue };
        rescue.backup = Some(backup);
        if copy::copy_whole(&connection, &next.unfinished()).is_ok() {
            next.prepare(Some(&rescue), now)?;
            next.take_place()?;
            return Ok(rescue);
        }
    }
    rescue.backup = None;
    let failed = |error: io::Error| schema::broken(path, error.into());
    remove(&next.unfinished()).map_err(failed)?;
    schema::make(&next.unfinished())?;
    next.prepare(Some(&rescue), now)?;
    next.take_place()?;
    Ok(rescue)
}

/// Puts a backup in the place of the database. Gives where that is now.
pub(super) fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<(Examined, Option<PathBuf>), StoreError> {
    let (connection, _) = schema::connect_to_examine(backup)?;
    let next = Next::of(path, "replaced", now);
    let examined = copy::copy_whole(&connection, &next.unfinished())?;
    next.prepare(None, now)?;
    let aside = path.exists().then(|| next.aside());
    next.take_place()?;
    Ok((examined, aside))
}

/// Ends an exchange that broke off.
pub(super) fn finish(path: &Path) -> Result<(), StoreError> {
    let Some(prefix) = path.file_name().map(|name| format!("{}{NEXT}", name.to_string_lossy())) else { return Ok(()) };
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((word, stamp)) = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('-')) else { continue };
        if stamp.contains('.') {
            // It was never finished; what it was made from is still there.
            let _ = fs::remove_file(entry.path());
            continue;
        }
        Next { path: path.to_owned(), word: word.to_owned(), stamp: stamp.to_owned() }.move_into_place()?;
    }
    Ok(())
}

/// A state that is to take the place of another.
struct Next {
    path: PathBuf,
    word: String,
    stamp: String,
}

impl Next {
    fn of(path: &Path, word: &str, now: Timestamp) -> Self {
        Self { path: path.to_owned(), word: word.to_owned(), stamp: stamp(now) }
    }

    /// Its name once it is whole.
    fn name(&self) -> PathBuf {
        beside(&self.path, &format!("{NEXT}{}-{}", self.word, self.stamp))
    }

    fn unfinished(&self) -> PathBuf {
        beside(&self.name(), ".part")
    }

    /// Where the state goes that it replaces.
    fn aside(&self) -> PathBuf {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!("{stem}-{}-{}.db", self.word, self.stamp))
    }

    /// Makes it quiet, and has it tell why it is here.
    fn prepare(&self, rescue: Option<&Rescue>, now: Timestamp) -> Result<(), StoreError> {
        let file = self.unfinished();
        let write = || -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let mut connection = Connection::open(&file)?;
            let tx = connection.transaction()?;
            quiet(&tx, now)?;
            if let Some(rescue) = rescue {
                tx.execute(
                    "INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
                    params![Rescue::NOTE, serde_json::to_string(rescue)?],
                )?;
            }
            tx.commit()?;
            // One file alone is moved, so nothing may be left in a log.
            connection.pragma_update(None, "journal_mode", "DELETE")?;
            connection.close().map_err(|(_, error)| error)?;
            File::open(&file)?.sync_all()?;
            Ok(())
        };
        write().map_err(|error| schema::broken(&file, error))
    }

    fn take_place(&self) -> Result<(), StoreError> {
        let named = fs::rename(self.unfinished(), self.name()).and_then(|()| self.sync());
        named.map_err(|error| schema::broken(&self.path, error.into()))?;
        self.move_into_place()
    }

    /// Every step may have been taken before.
    fn move_into_place(&self) -> Result<(), StoreError> {
        let aside = self.aside();
        let exchange = || {
            for suffix in ["", "-wal"] {
                let (from, to) = (beside(&self.path, suffix), beside(&aside, suffix));
                if from.exists() && !to.exists() {
                    fs::rename(from, to)?;
                }
            }
            remove(&beside(&self.path, "-shm"))?;
            self.sync()?;
            fs::rename(self.name(), &self.path)?;
            self.sync()
        };
        exchange().map_err(|error: io::Error| schema::broken(&self.path, error.into()))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }
}

/// What is in a backup is announced by nobody.
fn quiet(tx: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    // A source without a success is looked at as for the first time, which announces nothing.
    tx.execute(
        "UPDATE source_state SET last_success = NULL, due_at = CASE WHEN due_at IS NULL THEN NULL ELSE ?1 END,
             gap_cursor = CASE WHEN gap_cursor IS NULL THEN NULL ELSE json_set(gap_cursor, '$.announce', json('false')) END",
        [ms(now)],
    )?;
    tx.execute(
        "UPDATE host SET next_at = CASE WHEN next_at IS NULL THEN NULL ELSE ?1 END, lease_until = NULL",
        [ms(now)],
    )?;
    tx.execute(
        "UPDATE outbox SET dead_at = ?1, lease_until = NULL,
             error = 'the state came from a backup: this may have been told since'
         WHERE sent_at IS NULL AND dead_at IS NULL",
        [ms(now)],
    )?;
    // The files may show what came after the backup.
    tx.execute("UPDATE feed SET published_version = 0, published_pages = 0 WHERE published_version <> 0", [])?;
    Ok(())
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) | Ok(()) => Ok(()),
    }
}
