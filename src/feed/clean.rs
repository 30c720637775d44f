//! What text may enter a document: what XML 1.0 allows. Links are in `link`.
//!
//! The writers' crates pass forbidden characters through, and so do their parsers, while libxml2 and expat refuse
//! the whole document; so nothing reaches a writer that did not pass here.

use memchr::memchr_iter;

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
