//! Parts of one copy of a page.

use html5ever::tendril::StrTendril;

/// A part of a page, without a copy.
pub(super) fn part(page: &StrTendril, from: usize, until: usize) -> StrTendril {
    let short = |place: usize| u32::try_from(place).expect("a text of tendril is shorter");
    page.subtendril(short(from), short(until - from))
}
