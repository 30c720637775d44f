//! What a year came to.

use super::world::{DAY, SECOND};

/// Lateness is told in seconds up to here; more is counted as that.
const LATEST: usize = 3_600;

/// A host that is busy for a greater share of the time has little room to be in time.
const CAPACITY: f64 = 0.5;

#[derive(Debug)]
pub(crate) struct Tally {
    /// Milliseconds that were lived through.
    span: i64,
    polls: u64,
    /// Milliseconds from publication to discovery.
    delays: Vec<i64>,
    hosts: Vec<OfHost>,
}

#[derive(Debug, Clone)]
struct OfHost {
    /// Polls by their seconds after what was due.
    late: Vec<u32>,
    busy: i64,
}

impl Tally {
    pub(crate) fn new(hosts: usize, span: i64) -> Self {
        Self { span, polls: 0, delays: Vec::new(), hosts: vec![OfHost { late: vec![0; LATEST + 1], busy: 0 }; hosts] }
    }

    pub(crate) fn polled(&mut self, host: usize, late: i64, busy: i64) {
        self.polls += 1;
        let host = &mut self.hosts[host];
        host.late[usize::try_from(late / SECOND).expect("never too early").min(LATEST)] += 1;
        host.busy += busy;
    }

    pub(crate) fn found<'a>(&mut self, posts: impl Iterator<Item = &'a i64>, at: i64) {
        self.delays.extend(posts.map(|post| at - post));
    }

    /// Seconds that the poll of a host below capacity which waited longest was late: no source starves.
    pub(crate) fn latest(&self) -> usize {
        let below = self.hosts.iter().filter(|host| (host.busy as f64) < CAPACITY * self.span as f64);
        below.filter_map(|host| host.late.iter().rposition(|polls| *polls > 0)).max().unwrap_or(0)
    }

    pub(crate) fn polls_a_day(&self) -> f64 {
        self.polls as f64 / (self.span as f64 / DAY as f64)
    }

    pub(crate) fn polls_a_post(&self) -> f64 {
        self.polls as f64 / self.delays.len() as f64
    }

    /// The delay in minutes that this share of the posts does not exceed.
    pub(crate) fn delay_minutes(&mut self, share: f64) -> f64 {
        self.delays.sort_unstable();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        let index = (self.delays.len() as f64 * share) as usize;
        self.delays[index] as f64 / 60_000.0
    }

    pub(crate) fn mean_minutes(&self) -> f64 {
        self.delays.iter().sum::<i64>() as f64 / self.delays.len() as f64 / 60_000.0
    }

    /// Hosts below capacity, and within how many seconds after it was due 99% of their polls began.
    pub(crate) fn lateness(&self) -> (usize, usize) {
        let below: Vec<_> = self.hosts.iter().filter(|host| (host.busy as f64) < CAPACITY * self.span as f64).collect();
        let all: u64 = below.iter().flat_map(|host| &host.late).map(|polls| u64::from(*polls)).sum();
        let mut within = 0;
        for seconds in 0..=LATEST {
            within += below.iter().map(|host| u64::from(host.late[seconds])).sum::<u64>();
            if within * 100 >= all * 99 {
                return (below.len(), seconds);
            }
        }
        (below.len(), LATEST)
    }
}
