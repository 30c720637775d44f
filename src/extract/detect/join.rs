//! From lists to the posts of the page: the best list, what belongs to it, and what does not.
//!
//! Heroes, pinned posts and archives by year are lists of their own and join; boxes beside the list do not.
//! Lists never join because both are dated and score alike: that took calendars of events.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::lists::{Features, List, Record, weigh};
use super::measure::{number, share};
use super::spread::spread;
use super::survey::{Survey, kinds};
use crate::extract::quick::Guarded;

/// The posts' records, and what was decided on the way.
#[derive(Debug)]
pub(super) struct Joined {
    /// The records in document order.
    pub(super) records: Vec<Record>,
    /// What speaks for the list that the others joined.
    pub(super) features: Features,
    /// Its score.
    pub(super) score: f64,
    /// The best score of a list that was left out, and that list's first record and size.
    pub(super) rejected: Vec<Rejected>,
    /// How many lists joined the first.
    pub(super) lists: usize,
}

/// A list that was left out.
#[derive(Debug, Clone)]
pub(super) struct Rejected {
    /// Its records.
    pub(super) records: usize,
    /// One of its links, as a number among the anchors.
    pub(super) example: usize,
    /// Its score.
    pub(super) score: f64,
    /// Whether it stands in a sidebar, a menu, a footer.
    pub(super) side: bool,
    /// The share of its records that are dated.
    pub(super) date: f64,
}

/// Chooses the posts among all lists (best first).
pub(super) fn choose(survey: &Survey<'_, '_>, lists: &[List]) -> Option<Joined> {
    let primary = primary(lists)?;
    let mut records = finer(survey, lists, primary);
    let features = weigh(survey, &records);
    let mut taken = Taken::new(survey, &records);
    let mut joined = 0;
    let mut rejected = Vec::new();
    for list in lists {
        if std::ptr::eq(list, primary) {
            continue;
        }
        let fresh = taken.fresh(survey, list);
        if fresh.is_empty() {
            continue;
        }
        let theirs = weigh(survey, &fresh);
        if !taken.is_repeated_by(survey, list, &fresh)
            && belongs(survey, primary, &records, &features, list, &fresh, &theirs)
        {
            joined += 1;
            for mut record in fresh {
                taken.shrink(survey, &mut record);
                taken.add(survey, &record);
                records.push(record);
            }
        } else if rejected.len() < 8 {
            rejected.push(Rejected {
                records: fresh.len(),
                example: fresh[0].anchor,
                score: theirs.score(),
                side: theirs.side > 0.5,
                date: theirs.date,
            });
        }
    }
    records.sort_by_key(|record| record.root);
    drop_strangers(survey, &mut records);
    drop_weak(survey, &mut records);
    for record in &mut records {
        *record = Record::of(survey.page, record.root, record.anchor);
    }
    spread(survey, &mut records);
    (!records.is_empty()).then(|| Joined { score: features.score(), records, features, rejected, lists: joined })
}

/// The best list; but a hero card must not hide the list below it.
fn primary(lists: &[List]) -> Option<&List> {
    let best = lists.first()?;
    if best.records.len() >= 3 {
        return Some(best);
    }
    let longer = lists.iter().find(|list| list.records.len() >= 3 && list.features.side < 0.5);
    let better = longer.filter(|list| {
        list.score >= 0.8 * best.score
            && list.features.date * 2.0 >= best.features.date
            && list.features.head * 2.0 >= best.features.head
    });
    Some(better.unwrap_or(best))
}

/// The primary's records, or those of a family of links that cuts the same posts finer and finds more of them:
/// where some posts have no title, only the permalink on the date reaches them all.
fn finer(survey: &Survey<'_, '_>, lists: &[List], primary: &List) -> Vec<Record> {
    let own: HashSet<usize, Guarded> = primary.links(survey).collect();
    let mut families: HashMap<usize, Vec<&List>, Guarded> = HashMap::default();
    for list in lists.iter().filter(|list| list.path != primary.path) {
        families.entry(list.path).or_default().push(list);
    }
    let mut best: Option<(usize, Vec<Record>)> = None;
    let mut paths: Vec<_> = families.into_iter().collect();
    paths.sort_by_key(|(path, _)| *path);
    for (_, family) in paths {
        let links: HashSet<usize, Guarded> = family.iter().flat_map(|list| list.links(survey)).collect();
        let shared = links.intersection(&own).count();
        let enough = share(shared, own.len()) >= 0.8 && links.len() > own.len() && links.len() <= 2 * own.len();
        if !enough || own.len() < 2 {
            continue;
        }
        let records: Vec<Record> = family.iter().flat_map(|list| list.records.iter().copied()).collect();
        let theirs = weigh(survey, &records);
        let fits =
            theirs.date >= primary.features.date && theirs.side <= primary.features.side && primary.features.date > 0.5;
        if fits && best.as_ref().is_none_or(|(count, _)| links.len() > *count) {
            best = Some((links.len(), records));
        }
    }
    let Some((_, finer)) = best else { return primary.records.clone() };
    // The primary's links stay: they carry the titles. Their roots become the finer ones where those are inside.
    let anchors = &survey.found.all;
    let by_link: HashMap<usize, Record, Guarded> =
        finer.iter().map(|record| (anchors[record.anchor].link, *record)).collect();
    let mut records: Vec<Record> = Vec::new();
    for record in &primary.records {
        let link = anchors[record.anchor].link;
        match by_link.get(&link).filter(|fine| survey.page.holds(fine.root, anchors[record.anchor].at)) {
            Some(fine) => records.push(Record { anchor: record.anchor, ..*fine }),
            None => records.push(*record),
        }
    }
    records.extend(finer.iter().filter(|record| !own.contains(&anchors[record.anchor].link)));
    records.sort_by_key(|record| record.root);
    records.dedup_by_key(|record| record.root);
    records
}

