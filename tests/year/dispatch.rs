//! The dispatcher's rules over a heap of moments: what `run/dispatch.rs` and the store's leases do, without either.
//!
//! A model, so that a year fits into seconds: a host with a due source is leased with all that is due, by one of 64
//! hands; its sources are asked one after another in the order of their due times, with the host's gap between two
//! starts; a 429 gives the lease back and blocks the host; with the last source the lease is given back. What a poll
//! learns and when the next one comes is the program's own `schedule` and `Rhythm`.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use jiff::Timestamp;
use sosik::model::date::{Precision, Published};
use sosik::model::page::ServerWishes;
use sosik::model::rhythm::Rhythm;
use sosik::model::source::Cadence;
use sosik::schedule::{Wait, backoff, next_check};

use super::tally::Tally;
use super::world::{Answer, DAY, START, World};

const HANDS: usize = 64;

/// What the store keeps of a source.
#[derive(Debug, Clone)]
struct State {
    due: i64,
    rhythm: Option<Rhythm>,
    last_success: Option<Timestamp>,
    failures: u32,
}

/// What the store and the gate keep of a host.
#[derive(Debug)]
struct Host {
    /// When each source is due.
    waiting: BinaryHeap<Reverse<(i64, usize)>>,
    /// What the lease still holds, where there is one.
    lease: Option<VecDeque<usize>>,
    may_start: i64,
    blocked_until: i64,
}

pub(crate) struct Dispatch<'a> {
    world: &'a mut World,
    cadence: Cadence,
    sources: Vec<State>,
    hosts: Vec<Host>,
    /// When each host is to be seen to.
    moments: BinaryHeap<Reverse<(i64, usize)>>,
    /// Hosts with due sources for which no hand was free.
    without_hand: VecDeque<usize>,
    hands: usize,
    tally: Tally,
}

/// Polls the world with this cadence for so many milliseconds.
pub(crate) fn live(world: &mut World, cadence: Cadence, span: i64) -> Tally {
    let state = State { due: START, rhythm: None, last_success: None, failures: 0 };
    let mut hosts: Vec<Host> = world
        .servers
        .iter()
        .map(|_| Host { waiting: BinaryHeap::new(), lease: None, may_start: 0, blocked_until: 0 })
        .collect();
    for (number, blog) in world.blogs.iter().enumerate() {
        hosts[blog.host].waiting.push(Reverse((START, number)));
    }
    let mut dispatch = Dispatch {
        sources: vec![state; world.blogs.len()],
        moments: (0..hosts.len()).map(|host| Reverse((START, host))).collect(),
        tally: Tally::new(hosts.len(), span),
        without_hand: VecDeque::new(),
        hands: HANDS,
        hosts,
        cadence,
        world,
    };
    while let Some(Reverse((now, host))) = dispatch.moments.pop() {
        if now >= START + span {
            break;
        }
        dispatch.see_to(host, now);
    }
    dispatch.tally
}

