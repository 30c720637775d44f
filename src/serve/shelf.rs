//! Rendered documents, kept: each version of a feed is rendered once a format and coded once a coding.
//!
//! Bounded in bytes; what was asked for longest ago goes first. What the store said of a feed is trusted for a
//! moment, so that many readers of one feed cost one look-up.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::catalog::{self, Pages, SourceFacts};
use crate::feed;
use crate::model::feed::{Feed, FeedDocument, FeedKind, FeedPath, Format};
use crate::store::contract::SourceOverview;
use crate::store::shown::{Content, with_full_texts};
use crate::store::{Store, StoreError};

use super::coding::Coding;
use super::conditional;
use super::house::facts_of;
use super::limits::Limits;
use super::pages::missing::Missing;

/// Look-ups that are kept at most; paths that are no feed's are not among them.
const MOST_LOOKED_UP: usize = 4096;

/// Bytes that a kept document costs beside its own.
const OVERHEAD: usize = 512;

/// So many documents may be rendered at the same time.
const HANDS: usize = 8;

/// A feed and what its blog tells, as the store has them.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) feed: Feed,
    pub(super) facts: SourceFacts,
    /// `None`: it is merged.
    pub(super) source: Option<SourceOverview>,
}

impl Found {
    /// Why it is not to be had, where it is not.
    pub(super) fn missing(&self) -> Option<Missing> {
        match &self.source {
            Some(source) if source.removed => Some(Missing::Removed),
            Some(_) | None if !self.feed.chosen => Some(Missing::Unchosen),
            Some(_) | None => None,
        }
    }
}

/// A document in one format and coding.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) bytes: Bytes,
    pub(super) coding: Coding,
    pub(super) tag: String,
    pub(super) modified: Timestamp,
}

/// What is kept, and what it is made with.
#[derive(Debug)]
pub(super) struct Shelf {
    base_url: Url,
    hub: Option<Url>,
    entries: u32,
    trusted: Duration,
    looked_up: Mutex<HashMap<FeedPath, (Instant, Arc<Found>)>>,
    kept: Mutex<Kept>,
    hands: [tokio::sync::Mutex<()>; HANDS],
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    shard: i64,
    feed_id: i64,
    version: i64,
    /// Frozen pages change what the others hold.
    archived: u32,
    page: Option<u32>,
    format: Format,
    coding: Coding,
}

/// The documents by key and by the turn in which they were asked for last.
#[derive(Debug)]
struct Kept {
    most_bytes: usize,
    bytes: usize,
    turn: u64,
    documents: HashMap<Key, (u64, Arc<Rendered>)>,
    turns: BTreeMap<u64, Key>,
}

impl Shelf {
    pub(super) fn new(limits: &Limits, base_url: Url, hub: Option<Url>, entries: u32) -> Self {
        Self {
            base_url,
            hub,
            entries,
            trusted: limits.trusted,
            looked_up: Mutex::default(),
            kept: Mutex::new(Kept::new(limits.kept_bytes)),
            hands: std::array::from_fn(|_| tokio::sync::Mutex::default()),
        }
    }

    /// The feed at a path.
    pub(super) async fn find(&self, store: &dyn Store, path: &FeedPath) -> Result<Option<Arc<Found>>, StoreError> {
        let now = Instant::now();
        if let Some((at, found)) = lock(&self.looked_up).get(path)
            && now.duration_since(*at) < self.trusted
        {
            return Ok(Some(Arc::clone(found)));
        }
        // The feed before its source: what changes in between is shown under the older version and rendered anew
        // under the newer one. The other way round, the newer version would keep the older title.
        let Some(feed) = store.feed(path).await? else { return Ok(None) };
        let (facts, source) = match (&feed.kind, &feed.source) {
            (FeedKind::Merged(id), _) => match store.merged_feed(id).await? {
                Some(merged) => (SourceFacts::of_merged(&merged, &self.base_url), None),
                None => return Ok(None),
            },
            (_, Some(id)) => match store.source(id).await? {
                Some(source) => (facts_of(&source), Some(source)),
                None => return Ok(None),
            },
            (_, None) => return Ok(None),
        };
        let found = Arc::new(Found { feed, facts, source });
        if !self.trusted.is_zero() {
            let mut looked_up = lock(&self.looked_up);
            if looked_up.len() >= MOST_LOOKED_UP {
                looked_up.clear();
            }
            looked_up.insert(path.clone(), (now, Arc::clone(&found)));
        }
        Ok(Some(found))
    }

