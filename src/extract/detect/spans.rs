//! Dates within a text, and where in it they stand.
//!
//! A text is cut into numbers, words and signs, and patterns are laid over them, surest first; what one pattern
//! took no later one takes. Digits of every script count. A date whose day and month may be swapped is kept
//! open: the whole list decides. Gaps: Hijri and Persian calendars, numbers in words.

use jiff::civil::Date;

use super::tokens::{LONGEST, Token, Tokens, digit};
use crate::extract::date::month;
use crate::extract::letters::{has_one_case, lower_in};

/// What stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A day.
    Day(Date),
    /// Two small numbers and a year: day and month in an order that the text does not tell. Dots suggest day first.
    Open {
        /// The number that stands first.
        first: i8,
        /// The number that stands second.
        second: i8,
        /// The year.
        year: i16,
        /// Whether dots part them.
        dots: bool,
    },
    /// A day of a year that stands elsewhere.
    MonthDay(i8, i8),
}

/// A date and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub(super) start: usize,
    /// The byte behind it.
    pub(super) end: usize,
    /// What it says.
    pub(super) reading: Reading,
}

/// Reads what begins at a token; tells the token behind it.
type Pattern = fn(&Tokens, usize) -> Option<(usize, Reading)>;

/// Whether a text may hold a date at all: a cheap look before the careful one.
pub(super) fn may_hold_date(text: &str) -> bool {
    if text.len() <= LONGEST {
        // Digits of other scripts begin with one of these bytes; this look goes over many bytes at once.
        let is_other = |byte: u8| matches!(byte, 0xd9 | 0xdb | 0xe0 | 0xe1 | 0xef);
        let look = |(digit, other): (bool, bool), byte: u8| (digit | byte.is_ascii_digit(), other | is_other(byte));
        let (digit, other) = text.bytes().fold((false, false), look);
        if digit || !other {
            return digit;
        }
    }
    text.chars().take(LONGEST).any(|letter| digit(letter).is_some())
}

/// Whether a date with its year may begin in a text and end in one behind it: a cheap look before joining them. It
/// begins with a number, the name of a month or of an era.
pub(super) fn may_begin_date(text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        return true;
    }
    // Words of Hangul, kana and ideographs name no month but by the signs for it, and eras by few.
    let may_name = |letter: char| match letter {
        '월' | '月' | '令' | '平' | '昭' => true,
        _ => !letter.is_ascii() && !has_one_case(letter),
    };
    (!text.is_ascii() && text.chars().any(may_name)) || names_month(text)
}

/// Whether a word of a text of ASCII names a month, or begins to.
fn names_month(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphabetic()).any(|word| {
        // No name is longer.
        (2..=16).contains(&word.len()) && {
            let mut place = [0; 16];
            let word = lower_in(word, &mut place);
            matches!(&*word, "th" | "thg") || month(&word).is_some()
        }
    })
}

/// Whether a text of ASCII has too little for a date: a number or two, or no sign between them, and no name of a month.
fn lacks_parts(text: &str) -> bool {
    let (mut numbers, mut digits) = (0, 0);
    // A number of six digits may be a year and a month, one of eight a day; more than nine are several.
    let (mut six, mut eight) = (false, false);
    // What stands before a letter, but for white space: a number, or a sign behind one.
    let (mut number, mut sign, mut joined) = (false, false, false);
    for byte in text.bytes().chain([b' ']) {
        if byte.is_ascii_digit() {
            digits += 1;
        } else {
            (six, eight) = (six || digits == 6, eight || digits == 8);
            digits = 0;
        }
        if digits > 9 {
            return false;
        }
        numbers += usize::from(digits == 1);
        if !char::from(byte).is_whitespace() {
            joined |= sign && digits > 0;
            sign = number && matches!(byte, b'.' | b'-' | b'/');
            number = digits > 0;
        }
    }
    // Two numbers alone are a day and a month.
    let begins = || text.trim_ascii_start().bytes().next().is_some_and(|first| first.is_ascii_digit());
    if (six && joined) || (eight && begins()) {
        return false;
    }
    (!joined || numbers < 2 || (numbers == 2 && !begins())) && !names_month(text)
}

