//! Posts: a `Candidate` was read from a page and is not yet judged, a `Post` is stored.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::category::{CategoryPath, TreeNode};
use super::date::Published;
use super::enclosure::Enclosure;
use super::link::PostKey;

/// A post as one page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is to be read; absolute, http or https.
    pub url: Url,
    /// Plain text; empty when the page shows none.
    pub title: String,
    /// The words that the index shows of it, as plain text.
    pub excerpt: Option<String>,
    /// When it was published, as far as the page says.
    pub published: Option<Published>,
    /// The categories that the page names for it.
    pub categories: Vec<CategoryPath>,
    /// The tags that it has beside them.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its picture.
    pub image: Option<Url>,
    /// What it brings along.
    pub enclosures: Vec<Enclosure>,
    /// Stands above the list out of its order, so it says nothing about where the list ends.
    pub pinned: bool,
    /// The page's own words for its having no category: `카테고리 없음`.
    pub no_category: Option<String>,
}

/// What a page says of the blog as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteFacts {
    /// The blog's title.
    pub title: Option<String>,
    /// Whether that is the name of the blog, and not only what one page is called.
    pub named: bool,
    /// BCP 47 language of the page.
    pub language: Option<String>,
    /// The blog's home page.
    pub home: Option<Url>,
    /// The number of posts that the blog claims to hold.
    pub declared: Option<u32>,
    /// The blog's category tree.
    pub tree: Vec<TreeNode>,
    /// The blog's own feed.
    pub feed: Option<Url>,
}

/// All that one page yields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates {
    /// The posts in the order of the page; no URL stands twice.
    pub posts: Vec<Candidate>,
    /// The next older page.
    pub next: Option<Url>,
    /// What the page says of the blog.
    pub site: SiteFacts,
    /// How the page was read: `preset:tistory/plain-list`, `recipe`.
    pub how: String,
    /// How long a feed says that it need not be asked again (RSS 2.0 `ttl`).
    pub ttl: Option<SignedDuration>,
}

/// A stored post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its identity within its source.
    pub key: PostKey,
    /// Its id in every feed, minted once (RFC 4287 §4.2.6).
    pub entry_id: String,
    /// Where it is to be read.
    pub url: String,
    /// Plain text; may be empty.
    pub title: String,
    /// Plain text.
    pub excerpt: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its picture.
    pub image: Option<String>,
    /// What it brings along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
    /// When it was published, where a page said so.
    pub published: Option<Published>,
    /// The moment that feeds sort by and show: `published`, made distinct by the place in the list; for a post
    /// without a date the moment that its neighbours suggest, else when it was first seen.
    pub listed_at: Timestamp,
    /// Seconds east of UTC in which `listed_at` is shown.
    pub offset_seconds: i32,
    /// When we saw it first.
    pub first_seen: Timestamp,
    /// The last significant change (RFC 4287 §4.2.15): an edit of title or content.
    pub updated: Timestamp,
    /// Its tags: labels that are no category of the blog.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// All its categories.
    pub categories: Vec<CategoryPath>,
    /// What its own page says; only where its feeds show it and as far as they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_text: Option<FullText>,
}

/// The text of a post's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullText {
    /// HTML without anything that runs, frames or styles; its links are absolute.
    pub html: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// What the diff needs to know of a stored post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPost {
    /// The key under which it is stored (an alias leads here).
    pub key: PostKey,
    /// Its title.
    pub title: String,
    /// Its excerpt.
    pub excerpt: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// Its picture.
    pub image: Option<String>,
    /// What it brings along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
    /// Its date.
    pub published: Option<Published>,
    /// Where it stands in the feeds.
    pub listed_at: Timestamp,
    /// When we saw it first.
    pub first_seen: Timestamp,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its categories.
    pub categories: Vec<CategoryPath>,
}
