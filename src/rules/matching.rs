//! Whether a rule is about something.

use regex::{Regex, RegexBuilder};

use crate::model::category::CategoryPath;
use crate::model::delivery::{About, Subject};
use crate::model::rule::Rule;

/// The word for posts without a category: as in the paths of feeds, where no category's slug begins so.
const UNCATEGORIZED: &str = "_uncategorized";

/// The conditions of a rule, each a list of which one must hold; an empty list holds always.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    sources: Vec<Regex>,
    categories: Vec<Regex>,
    uncategorized: bool,
    keywords: Vec<Regex>,
    about: Vec<About>,
}

impl Matcher {
    /// The conditions of a rule. `None`: a pattern is too long to be one.
    pub(super) fn of(rule: &Rule) -> Option<Self> {
        let wild = |patterns: &[String]| patterns.iter().map(|text| wildcard(text)).collect::<Option<Vec<_>>>();
        let (uncategorized, categories): (Vec<String>, Vec<String>) =
            rule.categories.iter().cloned().partition(|category| category == UNCATEGORIZED);
        Some(Self {
            sources: wild(&rule.sources)?,
            categories: wild(&categories)?,
            uncategorized: !uncategorized.is_empty(),
            keywords: rule.keywords.iter().map(|word| keyword(word)).collect::<Option<Vec<_>>>()?,
            about: rule.about.clone(),
        })
    }

    /// Whether all conditions hold. What happens to a source is in no category and has no words.
    pub(super) fn holds(&self, subject: &Subject<'_>) -> bool {
        (self.about.is_empty() || self.about.contains(&subject.about))
            && (self.sources.is_empty() || self.sources.iter().any(|source| source.is_match(subject.source.as_str())))
            && self.holds_for_categories(subject)
            && (self.keywords.is_empty() || self.keywords.iter().any(|word| says(subject, word)))
    }

    fn holds_for_categories(&self, subject: &Subject<'_>) -> bool {
        let asks = self.uncategorized || !self.categories.is_empty();
        if !asks {
            return true;
        }
        if subject.about == About::Failures {
            return false;
        }
        let is_within = |path: CategoryPath| self.categories.iter().any(|wanted| wanted.is_match(&path.to_string()));
        (self.uncategorized && subject.categories.is_empty())
            || subject.categories.iter().any(|path| path.with_parents().any(is_within))
    }
}

fn says(subject: &Subject<'_>, word: &Regex) -> bool {
    word.is_match(subject.title) || subject.excerpt.is_some_and(|excerpt| word.is_match(excerpt))
}

/// The whole text, whatever its capitals; `*` stands for any letters.
fn wildcard(pattern: &str) -> Option<Regex> {
    compiled(&format!("^{}$", regex::escape(pattern.trim()).replace(r"\*", ".*")))
}

/// A word anywhere. Where it begins or ends with a Latin letter or a digit, no other stands beside it: `go` is not in
/// `google`, and is in `go로`. `*` at an end lifts that.
fn keyword(word: &str) -> Option<Regex> {
    let word = word.trim();
    let is_latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let edge = |letter| if is_latin(letter) { r"(?-u:\b)" } else { "" };
    let inner = regex::escape(word.trim_matches('*')).replace(r"\*", ".*?");
    compiled(&format!("{}{inner}{}", edge(word.chars().next()), edge(word.chars().last())))
}

fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).case_insensitive(true).dot_matches_new_line(true).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::SourceId;

    fn holds(rule: &Rule, source: &str, about: About, title: &str, categories: &[&str]) -> bool {
        let source = SourceId::try_from(source.to_owned()).unwrap();
        let categories: Vec<_> = categories.iter().map(|path| CategoryPath::new(path.split('/')).unwrap()).collect();
        let subject = Subject { source: &source, about, title, excerpt: Some("an excerpt"), categories: &categories };
        Matcher::of(rule).unwrap().holds(&subject)
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn sources_are_named_with_wildcards() {
        let check = |patterns: &[&str], source: &str, expected: bool| {
            let rule = Rule { sources: texts(patterns), ..Rule::default() };
            assert_eq!(holds(&rule, source, About::Posts, "", &[]), expected, "{patterns:?} {source}");
        };
        check(&[], "slow", true);
        check(&["slow"], "slow", true);
        check(&["slow"], "slow-dev", false);
        check(&["slow*"], "slow-dev", true);
        check(&["a", "*-dev"], "slow-dev", true);
        check(&["s.ow"], "slow", false);
    }

    #[test]
    fn a_category_holds_those_below_it() {
        let check = |patterns: &[&str], categories: &[&str], expected: bool| {
            let rule = Rule { categories: texts(patterns), ..Rule::default() };
            assert_eq!(holds(&rule, "a", About::Posts, "", categories), expected, "{patterns:?} {categories:?}");
        };
        check(&["Big Data"], &["Big Data/Kafka"], true);
        check(&["big data"], &["Big Data"], true);
        check(&["Big Data/Kafka"], &["Big Data"], false);
        check(&["Big Data/*"], &["Big Data/Kafka"], true);
        check(&["Big Data/*"], &["Big Data"], false);
        check(&["*/Kafka"], &["일상", "Big Data/Kafka"], true);
        check(&["Data"], &["Big Data"], false);
        check(&["일상"], &[], false);
        check(&["_uncategorized"], &[], true);
        check(&["_uncategorized"], &["일상"], false);
        check(&["_uncategorized", "일상"], &["일상"], true);
    }

    #[test]
    fn a_keyword_is_a_word() {
        let check = |word: &str, title: &str, expected: bool| {
            let rule = Rule { keywords: texts(&[word]), ..Rule::default() };
            assert_eq!(holds(&rule, "a", About::Posts, title, &[]), expected, "{word:?} in {title:?}");
        };
        check("go", "Why Go?", true);
        check("go", "Google", false);
        check("go*", "Google", true);
        check("go", "go로 만든 서버", true);
        check("카프카", "아파치 카프카를 쓰며", true);
        check("c++", "Modern C++20", true);
        check("c++", "basic++", false);
        check("rust 2024", "On Rust 2024", true);
        check("excerpt", "no title", true);
        check("absent", "no title", false);
    }

    #[test]
    fn what_happens_to_a_source_has_neither_category_nor_words() {
        let of = |rule: &Rule| holds(rule, "a", About::Failures, "", &[]);
        assert!(of(&Rule::default()));
        assert!(of(&Rule { about: vec![About::Failures], ..Rule::default() }));
        assert!(!of(&Rule { about: vec![About::Posts, About::Edits], ..Rule::default() }));
        assert!(!of(&Rule { categories: texts(&["_uncategorized"]), ..Rule::default() }));
        assert!(of(&Rule { sources: texts(&["a"]), ..Rule::default() }));
    }
}