/// Whether a text is too long for what dates have no year, and has none: only the signs for month and day would do.
fn is_prose_without_year(text: &str) -> bool {
    if text.is_ascii() {
        let mut digits = 0;
        let has_year = text.bytes().take(LONGEST).any(|byte| {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            digits == 4
        });
        return text.len() > 60 && !has_year && text.bytes().take(LONGEST).any(|byte| byte.is_ascii_alphabetic());
    }
    let (mut count, mut digits, mut letters) = (0, 0, false);
    for letter in text.chars().take(LONGEST) {
        count += 1;
        digits = if digit(letter).is_some() { digits + 1 } else { 0 };
        if digits == 4 || matches!(letter, '월' | '月') {
            return false;
        }
        letters |= letter.is_ascii_alphabetic();
    }
    count > 60 && letters
}

/// All dates of a text in their order.
pub(super) fn scan(text: &str) -> Vec<Span> {
    if !may_hold_date(text) || is_prose_without_year(text) || (text.is_ascii() && lacks_parts(text)) {
        return Vec::new();
    }
    scan_all(text)
}

fn scan_all(text: &str) -> Vec<Span> {
    let mut tokens = Tokens::of(text);
    let mut spans = Vec::new();
    // Each pattern is laid over the text only where what it cannot do without is there.
    let tokens_are = |test: &dyn Fn(&Tokens, usize) -> bool| (0..tokens.all.len()).any(|at| test(&tokens, at));
    let has_year = tokens_are(&|t, at| t.year(at).is_some());
    let names_month = tokens_are(&|t, at| t.month(at).is_some());
    let has_month = has_year && names_month;
    let numbers = tokens.all.iter().filter(|(token, ..)| matches!(token, Token::Number { .. })).count();
    let has_units = tokens_are(&|t, at| matches!(t.word(at), Some("년" | "年")));
    let is_short = tokens.chars < 30;
    let patterns: [(bool, Pattern); 10] = [
        (has_year, year_first),
        (!tokens.lower.is_ascii() && ["令和", "平成", "昭和"].iter().any(|era| tokens.lower.contains(era)), era),
        (has_units, with_units),
        (has_month, day_month_year),
        (has_month, month_day_year),
        (has_month, year_month_day),
        (has_year, open_order),
        (tokens.number(0, 8..=8).is_some(), plain_digits),
        (is_short, split_year),
        (is_short && (names_month || numbers > 2), short_year),
    ];
    for (_, pattern) in patterns.into_iter().filter(|(may, _)| *may) {
        tokens.lay(pattern, &mut spans);
    }
    // Names, the signs for month and day, or nothing but two numbers.
    let may_be_day = names_month || matches!(tokens.all.len(), 3 | 4);
    if spans.is_empty() && may_be_day {
        tokens.lay(month_day, &mut spans);
    }
    spans.sort_by_key(|span| span.start);
    spans
}

fn day(year: i16, month: i8, day: i8) -> Option<Reading> {
    Date::new(year, month, day).ok().map(Reading::Day)
}

/// `2020-07-10`, `2020. 7. 10.`, `2020/7/10`, `2020 · 07 · 10`.
fn year_first(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let sign = t.sign(at + 1).filter(|sign| matches!(sign, '-' | '.' | '/' | '·'))?;
    let other = t.sign(at + 3).filter(|sign| matches!(sign, '-' | '.' | '/' | '·'))?;
    let glued_before = at > 0 && !t.all[at].3 && matches!(t.all[at - 1].0, Token::Sign('.' | '/' | '-'));
    if sign != other || (glued_before && t.number(at - 2.min(at), 1..=9).is_some()) {
        return None;
    }
    let reading = day(t.year(at)?, t.small(at + 2)?, t.small(at + 4)?)?;
    Some((at + 5 + usize::from(t.sign(at + 5) == Some('.') && sign == '.'), reading))
}

/// `2020년 7월 10일`, `2020年7月10日`.
fn with_units(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    if !matches!(t.word(at + 1)?, "년" | "年") || !matches!(t.word(at + 3)?, "월" | "月") {
        return None;
    }
    let year =
        t.year(at).or_else(|| (t.chars < 30).then(|| t.small(at)).flatten().map(|short| 2000 + i16::from(short)))?;
    let unit = t.word(at + 5)?;
    let reading = day(year, t.small(at + 2)?, t.small(at + 4)?)?;
    unit.starts_with(['일', '日', '号', '號']).then_some((at + 6, reading))
}

/// `令和2年7月10日`, `令和元年7月10日`.
fn era(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let word = t.word(at)?;
    let (start, first) = [("令和", 2018), ("平成", 1988), ("昭和", 1925)]
        .into_iter()
        .find_map(|(era, before)| word.find(era).map(|found| (before, &word[found + era.len()..])))?;
    let (year, next) = match first {
        "元年" => (start + 1, at + 1),
        "" if t.word(at + 2) == Some("年") => (start + i16::from(t.small(at + 1)?), at + 3),
        _ => return None,
    };
    if t.word(next + 1) != Some("月") || !t.word(next + 3)?.starts_with('日') {
        return None;
    }
    Some((next + 4, day(year, t.small(next)?, t.small(next + 2)?)?))
}

