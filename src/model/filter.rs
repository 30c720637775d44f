//! Which posts a person wants, told by title, link, category, author or a regular expression.
//!
//! Pure. [`Filter`] is what the configuration says, [`Sieve`] is the same made ready to judge posts. Capital letters,
//! widths (NFKC) and runs of white space make no difference, but in regular expressions, which are taken as written.

use regex::RegexSet;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::post::Post;

/// Signs by which a post is known; one that fits is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Its title holds one of these texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub title: Vec<String>,
    /// Its link holds one of these texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<String>,
    /// It is in one of these categories or below one; `*` stands for any text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    /// It has one of these tags; `*` stands for any text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag: Vec<String>,
    /// One of these wrote it; `*` stands for any text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub author: Vec<String>,
    /// One of these regular expressions finds something in its title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regex: Vec<String>,
}

impl Rules {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        let Self { title, link, category, tag, author, regex } = self;
        [title, link, category, tag, author, regex].into_iter().all(Vec::is_empty)
    }
}

/// What is let in and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Only what these know is let in; where they say nothing, all is.
    #[serde(skip_serializing_if = "Rules::is_empty")]
    pub include: Rules,
    /// What these know is not, whatever else knows it.
    #[serde(skip_serializing_if = "Rules::is_empty")]
    pub exclude: Rules,
}

impl Filter {
    /// Whether it lets everything in.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// A filter that can judge posts.
#[derive(Debug, Clone)]
pub struct Sieve {
    include: Option<Known>,
    exclude: Option<Known>,
}

impl Sieve {
    /// Makes a filter ready.
    ///
    /// # Errors
    /// Where a regular expression cannot be read, or would need too much memory.
    pub fn new(filter: &Filter) -> Result<Self, regex::Error> {
        let known = |rules: &Rules| (!rules.is_empty()).then(|| Known::new(rules)).transpose();
        Ok(Self { include: known(&filter.include)?, exclude: known(&filter.exclude)? })
    }

    /// Whether a post is let in.
    pub fn lets_in(&self, post: &Post) -> bool {
        self.include.as_ref().is_none_or(|known| known.fit(post))
            && !self.exclude.as_ref().is_some_and(|known| known.fit(post))
    }
}

/// Rules that can judge posts.
#[derive(Debug, Clone)]
struct Known {
    title: Vec<String>,
    link: Vec<String>,
    category: Vec<Pattern>,
    tag: Vec<Pattern>,
    author: Vec<Pattern>,
    regex: RegexSet,
}

impl Known {
    fn new(rules: &Rules) -> Result<Self, regex::Error> {
        let folded = |texts: &[String]| texts.iter().map(|text| fold(text)).collect();
        Ok(Self {
            title: folded(&rules.title),
            link: folded(&rules.link),
            category: patterns(&rules.category),
            tag: patterns(&rules.tag),
            author: patterns(&rules.author),
            regex: RegexSet::new(&rules.regex)?,
        })
    }

    fn fit(&self, post: &Post) -> bool {
        let holds = |texts: &[String], text: &str| {
            !texts.is_empty() && {
                let text = fold(text);
                texts.iter().any(|wanted| text.contains(wanted.as_str()))
            }
        };
        holds(&self.title, &post.title)
            || holds(&self.link, &post.url)
            || in_category(&self.category, post)
            || post.tags.iter().any(|tag| self.tag.iter().any(|pattern| pattern.matches(tag)))
            || by_author(&self.author, post)
            || self.regex.is_match(&post.title)
    }
}

/// Whether one of these is a category of the post, or holds one.
pub(super) fn in_category(wanted: &[Pattern], post: &Post) -> bool {
    !wanted.is_empty()
        && post.categories.iter().flat_map(super::category::CategoryPath::with_parents).any(|path| {
            let path = fold(&path.to_string());
            wanted.iter().any(|pattern| pattern.fits(&path))
        })
}

/// Whether one of these wrote the post.
pub(super) fn by_author(wanted: &[Pattern], post: &Post) -> bool {
    !wanted.is_empty()
        && post.author.as_deref().is_some_and(|author| {
            let author = fold(author);
            wanted.iter().any(|pattern| pattern.fits(&author))
        })
}

/// Patterns of these texts.
pub(super) fn patterns(texts: &[String]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::new(text)).collect()
}

