//! What the state and the folder of the feeds still hold of sources that the configuration no longer names.
//!
//! The files go first: what breaks off in between is still in the state, and found again.

use std::collections::BTreeSet;

use crate::model::feed::FeedPath;
use crate::model::source::SourceId;
use crate::publish::{PublishError, Publisher};
use crate::store::{Store, StoreError};

/// What is left of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remains {
    /// Its name.
    pub id: SourceId,
    /// Its posts.
    pub posts: u32,
    /// Where its feeds are found.
    pub feeds: Vec<FeedPath>,
}

/// What is left of sources that are not among the configured ones, by id.
pub async fn remains(store: &dyn Store, configured: &BTreeSet<SourceId>) -> Result<Vec<Remains>, StoreError> {
    let mut left = Vec::new();
    for overview in store.loose_sources().await? {
        let id = overview.source.id;
        if configured.contains(&id) {
            continue;
        }
        let feeds = store.feeds(Some(&id)).await?.into_iter().map(|feed| feed.path).collect();
        left.push(Remains { id, posts: overview.posts, feeds });
    }
    left.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(left)
}

/// Deletes what is left of these sources. Gives how many files went.
pub async fn prune(store: &dyn Store, publisher: &Publisher, remains: &[Remains]) -> Result<u32, PublishError> {
    let mut files = 0;
    for left in remains {
        files += publisher.withdraw(&left.feeds)?;
    }
    store.prune(&remains.iter().map(|left| left.id.clone()).collect::<Vec<_>>()).await?;
    Ok(files)
}
