//! Days written in digits (and the East Asian signs for year, month, day).

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

use super::moment::year;
use super::order::{DAY_MONTH_YEAR, Order};

/// A run that is longer is prose, in which two-digit years are version numbers.
const SHORT_RUN: usize = 30;

/// A day and where its text stands.
pub(super) type Found = (Date, Range<usize>);

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static EAST_ASIAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"([0-9]{4}) ?[年년] ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일号號]"));
static ERA: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(令和|平成|昭和) ?([0-9]{1,2}|元) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日"));
static COMPACT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:$|[T ].*)"));
static SPLIT: LazyLock<Regex> = LazyLock::new(|| pattern(r"([0-9]{4}) ?([0-9]{2}) ?[-./·] ?([0-9]{1,2})"));
static SHORT_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"'?([0-9]{2})\.? ?([-./]) ?([0-9]{1,2}) ?([-./]) ?([0-9]{1,2})"));
static EAST_ASIAN_SHORT: LazyLock<Regex> = LazyLock::new(|| pattern(r"([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일号號]"));
static MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:([0-9]{1,2}) ?[-/] ?([0-9]{1,2})|([0-9]{2})\. ?([0-9]{2}))\.?$"));

/// A day with its year, the year first: ISO, dotted, slashed, `2020년 7월 10일`, eras.
pub(super) fn year_first(text: &str) -> Option<Found> {
    let date = |found: &Captures<'_>| Date::new(year(&found[1])?, number(&found[2])?, number(&found[3])?).ok();
    // A pattern is made ready when a text may need it: that costs more than reading a page.
    let has_year_sign = text.contains(['年', '년']);
    year_month_day(text)
        .or_else(|| has_year_sign.then(|| first(&EAST_ASIAN, text, date)).flatten())
        .or_else(|| has_year_sign.then(|| first(&ERA, text, era)).flatten())
}

/// `2020-07-10`, `2020. 7. 10`: four digits, two, two, and between them one of `- . / ·` with a space around it or not.
fn year_month_day(text: &str) -> Option<Found> {
    let bytes = text.as_bytes();
    let digits = |from: usize, most: usize| {
        bytes.get(from..).unwrap_or_default().iter().take(most).take_while(|byte| byte.is_ascii_digit()).count()
    };
    let past_sign = |from: usize| {
        let rest = text.get(from..)?;
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let rest = rest.strip_prefix(['-', '.', '/', '·'])?;
        Some(text.len() - rest.strip_prefix(' ').unwrap_or(rest).len())
    };
    let starts = (0..bytes.len()).filter(|&at| at == 0 || !bytes[at - 1].is_ascii_digit());
    starts.filter(|&at| digits(at, 5) == 4).find_map(|start| {
        let month = past_sign(start + 4)?;
        let month_end = month + digits(month, 2);
        let day = past_sign(month_end).filter(|_| month_end > month)?;
        let end = day + digits(day, 3);
        if !(1..=2).contains(&(end - day)) {
            return None;
        }
        let date =
            Date::new(year(&text[start..start + 4])?, number(&text[month..month_end])?, number(&text[day..end])?);
        Some((date.ok()?, start..end))
    })
}

/// A day with its year behind: `10.07.2020`, `07/10/2020`.
pub(super) fn year_last(text: &str, order: Order) -> Option<Found> {
    if text.bytes().filter(|byte| matches!(byte, b'.' | b'/' | b'-')).count() < 2 {
        return None;
    }
    first(&DAY_MONTH_YEAR, text, |found| {
        let start = found.get(0)?.start();
        let attached = text[..start]
            .ends_with(|before: char| before.is_alphabetic() || matches!(before, '.' | ',' | ':' | '/' | '#' | '-'));
        if attached || found[2] != found[4] {
            return None;
        }
        // A dot stands in no month-first date.
        let order = if &found[2] == "." { Order::DayFirst } else { order };
        order.date(number(&found[1])?, number(&found[3])?, year(&found[5])?)
    })
}

/// Eight digits that are the whole run, and in short runs a year above the day (`2020 07 · 10`) or of two digits
/// (`20.07.10`).
pub(super) fn compact(text: &str) -> Option<Found> {
    let date = |found: &Captures<'_>| Date::new(year(&found[1])?, number(&found[2])?, number(&found[3])?).ok();
    let begins = text.len() >= 8 && text.bytes().take(8).all(|byte| byte.is_ascii_digit());
    if begins && let Some((date, mut span)) = first(&COMPACT, text, date) {
        span.end = span.start + 8;
        return Some((date, span));
    }
    if text.chars().count() >= SHORT_RUN {
        return None;
    }
    if let Some(found) = first(&SPLIT, text, date) {
        return Some(found);
    }
    first(&SHORT_YEAR, text, |found| {
        (found[2] == found[4]).then_some(())?;
        Date::new(year(&found[1])?, number(&found[3])?, number(&found[5])?).ok()
    })
}

/// Month and day without a year.
pub(super) fn without_year(text: &str) -> Option<(i8, i8, Range<usize>)> {
    if text.contains(['月', '월'])
        && let Some(found) = EAST_ASIAN_SHORT.captures(text)
    {
        return Some((number(&found[1])?, number(&found[2])?, found.get(0)?.range()));
    }
    let found = MONTH_DAY.captures(text)?;
    let (month, day) = (found.get(1).or(found.get(3))?, found.get(2).or(found.get(4))?);
    Some((number(month.as_str())?, number(day.as_str())?, 0..text.len()))
}

fn era(found: &Captures<'_>) -> Option<Date> {
    let before_first = match &found[1] {
        "令和" => 2018,
        "平成" => 1988,
        _ => 1925,
    };
    let number_of_year: i16 = if &found[2] == "元" { 1 } else { found[2].parse().ok()? };
    Date::new(before_first + number_of_year, number(&found[3])?, number(&found[4])?).ok()
}

/// The first match of `pattern` that stands between no other digits and names a real day.
pub(super) fn first(pattern: &Regex, text: &str, read: impl Fn(&Captures<'_>) -> Option<Date>) -> Option<Found> {
    let mut from = 0;
    while let Some(found) = pattern.captures_at(text, from) {
        let span = found.get(0)?.range();
        let alone = !text[..span.start].ends_with(|before: char| before.is_ascii_digit())
            && !text[span.end..].starts_with(|behind: char| behind.is_ascii_digit());
        if let Some(date) = alone.then(|| read(&found)).flatten() {
            return Some((date, span));
        }
        // One digit further, so that a real date inside a refused match is still met.
        from = span.start + text[span.start..].chars().next().map_or(1, char::len_utf8);
    }
    None
}

pub(super) fn number(digits: &str) -> Option<i8> {
    digits.parse().ok()
}
