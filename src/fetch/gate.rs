//! Whose turn it is to ask a host.
//!
//! A host lets `width` requests in at a time, and between the starts of two there is a gap. Waiting is first come,
//! first served. A host that nobody has asked for a while is forgotten, so memory follows what is in use. Time is
//! tokio's: seconds within one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::pace::{LONGEST_WISH, Pace, Paces};
use crate::model::host::Host;

/// Hosts to know before looking for those that can be forgotten.
const SWEEP_FROM: usize = 64;

/// Paces requests by host.
#[derive(Debug)]
pub(super) struct Gate {
    paces: Paces,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    slots: HashMap<SlotKey, Arc<Slot>>,
    /// Gaps that robots.txt wishes, and until when they are remembered.
    wishes: HashMap<Host, (Duration, Instant)>,
    /// How many entries there are before the next sweep.
    sweep_at: usize,
}

/// A host, or that part of it which an entry of its own speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct SlotKey {
    host: Host,
    rule: Option<usize>,
}

#[derive(Debug)]
struct Slot {
    room: Arc<Semaphore>,
    /// When the last request started; held by the one whose turn it is while it waits for the gap to pass.
    last_start: Turn<Option<Instant>>,
    /// Until when it is remembered.
    keep_until: Mutex<Instant>,
}

/// Leave to ask a host; gives its place back when dropped.
#[derive(Debug)]
pub(super) struct Pass {
    key: SlotKey,
    _room: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate with these paces.
    pub(super) fn new(paces: Paces) -> Self {
        let known = Known { slots: HashMap::new(), wishes: HashMap::new(), sweep_at: SWEEP_FROM };
        Self { paces, known: Mutex::new(known) }
    }

    /// Waits until the host of `url` may be asked. Safe to give up while waiting.
    pub(super) async fn enter(&self, url: &Url) -> Pass {
        let (key, pace) = self.key(url);
        let slot = self.slot(&key, pace);
        let room = Arc::clone(&slot.room).acquire_owned().await.expect("the semaphore is never closed");
        let mut last_start = slot.last_start.lock().await;
        if let Some(last) = *last_start {
            let turn = last + self.gap(&key.host, pace);
            // A sleep to a moment that has passed still lasts until the next millisecond.
            if turn > Instant::now() {
                sleep_until(turn).await;
            }
        }
        let now = Instant::now();
        *last_start = Some(now);
        *slot.keep_until.lock().unwrap_or_else(PoisonError::into_inner) = now + pace.gap.max(LONGEST_WISH);
        drop(last_start);
        Pass { key, _room: room }
    }

    /// Whether a pass lets in to `url` too: a redirect within a host is the same visit.
    pub(super) fn covers(&self, pass: &Pass, url: &Url) -> bool {
        pass.key == self.key(url).0
    }

    /// Notes the gap that a robots.txt wishes. It lengthens the host's gap, up to a minute, and is forgotten a
    /// minute after it was last noted or used.
    pub(super) fn wish(&self, host: &Host, gap: Duration) {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.wishes.insert(host.clone(), (gap.min(LONGEST_WISH), now + 2 * LONGEST_WISH));
        known.sweep(now);
    }

    fn key(&self, url: &Url) -> (SlotKey, Pace) {
        let host = Host::of(url);
        let pace = self.paces.of(url, &host);
        (SlotKey { host, rule: pace.rule }, pace)
    }

    fn slot(&self, key: &SlotKey, pace: Pace) -> Arc<Slot> {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.sweep(now);
        let slot = known.slots.entry(key.clone()).or_insert_with(|| {
            Arc::new(Slot {
                room: Arc::new(Semaphore::new(pace.width)),
                last_start: Turn::new(None),
                keep_until: Mutex::new(now),
            })
        });
        Arc::clone(slot)
    }

    fn gap(&self, host: &Host, pace: Pace) -> Duration {
        let now = Instant::now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.wishes.get_mut(host) {
            Some((wish, keep_until)) => {
                *keep_until = now + 2 * LONGEST_WISH;
                pace.gap.max(*wish)
            }
            None => pace.gap,
        }
    }
}

