//! Store → people.
//!
//! What is owed is claimed before it is told, told once, and settled after: a crash in between tells it once more
//! under the same id, and never loses it. Nothing here decides what is owed; a poll did, in its transaction.

use std::sync::Arc;

use jiff::SignedDuration;
use tracing::{debug, warn};

use crate::clock::Clock;
use crate::model::delivery::{Delivery, Settlement};
use crate::notify::desktop::{CHANNEL, Desktop};
use crate::notify::notice::{Words, notice};
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

    /// Tells all that is owed and due, as one notification.
    pub async fn deliver(&self) -> Result<Delivered, StoreError> {
        let mut delivered = Delivered::default();
        let Some(desktop) = &self.desktop else { return Ok(delivered) };
        let now = self.clock.now();
        let claimed = self.store.claim_deliveries(CHANNEL, BATCH, now, now + CLAIM).await?;
        if claimed.is_empty() {
            return Ok(delivered);
        }
        let told = match notice(&claimed, self.words) {
            Some(notice) => desktop.show(&notice).await,
            None => Ok(()),
        };
        let settlement = match told {
            Ok(()) => {
                delivered.notified = 1;
                debug!(posts = claimed.len(), "notified the desktop");
                vec![Settlement::Sent; claimed.len()]
            }
            Err(error) => {
                delivered.waiting = u32::try_from(claimed.len()).unwrap_or(u32::MAX);
                let message = crate::model::failure::with_causes(&error);
                warn!(waiting = delivered.waiting, error = %message, "{} notifications wait", delivered.waiting);
                delivered.trouble = Some((message.clone(), error.help().to_owned()));
                claimed.iter().map(|delivery| retry(delivery, self.clock.now(), &message)).collect()
            }
        };
        let settled: Vec<_> = claimed.iter().map(|delivery| delivery.id.clone()).zip(settlement).collect();
        self.store.settle(&settled, self.clock.now()).await?;
        Ok(delivered)
    }

    /// Shows one notice past the outbox: a test of the channel.
    pub async fn test(&self) -> Result<(), Option<crate::notify::desktop::DesktopError>> {
        let Some(desktop) = &self.desktop else { return Err(None) };
        desktop.show(&crate::notify::notice::test(self.words)).await.map_err(Some)
    }
}

fn retry(delivery: &Delivery, now: jiff::Timestamp, error: &str) -> Settlement {
    let wait = FIRST_RETRY.checked_mul(1 << delivery.attempts.min(10)).unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY);
    Settlement::Retry { at: now + wait, error: error.to_owned() }
}
