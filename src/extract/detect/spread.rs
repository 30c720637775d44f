//! Flat markup: what belongs to a record and stands beside its root, not in it.
//!
//! `h2 p h2 p` gives a record what follows it, `dt dd dt dd` with the link in the `dd` what stands before it, and
//! `p.date h2 p.text` some of both: what stands before the first root and behind the last tells which. Where the
//! roots stand within lines (`2020-07-10: <a>…</a><br>`), the text of the line belongs to them.

use std::collections::{BTreeSet, HashMap};

use super::lists::Record;
use super::measure::{number, share};
use super::survey::Survey;

/// Most siblings beside a root that may belong to its record.
const MOST_SIBLINGS: usize = 12;

/// Gives records what stands beside them, where most gaps between them hold something.
pub(super) fn spread(survey: &Survey<'_, '_>, records: &mut [Record]) {
    let page = survey.page;
    let inline = records.iter().filter(|record| page.is_inline(record.root)).count();
    if inline * 2 > records.len() {
        lines(survey, records);
    } else {
        siblings(survey, records);
    }
}

/// Gives records the text on their lines.
fn lines(survey: &Survey<'_, '_>, records: &mut [Record]) {
    let page = survey.page;
    let line = |run: usize| page.runs.get(run).map(|run| run.line);
    let reach = |record: &Record, low: usize, high: usize| {
        let own = line(record.first_run);
        let first =
            (low..record.first_run).rev().take_while(|&run| line(run) == own).last().unwrap_or(record.first_run);
        let last =
            (record.last_run..high).take_while(|&run| line(run) == own).last().map_or(record.last_run, |run| run + 1);
        (first, last)
    };
    let bounds: Vec<(usize, usize)> = records.iter().map(|record| (record.first_run, record.last_run)).collect();
    let mut low = 0;
    let mut reached = Vec::with_capacity(records.len());
    for (at, record) in records.iter().enumerate() {
        let high = bounds.get(at + 1).map_or(page.runs.len(), |next| next.0);
        let (first, last) = reach(record, low, high.min(record.last_run + MOST_SIBLINGS));
        reached.push((first, last));
        low = last;
    }
    let grown = reached.iter().zip(&bounds).filter(|(new, old)| new != old).count();
    if grown * 2 < records.len() {
        return;
    }
    for (record, (first, last)) in records.iter_mut().zip(reached) {
        let parent = page.elements[record.root].parent;
        let child =
            |run: usize| page.upwards(page.runs[run].owner).find(|&above| page.elements[above].parent == parent);
        let within = |at: usize| page.holds(parent, at);
        let before = (first..record.first_run).filter_map(child).filter(|&at| within(at)).min();
        let behind = (record.last_run..last).filter_map(child).filter(|&at| within(at)).max();
        record.start = before.map_or(record.start, |at| at.min(record.start));
        record.end = behind.map_or(record.end, |at| page.elements[at].end.max(record.end));
        (record.first_run, record.last_run) = (first, last);
    }
}

/// Gives records the siblings of their roots.
fn siblings(survey: &Survey<'_, '_>, records: &mut [Record]) {
    let page = survey.page;
    let roots: BTreeSet<usize> = records.iter().map(|record| record.root).collect();
    let headings = records.iter().filter(|record| page.is_heading(record.root)).count() * 2 > records.len();
    let ends = |at: usize| page.elements[at].name == "hr" || (!headings && page.is_heading(at));
    let holds_root = |at: usize| roots.range(at..page.elements[at].end).next().is_some();
    // The siblings behind a root up to the next record, and whether one was met.
    let behind = |record: &Record| {
        let until = page.elements[page.elements[record.root].parent].end;
        let mut found = Vec::new();
        let mut at = page.elements[record.root].end;
        while at < until && found.len() < MOST_SIBLINGS {
            if holds_root(at) {
                return (found, true);
            }
            if ends(at) {
                break;
            }
            found.push(at);
            at = page.elements[at].end;
        }
        (found, false)
    };
    let reached: Vec<(Vec<usize>, bool)> = records.iter().map(behind).collect();
    let same_parent = |pair: &[Record]| page.elements[pair[0].root].parent == page.elements[pair[1].root].parent;
    let gaps = records.windows(2).filter(|pair| same_parent(pair)).count();
    let held =
        records.windows(2).zip(&reached).filter(|(pair, (found, _))| same_parent(pair) && !found.is_empty()).count();
    if gaps == 0 || held * 2 < gaps || number(gaps) < 0.5 * number(records.len() - 1) {
        return;
    }
    let most = reached.iter().filter(|reach| reach.1).map(|reach| reach.0.len()).max().unwrap_or(0);
    let before = siblings_before(survey, records);
    let nearest = |root: usize| std::iter::successors(before.get(&root), |at| before.get(at)).copied();
    let first = records.first().map_or(0, |record| record.root);
    let looks: Vec<u64> = nearest(first).take(MOST_SIBLINGS).map(|at| survey.look(at)).collect();
    let backward = backward(survey, &reached, &looks);
    let mut last_end = 0;
    for (record, (found, met)) in records.iter_mut().zip(reached) {
        let before =
            nearest(record.root).take(backward).take_while(|&at| at >= last_end && !ends(at) && !holds_root(at)).last();
        if let Some(start) = before {
            record.start = start;
            record.first_run = page.elements[start].first_run;
        }
        let forward = if met { found.len().saturating_sub(backward) } else { found.len() };
        let taken = if met || found.len() + backward <= most { forward } else { 0 };
        if let Some(&at) = found[..taken].last() {
            record.end = page.elements[at].end;
            record.last_run = page.elements[at].last_run;
        }
        last_end = record.end;
    }
}

/// For every sibling of a root the sibling before it.
fn siblings_before(survey: &Survey<'_, '_>, records: &[Record]) -> HashMap<usize, usize> {
    let page = survey.page;
    let parents: BTreeSet<usize> = records.iter().map(|record| page.elements[record.root].parent).collect();
    let mut before = HashMap::new();
    for parent in parents {
        let mut last = None;
        for child in page.children(parent) {
            if let Some(last) = last.replace(child) {
                before.insert(child, last);
            }
        }
    }
    before
}

/// How many siblings before a root belong to it: those of the usual gap that also stand before the first root, if
/// the rest of the gap, and not all of it, stands behind the last.
fn backward(survey: &Survey<'_, '_>, reached: &[(Vec<usize>, bool)], before: &[u64]) -> usize {
    let looks = |found: &[usize]| found.iter().map(|&at| survey.look(at)).collect::<Vec<u64>>();
    let mut counts: HashMap<Vec<u64>, usize> = HashMap::new();
    for (found, _) in reached.iter().filter(|(found, met)| *met && !found.is_empty()) {
        *counts.entry(looks(found)).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let Some((usual, count)) = counts.into_iter().max_by(|one, other| one.1.cmp(&other.1).then(other.0.cmp(&one.0)))
    else {
        return 0;
    };
    let Some((after, _)) = reached.last() else { return 0 };
    if share(count, all) < 0.5 {
        return 0;
    }
    let after = looks(after);
    let forward = usual.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let backward = usual.iter().rev().zip(before).take_while(|(one, other)| one == other).count();
    if forward == usual.len() { 0 } else { backward.min(usual.len() - forward) }
}