/// Whether fresh records of another list are posts as well.
fn belongs(
    survey: &Survey<'_, '_>,
    primary: &List,
    records: &[Record],
    ours: &Features,
    list: &List,
    fresh: &[Record],
    theirs: &Features,
) -> bool {
    let page = survey.page;
    let ratio = theirs.score_of_one() / ours.score_of_one().max(0.1);
    let shapes: HashSet<&str, Guarded> = records.iter().map(|record| shape(survey, record)).collect();
    let same_shape =
        share(fresh.iter().filter(|record| shapes.contains(shape(survey, record))).count(), fresh.len()) > 0.5;
    let before = records.first().is_some_and(|first| fresh.iter().all(|record| record.end <= first.root));
    // One post in full that stands aside before the list, dated as the list is, is its newest.
    let lead =
        fresh.len() == 1 && before && theirs.head >= 1.0 && theirs.mass > 0.8 && theirs.date >= ours.date && same_shape;
    if theirs.side > ours.side + 0.5 && !lead {
        return false;
    }
    if theirs.side > ours.side + 0.1
        && !lead
        && !(same_shape && theirs.head >= ours.head && theirs.mass > 0.8 && ratio > 0.75)
    {
        return false;
    }
    let parents: HashSet<usize, Guarded> =
        primary.records.iter().map(|record| page.elements[record.root].parent).collect();
    let looks: HashSet<u64, Guarded> = records.iter().map(|record| survey.look(record.root)).collect();
    let sibling = fresh.iter().any(|record| parents.contains(&page.elements[record.root].parent));
    let alike = fresh.iter().any(|record| looks.contains(&survey.look(record.root)));
    let in_prose = theirs.alone < 0.4 && ours.alone > 0.6 && !(sibling && alike);
    if in_prose {
        return false;
    }
    // One post in full above the list often stands there without a date.
    let hero = fresh.len() == 1
        && theirs.head >= 1.0
        && theirs.mass > 0.8
        && theirs.side <= 0.0
        && same_shape
        && theirs.likeness >= 0.3;
    if theirs.date * 2.0 < ours.date && !hero {
        return false;
    }
    let classy = fresh.iter().all(|record| kinds(page.elements[record.root].class).next().is_some());
    let same_kind = list.path == primary.path || (alike && classy);
    if !sibling && is_other_kind(survey, records, ours, fresh, theirs) {
        return false;
    }
    // A few records of another make behind the list are a box beside it, however much they look like posts.
    let few = fresh.len() * 4 <= records.len() && records.last().is_some_and(|last| fresh[0].start >= last.end);
    ((sibling || same_kind) && ratio > 0.5) || (same_shape && ratio > 0.7 && !few)
}

/// Whether the addresses of two groups of records have nothing in common and they differ in order or in size, too:
/// events, shop news, products, on a page whose tags are the same for everything.
fn is_other_kind(
    survey: &Survey<'_, '_>,
    records: &[Record],
    ours: &Features,
    fresh: &[Record],
    theirs: &Features,
) -> bool {
    if fresh.len() < 3 || records.len() < 3 || ours.shape < 0.8 || theirs.shape < 0.8 {
        return false;
    }
    let shapes: HashSet<&str, Guarded> = records.iter().map(|record| shape(survey, record)).collect();
    let strange = fresh.iter().all(|record| !shapes.contains(shape(survey, record)));
    strange && (ours.order > theirs.order + 0.6 || theirs.mass < 0.75 * ours.mass)
}

