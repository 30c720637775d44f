//! One host's worth of polling, under its lease.

use std::sync::Arc;

use futures_util::StreamExt;
use jiff::SignedDuration;
use tokio::sync::mpsc;

use super::dispatch::LEASE;
use super::record::InFlight;
use crate::clock::Clock;
use crate::poll::Poller;
use crate::serve::Metrics;
use crate::store::contract::{Lease, Recorded};
use crate::store::{Store, StoreError};

/// A hand: clones share the recorder.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) store: Arc<dyn Store>,
    pub(super) poller: Arc<Poller>,
    pub(super) clock: Clock,
    pub(super) reports: mpsc::Sender<Recorded>,
    pub(super) in_flight: InFlight,
    pub(super) metrics: Arc<Metrics>,
}

impl Hand {
    pub(super) async fn poll_host(self, lease: Lease) -> Result<(), StoreError> {
        if lease.due.is_empty() {
            return self.store.release(&lease.host, lease.number).await;
        }
        tokio::select! {
            polled = self.poll_due(&lease) => polled,
            // The report of a poll that goes on without a lease would be refused: stop asking the host.
            renewed = self.keep(&lease) => renewed,
        }
    }

    async fn poll_due(&self, lease: &Lease) -> Result<(), StoreError> {
        let mut left = lease.due.len();
        let width = lease.due.iter().map(|due| self.poller.width(&due.source.url)).max().unwrap_or(1);
        let mut polls = futures_util::stream::iter(lease.due.clone())
            .map(|due| async move {
                let flight = self.in_flight.begin();
                let begun = self.clock.now();
                let report = self.poller.poll(&due).await;
                if let Ok(report) = &report {
                    let late = due.state.next_check.unwrap_or(begun).duration_until(begun);
                    self.metrics.poll_ended(&report.outcome, begun.duration_until(self.clock.now()), late);
                }
                (due, report, flight)
            })
            .buffer_unordered(width.max(1));
        while let Some((due, report, flight)) = polls.next().await {
            left -= 1;
            // A host that wants to be left alone is not asked for its other sources either: they stay due.
            let is_blocked = report.as_ref().is_ok_and(|report| report.host_blocked_until.is_some());
            let recorded = report.map(|report| Recorded {
                at: due.at,
                host: lease.host.clone(),
                lease: lease.number,
                last_of_host: left == 0 || is_blocked,
                report,
            });
            let sent = match recorded {
                Ok(recorded) => self.reports.send(recorded).await.map_err(|_| None),
                Err(error) => Err(Some(error)),
            };
            drop(flight);
            match sent {
                Ok(()) if is_blocked => return Ok(()),
                Ok(()) => {}
                Err(Some(error)) => return Err(error),
                // The recorder stopped on an error of its own, which it reports.
                Err(None) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Renews the lease until it is lost.
    async fn keep(&self, lease: &Lease) -> Result<(), StoreError> {
        let third = SignedDuration::from_millis(i64::try_from(LEASE.as_millis() / 3).unwrap_or(i64::MAX));
        loop {
            self.clock.sleep_until(self.clock.now() + third).await;
            let now = self.clock.now();
            if !self.store.renew(&lease.host, lease.number, now + LEASE, now).await? {
                return Ok(());
            }
        }
    }
}
