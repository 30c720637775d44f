//! Groups of like links: every group is a list of records, every list has a score.
//!
//! Links of one tag path are one group. A record is the largest element around a link that holds no other
//! address of its group; how far up that is, the group votes on. A list is then weighed by what posts' lists have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;

use super::measure::{mean, number, share, width};
use super::page::Page;
use super::spread::spread;
use super::survey::Survey;
use super::words::{Words, class_says};
use crate::extract::quick::Guarded;

/// Words of a class that a post's root bears.
static POST_ROOTS: Words = Words::of("hentry post article entry card item preview");

/// One post on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// The element that holds it.
    pub(super) root: usize,
    /// Its link, as a number among the anchors.
    pub(super) anchor: usize,
    /// The place of its first element: the root's, or that of siblings before it that belong to it.
    pub(super) start: usize,
    /// The place behind its last element: behind the root, or behind siblings that belong to it.
    pub(super) end: usize,
    /// Its first text run.
    pub(super) first_run: usize,
    /// The text run behind its last one.
    pub(super) last_run: usize,
}

impl Record {
    /// The record of a root and nothing around it.
    pub(super) fn of(page: &Page<'_>, root: usize, anchor: usize) -> Self {
        let element = &page.elements[root];
        Self { root, anchor, start: root, end: element.end, first_run: element.first_run, last_run: element.last_run }
    }
}

/// What speaks for and against a list; means over its records, mostly 0 to 1.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Features {
    /// How many, on a log scale up to 5.
    pub(super) count: f64,
    /// A heading is in or around the link.
    pub(super) head: f64,
    /// The link has its line for itself.
    pub(super) alone: f64,
    /// Text of the record, on a log scale.
    pub(super) mass: f64,
    /// The records stand in a sidebar, a menu, a footer.
    pub(super) side: f64,
    /// They stand in `<main>` or `<article>`.
    pub(super) main: f64,
    /// The texts of the links are as long as titles.
    pub(super) length: f64,
    /// The texts of the links differ.
    pub(super) unique: f64,
    /// The addresses look like posts'.
    pub(super) likeness: f64,
    /// The addresses have one shape.
    pub(super) shape: f64,
    /// The roots are articles, cards, items.
    pub(super) article: f64,
    /// The records are dated.
    pub(super) date: f64,
    /// The page's data names these addresses.
    pub(super) told: f64,
    /// The newest stand first: -1 to 1; 0 where too few dates tell.
    pub(super) order: f64,
    /// The dates lie ahead: what is announced and not published.
    pub(super) ahead: f64,
}

impl Features {
    /// Weights few and round: they were chosen on pages with classes, headings or dates taken away.
    pub(super) fn score(&self) -> f64 {
        self.count + 2.0 * self.head + 2.5 * self.alone + 2.0 * self.mass - 5.0 * self.side
            + self.main
            + 2.0 * self.length
            + 3.0 * self.unique
            + 2.0 * self.likeness
            + self.shape
            + self.article
            + 3.0 * self.date
            + 1.5 * self.told
            + 1.5 * self.order
            - 3.0 * self.ahead
    }

    /// The score without what a single record cannot have: to compare a hero with the list below it.
    pub(super) fn score_of_one(&self) -> f64 {
        self.score() - 1.5 * self.order
    }
}

/// A list of records.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// Its records in document order.
    pub(super) records: Vec<Record>,
    /// The tag path of its links.
    pub(super) path: usize,
    /// What speaks for it.
    pub(super) features: Features,
    /// All of it in one number.
    pub(super) score: f64,
}

impl List {
    /// The addresses of its records, as numbers.
    pub(super) fn links<'l>(&'l self, survey: &'l Survey<'_, '_>) -> impl Iterator<Item = usize> + 'l {
        self.records.iter().map(|record| survey.found.all[record.anchor].link)
    }
}

/// Links, as numbers among the anchors, and the roots of their records.
type Members = Vec<(usize, usize)>;

/// The nearest places before and behind a link.
type Bounds = (Option<usize>, Option<usize>);

/// All lists of a page, best first; equals in document order.
pub(super) fn find(survey: &Survey<'_, '_>) -> Vec<List> {
    let found = survey.found;
    let mut groups: BTreeMap<(usize, u8), Vec<usize>> = BTreeMap::new();
    for (number, anchor) in found.all.iter().enumerate() {
        let element = &survey.page.elements[anchor.at];
        let region = if element.region >= 1.0 { 2 } else { u8::from(element.region > 0.0) };
        groups.entry((element.path, region)).or_default().push(number);
    }
    let everyone: Vec<usize> = (0..found.all.len()).collect();
    let bounds = neighbours(survey, &everyone);
    let mut lists = Vec::new();
    for ((path, _), members) in groups {
        let one = members.iter().all(|&member| found.all[member].link == found.all[members[0]].link);
        let roots = if one {
            members.iter().map(|&member| lone_root(survey, member, bounds[member])).collect()
        } else {
            voted_roots(survey, &members)
        };
        let mut parts: BTreeMap<(u64, bool), Members> = BTreeMap::new();
        for (&member, root) in members.iter().zip(roots) {
            parts.entry((survey.chain(root), is_weak(survey, member))).or_default().push((member, root));
        }
        for part in parts.into_values().flat_map(|part| apart(survey, part)) {
            lists.extend(list(survey, path, &part));
        }
    }
    lists.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.records[0].root.cmp(&other.records[0].root)));
    lists
}

