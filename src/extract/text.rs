//! Foreign text → plain text that every feed format may hold.
//!
//! Keeps what a reader sees and drops what only a machine does: control characters, what XML 1.0 §2.2 forbids,
//! bidirectional overrides (UAX #9), zero-width characters but for the joiners that scripts and emoji need.
//! Cleaning twice changes nothing.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longest title, category or author in characters.
pub const TITLE_LENGTH: usize = 500;
/// Longest excerpt in characters: what an index shows, not an article.
pub const EXCERPT_LENGTH: usize = 2000;

/// No title or excerpt begins behind so many characters; what follows is not looked at.
const MOST_READ: usize = 65_536;

const NON_JOINER: char = '\u{200C}';
const JOINER: char = '\u{200D}';

/// Entities that a blog escaped twice, by what stands behind their `&`. `&nbsp;` and `&lt;` stay: titles of posts about
/// HTML name them.
const TWICE_ESCAPED: &[(&str, &str)] = &[
    ("quot;", "\""),
    ("#34;", "\""),
    ("#x22;", "\""),
    ("apos;", "'"),
    ("#39;", "'"),
    ("#039;", "'"),
    ("#x27;", "'"),
    ("lsquo;", "‘"),
    ("#8216;", "‘"),
    ("rsquo;", "’"),
    ("#8217;", "’"),
    ("ldquo;", "“"),
    ("#8220;", "“"),
    ("rdquo;", "”"),
    ("#8221;", "”"),
    ("hellip;", "…"),
    ("#8230;", "…"),
    ("ndash;", "–"),
    ("#8211;", "–"),
    ("mdash;", "—"),
    ("#8212;", "—"),
    ("middot;", "·"),
    ("#183;", "·"),
];

/// An ampersand, which may have been escaped again and again.
const AMPERSANDS: &[&str] = &["amp;", "#38;", "#x26;"];

/// Characters between a pair of escaped angle brackets, as in `Optional&lt;T&gt;`.
const MOST_BRACKETED: usize = 80;

/// Makes another sign of the bracket that it stands behind: NFC of `<` and this is `≮`, no bracket of a pair.
const STROKE: char = '\u{338}';

/// `text` in NFC on one line, without what is not to be seen.
///
/// ```
/// use sosik::extract::text::clean;
/// assert_eq!(clean("  Tom\u{200B} &amp; \u{202E}Jerry\n"), "Tom & Jerry");
/// ```
pub fn clean(text: &str) -> String {
    words_of(text, MOST_READ).unwrap_or_else(|| clean_by_steps(text))
}

/// [`clean`] text in one walk, not further than behind so many characters that are no white space; `None` where one of
/// the text may not stay as it is.
fn words_of(text: &str, most: usize) -> Option<String> {
    let mut line = String::with_capacity(text.len().min(4 * most));
    let bytes = text.as_bytes();
    let (mut at, mut count, mut settled, mut word) = (0, 0, 0, None);
    while at < bytes.len() && count < MOST_READ && settled <= most {
        let from = at;
        // Letters and signs of ASCII stand in rows.
        let last = bytes.len().min(from + (MOST_READ - count).min(most + 1 - settled));
        at += bytes[from..last].iter().take_while(|byte| matches!(byte, b'!'..=b'%' | b'\''..=b'~')).count();
        if at > from {
            word = word.or(Some(from));
            count += at - from;
            settled += at - from;
            continue;
        }
        // So do syllables of Hangul and ideographs, of three bytes each.
        let most = (MOST_READ - count).min(most + 1 - settled);
        let wide = bytes[from..].chunks(3).take(most).take_while(|letter| is_wide_settled(letter[0])).count();
        if wide > 0 {
            word = word.or(Some(from));
            at += 3 * wide;
            count += wide;
            settled += wide;
            continue;
        }
        for character in text[from..].chars() {
            if is_settled(character) || (character == '&' && begins_nothing(&text[at + 1..])) {
                word = word.or(Some(at));
                settled += 1;
            } else if is_white(character) {
                if let Some(from) = word.take() {
                    put_word(&mut line, &text[from..at]);
                }
            } else {
                return None;
            }
            count += 1;
            at += character.len_utf8();
            if character.is_ascii() || count == MOST_READ || settled > most {
                break;
            }
        }
    }
    if let Some(from) = word {
        put_word(&mut line, &text[from..at]);
    }
    Some(line)
}

