//! Dates: columns of date cells over all records, and a vote which of them says when a post was published.
//!
//! A cell is an attribute made for machines, or a text run with the short ones that follow it. The order of
//! day and month is decided over the whole list. Parsing of one date is `spans`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use jiff::civil::Date;

use super::fields::{Cell, How, MOST_RUNS, elements, runs};
use super::links;
use super::lists::Record;
use super::measure::{mean, number, share};
use super::only_date::is_only_date;
use super::said::Said;
use super::spans::{Reading, Span, may_begin_date, scan};
use super::survey::Survey;
use super::titles::Titles;
use super::updates::names_update;
use super::years::year_headings;
use crate::extract::letters::{is_alphabetic, is_alphanumeric, lower};
use crate::extract::quick::Fnv;

/// Longest run that may be joined with those that follow it.
const JOINED: usize = 14;

/// Words of a class that a date bears.
pub(super) const DATES: &[&str] = &[
    "date",
    "datetime",
    "time",
    "publish",
    "published",
    "publishdate",
    "pubdate",
    "posted",
    "created",
    "regdate",
    "calendar",
    "day",
    "dt",
    "timestamp",
    "when",
];

/// Attributes that machines read, and how much they say.
const ATTRIBUTES: &[(&str, f64)] =
    &[("datetime", 1.1), ("title", 0.3), ("content", 0.3), ("data-date", 0.3), ("data-time", 0.2)];

/// When a record says that it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    /// The day.
    pub(super) date: Option<Date>,
    /// What the page says, for those who read more of it than the day.
    pub(super) text: String,
    /// Where it stands, if a selector can reach it.
    pub(super) cell: Option<Cell>,
}

/// The dates of all records.
#[derive(Debug, Default)]
pub(super) struct Dates {
    /// One a record; `None` where it shows none.
    pub(super) cells: Vec<Option<Dated>>,
    /// The records of which the best column told the date.
    pub(super) filled: f64,
    /// Whether numbers like 10/07 are day and month.
    pub(super) day_first: Option<bool>,
}

impl Dates {
    /// Those of so many records that were not asked for them.
    pub(super) fn none(records: usize) -> Self {
        Self { cells: vec![None; records], ..Self::default() }
    }
}

#[derive(Debug, Clone)]
struct Found {
    reading: Option<Reading>,
    /// The year of a heading above, for a day without one.
    year: Option<i16>,
    penalty: f64,
    text: String,
    at: usize,
    how: How,
}

#[derive(Debug)]
struct Column {
    cells: Vec<Option<Found>>,
    bonus: f64,
    first: usize,
}

/// Chooses the dates. `titles` tells which texts are titles and no dates.
pub(super) fn choose(survey: &Survey<'_, '_>, records: &[Record], titles: &Titles) -> Dates {
    let columns = collect(survey, records, titles);
    let told: Vec<Option<Date>> = records
        .iter()
        .map(|record| links::day_of(&survey.found.links[survey.found.all[record.anchor].link].url))
        .collect();
    let mut scored: Vec<(f64, Column)> =
        columns.into_values().map(|column| (score(&column) + agreement(&column, &told), column)).collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.first.cmp(&other.1.first)));
    scored.truncate(16);
    let best: Vec<Option<Found>> = (0..records.len())
        .map(|record| {
            let mut columns = scored.iter();
            let first = columns.next().and_then(|(_, column)| column.cells[record].clone());
            first.or_else(|| {
                // An address that tells the day is surer than a date somewhere in the text.
                columns.find_map(|(_, column)| {
                    let cell = column.cells[record].clone().filter(|cell| cell.penalty < 0.7)?;
                    let near = column.bonus > 0.0
                        || column.cells.iter().flatten().count() * 4 >= records.len()
                        || (is_only_date(&cell.text) && told[record].is_none());
                    let agrees = told[record].is_none() || day_of(&cell).is_none() || day_of(&cell) == told[record];
                    (near && agrees).then_some(cell)
                })
            })
        })
        .collect();
    let mut best = best;
    if best.iter().flatten().count() * 2 < records.len() {
        fill_from_headings(survey, records, &mut best);
    }
    let day_first = day_first(survey, &best);
    let cells = best.into_iter().map(|found| found.map(|found| dated(found, day_first))).collect();
    let filled = scored.first().map_or(0.0, |(_, column)| share(column.cells.iter().flatten().count(), records.len()));
    Dates { cells, filled, day_first }
}

/// The day of a cell, where the text alone tells it.
fn day_of(cell: &Found) -> Option<Date> {
    match cell.reading? {
        Reading::Day(day) => Some(day),
        Reading::Open { .. } | Reading::MonthDay(..) => None,
    }
}

