//! One round: poll the sources, tell people, write the feeds.

use std::collections::HashMap;

use jiff::Timestamp;

use super::dispatch::{Dispatcher, Round};
use super::looked::Look;
use crate::deliver::{Delivered, Deliverer, Haste};
use crate::model::failure::{Failure, PollOutcome};
use crate::model::source::SourceId;
use crate::publish::{PublishError, Published, Publisher};
use crate::store::contract::SourceRef;
use crate::store::stored::Counted;
use crate::store::{Store, StoreError};

/// What one look at a source came to.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceReport {
    /// The source.
    pub id: SourceId,
    /// How it ended.
    pub outcome: PollOutcome,
    /// Posts that were not stored before.
    pub new: u32,
    /// Posts whose title or content changed.
    pub edited: u32,
    /// Posts stored now.
    pub posts: u32,
    /// Posts that the blog says it has.
    pub declared: Option<u32>,
    /// Pages read.
    pub pages: u32,
    /// Requests made.
    pub requests: u32,
}

/// What a round came to.
#[derive(Debug)]
pub struct RefreshReport {
    /// Every source that was asked for, by id.
    pub sources: Vec<SourceReport>,
    /// What was told.
    pub delivered: Delivered,
    /// What was written, or why not.
    pub published: Result<Published, PublishError>,
}

impl RefreshReport {
    /// Whether a source failed.
    pub fn has_failures(&self) -> bool {
        self.sources.iter().any(|source| {
            matches!(source.outcome, PollOutcome::Failed(_) | PollOutcome::Gone(_) | PollOutcome::Offline(_))
        })
    }

    /// The failure of all sources, where none of several could be reached: that is the network, not the blogs.
    pub fn network_down(&self) -> Option<&Failure> {
        network_down(self.sources.iter().map(|source| source.outcome.failure()))
    }

    /// The failures, with the source that each belongs to.
    pub fn failures(&self) -> impl Iterator<Item = (&SourceId, &Failure)> {
        self.sources.iter().filter_map(|source| Some((&source.id, source.outcome.failure()?)))
    }
}

/// The first failure, where all of several are failures to reach any server.
pub fn network_down<'a>(failures: impl Iterator<Item = Option<&'a Failure>>) -> Option<&'a Failure> {
    let failures: Option<Vec<&Failure>> =
        failures.map(|failure| failure.filter(|failure| failure.unreachable)).collect();
    failures.filter(|failures| failures.len() > 1)?.into_iter().next()
}

/// Looks at these sources once and brings the news to people and files. What an earlier round left undone (a
/// notification, a file) is done too.
pub async fn refresh(
    store: &dyn Store,
    dispatcher: &Dispatcher,
    deliverer: &Deliverer,
    publisher: &Publisher,
    only: &[SourceId],
) -> Result<RefreshReport, StoreError> {
    let round = dispatcher.once(only).await?;
    let delivered = deliverer.deliver(Haste::ByHand).await?;
    let delivered = delivered.into_iter().map(|(_, round)| round).fold(Delivered::default(), Delivered::and);
    let published = publisher.publish().await;
    conclude(store, round, delivered, published).await
}

/// What a round came to, from its parts.
pub(super) async fn conclude(
    store: &dyn Store,
    round: Round,
    delivered: Delivered,
    published: Result<Published, PublishError>,
) -> Result<RefreshReport, StoreError> {
    let blocked: Vec<SourceId> = round.blocked.keys().cloned().collect();
    let blocked = store.standings(&blocked).await?;
    let of: Vec<SourceRef> =
        round.recorded.iter().map(|look| look.at).chain(blocked.iter().map(|standing| standing.at)).collect();
    let counted = store.count_posts(&of).await?;
    let by_name: HashMap<SourceRef, &Counted> = counted.iter().map(|counted| (counted.at, counted)).collect();
    let mut sources: Vec<SourceReport> = Vec::with_capacity(of.len());
    for look in round.recorded {
        // One that was deleted meanwhile is not told of.
        sources.extend(by_name.get(&look.at).map(|counted| report(look, counted)));
    }
    let blocked: HashMap<&SourceId, SourceRef> = blocked.iter().map(|standing| (&standing.id, standing.at)).collect();
    for (id, until) in round.blocked {
        let counted = blocked.get(&id).and_then(|at| by_name.get(at));
        sources.push(deferred(counted.copied(), id, until));
    }
    sources.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(RefreshReport { sources, delivered, published })
}

fn report(look: Look, counted: &Counted) -> SourceReport {
    SourceReport {
        id: look.source,
        new: look.new,
        edited: look.edited,
        posts: counted.posts,
        declared: counted.declared,
        pages: look.pages,
        requests: look.requests,
        outcome: look.outcome,
    }
}

fn deferred(counted: Option<&Counted>, id: SourceId, until: Timestamp) -> SourceReport {
    SourceReport {
        outcome: PollOutcome::Deferred { until },
        new: 0,
        edited: 0,
        posts: counted.map_or(0, |counted| counted.posts),
        declared: counted.and_then(|counted| counted.declared),
        pages: 0,
        requests: 0,
        id,
    }
}
