//! What a person can set about the documents: the `[feeds]` table.

use serde::{Deserialize, Serialize};

use crate::model::choice::FeedSort;
use crate::model::feed::{Edits, Removed};
use crate::model::title::Template;

/// The `[feeds]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Posts in a document, newest first; 0: all.
    pub entries: u32,
    /// What becomes of posts that are edited.
    pub edits: Edits,
    /// What becomes of posts that their site does not show any more.
    pub removed: Removed,
    /// The feeds that are offered of each blog.
    pub feeds: Vec<FeedSort>,
    /// Whether the feed of a category holds the posts of the categories below it.
    pub children: bool,
    /// The title of the feed of a whole blog.
    pub title: Option<Template>,
    /// The title of any other feed of a blog.
    pub category_title: Option<Template>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            entries: 50,
            edits: Edits::default(),
            removed: Removed::default(),
            feeds: FeedSort::USUAL.to_vec(),
            children: true,
            title: None,
            category_title: None,
        }
    }
}
