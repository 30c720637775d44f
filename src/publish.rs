//! Store → files: every feed whose version moved, in every format, written beside its place and renamed into it.
//!
//! A file whose bytes would not change is left alone, so its time tells when its feed did. All files of a round are
//! synced once, and only then does the store learn that they are published: a crash or a power cut in between
//! writes them again, and never leaves a stale or a torn one.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tracing::debug;

use crate::catalog::{self, PageFacts, SourceFacts};
use crate::feed;
use crate::model::failure::with_causes;
use crate::model::feed::{Feed, FeedDocument, FeedPath, Format};
use crate::model::source::SourceId;
use crate::store::contract::{SourceOverview, Window};
use crate::store::{Store, StoreError};

/// The note under which the store keeps what the published files were made from.
const MADE_FROM: &str = "published-from";

/// Feeds written between two syncs.
const ROUND: usize = 512;

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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dir: None,
            formats: Format::ALL.to_vec(),
            base_url: url::Url::parse("http://127.0.0.1:7878").expect("a constant"),
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
        let facts = self.facts(std::slice::from_ref(feed)).await?;
        self.document_of(feed, facts.get(&feed.source)).await
    }

    /// Brings every stale feed's files up to date, and those back that are missing: it looks for them all.
    pub async fn publish(&self) -> Result<Published, PublishError> {
        if let Some(dir) = &self.options.dir {
            self.heal(dir).await?;
        }
        self.publish_stale().await
    }

    /// Brings every stale feed's files up to date.
    pub async fn publish_stale(&self) -> Result<Published, PublishError> {
        let mut published = Published::default();
        let Some(dir) = self.options.dir.clone() else { return Ok(published) };
        let mut after: Option<FeedPath> = None;
        loop {
            let stale = self.store.stale_feeds(after.as_ref(), ROUND).await?;
            let Some(last) = stale.last() else { return Ok(published) };
            after = Some(last.path.clone());
            let facts = self.facts(&stale).await?;
            let mut written = Vec::with_capacity(stale.len());
            for feed in &stale {
                let document = self.document_of(feed, facts.get(&feed.source)).await?;
                let files = self.write(&dir, feed, &document)?;
                published.files_written += files;
                published.feeds_written += u32::from(files > 0);
                written.push((feed.shard, feed.feed_id, feed.version));
            }
            sync(&dir)?;
            self.store.mark_published(&written).await?;
            debug!(feeds = written.len(), "published");
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
        for file in paths.iter().flat_map(|path| Format::ALL.map(|format| dir.join(path.file(format)))) {
            match fs::remove_file(&file) {
                Ok(()) => removed += 1,
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(source) => return Err(PublishError::Remove { path: file, source }),
            }
        }
        let mut folders: Vec<PathBuf> = paths
            .iter()
            .flat_map(|path| Path::new(path.as_str()).ancestors().skip(1))
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(|folder| dir.join(folder))
            .collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        folders.dedup();
        for folder in folders {
            // One that holds something else stays.
            let _ = fs::remove_dir(folder);
        }
        sync(dir)?;
        Ok(removed)
    }

    async fn document_of(&self, feed: &Feed, facts: Option<&SourceFacts>) -> Result<FeedDocument, StoreError> {
        let limit = (self.entries > 0).then_some(self.entries);
        let posts = self.store.feed_posts(feed, Window { offset: 0, limit }).await?;
        let unknown = SourceFacts::unknown(&feed.source);
        Ok(catalog::document(feed, facts.unwrap_or(&unknown), &self.options.base_url, posts))
    }

    /// What is known of the sources of these feeds, and of no other: a round costs what it writes.
    async fn facts(&self, feeds: &[Feed]) -> Result<BTreeMap<SourceId, SourceFacts>, StoreError> {
        let mut facts = BTreeMap::new();
        for feed in feeds {
            if !facts.contains_key(&feed.source)
                && let Some(overview) = self.store.source(&feed.source).await?
            {
                facts.insert(feed.source.clone(), facts_of(&overview));
            }
        }
        Ok(facts)
    }

    /// Makes everything stale whose files were made from something else or are no longer there.
    async fn heal(&self, dir: &Path) -> Result<(), PublishError> {
        let from = format!(
            "{} {} {:?} {} {}",
            feed::REVISION,
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
        let there = files_below(dir);
        let missing: Vec<(i64, i64, i64)> = self
            .store
            .feeds(None)
            .await?
            .into_iter()
            .filter(|feed| feed.published_version > 0)
            .filter(|feed| self.files(&feed.path).iter().any(|file| !there.contains(file)))
            .map(|feed| (feed.shard, feed.feed_id, 0))
            .collect();
        if !missing.is_empty() {
            self.store.mark_published(&missing).await?;
        }
        Ok(())
    }

    /// Writes a feed's files; returns how many changed.
    fn write(&self, dir: &Path, feed: &Feed, document: &FeedDocument) -> Result<u32, PublishError> {
        let mut changed = 0;
        for format in &self.options.formats {
            let path = dir.join(feed.path.file(*format));
            let bytes = feed::render(*format, document);
            if fs::read(&path).is_ok_and(|there| there == bytes) {
                continue;
            }
            replace(&path, &bytes).map_err(|source| PublishError::Write { path, source })?;
            changed += 1;
        }
        Ok(changed)
    }
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

/// Puts bytes in a file's place: a reader sees the old file or the new one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let beside = path.with_file_name(name);
    let mut file = match File::create(&beside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
            File::create(&beside)?
        }
        opened => opened?,
    };
    file.write_all(bytes)?;
    drop(file);
    fs::rename(&beside, path)
}

/// One sync for all files of a round: the file system's, which costs less than one a file.
fn sync(dir: &Path) -> Result<(), PublishError> {
    let failed = |source: io::Error| PublishError::Write { path: dir.to_owned(), source };
    let opened = match File::open(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(failed)?,
    };
    rustix::fs::syncfs(&opened).map_err(|error| failed(error.into()))
}

/// All files below a folder. A folder that cannot be read has none: its feeds are written again and say why not.
fn files_below(dir: &Path) -> HashSet<PathBuf> {
    let mut files = HashSet::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => {
                    files.insert(entry.path());
                }
                Err(error) => debug!(path = %entry.path().display(), error = %with_causes(&error), "skipped"),
            }
        }
    }
    files
}
