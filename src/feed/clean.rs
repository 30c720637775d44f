//! What may enter a document: text that XML 1.0 allows, and links that every reader can follow.
//!
//! The writers' crates pass forbidden characters through, and so do their parsers, while libxml2 and expat refuse
//! the whole document; so nothing reaches a writer that did not pass here.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::{Position, Url};

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

/// Whether XML 1.0 §2.2 allows the character.
pub(super) fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether a document shows the character: XML 1.0 allows it, and it is neither a control character of before Unicode
/// nor one of those that never are characters. NEL is white space.
fn is_shown(character: char) -> bool {
    let is_control = matches!(character, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}');
    let is_none = matches!(character, '\u{fdd0}'..='\u{fdef}') || u32::from(character) & 0xfffe == 0xfffe;
    is_xml_char(character) && !is_control && !is_none
}

/// Text of one line: allowed characters, white space folded to single spaces.
pub(super) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars().filter(|character| is_shown(*character)) {
        if !character.is_whitespace() {
            line.push(character);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Text of any number of lines: allowed characters, line ends as `\n`, which is what XML makes of them anyway.
pub(super) fn lines(text: &str) -> String {
    let allowed: String = text
        .chars()
        .filter(|character| is_shown(*character))
        .map(|character| if character == '\u{85}' { '\n' } else { character })
        .collect();
    let unix = if allowed.contains('\r') { allowed.replace("\r\n", "\n").replace('\r', "\n") } else { allowed };
    unix.trim().to_owned()
}

/// HTML that was sanitised before: allowed characters, line ends as `\n`.
pub(super) fn html(html: &str) -> String {
    lines(html)
}

/// The bytes that a text takes at most in whatever format it is written.
pub(super) fn weight(text: &str) -> usize {
    let weight = |byte: u8| match byte {
        b'<' | b'>' | b'&' | b'"' | b'\'' => 6,
        b'\n' | b'\t' | b'\\' => 2,
        _ => 1,
    };
    text.bytes().map(weight).sum()
}

/// An absolute http or https URL in the ASCII of RFC 3986, without credentials. `None` for anything else.
pub(super) fn url(text: &str) -> Option<String> {
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
    let decoded = line(&percent_decode_str(segment).decode_utf8_lossy());
    if decoded.is_empty() { host(url) } else { decoded }
}

/// A BCP 47 language tag, well-formed as in RFC 5646 §2.1; `ko_KR` is read as `ko-KR`.
pub(super) fn language(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let mut subtags = tag.split('-');
    let primary = subtags.next().is_some_and(|first| {
        (2..=8).contains(&first.len()) && first.bytes().all(|letter| letter.is_ascii_alphabetic())
    });
    let others =
        subtags.all(|sub| (1..=8).contains(&sub.len()) && sub.bytes().all(|letter| letter.is_ascii_alphanumeric()));
    (primary && others).then_some(tag)
}

/// A text of any number of lines, where it is longer its beginning and an ellipsis.
pub(super) fn shortened(text: String, characters: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(characters) else { return text };
    format!("{}…", text[..end].trim_end())
}

/// The words at the beginning of a text, at most `characters` and an ellipsis.
pub(super) fn first_words(text: &str, characters: usize) -> String {
    let text = line(text);
    let Some((end, _)) = text.char_indices().nth(characters) else { return text };
    let cut = &text[..end];
    let words = match cut.rfind(' ') {
        // A text without spaces, as Chinese and Japanese are written, is cut where it is.
        Some(space) if space > cut.len() / 2 => &cut[..space],
        _ => cut,
    };
    format!("{words}…")
}

#[cfg(test)]
mod tests {
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
    fn text_keeps_what_xml_allows() {
        assert_eq!(line("\u{1}a\u{b}\u{fffe}\u{ffff}b \r\n\t c\u{3000}d\u{0}"), "ab c d");
        assert_eq!(line("👩‍💻 \u{200f}שלום"), "👩‍💻 \u{200f}שלום");
        assert_eq!(lines(" a\r\nb\rc\u{c}\n"), "a\nb\nc");
        assert_eq!(lines("\u{80}a\u{85}b\u{9f}\u{7f}\u{fdd0}\u{1fffe}\u{fffd}"), "a\nb\u{fffd}");
        assert_eq!(line("a\u{85}b\u{9f}"), "a b");
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
    fn language_tags_are_well_formed() {
        for (tag, expected) in [
            ("ko", Some("ko")),
            ("ko_KR", Some("ko-KR")),
            ("zh-Hant-TW", Some("zh-Hant-TW")),
            ("한국어", None),
            ("", None),
            ("en-", None),
            ("x", None),
        ] {
            assert_eq!(language(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn first_words_end_on_a_word_where_there_are_words() {
        assert_eq!(first_words("one two three", 20), "one two three");
        assert_eq!(first_words("one two three", 9), "one two…");
        assert_eq!(first_words("띄어쓰기없는문장", 4), "띄어쓰기…");
    }
}
