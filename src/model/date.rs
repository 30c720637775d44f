//! When a post was published, as far as its page says.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// How finely a page tells when a post appeared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// A calendar day; the moment is that day's midnight in the source's zone.
    Day,
    /// A day and a clock time without seconds.
    Minute,
    /// A moment.
    Second,
}

/// A publication date with its offset from UTC and its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The moment; for [`Precision::Day`] the midnight that begins the day at `offset_seconds`.
    pub at: Timestamp,
    /// Seconds east of UTC in which the page (or its source's zone) tells the time.
    pub offset_seconds: i32,
    /// How much of `at` the page said.
    pub precision: Precision,
}

impl Published {
    /// The day `date` in `zone`. `None` outside jiff's range of years.
    pub fn day(date: Date, zone: &TimeZone) -> Option<Self> {
        let start = date.to_zoned(zone.clone()).ok()?;
        Some(Self { at: start.timestamp(), offset_seconds: start.offset().seconds(), precision: Precision::Day })
    }

    /// The same moment, told at another offset from UTC. A day stays the day that it is.
    #[must_use]
    pub fn at_offset(self, offset_seconds: i32) -> Self {
        match self.precision {
            Precision::Day => self,
            Precision::Minute | Precision::Second => Self { offset_seconds, ..self },
        }
    }

    /// The calendar day on which it was published, in its own offset.
    pub fn date(&self) -> Date {
        at_offset(self.at, self.offset_seconds).date()
    }
}

/// `YYYY-MM-DD` for a day alone, else RFC 3339 with the offset: the form of the JSON outputs.
impl std::fmt::Display for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.precision {
            Precision::Day => write!(f, "{}", self.date()),
            Precision::Minute | Precision::Second => f.write_str(&rfc3339(self.at, self.offset_seconds)),
        }
    }
}

/// The civil time at an offset from UTC; an offset past a day counts as none.
pub fn at_offset(at: Timestamp, offset_seconds: i32) -> jiff::Zoned {
    at.to_zoned(Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC).to_time_zone())
}

/// RFC 3339 with whole seconds, upper-case `T` and a numeric offset (RFC 4287 §3.3).
pub fn rfc3339(at: Timestamp, offset_seconds: i32) -> String {
    at_offset(at, offset_seconds).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_printed_as_a_day_and_a_moment_with_its_offset() {
        let seoul = TimeZone::get("Asia/Seoul").unwrap();
        let day = Published::day(jiff::civil::date(2020, 7, 10), &seoul).unwrap();
        assert_eq!(day.to_string(), "2020-07-10");
        assert_eq!(rfc3339(day.at, day.offset_seconds), "2020-07-10T00:00:00+09:00");
        let moment = Published { precision: Precision::Minute, ..day };
        assert_eq!(moment.to_string(), "2020-07-10T00:00:00+09:00");
    }
}
