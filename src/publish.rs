//! Store → files: every feed whose version moved, in every format, written beside its place and renamed into it.
//!
//! A file whose bytes would not change is left alone, so its time tells when its feed did. All files of a round are
//! synced once, and only then does the store learn that they are published: a crash or a power cut in between
//! writes them again, and never leaves a stale or a torn one.

mod folder;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tracing::debug;

use crate::catalog::{self, PageFacts, Pages, SourceFacts};
use crate::feed::{self, Press};
use crate::model::feed::{Feed, FeedDocument, FeedKind, FeedPath, Format};
use crate::model::merged::MergedId;
use crate::model::source::SourceId;
use crate::store::contract::{SourceOverview, SourceRef};
use crate::store::shown::{Content, with_full_texts};
use crate::store::{Store, StoreError};

use folder::{Before, Folder, Put};

/// The note under which the store keeps what the published files were made from.
const MADE_FROM: &str = "published-from";

/// Feeds written between two syncs.
const ROUND: usize = 2048;

/// Feeds whose posts are held at once: those of one source follow each other, and most of their posts are the same.
const TOGETHER: usize = 128;

/// The `[publish]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The folder that gets the feeds; empty: no files. Default: `$XDG_DATA_HOME/sosik/feeds`.
    pub dir: Option<PathBuf>,
    /// The formats that are written.
    pub formats: Vec<Format>,
    /// Where the feeds are served: what they call themselves.
    pub base_url: url::Url,
    /// The `WebSub` hub that is told of every change. Default: none.
    pub hub: Option<url::Url>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dir: None,
            formats: Format::ALL.to_vec(),
            base_url: url::Url::parse("http://127.0.0.1:7878").expect("a constant"),
            hub: None,
        }
    }
}

/// Why feeds could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The state could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written.
    #[error("cannot write the feed {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be taken away.
    #[error("cannot remove the feed {path}")]
    Remove {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What one round of publishing came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Feeds of which at least one file changed.
    pub feeds_written: u32,
    /// Files that changed.
    pub files_written: u32,
}

/// Writes feeds to a folder.
pub struct Publisher {
    store: Arc<dyn Store>,
    options: Options,
    entries: u32,
}

impl Publisher {
    /// Publishes with these options; `entries` posts a document, 0 for all.
    pub fn new(store: Arc<dyn Store>, options: Options, entries: u32) -> Self {
        Self { store, options, entries }
    }

    /// The document of one feed, the same on every machine that holds the same posts.
    pub async fn document(&self, feed: &Feed) -> Result<FeedDocument, StoreError> {
        let known = self.known(std::iter::once(feed)).await?;
        let content = self.store.contents(std::slice::from_ref(feed), self.most()).await?.pop().unwrap_or_default();
        self.current(feed, &known.facts(feed), &self.pages(feed).await?, content).await
    }

    /// The document of a page of a feed's archive; `None`: it has no such page.
    pub async fn archive_document(&self, feed: &Feed, page: u32) -> Result<Option<FeedDocument>, StoreError> {
        let known = self.known(std::iter::once(feed)).await?;
        self.archived(feed, &known.facts(feed), &self.pages(feed).await?, page).await
    }

    /// Brings every stale feed's files up to date, and those back that are missing: it looks for them all.
    pub async fn publish(&self) -> Result<Published, PublishError> {
        if let Some(dir) = &self.options.dir {
            self.heal(dir).await?;
        }
        self.publish_stale().await
    }

