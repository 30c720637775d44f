//! Claims hosts with due sources and polls them with bounded hands.
//!
//! Hosts go side by side, the sources of one host through its width; a long walk renews its lease at a third of
//! its time and stops when it is lost. `once` looks at some sources now, `until` at whatever is due until told to stop.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::warn;

use super::daemon::AMONG_OTHERS;
use super::hand::{ByHand, Hand, Whole};
use super::lifecycle::Beat;
use super::looked::Look;
use super::network::{CANARY, Network};
use super::record::{BATCH, Desk, InFlight, LONGEST_WAIT, LONGEST_WAIT_OF_A_ROUND, record_all};
use crate::clock::Clock;
use crate::model::host::Host;
use crate::model::source::SourceId;
use crate::poll::Poller;
use crate::serve::Metrics;
use crate::store::contract::{Claim, Claimed, Lease, SourceRef};
use crate::store::{Store, StoreError};

/// Hosts polled at the same time.
const HANDS: usize = 64;

/// Where more hosts wait than there are hands, so many become free before more are claimed.
const HANDS_A_CLAIM: usize = HANDS / 4;

/// Sources of one host in one lease, where they were asked for by name.
const SOURCES_A_LEASE: usize = 2_500;

/// Sources of one host in one lease while others wait: no host starves another.
const SOURCES_A_TURN: usize = 16;

/// How long a lease lasts without renewal.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// The longest sleep between two looks at what is due: a clock may be set while we sleep.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_mins(1);

/// By how much the clock must have gone back to have been set: less is a clock that is kept right.
const SET_BACK: SignedDuration = SignedDuration::from_secs(2);

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
    network: Network,
    by_hand: ByHand,
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
    pub recorded: Vec<Look>,
    /// Sources whose host wants to be left alone until then.
    pub blocked: HashMap<SourceId, Timestamp>,
}

impl Dispatcher {
    /// A dispatcher over these parts, which counts every poll.
    pub fn new(store: Arc<dyn Store>, poller: Arc<Poller>, clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self { store, poller, clock, network: Network::default(), by_hand: ByHand::default(), metrics }
    }

    /// Reads this source to its end when it is polled next, as whoever asks by hand expects, until what is given back
    /// is dropped.
    pub(super) fn whole(&self, source: SourceRef) -> Whole {
        self.by_hand.add(source)
    }

    /// Polls these sources once, due or not, each host by its own pace.
    pub async fn once(&self, only: &[SourceId]) -> Result<Round, StoreError> {
        self.follow_clock().await?;
        let now = self.clock.now();
        let mut round = Round::default();
        let mut left = only.to_vec();
        // The sources of one host each, beyond those that are left. A claim looks each source up that it names.
        let mut behind: Vec<Vec<SourceId>> = Vec::new();
        // A host with more sources than a lease holds comes again when its reports are stored, and so does one that was
        // left in the middle.
        loop {
            let before = round.recorded.len();
            let swept = self.sweep(&left, now, &mut round, &mut behind).await?;
            let done = round.recorded[before..].iter().map(|look| &look.source);
            let done: HashSet<&SourceId> = done.chain(round.blocked.keys()).chain(behind.iter().flatten()).collect();
            left.retain(|id| !done.contains(id));
            if behind.is_empty() && (left.is_empty() || !swept) {
                return Ok(round);
            }
            for host in &mut behind {
                left.extend(host.drain(..host.len().min(SOURCES_A_LEASE)));
            }
            behind.retain(|host| !host.is_empty());
        }
    }

