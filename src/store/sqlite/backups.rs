//! The folder of backups beside a database: what its files are called, which is the newest, which go.
//!
//! `sosik-20261122T031500Z.db` is the backup of a day, `sosik-schema-1.db` the one before a migration away from that
//! schema. Files of other names are nobody's business here. A backup is written under a name that is none of these and
//! then moved, so what bears one of these names is whole.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Backups from before a migration that are kept.
const KEPT_SCHEMAS: usize = 3;

/// How the moment of a backup is written in its name.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// The backups of one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    folder: PathBuf,
    /// The database's name without its extension.
    stem: String,
}

impl Backups {
    /// Those of the database at this path.
    pub fn of(database: &Path) -> Self {
        let stem = database.file_stem().unwrap_or(OsStr::new("sosik")).to_string_lossy().into_owned();
        Self { folder: database.with_file_name("backups"), stem }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a backup that is made at `now`.
    pub fn daily(&self, now: Timestamp) -> PathBuf {
        self.folder.join(format!("{}-{}.db", self.stem, stamp(now)))
    }

    /// A free name for the backup before a migration away from that schema.
    pub(super) fn before(&self, schema: i64) -> PathBuf {
        let first = self.folder.join(format!("{}-schema-{schema}.db", self.stem));
        let later = (2..).map(|number| self.folder.join(format!("{}-schema-{schema}-{number}.db", self.stem)));
        std::iter::once(first).chain(later).find(|path| !path.exists()).expect("numbers do not end")
    }

    /// When the newest backup of a day was made, by its name. One from the future was made by a clock that was set back
    /// since, and does not count.
    pub fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        self.files().iter().filter_map(|path| self.moment(path)).filter(|at| *at <= now).max()
    }

    /// All backups, the newest first.
    pub(super) fn newest_first(&self) -> Vec<PathBuf> {
        let written = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
        let mut dated: Vec<(Option<SystemTime>, PathBuf)> =
            self.files().into_iter().map(|path| (written(&path), path)).collect();
        dated.sort();
        dated.into_iter().rev().map(|(_, path)| path).collect()
    }

    /// Deletes all but the newest `keep` backups of days (those from the future first), and the oldest of those before
    /// migrations.
    pub fn thin(&self, keep: usize, now: Timestamp) -> io::Result<()> {
        let dated = |path: PathBuf| self.moment(&path).map(|at| ((at <= now, at), path));
        let mut days: Vec<_> = self.files().into_iter().filter_map(dated).collect();
        days.sort();
        let days = days.into_iter().rev().map(|(_, path)| path);
        let schemas = self.newest_first().into_iter().filter(|path| self.moment(path).is_none());
        for old in days.skip(keep).chain(schemas.skip(KEPT_SCHEMAS)) {
            fs::remove_file(old)?;
        }
        Ok(())
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| self.moment(path).is_some() || self.is_of_schema(path))
            .collect()
    }

    /// What stands between the database's name and the extension.
    fn middle<'p>(&self, path: &'p Path) -> Option<&'p str> {
        path.file_name()?.to_str()?.strip_prefix(&self.stem)?.strip_prefix('-')?.strip_suffix(".db")
    }

    fn moment(&self, path: &Path) -> Option<Timestamp> {
        let at = jiff::civil::DateTime::strptime(STAMP, self.middle(path)?).ok()?;
        Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }

    fn is_of_schema(&self, path: &Path) -> bool {
        let numbers = self.middle(path).and_then(|middle| middle.strip_prefix("schema-"));
        numbers.is_some_and(|numbers| numbers.bytes().all(|letter| letter.is_ascii_digit() || letter == b'-'))
    }
}

/// A moment as it stands in the name of a file.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime(STAMP).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_days_and_schemas_stay_and_strangers_are_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let backups = Backups::of(&home.path().join("sosik.db"));
        assert_eq!((backups.latest(Timestamp::MAX), backups.newest_first()), (None, Vec::new()));
        fs::create_dir(backups.folder()).unwrap();
        let at = |day: i64| Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap();
        let day = |day: i64| backups.daily(at(day));
        for path in (0..9).map(day).chain([backups.folder().join("notes.db"), backups.folder().join("sosik-old.db")]) {
            fs::write(path, "x").unwrap();
        }
        for _ in 0..5 {
            fs::write(backups.before(1), "x").unwrap();
        }
        assert_eq!((backups.latest(at(8)), backups.latest(at(7))), (Some(at(8)), Some(at(7))));
        backups.thin(7, at(8)).unwrap();
        let mut left: Vec<String> = fs::read_dir(backups.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left.len(), 7 + 3 + 2, "{left:?}");
        assert!((2..9).all(|number| day(number).exists()) && !day(1).exists(), "{left:?}");
        assert!(left.contains(&"notes.db".to_owned()) && left.contains(&"sosik-old.db".to_owned()));
    }
}
