//! A source gets another id: in the configuration, in the state, in the files.
//!
//! The configuration decides. A note is kept before its file changes; whoever opens the state next compares the
//! two, and the state follows or the note is void. So a rename that breaks off anywhere is done or not done, and
//! never taken for one source that went and another that came. The files follow last: the old ones go when the
//! new ones are there.

use serde::{Deserialize, Serialize};

use super::order::Refusal;

use crate::model::feed::FeedPath;
use crate::model::source::{Source, SourceId};
use crate::publish::{PublishError, Publisher};
use crate::store::contract::Renamed;
use crate::store::{Store, StoreError};

/// The note under which the store keeps a rename that is under way.
const UNDER_WAY: &str = "rename";

/// A rename that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The old id.
    pub from: SourceId,
    /// The new one.
    pub to: SourceId,
}

/// Notes a rename, before the configuration's file changes.
pub async fn begin(store: &dyn Store, rename: &Rename) -> Result<(), StoreError> {
    store.put_note(UNDER_WAY, &serde_json::to_string(rename).expect("two ids are JSON")).await
}

/// Lets the state follow a rename that is under way, before its sources become those of the configuration. Gives the
/// rename where the files are to follow too.
pub async fn follow(store: &dyn Store, configured: &[Source]) -> Result<Option<Rename>, StoreError> {
    let Some(note) = store.note(UNDER_WAY).await?.filter(|note| !note.is_empty()) else { return Ok(None) };
    if let Ok(rename) = serde_json::from_str::<Rename>(&note) {
        let names = |id: &SourceId| configured.iter().any(|source| source.id == *id);
        if names(&rename.to) && !names(&rename.from) {
            match store.rename_source(&rename.from, &rename.to).await? {
                // Unknown: it was renamed before the process ended, or never stored at all.
                Renamed::Done | Renamed::Unknown => return Ok(Some(rename)),
                Renamed::Taken => {}
            }
        }
    }
    store.put_note(UNDER_WAY, "").await?;
    Ok(None)
}

/// Lets the files follow, and ends the rename.
pub async fn settle(store: &dyn Store, publisher: &Publisher, rename: &Rename) -> Result<(), PublishError> {
    publisher.publish().await?;
    let feeds = store.feeds(Some(&rename.to)).await?;
    let old = |path: &FeedPath| {
        let rest = path.as_str().strip_prefix(rename.to.as_str())?;
        Some(FeedPath::from_text(format!("{}{rest}", rename.from)))
    };
    publisher.withdraw(&feeds.iter().filter_map(|feed| old(&feed.path)).collect::<Vec<_>>())?;
    Ok(store.put_note(UNDER_WAY, "").await?)
}

/// Why a source cannot have an id under which posts of a removed one are stored.
pub fn taken(id: &SourceId) -> Refusal {
    Refusal::usage(
        format!("the id {:?} is taken by a source that was removed, and whose posts are still stored", id.as_str()),
        format!("take another one, or delete those posts: `sosik source prune {id} --yes`"),
    )
}
