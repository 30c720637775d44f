//! Characters that are written by name or by number (HTML standard §13.2.5.72 to 80).

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use html5ever::tendril::StrTendril;
use memchr::memchr;

/// A text with the characters in the place of what stands for them; the first `&` is at `first`.
pub(super) fn resolved(text: &str, first: usize, in_attribute: bool) -> StrTendril {
    let mut plain = String::with_capacity(text.len());
    let (mut from, mut next) = (0, Some(first));
    while let Some(at) = next {
        plain.push_str(&text[from..at]);
        let behind = &text[at + 1..];
        from = match behind.as_bytes().first() {
            Some(b'#') => at + 1 + numbered(behind, &mut plain),
            Some(byte) if byte.is_ascii_alphanumeric() => at + 1 + named(behind, in_attribute, &mut plain),
            _ => at + 1,
        };
        if from == at + 1 {
            plain.push('&');
        }
        next = memchr(b'&', &text.as_bytes()[from..]).map(|found| from + found);
    }
    plain.push_str(&text[from..]);
    StrTendril::from(plain)
}

/// Puts the character that a number means, and tells how long it is written; 0 where there is no number.
fn numbered(text: &str, plain: &mut String) -> usize {
    let bytes = text.as_bytes();
    let is_hex = matches!(bytes.get(1), Some(b'x' | b'X'));
    let (base, begin) = if is_hex { (16, 2) } else { (10, 1) };
    let mut number = 0_u32;
    let mut at = begin;
    while let Some(digit) = bytes.get(at).and_then(|&byte| char::from(byte).to_digit(base)) {
        number = number.saturating_mul(base).saturating_add(digit);
        at += 1;
    }
    if at == begin {
        return 0;
    }
    let replaced =
        number.checked_sub(0x80).and_then(|place| C1_REPLACEMENTS.get(usize::try_from(place).ok()?).copied()?);
    let meant = char::from_u32(number).filter(|&meant| meant != '\0');
    plain.push(replaced.or(meant).unwrap_or('\u{fffd}'));
    at + usize::from(bytes.get(at) == Some(&b';'))
}

/// Puts the characters that the longest name means, and tells how long it is; 0 where there is none.
fn named(text: &str, in_attribute: bool, plain: &mut String) -> usize {
    // Those that most pages write.
    for (name, meant) in [("amp;", '&'), ("nbsp;", '\u{a0}'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"')] {
        if text.starts_with(name) {
            plain.push(meant);
            return name.len();
        }
    }
    let mut found = None;
    let mut end = 1;
    // Beginnings of names are known, too.
    while let Some(&(one, other)) = text.get(..end).and_then(|name| NAMED_ENTITIES.get(name)) {
        if one != 0 {
            found = Some((end, one, other));
        }
        end += 1;
    }
    let Some((length, one, other)) = found else { return 0 };
    // In an address `&copy=1` is a name of another kind.
    let next = text.as_bytes().get(length);
    let goes_on = next.is_some_and(|next| *next == b'=' || next.is_ascii_alphanumeric());
    if in_attribute && goes_on && !text[..length].ends_with(';') {
        return 0;
    }
    plain.extend([one, other].into_iter().filter(|&character| character != 0).filter_map(char::from_u32));
    length
}
