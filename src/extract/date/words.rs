//! Days with the name of a month; the names are in `months`.
//!
//! The names in a text are found first, each a word of its own, and what a date has before and behind one is looked
//! for around it. One pattern with all names of all languages says the same, and takes ten times longer to be made
//! ready than a page takes to be read; the tests compare with it.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::moment::year;
use super::months;
use super::numeric::{Found, first, number};
use crate::extract::letters::{is_alphabetic, lower};

static VIETNAMESE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)([0-9]{1,2}) ?(?:tháng|thg) ?([0-9]{1,2}) ?(?:,|/|năm)? ?([0-9]{4})").expect("a constant pattern")
});

/// What may stand behind a day that a month follows.
const ENDINGS: &[&str] = &["", "st", "nd", "rd", "th", "er", "e", "o", "a", "-го", "го"];

/// Of these, what may where no year follows.
const FEWER_ENDINGS: &[&str] = &["", "st", "nd", "rd", "th", "er", "o", "a"];

/// What may stand behind a day that follows a month.
const ENGLISH: &[&str] = &["", "st", "nd", "rd", "th"];

/// A month's name in a text.
struct Name {
    month: i8,
    span: Range<usize>,
}

/// A day with the name of its month and its year.
pub(super) fn with_year(text: &str) -> Option<Found> {
    let names = names(text);
    let day_month_year = |name: &Name| {
        let day =
            day_before(text, name, ENDINGS, &[' ', ',', '/', '.', '-'], &["", "de ", "of ", "di ", "del ", "d'"])?;
        let behind = past(text, name.span.end, &[' ', ',', '/', '.', '-']);
        let (year, end) = year_at(text, behind, &["", "de ", "del ", "of "])?;
        Some((Date::new(year, name.month, number(&text[day.clone()])?).ok()?, day.start..end))
    };
    let month_day_year = |name: &Name| {
        let (day, behind) = day_behind(text, name, past(text, name.span.end, &[' ', '.', ',', '/', '-']))?;
        let from = past(text, behind, &[' ', ',', '.', '-']);
        let (year, end) = year_at(text, from, &["", "of "]).filter(|_| from > behind)?;
        Some((Date::new(year, name.month, day).ok()?, name.span.start..end))
    };
    let year_month_day = |name: &Name| {
        let signs = [' ', ',', '.', '/', '-'];
        let before = &text[..name.span.start];
        let until = before.trim_end_matches(signs);
        let year_from = digits_before(until, 4)?;
        let from = past(text, name.span.end, &signs);
        let end = digits_at(text, from, 2)?;
        let parted = until.len() < before.len() && from > name.span.end && until.len() - year_from == 4;
        let date = parted.then(|| Date::new(year(&until[year_from..])?, name.month, number(&text[from..end])?).ok());
        Some((date.flatten()?, year_from..end))
    };
    names
        .iter()
        .find_map(day_month_year)
        .or_else(|| names.iter().find_map(month_day_year))
        .or_else(|| names.iter().find_map(year_month_day))
        .or_else(|| vietnamese(text))
}

/// Month and day, the month by its name.
pub(super) fn without_year(text: &str) -> Option<(i8, i8, Range<usize>)> {
    let names = names(text);
    // A leap year, so that February 29th is a day.
    let found = |name: &Name, day: i8, span: Range<usize>| {
        Date::new(2000, name.month, day).ok().map(|_| (name.month, day, span))
    };
    let day_month = |name: &Name| {
        let day = day_before(text, name, FEWER_ENDINGS, &[' ', '.', '-'], &["", "de ", "of ", "di ", "d'"])?;
        let alone = !begins_with_digit(text, name.span.end);
        found(name, number(&text[day.clone()])?, day.start..name.span.end).filter(|_| alone)
    };
    let month_day = |name: &Name| {
        let (day, end) = day_behind(text, name, past(text, name.span.end, &[' ', '.']))?;
        found(name, day, name.span.start..end).filter(|_| !begins_with_digit(text, end))
    };
    names.iter().find_map(day_month).or_else(|| names.iter().find_map(month_day))
}

