//! One text → one date: which grammar is asked first.
//!
//! Full dates before dates without a year before relative ones, so "July 10, 2020 (2 days ago)" is a day of 2020.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::clock;
use super::moment::{is_plausible, latest, published};
use super::normal::normal;
use super::order::{Order, order_of};
use super::{numeric, relative, words};
use crate::model::date::{Precision, Published};

/// The first date in `text`, with its clock time and offset where they stand beside it.
///
/// `zone` is used where the text names no offset. Years before 1970 and moments more than two days after `now`
/// are no dates of posts. What `10/07/2020` means is told by [`order_of`] over all dates of a list, see
/// [`read_in_order`]; alone it is October 7th.
///
/// ```
/// use sosik::extract::date::read;
/// let seoul = jiff::tz::TimeZone::get("Asia/Seoul").unwrap();
/// let now = "2020-07-11T03:00:00Z".parse().unwrap();
/// let date = |text| read(text, &seoul, now).unwrap().to_string();
/// assert_eq!(date("2020. 7. 10. 21:04"), "2020-07-10T21:04:00+09:00");
/// assert_eq!(date("3일 전"), "2020-07-08");
/// ```
pub fn read(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Published> {
    read_in_order(text, zone, now, order_of([text], None))
}

/// As [`read`], for a text of a list whose order of day and month is known.
pub fn read_in_order(text: &str, zone: &TimeZone, now: Timestamp, order: Order) -> Option<Published> {
    let text = normal(text);
    if !text.chars().any(|character| character.is_alphanumeric()) {
        return None;
    }
    let found = full(&text, order).or_else(|| without_year(&text, zone, now));
    let published = match found {
        Some((date, span)) => published(date, clock::beside(&text, &span).as_ref(), zone),
        None => relative::read(&text, zone, now).or_else(|| today_at(&text, zone, now)),
    };
    published.filter(|published| is_plausible(published, now))
}

/// The date that `text` tells in `format`, as strptime reads it (`%Y. %m. %d. %H:%M`).
pub fn read_with_format(text: &str, format: &str, zone: &TimeZone) -> Option<Published> {
    let broken = strtime::parse(format, normal(text)).ok()?;
    let date = broken.to_date().ok()?;
    if broken.hour().is_none() {
        return Published::day(date, zone);
    }
    let zone = broken.offset().map_or_else(|| zone.clone(), |offset| offset.to_time_zone());
    let time = broken.to_time().ok()?;
    let zoned = date.to_datetime(time).to_zoned(zone).ok()?;
    let precision = if broken.second().is_some() { Precision::Second } else { Precision::Minute };
    Some(Published { at: zoned.timestamp(), offset_seconds: zoned.offset().seconds(), precision })
}

fn full(text: &str, order: Order) -> Option<(Date, Range<usize>)> {
    numeric::year_first(text)
        .or_else(|| words::with_year(text))
        .or_else(|| numeric::year_last(text, order))
        .or_else(|| numeric::compact(text))
}

fn without_year(text: &str, zone: &TimeZone, now: Timestamp) -> Option<(Date, Range<usize>)> {
    let (month, day, span) = numeric::without_year(text).or_else(|| words::without_year(text))?;
    Some((latest(month, day, zone, now)?, span))
}

/// A clock time alone: Tistory and others show it for what was published today.
fn today_at(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Published> {
    let clock = clock::whole(text)?;
    let today = now.to_zoned(zone.clone()).date();
    let read = published(today, Some(&clock), zone)?;
    // Shortly after midnight a page of the last minutes of yesterday is still about.
    if read.at > now { published(today.yesterday().ok()?, Some(&clock), zone) } else { Some(read) }
}

#[cfg(test)]
mod tests;
