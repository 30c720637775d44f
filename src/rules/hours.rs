//! Hours of the day: when it is quiet, and when digests come.

use jiff::Zoned;
use jiff::civil::{Time, Weekday};

/// A part of every day, over midnight or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
}

impl QuietHours {
    /// Reads `22:00-08:00`. `None`: that is no part of a day.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–'])?;
        let (from, to) = (time(from)?, time(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// When the quiet that reigns at this moment ends; `None`: it is not quiet.
    pub fn end(&self, now: &Zoned) -> Option<Zoned> {
        let Self { from, to } = *self;
        let time = now.time();
        let (is_quiet, ends_today) =
            if from < to { (from <= time && time < to, true) } else { (from <= time || time < to, time < to) };
        if !is_quiet {
            return None;
        }
        let day = if ends_today { now.date() } else { now.date().tomorrow().ok()? };
        // An hour that summer time leaves out ends when the clock has passed it.
        day.to_datetime(to).to_zoned(now.time_zone().clone()).ok().filter(|end| end > now)
    }
}

/// The moments at which all that came is told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestTimes {
    /// At every full hour.
    Hourly,
    /// Every day.
    Daily(Time),
    /// Every week.
    Weekly(Weekday, Time),
}

impl DigestTimes {
    /// Reads `hourly`, `daily 08:00`, `weekly mon 08:00`. `None`: it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["hourly"] => Some(Self::Hourly),
            ["daily", at] => Some(Self::Daily(time(at)?)),
            ["weekly", day, at] => Some(Self::Weekly(weekday(day)?, time(at)?)),
            _ => None,
        }
    }

    /// The first of them after this moment.
    pub fn after(&self, moment: &Zoned) -> Option<Zoned> {
        let zone = moment.time_zone();
        if matches!(self, Self::Hourly) {
            // By the hours that pass, not by the clock's: one that comes twice has two.
            let into = i64::from(moment.minute()) * 60 + i64::from(moment.second());
            let hour = moment.with().subsec_nanosecond(0).build().ok()?;
            return hour.checked_add(jiff::SignedDuration::from_secs(3_600 - into)).ok();
        }
        let first = moment.date();
        (0..=8).find_map(|days| {
            let date = first.checked_add(jiff::Span::new().days(days)).ok()?;
            let at = match *self {
                Self::Daily(at) => at,
                Self::Weekly(day, at) if date.weekday() == day => at,
                Self::Weekly(..) | Self::Hourly => return None,
            };
            date.to_datetime(at).to_zoned(zone.clone()).ok().filter(|found| found > moment)
        })
    }
}

/// `8:00`, `08:00`, `8`, `24:00` as the midnight that ends the day.
fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    match (hour.parse().ok()?, minute.parse().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    DAYS.into_iter().find(|(name, _)| text.len() >= 3 && name.starts_with(text)).map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_hours_end() {
        let check = |hours: &str, now: &str, expected: Option<&str>| {
            let end = QuietHours::parse(hours).unwrap().end(&moment(now)).map(|end| end.to_string());
            assert_eq!(end.as_deref(), expected, "{hours} at {now}");
        };
        let seoul = |text: &str| format!("{text}+09:00[Asia/Seoul]");
        let check_seoul = |hours: &str, now: &str, expected: Option<&str>| {
            check(hours, &seoul(now), expected.map(seoul).as_deref());
        };
        check_seoul("22:00-08:00", "2026-01-05T21:59:59", None);
        check_seoul("22:00-08:00", "2026-01-05T22:00:00", Some("2026-01-06T08:00:00"));
        check_seoul("22:00-08:00", "2026-01-06T07:59:59", Some("2026-01-06T08:00:00"));
        check_seoul("22:00-08:00", "2026-01-06T08:00:00", None);
        check_seoul("12-13:30", "2026-01-06T12:30:00", Some("2026-01-06T13:30:00"));
        check_seoul("12-13:30", "2026-01-06T13:30:00", None);
        check_seoul("18:00-24:00", "2026-01-06T23:00:00", Some("2026-01-07T00:00:00"));
        // The night in which an hour is left out.
        check(
            "22:00-02:30",
            "2026-03-29T01:00:00+01:00[Europe/Berlin]",
            Some("2026-03-29T03:30:00+02:00[Europe/Berlin]"),
        );
    }

    #[test]
    fn what_is_no_part_of_a_day_is_refused() {
        for text in ["", "22:00", "22:00-22:00", "25:00-08:00", "10pm-8am", "22:60-08:00", "-", "22:00-08:00-09:00"] {
            assert_eq!(QuietHours::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_digest_comes_at_its_next_time() {
        let check = |times: &str, now: &str, expected: &str| {
            let next = DigestTimes::parse(times).unwrap().after(&moment(now)).unwrap();
            assert_eq!(next.to_string(), expected, "{times} after {now}");
        };
        // 2026-01-05 is a Monday.
        let seoul = |text: &str| format!("{text}+09:00[Asia/Seoul]");
        let check_seoul = |times: &str, now: &str, expected: &str| check(times, &seoul(now), &seoul(expected));
        check_seoul("daily 08:00", "2026-01-05T07:59:59", "2026-01-05T08:00:00");
        check_seoul("daily 08:00", "2026-01-05T08:00:00", "2026-01-06T08:00:00");
        check_seoul("Daily 8", "2026-01-05T09:00:00", "2026-01-06T08:00:00");
        check_seoul("weekly mon 08:00", "2026-01-05T07:00:00", "2026-01-05T08:00:00");
        check_seoul("weekly monday 08:00", "2026-01-05T08:00:00", "2026-01-12T08:00:00");
        check_seoul("weekly sun 20:30", "2026-01-05T08:00:00", "2026-01-11T20:30:00");
        check_seoul("hourly", "2026-01-05T08:00:00", "2026-01-05T09:00:00");
        check_seoul("hourly", "2026-01-05T08:59:59.5", "2026-01-05T09:00:00");
        // The hour that comes twice.
        check("hourly", "2026-10-25T02:30:00+02:00[Europe/Berlin]", "2026-10-25T02:00:00+01:00[Europe/Berlin]");
    }

    #[test]
    fn what_is_no_time_of_digests_is_refused() {
        for text in ["", "daily", "08:00", "daily 8:00 am", "weekly 08:00", "weekly m 08:00", "monthly", "hourly 5"] {
            assert_eq!(DigestTimes::parse(text), None, "{text:?}");
        }
    }
}
