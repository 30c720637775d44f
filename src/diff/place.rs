//! Where a post stands in the feeds: a moment, minted once, that keeps the order of the blog's list.
//!
//! A time of day on the page is that moment. Posts of one day without a time stand seconds apart on that day, in
//! the order of the list, so that no two feed entries are equally old (standards: W3C `DuplicateUpdated`). A row
//! without a date is placed beside its neighbours; in a list without any date, by when it was first seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Keyed, Setting, Walked};
use crate::model::date::{Precision, Published, at_offset};
use crate::model::known::Known;

/// The first post of a day stands so far after midnight: room below for older ones that a later walk finds.
const ROOM_BELOW: SignedDuration = SignedDuration::from_mins(10);
/// Rows by whose dates a list is told to be a dated one.
const HEAD: usize = 20;
const SECOND: SignedDuration = SignedDuration::from_secs(1);
const LAST_SECOND: SignedDuration = SignedDuration::from_secs(86_399);

/// The place of each candidate, in their order. Those of known posts count only where a date is filled in.
pub(super) fn places(known: &Known, candidates: &[Keyed], setting: &Setting<'_>) -> Vec<Timestamp> {
    let anchors = anchors(candidates);
    let mut places = vec![setting.now; candidates.len()];
    let mut days: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
    let mut undated = Vec::new();
    let needs_place = |index: usize| {
        let keyed = &candidates[index];
        let stored = known.posts.get(&keyed.key).map(|post| post.published);
        stored.is_none_or(|stored| super::finer(stored, keyed.candidate.published).is_some())
    };
    let refined = refined_days(known, candidates);
    for index in 0..candidates.len() {
        if !needs_place(index) {
            continue;
        }
        if let Some(kept) = kept_place(known, &candidates[index], &refined) {
            places[index] = kept;
            continue;
        }
        match anchors[index] {
            Some(anchor) if anchor.precision == Precision::Day => days.entry(anchor.at).or_default().push(index),
            Some(anchor) => places[index] = beside(candidates, &anchors, index, anchor),
            None => undated.push(index),
        }
    }
    for (midnight, members) in days {
        let count = i32::try_from(members.len()).unwrap_or(i32::MAX);
        let low = match (known.days.get(&midnight), setting.walked) {
            (None, _) => midnight.max((midnight + ROOM_BELOW).min(setting.now - SECOND * count)),
            (Some((_, highest)), Walked::FromTop) => *highest + SECOND,
            (Some((_, highest)), Walked::FromTopToGap) => (*highest + ROOM_BELOW).min(setting.now - SECOND * count),
            (Some((lowest, _)), Walked::Resumed) => match highest_below(known, candidates, &members, midnight) {
                Some(below) => below + SECOND,
                None => *lowest - SECOND * count,
            },
        };
        for (above, index) in members.into_iter().rev().enumerate() {
            let place = low + SECOND * i32::try_from(above).unwrap_or(i32::MAX);
            places[index] = place.clamp(midnight, midnight + LAST_SECOND);
        }
    }
    keep_above_times(candidates, &needs_place, &mut places);
    let newest = match (setting.walked, known.lowest_undated) {
        (Walked::Resumed, Some(lowest)) => lowest - SECOND,
        (Walked::Resumed, None) | (Walked::FromTop | Walked::FromTopToGap, _) => setting.now,
    };
    for (below, index) in undated.into_iter().enumerate() {
        places[index] = newest - SECOND * i32::try_from(below).unwrap_or(i32::MAX);
    }
    places
}

/// The place of a post that was undated and stands on the right day already: its neighbours, which tell the day alone,
/// put it there. Where theirs are refined too, all go by their times.
fn kept_place(known: &Known, keyed: &Keyed, refined: &BTreeSet<Date>) -> Option<Timestamp> {
    let post = known.posts.get(&keyed.key).filter(|post| post.published.is_none())?;
    let found = keyed.candidate.published?;
    let stands_right = at_offset(post.listed_at, found.offset_seconds).date() == found.date();
    (stands_right && !refined.contains(&found.date())).then_some(post.listed_at)
}

/// The days of stored posts that get their times now.
fn refined_days(known: &Known, candidates: &[Keyed]) -> BTreeSet<Date> {
    let refined = candidates.iter().filter_map(|keyed| {
        let stored = known.posts.get(&keyed.key)?.published?;
        super::finer(Some(stored), keyed.candidate.published)
    });
    refined.map(|published| published.date()).collect()
}

/// A row that tells a day alone stands above the row below it that tells a time of the same day.
fn keep_above_times(candidates: &[Keyed], needs_place: &impl Fn(usize) -> bool, places: &mut [Timestamp]) {
    let date = |index: usize| candidates[index].candidate.published.filter(|_| !candidates[index].candidate.pinned);
    for index in (0..candidates.len().saturating_sub(1)).rev() {
        let (Some(own), Some(below)) = (date(index), date(index + 1)) else { continue };
        let is_day = own.precision == Precision::Day && own.date() == below.date();
        if is_day && needs_place(index) && needs_place(index + 1) && places[index] <= places[index + 1] {
            places[index] = (places[index + 1] + SECOND).min(own.at + LAST_SECOND);
        }
    }
}

/// The place of the newest post of that day that is known and stands below these in the list.
fn highest_below(known: &Known, candidates: &[Keyed], members: &[usize], midnight: Timestamp) -> Option<Timestamp> {
    let last = *members.last()?;
    let below = candidates[last + 1..].iter().filter_map(|keyed| known.posts.get(&keyed.key));
    let day = midnight..=midnight + LAST_SECOND;
    below.map(|post| post.listed_at).filter(|place| day.contains(place)).max()
}

/// The date that places each candidate: its own, or its neighbour's where the list is a dated one.
fn anchors(candidates: &[Keyed]) -> Vec<Option<Published>> {
    let own: Vec<Option<Published>> = candidates.iter().map(|keyed| keyed.candidate.published).collect();
    // Dates that were found beside the index stand at its top first: what lies below is older.
    let is_dated = |rows: &[Option<Published>]| rows.iter().flatten().count() * 2 >= rows.len().max(1);
    if !is_dated(&own) && !is_dated(&own[..own.len().min(HEAD)]) {
        return own;
    }
    (0..own.len())
        .map(|index| {
            let below = || {
                candidates[index..].iter().find(|keyed| !keyed.candidate.pinned && keyed.candidate.published.is_some())
            };
            let above = || {
                candidates[..index]
                    .iter()
                    .rev()
                    .find(|keyed| !keyed.candidate.pinned && keyed.candidate.published.is_some())
            };
            own[index].or_else(|| below().or_else(above).and_then(|keyed| keyed.candidate.published))
        })
        .collect()
}

/// The place of a candidate whose anchor has a time: that time, or so many seconds after it as rows without a
/// date stand above the row that the anchor belongs to.
fn beside(candidates: &[Keyed], anchors: &[Option<Published>], index: usize, anchor: Published) -> Timestamp {
    if candidates[index].candidate.published.is_some() {
        return anchor.at;
    }
    let run_below = candidates[index..].iter().take_while(|keyed| keyed.candidate.published.is_none()).count();
    if index + run_below < candidates.len() && anchors[index] == anchors[index + run_below] {
        return anchor.at + SECOND * i32::try_from(run_below).unwrap_or(i32::MAX);
    }
    let run_above = candidates[..=index].iter().rev().take_while(|keyed| keyed.candidate.published.is_none()).count();
    anchor.at - SECOND * i32::try_from(run_above).unwrap_or(i32::MAX)
}
