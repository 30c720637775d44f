//! What a record offers as its title: texts of links, headings and classes, and the text in each of its places.
//!
//! Each goes into a column with those that come from the same place of the other records; which column has the titles
//! is for `titles` to say.

use std::collections::HashMap;

use html5ever::{LocalName, local_name};

use super::fields::{Cell, How, MOST_RUNS, own_anchors, place, runs};
use super::lists::Record;
use super::measure::width;
use super::said::{AllSaid, Said};
use super::survey::Survey;
use super::titles::{Columns, Kind};
use crate::extract::quick::Guarded;
use crate::extract::tags::is_unknown;

/// Puts a text in its column, if it is the first of its record there.
fn put_in(columns: &mut Columns, (record, records): (usize, usize), kind: Kind, cell: Cell) {
    if cell.text.is_empty() {
        return;
    }
    let column = columns.entry(kind).or_insert_with(|| vec![None; records]);
    if column[record].is_none() {
        column[record] = Some(cell);
    }
}

/// What links and headings offer.
pub(super) fn of_links(survey: &Survey<'_, '_>, records: &[Record]) -> Columns {
    let mut columns = Columns::new();
    let mut paths: Vec<u64> = Vec::new();
    let pieces = records.iter().filter(|record| is_in_pieces(survey, survey.found.all[record.anchor].at)).count();
    let in_pieces = pieces * 10 >= records.len() * 6;
    for (number, record) in records.iter().enumerate() {
        let mut put = |kind: Kind, cell: Cell| put_in(&mut columns, (number, records.len()), kind, cell);
        let mut own = own_anchors(survey, record);
        own.sort_unstable();
        for &anchor in &own {
            let at = survey.found.all[anchor].at;
            let path = place(survey, record.root, at);
            let which = paths.iter().position(|known| *known == path).unwrap_or_else(|| {
                paths.push(path);
                paths.len() - 1
            });
            of_anchor(survey, record, anchor, which.min(8), in_pieces, &mut put);
        }
        of_record(survey, record, &mut put);
    }
    columns
}

/// What each place in the record offers.
pub(super) fn of_places(survey: &Survey<'_, '_>, records: &[Record], columns: &mut Columns) {
    let mut places: HashMap<(u64, usize), usize, Guarded> = HashMap::default();
    for (number, record) in records.iter().enumerate() {
        let mut seen: HashMap<u64, usize, Guarded> = HashMap::default();
        for run in runs(record).take(MOST_RUNS) {
            let run = &survey.page.runs[run];
            if run.decoration {
                continue;
            }
            let place = place(survey, record.root, run.owner);
            let ordinal = seen.entry(place).or_default();
            let next = places.len();
            let column = *places.entry((place, *ordinal)).or_insert(next);
            *ordinal += 1;
            let cell = match whole_line(survey, run.owner) {
                Some(text) => Cell { text, at: run.owner, how: How::Text },
                None => Cell { text: run.text.to_string(), at: run.owner, how: How::OwnText },
            };
            put_in(columns, (number, records.len()), Kind::Place(column), cell);
        }
    }
}

/// The text of an element in which some words are only set in another way: `Using <code>Vec</code> well`.
fn whole_line(survey: &Survey<'_, '_>, owner: usize) -> Option<String> {
    let page = survey.page;
    let element = &page.elements[owner];
    let (first, last) = (element.first_run, element.last_run);
    let is_set = |at: usize| {
        let name = page.elements[at].name;
        at == owner
            || matches!(name, "code" | "em" | "i" | "b" | "strong" | "kbd" | "mark" | "sub" | "sup" | "tt" | "var")
            || is_unknown(name)
    };
    let plain = (2..=12).contains(&(last - first)) && page.runs[first].owner == owner;
    (plain && page.runs[first..last].iter().all(|run| is_set(run.owner))).then(|| page.text(owner))
}

