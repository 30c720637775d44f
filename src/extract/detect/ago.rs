//! The words by which pages say how long ago something was.

use memchr::{memchr, memchr2_iter};

use super::words::Words;
use crate::extract::letters::{has_one_case, lower_in};

/// Words that alone say when: yesterday, just now.
static ALONE: Words = Words::of(
    "yesterday today 어제 그저께 그제 오늘 방금 昨日 一昨日 今日 昨天 前天 刚刚 剛剛 今天 вчера сегодня позавчера вчора сьогодні \
    gestern vorgestern heute hier avant-hier ayer anteayer hoy ontem anteontem hoje ieri oggi gisteren \
    vandaag wczoraj dzisiaj dün bugün včera dnes",
);

/// Words behind a number and its unit.
const AGO: &[&str] = &[
    "ago",
    "назад",
    "тому",
    "fa",
    "geleden",
    "temu",
    "önce",
    "trước",
    "atrás",
    "전",
    "sitten",
    "sedan",
    "siden",
    "lalu",
];

/// Words before a number and its unit; what ends a number and its unit in one word.
const SINCE: &[&str] = &["vor", "hace", "há", "před", "acum", "πριν", "منذ", "a"];

/// Words of ASCII without one of which no number says how long ago; `il` begins `il y a`.
static KEYS: Words = Words::of("ago fa geleden temu sitten sedan siden lalu vor hace acum il");

/// Units that end so stand directly behind a number: `3시간전`, `2天前`, `5日前`.
const BEFORE_SUFFIXES: &[&str] = &["전", "前", "之前"];

/// A text of more characters is prose.
pub(super) const LONGEST_AGO: usize = 40;

/// Whether a short text says how long ago, or that it was yesterday.
pub(super) fn is_relative(text: &str) -> bool {
    // So many characters are never longer.
    text.len() <= 4 * LONGEST_AGO && may_be_relative(text) && text.chars().count() <= LONGEST_AGO && says_so(text)
}

/// As [`is_relative`], of a text of at most [`LONGEST_AGO`] characters.
fn says_so(text: &str) -> bool {
    let mut place = [0; 160];
    let lower = lower_in(text, &mut place);
    let mut all = [""; 21];
    let mut count = 0;
    // Forty characters hold no more.
    for token in lower.split(parts).filter(|token| !token.is_empty()).take(all.len()) {
        all[count] = token;
        count += 1;
    }
    let tokens = &all[..count];
    if count < 4 && tokens.iter().any(|token| ALONE.has(token))
        || (memchr(b'j', lower.as_bytes()).is_some() && lower.contains("just now"))
        || (memchr(b'q', lower.as_bytes()).is_some() && lower.contains("hôm qua"))
        || lower == "방금 전"
    {
        return true;
    }
    let number = |token: &&str| {
        token.starts_with(|letter: char| letter.is_numeric())
            || matches!(*token, "a" | "an" | "one" | "einem" | "einer" | "un" | "une" | "una")
    };
    if !tokens.iter().any(|token| number(token) || *token == "il" || BEFORE_SUFFIXES.contains(token)) {
        return false;
    }
    tokens.iter().enumerate().any(|(at, token)| {
        let counted = tokens[..at].iter().rev().take(3).any(number);
        let glued = token.starts_with(|letter: char| letter.is_numeric())
            && BEFORE_SUFFIXES.iter().any(|end| token.ends_with(end));
        let spread = at > 0 && number(&tokens[at - 1]) && BEFORE_SUFFIXES.iter().any(|end| token.ends_with(end));
        (counted && AGO.contains(token))
            || glued
            || spread
            || (SINCE.contains(token)
                && *token != "a"
                && tokens.get(at + 1).is_some_and(number)
                && tokens.len() > at + 2)
            || (*token == "il" && tokens.get(at + 1..at + 3) == Some(&["y", "a"]))
    })
}

/// Whether a character stands between two words.
fn parts(letter: char) -> bool {
    matches!(letter, ',' | '.' | '(' | ')' | '·' | '|' | ':') || letter.is_whitespace()
}

/// Whether a text may say how long ago: a cheap look at the first letters and the lengths of its words.
fn may_be_relative(text: &str) -> bool {
    let may_be_key =
        |first: u8, length: usize| length > 0 && (ALONE.may_have(first, length) || KEYS.may_have(first, length));
    if text.is_ascii() {
        let words = text.as_bytes().split(|&byte| parts(char::from(byte)));
        let is_key = |word: &[u8]| word.first().is_some_and(|first| may_be_key(first.to_ascii_lowercase(), word.len()));
        let begins_now =
            |at: usize| text.as_bytes()[at..].get(..8).is_some_and(|it| it.eq_ignore_ascii_case(b"just now"));
        return words.into_iter().any(is_key) || memchr2_iter(b'j', b'J', text.as_bytes()).any(begins_now);
    }
    let (mut first, mut from) = (0, 0);
    for (at, letter) in text.char_indices() {
        if parts(letter) {
            if may_be_key(first, at - from) {
                return true;
            }
            from = at + letter.len_utf8();
            continue;
        }
        // Small letters of another script may be longer, or begin otherwise.
        let is_told = letter.is_ascii() || has_one_case(letter);
        let says_now = || text.as_bytes()[at..].get(..8).is_some_and(|begin| begin.eq_ignore_ascii_case(b"just now"));
        if !is_told || matches!(letter, '전' | '前') || (matches!(letter, 'j' | 'J') && says_now()) {
            return true;
        }
        if at == from {
            first = text.as_bytes()[at].to_ascii_lowercase();
        }
    }
    may_be_key(first, text.len() - from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn how_long_ago_is_told_in_many_languages() {
        for text in [
            "3시간 전",
            "3시간전",
            "어제",
            "방금 전",
            "2 days ago",
            "an hour ago",
            "yesterday",
            "3天前",
            "2 小时前",
            "5日前",
            "3 дня назад",
            "вчера",
            "vor 3 Tagen",
            "hace 2 días",
            "il y a 3 jours",
            "há 2 dias",
            "2 giorni fa",
            "3 dagen geleden",
            "2 dni temu",
            "3 gün önce",
            "2 ngày trước",
        ] {
            assert!(is_relative(text), "{text:?}");
        }
        for text in
            ["3 comments", "Ago Smith", "5 min read", "전체 보기", "Hier steht ein langer Satz über ein Haus", "12"]
        {
            assert!(!is_relative(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_a_cheap_look_denies_is_not_said(
            text in "(([0-9]{0,2}|3|an?|one|il|y|a|ago|AGO|fa|vor|hace|há|geleden|temu|just|Now|now|just now|hours?|дня|назад|Вчера|어제|시간|전|오늘|今日|前|天前|heute|GISTEREN|x|é|İ|\u{212a}|k)[ ,.(·:\u{3000}]{0,2}){0,5}"
        ) {
            prop_assert!(may_be_relative(&text) || !says_so(&text), "{:?}", text);
        }
    }
}
