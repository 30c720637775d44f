//! Store → people.
//!
//! What is owed is claimed before it is told, told once, and settled after: a crash in between tells it once more
//! under the same id, and never loses it. Nothing here decides what is owed; a poll did, in its transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use tracing::{debug, warn};

use crate::clock::Clock;
use crate::model::delivery::{Delivery, Settlement};
use crate::model::failure::with_causes;
use crate::model::rescue::Rescue;
use crate::notify::desktop::{CHANNEL, Desktop, DesktopError};
use crate::notify::notice::{Words, notices, rescued, test};
use crate::store::{Store, StoreError};

/// How long a claim holds: longer than a call to the daemon may take.
const CLAIM: SignedDuration = SignedDuration::from_secs(60);

/// Deliveries told at once: a blog's whole history fits, memory stays small.
const BATCH: usize = 10_000;

/// First wait after a failed delivery; it doubles up to an hour.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(1);

/// Brings what is owed to the people who wait for it.
pub struct Deliverer {
    store: Arc<dyn Store>,
    clock: Clock,
    desktop: Option<Desktop>,
    words: Words,
}

/// What one round of deliveries came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Notifications that were shown.
    pub notified: u32,
    /// Deliveries that they told: a digest tells of many posts.
    pub told: u32,
    /// Deliveries that wait for another try.
    pub waiting: u32,
    /// Why they wait, with what to do.
    pub trouble: Option<(String, String)>,
}

impl Deliverer {
    /// Delivers to the desktop, or with `None` to nobody.
    pub fn new(store: Arc<dyn Store>, clock: Clock, desktop: Option<Desktop>, words: Words) -> Self {
        Self { store, clock, desktop, words }
    }

    /// Tells all that is owed and due: new posts as one notification, what happened to sources as another.
    pub async fn deliver(&self) -> Result<Delivered, StoreError> {
        let mut delivered = Delivered::default();
        let Some(desktop) = &self.desktop else { return Ok(delivered) };
        self.tell_rescue(desktop).await?;
        let now = self.clock.now();
        let claimed = self.store.claim_deliveries(CHANNEL, BATCH, now, now + CLAIM).await?;
        if claimed.is_empty() {
            return Ok(delivered);
        }
        let notices = notices(&claimed, self.words);
        // What is left untold has nothing to tell any more: its post is no longer stored.
        let mut settled: BTreeMap<&str, Settlement> =
            claimed.iter().map(|delivery| (delivery.id.as_str(), Settlement::Sent)).collect();
        for (notice, told) in notices {
            match desktop.show(&notice).await {
                Ok(()) => {
                    delivered.notified += 1;
                    delivered.told += u32::try_from(told.len()).unwrap_or(u32::MAX);
                    debug!(deliveries = told.len(), "notified the desktop");
                }
                Err(error) => {
                    let waiting = u32::try_from(told.len()).unwrap_or(u32::MAX);
                    let message = with_causes(&error);
                    warn!(waiting, error = %message, "{waiting} notifications wait");
                    for delivery in told {
                        settled.insert(&delivery.id, retry(delivery, self.clock.now(), &message));
                    }
                    delivered.waiting += waiting;
                    delivered.trouble = Some((message, error.help().to_owned()));
                }
            }
        }
        let settled: Vec<_> = settled.into_iter().map(|(id, settlement)| (id.to_owned(), settlement)).collect();
        self.store.settle(&settled, self.clock.now()).await?;
        Ok(delivered)
    }

    /// Tells once that the state was damaged: no source owes that. What cannot be shown is tried again.
    async fn tell_rescue(&self, desktop: &Desktop) -> Result<(), StoreError> {
        let note = self.store.note(Rescue::NOTE).await?;
        let Some(mut rescue) = note.and_then(|note| serde_json::from_str::<Rescue>(&note).ok()) else { return Ok(()) };
        if rescue.is_told {
            return Ok(());
        }
        match desktop.show(&rescued(&rescue, self.words)).await {
            Ok(()) => {
                rescue.is_told = true;
                let note = serde_json::to_string(&rescue).expect("texts, paths and a moment are JSON");
                self.store.put_note(Rescue::NOTE, &note).await
            }
            Err(_) => Ok(()),
        }
    }

    /// Shows one notice past the outbox: a test of the channel.
    pub async fn test(&self) -> Result<(), Option<DesktopError>> {
        let Some(desktop) = &self.desktop else { return Err(None) };
        desktop.show(&test(self.words)).await.map_err(Some)
    }
}

fn retry(delivery: &Delivery, now: jiff::Timestamp, error: &str) -> Settlement {
    let wait = FIRST_RETRY
        .checked_mul(1 << delivery.attempts.saturating_sub(1).min(10))
        .unwrap_or(LONGEST_RETRY)
        .min(LONGEST_RETRY);
    Settlement::Retry { at: now + wait, error: error.to_owned() }
}
