//! A clock time beside a date: `21:04`, `오후 3:20`, `3:20 PM`, `14시 5분`, `T21:04:00.123+09:00`.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Time;
use jiff::tz::Offset;
use regex::{Captures, Regex};

/// Bytes that may stand between a date and its clock time: a weekday, "um", "at", a dot, "|".
const LONGEST_GAP: usize = 24;

const BEFORE: &str = "오전|오후|午前|午後|上午|下午|am|pm";

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:({BEFORE}) ?)?([0-9]{{1,2}})(?::([0-9]{{2}})(?::([0-9]{{2}})(?:[.,][0-9]+)?)?|h([0-9]{{2}})|[시時时点] ?(?:([0-9]{{1,2}}) ?[분分] ?(?:([0-9]{{1,2}}) ?[초秒])?)?)(?: ?(am|pm|a\.m\.|p\.m\.))?(?: ?(z\b|utc\b|gmt\b|kst\b|jst\b)?([+-][0-9]{{2}}:?[0-9]{{2}})?)?",
    ))
    .expect("a constant pattern")
});

/// A clock time and what its text says of its precision and place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clock {
    pub(super) time: Time,
    pub(super) has_seconds: bool,
    pub(super) offset: Option<Offset>,
    span: Range<usize>,
}

/// The clock time that stands right behind `date` in `text`, or else right before it.
pub(super) fn beside(text: &str, date: &Range<usize>) -> Option<Clock> {
    let behind = all(&text[date.end..]).into_iter().next();
    if let Some(clock) = behind
        && is_gap(&text[date.end..date.end + clock.span.start])
    {
        return Some(clock);
    }
    let before = all(&text[..date.start]).pop()?;
    is_gap(&text[before.span.end..date.start]).then_some(before)
}

/// The clock time that is the whole of `text`: what some blogs show for the posts of today.
pub(super) fn whole(text: &str) -> Option<Clock> {
    all(text).into_iter().next().filter(|clock| clock.span == (0..text.len()))
}

/// Whether the text between a date and a clock time keeps them together.
fn is_gap(between: &str) -> bool {
    between.len() <= LONGEST_GAP && !between.bytes().any(|byte| byte.is_ascii_digit())
}

fn all(text: &str) -> Vec<Clock> {
    // The pattern is made ready when a text needs it: that costs more than reading a page.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    if let Some(clock) = machine(text) {
        return vec![clock];
    }
    CLOCK
        .captures_iter(text)
        .filter(|found| {
            let start = found.get(0).map_or(0, |whole| whole.start());
            !text[..start].ends_with(|before: char| before.is_ascii_digit() || before == ':')
        })
        .filter_map(|found| clock(&found))
        .collect()
}

/// A clock time as machines write it behind a date, with nothing around it: `T21:04:05.123Z`, ` 21:04+09:00`.
fn machine(text: &str) -> Option<Clock> {
    let digits = |text: &str, count: usize| text.bytes().take(count).take_while(u8::is_ascii_digit).count() == count;
    let start = text.len() - text.strip_prefix(['T', 't', ' ']).unwrap_or(text).len();
    let hours = text
        .get(start..start + 5)
        .filter(|hours| digits(hours, 2) && hours.as_bytes()[2] == b':' && digits(&hours[3..], 2))?;
    let mut rest = &text[start + 5..];
    let mut second = None;
    if let Some(seconds) = rest.strip_prefix(':') {
        second = Some(seconds.get(..2).filter(|seconds| digits(seconds, 2))?.parse::<i8>().ok()?);
        rest = &seconds[2..];
        if let Some(fraction) = rest.strip_prefix('.') {
            let end = fraction.bytes().take_while(u8::is_ascii_digit).count();
            rest = if end == 0 { return None } else { &fraction[end..] };
        }
    }
    let offset = match rest {
        "" => None,
        "Z" | "z" => Some(Offset::UTC),
        named => {
            let plain = named.len() == 6 && named.starts_with(['+', '-']) && named.as_bytes()[3] == b':';
            let plain = plain && digits(&named[1..], 2) && digits(&named[4..], 2);
            plain.then(|| numeric_offset(named))?
        }
    };
    let time = Time::new(hours[..2].parse().ok()?, hours[3..].parse().ok()?, second.unwrap_or(0).min(59), 0).ok()?;
    Some(Clock { time, has_seconds: second.is_some(), offset, span: start..text.len() })
}

fn clock(found: &Captures<'_>) -> Option<Clock> {
    let number = |groups: [usize; 3]| groups.into_iter().find_map(|at| found.get(at)?.as_str().parse::<i8>().ok());
    let mut hour: i8 = found[2].parse().ok()?;
    let minute = number([3, 5, 6]).unwrap_or(0);
    let second = number([4, 7, 7]);
    let half = found.get(1).or(found.get(8)).map(|half| half.as_str().to_lowercase());
    match half.as_deref() {
        Some("오전" | "午前" | "上午" | "am" | "a.m.") if hour == 12 => hour = 0,
        Some("오후" | "午後" | "下午" | "pm" | "p.m.") if hour < 12 => hour += 12,
        _ => {}
    }
    let offset = match (found.get(9), found.get(10)) {
        (_, Some(offset)) => numeric_offset(offset.as_str()),
        (Some(name), None) => match name.as_str().to_ascii_lowercase().as_str() {
            "kst" | "jst" => Offset::from_hours(9).ok(),
            _ => Some(Offset::UTC),
        },
        (None, None) => None,
    };
    let time = Time::new(hour, minute, second.unwrap_or(0).min(59), 0).ok()?;
    Some(Clock { time, has_seconds: second.is_some(), offset, span: found.get(0)?.range() })
}

/// The offset that `+09:00` or `-0330` names.
fn numeric_offset(text: &str) -> Option<Offset> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..)?.parse::<i32>().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, bool, Option<i32>)>) {
        let read = whole(text).map(|clock| {
            (clock.time.strftime("%H:%M:%S").to_string(), clock.has_seconds, clock.offset.map(Offset::seconds))
        });
        let expected = expected.map(|(time, seconds, offset)| (time.to_owned(), seconds, offset));
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn clock_times_are_read() {
        check("21:04", Some(("21:04:00", false, None)));
        check("21:04:05.123Z", Some(("21:04:05", true, Some(0))));
        check("21:04:05 +0900", Some(("21:04:05", true, Some(32_400))));
        check("21:04 -03:30", Some(("21:04:00", false, Some(-12_600))));
        check("오후 3:20", Some(("15:20:00", false, None)));
        check("오전 12:05", Some(("00:05:00", false, None)));
        check("午後3時20分", Some(("15:20:00", false, None)));
        check("14시 5분", Some(("14:05:00", false, None)));
        check("3:20 PM", Some(("15:20:00", false, None)));
        check("12:00 p.m.", Some(("12:00:00", false, None)));
        check("14h05", Some(("14:05:00", false, None)));
        check("21:04 KST", Some(("21:04:00", false, Some(32_400))));
        check("25:04", None);
        check("21:61", None);
        check("at 21:04", None);
    }
}