/// Whether a link leads to a service page, by its name.
fn is_weak(survey: &Survey<'_, '_>, member: usize) -> bool {
    survey.found.links[survey.found.all[member].link].weak
}

/// Parts what stands in different containers and is of a different kind, though its tags are the same: a menu
/// and a list on a page without classes. Containers of one kind (the years of an archive) stay together.
fn apart(survey: &Survey<'_, '_>, part: Members) -> Vec<Members> {
    let page = survey.page;
    let mut containers: BTreeMap<usize, Members> = BTreeMap::new();
    for &(member, root) in &part {
        containers.entry(page.elements[root].parent).or_default().push((member, root));
    }
    if containers.len() < 2 {
        return vec![part];
    }
    let shape_of = |&(member, _): &(usize, usize)| survey.found.links[survey.found.all[member].link].shape.as_str();
    let kind = |members: &[(usize, usize)]| {
        let dated = members.iter().filter(|(_, root)| survey.is_dated(*root)).count();
        let mass = mean(members.iter().map(|(_, root)| number(page.mass(*root))));
        (dated * 2 >= members.len(), mass)
    };
    // The kinds are those of the larger containers; single records go with the largest kind.
    let is_strange = |all: &Members, members: &Members| {
        // Dates in order and dates in none, under addresses that have nothing in common, are no one list.
        all.len() >= 4
            && members.len() >= 4
            && members.iter().all(|member| all.iter().take(50).all(|other| shape_of(other) != shape_of(member)))
            && (order(survey, all) - order(survey, members)).abs() > 0.3
    };
    let mut kinds: Vec<(bool, f64, Members)> = Vec::new();
    let mut single = Vec::new();
    for members in containers.into_values() {
        if members.len() < 2 {
            single.extend(members);
            continue;
        }
        let (dated, mass) = kind(&members);
        let same = kinds.iter_mut().find(|(its, other, all)| {
            *its == dated && (dated || (*other < 4.0 * mass && mass < 4.0 * *other)) && !is_strange(all, &members)
        });
        match same {
            Some((.., all)) => all.extend(members),
            None => kinds.push((dated, mass, members)),
        }
    }
    let mut parts: Vec<Members> = kinds.into_iter().map(|(.., members)| members).collect();
    match parts.iter_mut().max_by_key(|part| part.len()) {
        Some(largest) => largest.extend(single),
        None => parts.push(single),
    }
    for part in &mut parts {
        part.sort_unstable();
    }
    parts
}

/// How far the newest stand first: 0 to 1.
fn order(survey: &Survey<'_, '_>, members: &Members) -> f64 {
    let days: Vec<Date> =
        members.iter().filter_map(|&(member, root)| survey.day(&Record::of(survey.page, root, member))).collect();
    share(days.windows(2).filter(|pair| pair[0] >= pair[1]).count(), days.len().saturating_sub(1))
}

/// For every member the places of the nearest links before and behind it that lead elsewhere.
fn neighbours(survey: &Survey<'_, '_>, members: &[usize]) -> Vec<Bounds> {
    let anchors = &survey.found.all;
    let nearest = |order: &mut dyn Iterator<Item = usize>| {
        let mut nearest = vec![None; members.len()];
        let mut last: Option<(usize, Option<usize>)> = None;
        for at in order {
            let member = &anchors[members[at]];
            let found = last.and_then(|(before, its)| {
                let before = &anchors[members[before]];
                if before.link == member.link { its } else { Some(before.at) }
            });
            nearest[at] = found;
            last = Some((at, found));
        }
        nearest
    };
    let before = nearest(&mut (0..members.len()));
    let behind = nearest(&mut (0..members.len()).rev());
    before.into_iter().zip(behind).collect()
}

