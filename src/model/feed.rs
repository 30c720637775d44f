//! Feeds: the posts of a source or of a category as a document.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::category::CategoryPath;
use super::merged::MergedId;
use super::post::Post;
use super::source::SourceId;

/// What the path of the feed of uncategorised posts ends with. No slug begins with `_`.
pub const UNCATEGORIZED: &str = "_uncategorized";

/// The segment below a source's path under which the feeds of its authors stand. No slug begins with `_`.
pub const AUTHOR: &str = "_author";

/// The segment below a source's path under which the feeds of its tags stand. No slug begins with `_`.
pub const TAG: &str = "_tag";

/// The segment under which merged feeds stand. No id of a source begins with `_`.
pub const MERGED: &str = "_merged";

/// The segment below a feed's path under which its archive pages are numbered. No slug begins with `_`.
pub const ARCHIVE: &str = "_archive";

/// Posts of an archive page. Never another number: pages that are frozen have theirs for ever.
pub const ARCHIVE_PAGE: usize = 50;

/// What becomes of a stored post when its page shows another title or content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edits {
    /// Its feeds show it, and `updated` moves (RFC 4287 §4.2.15).
    #[default]
    Update,
    /// It stays as it was first seen.
    Ignore,
    /// As `Update`, and people are told.
    Announce,
}

/// What becomes of a stored post that its site does not show any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Removed {
    /// It stays in the feeds.
    #[default]
    Keep,
    /// It leaves the feeds, and Atom says that it did (RFC 6721).
    Drop,
}

/// A post that left a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The id that it had, and has again if it comes back.
    pub entry_id: String,
    /// When it left.
    pub gone_at: Timestamp,
}

/// A way to write a feed. Extension, media type, route and file name all come from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0 in the RSS Advisory Board's profile.
    Rss,
    /// Atom 1.0 (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// What file names and URLs end with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    /// The `Content-Type` of the document.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }

    /// The format whose extension this is.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }
}

/// Which posts a feed holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// All posts of its source.
    All,
    /// The posts of a category and of the categories below it.
    Category(CategoryPath),
    /// The posts without a category.
    Uncategorized,
    /// The posts with a tag.
    Tag(String),
    /// The posts of an author.
    Author(String),
    /// The posts of several sources that a query finds.
    Merged(MergedId),
}

/// The path of a feed below `/feeds/`, without extension: `slow/big-data/kafka`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedPath(String);

impl FeedPath {
    /// The path of the feed of a whole source, of its category with that slug path, or of `_uncategorized`.
    pub fn new(source: &SourceId, slug_path: Option<&str>) -> Self {
        Self(match slug_path {
            Some(slugs) => format!("{source}/{slugs}"),
            None => source.to_string(),
        })
    }

    /// The path of the feed of an author of a source, whose slug this is.
    pub fn of_author(source: &SourceId, slug: &str) -> Self {
        Self(format!("{source}/{AUTHOR}/{slug}"))
    }

    /// The path of the feed of a tag of a source, whose slug this is.
    pub fn of_tag(source: &SourceId, slug: &str) -> Self {
        Self(format!("{source}/{TAG}/{slug}"))
    }

    /// The path of a merged feed.
    pub fn of_merged(id: &MergedId) -> Self {
        Self(format!("{MERGED}/{id}"))
    }

    /// Wraps a stored or requested path: a key to look up, never a file name by itself.
    pub fn from_text(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of an archive page of the feed at this path: `slow/_archive/1`, from the oldest posts on.
    #[must_use]
    pub fn archive(&self, page: u32) -> Self {
        Self(format!("{}/{ARCHIVE}/{page}", self.0))
    }

    /// The feed and the number, where this is the path of an archive page.
    pub fn as_archive(&self) -> Option<(Self, u32)> {
        let (rest, number) = self.0.rsplit_once('/')?;
        let feed = rest.strip_suffix(ARCHIVE)?.strip_suffix('/')?;
        let page = number.parse().ok().filter(|page: &u32| *page > 0 && page.to_string() == number)?;
        Some((Self(feed.to_owned()), page))
    }

    /// The path with a format's extension.
    pub fn file(&self, format: Format) -> String {
        format!("{}.{}", self.0, format.extension())
    }
}

impl fmt::Display for FeedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A feed as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The shard of its source.
    pub shard: i64,
    /// Its number.
    pub feed_id: i64,
    /// The number of its source; -1 for a merged feed.
    pub source_number: i64,
    /// The name of its source; `None` for a merged feed.
    pub source: Option<SourceId>,
    /// Which posts it holds.
    pub kind: FeedKind,
    /// Where it is found.
    pub path: FeedPath,
    /// Its id in the documents, minted once: `urn:uuid:…`.
    pub urn: String,
    /// Grows with every change to one of its posts.
    pub version: i64,
    /// The version that its files show.
    pub published_version: i64,
    /// The newest `updated` of its posts.
    pub updated: Timestamp,
    /// How many posts it holds.
    pub posts: u32,
    /// How many pages of its archive are frozen.
    pub archived: u32,
    /// How many of them its files show.
    pub published_pages: u32,
    /// Whether it is offered: one that no longer is stays stored, and is itself again when it is chosen again.
    pub chosen: bool,
    /// When another choice last changed what it holds.
    pub rechosen: Option<Timestamp>,
}

