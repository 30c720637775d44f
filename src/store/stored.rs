//! Sources that are kept in the state and in no configuration, as a store must keep them; and how many there are.
//!
//! There may be millions of either kind, so whoever asks for all of them takes a page at a time.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::contract::{SourceOverview, SourceRef, StoreError};
use crate::model::source::{Source, SourceId};

/// A source on its way into the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The source.
    pub source: Source,
    /// The keys from which it was made but for its id, as JSON.
    pub written: String,
    /// Whether nobody gave it its id: then it makes way where another source has that.
    pub id_is_suggested: bool,
}

/// What became of an offered source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Put {
    /// It was not there.
    Added(SourceId),
    /// It was there and is another now.
    Changed(SourceId),
    /// It is there as it is.
    Same(SourceId),
    /// The configuration has it, and what that says holds.
    OfFile(SourceId),
}

impl Put {
    /// The source.
    pub fn id(&self) -> &SourceId {
        match self {
            Self::Added(id) | Self::Changed(id) | Self::Same(id) | Self::OfFile(id) => id,
        }
    }
}

/// How many sources there are, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Sources that are not removed.
    pub sources: u64,
    /// Of those, the ones that are kept in the state alone.
    pub stored: u64,
    /// Those that rest.
    pub paused: u64,
    /// Those whose last look failed.
    pub failing: u64,
    /// Those whose time has come.
    pub due: u64,
    /// Posts of all sources.
    pub posts: u64,
}

/// How a source stands, without what it is made of: cheap to ask of many.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its name in the store.
    pub at: SourceRef,
    /// Its id.
    pub id: SourceId,
    /// Whether the state alone has it.
    pub stored: bool,
    /// Whether it rests: paused, or removed.
    pub paused: bool,
    /// Whether it was removed.
    pub removed: bool,
    /// Whether its server said that it is gone for good.
    pub gone: bool,
}

/// How many posts a source has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its name in the store.
    pub at: SourceRef,
    /// Posts stored.
    pub posts: u32,
    /// Posts that the blog says it has.
    pub declared: Option<u32>,
}

/// Everything that a [`Store`](super::Store) knows of the sources that it keeps, and of many at once.
#[async_trait]
pub trait StoredSources: Send + Sync {
    /// Puts sources into the state: new ones are due at `now`, one whose id is here is changed, as one of the configuration would
    /// be. The answers stand in the order of the sources.
    async fn put_sources(&self, sources: &[Offered], now: Timestamp) -> Result<Vec<Put>, StoreError>;

    /// Takes a source that is kept in the state alone from the schedule; its posts stay. `false`: there is none of that id.
    async fn remove_stored(&self, id: &SourceId, now: Timestamp) -> Result<bool, StoreError>;

    /// The keys from which a source of the state was made, as JSON; `None`: there is none of that id that is not removed.
    async fn written(&self, id: &SourceId) -> Result<Option<String>, StoreError>;

    /// Sources that are not removed, at most `limit`, by id and after `after`.
    async fn sources_after(&self, after: Option<&SourceId>, limit: usize) -> Result<Vec<SourceOverview>, StoreError>;

    /// Those of these sources that there are, removed or not.
    async fn sources_named(&self, ids: &[SourceId]) -> Result<Vec<SourceOverview>, StoreError>;

    /// How those of these sources stand that there are, removed or not.
    async fn standings(&self, ids: &[SourceId]) -> Result<Vec<Standing>, StoreError>;

    /// How many posts these sources have, as far as there are any of that name.
    async fn count_posts(&self, of: &[SourceRef]) -> Result<Vec<Counted>, StoreError>;

    /// How sources stand that are in the state alone or, of the others, gone for good, and not removed: what the list of
    /// sources of a configuration does not tell. At most `limit`, each by id.
    async fn odd_standings(&self, limit: usize) -> Result<Vec<Standing>, StoreError>;

    /// Every source that is not kept in the state alone, or was removed, by id: what may be left of what nobody names.
    async fn loose_sources(&self) -> Result<Vec<SourceOverview>, StoreError>;

    /// Sources that do not rest and whose last look failed, those first that failed most often, at most `limit`.
    async fn failing_sources(&self, limit: usize) -> Result<Vec<SourceOverview>, StoreError>;

    /// Sources of the hosts that come next, at most `limit`: some of those that are watched.
    async fn some_sources(&self, limit: usize) -> Result<Vec<SourceOverview>, StoreError>;

    /// How many there are.
    async fn tally(&self, now: Timestamp) -> Result<Tally, StoreError>;
}