/// The largest element around a link that holds no other address of its group, by the vote of the group.
fn voted_roots(survey: &Survey<'_, '_>, members: &[usize]) -> Vec<usize> {
    let page = survey.page;
    let heights: Vec<usize> = neighbours(survey, members)
        .into_iter()
        .zip(members)
        .map(|((before, behind), &member)| {
            let at = survey.found.all[member].at;
            page.upwards(at)
                .skip(1)
                .take_while(|&above| {
                    above > 1
                        && page.elements[above].name != "body"
                        && before.is_none_or(|before| before < above)
                        && behind.is_none_or(|behind| behind >= page.elements[above].end)
                })
                .count()
        })
        .collect();
    let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
    let strong = members.iter().any(|&member| !is_weak(survey, member));
    for (&height, _) in heights.iter().zip(members).filter(|(_, member)| !strong || !is_weak(survey, **member)) {
        *votes.entry(height).or_default() += 1;
    }
    let height = votes.into_iter().max_by_key(|&(height, votes)| (votes, height)).map_or(0, |(height, _)| height);
    let at_height = |height: usize| -> Vec<usize> {
        members.iter().map(|&member| page.ancestor(survey.found.all[member].at, height)).collect()
    };
    let mut roots = at_height(height);
    // Where a root swallows a whole list, that list is another than the one that won the vote: it votes anew.
    let mut held: HashMap<usize, Vec<usize>, Guarded> = HashMap::default();
    for (at, &root) in roots.iter().enumerate().filter(|&(at, _)| heights[at] < height) {
        held.entry(root).or_default().push(at);
    }
    held.retain(|_, inside| inside.len() >= 4);
    for inside in held.values() {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for &at in inside {
            *votes.entry(heights[at]).or_default() += 1;
        }
        let own = votes.into_iter().max_by_key(|&(height, votes)| (votes, height)).map_or(0, |(height, _)| height);
        for &at in inside {
            roots[at] = page.ancestor(survey.found.all[members[at]].at, own);
        }
    }
    if !held.is_empty() {
        return roots;
    }
    // Posts of one day may share a box. If each of them is a whole record further down, all records are.
    let Some(lower) = heights.iter().copied().filter(|&own| own < height).max() else { return roots };
    let crowded = share(heights.iter().filter(|&&own| own < height).count(), heights.len());
    if crowded < 0.15 {
        return roots;
    }
    let inner = at_height(lower);
    let distinct = |roots: &[usize]| roots.iter().copied().collect::<BTreeSet<usize>>();
    let (outer, inner_roots) = (distinct(&roots), distinct(&inner));
    let mass = |roots: &BTreeSet<usize>| roots.iter().map(|&root| page.mass(root)).sum::<usize>();
    let dated =
        |roots: &BTreeSet<usize>| share(roots.iter().filter(|&&root| survey.is_dated(root)).count(), roots.len());
    let whole = dated(&outer) > 0.8 && dated(&inner_roots) > 0.8 && mass(&inner_roots) * 10 >= mass(&outer) * 7;
    if whole { inner } else { roots }
}

/// The root of a record that is alone in its group.
fn lone_root(survey: &Survey<'_, '_>, member: usize, (before, behind): Bounds) -> usize {
    let page = survey.page;
    let mut root = survey.found.all[member].at;
    while !matches!(page.elements[root].name, "article" | "li" | "section" | "main") {
        let above = page.elements[root].parent;
        let fits = above > 1
            && page.elements[above].name != "body"
            && before.is_none_or(|before| before < above)
            && behind.is_none_or(|behind| behind >= page.elements[above].end);
        if !fits {
            break;
        }
        root = above;
    }
    root
}

/// A list of links and their roots: one record a root, one an address, and its score.
fn list(survey: &Survey<'_, '_>, path: usize, part: &[(usize, usize)]) -> Option<List> {
    let anchors = &survey.found.all;
    let mut texts: HashMap<&str, usize, Guarded> = HashMap::default();
    for &(member, _) in part {
        *texts.entry(anchors[member].text.as_str()).or_default() += 1;
    }
    let fitness = |member: usize| {
        let anchor = &anchors[member];
        let telling = !anchor.generic && texts[anchor.text.as_str()] <= 2 && !anchor.only_date;
        let mut fitness = if telling { 2.0 } else { 0.0 };
        fitness += f64::from(u8::from(has_heading(survey, anchor.at)));
        fitness + if anchor.text.chars().take(200).count() < 200 { 0.5 } else { 0.0 }
    };
    // The best link of an address, then the best link of a root; the first of equals.
    let mut by_link: HashMap<usize, (f64, usize, usize), Guarded> = HashMap::default();
    for &(member, root) in part {
        let fitness = fitness(member);
        let best = by_link.entry(anchors[member].link).or_insert((fitness, member, root));
        if fitness > best.0 {
            *best = (fitness, member, root);
        }
    }
    let mut by_root: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    let mut chosen: Vec<_> = by_link.into_values().collect();
    chosen.sort_by_key(|&(_, member, _)| member);
    for (fitness, member, root) in chosen {
        let best = by_root.entry(root).or_insert((fitness, member));
        if fitness > best.0 {
            *best = (fitness, member);
        }
    }
    let mut records: Vec<Record> =
        by_root.into_iter().map(|(root, (_, anchor))| Record::of(survey.page, root, anchor)).collect();
    spread(survey, &mut records);
    let features = weigh(survey, &records);
    let is_prose = features.alone < 0.2 && features.head < 0.5 && features.date < 0.5;
    if features.unique < 0.3 || is_prose {
        return None;
    }
    Some(List { score: features.score(), records, path, features })
}

