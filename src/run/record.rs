//! Reports → store, in batches: one transaction for many sources costs little more than one for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::looked::Looked;
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

/// One poll that has not handed in its report yet.
#[derive(Debug)]
pub(super) struct Flight(Arc<AtomicUsize>);

impl InFlight {
    /// Counts a poll until what is given back is dropped.
    pub(super) fn begin(&self) -> Flight {
        self.0.fetch_add(1, Ordering::AcqRel);
        Flight(Arc::clone(&self.0))
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Stores what comes through `reports` until all senders are gone, and tells `stored` of each report that was taken.
pub(super) async fn record_all(
    store: Arc<dyn Store>,
    clock: Clock,
    mut reports: mpsc::Receiver<Looked>,
    in_flight: InFlight,
    mut stored: impl FnMut(Looked) + Send,
) -> Result<(), StoreError> {
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
        let reports: Vec<Recorded> = batch.iter().map(|looked| looked.recorded.clone()).collect();
        let answers = store.record(reports, clock.now()).await?;
        for (looked, answer) in batch.into_iter().zip(answers) {
            match answer {
                Fenced::Recorded => {
                    looked.tell();
                    stored(looked);
                }
                Fenced::LeaseLost => {
                    let Recorded { host, lease, .. } = &looked.recorded;
                    let source = &looked.source;
                    warn!(source.id = %source, %host, lease, "lost the lease of {host}: the poll of {source} is dropped");
                }
            }
        }
    }
    Ok(())
}
