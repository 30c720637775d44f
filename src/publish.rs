//! Store → files.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::feed::Format;

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
