//! What the daemon brings out to files and to the hub, and what it lets go: loops beside those that poll and deliver.
//!
//! Where several workers share a state one of them at a time does each of these. Files are written by a worker that serves and has a
//! folder for them; where none has, pages of archives are still frozen and the hub is still told.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::watch;
use tracing::{error, info};

use super::attendance::{ANNOUNCING, PUBLISHING, TIDYING};
use super::daemon::Daemon;
use super::retention::tidy;
use crate::model::failure::with_causes;
use crate::store::StoreError;

/// How often what is old goes.
const TIDY_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often all published files are looked for: one that somebody took away comes back.
const LOOK_FOR_FILES: SignedDuration = SignedDuration::from_hours(1);

/// A worker that died is replaced after this long. A round may take longer: then two write the same for a moment.
const DUTY: SignedDuration = SignedDuration::from_mins(2);

impl Daemon {
    pub(super) async fn publishing(self: Arc<Self>, stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let mut look_for_files = self.clock.now();
        loop {
            let is_last = *stop.borrow();
            if self.publishes().await? {
                self.leave_to_refreshes(&stop).await;
                let mut outlet = self.outlet().await;
                let now = self.clock.now();
                // A clock that was set back by more than that is no reason to wait longer.
                let published = if now >= look_for_files || look_for_files > now + LOOK_FOR_FILES {
                    look_for_files = now + LOOK_FOR_FILES;
                    self.publisher.publish().await
                } else {
                    self.publisher.publish_stale().await
                };
                *outlet += published.as_ref().map_or(0, |published| published.feeds_written);
                drop(outlet);
                // What cannot be written stays stale and is tried again: polling goes on meanwhile.
                match published {
                    Ok(published) if published.feeds_written > 0 => {
                        info!(feeds = published.feeds_written, "{} feeds written", published.feeds_written);
                        self.to_announce.notify_one();
                    }
                    Ok(_) => self.to_announce.notify_one(),
                    Err(problem) => error!(error = %with_causes(&problem), "feeds are not written: {problem}"),
                }
            } else {
                // Whoever writes them next may have another folder.
                look_for_files = self.clock.now();
            }
            if is_last {
                return Ok(());
            }
            self.pause(stop.clone(), &self.to_publish).await;
        }
    }

    /// Whether it is this worker that publishes now. One without a folder leaves it to one that has one.
    async fn publishes(&self) -> Result<bool, StoreError> {
        if self.store.is_shared() && !self.worker.files {
            let Some(workers) = self.endured(self.store.workers().await)? else { return Ok(false) };
            let now = self.clock.now();
            if workers.iter().any(|other| other.files && other.roles.serve && !other.is_gone(now)) {
                return Ok(false);
            }
        }
        self.has_duty(PUBLISHING, DUTY).await
    }

    /// Lets go what is old, once an hour.
    pub(super) async fn tidying(self: Arc<Self>, stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let mut next = self.clock.now();
        while !*stop.borrow() {
            let now = self.clock.now();
            // A clock that was set back must not put it off.
            if now >= next || now + TIDY_EVERY < next {
                if self.has_duty(TIDYING, TIDY_EVERY).await? {
                    let tidied = tidy(&*self.store, &self.keeping.retention, now).await;
                    self.endured(tidied)?;
                }
                next = now + TIDY_EVERY;
            }
            self.pause(stop.clone(), &self.never).await;
        }
        Ok(())
    }

    /// Holds nothing that others wait for, and is let go where it stands when all is to end: what the hub was not told
    /// of is known, and told after the next start.
    pub(super) async fn announcing(self: Arc<Self>, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        while !*stop.borrow() {
            if self.announcer.has_hub() && self.has_duty(ANNOUNCING, DUTY).await? {
                tokio::select! {
                    _ = stop.changed() => continue,
                    announced = self.announcer.announce() => drop(self.endured(announced)?),
                }
            }
            self.pause(stop.clone(), &self.to_announce).await;
        }
        Ok(())
    }
}
