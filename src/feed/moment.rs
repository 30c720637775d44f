//! A moment as documents show it: whole seconds, an offset of whole minutes, four digits of year.
//!
//! RFC 3339 and RFC 822 can say no more than that: zones of before 1908 had seconds in their offsets.

use atom_syndication::FixedDateTime;
use chrono::{DateTime, FixedOffset};
use jiff::Timestamp;

use crate::model::date;

/// The first second of the year 1.
const EARLIEST_SECOND: i64 = -62_135_596_800;

/// The first offset that RFC 3339 cannot write.
const DAY_SECONDS: i32 = 86_400;

/// A moment and the offset in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    at: Timestamp,
    offset_seconds: i32,
}

impl Moment {
    /// Cuts `at` to what a document can show.
    pub(super) fn new(at: Timestamp, offset_seconds: i32) -> Self {
        let offset_seconds = if offset_seconds.abs() < DAY_SECONDS { offset_seconds - offset_seconds % 60 } else { 0 };
        let second = at.as_millisecond().div_euclid(1000).max(EARLIEST_SECOND - i64::from(offset_seconds.min(0)));
        Self { at: Timestamp::from_second(second).unwrap_or(at), offset_seconds }
    }

    /// The moment, in whole seconds.
    pub(super) fn at(self) -> Timestamp {
        self.at
    }

    /// For Atom and JSON Feed.
    pub(super) fn rfc3339(self) -> String {
        date::rfc3339(self.at, self.offset_seconds)
    }

    /// For RSS: RFC 822 with a year of four digits, as RFC 2822 has it.
    pub(super) fn rfc2822(self) -> String {
        jiff::fmt::rfc2822::to_string(&date::at_offset(self.at, self.offset_seconds)).expect("the year is positive")
    }

    /// For the Atom writer's crate.
    pub(super) fn fixed(self) -> FixedDateTime {
        let offset = FixedOffset::east_opt(self.offset_seconds).expect("the offset is under a day");
        DateTime::from_timestamp(self.at.as_second(), 0)
            .expect("chrono reaches further than jiff")
            .with_timezone(&offset)
    }

    /// The calendar day.
    pub(super) fn day(self) -> String {
        date::at_offset(self.at, self.offset_seconds).date().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_has_one_form_in_each_standard() {
        for (at, offset, rfc3339, rfc2822) in [
            ("2020-07-10T12:04:00.999Z", 32_400, "2020-07-10T21:04:00+09:00", "Fri, 10 Jul 2020 21:04:00 +0900"),
            ("2020-07-10T12:04:00Z", 0, "2020-07-10T12:04:00+00:00", "Fri, 10 Jul 2020 12:04:00 +0000"),
            ("1900-01-01T00:00:00Z", 30_472, "1900-01-01T08:27:00+08:27", "Mon, 1 Jan 1900 08:27:00 +0827"),
            ("1969-12-31T23:59:59.5Z", -60, "1969-12-31T23:58:59-00:01", "Wed, 31 Dec 1969 23:58:59 -0001"),
            ("2020-01-01T00:00:00Z", 90_000, "2020-01-01T00:00:00+00:00", "Wed, 1 Jan 2020 00:00:00 +0000"),
            ("-005000-01-01T00:00:00Z", -3600, "0001-01-01T00:00:00-01:00", "Mon, 1 Jan 0001 00:00:00 -0100"),
            ("9999-12-30T22:00:00Z", 86_399, "9999-12-31T21:59:00+23:59", "Fri, 31 Dec 9999 21:59:00 +2359"),
        ] {
            let moment = Moment::new(at.parse().unwrap(), offset);
            assert_eq!(moment.rfc3339(), rfc3339);
            assert_eq!(moment.rfc2822(), rfc2822);
            assert_eq!(moment.fixed().to_rfc3339(), rfc3339);
        }
    }
}
