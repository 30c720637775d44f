//! Whether a text is nothing but a date: no title, no label, no name.

use super::ago::is_relative;
use super::page::Run;
use super::spans::{Span, scan};
use crate::extract::letters::is_alphabetic;

/// Whether a text is nothing but a date or a number.
pub(super) fn is_only_date(text: &str) -> bool {
    is_only_one_of(text, || scan(text).first().copied(), || text.chars().count() < 24 && is_relative(text))
}

/// Whether the text of a run is nothing but a date or a number.
pub(super) fn is_only_date_run(run: &Run<'_>) -> bool {
    is_only_one_of(&run.text, || run.spans().first().copied(), || run.chars < 24 && run.is_relative())
}

/// As [`is_only_date`]; the first date of the text, and whether it says how long ago, are asked for where they count.
fn is_only_one_of(text: &str, first: impl FnOnce() -> Option<Span>, relative: impl FnOnce() -> bool) -> bool {
    if text.len() > 60 {
        return false;
    }
    let letters = |text: &str| text.chars().filter(|&letter| is_alphabetic(letter)).count();
    if letters(text) == 0 {
        return text.chars().any(char::is_numeric);
    }
    if let Some(span) = first() {
        return letters(&text[..span.start]) + letters(&text[span.end..]) <= 3;
    }
    relative()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_only_a_date_is_no_title() {
        for text in ["2020-07-10", "July 10, 2020", "12", "3시간 전", "2020.07.10 (금)"] {
            assert!(is_only_date(text), "{text:?}");
        }
        for text in ["2020-07-10 Kafka", "Top 10 of 2020", "Kafka", "July 10, 2020: what I learned"] {
            assert!(!is_only_date(text), "{text:?}");
        }
    }
}
