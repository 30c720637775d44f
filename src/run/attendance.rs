//! That this process works on the state, as all others see it; and what one of them does for all.
//!
//! A worker says every few seconds that it lives, and goes by the database's clock where that has one. A duty (publishing
//! files, letting go what is old) is one worker's for a while; nobody leads, and whoever asks first when that while is over
//! has it next.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::daemon::Daemon;
use crate::clock::Clock;
use crate::model::failure::with_causes;
use crate::model::worker::{Roles, SAYS_EVERY, Worker};
use crate::store::{Store, StoreError};

/// How often the clock is held against the database's.
const ASK_THE_TIME: SignedDuration = SignedDuration::from_mins(1);

/// Bringing feeds into files, and freezing pages of archives that are full.
pub(super) const PUBLISHING: &str = "publish";

/// Letting go what is old.
pub(super) const TIDYING: &str = "tidy";

/// Telling the hub.
pub(super) const ANNOUNCING: &str = "announce";

/// This process, before it has said that it lives.
pub fn worker(roles: Roles, files: bool, now: Timestamp) -> Worker {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let pid = std::process::id();
    // Containers of one image have one name and one number each: the rest tells them apart.
    let chance = RandomState::new().hash_one(pid) & 0xffff;
    Worker {
        name: format!("{host}-{pid}-{chance:04x}"),
        host,
        pid,
        roles,
        files,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: now,
        seen_at: now,
    }
}

/// Puts the clock right by the database's, where that has one.
pub async fn keep_time(store: &dyn Store, clock: &Clock) -> Result<(), StoreError> {
    let asked = Instant::now();
    if let Some(at) = store.time().await? {
        // It was read about half way between question and answer.
        clock.put_right(at.saturating_add(asked.elapsed() / 2).unwrap_or(at));
    }
    Ok(())
}

impl Daemon {
    /// Says again and again that this worker lives, and at its end that it is gone.
    pub(super) async fn saying_that_it_lives(
        self: Arc<Self>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        let mut ask_the_time = self.clock.now();
        while !*stop.borrow() {
            let now = self.clock.now();
            if now >= ask_the_time || ask_the_time > now + ASK_THE_TIME {
                let kept = keep_time(&*self.store, &self.clock).await;
                self.endured(kept)?;
                ask_the_time = self.clock.now() + ASK_THE_TIME;
            }
            let now = self.clock.now();
            let seen = self.store.see_worker(&Worker { seen_at: now, ..self.worker.clone() }).await;
            self.endured(seen)?;
            tokio::select! {
                _ = stop.changed() => {}
                () = self.clock.sleep_between(now, now + SAYS_EVERY) => {}
            }
        }
        // One that cannot say so is seen to be gone half a minute later.
        if let Err(error) = self.store.dismiss_worker(&self.worker.name).await {
            warn!(error = with_causes(&error), "the others are not told that this worker ends");
        }
        Ok(())
    }

    /// Whether a duty is this worker's until then. One that cannot be asked for is not.
    pub(super) async fn has_duty(&self, duty: &str, lasts: SignedDuration) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let taken = self.store.take_duty(duty, &self.worker.name, now + lasts, now).await;
        let has = self.endured(taken)?.unwrap_or(false);
        if !has {
            debug!(duty, "another worker does this");
        }
        Ok(has)
    }
}