    /// Brings every stale feed's files up to date, and takes those away that are no longer chosen.
    pub async fn publish_stale(&self) -> Result<Published, PublishError> {
        self.withdraw_unchosen().await?;
        let mut published = Published::default();
        let mut folder = self.options.dir.as_deref().map(Folder::new);
        // Without files there is nothing to be done but to freeze pages, and a feed that is short has none. Where others write
        // to the same state, feed after feed is locked in the order of all.
        if folder.is_none() && !self.store.is_shared() {
            self.store.mark_short_published(if self.entries == 0 { u32::MAX } else { self.entries }).await?;
        }
        let mut after: Option<FeedPath> = None;
        loop {
            let mut stale = self.store.stale_feeds(after.as_ref(), ROUND).await?;
            let Some(last) = stale.last() else { return Ok(published) };
            after = Some(last.path.clone());
            let known = self.known(stale.iter()).await?;
            let mut written = Vec::with_capacity(stale.len());
            for feeds in stale.chunks_mut(TOGETHER) {
                let mut archives = Vec::with_capacity(feeds.len());
                for feed in feeds.iter_mut() {
                    archives.push(self.freeze(feed, &known).await?);
                    written.push((feed.shard, feed.feed_id, feed.version));
                }
                let Some(folder) = &mut folder else { continue };
                let contents = self.store.contents(feeds, self.most()).await?;
                let mut press = Press::default();
                for ((feed, pages), content) in feeds.iter().zip(&archives).zip(contents) {
                    let mut desk = Desk { folder, press: &mut press, files_written: 0 };
                    self.write_feed(&mut desk, feed, &known.facts(feed), pages, content).await?;
                    published.files_written += desk.files_written;
                    published.feeds_written += u32::from(desk.files_written > 0);
                }
            }
            if let Some(folder) = &mut folder {
                sync(folder)?;
            }
            self.store.mark_published(&written).await?;
            debug!(feeds = written.len(), "published");
        }
    }

    /// Takes the files of feeds away that are no longer chosen.
    async fn withdraw_unchosen(&self) -> Result<(), PublishError> {
        loop {
            let unchosen = self.store.unchosen_feeds(ROUND).await?;
            if unchosen.is_empty() {
                return Ok(());
            }
            let paths: Vec<FeedPath> = unchosen.iter().map(|feed| feed.path.clone()).collect();
            self.withdraw(&paths)?;
            let gone: Vec<_> = unchosen.iter().map(|feed| (feed.shard, feed.feed_id, 0)).collect();
            self.store.mark_published(&gone).await?;
        }
    }

    /// The files of a feed, as far as they are published.
    pub fn files(&self, path: &FeedPath) -> Vec<PathBuf> {
        let Some(dir) = &self.options.dir else { return Vec::new() };
        self.options.formats.iter().map(|format| dir.join(path.file(*format))).collect()
    }

    /// Takes the files of these feeds away, in every format that they may ever have had, and the folders that are
    /// empty then. Gives how many files went.
    pub fn withdraw(&self, paths: &[FeedPath]) -> Result<u32, PublishError> {
        let Some(dir) = &self.options.dir else { return Ok(0) };
        let mut removed = 0;
        // The pages first: where no document is, none of them is.
        let mut folder = Folder::new(dir);
        for path in paths {
            for format in Format::ALL {
                removed += remove_pages(&mut folder, path, format, 1)?;
            }
        }
        for file in paths.iter().flat_map(|path| Format::ALL.map(|format| dir.join(path.file(format)))) {
            match fs::remove_file(&file) {
                Ok(()) => removed += 1,
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(source) => return Err(PublishError::Remove { path: file, source }),
            }
        }
        let mut folders: Vec<PathBuf> = paths
            .iter()
            .map(|path| path.archive(1))
            .flat_map(|page| Path::new(page.as_str()).ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>())
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(|folder| dir.join(folder))
            .collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        folders.dedup();
        for folder in folders {
            // One that holds something else stays.
            let _ = fs::remove_dir(folder);
        }
        sync(&mut folder)?;
        Ok(removed)
    }

    /// What people subscribe to.
    async fn current(
        &self,
        feed: &Feed,
        facts: &SourceFacts,
        pages: &Pages,
        content: Content,
    ) -> Result<FeedDocument, StoreError> {
        let Content { mut posts, tombstones } = content;
        if facts.full_text {
            with_full_texts(&*self.store, feed, &mut posts).await?;
        }
        let mut document = catalog::document(feed, facts, &self.options.base_url, posts, pages);
        document.head.hub = self.options.hub.as_ref().map(ToString::to_string);
        document.tombstones = tombstones;
        Ok(document)
    }

    /// Posts that a document shows at most.
    fn most(&self) -> Option<u32> {
        (self.entries > 0).then_some(self.entries)
    }