/// How far the days of a column are those of the posts' addresses: what was published, not what was changed.
fn agreement(column: &Column, told: &[Option<Date>]) -> f64 {
    let pairs = column.cells.iter().zip(told).filter_map(|(cell, told)| Some((day_of(cell.as_ref()?)?, (*told)?)));
    let (mut all, mut same) = (0, 0);
    for (day, told) in pairs {
        all += 1;
        same += usize::from(day == told);
    }
    0.3 * share(same, all)
}

/// Fills what is missing from headings that say only a day and stand above the posts of that day.
fn fill_from_headings(survey: &Survey<'_, '_>, records: &[Record], cells: &mut [Option<Found>]) {
    let page = survey.page;
    let Some(first) = records.first() else { return };
    let around = page.elements[first.root].parent;
    let around =
        page.upwards(around).find(|&above| records.iter().all(|record| page.holds(above, record.root))).unwrap_or(0);
    let mut next = page.elements[around].first_run;
    let mut last: Option<Found> = None;
    let mut heads = 0;
    let mut filled: Vec<(usize, Found)> = Vec::new();
    for (number, record) in records.iter().enumerate() {
        for run in next..record.first_run {
            let text = &page.runs[run].text;
            if page.runs[run].chars > 40 || !is_only_date(text) {
                continue;
            }
            let Some(span) = page.runs[run].spans().iter().find(|span| !matches!(span.reading, Reading::MonthDay(..)))
            else {
                continue;
            };
            heads += 1;
            last = Some(Found {
                reading: Some(span.reading),
                year: None,
                penalty: 0.5,
                text: text.to_string(),
                at: page.runs[run].owner,
                how: How::OwnText,
            });
        }
        next = runs(record).end;
        if let Some(found) = last.clone().filter(|_| cells[number].is_none()) {
            filled.push((number, found));
        }
    }
    // One stray date above a list dates nothing.
    if heads >= 2 || (heads == 1 && records.len() == 1) {
        for (number, found) in filled {
            cells[number] = Some(found);
        }
    }
}

fn dated(found: Found, day_first: Option<bool>) -> Dated {
    let date = found.reading.and_then(|reading| resolve(reading, day_first.unwrap_or(false), found.year));
    Dated { date, text: found.text.clone(), cell: Some(Cell { text: found.text, at: found.at, how: found.how }) }
}

/// The day that is meant.
pub(super) fn resolve(reading: Reading, day_first: bool, year: Option<i16>) -> Option<Date> {
    match reading {
        Reading::Day(date) => Some(date),
        Reading::Open { first, second, year, .. } if day_first => Date::new(year, second, first).ok(),
        Reading::Open { first, second, year, .. } => Date::new(year, first, second).ok(),
        Reading::MonthDay(month, day) => Date::new(year?, month, day).ok(),
    }
}

/// Whether day stands before month, decided over the whole list; `None` where no date leaves it open.
fn day_first(survey: &Survey<'_, '_>, cells: &[Option<Found>]) -> Option<bool> {
    let texts = cells.iter().flatten();
    let open: Vec<Reading> = texts
        .clone()
        .filter_map(|cell| cell.reading)
        .filter(|reading| matches!(reading, Reading::Open { .. }))
        .collect();
    let Some(Reading::Open { dots, .. }) = open.first() else { return None };
    let (mut day_votes, mut month_votes) = (0, 0);
    for cell in texts {
        if let Some((first, second)) = two_numbers(&cell.text) {
            day_votes += usize::from(first > 12 && second <= 12);
            month_votes += usize::from(second > 12 && first <= 12);
        }
    }
    if day_votes != month_votes {
        return Some(day_votes > month_votes);
    }
    let descents = |day_first: bool| {
        let days: Vec<Date> =
            cells.iter().flatten().filter_map(|cell| resolve(cell.reading?, day_first, cell.year)).collect();
        days.windows(2).filter(|pair| pair[0] >= pair[1]).count()
    };
    if open.len() >= 3 && descents(true) != descents(false) {
        return Some(descents(true) > descents(false));
    }
    let english = survey.page.language.as_deref().is_none_or(|language| {
        let language = language.to_ascii_lowercase();
        language.starts_with("en") && !language.starts_with("en-gb") && !language.starts_with("en-au")
            || language.starts_with("ko")
    });
    Some(*dots || !english)
}

/// The first two small numbers of `25/07/2020`.
fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let (first, second, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    (first.len() <= 2 && second.len() <= 2 && year.len() == 4).then_some(())?;
    Some((first.parse().ok()?, second.parse().ok()?))
}

