//! Categories of a record: links to lists, labels whose class says so, and texts of the page's category tree.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::fields::{Cell, How, elements, runs};
use super::links::segments;
use super::lists::Record;
use super::only_date::is_only_date;
use super::said::Said;
use super::survey::Survey;
use crate::extract::quick::Guarded;

/// Words of a class that a label of a category bears.
pub(super) const LABELS: &[&str] = &[
    "categ",
    "category",
    "categories",
    "cat",
    "tag",
    "tags",
    "topic",
    "topics",
    "label",
    "labels",
    "cate",
    "folder",
    "hashtag",
    "section",
    "keyword",
    "keywords",
    "badge",
    "chip",
];

/// Longest label in characters.
const LONGEST: usize = 40;

/// Most labels of one record.
const MOST: usize = 12;

/// The categories of every record, and where they stand.
pub(super) fn choose(survey: &Survey<'_, '_>, records: &[Record], titles: &[Option<Cell>]) -> Vec<Vec<Cell>> {
    // Most pages tell the categories of each post by links or classes.
    let tree = LazyCell::new(|| tree(survey));
    records
        .iter()
        .zip(titles)
        .map(|(record, title)| {
            let title = title.as_ref().map_or("", |title| title.text.as_str());
            let mut found = of_links(survey, record);
            // A tag may be called what its post is called; a text without a link that says the title is the title.
            let linked = !found.is_empty();
            if found.is_empty() {
                found = of_classes(survey, record);
            }
            if found.is_empty() {
                found = of_tree(survey, record, &tree);
            }
            let mut seen: HashSet<String, Guarded> = HashSet::default();
            for cell in &mut found {
                cell.text = label(&cell.text);
            }
            found.retain(|cell| {
                !cell.text.is_empty()
                    && (linked || cell.text != title)
                    && cell.text.chars().any(char::is_alphanumeric)
                    && seen.insert(cell.text.to_lowercase())
            });
            found.truncate(MOST);
            found
        })
        .collect()
}

/// A label without its mark and its count: `#rust`, `Rust (12)`.
pub(super) fn label(text: &str) -> String {
    let mut label = text
        .trim()
        .trim_start_matches(['#', '＃', '/', '•', '·', ',', ':', '|'])
        .trim_end_matches([',', '·', '|', ';', '、', '/', ':'])
        .trim();
    if let Some(open) = label.rfind(['(', '[', '（'])
        && label[open..]
            .chars()
            .all(|letter| letter.is_numeric() || matches!(letter, '(' | ')' | '[' | ']' | '（' | '）'))
    {
        label = label[..open].trim_end();
    }
    label.to_owned()
}

/// Links to lists by category or tag within a record.
fn of_links(survey: &Survey<'_, '_>, record: &Record) -> Vec<Cell> {
    let page = survey.page;
    let taxonomy = &survey.found.taxonomy;
    let from = taxonomy.partition_point(|&at| at < record.start);
    taxonomy[from..]
        .iter()
        .take_while(|&&at| at < record.end)
        .take(4 * MOST)
        .map(|&at| Cell { text: page.text(at), at, how: How::Text })
        .filter(|cell| fits(&cell.text))
        .collect()
}

fn fits(text: &str) -> bool {
    let text = label(text);
    !text.is_empty() && text.chars().count() <= LONGEST && !is_only_date(&text)
}

/// Texts of elements whose class says category or tag, and texts right behind an icon that says so.
fn of_classes(survey: &Survey<'_, '_>, record: &Record) -> Vec<Cell> {
    let page = survey.page;
    let mut found = Vec::new();
    for at in elements(record).skip(1).take(2000) {
        let element = &page.elements[at];
        if !survey.says(at, Said::Label) {
            continue;
        }
        let mass = page.mass(at);
        if mass == 0 {
            // An icon: what it stands before is the label.
            if let Some(run) = page.runs.get(element.last_run).filter(|run| near(survey, at, run.owner)) {
                let cell = Cell { text: run.text.to_string(), at: run.owner, how: How::OwnText };
                if fits(&cell.text) {
                    found.push(cell);
                }
            }
            continue;
        }
        if mass > LONGEST * MOST {
            continue;
        }
        for run in element.first_run..element.last_run {
            let run = &page.runs[run];
            if !run.decoration
                && fits(&run.text)
                && !found.iter().any(|cell| cell.at == run.owner && cell.text == run.text)
            {
                found.push(Cell { text: run.text.to_string(), at: run.owner, how: How::OwnText });
            }
        }
    }
    found
}

/// Whether a text stands next to an icon: in its parent, or in a sibling.
fn near(survey: &Survey<'_, '_>, icon: usize, owner: usize) -> bool {
    let parent = survey.page.elements[icon].parent;
    owner == parent || survey.page.elements[owner].parent == parent
}

/// Runs that equal the text of a link to a category anywhere on the page.
fn of_tree(survey: &Survey<'_, '_>, record: &Record, tree: &HashSet<String, Guarded>) -> Vec<Cell> {
    if tree.is_empty() {
        return Vec::new();
    }
    let page = survey.page;
    runs(record)
        .take(200)
        .map(|run| &page.runs[run])
        .filter(|run| {
            run.text.chars().take(LONGEST + 1).count() <= LONGEST && tree.contains(&label(&run.text).to_lowercase())
        })
        .map(|run| Cell { text: run.text.to_string(), at: run.owner, how: How::OwnText })
        .collect()
}

/// The names of all categories that the page links to, from texts and from addresses.
fn tree(survey: &Survey<'_, '_>) -> HashSet<String, Guarded> {
    let page = survey.page;
    let mut names = HashSet::default();
    for &at in &survey.found.taxonomy {
        let text = label(&page.text(at));
        if !text.is_empty() && text.chars().count() <= LONGEST {
            names.insert(text.to_lowercase());
        }
        // `Parent/Child` of an address is how some pages write the category of a post.
        let Some(url) = page.link(at) else { continue };
        let segments = segments(url);
        if segments.len() >= 2 {
            names.insert(segments[1..].join("/").to_lowercase());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lose_marks_and_counts() {
        for (text, expected) in [
            ("#rust", "rust"),
            ("Rust (12)", "Rust"),
            ("Big Data/Kafka", "Big Data/Kafka"),
            (" 일상 [3]", "일상"),
            ("C++", "C++"),
            ("(12)", ""),
        ] {
            assert_eq!(label(text), expected, "{text:?}");
        }
    }
}