impl Dispatch<'_> {
    fn see_to(&mut self, host: usize, now: i64) {
        if self.hosts[host].lease.is_none() && !self.claim(host, now) {
            return;
        }
        match self.hosts[host].lease.as_mut().and_then(VecDeque::pop_front) {
            Some(source) => self.poll(host, source, now),
            None => self.release(host, now),
        }
    }

    /// Leases the host, if something is due, it wants to be asked and a hand is free. Else it is seen to later.
    fn claim(&mut self, host: usize, now: i64) -> bool {
        let Host { waiting, lease, blocked_until, .. } = &mut self.hosts[host];
        let Some(Reverse((due, _))) = waiting.peek() else { return false };
        let next = (*due).max(*blocked_until);
        if next > now {
            self.moments.push(Reverse((next, host)));
            return false;
        }
        if self.hands == 0 {
            self.without_hand.push_back(host);
            return false;
        }
        self.hands -= 1;
        let mut due = VecDeque::new();
        while let Some(Reverse((_, source))) = waiting.peek().filter(|Reverse((due, _))| *due <= now) {
            due.push_back(*source);
            waiting.pop();
        }
        *lease = Some(due);
        true
    }

    fn release(&mut self, host: usize, now: i64) {
        self.hosts[host].lease = None;
        self.hands += 1;
        if let Some(next) = self.without_hand.pop_front() {
            self.moments.push(Reverse((now, next)));
        }
        self.claim_later(host, now);
    }

    fn claim_later(&mut self, host: usize, now: i64) {
        let Host { waiting, blocked_until, .. } = &self.hosts[host];
        if let Some(Reverse((due, _))) = waiting.peek() {
            self.moments.push(Reverse((now.max(*due).max(*blocked_until), host)));
        }
    }

    fn poll(&mut self, host: usize, source: usize, now: i64) {
        if now < self.hosts[host].may_start {
            // The gate holds the hand back until the gap has passed.
            self.hosts[host].lease.get_or_insert_default().push_front(source);
            self.moments.push(Reverse((self.hosts[host].may_start, host)));
            return;
        }
        let wanted = self.sources[source].due.max(self.hosts[host].blocked_until);
        let (answer, end) = self.world.ask(source, now);
        let gap = self.world.servers[host].gap;
        self.tally.polled(host, now - wanted, (end - now).max(gap));
        self.hosts[host].may_start = now + gap;
        if let Answer::TooMany { retry_at } = answer {
            let Host { waiting, lease, blocked_until, .. } = &mut self.hosts[host];
            *blocked_until = retry_at;
            for left in lease.iter_mut().flat_map(|due| due.drain(..)) {
                waiting.push(Reverse((self.sources[left].due, left)));
            }
        }
        if let Some(due) = self.judge(source, &answer, end) {
            self.sources[source].due = due;
            self.hosts[host].waiting.push(Reverse((due, source)));
        }
        self.moments.push(Reverse((end, host)));
    }

    /// When the source is due again; `None`: never.
    fn judge(&mut self, source: usize, answer: &Answer, end: i64) -> Option<i64> {
        let at = moment(end);
        let blog = &self.world.blogs[source];
        let state = &mut self.sources[source];
        let mut wishes = ServerWishes::default();
        match answer {
            Answer::Page { new } => {
                wishes.fresh_for_seconds = blog.max_age;
                self.tally.found(blog.posts[new.clone()].iter().filter(|_| state.last_success.is_some()), end);
                if self.cadence.shortest != self.cadence.longest && (!new.is_empty() || state.rhythm.is_none()) {
                    let dates: Vec<_> = blog.posts[new.clone()].iter().map(|post| Some(told(blog, *post))).collect();
                    let rhythm = state.rhythm.get_or_insert_with(|| Rhythm::new(at, 0));
                    rhythm.observe(&dates, state.last_success, at);
                }
                state.last_success = Some(at);
                state.failures = 0;
            }
            Answer::Gone => return None,
            Answer::TimedOut | Answer::Unavailable { retry_at: None } => state.failures += 1,
            Answer::TooMany { retry_at } | Answer::Unavailable { retry_at: Some(retry_at) } => {
                wishes.retry_at = Some(moment(*retry_at));
                state.failures += 1;
            }
        }
        let seed = i64::try_from(source).unwrap_or(0);
        let wait = Wait { cadence: self.cadence, times: None, rhythm: state.rhythm.as_ref(), wishes, seed };
        let next = if state.failures == 0 { next_check(&wait, at) } else { backoff(&wait, state.failures, at) };
        Some(next.as_millisecond())
    }
}

/// What the blog's page says of when a post was published.
fn told(blog: &super::world::Blog, post: i64) -> Published {
    let offset = blog.offset_at(post);
    let offset_seconds = i32::try_from(offset / 1_000).unwrap_or(0);
    if blog.tells_days {
        let midnight = (post + offset).div_euclid(DAY) * DAY - offset;
        Published { at: moment(midnight), offset_seconds, precision: Precision::Day }
    } else {
        Published { at: moment(post), offset_seconds, precision: Precision::Second }
    }
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("a moment of that year")
}
