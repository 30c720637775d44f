//! Which feeds a person wants of a blog, and which of its posts.
//!
//! Pure. [`Choice`] is what the configuration says, [`Chooser`] is the same made ready: it tells of a post which feeds
//! hold it.

use serde::{Deserialize, Serialize};

use super::category::CategoryPath;
use super::feed::FeedKind;
use super::filter::{Filter, Sieve};
use super::post::Post;
use super::title::Titles;

/// A sort of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedSort {
    /// The one of all posts.
    All,
    /// One for each category.
    Categories,
    /// The one of posts without a category.
    Uncategorized,
    /// One for each tag.
    Tags,
    /// One for each author.
    Authors,
}

impl FeedSort {
    /// Every sort.
    pub const ALL: [Self; 5] = [Self::All, Self::Categories, Self::Uncategorized, Self::Tags, Self::Authors];

    /// The word that a configuration says.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Categories => "categories",
            Self::Uncategorized => "uncategorized",
            Self::Tags => "tags",
            Self::Authors => "authors",
        }
    }

    /// What is offered unless somebody says otherwise.
    pub const USUAL: [Self; 3] = [Self::All, Self::Categories, Self::Uncategorized];
}

/// What a person chose of a blog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The feeds that are offered.
    pub feeds: Vec<FeedSort>,
    /// Whether the feed of a category holds the posts of the categories below it.
    pub children: bool,
    /// The posts that stand in feeds.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// How the feeds are titled.
    #[serde(default, skip_serializing_if = "Titles::is_empty")]
    pub titles: Titles,
}

impl Default for Choice {
    fn default() -> Self {
        Self { feeds: FeedSort::USUAL.to_vec(), children: true, filter: Filter::default(), titles: Titles::default() }
    }
}

impl Choice {
    /// Whether nobody said anything.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a post's tags decide anything, so that they are worth asking for.
    pub fn needs_tags(&self) -> bool {
        let Filter { include, exclude } = &self.filter;
        self.feeds.contains(&FeedSort::Tags) || !include.tag.is_empty() || !exclude.tag.is_empty()
    }

    /// Whether a feed is offered.
    pub fn wants(&self, kind: &FeedKind) -> bool {
        let sort = match kind {
            FeedKind::All => FeedSort::All,
            FeedKind::Category(_) => FeedSort::Categories,
            FeedKind::Uncategorized => FeedSort::Uncategorized,
            FeedKind::Tag(_) => FeedSort::Tags,
            FeedKind::Author(_) => FeedSort::Authors,
            // Whoever wrote it down wants it.
            FeedKind::Merged(_) => return true,
        };
        self.feeds.contains(&sort)
    }
}

/// A choice that can judge posts.
#[derive(Debug, Clone)]
pub struct Chooser {
    choice: Choice,
    sieve: Sieve,
}

impl Chooser {
    /// Makes a choice ready.
    ///
    /// # Errors
    /// Where a regular expression of its filter cannot be read.
    pub fn new(choice: Choice) -> Result<Self, regex::Error> {
        Ok(Self { sieve: Sieve::new(&choice.filter)?, choice })
    }

    /// What was chosen.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Whether a post stands in feeds at all.
    pub fn lets_in(&self, post: &Post) -> bool {
        self.sieve.lets_in(post)
    }

    /// The feeds of its blog that a post belongs to: all, each category with its parents or the uncategorised, and
    /// where they are wanted its tags' and its author's. Those that are not offered are kept too, so that they may be any day.
    pub fn kinds(&self, post: &Post) -> Vec<FeedKind> {
        if !self.lets_in(post) {
            return Vec::new();
        }
        let mut kinds = vec![FeedKind::All];
        if post.categories.is_empty() {
            kinds.push(FeedKind::Uncategorized);
        }
        let depth = if self.choice.children { usize::MAX } else { 1 };
        for path in post.categories.iter().flat_map(|path| CategoryPath::with_parents(path).take(depth)) {
            let kind = FeedKind::Category(path);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if self.choice.feeds.contains(&FeedSort::Tags) {
            for tag in &post.tags {
                let kind = FeedKind::Tag(tag.clone());
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
        if self.choice.feeds.contains(&FeedSort::Authors)
            && let Some(author) = post.author.as_deref().map(str::trim).filter(|author| !author.is_empty())
        {
            kinds.push(FeedKind::Author(author.to_owned()));
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::Rules;
    use crate::model::link::PostKey;
    use jiff::Timestamp;

    fn post(categories: &[&[&str]], author: Option<&str>) -> Post {
        Post {
            key: PostKey::from_stored("/1".to_owned()),
            entry_id: String::new(),
            url: "https://blog.example/1".to_owned(),
            title: "A title".to_owned(),
            excerpt: None,
            author: author.map(str::to_owned),
            image: None,
            enclosures: Vec::new(),
            published: None,
            listed_at: Timestamp::UNIX_EPOCH,
            offset_seconds: 0,
            first_seen: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            tags: Vec::new(),
            categories: categories.iter().map(|labels| CategoryPath::new(*labels).unwrap()).collect(),
            full_text: None,
        }
    }

    fn check(choice: &Choice, post: &Post, expected: &[&str]) {
        let kinds = Chooser::new(choice.clone()).unwrap().kinds(post);
        let kinds: Vec<String> = kinds
            .iter()
            .map(|kind| match kind {
                FeedKind::All => "all".to_owned(),
                FeedKind::Category(path) => path.to_string(),
                FeedKind::Uncategorized => "none".to_owned(),
                FeedKind::Tag(tag) => format!("#{tag}"),
                FeedKind::Author(author) => format!("by {author}"),
                FeedKind::Merged(id) => id.to_string(),
            })
            .collect();
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_post_is_in_its_category_and_all_that_hold_it() {
        let usual = Choice::default();
        let deep = post(&[&["Big Data", "Kafka"], &["Big Data"]], Some(" Jane "));
        check(&usual, &deep, &["all", "Big Data/Kafka", "Big Data"]);
        check(&usual, &post(&[], None), &["all", "none"]);
        let alone = Choice { children: false, ..Choice::default() };
        check(&alone, &post(&[&["Big Data", "Kafka"]], None), &["all", "Big Data/Kafka"]);
        check(&alone, &deep, &["all", "Big Data/Kafka", "Big Data"]);
        let authors = Choice { feeds: vec![FeedSort::Authors], ..Choice::default() };
        check(&authors, &deep, &["all", "Big Data/Kafka", "Big Data", "by Jane"]);
        check(&authors, &post(&[], Some("")), &["all", "none"]);
        let tags = Choice { feeds: vec![FeedSort::Tags], ..Choice::default() };
        let tagged = Post { tags: vec!["kafka".to_owned(), "go".to_owned(), "kafka".to_owned()], ..deep };
        check(&tags, &tagged, &["all", "Big Data/Kafka", "Big Data", "#kafka", "#go"]);
        assert!(tags.needs_tags() && !authors.needs_tags());
        assert!(authors.wants(&FeedKind::Author("Jane".to_owned())) && !authors.wants(&FeedKind::All));
    }

    #[test]
    fn what_is_excluded_is_in_no_feed() {
        let exclude = Rules { category: vec!["big data".to_owned()], ..Rules::default() };
        let choice = Choice { filter: Filter { exclude, ..Filter::default() }, ..Choice::default() };
        check(&choice, &post(&[&["Big Data", "Kafka"]], None), &[]);
        check(&choice, &post(&[&["Java"]], None), &["all", "Java"]);
    }
}
