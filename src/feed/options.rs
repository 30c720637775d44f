//! What a person can set about the documents: the `[feeds]` table.

use serde::{Deserialize, Serialize};

use crate::model::feed::{Edits, Removed};

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
}

impl Default for Options {
    fn default() -> Self {
        Self { entries: 50, edits: Edits::default(), removed: Removed::default() }
    }
}
