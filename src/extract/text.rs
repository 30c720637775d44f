//! Text from a stranger's page, made fit to be kept: one line, no character that hides or harms.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// Longest title in characters.
pub const TITLE: usize = 500;

/// Longest excerpt in characters.
pub const EXCERPT: usize = 2_000;

/// References that stand in text after HTML was parsed: they were escaped twice.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"&(?:amp|lt|gt|quot|apos|nbsp|#39|#x27|#34|#x22);").expect("a constant"));

/// Folds white space, drops what is invisible or forbidden in XML, decodes what was escaped twice, and cuts to
/// `limit` characters. Doing it twice changes nothing.
pub fn clean(text: &str, limit: usize) -> String {
    let mut kept = folded(&unescaped(&folded(text)));
    if kept.chars().count() > limit {
        let cut: String = kept.chars().take(limit.saturating_sub(1)).collect();
        cut.trim_end().clone_into(&mut kept);
        while kept.ends_with('\u{200d}') {
            kept.pop();
        }
        kept.push('…');
    }
    kept
}

/// The references of a text decoded, until none is left.
fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    while REFERENCE.is_match(&text) {
        text = REFERENCE
            .replace_all(&text, |found: &regex::Captures<'_>| match &found[0] {
                "&amp;" => "&",
                "&lt;" => "<",
                "&gt;" => ">",
                "&nbsp;" => " ",
                "&#39;" | "&#x27;" | "&apos;" => "'",
                _ => "\"",
            })
            .into_owned();
    }
    text
}

fn folded(text: &str) -> String {
    let letters: Vec<char> = text.nfc().collect();
    let mut line = String::with_capacity(text.len());
    for (index, letter) in letters.iter().enumerate() {
        if letter.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_dropped(*letter) || (is_joiner(*letter) && joins(&letters, index)) {
            line.push(*letter);
        }
    }
    let end = line.trim_end().len();
    line.truncate(end);
    line
}

/// Controls, bidirectional overrides and isolates, zero-width characters, noncharacters, private tags.
fn is_dropped(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e001f}'
        )
        || (u32::from(letter) & 0xfffe) == 0xfffe
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner stands where writing needs it: within a word of a script that joins, or within an emoji.
fn joins(letters: &[char], index: usize) -> bool {
    let needs = |letter: &char| {
        matches!(u32::from(*letter), 0x600..=0x7ff | 0x900..=0xdff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x1800..=0x18af
            | 0x2190..=0x2bff | 0xfe0f | 0x1f000..=0x1faff)
    };
    let before = index.checked_sub(1).and_then(|before| letters.get(before));
    before.is_some_and(needs) && letters.get(index + 1).is_some_and(needs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text, TITLE), expected, "{text:?}");
    }

    #[test]
    fn what_hides_or_harms_is_dropped() {
        check("  a\n\t b\u{a0}c ", "a b c");
        check("a\u{0}\u{1}b\u{fffe}\u{b}c", "ab c");
        check("\u{202e}evil\u{202c} \u{2066}x\u{2069}", "evil x");
        check("zero\u{200b}width\u{feff}", "zerowidth");
        check("👩\u{200d}💻 code", "👩\u{200d}💻 code");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("a\u{200d}b", "ab");
        check("AT&amp;amp;T &amp;lt;b&amp;gt;", "AT&T <b>");
        check("fish & chips &copy", "fish & chips &copy");
        check("\u{1112}\u{1161}\u{11ab}", "한");
    }

    #[test]
    fn long_text_is_cut() {
        let cut = clean(&"가".repeat(600), TITLE);
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (500, true));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,80}|[a-z&;#lgtamp \\u{200d}\\u{0}-\\u{20}]{0,60}", limit in 1_usize..40) {
            let once = clean(&text, limit);
            prop_assert_eq!(clean(&once, limit), once.clone());
            prop_assert!(once.chars().count() <= limit);
        }
    }
}
