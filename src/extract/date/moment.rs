//! From a day, a clock time and a zone to a [`Published`], within the years that a blog can have.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::clock::Clock;
use crate::model::date::{Precision, Published};

/// No blog is older than Unix time.
const FIRST_YEAR: i16 = 1970;

/// Zones differ by up to 26 hours and clocks run fast: only a date further ahead is refused.
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(48);

/// A year of `digits`: two digits mean this century.
pub(super) fn year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    Some(if digits.len() == 2 { 2000 + year } else { year })
}

/// The moment of `date`, and of its clock time where there is one.
pub(super) fn published(date: Date, clock: Option<&Clock>, zone: &TimeZone) -> Option<Published> {
    let Some(clock) = clock else { return Published::day(date, zone) };
    let zone = clock.offset.map_or_else(|| zone.clone(), |offset| offset.to_time_zone());
    let zoned = date.to_datetime(clock.time).to_zoned(zone).ok()?;
    let precision = if clock.has_seconds { Precision::Second } else { Precision::Minute };
    Some(Published { at: zoned.timestamp(), offset_seconds: zoned.offset().seconds(), precision })
}

/// Whether a blog can have published then, seen from `now`.
pub(in crate::extract) fn is_plausible(published: &Published, now: Timestamp) -> bool {
    published.date().year() >= FIRST_YEAR && now.duration_until(published.at) <= FURTHEST_AHEAD
}

/// The day without a year that is the latest not after tomorrow.
pub(super) fn latest(month: i8, day: i8, zone: &TimeZone, now: Timestamp) -> Option<Date> {
    let tomorrow = now.to_zoned(zone.clone()).date().tomorrow().ok()?;
    // Eight years back: February 29th may be skipped by a century.
    (0..=8).filter_map(|back| Date::new(tomorrow.year() - back, month, day).ok()).find(|date| *date <= tomorrow)
}
