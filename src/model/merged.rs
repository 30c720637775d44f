//! Merged feeds: the posts of several sources that a query finds, as one feed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::filter::{Filter, Pattern, Sieve, by_author, in_category, patterns};
use super::post::Post;
use super::source::{BadSourceId, SourceId};
use super::title::Template;

/// The name of a merged feed, written as a source's is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MergedId(SourceId);

impl MergedId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name, where one of a source or of a merged feed may stand.
    pub fn name(&self) -> &SourceId {
        &self.0
    }
}

impl TryFrom<String> for MergedId {
    type Error = BadSourceId;

    fn try_from(text: String) -> Result<Self, BadSourceId> {
        SourceId::try_from(text).map(Self)
    }
}

impl fmt::Display for MergedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A merged feed as a person wrote it. A post is in it that every part of the query finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedFeed {
    /// Its name.
    pub id: MergedId,
    /// Its title; else its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Template>,
    /// What it is, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The ids of its sources; `*` stands for any text.
    pub sources: Vec<String>,
    /// Only posts in one of these categories or below one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Only posts by one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// What is let in beyond that.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
}

impl MergedFeed {
    /// The title that its documents show.
    pub fn shown_title(&self) -> String {
        let title = self.title.as_ref().map(|title| title.fill(&[("id", self.id.as_str())]));
        title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| self.id.to_string())
    }

    /// Whether it takes posts of a source.
    pub fn watches(&self, source: &SourceId) -> bool {
        self.sources.iter().any(|pattern| Pattern::new(pattern).matches(source.as_str()))
    }

    /// Whether both find the same posts of the same sources.
    pub fn finds_the_same(&self, other: &Self) -> bool {
        let query =
            |feed: &Self| (feed.sources.clone(), feed.categories.clone(), feed.authors.clone(), feed.filter.clone());
        query(self) == query(other)
    }
}

/// The query of a merged feed, ready to judge the posts of its sources.
#[derive(Debug, Clone)]
pub struct Query {
    categories: Vec<Pattern>,
    authors: Vec<Pattern>,
    sieve: Sieve,
}

impl Query {
    /// Makes the query of a feed ready.
    ///
    /// # Errors
    /// Where a regular expression of its filter cannot be read.
    pub fn new(feed: &MergedFeed) -> Result<Self, regex::Error> {
        Ok(Self {
            categories: patterns(&feed.categories),
            authors: patterns(&feed.authors),
            sieve: Sieve::new(&feed.filter)?,
        })
    }

    /// Whether it finds a post of a source that its feed watches.
    pub fn finds(&self, post: &Post) -> bool {
        (self.categories.is_empty() || in_category(&self.categories, post))
            && (self.authors.is_empty() || by_author(&self.authors, post))
            && self.sieve.lets_in(post)
    }
}
