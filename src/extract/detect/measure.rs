//! Small measures that the other parts share: shares, means, the width of a text.

use unicode_width::UnicodeWidthChar;

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of a page are far below 2^52")]
pub(super) fn number(count: usize) -> f64 {
    count as f64
}

/// `part` of `whole`; 0 of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { number(part) / number(whole) }
}

/// The mean of some values; 0 of none.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / number(count) }
}

/// The columns that a text fills: wide characters count two, so that lengths compare across scripts.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The columns of a character, told without the tables of Unicode for those that most texts are of.
fn columns(letter: char) -> usize {
    match letter {
        ' '..='~' => 1,
        '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => 2,
        _ => letter.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_as_wide_as_the_tables_say() {
        for letter in '\0'..=char::MAX {
            assert_eq!(columns(letter), letter.width().unwrap_or(0), "{letter:?}");
        }
    }
}
