//! One host's worth of polling, under its lease.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{Instrument, info_span};

use super::dispatch::LEASE;
use super::looked::Looked;
use super::record::InFlight;
use crate::clock::Clock;
use crate::model::report::PollReport;
use crate::poll::Poller;
use crate::serve::Metrics;
use crate::store::contract::{DueSource, Lease, Recorded, SourceRef};
use crate::store::{Store, StoreError};

/// One poll, as it goes.
type Poll<'a> = Pin<Box<dyn Future<Output = Result<PollReport, StoreError>> + Send + 'a>>;

/// A hand: clones share the recorder.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) store: Arc<dyn Store>,
    pub(super) poller: Arc<Poller>,
    pub(super) clock: Clock,
    pub(super) reports: mpsc::Sender<Looked>,
    pub(super) in_flight: InFlight,
    pub(super) waited: ByHand,
    pub(super) metrics: Arc<Metrics>,
}

/// The sources that somebody waits for: they are read to their end in one poll. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct ByHand(Arc<Mutex<BTreeMap<SourceRef, usize>>>);

/// A source that somebody waits for, as long as this lives.
#[derive(Debug)]
pub(super) struct Whole {
    waited: ByHand,
    source: SourceRef,
}

impl ByHand {
    pub(super) fn add(&self, source: SourceRef) -> Whole {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(source).or_default() += 1;
        Whole { waited: self.clone(), source }
    }

    fn has(&self, source: SourceRef) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&source)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        let mut waited = self.waited.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(people) = waited.get_mut(&self.source) {
            *people -= 1;
            if *people == 0 {
                waited.remove(&self.source);
            }
        }
    }
}

impl Hand {
    pub(super) async fn poll_host(self, mut lease: Lease) -> Result<(), StoreError> {
        if lease.due.is_empty() {
            return self.store.release(&lease.host, lease.number).await;
        }
        let due = std::mem::take(&mut lease.due);
        tokio::select! {
            polled = self.poll_due(&lease, due) => polled,
            // The report of a poll that goes on without a lease would be refused: stop asking the host.
            renewed = self.keep(&lease) => renewed,
        }
    }

    /// Polls these sources of the host.
    async fn poll_due(&self, lease: &Lease, due: Vec<DueSource>) -> Result<(), StoreError> {
        let mut left = due.len();
        let width = due.iter().map(|due| self.poller.width(&due.source.url, &lease.host)).max().unwrap_or(1);
        let mut polls = futures_util::stream::iter(due)
            .map(|due| async move {
                let flight = self.in_flight.begin();
                let span = info_span!("poll", source.id = %due.source.id, host = %lease.host);
                let (began, begun) = (Instant::now(), self.clock.now());
                // By itself on the heap: what holds it is moved from place to place, at ten kilobytes each time.
                let poll: Poll<'_> = if self.waited.has(due.at) {
                    Box::pin(self.poller.poll_whole(&due))
                } else {
                    Box::pin(self.poller.poll(&due))
                };
                let report = poll.instrument(span.clone()).await?;
                let took = began.elapsed();
                let late = due.state.next_check.unwrap_or(begun).duration_until(begun);
                let lasted = SignedDuration::try_from(took).unwrap_or_default();
                self.metrics.poll_ended(&report.outcome, lasted, late);
                let (at, host, lease) = (due.at, lease.host.clone(), lease.number);
                let recorded = Box::new(Recorded { at, host, lease, last_of_host: false, report });
                Ok((Looked { source: due.source.id, began, took, recorded, span }, flight))
            })
            .buffer_unordered(width.max(1));
        while let Some(polled) = polls.next().await {
            left -= 1;
            let (mut looked, flight) = polled?;
            // A host that wants to be left alone is not asked for its other sources either: they stay due.
            let is_blocked = looked.recorded.report.host_blocked_until.is_some();
            looked.recorded.last_of_host = left == 0 || is_blocked;
            let is_taken = self.reports.send(looked).await.is_ok();
            drop(flight);
            // A recorder that stopped did so on an error of its own, which it reports.
            if is_blocked || !is_taken {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Renews the lease until it is lost.
    async fn keep(&self, lease: &Lease) -> Result<(), StoreError> {
        let third = SignedDuration::from_millis(i64::try_from(LEASE.as_millis() / 3).unwrap_or(i64::MAX));
        loop {
            let now = self.clock.now();
            self.clock.sleep_between(now, now + third).await;
            let now = self.clock.now();
            if !self.store.renew(&lease.host, lease.number, now + LEASE, now).await? {
                return Ok(());
            }
        }
    }
}
