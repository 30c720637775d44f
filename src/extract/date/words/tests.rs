//! What is found around a month's name is what one pattern with all names finds.

use proptest::prelude::*;
use regex::{Captures, Regex};

use super::super::moment::year;
use super::super::months;
use super::super::numeric::{Found, first, number};
use std::sync::LazyLock;

use jiff::civil::Date;

fn pattern(template: &str) -> Regex {
    let mut names: Vec<String> = months::names().map(regex::escape).collect();
    // The longest first: the first alternative that matches wins.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    Regex::new(&template.replace("MONTH", &format!("(?:{})", names.join("|")))).expect("a constant pattern")
}

static DAY_MONTH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)([0-9]{1,2})(?:st|nd|rd|th|er|e|o|a|-?го)?[ ,/.-]*(?:(?:de|of|di|del) |d')?(MONTH)[ ,/.-]*(?:(?:de|del|of) )?(?:([0-9]{4})|'([0-9]{2}))",
    )
});
static MONTH_DAY_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(MONTH)[ .,/-]*([0-9]{1,2})(?:st|nd|rd|th)?[ ,.-]+(?:of )?(?:([0-9]{4})|'([0-9]{2}))")
});
static YEAR_MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)([0-9]{4})[ ,./-]+(MONTH)[ ,./-]+([0-9]{1,2})"));
static DAY_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)([0-9]{1,2})(?:st|nd|rd|th|er|o|a)?[ .-]*(?:(?:de|of|di) |d')?(MONTH)"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(MONTH)[ .]*([0-9]{1,2})(?:st|nd|rd|th)?"));
static VIETNAMESE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)([0-9]{1,2}) ?(?:tháng|thg) ?([0-9]{1,2}) ?(?:,|/|năm)? ?([0-9]{4})"));

/// A day with the name of its month and its year.
fn with_year(text: &str) -> Option<Found> {
    first(&DAY_MONTH_YEAR, text, |found| {
        let year = year(found.get(3).or(found.get(4))?.as_str())?;
        Date::new(year, month(text, found, 2)?, number(&found[1])?).ok()
    })
    .or_else(|| {
        first(&MONTH_DAY_YEAR, text, |found| {
            let year = year(found.get(3).or(found.get(4))?.as_str())?;
            Date::new(year, month(text, found, 1)?, number(&found[2])?).ok()
        })
    })
    .or_else(|| {
        first(&YEAR_MONTH_DAY, text, |found| {
            Date::new(year(&found[1])?, month(text, found, 2)?, number(&found[3])?).ok()
        })
    })
    .or_else(|| {
        first(&VIETNAMESE, text, |found| Date::new(year(&found[3])?, number(&found[2])?, number(&found[1])?).ok())
    })
}

/// Month and day, the month by its name.
fn without_year(text: &str) -> Option<(i8, i8, std::ops::Range<usize>)> {
    // A leap year, so that February 29th is a day.
    let day = |found: &Captures<'_>, at_month: usize, at_day: usize| {
        Date::new(2000, month(text, found, at_month)?, number(&found[at_day])?).ok()
    };
    let (date, span) = first(&DAY_MONTH, text, |found| day(found, 2, 1))
        .or_else(|| first(&MONTH_DAY, text, |found| day(found, 1, 2)))?;
    Some((date.month(), date.day(), span))
}

/// The month that a group names, unless the name is a part of a longer word.
fn month(text: &str, found: &Captures<'_>, group: usize) -> Option<i8> {
    let name = found.get(group)?;
    let begins = !text[..name.start()].ends_with(char::is_alphabetic);
    let ends = !text[name.end()..].starts_with(char::is_alphabetic);
    if !begins || !ends {
        return None;
    }
    let name = name.as_str().to_lowercase();
    months::month(&name)
}

/// Pieces of dates and of what stands around them.
const PIECES: &[&str] = &[
    "10",
    "1",
    "2020",
    "20",
    "'20",
    "July",
    "JULY",
    "jul",
    "julio",
    "mar",
    "märz",
    "Mayıs",
    "июля",
    "янв",
    "ม.ค",
    "มกราคม",
    "th",
    "st",
    "o",
    "e",
    "a",
    "er",
    "-го",
    "го",
    "de ",
    "of ",
    "di ",
    "del ",
    "d'",
    " ",
    " ",
    " ",
    ", ",
    ".",
    "-",
    "/",
    "日",
    "x",
    "marche",
    "tháng ",
    "thg",
    "năm",
    "फ़रवरी",
    "3",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn the_same_dates_are_found(pieces in prop::collection::vec(prop::sample::select(PIECES), 1..9)) {
        let text = pieces.concat();
        prop_assert_eq!(super::with_year(&text), with_year(&text), "{:?}", text);
        prop_assert_eq!(super::without_year(&text), without_year(&text), "{:?}", text);
    }
}
