//! What is done so that the state lasts: how long rows are kept, and a backup a day at a quiet moment.

use jiff::SignedDuration;
use tokio::sync::watch;

use super::backup::Backup;
use super::lifecycle::Beat;
use crate::clock::Clock;
use crate::store::contract::Retention;
use crate::store::{Store, StoreError};

/// How long a backup waits for a moment at which no host is asked.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// How often it is looked whether one is due.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How often, while one waits for its moment.
const WATCH_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// What is done so that the state lasts.
pub struct Keeping {
    /// How long what has ended is kept.
    pub retention: Retention,
    /// The backups; `None`: the state is not ours alone, and others keep it.
    pub backup: Option<Backup>,
}

impl Keeping {
    /// Makes a backup a day, at a moment when no host is asked, or when it has waited for one long enough. It ends only
    /// with the damage that it found; what is under way when all else ends is made after the next start.
    pub(super) async fn backing_up(
        &self,
        store: &dyn Store,
        clock: &Clock,
        beats: watch::Receiver<Option<Beat>>,
    ) -> StoreError {
        let Some(backup) = &self.backup else { return std::future::pending().await };
        let mut waits_since = None;
        loop {
            let now = clock.now();
            if backup.is_due(now) {
                let since = *waits_since.get_or_insert(now);
                let is_quiet = beats.borrow().is_some_and(|beat| beat.under_way == 0);
                if is_quiet || now.duration_since(since).abs() >= PATIENCE {
                    waits_since = None;
                    if let Err(damaged) = backup.keep(store, now).await {
                        return damaged;
                    }
                }
            }
            let every = if waits_since.is_some() { WATCH_EVERY } else { LOOK_EVERY };
            clock.sleep_between(now, now + every).await;
        }
    }
}
