//! When a server wishes to be asked again.
//!
//! Pure. Cache-Control, Expires and Age (RFC 9111 §4.2) on what was fresh, Retry-After (RFC 9110 §10.2.3) on what was
//! refused. Both are cut to a day: a mistyped header must not end a subscription. Dates are read against the
//! server's own `Date`, so its wrong clock does no harm.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use crate::model::page::ServerWishes;

/// No wish is longer.
const LONGEST_SECONDS: i64 = 24 * 60 * 60;

/// The wishes of an answer with these headers, as they came; those that are none are passed over. For who tests it.
#[doc(hidden)]
pub fn wishes_in(status: u16, headers: &[(&[u8], &[u8])], now: Timestamp) -> ServerWishes {
    let mut read = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            read.append(name, value);
        }
    }
    StatusCode::from_u16(status).map_or_else(|_| ServerWishes::default(), |status| wishes(status, &read, now))
}

/// The wishes of an answer that came at `now`.
pub(super) fn wishes(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> ServerWishes {
    let mut wishes = ServerWishes::default();
    match status {
        StatusCode::OK | StatusCode::NOT_MODIFIED => {
            wishes.fresh_for_seconds = fresh_for(headers, now).and_then(|seconds| u32::try_from(capped(seconds)).ok());
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            wishes.retry_at = retry_after(headers, now)
                .map(|seconds| now.saturating_add(SignedDuration::from_secs(capped(seconds))).unwrap_or(now));
        }
        _ => {}
    }
    wishes
}

/// How long a server wants to be left alone (Retry-After), whatever the status that says so.
pub(super) fn left_alone(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    retry_after(headers, now).map(|seconds| SignedDuration::from_secs(capped(seconds)))
}

fn capped(seconds: i64) -> i64 {
    seconds.clamp(0, LONGEST_SECONDS)
}

/// Seconds for which the answer stays fresh. We are a private cache: `s-maxage` counts only where nothing else does.
fn fresh_for(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let mut max_age = None;
    let mut shared = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            let argument = argument.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                // With a field name it speaks of that field alone.
                "no-cache" if argument.is_empty() => return Some(0),
                "no-store" => return Some(0),
                "max-age" => max_age = max_age.or(seconds(argument)),
                "s-maxage" => shared = shared.or(seconds(argument)),
                _ => {}
            }
        }
    }
    let age = text(headers, &AGE).and_then(seconds).unwrap_or(0);
    if let Some(lifetime) = max_age.or(shared) {
        return Some(lifetime.saturating_sub(age));
    }
    // An Expires that is no date means "already expired" (RFC 9111 §5.3).
    text(headers, &EXPIRES).map(|expires| http_date(expires).map_or(0, |at| seconds_between(headers, at, now)))
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let value = text(headers, &RETRY_AFTER)?;
    seconds(value).or_else(|| http_date(value).map(|at| seconds_between(headers, at, now)))
}

/// From the moment that the server calls now to `at`.
fn seconds_between(headers: &HeaderMap, at: Timestamp, now: Timestamp) -> i64 {
    let from = text(headers, &DATE).and_then(http_date).unwrap_or(now);
    from.duration_until(at).as_secs()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A whole number of seconds, however long it is written.
fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

/// A date in any of the three forms that HTTP has had (RFC 9110 §5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    if let Ok(at) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(at);
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].iter().find_map(|form| {
        let civil = DateTime::strptime(form, text).ok()?;
        Offset::UTC.to_timestamp(civil).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(status: u16, headers: &[(&str, &str)]) -> ServerWishes {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        wishes(StatusCode::from_u16(status).unwrap(), &map, "1994-11-06T08:00:00Z".parse().unwrap())
    }

    fn check_fresh(headers: &[(&str, &str)], seconds: Option<u32>) {
        for status in [200, 304] {
            let expected = ServerWishes { fresh_for_seconds: seconds, retry_at: None };
            assert_eq!(ask(status, headers), expected, "{headers:?}");
        }
        assert_eq!(ask(404, headers), ServerWishes::default());
    }

    fn check_retry(headers: &[(&str, &str)], at: Option<&str>) {
        for status in [429, 503] {
            let expected = ServerWishes { fresh_for_seconds: None, retry_at: at.map(|at| at.parse().unwrap()) };
            assert_eq!(ask(status, headers), expected, "{headers:?}");
        }
        assert_eq!(ask(500, headers), ServerWishes::default());
    }

    #[test]
    fn freshness() {
        check_fresh(&[], None);
        check_fresh(&[("cache-control", "public, max-age=600")], Some(600));
        check_fresh(&[("cache-control", "Max-Age=\"600\" , must-revalidate")], Some(600));
        check_fresh(&[("cache-control", "s-maxage=60, max-age=600")], Some(600));
        check_fresh(&[("cache-control", "s-maxage=60")], Some(60));
        check_fresh(&[("cache-control", "public"), ("cache-control", "max-age=5")], Some(5));
        check_fresh(&[("cache-control", "max-age=600, no-cache")], Some(0));
        check_fresh(&[("cache-control", "no-cache=\"set-cookie\", max-age=600")], Some(600));
        check_fresh(&[("cache-control", "no-store")], Some(0));
        check_fresh(&[("cache-control", "max-age=600"), ("age", "200")], Some(400));
        check_fresh(&[("cache-control", "max-age=600"), ("age", "900")], Some(0));
        check_fresh(&[("cache-control", "max-age=99999999999999999999999")], Some(86_400));
        check_fresh(&[("cache-control", "max-age=-1")], None);
        check_fresh(&[("expires", "0")], Some(0));
        check_fresh(&[("expires", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(2977));
        check_fresh(
            &[("expires", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:07 GMT")],
            Some(30),
        );
        check_fresh(&[("expires", "Sun, 06 Nov 1994 08:49:37 GMT"), ("cache-control", "max-age=7")], Some(7));
        check_fresh(&[("expires", "Fri, 01 Jan 2100 00:00:00 GMT")], Some(86_400));
    }

    #[test]
    fn retry_after_in_every_form() {
        check_retry(&[], None);
        check_retry(&[("retry-after", "120")], Some("1994-11-06T08:02:00Z"));
        check_retry(&[("retry-after", "0")], Some("1994-11-06T08:00:00Z"));
        check_retry(&[("retry-after", "99999999999999999999")], Some("1994-11-07T08:00:00Z"));
        check_retry(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], Some("1994-11-06T08:49:37Z"));
        check_retry(&[("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT")], Some("1994-11-06T08:49:37Z"));
        check_retry(&[("retry-after", "Sun Nov  6 08:49:37 1994")], Some("1994-11-06T08:49:37Z"));
        check_retry(&[("retry-after", "Sat, 05 Nov 1994 08:49:37 GMT")], Some("1994-11-06T08:00:00Z"));
        check_retry(&[("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT")], Some("1994-11-07T08:00:00Z"));
        check_retry(
            &[("retry-after", "Sun, 06 Nov 1994 10:01:00 GMT"), ("date", "Sun, 06 Nov 1994 10:00:00 GMT")],
            Some("1994-11-06T08:01:00Z"),
        );
        check_retry(&[("retry-after", "soon")], None);
    }
}
