//! The moments that a person wrote as a cron pattern: `30 7 * * MON-FRI`.
//!
//! Five fields as in crontab(5), names and `@daily` included, told in the source's zone. What summer time skips comes
//! at the first moment after it, what it repeats comes once (croner, which follows the Open Cron Pattern
//! Specification). Known gap: no field of seconds and none of years, which no blog needs.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::bounds::{LONGEST_WAIT, whole_ms};
use super::jitter::spread;

/// What is due at one moment is spread over so long after it, …
const SPREAD_MS: i64 = 60_000;

/// … and never over more than this share of the time until the moment after it.
const SPREAD_SHARE: i64 = 20;

/// Moments that are looked at to tell how often a pattern comes: the days of two months, the quarters of a day.
const SAMPLE: usize = 96;

/// A cron pattern in a zone.
#[derive(Debug, Clone)]
pub struct Times {
    cron: Cron,
    zone: TimeZone,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTimes {
    /// It cannot be read.
    #[error("{pattern:?} is no cron pattern: {reason}")]
    Pattern {
        /// The text.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No moment is ever like it.
    #[error("{0:?} is a cron pattern that no day ever meets")]
    Never(String),
}

impl Times {
    /// Reads a pattern.
    pub fn parse(pattern: &str, zone: TimeZone) -> Result<Self, BadTimes> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(pattern).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.rsplit(": ").next().unwrap_or(&reason).trim_end_matches('.');
            BadTimes::Pattern { pattern: pattern.to_owned(), reason: lowercase_first(reason) }
        })?;
        let times = Self { cron, zone };
        times.first_from(Timestamp::UNIX_EPOCH).map(|_| times).ok_or_else(|| BadTimes::Never(pattern.to_owned()))
    }

    /// The shortest time between two of its moments, as far as some months show it.
    pub fn shortest(&self) -> SignedDuration {
        let mut from = Timestamp::UNIX_EPOCH;
        let mut shortest = SignedDuration::MAX;
        for _ in 0..SAMPLE {
            let Some((one, next)) = self.first_from(from).and_then(|one| Some((one, self.first_from(after(one))?)))
            else {
                break;
            };
            shortest = shortest.min(one.duration_until(next));
            from = next;
        }
        shortest
    }

    /// The first moment at or after `from`, a little later by `seed`: what is due at one moment does not come at once.
    pub(super) fn next(&self, from: Timestamp, seed: i64) -> Timestamp {
        let Some(moment) = self.first_from(from) else {
            return from.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
        };
        let following = self.first_from(after(moment)).map_or(i64::MAX, |next| whole_ms(moment.duration_until(next)));
        let most = SPREAD_MS.min(following / SPREAD_SHARE);
        let later = SignedDuration::from_millis(spread(most, 0, 1_000, seed, moment));
        moment.saturating_add(later).unwrap_or(moment)
    }

    fn first_from(&self, from: Timestamp) -> Option<Timestamp> {
        // A pattern speaks of whole seconds: the next one, where this one has begun.
        let whole = Timestamp::from_second(from.as_second() + i64::from(from.subsec_nanosecond() > 0)).ok()?;
        let found = self.cron.find_next_occurrence(&whole.to_zoned(self.zone.clone()), true).ok()?;
        Some(found.timestamp())
    }
}

/// The moment after which the next one is looked for.
pub(super) fn after(moment: Timestamp) -> Timestamp {
    moment.saturating_add(SignedDuration::from_millis(1)).unwrap_or(moment)
}

fn lowercase_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(pattern: &str, zone: &str) -> Times {
        Times::parse(pattern, TimeZone::get(zone).unwrap()).unwrap()
    }

    /// The moments of a pattern from a civil time on, in UTC.
    fn check(pattern: &str, zone: &str, from: &str, expected: &[&str]) {
        let times = times(pattern, zone);
        let mut from: Timestamp = from.parse().unwrap();
        for expected in expected {
            let found = times.first_from(from).unwrap();
            assert_eq!(found, expected.parse::<Timestamp>().unwrap(), "{pattern} in {zone} from {from}");
            from = after(found);
        }
    }

    #[test]
    fn moments_are_told_in_the_zone_of_the_source() {
        check("0 9 * * *", "Asia/Seoul", "2026-01-01T00:00:00.001Z", &["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]);
        check("0 9 * * *", "UTC", "2026-01-01T09:00:00Z", &["2026-01-01T09:00:00Z"]);
        check("30 7 * * MON-FRI", "Europe/Berlin", "2026-01-02T07:00:00Z", &["2026-01-05T06:30:00Z"]);
        check("*/20 * * * *", "UTC", "2026-01-01T00:41:00Z", &["2026-01-01T01:00:00Z", "2026-01-01T01:20:00Z"]);
        check("@daily", "Asia/Tokyo", "2026-01-01T00:00:00Z", &["2026-01-01T15:00:00Z"]);
        check("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", &["2028-02-29T00:00:00Z"]);
    }

    #[test]
    fn summer_time_skips_no_day_and_repeats_no_look() {
        // 2:30 is skipped in the night of the 8th of March and comes twice in that of the 1st of November.
        let york = "America/New_York";
        check("30 2 * * *", york, "2026-03-07T12:00:00Z", &["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]);
        check("30 1 * * *", york, "2026-10-31T12:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for bad in ["", "soon", "60 * * * *", "* * * *", "0 0 9 * * *", "0 9 * * * 2026", "* * * * FOO", "5/0 * * * *"]
        {
            let told = Times::parse(bad, TimeZone::UTC).unwrap_err().to_string();
            assert!(told.contains("is no cron pattern: ") && !told.ends_with(['.', ' ']), "{told}");
        }
        assert_eq!(Times::parse("0 0 30 2 *", TimeZone::UTC).unwrap_err(), BadTimes::Never("0 0 30 2 *".into()));
    }

    #[test]
    fn how_often_it_comes_is_known() {
        for (pattern, minutes) in [("* * * * *", 1), ("0,3 9 * * *", 3), ("0 9 * * *", 1_440), ("0 */2 * * *", 120)] {
            assert_eq!(times(pattern, "UTC").shortest(), SignedDuration::from_mins(minutes), "{pattern}");
        }
    }

    #[test]
    fn sources_of_one_moment_are_spread_within_a_minute_and_within_the_pattern() {
        let nine: Timestamp = "2026-01-01T09:00:00Z".parse().unwrap();
        for (pattern, most) in [("0 9 * * *", 60), ("* * * * *", 3)] {
            let times = times(pattern, "UTC");
            let mut late: Vec<i64> = (0..200)
                .map(|seed| nine.duration_until(times.next(nine, seed)).as_millis().try_into().unwrap())
                .collect();
            assert!(late.iter().all(|ms| (0..=most * 1_000).contains(ms)), "{pattern}: {late:?}");
            late.sort_unstable();
            late.dedup();
            assert!(late.len() > 150, "{}", late.len());
        }
    }
}
