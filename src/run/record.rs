//! Reports → store, in batches: one transaction for many sources costs little more than one for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::looked::{Look, Looked};
use super::network::{Network, is_unreachable};
use crate::clock::Clock;
use crate::model::failure::PollOutcome;
use crate::poll::Poller;
use crate::store::contract::Fenced;
use crate::store::{Store, StoreError};

/// Reports in one transaction at most where each brings something, and so many wait for the next: those who poll wait for
/// the disk.
pub(super) const BATCH: usize = 200;

/// Reports of nothing new that are as little work for the store as one that brings something. Each batch of theirs writes
/// most pages of the indices, so few large ones write much less than many small ones.
const IDLE: usize = 5;

/// Longest wait for company while somebody may wait for the news: a report is worth more on disk than in a full batch.
pub(super) const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// And in a round whose news is told at its end: each batch writes most pages of the indices again.
pub(super) const LONGEST_WAIT_OF_A_ROUND: Duration = Duration::from_millis(300);

/// Longest wait for a word about the network: well within a lease.
const LONGEST_DOUBT: Duration = Duration::from_secs(10);

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

/// What the recorder works with.
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) poller: Arc<Poller>,
    pub(super) network: Network,
    pub(super) clock: Clock,
    pub(super) in_flight: InFlight,
    /// How long a report waits for others.
    pub(super) patience: Duration,
}

/// Stores what comes through `reports` until all senders are gone, and tells `stored` of each report that was taken.
///
/// A report that no server could be reached waits until another tells whether the network works.
pub(super) async fn record_all(
    desk: Desk,
    mut reports: mpsc::Receiver<Looked>,
    mut stored: impl FnMut(Look) + Send,
) -> Result<(), StoreError> {
    let Desk { store, poller, network, clock, in_flight, patience } = desk;
    let mut held: Vec<Looked> = Vec::new();
    let mut judged_by = Instant::now();
    loop {
        let next = if held.is_empty() {
            Ok(reports.recv().await)
        } else if in_flight.is_idle() {
            Ok(reports.try_recv().ok())
        } else {
            timeout_at(judged_by, reports.recv()).await
        };
        let Ok(Some(first)) = next else {
            if held.is_empty() {
                return Ok(());
            }
            // All polls ended, or the first of these has waited long enough.
            network.judge(&mut held, &*store, &poller, clock.now()).await?;
            take(&*store, std::mem::take(&mut held), &clock, &mut stored).await?;
            continue;
        };
        let deadline = Instant::now() + patience;
        let mut room = BATCH * IDLE - work(&first);
        let mut batch = vec![first];
        while room >= IDLE {
            let next = match reports.try_recv() {
                Ok(next) => next,
                Err(_) if in_flight.is_idle() => break,
                Err(_) => match timeout_at(deadline, reports.recv()).await {
                    Ok(Some(next)) => next,
                    Ok(None) | Err(_) => break,
                },
            };
            room -= work(&next);
            batch.push(next);
        }
        for looked in batch.iter().filter(|recorded| !is_unreachable(&recorded.recorded)) {
            network.learn(&looked.recorded, &*store).await?;
        }
        if held.is_empty() {
            judged_by = Instant::now() + LONGEST_DOUBT;
        }
        held.extend(batch.extract_if(.., |looked| is_unreachable(&looked.recorded)));
        batch.extend(held.extract_if(.., |looked| network.reached_another(&looked.recorded.host)));
        take(&*store, batch, &clock, &mut stored).await?;
    }
}

/// How much work a report is for the store, where one of nothing new is 1.
fn work(looked: &Looked) -> usize {
    let is_idle = matches!(looked.recorded.report.outcome, PollOutcome::NotModified | PollOutcome::Unchanged);
    if is_idle { 1 } else { IDLE }
}

async fn take(
    store: &dyn Store,
    batch: Vec<Looked>,
    clock: &Clock,
    stored: &mut (impl FnMut(Look) + Send),
) -> Result<(), StoreError> {
    let (reports, looks): (Vec<_>, Vec<_>) = batch.into_iter().map(Looked::apart).unzip();
    let answers = store.record(reports, clock.now()).await?;
    for (look, answer) in looks.into_iter().zip(answers) {
        match answer {
            Fenced::Recorded => {
                look.tell();
                stored(look);
            }
            Fenced::LeaseLost => look.tell_of_loss(),
        }
    }
    Ok(())
}
