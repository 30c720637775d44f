//! Conditional requests (RFC 9110 §13): whether a reader has what we would send.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_128;

/// A weak tag of a body, and of what else it was made from. Weak, since the same tag stands for every coding.
pub(super) fn tag(body: &[u8], made_from: &str) -> String {
    let made_from = xxh3_128(made_from.as_bytes());
    format!("W/\"{:032x}\"", xxh3_128(body) ^ made_from.rotate_left(1))
}

/// Whether the reader has it. `If-None-Match` alone decides where there is one (§13.1.3).
pub(super) fn has(headers: &HeaderMap, tag: &str, modified: Option<Timestamp>) -> bool {
    if headers.contains_key(header::IF_NONE_MATCH) {
        let mut values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        return values.any(|value| names(value, tag));
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
    let since = since.and_then(|since| Timestamp::try_from(since).ok());
    since.zip(modified).is_some_and(|(since, modified)| modified.as_second() <= since.as_second())
}

/// Whether a list of tags names one, compared weakly.
fn names(list: &str, tag: &str) -> bool {
    let wanted = opaque(tag);
    list.trim() == "*" || list.split(',').any(|listed| opaque(listed.trim()) == wanted)
}

/// A tag without its mark of weakness.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// A moment as HTTP writes it; `None` before 1970, which it cannot say.
pub(super) fn http_date(at: Timestamp) -> Option<String> {
    let at = std::time::SystemTime::from(at);
    at.duration_since(std::time::UNIX_EPOCH).is_ok().then(|| httpdate::fmt_http_date(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "W/\"abc\"";
    const LATER: &str = "Thu, 01 Jan 2026 00:00:01 GMT";
    const SAME: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
    const EARLIER: &str = "Wed, 31 Dec 2025 23:59:59 GMT";

    fn check(tags: &[&str], since: Option<&str>, expected: bool) {
        let mut headers = HeaderMap::new();
        for tag in tags {
            headers.append(header::IF_NONE_MATCH, tag.parse().unwrap());
        }
        if let Some(since) = since {
            headers.insert(header::IF_MODIFIED_SINCE, since.parse().unwrap());
        }
        let modified = Timestamp::from_millisecond(1_767_225_600_999).unwrap();
        assert_eq!(has(&headers, TAG, Some(modified)), expected, "{tags:?} {since:?}");
    }

    #[test]
    fn a_tag_decides_before_a_date() {
        check(&[], None, false);
        check(&[TAG], None, true);
        check(&["\"abc\""], None, true);
        check(&["*"], None, true);
        check(&["\"x\", W/\"abc\" , \"y\""], None, true);
        check(&["\"x\"", "\"abc\""], None, true);
        check(&["\"abcd\""], Some(LATER), false);
        check(&[""], Some(LATER), false);
        check(&[TAG], Some(EARLIER), true);
        check(&[], Some(LATER), true);
        check(&[], Some(SAME), true);
        check(&[], Some(EARLIER), false);
        check(&[], Some("Thursday, 01-Jan-26 00:00:00 GMT"), true);
        check(&[], Some("yesterday"), false);
    }

    #[test]
    fn a_tag_holds_all_that_it_was_made_from() {
        assert_eq!(tag(b"body", "1 http://x.org/"), tag(b"body", "1 http://x.org/"));
        let tags =
            [tag(b"body", "1 x"), tag(b"body", "2 x"), tag(b"body", "1 y"), tag(b"bodz", "1 x"), tag(b"1 x", "body")];
        assert_eq!(tags.iter().collect::<std::collections::HashSet<_>>().len(), tags.len());
    }
}