fn put_word(line: &mut String, word: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(word);
}

/// Whether the ampersand before this text is surely one for itself: no sign ends a name behind it.
fn begins_nothing(behind: &str) -> bool {
    let end = behind.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '#'));
    match end.and_then(|end| behind[end..].chars().next()) {
        None | Some(' ') => true,
        Some(letter) => letter != ';' && is_settled(letter),
    }
}

/// Whether all characters whose first byte this is are of three bytes, settled, and no white space: U+5000 to U+9FFF,
/// U+B000 to U+CFFF.
fn is_wide_settled(first: u8) -> bool {
    matches!(first, 0xe5..=0xe9 | 0xeb | 0xec)
}

/// [`clean`] text of any characters.
fn clean_by_steps(text: &str) -> String {
    let seen = visible(text);
    let seen = composed(&seen);
    let unescaped = seen.contains('&').then(|| unescape(&seen));
    let text = unescaped.as_deref().map_or_else(|| Cow::Borrowed(&*seen), composed);
    let mut line = String::with_capacity(text.len());
    text.split_whitespace().for_each(|word| put_word(&mut line, word));
    line
}

/// `text` in NFC, which it mostly is in.
fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// Whether a character parts words; controls that Unicode calls white are hidden.
fn is_white(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r') || (!character.is_ascii() && character.is_whitespace())
}

/// Whether a character is seen, begins no entity, and is in NFC whatever stands beside it: those that most texts are of.
fn is_settled(character: char) -> bool {
    matches!(
        character,
        '!'..='%' | '\''..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{388}'..='\u{482}'
            | '\u{48a}'..='\u{52f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2190}'..='\u{2328}'
            | '\u{2460}'..='\u{27bf}' | '\u{3001}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}'
            | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

/// [`clean`] text of at most `characters`, cut where no character of a reader's (UAX #29) is cut in two.
pub fn clean_to(text: &str, characters: usize) -> String {
    // Behind the character at the limit nothing tells where to cut.
    cut_to(words_of(text, characters).unwrap_or_else(|| clean_by_steps(text)), characters)
}

fn cut_to(mut text: String, characters: usize) -> String {
    if text.len() > characters
        && let Some((limit, _)) = text.char_indices().nth(characters)
    {
        let end = border(&text, limit);
        text.truncate(text[..end].trim_end().len());
    }
    text
}

/// The last border between two graphemes at or before `limit`; `limit` itself where one grapheme fills all.
fn border(text: &str, limit: usize) -> usize {
    let mut end = limit;
    while end > 0 {
        let next = text[end..].chars().next();
        let before = text[..end].chars().next_back();
        let cuts = matches!((before, next), (Some(before), Some(next)) if joins(&text[..end], before, next));
        if !cuts {
            return end;
        }
        end -= before.map_or(1, char::len_utf8);
    }
    limit
}

/// Whether `next` belongs to the grapheme that ends with `before`.
fn joins(text_before: &str, before: char, next: char) -> bool {
    let regional = |character: char| ('\u{1F1E6}'..='\u{1F1FF}').contains(&character);
    let flags = text_before.chars().rev().take_while(|&character| regional(character)).count();
    is_combining_mark(next)
        || matches!(next, NON_JOINER | JOINER | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
        || (before == JOINER && is_emoji(next))
        || (regional(next) && flags % 2 == 1)
}

/// The characters of `text` that are to be seen or shape what is seen.
fn visible(text: &str) -> String {
    let mut characters = text.chars().take(MOST_READ).peekable();
    let mut seen = String::with_capacity(text.len().min(4 * MOST_READ));
    while let Some(character) = characters.next() {
        match character {
            // Line and paragraph ends, tabs, and letters that are blank by design (Hangul fillers).
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{115F}' | '\u{1160}' | '\u{3164}'
            | '\u{FFA0}' => {
                seen.push(' ');
            }
            NON_JOINER | JOINER => {
                let before = seen.chars().next_back();
                let next = characters.peek().copied();
                if let (Some(before), Some(next)) = (before, next)
                    && needs_joiner(character, before, next)
                {
                    seen.push(character);
                }
            }
            // Tags only spell the flags that a black flag begins.
            '\u{E0020}'..='\u{E007F}' => {
                if seen.ends_with(|before: char| before == '\u{1F3F4}' || ('\u{E0020}'..='\u{E007E}').contains(&before))
                {
                    seen.push(character);
                }
            }
            hidden if is_hidden(hidden) => {}
            other => seen.push(other),
        }
    }
    seen
}

fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
                | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFC}'
                | '\u{FDD0}'..='\u{FDEF}' | '\u{E0000}'..='\u{E001F}'
        )
        || code & 0xFFFE == 0xFFFE
}

