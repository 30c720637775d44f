//! Whether the network is down, or a source.
//!
//! A server that cannot be reached may be down, or nothing can be reached at all: then it is no source's failure. Who
//! was reached lately tells; else some other hosts are connected to, which costs them no request. A host that stands
//! alone, or behind a proxy, can be compared with nothing: its failure counts, and its wait does not grow.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{info, warn};

use super::looked::Looked;
use crate::model::failure::PollOutcome;
use crate::model::host::Host;
use crate::model::source::Cadence;
use crate::poll::Poller;
use crate::store::contract::{Recorded, SourceOverview};
use crate::store::{Store, StoreError};

/// Who was reached so lately says that the network works.
const LATELY: Duration = Duration::from_mins(2);

/// Other hosts that are connected to before the network is taken for down.
const ASKED: usize = 3;

/// Sources among which those that are connected to are looked for.
const MOST_OTHERS: usize = 512;

/// While the network is down one source is tried so often.
pub(super) const CANARY: Duration = Duration::from_secs(30);

/// What failed with the network comes again after one to two of these.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// The note under which the store keeps since when the network is down.
const NOTE: &str = "network-down";

/// What is known of the network. Clones know the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Network(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    state: Mutex<State>,
    came_back: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The last two different hosts that answered.
    reached: Vec<(Host, Instant)>,
    is_down: bool,
}

/// Since when the network is down, by the daemon's last word.
pub async fn down_since(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.note(NOTE).await?.and_then(|note| note.parse().ok()))
}

/// Keeps since when it is down; empty: it is not. Of several machines none knows that for all.
async fn tell(store: &dyn Store, since: &str) -> Result<(), StoreError> {
    if store.is_shared() { Ok(()) } else { store.put_note(NOTE, since).await }
}

/// Whether a report says that no server was reached.
pub(super) fn is_unreachable(recorded: &Recorded) -> bool {
    matches!(&recorded.report.outcome, PollOutcome::Failed(failure) if failure.unreachable)
}

impl Network {
    /// Whether it was down when it was last looked at.
    pub(super) fn is_down(&self) -> bool {
        self.state().is_down
    }

    /// Forgets that it was down: somebody wants to look now.
    pub(super) fn look_again(&self) {
        self.state().is_down = false;
    }

    /// Waits until a server is reached again.
    pub(super) async fn comes_back(&self) {
        self.0.came_back.notified().await;
    }

    /// Forgets what an earlier process said.
    pub(super) async fn begin(&self, store: &dyn Store) -> Result<(), StoreError> {
        if down_since(store).await?.is_some() { tell(store, "").await } else { Ok(()) }
    }

    /// Whether a host like this one, and not it, was reached lately.
    pub(super) fn reached_another(&self, host: &Host) -> bool {
        let state = self.state();
        let vouches = |(other, at): &(Host, Instant)| other != host && is_alike(other, host) && at.elapsed() < LATELY;
        state.reached.iter().any(vouches)
    }

    /// Learns from a report that a server answered, where one did.
    pub(super) async fn learn(&self, recorded: &Recorded, store: &dyn Store) -> Result<(), StoreError> {
        if recorded.report.requests == 0 || recorded.host.name() == "file" {
            return Ok(());
        }
        if self.note_reached(&recorded.host) {
            info!(host = %recorded.host, "the network is back");
            tell(store, "").await?;
            self.0.came_back.notify_one();
        }
        Ok(())
    }

    /// Notes that a host was reached. Whether the network was down until now.
    fn note_reached(&self, host: &Host) -> bool {
        let mut state = self.state();
        state.reached.retain(|(known, _)| known != host);
        if state.reached.len() > 1 {
            state.reached.remove(0);
        }
        state.reached.push((host.clone(), Instant::now()));
        std::mem::take(&mut state.is_down)
    }

    /// Judges reports of sources whose servers could not be reached while nobody else's was.
    pub(super) async fn judge(
        &self,
        held: &mut [Looked],
        store: &dyn Store,
        poller: &Poller,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed: BTreeSet<Host> = held.iter().map(|looked| looked.recorded.host.clone()).collect();
        let mut others: Vec<SourceOverview> = store.some_sources(MOST_OTHERS).await?;
        others.retain(|overview| !overview.removed && !overview.source.paused && overview.source.url.has_host());
        others.retain(|overview| !failed.contains(&overview.source.host()));
        // Who was read last is the likeliest to be there.
        others.sort_by_key(|overview| std::cmp::Reverse(overview.state.last_success));
        let mut asked: BTreeSet<Host> = BTreeSet::new();
        let mut can_tell = true;
        for overview in others {
            let host = overview.source.host();
            if asked.len() >= ASKED || !failed.iter().any(|lost| is_alike(lost, &host)) || !asked.insert(host.clone()) {
                continue;
            }
            match poller.reaches(&overview.source).await {
                Some(true) => {
                    self.note_reached(&host);
                    return Ok(());
                }
                Some(false) => {}
                None => can_tell = false,
            }
        }
        if !can_tell || failed.len() + asked.len() < 2 {
            for Looked { recorded, .. } in held {
                let longest = now + Cadence::default().shortest;
                recorded.report.next_check = recorded.report.next_check.map(|next| next.min(longest));
            }
            return Ok(());
        }
        for Looked { recorded, .. } in held {
            if let PollOutcome::Failed(failure) = &recorded.report.outcome {
                let apart = SignedDuration::from_secs(recorded.at.number % SOON.as_secs());
                recorded.report.outcome = PollOutcome::Offline(failure.clone());
                recorded.report.next_check = Some(now + SOON + apart);
            }
        }
        if !std::mem::replace(&mut self.state().is_down, true) {
            warn!(hosts = failed.len(), "the network is down: no server of any source can be reached");
            tell(store, &now.to_string()).await?;
        }
        Ok(())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether both are of the internet, or both of the machine's own surroundings: those are there without a network.
fn is_alike(one: &Host, other: &Host) -> bool {
    one.name().contains(':') == other.name().contains(':')
}