fn score(column: &Column) -> f64 {
    let filled = column.cells.iter().flatten();
    let fill = share(filled.clone().count(), column.cells.len());
    2.0 * fill - mean(filled.map(|cell| cell.penalty)) + column.bonus
}

fn collect(survey: &Survey<'_, '_>, records: &[Record], titles: &Titles) -> BTreeMap<u64, Column> {
    let years = OnceCell::new();
    let mut columns: BTreeMap<u64, Column> = BTreeMap::new();
    for (number, record) in records.iter().enumerate() {
        let title = titles.cells.get(number).and_then(Option::as_ref);
        let mut put = |key: u64, bonus: f64, found: Found| {
            let first = found.at;
            let column =
                columns.entry(key).or_insert_with(|| Column { cells: vec![None; records.len()], bonus, first });
            column.bonus = column.bonus.max(bonus);
            if column.cells[number].is_none() {
                column.cells[number] = Some(found);
            }
        };
        for at in elements(record).take(2000) {
            attribute_cells(survey, at, &mut put);
        }
        let title_runs = title.filter(|title| title.how != How::Attribute("title")).map_or(0..0, |title| {
            let element = &survey.page.elements[title.at];
            if title.how == How::OwnText { own_run(survey, title) } else { element.first_run..element.last_run }
        });
        for run in runs(record).take(MOST_RUNS * 4) {
            if !title_runs.contains(&run) {
                run_cell(survey, record, run, &title_runs, &years, &mut put);
            }
        }
    }
    columns
}

/// The run that a cell of own text is.
fn own_run(survey: &Survey<'_, '_>, cell: &Cell) -> std::ops::Range<usize> {
    let element = &survey.page.elements[cell.at];
    (element.first_run..element.last_run)
        .find(|&run| survey.page.runs[run].owner == cell.at && survey.page.runs[run].text == cell.text)
        .map_or(0..0, |run| run..run + 1)
}

fn key_of(survey: &Survey<'_, '_>, at: usize, what: &str, updated: bool) -> u64 {
    let mut hasher = Fnv::default();
    let parent = survey.page.elements[at].parent;
    (survey.look(at), survey.look(parent), what, updated).hash(&mut hasher);
    hasher.finish()
}

/// Dates in attributes that are made for machines.
fn attribute_cells(survey: &Survey<'_, '_>, at: usize, put: &mut impl FnMut(u64, f64, Found)) {
    let page = survey.page;
    let element = &page.elements[at];
    // Most elements bear none of these: then each attribute is looked at once.
    let bears = |name: &str| ATTRIBUTES.iter().any(|(known, _)| *known == name);
    if !element.node.value().attrs.iter().any(|(name, _)| bears(&name.local)) {
        return;
    }
    let property = page.attribute(at, "itemprop").unwrap_or_default();
    for &(name, bonus) in ATTRIBUTES {
        let Some(value) = page.attribute(at, name) else { continue };
        let fits = match name {
            "datetime" => element.name == "time",
            "title" => matches!(element.name, "abbr" | "time") || survey.says(at, Said::Date),
            "content" => element.name == "meta" && property.to_ascii_lowercase().contains("date"),
            _ => true,
        };
        if !fits {
            continue;
        }
        let Some(span) = scan(value).into_iter().next().filter(|span| !matches!(span.reading, Reading::MonthDay(..)))
        else {
            continue;
        };
        let said = page.elements[at].class.to_lowercase() + &property.to_lowercase() + &page.text(at).to_lowercase();
        let updated = says_updated(survey, at, &said);
        put(
            key_of(survey, at, name, updated),
            bonus,
            Found {
                reading: Some(span.reading),
                year: None,
                penalty: if updated { 0.6 } else { 0.0 },
                text: value.trim().to_owned(),
                at,
                how: How::Attribute(name),
            },
        );
    }
}

fn says_updated(survey: &Survey<'_, '_>, at: usize, text: &str) -> bool {
    let page = survey.page;
    let element = &page.elements[at];
    survey.says(at, Said::Update)
        || survey.says(element.parent, Said::Update)
        || page.attribute(at, "itemprop").is_some_and(|property| property == "dateModified")
        || (text.len() < 120 && names_update(text))
        || before_says_updated(survey, at)
}