fn vietnamese(text: &str) -> Option<Found> {
    let lower = lower(text);
    if !lower.contains("tháng") && !lower.contains("thg") {
        return None;
    }
    first(&VIETNAMESE, text, |found| Date::new(year(&found[3])?, number(&found[2])?, number(&found[1])?).ok())
}

/// The names of months in a text, in their order, none of them a part of a longer word.
fn names(text: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut from = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, letter) in ends {
        match (is_alphabetic(letter), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                from = None;
                let month = months::month(&lower(&text[start..at]));
                names.extend(month.map(|month| Name { month, span: start..at }));
            }
            _ => {}
        }
    }
    if !text.is_ascii() {
        pieced_names(text, &mut names);
    }
    names
}

/// Names that hold what is no letter: Thai short ones their dots, Hindi ones a mark.
fn pieced_names(text: &str, names: &mut Vec<Name>) {
    static PIECED: LazyLock<Vec<&str>> =
        LazyLock::new(|| months::names().filter(|name| !name.chars().all(char::is_alphabetic)).collect());
    let before = names.len();
    for name in PIECED.iter() {
        for (at, _) in text.match_indices(name) {
            let end = at + name.len();
            let whole = !text[..at].ends_with(char::is_alphabetic) && !text[end..].starts_with(char::is_alphabetic);
            names.extend(months::month(name).filter(|_| whole).map(|month| Name { month, span: at..end }));
        }
    }
    if names.len() > before {
        names.sort_by_key(|name| name.span.start);
    }
}

/// The day of one or two digits before a name: behind it one of these endings, then signs, then a word that leads on.
fn day_before(text: &str, name: &Name, endings: &[&str], signs: &[char], words: &[&str]) -> Option<Range<usize>> {
    words.iter().find_map(|word| {
        let day = without_end(&text[..name.span.start], word)?.trim_end_matches(signs);
        endings.iter().find_map(|ending| {
            let day = without_end(day, ending)?;
            Some(digits_before(day, 2)?..day.len())
        })
    })
}

/// The day of one or two digits that begins there, and where its ending ends.
fn day_behind(text: &str, name: &Name, from: usize) -> Option<(i8, usize)> {
    if text[..name.span.start].ends_with(|before: char| before.is_ascii_digit()) {
        return None;
    }
    let end = digits_at(text, from, 2)?;
    let ending = ENGLISH.iter().rev().find(|ending| begins_with(&text[end..], ending))?;
    Some((number(&text[from..end])?, end + ending.len()))
}

/// The year that begins there, perhaps behind a word, and where it ends: four digits, or two behind a stroke.
fn year_at(text: &str, from: usize, words: &[&str]) -> Option<(i16, usize)> {
    words.iter().filter(|word| begins_with(&text[from..], word)).find_map(|word| {
        let from = from + word.len();
        let short = usize::from(text[from..].starts_with('\''));
        let (from, count) = (from + short, if short == 1 { 2 } else { 4 });
        let end = digits_at(text, from, count).filter(|end| end - from == count)?;
        Some((year(&text[from..end])?, end))
    })
}

/// Where the digits end that begin there: at least one, and not more than so many.
fn digits_at(text: &str, from: usize, most: usize) -> Option<usize> {
    let count = text[from..].bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&count).then_some(from + count)
}

/// Where the digits begin that end a text: at least one, and not more than so many.
fn digits_before(text: &str, most: usize) -> Option<usize> {
    let count = text.bytes().rev().take(most + 1).take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&count).then(|| text.len() - count)
}

fn begins_with_digit(text: &str, from: usize) -> bool {
    text[from..].starts_with(|behind: char| behind.is_ascii_digit())
}

/// The place behind all of these signs.
fn past(text: &str, from: usize, signs: &[char]) -> usize {
    text.len() - text[from..].trim_start_matches(signs).len()
}

/// Whether a text begins so, in capitals or not.
fn begins_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// A text without its end, which may be written in capitals.
fn without_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let from = text.len().checked_sub(end.len())?;
    let is_end = end.is_empty() || text.get(from..)?.to_lowercase() == end;
    is_end.then(|| &text[..from])
}

#[cfg(test)]
mod tests;