    /// The posts of a feed as its documents show them.
    pub(super) async fn document(&self, store: &dyn Store, found: &Found) -> Result<FeedDocument, StoreError> {
        let limit = (self.entries > 0).then_some(self.entries);
        let feeds = std::slice::from_ref(&found.feed);
        let Content { mut posts, tombstones } = store.contents(feeds, limit).await?.pop().unwrap_or_default();
        if found.facts.full_text {
            with_full_texts(store, &found.feed, &mut posts).await?;
        }
        let pages = self.pages(store, &found.feed).await?;
        let mut document = catalog::document(&found.feed, &found.facts, &self.base_url, posts, &pages);
        document.head.hub = self.hub.as_ref().map(ToString::to_string);
        document.tombstones = tombstones;
        Ok(document)
    }

    /// A page of a feed's archive; `None`: it has no such page.
    async fn archived(&self, store: &dyn Store, found: &Found, page: u32) -> Result<Option<FeedDocument>, StoreError> {
        let Found { feed, facts, .. } = found;
        let pages = self.pages(store, feed).await?;
        let content = if page <= feed.archived {
            store.archive_page(feed, page).await?
        } else if let Some(mut posts) = pages.open_posts(page) {
            if facts.full_text {
                with_full_texts(store, feed, &mut posts).await?;
            }
            Some(catalog::content(feed, facts, posts))
        } else {
            None
        };
        let last = *pages.open_numbers().end();
        Ok(content.map(|content| catalog::archive_document(feed, page, last, content, &self.base_url)))
    }

    async fn pages(&self, store: &dyn Store, feed: &Feed) -> Result<Pages, StoreError> {
        let holds_all = self.entries == 0 || feed.posts <= self.entries;
        let open = if holds_all { Vec::new() } else { store.open_posts(feed, self.entries).await? };
        Ok(Pages::new(feed.archived, open))
    }

    /// A feed, or a page of its archive, in a format and a coding, made now or before; `None`: there is no such page.
    pub(super) async fn rendered(
        &self,
        store: &dyn Store,
        found: &Found,
        page: Option<u32>,
        format: Format,
        coding: Coding,
    ) -> Result<Option<Arc<Rendered>>, StoreError> {
        let Feed { shard, feed_id, version, archived, .. } = found.feed;
        let key = Key { shard, feed_id, version, archived, page, format, coding };
        if let Some(rendered) = lock(&self.kept).get(&key) {
            return Ok(Some(rendered));
        }
        let mut hasher = DefaultHasher::new();
        (shard, feed_id, format).hash(&mut hasher);
        let hand = usize::try_from(hasher.finish() % HANDS as u64).unwrap_or_default();
        let _turn = self.hands[hand].lock().await;
        if let Some(rendered) = lock(&self.kept).get(&key) {
            return Ok(Some(rendered));
        }
        let plain_key = Key { coding: Coding::Identity, ..key.clone() };
        let kept = lock(&self.kept).get(&plain_key);
        let plain = if let Some(plain) = kept {
            plain
        } else {
            let document = match page {
                None => Some(self.document(store, found).await?),
                Some(page) => self.archived(store, found, page).await?,
            };
            let Some(document) = document else { return Ok(None) };
            let plain = self.render(document, found.feed.rechosen, format).await;
            lock(&self.kept).put(plain_key, &plain);
            plain
        };
        if coding.for_size(plain.bytes.len()) == Coding::Identity {
            return Ok(Some(plain));
        }
        let coded = encode(&plain, coding).await;
        lock(&self.kept).put(key, &coded);
        Ok(Some(coded))
    }