    async fn archived(
        &self,
        feed: &Feed,
        facts: &SourceFacts,
        pages: &Pages,
        page: u32,
    ) -> Result<Option<FeedDocument>, StoreError> {
        let base_url = &self.options.base_url;
        let content = if page <= feed.archived {
            self.store.archive_page(feed, page).await?
        } else if let Some(mut posts) = pages.open_posts(page) {
            if facts.full_text {
                with_full_texts(&*self.store, feed, &mut posts).await?;
            }
            Some(catalog::content(feed, facts, posts))
        } else {
            None
        };
        let last = *pages.open_numbers().end();
        Ok(content.map(|content| catalog::archive_document(feed, page, last, content, base_url)))
    }

    async fn pages(&self, feed: &Feed) -> Result<Pages, StoreError> {
        let open = if self.holds_all(feed) { Vec::new() } else { self.store.open_posts(feed, self.entries).await? };
        Ok(Pages::new(feed.archived, open))
    }

    /// Whether the document of a feed holds all of its posts.
    fn holds_all(&self, feed: &Feed) -> bool {
        self.entries == 0 || feed.posts <= self.entries
    }

    /// Freezes the pages of a feed that are full, and gives its archive as it is then.
    ///
    /// Not while the walk through the blog's history is under way: what it still finds belongs below. Nor while full
    /// texts are still to be read: a frozen page would never show them.
    async fn freeze(&self, feed: &mut Feed, known: &KnownSources) -> Result<Pages, StoreError> {
        let pages = self.pages(feed).await?;
        if known.is_being_read(feed) || pages.full().next().is_none() {
            return Ok(pages);
        }
        let facts = known.facts(feed);
        let at = SourceRef { shard: feed.shard, number: feed.source_number };
        if facts.full_text && !self.store.textless(at, 1).await?.is_empty() {
            return Ok(pages);
        }
        let mut full = Vec::new();
        for posts in pages.full() {
            let mut posts = posts.clone();
            if facts.full_text {
                with_full_texts(&*self.store, feed, &mut posts).await?;
            }
            full.push(catalog::content(feed, &facts, posts));
        }
        feed.archived = self.store.freeze_pages(feed, &full).await?;
        self.pages(feed).await
    }

    /// What is known of the blogs of these feeds, and of no other: a round costs what it writes.
    async fn known(&self, feeds: impl Iterator<Item = &Feed> + Clone) -> Result<KnownSources, StoreError> {
        let mut known = KnownSources::default();
        let ids: BTreeSet<&SourceId> = feeds.clone().filter_map(|feed| feed.source.as_ref()).collect();
        if !ids.is_empty() {
            let ids: Vec<SourceId> = ids.into_iter().cloned().collect();
            for overview in self.store.sources_named(&ids).await? {
                let known_of = (facts_of(&overview), overview.state.gap.is_some());
                known.sources.insert(overview.source.id, known_of);
            }
        }
        for feed in feeds {
            if let FeedKind::Merged(id) = &feed.kind
                && let Some(merged) = self.store.merged_feed(id).await?
            {
                known.merged.insert(id.clone(), SourceFacts::of_merged(&merged, &self.options.base_url));
            }
        }
        Ok(known)
    }

