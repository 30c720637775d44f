//! A backup a day, when nothing else is to be done.
//!
//! It is made beside everything else, so nobody waits for it; it reads the whole state, so it also finds damage that no
//! poll has met. That it cannot be made stops nothing and is logged; that the state is damaged ends the daemon, for
//! whoever opens it next puts it right.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use crate::model::failure::with_causes;
use crate::store::sqlite::backups::Backups;
use crate::store::{Store, StoreError};

/// How old the newest backup may become.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// The backups of a state.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Where they are.
    pub of: Backups,
    /// How many are kept; 0: none are made.
    pub keep: usize,
}

impl Backup {
    /// Makes today's backup, where there is none yet. Only a damaged state is an error.
    pub async fn keep(&self, store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
        if !self.is_due(now) {
            return Ok(());
        }
        let file = self.of.daily(now);
        match store.copy_to(&file).await {
            Ok(()) => info!(file = %file.display(), "a backup was made"),
            Err(damaged @ StoreError::Damaged { .. }) => return Err(damaged),
            Err(problem) => {
                error!(error = %with_causes(&problem), "no backup can be made: {problem}");
                return Ok(());
            }
        }
        if let Err(problem) = self.of.thin(self.keep, now) {
            error!(error = %problem, folder = %self.of.folder().display(), "old backups cannot be deleted: {problem}");
        }
        Ok(())
    }

    /// Whether the newest is a day old.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.keep > 0 && self.of.latest(now).is_none_or(|latest| now.duration_since(latest) >= EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[tokio::test]
    async fn one_a_day_and_the_newest_stay() {
        let home = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&home.path().join("sosik.db")).unwrap();
        let backup = Backup { of: Backups::of(&home.path().join("sosik.db")), keep: 2 };
        let start: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let at = |hours: i64| start + SignedDuration::from_hours(hours);
        // When it is looked at, and which backups are there then.
        for (hours, expected) in
            [(0, vec![0]), (23, vec![0]), (24, vec![0, 24]), (72, vec![24, 72]), (73, vec![24, 72])]
        {
            backup.keep(&store, at(hours)).await.unwrap();
            let found: Vec<i64> = (0..99).filter(|hours| backup.of.daily(at(*hours)).exists()).collect();
            assert_eq!(found, expected, "after {hours} hours");
        }
        // A clock that was set back: what it calls the future goes first.
        backup.keep(&store, at(50)).await.unwrap();
        assert!(backup.of.daily(at(50)).exists() && backup.of.daily(at(24)).exists());
        let none = Backup { keep: 0, ..backup.clone() };
        none.keep(&store, at(999)).await.unwrap();
        assert!(!backup.of.daily(at(999)).exists());
        SqliteStore::examine(&backup.of.daily(at(50))).unwrap();
    }
}
