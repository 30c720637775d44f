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
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}