const ORDINALS: &[&str] = &["st", "nd", "rd", "th", "er", "º", "ª", "e", "de", "ste", "ème"];

/// `10 July 2020`, `10 de julio de 2020`, `10. Juli 2020`, `10-Jul-2020`, `10 tháng 7, 2020`, `10 7월 2020`.
fn day_month_year(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let number = t.small(at)?;
    let mut next = t.past_words(at + 1, ORDINALS);
    next = t.past_signs(next, &['.', '-', '/', ',', '·']);
    next = t.past_words(next, &["de", "of", "di", "d", "da", "del"]);
    next = t.past_signs(next, &['\'']);
    let (month, mut next) = t.month(next)?;
    next = t.past_signs(next, &[',', '-', '/', '·']);
    next = t.past_words(next, &["de", "del", "di", "do", "năm", "of", "г"]);
    let reading = day(t.year(next)?, month, number)?;
    Some((next + 1, reading))
}

/// `July 10th, 2020`, `Jul. 10 2020`, `7월 10, 2020`, `tháng 7 10, 2020`.
fn month_day_year(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let (month, next) = t.month(at)?;
    let next = t.past_signs(next, &['-', '/', '·', ',']);
    let number = t.small(next)?;
    let next = t.past_words(next + 1, ORDINALS);
    let next = t.past_signs(next, &['.', ',', '-', '/', '·']);
    let next = t.past_words(next, &["năm", "de"]);
    Some((next + 1, day(t.year(next)?, month, number)?))
}

/// `2020, July 10`, `2020 Jul 10`, `2020. július 10.`.
fn year_month_day(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let year = t.year(at)?;
    let (month, next) = t.month(t.past_signs(at + 1, &[',', '.', '-', '/', '·']))?;
    let next = t.past_signs(next, &['-', '/', '·', ',']);
    let reading = day(year, month, t.small(next)?)?;
    // In `3 May 2020 Jul 10` the year belongs to what stands before it.
    (t.number(next + 1, 4..=4).is_none()).then_some((next + 1, reading))
}

/// `10/07/2020`, `10.07.2020`, `10-07-2020`; in short texts `10/07/20`, too.
fn open_order(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let (first, second) = (t.small(at)?, t.small(at + 2)?);
    let sign = t.sign(at + 1).filter(|sign| matches!(sign, '-' | '.' | '/'))?;
    if t.sign(at + 3) != Some(sign) || !t.is_free_before(at) {
        return None;
    }
    let year = t.year(at + 4)?;
    let reading = match (first > 12, second > 12) {
        (true, true) => return None,
        (true, false) => day(year, second, first)?,
        (false, true) => day(year, first, second)?,
        (false, false) => {
            day(year, first, second)?;
            day(year, second, first)?;
            Reading::Open { first, second, year, dots: sign == '.' }
        }
    };
    Some((at + 5, reading))
}

/// A text that is only `20200710`, or begins so before a clock time.
fn plain_digits(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let number =
        t.number(at, 8..=8).filter(|_| at == 0 && t.all.get(1).is_none_or(|next| next.3 || t.word(1) == Some("t")))?;
    let part = |value: u32| i8::try_from(value).ok();
    let year = i16::try_from(number / 10_000).ok().filter(|year| (1970..=2100).contains(year))?;
    Some((1, day(year, part(number / 100 % 100)?, part(number % 100)?)?))
}

/// In short texts the year above the day, as one text: `2020 07 · 10`, `202007.10`.
fn split_year(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    if t.chars >= 30 || !t.is_free_before(at) {
        return None;
    }
    let part = |value: u32| i8::try_from(value).ok();
    let year = |value: u32| i16::try_from(value).ok().filter(|year| (1970..=2100).contains(year));
    let is_sign = |at: usize| t.sign(at).is_some_and(|sign| matches!(sign, '-' | '.' | '/' | '·'));
    if let Some(both) = t.number(at, 6..=6) {
        let reading = day(year(both / 100)?, part(both % 100)?, t.small(at + 2)?)?;
        return (is_sign(at + 1) && !is_sign(at + 3)).then_some((at + 3, reading));
    }
    let reading = day(t.year(at)?, t.small(at + 1)?, t.small(at + 3)?)?;
    (is_sign(at + 2) && !is_sign(at + 4)).then_some((at + 4, reading))
}