fn shape<'s>(survey: &'s Survey<'_, '_>, record: &Record) -> &'s str {
    &survey.found.links[survey.found.all[record.anchor].link].shape
}

/// The ground that records cover, and their addresses.
struct Taken {
    covered: Vec<bool>,
    links: HashSet<usize, Guarded>,
    roots: BTreeSet<usize>,
}

impl Taken {
    fn new(survey: &Survey<'_, '_>, records: &[Record]) -> Self {
        let mut taken = Self {
            covered: vec![false; survey.page.elements.len()],
            links: HashSet::default(),
            roots: BTreeSet::new(),
        };
        for record in records {
            taken.add(survey, record);
        }
        taken
    }

    fn add(&mut self, survey: &Survey<'_, '_>, record: &Record) {
        self.covered[record.root..record.end].fill(true);
        self.links.insert(survey.found.all[record.anchor].link);
        self.roots.insert(record.root);
    }

    /// The records of a list with new addresses on new ground.
    fn fresh(&self, survey: &Survey<'_, '_>, list: &List) -> Vec<Record> {
        let is_fresh = |record: &&Record| {
            let anchor = &survey.found.all[record.anchor];
            !self.links.contains(&anchor.link) && !self.covered[anchor.at]
        };
        list.records.iter().filter(is_fresh).copied().collect()
    }

    /// Whether a list behind the posts shows some of them again: a box of recent posts beside the list. What stands
    /// before them may be pinned.
    fn is_repeated_by(&self, survey: &Survey<'_, '_>, list: &List, fresh: &[Record]) -> bool {
        let Some(&last) = self.roots.last() else { return false };
        let Some(first) = list.records.first() else { return false };
        let again = |record: &&Record| {
            let anchor = &survey.found.all[record.anchor];
            self.links.contains(&anchor.link) && !self.covered[anchor.at]
        };
        first.root > last && fresh.len() * 2 < self.links.len() && list.records.iter().any(|record| again(&record))
    }

    /// Makes a root so small that it holds no other record.
    fn shrink(&self, survey: &Survey<'_, '_>, record: &mut Record) {
        let page = survey.page;
        let anchor = survey.found.all[record.anchor].at;
        let free = page
            .upwards(anchor)
            .take_while(|&above| {
                above >= record.root && self.roots.range(above..page.elements[above].end).next().is_none()
            })
            .last();
        *record = Record::of(page, free.unwrap_or(anchor), record.anchor);
    }
}

/// Takes out boxes of undated links beside dated posts, and single undated links that look like none.
fn drop_strangers(survey: &Survey<'_, '_>, records: &mut Vec<Record>) {
    let page = survey.page;
    let link = |record: &Record| &survey.found.links[survey.found.all[record.anchor].link];
    let mut containers: HashMap<usize, (usize, usize), Guarded> = HashMap::default();
    for record in records.iter() {
        let (all, dated) = containers.entry(page.elements[record.root].parent).or_default();
        *all += 1;
        *dated += usize::from(survey.is_dated_record(record));
    }
    let is_dated = |&(all, dated): &(usize, usize)| dated * 2 >= all;
    let in_dated: usize = containers.values().filter(|count| is_dated(count)).map(|(all, _)| all).sum();
    let dated: Vec<&Record> = records.iter().filter(|record| survey.is_dated_record(record)).collect();
    let shapes: HashSet<String, Guarded> = dated.iter().map(|record| link(record).shape.clone()).collect();
    let mut counts: HashMap<String, usize, Guarded> = HashMap::default();
    for record in records.iter() {
        *counts.entry(link(record).shape.clone()).or_default() += 1;
    }
    let mostly_dated = records.len() >= 5 && share(dated.len(), records.len()) >= 0.8;
    let boxes = number(in_dated) >= 0.3 * number(records.len());
    records.retain(|record| {
        let known = shapes.contains(&link(record).shape) || link(record).likeness >= 0.8;
        let container = containers[&page.elements[record.root].parent];
        let stranger = boxes && !is_dated(&container) && !known;
        let odd = mostly_dated
            && !survey.is_dated_record(record)
            && counts[&link(record).shape] == 1
            && link(record).likeness <= 0.3;
        !stranger && !odd
    });
}

/// Takes out service pages, unless they are dated among dated posts.
fn drop_weak(survey: &Survey<'_, '_>, records: &mut Vec<Record>) {
    let is_weak = |record: &Record| survey.found.links[survey.found.all[record.anchor].link].weak;
    let strong = records.iter().filter(|record| !is_weak(record));
    let dated = strong.clone().filter(|record| survey.is_dated_record(record)).count();
    let keep = share(dated, strong.count()) >= 0.8;
    records.retain(|record| !is_weak(record) || (keep && survey.is_dated_record(record)));
}