impl Known {
    /// Forgets what is idle, each time that the number of entries has doubled.
    fn sweep(&mut self, now: Instant) {
        if self.slots.len() + self.wishes.len() < self.sweep_at {
            return;
        }
        self.wishes.retain(|_, (_, keep_until)| *keep_until > now);
        self.slots.retain(|_, slot| {
            // A pass holds the room, a waiter the slot: neither may lose its place.
            let idle = Arc::strong_count(slot) == 1 && Arc::strong_count(&slot.room) == 1;
            !idle || *slot.keep_until.lock().unwrap_or_else(PoisonError::into_inner) > now
        });
        self.sweep_at = SWEEP_FROM.max(2 * (self.slots.len() + self.wishes.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::HostOptions;
    use super::*;
    use jiff::SignedDuration;
    use std::future::Future;

    fn gate(hosts: &[HostOptions]) -> Arc<Gate> {
        Arc::new(Gate::new(Paces::new(Duration::from_secs(1), hosts).unwrap()))
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// Milliseconds that `work` takes on the paused clock.
    async fn took<T>(work: impl Future<Output = T>) -> (u128, T) {
        let start = Instant::now();
        let result = work.await;
        (start.elapsed().as_millis(), result)
    }

    #[tokio::test(start_paused = true)]
    async fn a_gap_lies_between_starts_and_hosts_do_not_wait_for_each_other() {
        let gate = gate(&[]);
        let (first, pass) = took(gate.enter(&url("https://a.tistory.com/"))).await;
        assert_eq!(first, 0);
        drop(pass);
        tokio::time::advance(Duration::from_millis(300)).await;
        let (other, _pass) = took(gate.enter(&url("https://example.com/"))).await;
        assert_eq!(other, 0);
        let (second, _pass) = took(gate.enter(&url("https://b.tistory.com/"))).await;
        assert_eq!(second, 700);
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_unless_a_width_is_set() {
        let narrow = gate(&[]);
        let held = narrow.enter(&url("http://x.org/")).await;
        tokio::time::advance(Duration::from_secs(5)).await;
        let waiting = tokio::time::timeout(Duration::from_mins(1), narrow.enter(&url("http://x.org/"))).await;
        assert!(waiting.is_err(), "a second request went in beside the first");
        drop(held);
        assert_eq!(took(narrow.enter(&url("http://x.org/"))).await.0, 0);

        let own = HostOptions { name: "127.0.0.1".into(), gap: Some(SignedDuration::ZERO), width: Some(64) };
        let wide = gate(&[own]);
        let mut passes = Vec::new();
        let (all, ()) = took(async {
            for _ in 0..64 {
                passes.push(wide.enter(&url("http://127.0.0.1:9/")).await);
            }
        })
        .await;
        assert_eq!(all, 0);
        assert!(tokio::time::timeout(Duration::from_secs(1), wide.enter(&url("http://127.0.0.1:9/"))).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wish_lengthens_the_gap_and_never_shortens_it() {
        for (wish, expected) in [(0, 1000), (500, 1000), (7000, 7000), (3_600_000, 60_000)] {
            let gate = gate(&[]);
            let page = url("http://x.org/");
            gate.wish(&Host::of(&page), Duration::from_millis(wish));
            drop(gate.enter(&page).await);
            assert_eq!(took(gate.enter(&page)).await.0, expected, "{wish}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_the_turn_to_the_next() {
        let gate = gate(&[]);
        let page = url("http://x.org/");
        drop(gate.enter(&page).await);
        for _ in 0..3 {
            assert!(tokio::time::timeout(Duration::from_millis(100), gate.enter(&page)).await.is_err());
        }
        assert_eq!(took(gate.enter(&page)).await.0, 700);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten_and_busy_ones_are_not() {
        let gate = gate(&[]);
        let held = gate.enter(&url("http://held.org/")).await;
        for round in 0..50 {
            for number in 0..100 {
                let page = url(&format!("http://h{round}-{number}.org/"));
                gate.wish(&Host::of(&page), Duration::from_secs(2));
                drop(gate.enter(&page).await);
            }
            tokio::time::advance(Duration::from_mins(5)).await;
        }
        let known = gate.known.lock().unwrap();
        assert!(known.slots.len() + known.wishes.len() < 1000, "{}", known.slots.len());
        assert!(known.slots.keys().any(|key| key.host.name() == "held.org"));
        drop(held);
    }
}