/// In short texts: `10 Jul '20`, `20.07.10`.
fn short_year(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    if t.chars >= 30 {
        return None;
    }
    if let Some((month, next)) = t.month(at)
        && let Some(number) = t.small(next)
    {
        let next = t.past_signs(t.past_words(next + 1, ORDINALS), &[',']);
        let year = t.number(next + 1, 2..=2).filter(|_| t.sign(next) == Some('\''))?;
        return Some((next + 2, day(2000 + i16::try_from(year).ok()?, month, number)?));
    }
    let first = t.small(at)?;
    if let Some(sign) = t.sign(at + 1).filter(|sign| matches!(sign, '.' | '-' | '/'))
        && t.sign(at + 3) == Some(sign)
        && (t.number(at, 2..=2).is_some() || sign == '/')
        && t.is_free_before(at)
        && t.number(at + 4, 2..=2).is_some()
    {
        let (second, third) = (t.small(at + 2)?, t.small(at + 4)?);
        let reading = match sign {
            '/' => Reading::Open { first, second, year: 2000 + i16::from(third), dots: false },
            _ => day(2000 + i16::from(first), second, third).or_else(|| day(2000 + i16::from(third), second, first))?,
        };
        if let Reading::Open { first, second, year, .. } = reading {
            let swapped = (day(year, first, second), day(year, second, first));
            return match swapped {
                (Some(_), Some(_)) => Some((at + 5, reading)),
                (one, other) => Some((at + 5, one.or(other).or_else(|| day(2000 + i16::from(first), second, third))?)),
            };
        }
        return Some((at + 5, reading));
    }
    let next = t.past_signs(at + 1, &['.', '-', ' ']);
    let (month, next) = t.month(next)?;
    let marked = t.sign(next) == Some('\'') || t.sign(next) == Some('-');
    let next = t.past_signs(next, &['\'', '-']);
    let year = t.number(next, 2..=2).filter(|_| marked)?;
    Some((next + 1, day(2000 + i16::try_from(year).ok()?, month, first)?))
}

/// `7월 10일`, `10 July`, `July 10th`, and a text that is only `07-10`.
fn month_day(t: &Tokens, at: usize) -> Option<(usize, Reading)> {
    let valid = |month: i8, number: i8| Date::new(2000, month, number).ok().map(|_| Reading::MonthDay(month, number));
    if t.word(at + 1).is_some_and(|word| matches!(word, "월" | "月"))
        && t.word(at + 3).is_some_and(|word| word.starts_with(['일', '日', '号', '號']))
    {
        return Some((at + 4, valid(t.small(at)?, t.small(at + 2)?)?));
    }
    if at == 0
        && (t.all.len() == 3 || (t.all.len() == 4 && t.sign(3) == Some('.')))
        && t.sign(1).is_some_and(|sign| matches!(sign, '-' | '/' | '.' | '·'))
        && t.number(2, 2..=2).or_else(|| t.number(0, 2..=2)).is_some()
    {
        return Some((t.all.len(), valid(t.small(0)?, t.small(2)?)?));
    }
    if t.chars > 60 {
        return None;
    }
    if let Some(number) = t.small(at) {
        let next = t.past_words(at + 1, ORDINALS);
        let next = t.past_signs(next, &['.', '-', '/', ',']);
        let next = t.past_words(next, &["de", "of", "di"]);
        if let Some((month, next)) = t.month(next).filter(|&(_, end)| !t.is_name_with_number(end)) {
            return Some((next, valid(month, number)?));
        }
    }
    let (month, next) = t.month(at)?;
    let next = t.past_signs(next, &['-', '/', '·', ',']);
    let number = t.small(next)?;
    Some((t.past_words(next + 1, ORDINALS), valid(month, number)?))
}

impl Tokens {
    fn lay(&mut self, pattern: Pattern, spans: &mut Vec<Span>) {
        let mut at = 0;
        while at < self.all.len() {
            match pattern(self, at).filter(|&(end, _)| !self.taken[at..end].contains(&true)) {
                Some((end, reading)) => {
                    self.taken[at..end].fill(true);
                    spans.push(Span { start: self.all[at].1, end: self.all[end - 1].2, reading });
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    /// `5 May 10`: the name belongs to the number behind it as well; never read from the first.
    fn is_name_with_number(&self, end: usize) -> bool {
        self.small(end).is_some() && self.sign(end + 1) != Some(':')
    }
}

#[cfg(test)]
mod tests;