/// A text in which `*` stands for any text.
#[derive(Debug, Clone)]
pub struct Pattern(Vec<String>);

impl Pattern {
    /// Reads a pattern. Every text is one.
    pub fn new(text: &str) -> Self {
        Self(text.split('*').map(fold_part).collect())
    }

    /// Whether it fits a folded text as a whole.
    fn fits(&self, text: &str) -> bool {
        let [first, between @ .., last] = &self.0[..] else {
            return self.0.first().is_some_and(|only| only.trim() == text);
        };
        let Some(mut rest) = text.strip_prefix(first.trim_start()) else { return false };
        for part in between {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.trim_end())
    }

    /// Whether it fits a text as a whole.
    pub fn matches(&self, text: &str) -> bool {
        self.fits(&fold(text))
    }

    /// Whether it holds a `*`.
    pub fn is_wild(&self) -> bool {
        self.0.len() > 1
    }
}

/// One form for all ways to write a text.
fn fold(text: &str) -> String {
    fold_part(text).trim().to_owned()
}

/// As [`fold`], with a space where white space begins or ends the text.
fn fold_part(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        if !letter.is_whitespace() {
            folded.push(letter);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use crate::model::link::PostKey;
    use jiff::Timestamp;

    fn post(title: &str, categories: &[&str], author: Option<&str>) -> Post {
        Post {
            key: PostKey::from_stored("/1".to_owned()),
            entry_id: String::new(),
            url: "https://blog.example/entry/Kafka-Streams".to_owned(),
            title: title.to_owned(),
            excerpt: None,
            author: author.map(str::to_owned),
            image: None,
            enclosures: Vec::new(),
            published: None,
            listed_at: Timestamp::UNIX_EPOCH,
            offset_seconds: 0,
            first_seen: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            tags: vec!["Stream Processing".to_owned()],
            categories: categories.iter().map(|path| CategoryPath::new(path.split('/')).unwrap()).collect(),
            full_text: None,
        }
    }

    fn check(include: &str, exclude: &str, lets_in: bool) {
        let rules = |text: &str| toml::from_str::<Rules>(text).unwrap();
        let sieve = Sieve::new(&Filter { include: rules(include), exclude: rules(exclude) }).unwrap();
        let post = post("카프카  Connect v2.0 출시", &["Big Data/Kafka", "일상"], Some("Jane Doe"));
        assert_eq!(sieve.lets_in(&post), lets_in, "{include:?} {exclude:?}");
    }

    #[test]
    fn one_sign_is_enough_and_exclusion_wins() {
        check("", "", true);
        for known in [
            "title = ['카프카 connect']",
            "title = ['rust', 'ＣＯＮＮＥＣＴ']",
            "link = ['/entry/kafka']",
            "category = ['big data']",
            "category = ['Big Data/Kafka']",
            "category = ['*/kafka']",
            "category = ['Big*']",
            "tag = ['stream*']",
            "author = ['jane doe']",
            "author = ['*doe']",
            "regex = ['v\\d+\\.\\d+ 출시$']",
            "title = ['rust']\nauthor = ['Jane*']",
        ] {
            check(known, "", true);
            check("", known, false);
            check(known, known, false);
        }
        for unknown in [
            "title = ['rust']",
            "category = ['Kafka', 'Big', 'Data']",
            "category = ['일상/여행']",
            "author = ['Jane']",
            "tag = ['stream', 'Kafka']",
            "regex = ['^connect', 'V2']",
            "link = ['/tag/']",
        ] {
            check(unknown, "", false);
            check("", unknown, true);
        }
    }

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, fits) in [
            ("*", "anything", true),
            ("*", "", true),
            ("dev-*", "dev-one", true),
            ("dev-*", "my-dev-one", false),
            ("*-one", "dev-one", true),
            ("d*v*e", "dev-one", true),
            ("d*v*d", "dev", false),
            ("big * data", "Big fat Data", true),
            ("slow", "slow", true),
            ("slow", "slow-2", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern:?} {text:?}");
        }
    }

    #[test]
    fn a_bad_expression_is_an_error() {
        let filter = Filter { exclude: Rules { regex: vec!["(".to_owned()], ..Rules::default() }, ..Filter::default() };
        assert!(Sieve::new(&filter).is_err());
    }
}
