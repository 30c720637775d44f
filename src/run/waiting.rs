//! A refresh by hand beside the loops: its sources are made due, and their reports waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};

use super::daemon::Daemon;
use super::dispatch::Round;
use crate::model::source::SourceId;
use crate::store::StoreError;
use crate::store::contract::SourceRef;

/// How often we look whether those that we wait for are still to come.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Has these sources looked at now. Those that rest are left out, those whose host wants to be left alone put off.
pub(super) async fn look(daemon: &Daemon, only: &[SourceId]) -> Result<Round, StoreError> {
    let mut reports = daemon.reports.subscribe();
    let asked = Instant::now();
    let mut waited = active(daemon, only).await?;
    let _whole: Vec<_> = waited.keys().map(|source| daemon.dispatcher.whole(*source)).collect();
    let mut round = Round::default();
    put_off(daemon, &mut waited, &mut round).await?;
    while !waited.is_empty() {
        let looked = match timeout(LOOK_AGAIN, reports.recv()).await {
            Ok(Ok(looked)) => looked,
            // Nothing came for a while, or more than we could hear: some may rest by now, or have been missed.
            Err(_) | Ok(Err(RecvError::Lagged(_))) => {
                let still = active(daemon, only).await?;
                waited.retain(|source, _| still.contains_key(source));
                put_off(daemon, &mut waited, &mut round).await?;
                continue;
            }
            Ok(Err(RecvError::Closed)) => break,
        };
        if looked.host_is_blocked {
            if waited.remove(&looked.at).is_some() {
                round.recorded.push((*looked).clone());
            }
            put_off(daemon, &mut waited, &mut round).await?;
        } else if looked.began < asked {
            // It was under way when we were asked: what was published since may not be in it.
            put_off(daemon, &mut waited, &mut round).await?;
        } else if waited.remove(&looked.at).is_some() {
            round.recorded.push((*looked).clone());
        }
    }
    Ok(round)
}

/// Those of these sources that are looked at at all.
async fn active(daemon: &Daemon, only: &[SourceId]) -> Result<BTreeMap<SourceRef, SourceId>, StoreError> {
    let sources = daemon.store.sources_named(only).await?.into_iter();
    Ok(sources
        .filter(|overview| !overview.source.paused && !overview.removed)
        .map(|overview| (overview.at, overview.source.id))
        .collect())
}

/// Makes all that are waited for due, but for those whose host wants to be left alone.
async fn put_off(
    daemon: &Daemon,
    waited: &mut BTreeMap<SourceRef, SourceId>,
    round: &mut Round,
) -> Result<(), StoreError> {
    let ids: Vec<SourceId> = waited.values().cloned().collect();
    let blocked = daemon.store.set_due(&ids, daemon.clock.now()).await?;
    let resting: BTreeSet<&SourceId> = blocked.iter().map(|(id, _)| id).collect();
    waited.retain(|_, id| !resting.contains(id));
    round.blocked.extend(blocked);
    daemon.wake.notify_one();
    Ok(())
}