    /// Polls those of these sources that were not polled since `now` and whose host is free; those that are more than a
    /// lease of their host holds go `behind`. `false`: there are none.
    async fn sweep(
        &self,
        only: &[SourceId],
        now: Timestamp,
        round: &mut Round,
        behind: &mut Vec<Vec<SourceId>>,
    ) -> Result<bool, StoreError> {
        let looks = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&looks);
        let stored = move |look| keep.lock().unwrap_or_else(PoisonError::into_inner).push(look);
        let (hands, recorder) = self.hands(stored, LONGEST_WAIT_OF_A_ROUND);
        let mut hosts: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let (mut trouble, mut found) = (None, false);
        let mut waiting = Waiting::of(only);
        // As long as others come, what is at hand is worth waiting for them: then few batches write the same pages again.
        let mut coming = None;
        while trouble.is_none() {
            let claim = Claim {
                hosts: HANDS - hosts.len(),
                sources_per_host: SOURCES_A_LEASE,
                lease: LEASE,
                now,
                only: Some(waiting.named()),
            };
            let named = claim.only.as_ref().is_some_and(|named| !named.is_empty());
            coming = named.then(|| coming.unwrap_or_else(|| hands.in_flight.begin()));
            let claimed = if named { self.store.claim(&claim).await? } else { Claimed::default() };
            round.blocked.extend(claimed.blocked);
            let nothing_more = claimed.leases.is_empty();
            found |= !nothing_more;
            let all_hands = claimed.leases.len() == claim.hosts;
            let has_more = waiting.go_on(&claimed.leases, claimed.later, all_hands);
            for mut lease in claimed.leases {
                behind.extend(Some(std::mem::take(&mut lease.more)).filter(|more| !more.is_empty()));
                hosts.spawn(hands.clone().poll_host(lease));
            }
            // A free hand claims again only after a host is done: what is left now belongs to hosts that are held.
            if (nothing_more && !has_more) || hosts.len() >= HANDS {
                match hosts.join_next().await {
                    None => break,
                    Some(done) => trouble = done.expect("a poll does not panic").err(),
                }
                while trouble.is_none() && waiting.is_piecewise() && hosts.len() > HANDS - HANDS_A_CLAIM {
                    let done = hosts.join_next().await.expect("most hands are at work");
                    trouble = done.expect("a poll does not panic").err();
                }
            }
        }
        drop(coming);
        hosts.shutdown().await;
        drop(hands);
        recorder.await.expect("the recorder does not panic")?;
        round.recorded.append(&mut looks.lock().unwrap_or_else(PoisonError::into_inner));
        trouble.map_or(Ok(found), Err)
    }

    /// Polls whatever is due, until `stop` says so; then lets what is under way end, for a while. `stored` is told of
    /// every report, `wake` makes it look for due sources at once, `pulse` is told each time that the state answered.
    pub async fn until(
        &self,
        mut stop: watch::Receiver<bool>,
        wake: &Notify,
        pulse: &Pulse,
        stored: impl FnMut(Look) + Send + 'static,
    ) -> Result<(), StoreError> {
        let (hands, recorder) = self.hands(stored, LONGEST_WAIT);
        let mut hosts: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let mut trouble = None;
        let mut leased: HashMap<tokio::task::Id, (Host, i64)> = HashMap::new();
        let mut next_canary = Instant::now();
        self.network.begin(&*self.store).await?;
        let (mut before, mut since) = (self.clock.now(), Instant::now());
        self.follow_clock().await?;
        let mut pause = pulse.every;
        while !*stop.borrow() && trouble.is_none() {
            let now = self.clock.now();
            let expected = before.saturating_add(SignedDuration::try_from(since.elapsed()).unwrap_or_default());
            if expected.is_ok_and(|expected| expected.duration_since(now) > SET_BACK) {
                self.follow_clock().await?;
            }
            (before, since) = (now, Instant::now());
            let is_down = self.network.is_down();
            // One source after another until a server answers: the others wait as they are.
            let (free_hands, sources_per_host) = if is_down {
                (usize::from(Instant::now() >= next_canary), 1)
            } else {
                (HANDS - hosts.len(), SOURCES_A_TURN)
            };
            let claim = Claim { hosts: free_hands, sources_per_host, lease: LEASE, now, only: None };
            if free_hands > 0 {
                next_canary = Instant::now() + CANARY;
                for lease in self.store.claim(&claim).await?.leases {
                    let held = (lease.host.clone(), lease.number);
                    let task = hosts.spawn(hands.clone().poll_host(lease));
                    leased.insert(task.id(), held);
                }
            }
            let next_due = self.store.next_due().await?;
            pulse.beats.send_replace(Some(Beat { at: now, next_due, under_way: hosts.len() }));
            // Nobody wakes us when another process makes something due.
            let longest = now + if self.store.is_shared() { AMONG_OTHERS } else { LONGEST_SLEEP };
            let due = next_due.map_or(longest, |due| due.min(longest));
            let due = if is_down { now + SignedDuration::try_from(CANARY).unwrap_or(LONGEST_SLEEP) } else { due };
            let has_free_hand = hosts.len() < HANDS;
            tokio::select! {
                _ = stop.changed() => {}
                () = wake.notified() => self.network.look_again(),
                () = self.network.comes_back() => {}
                () = self.clock.sleep_between(now, due.max(now + SignedDuration::from_millis(20))), if has_free_hand => {}
                () = tokio::time::sleep(pause) => pause = pulse.every,
                Some(done) = hosts.join_next_with_id() => {
                    let (task, polled) = done.expect("a poll does not panic");
                    leased.remove(&task);
                    trouble = polled.err();
                    pause = SETTLED.min(pulse.every);
                }
            }
        }
        let drained = tokio::time::timeout(DRAIN, async {
            while let Some(done) = hosts.join_next_with_id().await {
                leased.remove(&done.expect("a poll does not panic").0);
            }
        });
        if drained.await.is_err() {
            hosts.shutdown().await;
        }
        drop(hands);
        recorder.await.expect("the recorder does not panic")?;
        // What was cut off is somebody else's to ask now, and not only when the lease ends.
        for (host, lease) in leased.into_values() {
            self.store.release(&host, lease).await?;
        }
        trouble.map_or(Ok(()), Err)
    }

    /// Plans anew what a clock that was set back since had planned in a future that is far away now.
    async fn follow_clock(&self) -> Result<(), StoreError> {
        // There it is the database's, which others go by too: a worker's own says nothing.
        if self.store.is_shared() {
            return Ok(());
        }
        let sources = self.store.turn_back(self.clock.now()).await?;
        if sources > 0 {
            warn!(sources, "the clock was set back: {sources} sources are planned anew");
        }
        Ok(())
    }

    /// The hands of one run, and the task that stores what they bring, together with what comes within `patience`.
    fn hands(
        &self,
        stored: impl FnMut(Look) + Send + 'static,
        patience: Duration,
    ) -> (Hand, tokio::task::JoinHandle<Result<(), StoreError>>) {
        let in_flight = InFlight::default();
        let (reports, inbox) = mpsc::channel(BATCH);
        let desk = Desk {
            store: Arc::clone(&self.store),
            poller: Arc::clone(&self.poller),
            network: self.network.clone(),
            clock: self.clock.clone(),
            in_flight: in_flight.clone(),
            patience,
        };
        let recorder = record_all(desk, inbox, stored);
        let hand = Hand {
            store: Arc::clone(&self.store),
            poller: Arc::clone(&self.poller),
            clock: self.clock.clone(),
            reports,
            in_flight,
            waited: self.by_hand.clone(),
            metrics: Arc::clone(&self.metrics),
        };
        (hand, tokio::spawn(recorder))
    }
}

