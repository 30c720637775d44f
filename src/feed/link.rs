//! What links may enter a document: those that every reader can follow, in the ASCII of RFC 3986.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::{Position, Url};

use super::clean;

/// What the URL Standard leaves as it is and RFC 3986 forbids in path, query and fragment.
const NOT_RFC_3986: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The characters of a path or a query that stay as they are everywhere: RFC 3986's unreserved ones, most of its
/// delimiters.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let characters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=&+,:@!$()*;";
    let mut at = 0;
    while at < characters.len() {
        plain[characters[at] as usize] = true;
        at += 1;
    }
    plain
};

/// An absolute http or https URL in the ASCII of RFC 3986, without credentials. `None` for anything else.
pub(super) fn url(text: &str) -> Option<String> {
    if is_plain(text) { Some(text.to_owned()) } else { parsed(text) }
}

fn parsed(text: &str) -> Option<String> {
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    let mut ascii = url[..Position::BeforePath].to_owned();
    push_escaped(&mut ascii, &url[Position::BeforePath..]);
    Some(ascii)
}

/// Whether the URL Standard would give the text back just as it is, told without its parser: most links are, and every
/// document names itself and each of its posts. `false` says nothing.
fn is_plain(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let default_port = match scheme {
        "http" => "80",
        "https" => "443",
        _ => return false,
    };
    let Some(at) = rest.find('/') else { return false };
    let (authority, path) = rest.split_at(at);
    let (host, is_port) = match authority.split_once(':') {
        Some((host, port)) => (host, port != default_port && is_number(port, u16::MAX)),
        None => (authority, true),
    };
    is_port && (is_plain_name(host) || is_plain_address(host)) && is_plain_path(path)
}

/// Whether it is a number as it is written, and at most so much.
fn is_number(text: &str, most: u16) -> bool {
    let is_written = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_written && text.parse::<u16>().is_ok_and(|number| number <= most)
}

/// Whether it is a host name in lower case that has nothing to do with Unicode, and cannot be taken for a number.
fn is_plain_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let of_letters = bytes.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let is_hyphen = |at: usize| bytes.get(at) == Some(&b'-');
        (1..=63).contains(&bytes.len()) && of_letters && ![0, 2, bytes.len() - 1].into_iter().any(is_hyphen)
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253 && last.starts_with(|first: char| first.is_ascii_lowercase()) && host.split('.').all(is_label)
}

/// Whether it is an IPv4 address as it is written.
fn is_plain_address(host: &str) -> bool {
    host.split('.').count() == 4 && host.split('.').all(|part| is_number(part, 255))
}

/// Whether it is a path with a query or none, of characters that are never escaped, without a segment that begins with a
/// dot.
fn is_plain_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    let is_kept = |(at, byte): (usize, &u8)| match byte {
        b'%' => bytes.len() > at + 2 && bytes[at + 1].is_ascii_hexdigit() && bytes[at + 2].is_ascii_hexdigit(),
        byte => PLAIN[usize::from(*byte)],
    };
    bytes.iter().enumerate().all(is_kept) && !path.contains("/.") && !path.contains("/%2")
}

/// Appends path, query and fragment with every byte escaped that RFC 3986 wants escaped.
fn push_escaped(ascii: &mut String, rest: &str) {
    let mut fragment = false;
    let mut left = rest;
    while let Some(found) = left.find(['%', '#']) {
        let (before, after) = left.split_at(found);
        ascii.extend(utf8_percent_encode(before, NOT_RFC_3986));
        let bytes = after.as_bytes();
        let escape = bytes.len() > 2 && bytes[1].is_ascii_hexdigit() && bytes[2].is_ascii_hexdigit();
        ascii.push_str(match (bytes[0], escape, fragment) {
            (b'%', true, _) => "%",
            (b'%', false, _) => "%25",
            (_, _, false) => "#",
            (_, _, true) => "%23",
        });
        fragment |= bytes[0] == b'#';
        left = &after[1..];
    }
    ascii.extend(utf8_percent_encode(left, NOT_RFC_3986));
}

/// The host of a URL that passed [`url`], as people write it.
pub(super) fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// The last segment of the path of a URL that passed [`url`], decoded; else its host.
pub(super) fn last_segment(url: &str) -> String {
    let path = Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default();
    let segment = path.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let decoded = clean::line(&percent_decode_str(segment).decode_utf8_lossy());
    if decoded.is_empty() { host(url) } else { decoded }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_become_ascii_or_nothing() {
        for (text, expected) in [
            ("https://x.org/entry/카프카", Some("https://x.org/entry/%EC%B9%B4%ED%94%84%EC%B9%B4")),
            ("https://블로그.한국/1", Some("https://xn--2i0b10rqve.xn--3e0b707e/1")),
            (" HTTPS://X.org ", Some("https://x.org/")),
            ("https://x.org/a|b?q={[\\]}^`#c#d", Some("https://x.org/a%7Cb?q=%7B%5B%5C%5D%7D%5E%60#c%23d")),
            ("https://x.org/100%/%zz/%2f", Some("https://x.org/100%25/%25zz/%2f")),
            ("https://user:secret@x.org/", Some("https://x.org/")),
            ("http://[::1]:8080/x?a=1&b='2'", Some("http://[::1]:8080/x?a=1&b=%272%27")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("/relative", None),
            ("", None),
        ] {
            assert_eq!(url(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_segment_or_the_host_stands_for_a_title() {
        for (url, expected) in [
            ("https://x.org/entry/%EC%B9%B4%ED%94%84%EC%B9%B4/", "카프카"),
            ("https://x.org/%01", "x.org"),
            ("https://x.org", "x.org"),
        ] {
            assert_eq!(last_segment(url), expected);
        }
    }

    #[test]
    fn most_links_are_plain() {
        for text in [
            "http://127.0.0.1:7878/feeds/slow/%EC%97%AC%ED%96%89.atom",
            "https://slow-dev.tistory.com/12?category=3&page=0",
            "https://velog.io/@kim/a~b_c",
            "https://x.org/a.b/",
        ] {
            assert!(is_plain(text) && parsed(text).as_deref() == Some(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_link_that_is_plain_is_what_the_parser_makes_of_it(
            scheme in "(http|https|HTTP|ftp)",
            host in prop_oneof![
                "[a-z0-9.-]{1,12}",
                "[a-zA-Z_가]{1,3}\\.(com|org|1|0x1|xn--a)\\.?",
                "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,4})?",
            ],
            port in "(|:|:80|:443|:0|:08|:[0-9]{1,5})",
            path in "(|/)([a-zA-Z0-9가 -~]{0,6}(/|/\\.|/\\.\\.|/%2e|%2|%EC|\\?|#|\\\\|//)){0,4}",
        ) {
            let text = format!("{scheme}://{host}{port}{path}");
            if is_plain(&text) {
                prop_assert_eq!(parsed(&text), Some(text));
            }
        }
    }
}