/// Whether a joiner between these two changes what is seen: in cursive and Indic scripts, and within emoji.
fn needs_joiner(joiner: char, before: char, next: char) -> bool {
    let shaped = |character: char| matches!(u32::from(character), 0x0600..=0x08FF | 0x0900..=0x0DFF | 0x0F00..=0x109F | 0x1780..=0x18AF | 0xA8E0..=0xA8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC | 0x11000..=0x11FFF);
    let end_of_emoji = is_emoji(before) || matches!(before, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
    (shaped(before) && shaped(next)) || (joiner == JOINER && end_of_emoji && is_emoji(next))
}

fn is_emoji(character: char) -> bool {
    matches!(u32::from(character), 0x1F000..=0x1FAFF | 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2460..=0x27BF | 0x2900..=0x2BFF)
}

/// The text with entities as the characters that they stand for.
fn unescape(text: &str) -> String {
    bracketed(&replaced(text, |behind| {
        let rest = past(behind, AMPERSANDS);
        let entity = TWICE_ESCAPED.iter().find_map(|(name, sign)| Some(([*sign, "", ""], rest.strip_prefix(name)?)));
        entity.or_else(|| (rest.len() < behind.len()).then_some((["&", "", ""], rest)))
    }))
}

/// The text with escaped angle brackets as brackets, where they come in pairs.
fn bracketed(text: &str) -> String {
    replaced(text, |behind| {
        let rest = past(behind, &AMPERSANDS[..1]).strip_prefix("lt;")?;
        let (between, behind) = rest.split_at(rest.find(['<', '>', '&'])?);
        let behind = past(behind.strip_prefix('&')?, &AMPERSANDS[..1]).strip_prefix("gt;")?;
        let stays = [between, behind].iter().all(|text| !text.starts_with(STROKE));
        (stays && between.chars().count() <= MOST_BRACKETED).then_some((["<", between, ">"], behind))
    })
}

/// What stands behind all of these, however often they come.
fn past<'t>(mut text: &'t str, words: &[&str]) -> &'t str {
    while let Some(rest) = words.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest;
    }
    text
}

