//! How a host is asked, and what waits for its turn: what `status` shows of politeness.

use jiff::{SignedDuration, Timestamp};

use super::host::Host;

/// What a host may be asked: the configuration's pace, lengthened by what its robots.txt wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostBudget {
    /// Shortest time between the starts of two requests.
    pub gap: SignedDuration,
    /// Requests at a time.
    pub width: usize,
}

/// What the state says of a host: its wishes, and the sources that wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostQueue {
    /// The host.
    pub host: Host,
    /// Its sources that are not paused or removed.
    pub sources: u32,
    /// Those of them that are due now and not looked at yet.
    pub due: u32,
    /// Since when the first of these waits; `None`: none does.
    pub waits_since: Option<Timestamp>,
    /// When its next source is due; `None`: none is ever due by itself.
    pub next_due: Option<Timestamp>,
    /// What its robots.txt wishes between two requests.
    pub crawl_delay: Option<SignedDuration>,
    /// Until when it wants to be left alone (429); `None`: it does not, or not any more.
    pub blocked_until: Option<Timestamp>,
    /// Whether its sources are being looked at now.
    pub is_leased: bool,
}

/// A host as `status` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostStanding {
    /// What waits for it.
    pub queue: HostQueue,
    /// What it may be asked.
    pub budget: HostBudget,
}

/// What waits no longer than this waits as many things do.
const WAITS_LONG: SignedDuration = SignedDuration::from_hours(1);

/// A look a day at each source is the least that anybody wants.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// A round that is shorter than the shortest cadence holds nobody up.
const A_SHORT_ROUND: SignedDuration = SignedDuration::from_mins(15);

impl HostStanding {
    /// How long it takes to ask for every source of the host once.
    pub fn round(&self) -> SignedDuration {
        let asked = i32::try_from(self.queue.sources).unwrap_or(i32::MAX);
        let width = i32::try_from(self.budget.width.max(1)).unwrap_or(i32::MAX);
        self.budget.gap.saturating_mul(asked) / width
    }

    /// Whether it is the host's pace, and nothing of ours, that decides how often its sources are looked at.
    pub fn is_bound(&self, now: Timestamp) -> bool {
        let waits = self.queue.waits_since.is_some_and(|since| now.duration_since(since) > WAITS_LONG);
        let round = self.round();
        round > A_DAY || (waits && self.queue.blocked_until.is_none() && round > A_SHORT_ROUND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_with_more_sources_than_it_can_be_asked_for_is_bound() {
        let now = Timestamp::from_second(1_767_225_600).unwrap();
        let check = |sources: u32, width: usize, waits: i64, expected: (i64, bool)| {
            let waits_since = (waits > 0).then(|| now - SignedDuration::from_mins(waits));
            let host = Host::from_stored("blogs.example".to_owned());
            let queue = HostQueue {
                host,
                sources,
                due: 0,
                waits_since,
                next_due: None,
                crawl_delay: None,
                blocked_until: None,
                is_leased: false,
            };
            let standing = HostStanding { queue, budget: HostBudget { gap: SignedDuration::from_secs(1), width } };
            assert_eq!((standing.round().as_mins(), standing.is_bound(now)), expected, "{sources} {width} {waits}");
        };
        check(250_000, 1, 0, (4_166, true));
        check(250_000, 8, 0, (520, false));
        check(250_000, 8, 61, (520, true));
        check(600, 1, 61, (10, false));
        check(3, 1, 0, (0, false));
    }
}
