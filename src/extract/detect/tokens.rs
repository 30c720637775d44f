//! A text cut into numbers, words and signs, as dates are read from it.
//!
//! Digits of every script count, and signs that look alike are one. No token holds a text of its own.

use crate::extract::date::month;
use crate::extract::letters::{is_alphabetic, push_lower};

/// Texts longer than this are read no further.
pub(super) const LONGEST: usize = 2000;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token {
    Number {
        value: u32,
        digits: usize,
    },
    /// From where to where it stands in lower case.
    Word(usize, usize),
    Sign(char),
}

/// A token, its first byte, the byte behind it, and whether white space stands before it.
pub(super) type Placed = (Token, usize, usize, bool);

/// All of them.
pub(super) struct Tokens {
    /// In their order.
    pub(super) all: Vec<Placed>,
    /// All words in lower case, one behind the other.
    pub(super) lower: String,
    /// Whether a pattern took each.
    pub(super) taken: Vec<bool>,
    /// The month that begins at each token, and the token behind it.
    months: Vec<Option<(i8, usize)>>,
    /// Characters of the text that were read.
    pub(super) chars: usize,
}

/// The value of a decimal digit of any script.
pub(super) fn digit(letter: char) -> Option<u32> {
    if letter.is_ascii() {
        return letter.to_digit(10);
    }
    // Between the digits of Khmer and those of full width none are.
    if matches!(letter, '\u{80}'..='\u{65f}' | '\u{17ea}'..='\u{ff0f}') || !letter.is_numeric() {
        return None;
    }
    // The first digits of the scripts that write dates with their own; each script's ten stand in a row.
    [
        0x0660_u32, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x1040,
        0x17e0, 0xff10,
    ]
    .iter()
    .find_map(|&zero| (letter as u32).checked_sub(zero).filter(|&value| value < 10))
}

/// Signs that look alike count as one.
fn sign(letter: char) -> char {
    match letter {
        '‐' | '‑' | '–' | '—' | '−' | '－' => '-',
        '．' | '。' => '.',
        '／' => '/',
        '・' | '•' => '·',
        '，' | '、' | '،' => ',',
        '’' | '‘' => '\'',
        other => other,
    }
}

impl Tokens {
    /// Cuts a text.
    pub(super) fn of(text: &str) -> Self {
        let mut tokens: Vec<Placed> = Vec::with_capacity(text.len().min(LONGEST) / 4 + 4);
        let mut lower = String::with_capacity(text.len().min(4 * LONGEST));
        let mut gap = true;
        let mut chars = 0;
        for (start, letter) in text.char_indices().take(LONGEST) {
            chars += 1;
            let end = start + letter.len_utf8();
            if letter.is_whitespace() {
                gap = true;
                continue;
            }
            let last = tokens.last_mut().filter(|_| !gap);
            if let Some(value) = digit(letter) {
                match last {
                    Some((Token::Number { value: sum, digits }, _, until, _)) if *digits < 9 => {
                        *sum = *sum * 10 + value;
                        *digits += 1;
                        *until = end;
                    }
                    _ => tokens.push((Token::Number { value, digits: 1 }, start, end, gap)),
                }
            } else if is_alphabetic(letter) || is_mark(letter) {
                match last {
                    Some((Token::Word(_, behind), _, until, _)) => {
                        push_lower(&mut lower, letter);
                        *behind = lower.len();
                        *until = end;
                    }
                    _ => {
                        let from = lower.len();
                        push_lower(&mut lower, letter);
                        tokens.push((Token::Word(from, lower.len()), start, end, gap));
                    }
                }
            } else {
                tokens.push((Token::Sign(sign(letter)), start, end, gap));
            }
            gap = false;
        }
        let taken = vec![false; tokens.len()];
        let mut tokens = Self { months: Vec::new(), all: tokens, lower, taken, chars };
        tokens.months = (0..tokens.all.len()).map(|at| tokens.month_at(at)).collect();
        tokens
    }

    /// The number at a token, where it has so many digits.
    pub(super) fn number(&self, at: usize, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        match self.all.get(at) {
            Some((Token::Number { value, digits: length }, ..)) if digits.contains(length) => Some(*value),
            _ => None,
        }
    }

    /// A year of four digits; Thai pages count from 543 years earlier.
    pub(super) fn year(&self, at: usize) -> Option<i16> {
        let year = self.number(at, 4..=4)?;
        let year = if (2513..=2643).contains(&year) { year - 543 } else { year };
        i16::try_from(year).ok().filter(|year| (1970..=2100).contains(year))
    }

    /// A number of one or two digits.
    pub(super) fn small(&self, at: usize) -> Option<i8> {
        self.number(at, 1..=2).and_then(|value| i8::try_from(value).ok())
    }

    /// A word in lower case.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        match self.all.get(at) {
            Some((Token::Word(from, behind), ..)) => Some(&self.lower[*from..*behind]),
            _ => None,
        }
    }

    /// A sign.
    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.all.get(at) {
            Some((Token::Sign(sign), ..)) => Some(*sign),
            _ => None,
        }
    }

    /// Whether nothing but white space or a bracket stands before a token.
    pub(super) fn is_free_before(&self, at: usize) -> bool {
        self.all.get(at).is_some_and(|token| token.3)
            || at == 0
            || match self.all[at - 1].0 {
                Token::Sign(sign) => !matches!(sign, '.' | ',' | ':' | '/' | '#' | '-' | '+' | '_' | '$' | '€'),
                Token::Word(..) | Token::Number { .. } => false,
            }
    }

    /// The month that begins at a token, and the token behind it.
    pub(super) fn month(&self, at: usize) -> Option<(i8, usize)> {
        self.months.get(at).copied().flatten()
    }

    /// Reads it: a name, `tháng 7`, `7월`, `7月`.
    fn month_at(&self, at: usize) -> Option<(i8, usize)> {
        if let Some(number) = self.small(at) {
            let named = self.word(at + 1).is_some_and(|word| matches!(word, "월" | "月"));
            return (named && (1..=12).contains(&number)).then_some((number, at + 2));
        }
        let word = self.word(at)?;
        if matches!(word, "tháng" | "thg" | "th") {
            let number = self.small(at + 1)?;
            return (1..=12).contains(&number).then_some((number, at + 2));
        }
        // Thai short names hold dots: ก.ค.
        if !word.is_ascii()
            && let (Some('.'), Some(rest)) = (self.sign(at + 1), self.word(at + 2))
            && let Some(number) = month(&format!("{word}.{rest}"))
        {
            return Some((number, at + 3 + usize::from(self.sign(at + 3) == Some('.'))));
        }
        Some((month(word)?, at + 1 + usize::from(self.sign(at + 1) == Some('.'))))
    }

    /// The place behind one of these words, if one stands there.
    pub(super) fn past_words(&self, at: usize, words: &[&str]) -> usize {
        at + usize::from(self.word(at).is_some_and(|word| words.contains(&word)))
    }

    /// The place behind one of these signs, if one stands there.
    pub(super) fn past_signs(&self, at: usize, signs: &[char]) -> usize {
        at + usize::from(self.sign(at).is_some_and(|sign| signs.contains(&sign)))
    }
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}' | '\u{e31}'..='\u{e4e}')
}