/// The text with what begins with `&` replaced: `read` tells what stands for it and what follows it.
fn replaced<'t>(text: &'t str, read: impl Fn(&'t str) -> Option<([&'t str; 3], &'t str)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        rest = match read(behind) {
            Some((pieces, behind)) => {
                out.extend(pieces);
                behind
            }
            None => {
                out.push('&');
                behind
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::char::canonical_combining_class;

    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text), expected, "{text:?}");
    }

    #[test]
    fn only_what_is_seen_is_left() {
        check("  a\n\t b\u{a0}\u{3000}c ", "a b c");
        check("a\u{0}\u{1}\u{b}\u{7f}\u{9f}b", "ab");
        check("a\u{FFFE}\u{FFFF}\u{1FFFE}\u{FDD0}b", "ab");
        check("\u{202E}evil\u{202C} \u{2066}x\u{2069}\u{200F}", "evil x");
        check("zero\u{200B}\u{FEFF}\u{2060}width", "zerowidth");
        check("soft\u{AD}hyphen", "softhyphen");
        check("\u{1112}\u{1161}\u{11AB}글", "한글");
        check("\u{3164}\u{3164}", "");
        check("👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}\u{200D}🔥", "👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}\u{200D}🔥");
        check("a\u{200D}b\u{200C}c 👨\u{200D}", "abc 👨");
        check("می\u{200C}خواهم", "می\u{200C}خواهم");
        check("क्\u{200D}ष", "क्\u{200D}ष");
        check("🏴\u{E0067}\u{E0062}\u{E007F} a\u{E0067}b", "🏴\u{E0067}\u{E0062}\u{E007F} ab");
    }

    #[test]
    fn entities_escaped_twice_are_text_again() {
        check("Tom &amp; Jerry", "Tom & Jerry");
        check("Tom &amp;amp; Jerry", "Tom & Jerry");
        check("&quot;따옴표&quot; it&#39;s it&#039;s", "\"따옴표\" it's it's");
        check("Optional&lt;T&gt;", "Optional<T>");
        check("what &lt; and &nbsp; mean", "what &lt; and &nbsp; mean");
        check("AT&T & R&D", "AT&T & R&D");
        check("Q&A게시판 && a&\u{200B}amp; &am\u{200B}p;", "Q&A게시판 && a& &");
        for stays in ["&lt;&lt;\u{338}&gt;\u{338}&gt;", "&lt;\u{338}a&gt;", "&lt;a&gt;\u{338}"] {
            check(stays, stays);
        }
    }

    #[test]
    fn a_cut_never_splits_what_a_reader_sees_as_one() {
        for (text, characters, expected) in [
            ("abcdef", 3, "abc"),
            ("ab cdef", 3, "ab"),
            ("abe\u{304}\u{323}", 3, "ab"),
            ("a👨\u{200D}👩\u{200D}👧b", 3, "a"),
            ("a🇰🇷🇯🇵", 4, "a🇰🇷"),
            ("한글날", 2, "한글"),
            ("abc", 3, "abc"),
        ] {
            assert_eq!(clean_to(text, characters), clean(expected), "{text:?} {characters}");
        }
        assert_eq!(clean_to(&format!("a{}", "\u{301}\u{302}".repeat(300)), 100).chars().count(), 100);
    }

    #[test]
    fn what_is_settled_is_seen_and_composed_whatever_stands_beside_it() {
        for character in ('\0'..=char::MAX).filter(|&character| is_settled(character)) {
            assert_eq!(canonical_combining_class(character), 0, "{character:?}");
            assert_eq!(is_nfc_quick(std::iter::once(character)), IsNormalized::Yes, "{character:?}");
            assert!(visible(&character.to_string()).starts_with(character), "{character:?}");
            assert!(!character.is_whitespace() && character != '&', "{character:?}");
        }
        for character in '\0'..=char::MAX {
            let wide = is_wide_settled(character.to_string().as_bytes()[0]);
            assert!(!wide || (is_settled(character) && character.len_utf8() == 3), "{character:?}");
        }
        for character in ('\0'..=char::MAX).filter(|&character| is_white(character)) {
            assert_eq!(clean_by_steps(&format!("a{character}b")), "a b", "{character:?}");
        }
    }

    #[test]
    fn one_walk_reads_as_far_as_all_steps_do() {
        for text in
            ["a".repeat(MOST_READ + 9), "가 ".repeat(MOST_READ), format!("{}bc", "a ".repeat(MOST_READ / 2 - 1))]
        {
            assert!(words_of(&text, MOST_READ).as_deref() == Some(&clean_by_steps(&text)), "{} bytes", text.len());
        }
    }

    proptest! {
        #[test]
        fn one_walk_gives_what_all_steps_give(text in r"([ -~]|\s|[\u{a0}-\u{ff}]|[가-힣]|[ᄀ-ᇿ]|\PC|[\u{300}-\u{345}]|&amp;|&(am|lt|quot|#3|Q)?;?|[\u{200b}-\u{200d}]|[\u{1f300}-\u{1f3ff}]){0,16}") {
            prop_assert_eq!(clean(&text), clean_by_steps(&text));
            for characters in 0..20 {
                let whole = clean_by_steps(&text);
                prop_assert_eq!(clean_to(&text, characters), cut_to(whole, characters), "{}", characters);
            }
        }

        #[test]
        fn cleaning_again_changes_nothing(text in r"(\PC|&amp;|&lt;|&gt;|&quot;|amp;|lt;|[\u{200B}-\u{200F}]|[\u{1F466}-\u{1F469}]|\s|\u{338}){0,24}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(once.chars().all(|character| !is_hidden(character)));
        }
    }
}