/// Where a document leads within its feed's history (RFC 5005 §4), by format; empty lists where it leads nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The next older archive page.
    pub older: Vec<(Format, String)>,
    /// The next newer archive page.
    pub newer: Vec<(Format, String)>,
    /// Of an archive page, and of no other document: the one that people subscribe to.
    pub current: Vec<(Format, String)>,
}

/// The lasting part of a frozen archive page: what its documents show, but for the addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivePage {
    /// The top, without addresses.
    pub head: FeedHead,
    /// The posts as they were when the page was full, newest first.
    pub posts: Vec<Post>,
}

/// What stands at the top of a feed's document. Nothing in it depends on when or where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHead {
    /// `urn:uuid:…`, the same in every format.
    pub id: String,
    /// Plain text: the blog's title, or `Big Data/Kafka · 느린 개발자의 기록`.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// The blog's home page.
    pub home_url: String,
    /// Where this document is served, by format.
    #[serde(skip)]
    pub self_urls: Vec<(Format, String)>,
    /// The documents beside it.
    #[serde(skip)]
    pub history: History,
    /// The `WebSub` hub that tells readers of changes at once.
    #[serde(skip)]
    pub hub: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// The newest `updated` of all posts that the feed ever held.
    pub updated: Timestamp,
    /// Seconds east of UTC in which `updated` is shown.
    pub offset_seconds: i32,
    /// Stands for the authors of posts that name none.
    pub author: String,
}

impl FeedHead {
    /// Where this document is served in `format`.
    pub fn self_url(&self, format: Format) -> &str {
        url_in(&self.self_urls, format).unwrap_or_default()
    }
}

/// The address of that format among those of all formats.
pub fn url_in(urls: &[(Format, String)], format: Format) -> Option<&str> {
    urls.iter().find(|(served, _)| *served == format).map(|(_, url)| url.as_str())
}

/// A feed as people choose it: a line of `sosik feeds`, an outline of OPML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name of its source; `None` for a merged feed.
    pub source: Option<SourceId>,
    /// The blog's title, or its host; a merged feed's own.
    pub source_title: String,
    /// The labels of its category joined by `/`; `None` for the feeds of all and of uncategorised posts.
    pub category: Option<String>,
    /// Whether it holds the posts without a category.
    pub uncategorized: bool,
    /// The tag whose posts it holds, where it holds one's.
    pub tag: Option<String>,
    /// The author whose posts it holds, where it holds one's.
    pub author: Option<String>,
    /// Where it is found.
    pub path: FeedPath,
    /// The title that its documents show.
    pub title: String,
    /// How many posts it holds.
    pub posts: u32,
    /// The newest `updated` of its posts.
    pub updated: Timestamp,
    /// The blog's home page.
    pub home_url: String,
    /// Where it is served, by format.
    pub urls: Vec<(Format, String)>,
}

/// A feed's content, ready to be written in any format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedDocument {
    /// The top.
    pub head: FeedHead,
    /// The posts, newest first. Other documents may hold the same.
    pub posts: Vec<Arc<Post>>,
    /// Posts that left it, the latest first.
    pub tombstones: Vec<Tombstone>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_pages_have_paths_of_their_own() {
        let feed = FeedPath::from_text("slow/big-data");
        assert_eq!(feed.archive(3).as_str(), "slow/big-data/_archive/3");
        assert_eq!(feed.archive(3).as_archive(), Some((feed, 3)));
        for path in [
            "slow",
            "_merged/x",
            "slow/_author/a",
            "slow/_tag/a",
            "slow/_archive",
            "slow/_archive/0",
            "slow/_archive/03",
            "slow/_archive/x",
            "_archive/1",
        ] {
            assert_eq!(FeedPath::from_text(path).as_archive(), None, "{path}");
        }
    }
}
