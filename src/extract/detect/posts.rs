//! The selector of the posts: what their roots are called, and nothing else on the page.
//!
//! Each path to the first root that is left is tried on the whole page; the best one stays, and those roots that it does
//! not mean have one of their own.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use super::assemble::Row;
use super::selectors::{MOST_CANDIDATES, Path, anywhere, anywhere_with};
use super::survey::Survey;

/// The selector of the posts: one for each look of their roots, joined.
pub(super) fn post(survey: &Survey<'_, '_>, rows: &[Row]) -> Option<String> {
    let page = survey.page;
    let roots: BTreeSet<usize> = rows.iter().map(|row| row.record.root).collect();
    let links: HashMap<usize, usize> =
        rows.iter().map(|row| (survey.found.all[row.record.anchor].link, row.record.root)).collect();
    // An element too much does no harm when nothing is in it but a post that was read before.
    let inside_any = |at: usize| {
        let anchors = &survey.found.all;
        let from = anchors.partition_point(|anchor| anchor.at < at);
        anchors.get(from).is_some_and(|anchor| anchor.at < page.elements[at].end)
    };
    let harmless = |at: usize| {
        let anchors = &survey.found.all;
        let from = anchors.partition_point(|anchor| anchor.at < at);
        let mut inside = anchors[from..].iter().take_while(|anchor| anchor.at < page.elements[at].end);
        let linked = (at..page.elements[at].end)
            .take(2000)
            .any(|at| page.elements[at].name == "a" && page.attribute(at, "href").is_some());
        !linked || (inside.all(|anchor| links.get(&anchor.link).is_some_and(|&root| root < at)) && inside_any(at))
    };
    let anchor_of: HashMap<usize, usize> =
        rows.iter().map(|row| (row.record.root, survey.found.all[row.record.anchor].at)).collect();
    let mut left: BTreeSet<usize> = roots.clone();
    let mut paths: Vec<Path<'_>> = Vec::new();
    while let Some(&first) = left.first() {
        if paths.len() >= 4 {
            return None;
        }
        let worth = |path: &Path<'_>| {
            // The box beside the list shows the same posts on this page, and on the next one others.
            let (mut hits, mut again) = (0, 0);
            let fits = (0..page.elements.len()).filter(|&at| path.matches(page, None, at)).all(|at| {
                hits += usize::from(left.contains(&at));
                let is_root = roots.contains(&at);
                again += usize::from(!is_root && inside_any(at));
                is_root || harmless(at)
            });
            (fits && hits > 0).then_some((hits, Reverse(again)))
        };
        // What a record holds is asked only where its own name and place do not tell it.
        let by_content = || {
            let mut told = anywhere_with(page, first, anchor_of[&first]);
            told.sort_by_cached_key(Path::effort);
            told.truncate(2 * MOST_CANDIDATES);
            told
        };
        let mut candidates = anywhere(page, first);
        // Tags alone may be those of the next box that comes along; a class that is gone is noticed.
        candidates.sort_by_cached_key(|path| (path.is_bare(), path.effort()));
        candidates.truncate(4 * MOST_CANDIDATES);
        let best = best_of(candidates, left.len(), &worth);
        let path = best.or_else(|| best_of(by_content(), left.len(), &worth))?;
        left.retain(|&root| !path.matches(page, None, root));
        paths.push(path);
    }
    Some(paths.iter().map(Path::css).collect::<Vec<_>>().join(", "))
}

/// How many posts a path means, and how much besides: elements with a link to a post that are no root.
type Worth = (usize, Reverse<usize>);

/// The path that is worth most: that meets most of so many posts, and least besides. The first of equals.
fn best_of<'a>(paths: Vec<Path<'a>>, left: usize, worth: &dyn Fn(&Path<'_>) -> Option<Worth>) -> Option<Path<'a>> {
    let mut best: Option<(Worth, Path<'a>)> = None;
    for path in paths {
        // Nothing is better than all that is left and nothing else.
        if best.as_ref().is_some_and(|(most, _)| *most == (left, Reverse(0))) {
            break;
        }
        if let Some(worth) = worth(&path).filter(|worth| best.as_ref().is_none_or(|(most, _)| worth > most)) {
            best = Some((worth, path));
        }
    }
    best.map(|(_, path)| path)
}
