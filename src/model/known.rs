//! What is stored about the posts of one page: asked by a poll, answered by the store, judged by the diff.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::link::PostKey;
use super::post::KnownPost;

/// What a poll asks about the posts that it read.
#[derive(Debug, Clone, Default)]
pub struct KnownQuery {
    /// The keys on the page.
    pub keys: Vec<PostKey>,
    /// Midnights (see `Published::at` of a day) of the days on the page.
    pub days: Vec<Timestamp>,
    /// Titles under which an unknown key may be an old post that moved.
    pub titles: Vec<String>,
}

/// What is stored about the posts of a page, and nothing about others.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// By the key that was asked for (an alias leads to the post's own key).
    pub posts: BTreeMap<PostKey, KnownPost>,
    /// For each day that was asked for and has posts: the lowest and highest `listed_at` within 24 hours of it.
    pub days: BTreeMap<Timestamp, (Timestamp, Timestamp)>,
    /// The lowest `listed_at` of the source's posts without a date.
    pub lowest_undated: Option<Timestamp>,
    /// Keys that were asked for and whose posts left the feeds, with the ids that they had.
    pub gone: BTreeMap<PostKey, String>,
    /// Posts that bear one of the titles that were asked for, whatever their key.
    pub titled: Vec<KnownPost>,
}

impl Known {
    /// Adds what was learnt about a further page of the same walk.
    pub fn extend(&mut self, other: Self) {
        self.posts.extend(other.posts);
        self.days.extend(other.days);
        self.lowest_undated = other.lowest_undated.or(self.lowest_undated);
        self.gone.extend(other.gone);
        self.titled.extend(other.titled);
    }
}
