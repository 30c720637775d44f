//! What all field columns share: a cell and where it stands, and the ground that a record covers.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use super::lists::Record;
use super::survey::Survey;
use crate::extract::quick::Fnv;

/// Most text runs of a record that are looked at one by one: a post in full may have thousands.
pub(super) const MOST_RUNS: usize = 30;

/// How the text of a cell is taken from its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum How {
    /// All of the element's text.
    Text,
    /// Only the text outside child elements.
    OwnText,
    /// An attribute.
    Attribute(&'static str),
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// The value.
    pub(super) text: String,
    /// The element that it was taken from.
    pub(super) at: usize,
    /// How.
    pub(super) how: How,
}

/// The elements of a record.
pub(super) fn elements(record: &Record) -> Range<usize> {
    record.start..record.end
}

/// The text runs of a record.
pub(super) fn runs(record: &Record) -> Range<usize> {
    record.first_run..record.last_run
}

/// The links of a record to its own post: the list's own first.
pub(super) fn own_anchors(survey: &Survey<'_, '_>, record: &Record) -> Vec<usize> {
    let anchors = &survey.found.all;
    let own = &anchors[record.anchor];
    let from = anchors.partition_point(|anchor| anchor.at < record.start);
    let others = (from..anchors.len())
        .take_while(|&number| anchors[number].at < record.end)
        .filter(|&number| number != record.anchor && anchors[number].link == own.link);
    std::iter::once(record.anchor).chain(others).take(6).collect()
}

/// One number for elements that stand in the same place of their records: tags and classes down from the root.
pub(super) fn place(survey: &Survey<'_, '_>, root: usize, at: usize) -> u64 {
    let mut hasher = Fnv::default();
    for above in survey.page.upwards(at).take_while(|&above| above > root) {
        survey.look(above).hash(&mut hasher);
    }
    (at >= root).hash(&mut hasher);
    hasher.finish()
}
