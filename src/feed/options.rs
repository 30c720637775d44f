//! What a person can set about the documents: the `[feeds]` table.

use serde::{Deserialize, Serialize};

/// The `[feeds]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Posts in a document, newest first; 0: all.
    pub entries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { entries: 50 }
    }
}
