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