/// Whether the short text right before an element says that what follows is the date of a change.
fn before_says_updated(survey: &Survey<'_, '_>, at: usize) -> bool {
    let page = survey.page;
    let element = &page.elements[at];
    let Some(before) = element.first_run.checked_sub(1).map(|run| &page.runs[run]) else { return false };
    let near = before.owner == element.parent || page.elements[before.owner].parent == element.parent;
    near && before.text.len() < 40 && {
        let lower = lower(&before.text);
        names_update(&lower) && scan(&lower).is_empty()
    }
}

/// The date that begins in a text run.
fn run_cell(
    survey: &Survey<'_, '_>,
    record: &Record,
    at: usize,
    title_runs: &std::ops::Range<usize>,
    years: &OnceCell<Vec<Option<i16>>>,
    put: &mut impl FnMut(u64, f64, Found),
) {
    let page = survey.page;
    let run = &page.runs[at];
    let length = run.chars;
    if length >= 400 {
        return;
    }
    let is_full = |span: &&Span| !matches!(span.reading, Reading::MonthDay(..));
    let spans = run.spans();
    let mut text = Cow::Borrowed(&*run.text);
    let mut owner = run.owner;
    let mut how = How::OwnText;
    let mut span = spans.iter().find(is_full).copied();
    let joins = span.is_none() && length <= JOINED && run.text.chars().any(is_alphanumeric);
    if joins && may_begin_date(&run.text) {
        let last = runs(record).end;
        let limit = (at + 5).min(last);
        let mut joined = run.text.to_string();
        for until in at + 1..limit {
            if page.runs[until].chars > JOINED || title_runs.contains(&until) {
                break;
            }
            join(&mut joined, &page.runs[until].text);
            span = scan(&joined).iter().find(is_full).filter(|span| span.start < run.text.len()).copied();
            if span.is_some() {
                owner = common(survey, run.owner, page.runs[until].owner);
                how = How::Text;
                text = Cow::Owned(joined);
                break;
            }
        }
    }
    let mut year = None;
    let mut penalty = 0.0;
    if span.is_none() {
        span = spans.first().copied().filter(|_| length <= 40);
        if span.is_some() {
            year = years.get_or_init(|| year_headings(survey))[at];
            penalty += if year.is_some() { 0.3 } else { 0.5 };
        }
    }
    let relative = span.is_none() && (run.is_relative() || is_clock(&text));
    if span.is_none() && !relative {
        return;
    }
    let letters = |text: &str| text.chars().filter(|&letter| is_alphabetic(letter)).count();
    if let Some(span) = span {
        penalty += (number(letters(&text[..span.start]) + letters(&text[span.end..])) / 60.0).min(1.0);
    }
    if length > 200 {
        penalty += 1.5;
    }
    if relative {
        penalty += if is_clock(&text) { 0.6 } else { 0.3 };
    }
    let updated = says_updated(survey, run.owner, &lower(&text))
        || (at > 0 && page.runs[at - 1].owner == run.owner && before_says_updated(survey, run.owner));
    if updated {
        penalty += 0.6;
    }
    let element = &page.elements[run.owner];
    let classy = survey.says(run.owner, Said::Date) || survey.says(element.parent, Said::Date);
    let timed = element.name == "time" || page.elements[element.parent].name == "time";
    let bonus = if timed { 0.6 } else { 0.0 } + if classy { 0.4 } else { 0.0 };
    put(
        key_of(survey, run.owner, "", updated),
        bonus,
        Found { reading: span.map(|span| span.reading), year, penalty, text: text.into_owned(), at: owner, how },
    );
}

/// Whether a text is only a clock time: what some lists show of today's posts.
fn is_clock(text: &str) -> bool {
    text.len() <= 8
        && matches!(text.matches(':').count(), 1 | 2)
        && text.split(':').all(|part| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Puts two pieces of a date together: `Nov 5` `th` `, 2012`; `2026` `07 · 20`.
fn join(text: &mut String, next: &str) {
    let glue = next.starts_with(['.', ',', ':', '/', '-'])
        || matches!(next, "st" | "nd" | "rd" | "th" | "일" | "월" | "년" | "日" | "月" | "年");
    let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !glue && !text.ends_with(['/', '-', '.']) {
        text.push(if year && next.starts_with(|letter: char| letter.is_ascii_digit()) { '-' } else { ' ' });
    }
    // `07 · 20` and `07/20` behind a year part like the year itself.
    if year && !glue {
        text.push_str(&next.replace(" · ", "-").replace(['·', '/', '.'], "-"));
        while text.ends_with('-') {
            text.pop();
        }
    } else {
        text.push_str(next);
    }
}

/// The innermost element around two.
fn common(survey: &Survey<'_, '_>, one: usize, other: usize) -> usize {
    survey.page.upwards(one).find(|&above| survey.page.holds(above, other)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
