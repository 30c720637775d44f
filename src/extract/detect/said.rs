//! What the words of a class say that an element is; asked once for all elements of a kind.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::has_word;
use super::{categories, dates, extras, titles, updates};
use crate::extract::quick::Quick;

/// What an element may be by its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// An excerpt.
    Excerpt,
    /// Who wrote.
    Author,
    /// The label of a category.
    Label,
    /// The date of a post.
    Date,
    /// The date of a change.
    Update,
    /// A title; only where the same token does not say what else it is the title of.
    Title,
    /// The title of something else, if any.
    OtherTitle,
}

/// All that a class says, a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AllSaid(u8);

/// The words that say each.
const WORDS: [(Said, &[&str]); 7] = [
    (Said::Excerpt, extras::EXCERPTS),
    (Said::Author, extras::AUTHORS),
    (Said::Label, categories::LABELS),
    (Said::Date, dates::DATES),
    (Said::Update, updates::UPDATES),
    (Said::Title, titles::TITLES),
    (Said::OtherTitle, titles::OTHER_TITLES),
];

/// What each word says.
static BY_WORD: LazyLock<HashMap<&str, u8, Quick>> = LazyLock::new(|| {
    let mut said = HashMap::default();
    for (what, words) in WORDS {
        for word in words {
            *said.entry(*word).or_default() |= what.bit();
        }
    }
    said
});

impl Said {
    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl AllSaid {
    /// What a class attribute says.
    pub(super) fn by(class: &str) -> Self {
        Self(class.split_ascii_whitespace().fold(0, |all, token| all | Self::by_token(token).0))
    }

    /// What one token says.
    pub(super) fn by_token(token: &str) -> Self {
        let mut said = Self::default();
        has_word(token, |word| {
            said.0 |= BY_WORD.get(word).copied().unwrap_or_default();
            false
        });
        if said.has(Said::OtherTitle) {
            said.0 &= !Said::Title.bit();
        }
        said
    }

    /// Whether one of its words says so.
    pub(super) fn has(self, what: Said) -> bool {
        self.0 & what.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_a_class_says_what_it_is() {
        for (class, expected) in [
            ("post-when", &[Said::Date][..]),
            ("entryTime updated", &[Said::Date, Said::Update]),
            ("author-tag", &[Said::Author, Said::Label, Said::OtherTitle]),
            ("post-title", &[Said::Title]),
            ("site-title", &[Said::OtherTitle]),
            ("site title", &[Said::Title, Said::OtherTitle]),
            ("card__summary", &[Said::Excerpt]),
            ("dates authors", &[]),
            ("", &[]),
        ] {
            let said = AllSaid::by(class);
            for (what, _) in WORDS {
                assert_eq!(said.has(what), expected.contains(&what), "{class:?} {what:?}");
            }
        }
    }
}
