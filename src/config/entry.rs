//! A table of the file whose values were already judged: what is wrong reads as if it were not there.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table, without the values that were found wrong.
#[derive(Clone, Copy)]
pub(super) struct Entry<'doc> {
    /// Where it begins.
    pub(super) at: usize,
    tree: &'doc DeTable<'doc>,
    bad: &'doc HashSet<usize>,
}

impl<'doc> Entry<'doc> {
    /// The table that `value` is, where it is a good one.
    pub(super) fn of(value: &'doc Spanned<DeValue<'doc>>, bad: &'doc HashSet<usize>) -> Option<Self> {
        Some(Self { at: value.span().start, tree: value.get_ref().as_table()?, bad })
    }

    /// The good tables of a list.
    pub(super) fn list(document: &'doc DeTable<'doc>, list: &str, bad: &'doc HashSet<usize>) -> Vec<Self> {
        let list = document.get(list).and_then(|list| list.get_ref().as_array());
        list.into_iter().flatten().filter_map(|value| Self::of(value, bad)).collect()
    }

    /// Whether the key was written, rightly or not.
    pub(super) fn mentions(&self, key: &str) -> bool {
        self.tree.contains_key(key)
    }

    /// Whether the key is all that was written.
    pub(super) fn says_only(&self, key: &str) -> bool {
        self.tree.len() == 1 && self.mentions(key)
    }

    /// The value of a key with its place, where it is right.
    pub(super) fn get(&self, key: &str) -> Option<&'doc Spanned<DeValue<'doc>>> {
        self.tree.get(key).filter(|value| !self.bad.contains(&value.span().start))
    }

    /// A text with its place.
    pub(super) fn text_at(&self, key: &str) -> Option<(&'doc str, usize)> {
        let value = self.get(key)?;
        Some((value.get_ref().as_str()?, value.span().start))
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Option<&'doc str> {
        self.text_at(key).map(|(text, _)| text)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.get(key)?.get_ref().as_bool()
    }

    /// A table below it.
    pub(super) fn table(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?, self.bad)
    }

    /// A table in a list below it.
    pub(super) fn element(&self, list: &str, place: usize) -> Option<Self> {
        Self::of(self.get(list)?.get_ref().as_array()?.get(place)?, self.bad)
    }

    /// Where the value of a key stands; where there is none, the table.
    pub(super) fn place(&self, key: &str) -> usize {
        self.tree.get(key).map_or(self.at, |value| value.span().start)
    }
}
