//! Which sources are shown where there are too many to show them all: those that need somebody, and how many the others are.

use jiff::Timestamp;

use crate::model::pace::HostStanding;
use crate::store::contract::SourceOverview;
use crate::store::stored::Tally;
use crate::store::{Store, StoreError};

/// More sources than this are counted and not listed: nobody reads them, and each costs a kilobyte of memory.
pub const MANY: u64 = 20_000;

/// Of so many those are shown that fail, at most this number of them.
const FAILING: usize = 100;

/// And the hosts at which most waits.
const BUSIEST: usize = 20;

/// The sources that are shown, and of how many those are a part; `None`: they are all.
pub async fn shown(store: &dyn Store, now: Timestamp) -> Result<(Vec<SourceOverview>, Option<Tally>), StoreError> {
    let tally = store.tally(now).await?;
    if tally.sources > MANY {
        return Ok((store.failing_sources(FAILING).await?, Some(tally)));
    }
    Ok((store.sources().await?, None))
}

/// The hosts that are shown: all, or those at which most waits.
pub fn busiest(mut hosts: Vec<HostStanding>, tally: Option<&Tally>) -> Vec<HostStanding> {
    if tally.is_some() {
        hosts.sort_by_key(|host| (std::cmp::Reverse(host.queue.due), std::cmp::Reverse(host.queue.sources)));
        hosts.truncate(BUSIEST);
    }
    hosts
}