/// Whether a heading is in a link or among its four nearest ancestors.
pub(super) fn has_heading(survey: &Survey<'_, '_>, at: usize) -> bool {
    let page = survey.page;
    page.count(at, |counts| counts.headings) > 0 || page.upwards(at).skip(1).take(4).any(|above| page.is_heading(above))
}

/// Weighs a list of records.
pub(super) fn weigh(survey: &Survey<'_, '_>, records: &[Record]) -> Features {
    let page = survey.page;
    let anchors = &survey.found.all;
    let links = &survey.found.links;
    let mut texts: HashMap<&str, usize, Guarded> = HashMap::default();
    let mut shapes: HashMap<&str, usize, Guarded> = HashMap::default();
    for record in records {
        let anchor = &anchors[record.anchor];
        *texts.entry(anchor.text.as_str()).or_default() += 1;
        *shapes.entry(links[anchor.link].shape.as_str()).or_default() += 1;
    }
    let over = |measure: &dyn Fn(&Record) -> f64| mean(records.iter().map(measure));
    let flag = |yes: bool| f64::from(u8::from(yes));
    let days: Vec<Date> = records.iter().filter_map(|record| survey.day(record)).collect();
    let newest_first = share(days.windows(2).filter(|pair| pair[0] >= pair[1]).count(), days.len().saturating_sub(1));
    let soon = survey.today.saturating_add(7.days());
    Features {
        count: (1.0 + number(records.len())).log2().min(5.0),
        head: over(&|record| flag(has_heading(survey, anchors[record.anchor].at))),
        alone: over(&|record| alone(survey, anchors[record.anchor].at)),
        mass: over(&|record| ((1.0 + number(survey.mass(record))).log2() / 9.0).min(1.0)),
        side: over(&|record| page.elements[record.root].region),
        main: over(&|record| flag(page.elements[record.root].main)),
        length: over(&|record| {
            let anchor = &anchors[record.anchor];
            let heading = anchor.generic.then(|| survey.first_heading(record.root)).flatten();
            let wide = heading.map_or_else(|| width(&anchor.text), |heading| width(&page.text(heading)));
            (number(if anchor.generic && heading.is_none() { 0 } else { wide }) / 24.0).min(1.0)
        }),
        unique: over(&|record| {
            let anchor = &anchors[record.anchor];
            if !anchor.generic && texts[anchor.text.as_str()] == 1 {
                return if anchor.only_date { 0.3 } else { 1.0 };
            }
            let besides = survey.mass(record).saturating_sub(page.mass(anchor.at));
            let images = page.count(record.root, |counts| counts.images);
            match () {
                () if survey.first_heading(record.root).is_some() => 0.7,
                () if besides > 20 && images == 0 => 0.7,
                () if anchor.text.is_empty() && images > 0 => 0.3,
                () => 0.0,
            }
        }),
        likeness: over(&|record| links[anchors[record.anchor].link].likeness),
        shape: share(shapes.values().copied().max().unwrap_or(0), records.len()),
        article: over(&|record| {
            let root = &page.elements[record.root];
            flag(root.name == "article" || class_says(root.class, &POST_ROOTS))
        }),
        date: over(&|record| flag(survey.is_dated_record(record))),
        order: if days.len() < 3 { 0.0 } else { 2.0 * newest_first - 1.0 },
        ahead: share(days.iter().filter(|&&day| day > soon).count(), days.len()),
        told: over(&|record| flag(survey.evidence.knows(&links[anchors[record.anchor].link].key))),
    }
}

/// How much of its line a link has for itself. Behind it counts only the text that follows at once: what stands
/// in elements of its own is often set on a line of its own.
fn alone(survey: &Survey<'_, '_>, at: usize) -> f64 {
    let page = survey.page;
    let element = &page.elements[at];
    let own = page.mass(at);
    if own == 0 {
        return 0.5;
    }
    if page.count(at, |counts| counts.blocks) > 0 {
        return 1.0;
    }
    let before = element.before - element.line;
    let behind = page
        .runs
        .get(element.last_run)
        .filter(|run| run.owner == element.parent)
        .filter(|run| element.last_run.checked_sub(1).is_some_and(|last| page.runs[last].line == run.line))
        .map_or(0, |run| run.text.chars().count());
    share(own, own + before + behind)
}
