//! Claims hosts with due sources and polls them with bounded hands.
//!
//! Hosts go side by side, the sources of one host through its width; a long walk renews its lease at a third of
//! its time and stops when it is lost.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::record::{InFlight, record_all};
use crate::clock::Clock;
use crate::model::source::SourceId;
use crate::poll::Poller;
use crate::store::contract::{Claim, Lease, Recorded};
use crate::store::{Store, StoreError};

/// Hosts polled at the same time.
const HANDS: usize = 64;

/// Sources of one host in one lease.
const SOURCES_A_LEASE: usize = 1_000;

/// How long a lease lasts without renewal.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// Polls what is claimed.
pub struct Dispatcher {
    store: Arc<dyn Store>,
    poller: Arc<Poller>,
    clock: Clock,
}

/// What one round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// The reports that were stored.
    pub recorded: Vec<Recorded>,
    /// Sources whose host wants to be left alone until then.
    pub blocked: Vec<(SourceId, Timestamp)>,
}

impl Dispatcher {
    /// A dispatcher over these parts.
    pub fn new(store: Arc<dyn Store>, poller: Arc<Poller>, clock: Clock) -> Self {
        Self { store, poller, clock }
    }

    /// Polls these sources once, due or not, each host by its own pace.
    pub async fn once(&self, only: &[SourceId]) -> Result<Round, StoreError> {
        let now = self.clock.now();
        let in_flight = InFlight::default();
        let (reports, inbox) = mpsc::channel(1_024);
        let recorder = tokio::spawn(record_all(Arc::clone(&self.store), self.clock.clone(), inbox, in_flight.clone()));
        let mut hosts: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let mut blocked: HashMap<SourceId, Timestamp> = HashMap::new();
        let mut trouble = None;
        loop {
            let claim = Claim {
                hosts: HANDS - hosts.len(),
                sources_per_host: SOURCES_A_LEASE,
                lease: LEASE,
                now,
                only: Some(only.to_vec()),
            };
            let claimed = self.store.claim(&claim).await?;
            blocked.extend(claimed.blocked);
            let nothing_more = claimed.leases.is_empty();
            for lease in claimed.leases {
                let hand = Hand {
                    store: Arc::clone(&self.store),
                    poller: Arc::clone(&self.poller),
                    clock: self.clock.clone(),
                    reports: reports.clone(),
                    in_flight: in_flight.clone(),
                };
                hosts.spawn(hand.poll_host(lease));
            }
            // A free hand claims again only after a host is done: what is left now belongs to hosts that are held.
            if nothing_more || hosts.len() >= HANDS {
                match hosts.join_next().await {
                    None => break,
                    Some(done) => trouble = trouble.or(done.expect("a poll does not panic").err()),
                }
            }
            if trouble.is_some() {
                hosts.shutdown().await;
                break;
            }
        }
        drop(reports);
        let recorded = recorder.await.expect("the recorder does not panic")?;
        match trouble {
            Some(error) => Err(error),
            None => Ok(Round { recorded, blocked: blocked.into_iter().collect() }),
        }
    }
}

/// One host's worth of polling.
struct Hand {
    store: Arc<dyn Store>,
    poller: Arc<Poller>,
    clock: Clock,
    reports: mpsc::Sender<Recorded>,
    in_flight: InFlight,
}

impl Hand {
    async fn poll_host(self, lease: Lease) -> Result<(), StoreError> {
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
                self.in_flight.begin();
                let report = self.poller.poll(&due).await;
                (due, report)
            })
            .buffer_unordered(width.max(1));
        while let Some((due, report)) = polls.next().await {
            left -= 1;
            let recorded = report.map(|report| Recorded {
                at: due.at,
                host: lease.host.clone(),
                lease: lease.number,
                last_of_host: left == 0,
                report,
            });
            let sent = match recorded {
                Ok(recorded) => self.reports.send(recorded).await.map_err(|_| None),
                Err(error) => Err(Some(error)),
            };
            self.in_flight.end();
            match sent {
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
