//! What a poll found, as it goes into the store in one transaction.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::beside::Beside;
use super::category::{Category, CategoryPath};
use super::date::Published;
use super::delivery::NewDelivery;
use super::enclosure::Enclosure;
use super::failure::PollOutcome;
use super::link::PostKey;
use super::page::Validators;
use super::post::{Post, SiteFacts};
use super::rhythm::Rhythm;
use super::source::Recipe;

/// Where a walk broke off, and what the next poll goes on to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapCursor {
    /// The page to go on with.
    pub url: Url,
    /// Posts first seen at or after this moment say nothing about where the gap ends.
    pub since: Timestamp,
    /// Whether what is found there is announced: not in the first walk through a blog.
    pub announce: bool,
    /// Pages that the walk may still read, where the backfill is bounded.
    pub pages_left: Option<u32>,
}

/// The regular walk through the whole of a source, which finds what changed beyond its first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeepWalk {
    /// When the next one begins, or the one under way goes on.
    pub due: Timestamp,
    /// Where the one under way goes on; `None`: none is under way.
    pub cursor: Option<DeepCursor>,
}

/// Where a deep walk goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeepCursor {
    /// The page to go on with.
    pub url: Url,
    /// Pages that it may still read, where the backfill is bounded.
    pub pages_left: Option<u32>,
    /// Whether this page could not be read before: it is tried once more.
    pub tried: bool,
    /// When the walk began at the index, as far as every page since was read. `None`: what it does not meet says nothing.
    #[serde(default)]
    pub begun: Option<Timestamp>,
}

/// What a walk through the whole of a source met, where posts that are gone are to be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// When the walk began; posts that were seen first since then say nothing.
    pub begun: Timestamp,
    /// Whether it began with this poll.
    pub anew: bool,
    /// The posts that this poll met.
    pub keys: Vec<PostKey>,
    /// Whether the walk came to its end, and what that tells.
    pub end: Option<WholeWalk>,
}

/// The end of a walk that read every page of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WholeWalk {
    /// There were several pages: the list goes back to the first post.
    Paged,
    /// There was one page, whose list may go no further back than this post: what is older is not missed.
    DownTo(PostKey),
}

impl Met {
    /// Whole walks in a row that must not show a post before it is taken for gone: lists flap.
    pub const LOOKS: u32 = 3;

    /// How long a post must not have been shown before it is taken for gone.
    pub const ABSENCE: SignedDuration = SignedDuration::from_hours(24);

    /// An absence that was noted longer ago than this counts no more.
    pub const FORGOTTEN: SignedDuration = SignedDuration::from_hours(60 * 24);

    /// Whether a walk may be believed that does not show so many of the stored posts: nobody deletes a large part of a
    /// blog, but pages that are read in part look just like that.
    pub fn is_believable(missing: usize, stored: usize) -> bool {
        missing <= 3.max(stored / 5)
    }
}

/// A field that a stored post lacked, or had less finely.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The post.
    pub key: PostKey,
    /// A date where none was, or a finer one of the same day, with the new place in the feeds.
    pub published: Option<(Published, Timestamp)>,
    /// All its categories, where they grew.
    pub categories: Option<Vec<CategoryPath>>,
    /// All its tags, where they grew.
    pub tags: Option<Vec<String>>,
    /// An excerpt, where none was or another stands there now.
    pub excerpt: Option<String>,
    /// An author, where none was.
    pub author: Option<String>,
    /// A picture, where none was.
    pub image: Option<String>,
    /// What it brings along, where nothing was known of that.
    pub enclosures: Vec<Enclosure>,
    /// A title, where none or only its beginning was.
    pub title: Option<String>,
    /// Where it is to be read now, where that is another place.
    pub url: Option<String>,
}

/// A changed title or content: moves `updated`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The post.
    pub key: PostKey,
    /// The title that it had.
    pub title_before: String,
    /// Its title now.
    pub title: String,
    /// The excerpt that stands beside the new title, where there is one.
    pub excerpt: Option<String>,
    /// When we saw the change.
    pub at: Timestamp,
}

/// What a poll changes about the posts of its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Posts that were not stored.
    pub new: Vec<Post>,
    /// Posts whose title or content changed.
    pub edited: Vec<Edited>,
    /// Posts of which we know more now.
    pub filled: Vec<Filled>,
    /// Other keys under which known posts were met.
    pub aliases: Vec<(PostKey, PostKey)>,
    /// Categories that were not stored, parents before children.
    pub categories: Vec<Category>,
}

impl Changes {
    /// Whether nothing at all is to be written.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.edited.is_empty() && self.filled.is_empty() && self.aliases.is_empty()
    }
}

/// What is learnt about a healthy page: how many posts, which fields filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Good pages that it was learnt from.
    pub pages: u32,
    /// Posts on a full page.
    pub posts: f64,
    /// Share of posts with a title, 0 to 1.
    pub titled: f64,
    /// Share of posts with a date, 0 to 1.
    pub dated: f64,
    /// Share of posts with a category, 0 to 1.
    pub categorised: f64,
    /// Share of posts with an excerpt, 0 to 1.
    pub excerpted: f64,
}

/// Why a recipe was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Because {
    /// The configuration names none and no preset reads the page.
    Unread,
    /// The page fell off the way in which it was read.
    Broken,
}

impl Because {
    /// The word that the store keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Broken => "broken",
        }
    }
}

/// A recipe that was learnt from a page, and holds for as long as the configuration says nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// How to read the source; one without layouts leaves it to presets and to the detector.
    pub recipe: Recipe,
    /// Why it was learnt.
    pub because: Because,
    /// When.
    pub at: Timestamp,
}

/// What becomes of a source's stored validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidatorsUpdate {
    /// They stay: the page could not be read, or said nothing new.
    Keep,
    /// The page was read in full and its posts go into the same transaction.
    Replace(Validators),
}

/// One look at a source, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct PollReport {
    /// How it ended.
    pub outcome: PollOutcome,
    /// When it ended.
    pub at: Timestamp,
    /// When to look again; never before `at`. `None`: not by itself, since the blog is gone for good.
    pub next_check: Option<Timestamp>,
    /// What happens to the validators of the index page.
    pub validators: ValidatorsUpdate,
    /// Pages read.
    pub pages: u32,
    /// Requests made, robots.txt included.
    pub requests: u32,
    /// What changes about the posts.
    pub changes: Changes,
    /// What the page said of the blog; fields that are `None` change nothing.
    pub site: SiteFacts,
    /// How the page was read.
    pub how: String,
    /// Where the walk broke off; `None`: it reached its end.
    pub gap: Option<GapCursor>,
    /// When the whole of the blog is walked through next; `None`: as it was.
    pub deep: Option<DeepWalk>,
    /// How long the source's feed says that it need not be asked again, as it holds now.
    pub ttl: Option<SignedDuration>,
    /// The profile, where a good page moved it.
    pub profile: Option<Profile>,
    /// The recipe that the page taught, where it taught one.
    pub learnt: Option<Learnt>,
    /// When the blog publishes, where posts were found that tell more of it.
    pub rhythm: Option<Rhythm>,
    /// What was read beside the index.
    pub beside: Beside,
    /// What a walk through the whole of the source met, where gone posts are to leave.
    pub met: Option<Met>,
    /// What is owed to the channels.
    pub owed: Vec<NewDelivery>,
    /// Until when the whole host is to be left alone (429 with Retry-After).
    pub host_blocked_until: Option<Timestamp>,
    /// The gap that robots.txt asks for between two requests to the host, in milliseconds.
    pub host_gap_ms: Option<i64>,
}
