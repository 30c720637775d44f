//! One spelling for the characters of a date: NFKC, ASCII digits, single spaces.

use memchr::memmem;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text that is longer holds prose, not a date; only its beginning is read.
const MAX_CHARACTERS: usize = 2000;

/// The zeros of the decimal digits that blogs are written in; the nine that follow are 1 to 9.
const ZEROS: &[u32] = &[
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0,
    0x0F20, 0x1040, 0x17E0, 0x1810,
];

/// `text` with compatibility forms resolved, digits of every script as ASCII, white space folded, invisible marks
/// dropped and dashes made hyphens.
pub(super) fn normal(text: &str) -> String {
    // Most dates are written so already.
    if text.len() <= MAX_CHARACTERS && is_plain(text.trim_ascii()) {
        return text.trim_ascii().to_owned();
    }
    by_characters(text)
}

/// Whether a text is of visible ASCII with single spaces.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && memmem::find(text.as_bytes(), b"  ").is_none()
}

/// As [`normal`], of any text.
fn by_characters(text: &str) -> String {
    let mut normal = String::with_capacity(text.len().min(256));
    let characters = || text.chars().take(MAX_CHARACTERS);
    if text.is_ascii() || is_nfkc_quick(characters()) == IsNormalized::Yes {
        characters().for_each(|character| put(&mut normal, character));
    } else {
        characters().nfkc().for_each(|character| put(&mut normal, character));
    }
    normal.truncate(normal.trim_end().len());
    normal
}

fn put(normal: &mut String, character: char) {
    match character {
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{61C}' => {}
        '\u{2010}'..='\u{2015}' | '\u{2212}' => normal.push('-'),
        '\u{2018}' | '\u{2019}' => normal.push('\''),
        '\u{060C}' => normal.push(','),
        '\u{2022}' | '\u{30FB}' | '\u{2027}' => normal.push('·'),
        white if white.is_whitespace() || white.is_control() => {
            if !normal.is_empty() && !normal.ends_with(' ') {
                normal.push(' ');
            }
        }
        other => normal.push(ascii_digit(other)),
    }
}

fn ascii_digit(character: char) -> char {
    if character.is_ascii() {
        return character;
    }
    let code = u32::from(character);
    ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
        .unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_spaces_have_one_form() {
        for (text, expected) in [
            ("２０２０．０７．１０", "2020.07.10"),
            ("٢٠٢٠-٠٧-١٠", "2020-07-10"),
            ("\u{a0}2020. \u{3000} 7. 10.\n", "2020. 7. 10."),
            ("2020–07–10", "2020-07-10"),
            ("١٠ يوليو، 2020", "10 يوليو, 2020"),
        ] {
            assert_eq!(normal(text), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_plain_stays_as_it_is(text in "[ -~\\t\\n\u{0}\u{a0}–０]{0,12}") {
            proptest::prop_assert_eq!(normal(&text), by_characters(&text));
        }
    }
}