/// What one link of a record offers.
fn of_anchor(
    survey: &Survey<'_, '_>,
    record: &Record,
    anchor: usize,
    which: usize,
    in_pieces: bool,
    put: &mut impl FnMut(Kind, Cell),
) {
    let page = survey.page;
    let anchor = &survey.found.all[anchor];
    let text = |at: usize| Cell { text: page.text(at), at, how: How::Text };
    let whole = Cell { text: anchor.text.clone(), at: anchor.at, how: How::Text };
    let around: Vec<usize> =
        page.upwards(anchor.at).skip(1).take_while(|&above| above >= record.root).take(4).collect();
    if let Some(&heading) = survey.headings(anchor.at).first() {
        put(Kind::Head, text(heading));
    } else if let Some(heading) = around.iter().copied().find(|&above| page.is_heading(above)) {
        let most = page.mass(anchor.at) * 5 >= page.mass(heading) * 2 && !anchor.generic;
        put(Kind::Head, if most { whole.clone() } else { text(heading) });
    }
    let mut inside = (anchor.at..page.elements[anchor.at].end).take(200).find(|&at| says_title(survey, at));
    // The box around all of the record may be called after the title that is in it.
    while let Some(outer) = inside
        && let Some(inner) = (outer + 1..page.elements[outer].end)
            .take(200)
            .find(|&at| says_title(survey, at) && page.mass(at) > 0 && 4 * page.mass(at) < 3 * page.mass(outer))
    {
        inside = Some(inner);
    }
    if let Some(at) = inside {
        put(Kind::Class, text(at));
    } else if let Some(above) =
        around.into_iter().take(2).find(|&above| above > record.root && says_title(survey, above))
    {
        let most = page.mass(anchor.at) * 5 >= page.mass(above) * 2 && !anchor.generic;
        put(Kind::Class, if most { whole.clone() } else { text(above) });
    }
    let element = &page.elements[anchor.at];
    let several = element.last_run - element.first_run > 1;
    let blocks = page.count(anchor.at, |counts| counts.blocks) > 0;
    let big = several && (blocks || width(&whole.text) > 160 || (in_pieces && is_in_pieces(survey, anchor.at)));
    if !anchor.generic {
        put(if big { Kind::Whole } else { Kind::Anchor(which) }, whole);
    }
    if let Some(at) =
        (anchor.at + 1..element.end).take(200).find(|&at| matches!(page.elements[at].name, "strong" | "b"))
    {
        put(Kind::Strong, text(at));
    }
    for (kind, name) in [(Kind::Attribute, "title"), (Kind::Aria, "aria-label")] {
        if let Some(value) = page.attribute(anchor.at, name) {
            put(kind, Cell { text: fold(value), at: anchor.at, how: How::Attribute(name) });
        }
    }
    let picture = (anchor.at + 1..element.end).take(200).find(|&at| page.elements[at].name == "img");
    if let Some(at) = picture
        && let Some(value) = page.attribute(at, "alt")
    {
        put(Kind::Alt, Cell { text: fold(value), at, how: How::Attribute("alt") });
    }
}

/// Whether a link is made of several elements with text and has no text of its own: a card, and no title with a
/// word in bold.
fn is_in_pieces(survey: &Survey<'_, '_>, at: usize) -> bool {
    let page = survey.page;
    let element = &page.elements[at];
    let runs = &page.runs[element.first_run..element.last_run];
    runs.len() > 1
        && runs.iter().all(|run| run.owner != at)
        && page.children(at).filter(|&child| page.mass(child) > 0).count() > 1
        && runs.iter().filter(|run| run.text.chars().any(char::is_alphanumeric)).count() > 1
}

/// What a record offers besides its links.
fn of_record(survey: &Survey<'_, '_>, record: &Record, put: &mut impl FnMut(Kind, Cell)) {
    let page = survey.page;
    let end = record.end;
    let heading = survey
        .first_heading(record.root)
        .or_else(|| (record.start..end).take(400).find(|&at| page.is_heading(at)))
        .or_else(|| {
            (record.root + 1..end).take(400).find(|&at| page.elements[at].name != "a" && says_title(survey, at))
        });
    if let Some(heading) = heading {
        put(Kind::FreeHead, Cell { text: page.text(heading), at: heading, how: How::Text });
    }
}

/// Whether an element's class or itemprop says that it is a title.
fn says_title(survey: &Survey<'_, '_>, at: usize) -> bool {
    let page = survey.page;
    // Most elements bear no mark besides their class: then each attribute is looked at once.
    let marks = |name: &LocalName| *name == local_name!("itemprop") || name.starts_with("data-");
    if !page.elements[at].node.value().attrs.iter().any(|(name, _)| marks(&name.local)) {
        return survey.says(at, Said::Title);
    }
    let property = page.attribute(at, "itemprop").unwrap_or_default();
    if matches!(property, "headline" | "name") && page.elements[at].name != "meta" {
        return !page.upwards(at).take(6).any(|above| page.attribute(above, "itemprop") == Some("author"));
    }
    let mut tested = ["data-testid", "data-test", "data-hook"].into_iter().filter_map(|name| page.attribute(at, name));
    survey.says(at, Said::Title) || tested.any(|token| AllSaid::by_token(token).has(Said::Title))
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