/// Sources that were asked for by name and not yet leased. A claim costs what it names: where the hosts of all of them
/// are more than the hands, it names a part at a time.
struct Waiting {
    next: VecDeque<SourceId>,
    /// Those whose turn came while their host was held, or that have nothing to be done.
    passed: Vec<SourceId>,
    piecewise: bool,
}

impl Waiting {
    fn of(only: &[SourceId]) -> Self {
        Self { next: only.iter().cloned().collect(), passed: Vec::new(), piecewise: false }
    }

    fn is_piecewise(&self) -> bool {
        self.piecewise
    }

    /// What the next claim names.
    fn named(&self) -> Vec<SourceId> {
        let count = if self.piecewise { HANDS } else { self.next.len() };
        self.next.iter().take(count).cloned().collect()
    }

    /// Takes out what was leased; `later` comes first of what is left. `all_hands`: the claim took every hand that was
    /// free. Tells whether another part may be claimed at once.
    fn go_on(&mut self, leases: &[Lease], later: Vec<SourceId>, all_hands: bool) -> bool {
        let due = leases.iter().flat_map(|lease| &lease.due).map(|due| &due.source.id);
        let leased: HashSet<&SourceId> = due.chain(leases.iter().flat_map(|lease| &lease.more)).collect();
        if !self.piecewise {
            let those: HashSet<&SourceId> = later.iter().collect();
            self.next.retain(|id| !leased.contains(id) && !those.contains(id));
            self.next = later.into_iter().chain(self.next.drain(..)).collect();
            self.piecewise = all_hands && self.next.len() > HANDS;
            return false;
        }
        let part: Vec<SourceId> = self.next.drain(..HANDS.min(self.next.len())).collect();
        for id in part.into_iter().rev().filter(|id| !leased.contains(id)) {
            // Those for which no hand was free come next.
            if all_hands {
                self.next.push_front(id);
            } else {
                self.passed.push(id);
            }
        }
        if self.next.is_empty() {
            self.next.extend(self.passed.drain(..));
            self.piecewise = false;
        }
        self.piecewise
    }
}