    /// Makes everything stale whose files were made from something else or are no longer there.
    async fn heal(&self, dir: &Path) -> Result<(), PublishError> {
        // Of several machines that share the state one writes files: another one has other files.
        let machine = if self.store.is_shared() {
            rustix::system::uname().nodename().to_string_lossy().into_owned()
        } else {
            String::new()
        };
        let from = format!(
            "{} {} {} {:?} {} {}{machine}",
            feed::REVISION,
            self.options.hub.as_ref().map_or("-", url::Url::as_str),
            self.options.base_url,
            self.options.formats,
            self.entries,
            std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned()).display()
        );
        if self.store.note(MADE_FROM).await?.as_deref() != Some(&from) {
            self.store.mark_all_stale().await?;
            self.store.put_note(MADE_FROM, &from).await?;
            return Ok(());
        }
        let missing: Vec<(i64, i64, i64)> = self
            .store
            .feeds(None)
            .await?
            .into_iter()
            .filter(|feed| feed.chosen && feed.published_version > 0)
            .filter(|feed| {
                let pages = (1..=feed.published_pages).map(|page| feed.path.archive(page));
                std::iter::once(feed.path.clone())
                    .chain(pages)
                    .any(|path| self.files(&path).iter().any(|file| !file.exists()))
            })
            .map(|feed| (feed.shard, feed.feed_id, 0))
            .collect();
        if !missing.is_empty() {
            self.store.mark_published(&missing).await?;
        }
        Ok(())
    }

    /// Writes a feed's files and those of its archive, as far as they may have changed.
    async fn write_feed(
        &self,
        desk: &mut Desk<'_>,
        feed: &Feed,
        facts: &SourceFacts,
        pages: &Pages,
        content: Content,
    ) -> Result<(), PublishError> {
        let before = if feed.published_version == 0 { Before::Nothing } else { Before::Older };
        let open = pages.open_numbers();
        // The pages first: a reader that follows the document finds them.
        for page in feed.published_pages + 1..=*open.end() {
            if let Some(document) = self.archived(feed, facts, pages, page).await? {
                self.write(desk, &feed.path.archive(page), &document, before)?;
            }
        }
        let document = self.current(feed, facts, pages, content).await?;
        let is_new = self.write(desk, &feed.path, &document, before)?;
        // Where no document was no page is: they are taken away before it.
        for format in self.options.formats.iter().filter(|_| !is_new) {
            desk.files_written += remove_pages(desk.folder, &feed.path, *format, open.end() + 1)?;
        }
        Ok(())
    }

    /// Writes a document in every format. `true`: it was there in none.
    fn write(
        &self,
        desk: &mut Desk<'_>,
        path: &FeedPath,
        document: &FeedDocument,
        before: Before,
    ) -> Result<bool, PublishError> {
        let mut is_new = true;
        for format in &self.options.formats {
            let file = path.file(*format);
            let bytes = desk.press.render(*format, document);
            let put = desk.folder.put(&file, &bytes, before);
            let failed = |source| PublishError::Write { path: desk.folder.path_of(&file), source };
            let put = put.map_err(failed)?;
            desk.files_written += u32::from(put != Put::Same);
            is_new &= put == Put::New;
        }
        Ok(is_new)
    }
}

/// Where documents are made and put away.
struct Desk<'a> {
    folder: &'a mut Folder,
    press: &'a mut Press,
    /// Files that changed.
    files_written: u32,
}

/// What the catalog needs to know of blogs and merged feeds, and whether a blog's history is still being read.
#[derive(Default)]
struct KnownSources {
    sources: BTreeMap<SourceId, (SourceFacts, bool)>,
    merged: BTreeMap<MergedId, SourceFacts>,
}

impl KnownSources {
    fn facts(&self, feed: &Feed) -> Cow<'_, SourceFacts> {
        let (facts, name) = match (&feed.kind, &feed.source) {
            (FeedKind::Merged(id), _) => (self.merged.get(id), id.name()),
            (_, Some(id)) => (self.sources.get(id).map(|(facts, _)| facts), id),
            (_, None) => unreachable!("only a merged feed has no source"),
        };
        facts.map_or_else(|| Cow::Owned(SourceFacts::unknown(name)), Cow::Borrowed)
    }

    fn is_being_read(&self, feed: &Feed) -> bool {
        let known = feed.source.as_ref().and_then(|id| self.sources.get(id));
        known.is_some_and(|(_, being_read)| *being_read)
    }
}

/// Takes away the archive pages from this number on, which follow each other without a gap.
fn remove_pages(folder: &mut Folder, path: &FeedPath, format: Format, from: u32) -> Result<u32, PublishError> {
    let mut removed = 0;
    for page in from.. {
        let file = path.archive(page).file(format);
        let gone =
            folder.remove(&file).map_err(|source| PublishError::Remove { path: folder.path_of(&file), source })?;
        if !gone {
            break;
        }
        removed += 1;
    }
    Ok(removed)
}

/// What the catalog needs to know of a source: what a person gave it, else what its pages said.
pub fn facts_of(overview: &SourceOverview) -> SourceFacts {
    let SourceOverview { source, state, .. } = overview;
    let said = PageFacts {
        title: state.site_title.as_deref(),
        language: state.language.as_deref(),
        home_url: state.home_url.as_deref(),
    };
    SourceFacts::of(source, said)
}

fn sync(folder: &mut Folder) -> Result<(), PublishError> {
    folder.sync().map_err(|source| PublishError::Write { path: folder.path_of(""), source })
}