    /// Renders on a thread that may block: a feed of all posts can take a while.
    async fn render(&self, document: FeedDocument, rechosen: Option<Timestamp>, format: Format) -> Arc<Rendered> {
        let made_from = format!("{} {}", feed::REVISION, self.base_url);
        let render = move || {
            let bytes = feed::render(format, &document);
            let tag = conditional::tag(&bytes, &made_from);
            Rendered {
                bytes: bytes.into(),
                coding: Coding::Identity,
                tag,
                modified: modified(&document).max(rechosen.unwrap_or(Timestamp::MIN)),
            }
        };
        Arc::new(aside(render).await)
    }
}

/// When a document last came to show something else by itself: a post that is found today changes it today, though it is dated
/// years ago. Readers that send the time of their own last look would never see it otherwise.
fn modified(document: &FeedDocument) -> Timestamp {
    let texts = document.posts.iter().filter_map(|post| post.full_text.as_ref()).map(|text| text.read_at);
    document.posts.iter().map(|post| post.first_seen).chain(texts).fold(document.head.updated, Timestamp::max)
}

async fn encode(plain: &Arc<Rendered>, coding: Coding) -> Arc<Rendered> {
    let plain = Arc::clone(plain);
    let encode = move || Rendered {
        bytes: coding.encode(&plain.bytes).into(),
        coding,
        tag: plain.tag.clone(),
        modified: plain.modified,
    };
    Arc::new(aside(encode).await)
}

/// Runs what takes processor time beside the connections.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl Kept {
    fn new(most_bytes: usize) -> Self {
        Self { most_bytes, bytes: 0, turn: 0, documents: HashMap::new(), turns: BTreeMap::new() }
    }

    fn get(&mut self, key: &Key) -> Option<Arc<Rendered>> {
        let (turn, rendered) = self.documents.get_mut(key)?;
        if *turn == self.turn {
            return Some(Arc::clone(rendered));
        }
        self.turn += 1;
        self.turns.remove(turn);
        *turn = self.turn;
        self.turns.insert(self.turn, key.clone());
        Some(Arc::clone(rendered))
    }

    /// Keeps a document, unless it alone would push everything else out.
    fn put(&mut self, key: Key, rendered: &Arc<Rendered>) {
        let size = rendered.bytes.len() + OVERHEAD;
        if size > self.most_bytes / 2 || self.documents.contains_key(&key) {
            return;
        }
        self.turn += 1;
        self.bytes += size;
        self.turns.insert(self.turn, key.clone());
        self.documents.insert(key, (self.turn, Arc::clone(rendered)));
        while self.bytes > self.most_bytes {
            let Some((_, oldest)) = self.turns.pop_first() else { return };
            if let Some((_, gone)) = self.documents.remove(&oldest) {
                self.bytes -= gone.bytes.len() + OVERHEAD;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: i64) -> Key {
        Key { shard: 0, feed_id: 1, version, archived: 0, page: None, format: Format::Atom, coding: Coding::Identity }
    }

    fn rendered(bytes: usize) -> Arc<Rendered> {
        Arc::new(Rendered {
            bytes: vec![0; bytes].into(),
            coding: Coding::Identity,
            tag: String::new(),
            modified: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn what_was_asked_for_longest_ago_goes_first() {
        let mut kept = Kept::new(3 * (1000 + OVERHEAD));
        for version in 1..=3 {
            kept.put(key(version), &rendered(1000));
        }
        assert!(kept.get(&key(1)).is_some());
        kept.put(key(4), &rendered(1000));
        kept.put(key(4), &rendered(1000));
        let there: Vec<bool> = (1..=4).map(|version| kept.get(&key(version)).is_some()).collect();
        assert_eq!(there, [true, false, true, true]);
        assert_eq!((kept.bytes, kept.turns.len()), (3 * (1000 + OVERHEAD), 3));
        kept.put(key(5), &rendered(3000));
        assert!(kept.get(&key(5)).is_none(), "it would push everything out");
    }
}
