//! Why a page, or a recipe, cannot be read.

use crate::model::failure::{Failure, Step};

/// Why a page cannot be read as a blog's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Nothing is on it.
    #[error("{url} is an empty page")]
    Empty {
        /// The page.
        url: String,
    },
    /// It would cost more than a page may.
    #[error("{url} has {limit}")]
    Budget {
        /// The page.
        url: String,
        /// Which limit it passed, as words that follow "has".
        limit: &'static str,
    },
    /// No recipe was given and no preset knows the page.
    #[error("no preset knows {url}")]
    Unknown {
        /// The page.
        url: String,
    },
    /// The recipe finds no posts.
    #[error("selector `{selector}` found no posts on {url}")]
    NoPosts {
        /// The page.
        url: String,
        /// What was looked for: that of the last layout.
        selector: String,
    },
}

impl ExtractError {
    /// What a person can do.
    pub fn help(&self) -> String {
        match self {
            Self::Empty { url } | Self::Budget { url, .. } => {
                format!("open {url} in a browser; if it is well there, the server treats sosik as a robot")
            }
            Self::Unknown { url } => format!(
                "write a `[source.recipe]` with at least `post`, the selector of one post, and try it with `sosik preview {url}`"
            ),
            Self::NoPosts { url, .. } => {
                format!(
                    "the site may have a new layout or may have sent another page: see what is there with `sosik preview {url}`"
                )
            }
        }
    }

    /// As data to store. Feeds and posts stay as they are.
    pub fn failure(&self) -> Failure {
        let transient = match self {
            Self::Empty { .. } | Self::Budget { .. } | Self::NoPosts { .. } => true,
            Self::Unknown { .. } => false,
        };
        Failure { step: Step::Extract, message: self.to_string(), help: self.help(), transient, chain: Vec::new() }
    }
}

/// Why a recipe cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is no selector: {selector:?} ({reason})")]
pub struct RecipeError {
    /// The key, such as `post`.
    pub(super) key: &'static str,
    /// What is written there.
    pub(super) selector: String,
    /// What is wrong with it.
    pub(super) reason: String,
}

impl RecipeError {
    /// The key that holds the selector.
    pub fn key(&self) -> &str {
        self.key
    }

    /// As data to store.
    pub fn failure(&self) -> Failure {
        Failure {
            step: Step::Extract,
            message: self.to_string(),
            help: "write CSS, `CSS @attribute` or `CSS ::own-text`; `sosik check` names the line".to_owned(),
            transient: false,
            chain: Vec::new(),
        }
    }
}
