//! Reports → store, in batches: one transaction for many sources costs little more than one for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::clock::Clock;
use crate::store::contract::{Fenced, Recorded};
use crate::store::{Store, StoreError};

/// Reports in one transaction at most.
const BATCH: usize = 200;

/// Longest wait for company: a report is worth more on disk than in a full batch.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// Polls that have not handed in their report yet.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    pub(super) fn begin(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn end(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

/// Stores what comes through `reports` until all senders are gone. Gives back what was stored.
pub(super) async fn record_all(
    store: Arc<dyn Store>,
    clock: Clock,
    mut reports: mpsc::Receiver<Recorded>,
    in_flight: InFlight,
) -> Result<Vec<Recorded>, StoreError> {
    let mut stored = Vec::new();
    while let Some(first) = reports.recv().await {
        let deadline = Instant::now() + LONGEST_WAIT;
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match reports.try_recv() {
                Ok(next) => batch.push(next),
                Err(_) if in_flight.is_idle() => break,
                Err(_) => match timeout_at(deadline, reports.recv()).await {
                    Ok(Some(next)) => batch.push(next),
                    Ok(None) | Err(_) => break,
                },
            }
        }
        let answers = store.record(batch.clone(), clock.now()).await?;
        for (recorded, answer) in batch.into_iter().zip(answers) {
            match answer {
                Fenced::Recorded => stored.push(recorded),
                Fenced::LeaseLost => {
                    warn!(host = %recorded.host, lease = recorded.lease, "lost the lease of {}: its poll is dropped", recorded.host);
                }
            }
        }
    }
    Ok(stored)
}
