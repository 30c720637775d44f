//! A refresh by hand of a state that others work on: its sources are made due, and whoever polls looks at them.
//!
//! Where nobody polls they are looked at from here, under leases as anywhere. The same goes for telling and publishing: what a
//! living worker does is left to it. A look that was under way when it was asked for counts, for its report tells nobody when it
//! began.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::attendance::PUBLISHING;
use super::dispatch::{Dispatcher, Round};
use super::refresh::{RefreshReport, SourceReport, conclude};
use crate::clock::Clock;
use crate::deliver::{Delivered, Deliverer, Haste};
use crate::model::failure::{Failure, PollOutcome, Step};
use crate::model::source::SourceId;
use crate::model::worker::{Roles, Worker};
use crate::poll::{OnProgress, Progress};
use crate::publish::{Published, Publisher};
use crate::store::contract::SourceOverview;
use crate::store::{Store, StoreError};

/// How often it is looked who was looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Nobody waits longer for the next of them.
const PATIENCE: Duration = Duration::from_mins(5);

/// How long what is published from here keeps others from it.
const DUTY: SignedDuration = SignedDuration::from_mins(2);

/// What does here what nobody does elsewhere.
pub struct Hands<'a> {
    /// Looks at blogs.
    pub dispatcher: &'a Dispatcher,
    /// Tells people; `None`: what that needs is not to be had here.
    pub deliverer: Option<Deliverer>,
    /// Writes feeds.
    pub publisher: &'a Publisher,
    /// What this process is called among the others.
    pub worker: &'a str,
}

/// Has these sources looked at now, by whoever does.
pub async fn refresh(
    store: &dyn Store,
    clock: &Clock,
    hands: Hands<'_>,
    only: &[SourceId],
    on_progress: Option<&OnProgress>,
) -> Result<RefreshReport, StoreError> {
    let workers = store.workers().await?;
    let now = clock.now();
    let (mut reports, rest) = if any(&workers, now, |roles| roles.poll) {
        look(store, clock, only, on_progress).await?
    } else {
        (Vec::new(), only.to_vec())
    };
    let round = if rest.is_empty() { Round::default() } else { hands.dispatcher.once(&rest).await? };
    let mut delivered = Delivered::default();
    if let Some(deliverer) = hands.deliverer.filter(|_| !any(&workers, now, |roles| roles.deliver)) {
        let told = deliverer.deliver(Haste::ByHand).await?;
        delivered = told.into_iter().map(|(_, round)| round).fold(delivered, Delivered::and);
    }
    let is_published = any(&workers, now, |roles| roles.serve);
    let now = clock.now();
    let published = if !is_published && store.take_duty(PUBLISHING, hands.worker, now + DUTY, now).await? {
        hands.publisher.publish().await
    } else {
        Ok(Published::default())
    };
    store.dismiss_worker(hands.worker).await?;
    let mut report = conclude(store, round, delivered, published).await?;
    report.sources.append(&mut reports);
    report.sources.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(report)
}

/// Whether one of those that live does this.
fn any(workers: &[Worker], now: Timestamp, does: impl Fn(Roles) -> bool) -> bool {
    workers.iter().any(|worker| !worker.is_gone(now) && does(worker.roles))
}

/// Makes these sources due, and waits until others looked at them. Gives what came of it, and those that nobody is left to look at.
async fn look(
    store: &dyn Store,
    clock: &Clock,
    only: &[SourceId],
    on_progress: Option<&OnProgress>,
) -> Result<(Vec<SourceReport>, Vec<SourceId>), StoreError> {
    let asked = clock.now();
    let active = |overview: &SourceOverview| !overview.removed && !overview.source.paused;
    let mut waited: BTreeMap<SourceId, SourceOverview> = BTreeMap::new();
    for overview in store.sources_named(only).await?.into_iter().filter(active) {
        waited.insert(overview.source.id.clone(), overview);
    }
    let mut reports = Vec::new();
    let ids: Vec<SourceId> = waited.keys().cloned().collect();
    for (id, until) in store.set_due(&ids, asked).await? {
        reports.extend(waited.remove(&id).map(|before| report(&before, &before, PollOutcome::Deferred { until })));
    }
    let mut patience = Instant::now() + PATIENCE;
    while !waited.is_empty() {
        tokio::time::sleep(LOOK_AGAIN).await;
        let ids: Vec<SourceId> = waited.keys().cloned().collect();
        let there: Vec<SourceOverview> = store.sources_named(&ids).await?;
        let known: BTreeSet<&SourceId> = there.iter().map(|overview| &overview.source.id).collect();
        // One that was removed or renamed meanwhile is nobody's to look at.
        waited.retain(|id, _| known.contains(id));
        for after in &there {
            let is_done = after.state.last_poll.is_some_and(|at| at >= asked);
            if !active(after) {
                waited.remove(&after.source.id);
            } else if is_done && let Some(before) = waited.remove(&after.source.id) {
                if let Some(tell) = on_progress {
                    tell(&after.source.id, Progress { pages: 1, posts: after.posts, declared: after.state.declared });
                }
                reports.push(report(&before, after, outcome(after)));
                patience = Instant::now() + PATIENCE;
            }
        }
        let now = clock.now();
        if !any(&store.workers().await?, now, |roles| roles.poll) {
            return Ok((reports, waited.into_keys().collect()));
        }
        if Instant::now() >= patience {
            let given_up = waited.values().map(|before| report(before, before, PollOutcome::Failed(nobody_came())));
            reports.extend(given_up.collect::<Vec<_>>());
            break;
        }
    }
    Ok((reports, Vec::new()))
}

/// What a look came to, as the state has it.
fn report(before: &SourceOverview, after: &SourceOverview, outcome: PollOutcome) -> SourceReport {
    SourceReport {
        id: after.source.id.clone(),
        new: after.posts.saturating_sub(before.posts),
        edited: 0,
        posts: after.posts,
        declared: after.state.declared,
        pages: 0,
        requests: 0,
        outcome,
    }
}

fn outcome(after: &SourceOverview) -> PollOutcome {
    let failure = || after.state.failure.clone().unwrap_or_else(nobody_came);
    match after.state.outcome.as_deref() {
        Some("not-modified") => PollOutcome::NotModified,
        Some("baseline") => PollOutcome::Baseline,
        Some("changed") => PollOutcome::Changed,
        Some("repaired") => PollOutcome::Repaired,
        Some("gone") => PollOutcome::Gone(failure()),
        Some("failed") => PollOutcome::Failed(failure()),
        Some("deferred") => match after.state.next_check {
            Some(until) => PollOutcome::Deferred { until },
            None => PollOutcome::Unchanged,
        },
        Some(_) | None => PollOutcome::Unchanged,
    }
}

fn nobody_came() -> Failure {
    Failure {
        step: Step::Fetch,
        message: format!("no worker looked at it within {} minutes", PATIENCE.as_secs() / 60),
        help: "it stays due and is looked at in its turn; `sosik status` shows who polls and what waits".to_owned(),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    }
}
