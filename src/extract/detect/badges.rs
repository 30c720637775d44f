//! Badges in titles: "NEW", "[Notice]", "Original", an icon, a "read more" in the same link.
//!
//! A text at the edge of several titles that stands in an element of its own, and is the same in each, is none of
//! them. What only one title has is never cut.

use std::collections::HashMap;

use super::fields::{Cell, How};
use super::survey::Survey;
use super::words::is_generic;
use crate::extract::quick::Guarded;

/// A longer text is no badge.
const LONGEST: usize = 24;

/// A title on the page has this many pieces at most.
const MOST_PIECES: usize = 6;

/// Cuts the badges off the titles.
pub(super) fn cut(survey: &Survey<'_, '_>, titles: &mut [Option<Cell>]) {
    let page = survey.page;
    let pieces: Vec<Vec<usize>> = titles
        .iter()
        .map(|title| {
            let Some(title) = title.as_ref().filter(|title| title.how == How::Text) else { return Vec::new() };
            let element = &page.elements[title.at];
            let runs: Vec<usize> =
                (element.first_run..element.last_run).filter(|&run| !page.runs[run].decoration).collect();
            if runs.len() > MOST_PIECES || page.text(title.at) != title.text { Vec::new() } else { runs }
        })
        .collect();
    let text = |run: usize| &*page.runs[run].text;
    let mut counts: HashMap<(bool, &str), usize, Guarded> = HashMap::default();
    for runs in pieces.iter().filter(|runs| runs.len() > 1) {
        *counts.entry((false, text(runs[0]))).or_default() += 1;
        *counts.entry((true, text(runs[runs.len() - 1]))).or_default() += 1;
    }
    let filled = titles.iter().flatten().count();
    let is_badge = |at_end: bool, run: usize, title: usize| {
        let short = text(run).chars().take(LONGEST + 1).count() <= LONGEST;
        let count = counts.get(&(at_end, text(run))).copied().unwrap_or(0);
        let sign = !text(run).chars().any(char::is_alphanumeric);
        // What stands in the title's own text is a word of it.
        page.runs[run].owner != title
            && short
            && count >= 2
            && (count * 4 >= filled || sign || (at_end && is_generic(text(run))))
    };
    for (title, mut runs) in titles.iter_mut().zip(pieces) {
        let Some(title) = title else { continue };
        let all = runs.len();
        while runs.len() > 1 && is_badge(false, runs[0], title.at) {
            runs.remove(0);
        }
        while runs.len() > 1 && is_badge(true, runs[runs.len() - 1], title.at) {
            runs.pop();
        }
        if runs.len() == all {
            continue;
        }
        let owner = page.runs[runs[0]].owner;
        let element = &page.elements[owner];
        title.text = page.text_of_runs(runs[0]..runs[runs.len() - 1] + 1);
        let whole = element.first_run == runs[0] && element.last_run == runs[runs.len() - 1] + 1;
        if whole || runs.len() == 1 {
            title.at = owner;
            title.how = if whole { How::Text } else { How::OwnText };
        }
    }
}
