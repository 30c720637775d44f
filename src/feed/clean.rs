//! What may enter a document: text that XML 1.0 allows, and links that every reader can follow.
//!
//! The writers' crates pass forbidden characters through, and so do their parsers, while libxml2 and expat refuse
//! the whole document; so nothing reaches a writer that did not pass here.

use memchr::memchr_iter;
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

/// Whether all bytes of a text are among some, and none of its characters are of the second control set or its space.
fn has_only(text: &str, bytes: &[bool; 256]) -> bool {
    let all = text.bytes().all(|byte| bytes[usize::from(byte)]);
    all && memchr_iter(FIRST_OF_CONTROLS, text.as_bytes()).all(|at| text.as_bytes()[at + 1] > LAST_OF_CONTROLS)
}

/// What the characters from U+0080 to U+00BF begin with.
const FIRST_OF_CONTROLS: u8 = 0xc2;

/// What those end with that are control characters (U+0080 to U+009F) or a space (U+00A0), at most.
const LAST_OF_CONTROLS: u8 = 0xa0;

/// The bytes of which a text may be made that is shown as it is but for white space at its ends: those of lines that end with
/// `\n`, and of the characters that begin with none of the bytes with which one begins that is not shown.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    plain[b'\n' as usize] = true;
    plain[b'\t' as usize] = true;
    let mut byte = b' ' as usize;
    while byte < 0xef {
        plain[byte] = byte != 0x7f;
        byte += 1;
    }
    plain
};

/// Those of them that are no white space nor begin any.
const PLAIN_WORDS: [bool; 256] = {
    let mut plain = PLAIN;
    let spaces = [b'\n', b'\t', b' ', 0xe0, 0xe1, 0xe2, 0xe3];
    let mut at = 0;
    while at < spaces.len() {
        plain[spaces[at] as usize] = false;
        at += 1;
    }
    plain
};

/// Text of one line: allowed characters, white space folded to single spaces.
pub(super) fn line(text: &str) -> String {
    if text.split(' ').all(|word| !word.is_empty() && has_only(word, &PLAIN_WORDS)) {
        return text.to_owned();
    }
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
    if has_only(text, &PLAIN) {
        return text.trim().to_owned();
    }
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
    // No text has more characters than bytes.
    if text.len() <= characters {
        return text;
    }
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
    fn a_text_that_is_plain_is_as_if_it_were_not() {
        // The first character of each, and the last, keeps the whole from being taken for plain.
        for text in
            ["a b", "a  b", " a", "a ", "가 나", "a\tb", "a\nb", "a\u{3000}b", "\u{2003}a", "a\u{a0}", "é\u{85}", ""]
        {
            let slow = format!("\u{f0000}{text}\u{f0000}");
            let cut = |cleaned: String| cleaned.trim_matches('\u{f0000}').trim().to_owned();
            assert_eq!(line(text), cut(line(&slow)), "{text:?}");
            assert_eq!(lines(text), cut(lines(&slow)), "{text:?}");
        }
        for character in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let word = format!("a{character}b");
            if has_only(&word, &PLAIN) {
                assert!(is_shown(character) && !matches!(character, '\r' | '\u{85}'), "{character:?}");
            }
            if has_only(&word, &PLAIN_WORDS) {
                assert!(is_shown(character) && !character.is_whitespace(), "{character:?}");
            }
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
