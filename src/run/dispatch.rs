//! Claims hosts with due sources and polls them with bounded hands.
//!
//! Hosts go side by side, the sources of one host through its width; a long walk renews its lease at a third of
//! its time and stops when it is lost. `once` looks at some sources now, `until` at whatever is due until told to stop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use super::hand::Hand;
use super::lifecycle::Beat;
use super::record::{InFlight, record_all};
use crate::clock::Clock;
use crate::model::source::SourceId;
use crate::poll::Poller;
use crate::serve::Metrics;
use crate::store::contract::{Claim, Recorded};
use crate::store::{Store, StoreError};

/// Hosts polled at the same time.
const HANDS: usize = 64;

/// Sources of one host in one lease.
const SOURCES_A_LEASE: usize = 1_000;

/// Sources of one host in one lease while others wait: no host starves another.
const SOURCES_A_TURN: usize = 16;

/// How long a lease lasts without renewal.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// The longest sleep between two looks at what is due: a clock may be set while we sleep.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_mins(1);

/// When to look again after a host was done: by then its reports are stored, and the next due moment is known.
const SETTLED: Duration = Duration::from_millis(500);

/// How long polls may go on after they were told to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// Polls what is claimed.
#[derive(Clone)]
pub struct Dispatcher {
    store: Arc<dyn Store>,
    poller: Arc<Poller>,
    clock: Clock,
    metrics: Arc<Metrics>,
}

/// How a dispatcher without end shows that it lives.
#[derive(Debug, Clone)]
pub struct Pulse {
    /// The longest time between two beats.
    pub every: Duration,
    /// Who counts them.
    pub beats: watch::Sender<Option<Beat>>,
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
    /// A dispatcher over these parts, which counts every poll.
    pub fn new(store: Arc<dyn Store>, poller: Arc<Poller>, clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self { store, poller, clock, metrics }
    }

    /// Polls these sources once, due or not, each host by its own pace.
    pub async fn once(&self, only: &[SourceId]) -> Result<Round, StoreError> {
        let now = self.clock.now();
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&recorded);
        let (hands, recorder) =
            self.hands(move |report| keep.lock().unwrap_or_else(PoisonError::into_inner).push(report));
        let mut hosts: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let mut blocked: HashMap<SourceId, Timestamp> = HashMap::new();
        let mut trouble = None;
        while trouble.is_none() {
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
                hosts.spawn(hands.clone().poll_host(lease));
            }
            // A free hand claims again only after a host is done: what is left now belongs to hosts that are held.
            if nothing_more || hosts.len() >= HANDS {
                match hosts.join_next().await {
                    None => break,
                    Some(done) => trouble = done.expect("a poll does not panic").err(),
                }
            }
        }
        hosts.shutdown().await;
        drop(hands);
        recorder.await.expect("the recorder does not panic")?;
        if let Some(error) = trouble {
            return Err(error);
        }
        let recorded = std::mem::take(&mut *recorded.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Round { recorded, blocked: blocked.into_iter().collect() })
    }

    /// Polls whatever is due, until `stop` says so; then lets what is under way end, for a while. `stored` is told of
    /// every report, `wake` makes it look for due sources at once, `pulse` is told each time that the state answered.
    pub async fn until(
        &self,
        mut stop: watch::Receiver<bool>,
        wake: &Notify,
        pulse: &Pulse,
        stored: impl FnMut(Recorded) + Send + 'static,
    ) -> Result<(), StoreError> {
        let (hands, recorder) = self.hands(stored);
        let mut hosts: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let mut trouble = None;
        let mut pause = pulse.every;
        while !*stop.borrow() && trouble.is_none() {
            let now = self.clock.now();
            let claim =
                Claim { hosts: HANDS - hosts.len(), sources_per_host: SOURCES_A_TURN, lease: LEASE, now, only: None };
            for lease in self.store.claim(&claim).await?.leases {
                hosts.spawn(hands.clone().poll_host(lease));
            }
            let next_due = self.store.next_due().await?;
            pulse.beats.send_replace(Some(Beat { at: now, next_due, under_way: hosts.len() }));
            let due = next_due.map_or(now + LONGEST_SLEEP, |due| due.min(now + LONGEST_SLEEP));
            let has_free_hand = hosts.len() < HANDS;
            tokio::select! {
                _ = stop.changed() => {}
                () = wake.notified() => {}
                () = self.clock.sleep_until(due.max(now + SignedDuration::from_millis(20))), if has_free_hand => {}
                () = tokio::time::sleep(pause) => pause = pulse.every,
                Some(done) = hosts.join_next() => {
                    trouble = done.expect("a poll does not panic").err();
                    pause = SETTLED.min(pulse.every);
                }
            }
        }
        let drained = tokio::time::timeout(DRAIN, async { while hosts.join_next().await.is_some() {} });
        if drained.await.is_err() {
            hosts.shutdown().await;
        }
        drop(hands);
        recorder.await.expect("the recorder does not panic")?;
        trouble.map_or(Ok(()), Err)
    }

    /// The hands of one run, and the task that stores what they bring.
    fn hands(
        &self,
        stored: impl FnMut(Recorded) + Send + 'static,
    ) -> (Hand, tokio::task::JoinHandle<Result<(), StoreError>>) {
        let in_flight = InFlight::default();
        let (reports, inbox) = mpsc::channel(1_024);
        let recorder = record_all(Arc::clone(&self.store), self.clock.clone(), inbox, in_flight.clone(), stored);
        let hand = Hand {
            store: Arc::clone(&self.store),
            poller: Arc::clone(&self.poller),
            clock: self.clock.clone(),
            reports,
            in_flight,
            metrics: Arc::clone(&self.metrics),
        };
        (hand, tokio::spawn(recorder))
    }
}
