//! What a site offers beside its index page: its own feed, the pages of its categories, the posts' own pages.
//!
//! They are asked only for what the index does not show, and say nothing of what is new.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::category::CategoryPath;
use super::link::PostKey;
use super::page::Validators;
use super::post::KnownPost;

/// What a page beside the index is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The site's own feed.
    Feed,
    /// The list of a category.
    Category,
}

impl Role {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Category => "category",
        }
    }
}

/// A page beside the index, with what its last reading left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidePage {
    /// Its address; of a category, that of its first page.
    pub url: Url,
    /// What it is for.
    pub role: Role,
    /// The category that it lists.
    pub category: Option<CategoryPath>,
    /// How many posts the blog says that it lists.
    pub declared: Option<u32>,
    /// What to send along next time; `read_at`: when it was last read to its end.
    pub validators: Validators,
    /// It is not asked before: it was missing.
    pub not_before: Option<Timestamp>,
    /// Where reading it goes on.
    pub resume: Option<Url>,
}

impl SidePage {
    /// A page that was never asked for.
    pub fn new(url: Url, role: Role) -> Self {
        let validators = Validators::default();
        Self { url, role, category: None, declared: None, validators, not_before: None, resume: None }
    }
}

/// How asking for a post's own page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// All that it can say is known: it is not asked again.
    Settled,
    /// It could not be read; it is asked a few more times.
    Failed,
}

/// A stored post that lacks a title, a category or a date, and whose own page was not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LackingPost {
    /// What is stored of it.
    pub post: KnownPost,
    /// Where it is to be read.
    pub url: String,
}

/// How asking for a post's full text ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextAsked {
    /// The text, as HTML that was sanitised.
    Read(String),
    /// There is none for us: it is not asked for again until the post is edited.
    Without,
    /// It could not be read; it is asked for a few more times.
    Failed,
}

/// A stored post whose full text is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextlessPost {
    /// The post.
    pub key: PostKey,
    /// Where it is to be read.
    pub url: String,
    /// Its title.
    pub title: String,
}

/// The posts of a source that lack something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lacking {
    /// The newest of them.
    pub posts: Vec<LackingPost>,
    /// How many lack a category.
    pub uncategorised: u32,
}

/// A move of undated posts in the feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sinking {
    /// Those that are listed before this moment.
    pub below: Timestamp,
    /// By so many milliseconds into the past.
    pub by_ms: i64,
}

/// What a poll did beside the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Pages that were asked for or heard of.
    pub pages: Vec<SidePage>,
    /// Posts whose own pages were asked for.
    pub asked: Vec<(PostKey, Asked)>,
    /// Posts whose full texts were asked for.
    pub texts: Vec<(PostKey, TextAsked)>,
    /// Undated posts that are older than those whose dates were found keep their order below them.
    pub sinks: Option<Sinking>,
    /// Whether posts' own pages say nothing on this site: none is asked any more for posts known by now.
    pub settles_all: bool,
}
