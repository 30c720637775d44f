//! The detection itself: page, links, lists, records, fields, in this order.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use scraper::Html;
use url::Url;

use super::anchors::Anchors;
use super::dates::{self, Dated};
use super::evidence::Evidence;
use super::explain::Explanation;
use super::fields::Cell;
use super::join::{self, Joined};
use super::links::segments;
use super::lists::{self, Record};
use super::page::Page;
use super::spans::{Reading, scan};
use super::survey::Survey;
use super::titles;
use super::{categories, cut, explain, extras, learn, next, regions};
use crate::extract::date::{Order, read_in_order};
use crate::model::category::CategoryPath;
use crate::model::date::Published;
use crate::model::post::{Candidate, Candidates, SiteFacts};
use crate::model::source::HtmlRecipe;

/// Below this score a list is nothing that posts would stand in.
const LEAST_SCORE: f64 = 6.0;

/// What was read from a page without a recipe.
#[derive(Debug, Clone)]
pub struct Detection {
    /// The posts, as a recipe would have read them.
    pub candidates: Candidates,
    /// How sure it is: 0 to 1.
    pub confidence: f64,
    /// The recipe that reads the same posts from the same page, where selectors can.
    pub recipe: Option<HtmlRecipe>,
    /// What was found, from what evidence, and what was left out.
    pub explanation: Explanation,
}

/// One post, field by field, each with its place.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) record: Record,
    pub(super) title: Option<Cell>,
    pub(super) dated: Option<Dated>,
    /// The day: of the date's cell, of the title, of data, of the address.
    pub(super) day: Option<Date>,
    pub(super) categories: Vec<Cell>,
    pub(super) excerpt: Option<Cell>,
    pub(super) author: Option<Cell>,
    pub(super) image: Option<(Url, Cell)>,
}

/// All posts, and how the fields were told apart.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) title_from: &'static str,
    pub(super) title_sure: f64,
    pub(super) date_fill: f64,
    pub(super) day_first: Option<bool>,
    pub(super) dates_in_titles: bool,
}

/// Reads a page without a recipe. `None` when nothing on it looks like a list of posts.
///
/// Days without a year are taken as the last such day before `now`.
pub fn detect(document: &Html, page_url: &Url, now: Timestamp, zone: &TimeZone) -> Option<Detection> {
    let mut page = Page::read(document, page_url);
    regions::mark(&mut page);
    let evidence = Evidence::of(&page);
    let own = Anchors::of(&page, false);
    if let Some(detection) = read(&page, &own, &evidence, now, zone) {
        return Some(detection);
    }
    // Nothing leads to the site itself: perhaps it lists posts that live elsewhere.
    let wide = Anchors::of(&page, true);
    (wide.all.len() > own.all.len()).then(|| read(&page, &wide, &evidence, now, zone)).flatten()
}

fn read(page: &Page<'_>, found: &Anchors, evidence: &Evidence, now: Timestamp, zone: &TimeZone) -> Option<Detection> {
    let survey = Survey::of(page, found, evidence, now.to_zoned(zone.clone()).date());
    let lists = lists::find(&survey);
    let joined = join::choose(&survey, &lists).filter(|joined| joined.score >= LEAST_SCORE)?;
    let table = table(&survey, &joined.records, now, zone);
    let confidence = confidence(&joined, &table);
    let next = next::find(page);
    let candidates = Candidates {
        posts: table.rows.iter().map(|row| candidate(&survey, row, now, zone, table.day_first)).collect(),
        next: next.url.clone(),
        site: SiteFacts { language: page.language.clone(), ..SiteFacts::default() },
        how: "detected".to_owned(),
    };
    let recipe = learn::recipe(&survey, &table, &next);
    let explanation = explain::explain(&survey, &joined, &table, confidence);
    Some(Detection { candidates, confidence, recipe, explanation })
}

fn table(survey: &Survey<'_, '_>, records: &[Record], now: Timestamp, zone: &TimeZone) -> Table {
    let mut titles = titles::choose(survey, records);
    let dates = dates::choose(survey, records, &titles);
    let cut = cut::dates(&mut titles.cells);
    let dates_in_titles = cut.iter().any(Option::is_some);
    let categories = categories::choose(survey, records, &titles.cells);
    let (title_from, title_sure) = (titles.from, titles.sure);
    let rows = records
        .iter()
        .zip(titles.cells)
        .zip(dates.cells)
        .zip(cut)
        .zip(categories)
        .map(|((((record, title), dated), cut), categories)| {
            let day = dated
                .as_ref()
                .and_then(|dated| dated.date)
                .or(cut)
                .or_else(|| told_day(survey, record))
                .or_else(|| day_in_address(survey, record))
                .or_else(|| last_such_day(dated.as_ref()?, now, zone));
            let mut taken: Vec<&Cell> = title.iter().chain(categories.iter()).collect();
            taken.extend(dated.iter().filter_map(|dated| dated.cell.as_ref()));
            let excerpt = extras::excerpt(survey, record, &taken);
            Row {
                record: *record,
                day,
                excerpt,
                author: extras::author(survey, record),
                image: extras::image(survey, record),
                title: title.or_else(|| told_title(survey, record)),
                dated,
                categories,
            }
        })
        .collect();
    Table { rows, title_from, title_sure, date_fill: dates.filled, day_first: dates.day_first, dates_in_titles }
}

/// The day that the page's data tells.
fn told_day(survey: &Survey<'_, '_>, record: &Record) -> Option<Date> {
    let link = &survey.found.links[survey.found.all[record.anchor].link];
    let date = survey.evidence.of_post(&link.key)?.date.as_deref()?;
    scan(date).into_iter().find_map(|span| match span.reading {
        Reading::Day(date) => Some(date),
        Reading::Open { .. } | Reading::MonthDay(..) => None,
    })
}

/// The title that the page's data tells.
fn told_title(survey: &Survey<'_, '_>, record: &Record) -> Option<Cell> {
    let anchor = &survey.found.all[record.anchor];
    let title = survey.evidence.of_post(&survey.found.links[anchor.link].key)?.title.clone()?;
    Some(Cell { text: title, at: anchor.at, how: super::fields::How::Text })
}

/// The day in an address: `/2020/07/10/`, `2020-07-10-title`, `20200710`.
fn day_in_address(survey: &Survey<'_, '_>, record: &Record) -> Option<Date> {
    let link = &survey.found.links[survey.found.all[record.anchor].link];
    let segments = segments(&link.url);
    let day = |text: &str| {
        scan(text).into_iter().find_map(|span| match span.reading {
            Reading::Day(date) => Some(date),
            Reading::Open { .. } | Reading::MonthDay(..) => None,
        })
    };
    let digits = || {
        segments.iter().find_map(|segment| {
            day(segment.get(..8).filter(|start| start.bytes().all(|byte| byte.is_ascii_digit()))?)
        })
    };
    day(&segments.join("/")).or_else(digits)
}

/// The last day before tomorrow that a day without a year can mean.
fn last_such_day(dated: &Dated, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let Reading::MonthDay(month, day) = scan(&dated.text).first()?.reading else { return None };
    let today = now.to_zoned(zone.clone()).date();
    let this = Date::new(today.year(), month, day).ok().filter(|&date| date <= today.tomorrow().unwrap_or(today));
    this.or_else(|| Date::new(today.year() - 1, month, day).ok())
}

fn candidate(
    survey: &Survey<'_, '_>,
    row: &Row,
    now: Timestamp,
    zone: &TimeZone,
    day_first: Option<bool>,
) -> Candidate {
    let link = &survey.found.links[survey.found.all[row.record.anchor].link];
    Candidate {
        url: link.url.clone(),
        title: row.title.as_ref().map(|title| title.text.clone()).unwrap_or_default(),
        excerpt: row.excerpt.as_ref().map(|excerpt| excerpt.text.clone()),
        published: published(row, now, zone, day_first),
        categories: row.categories.iter().filter_map(|label| CategoryPath::new([&label.text])).collect(),
        author: row.author.as_ref().map(|author| author.text.clone()),
        image: row.image.as_ref().map(|(url, _)| url.clone()),
        pinned: false,
        uncategorised: false,
    }
}

/// The day of a row, with the clock time that stands beside it; or the day that "3 hours ago" means.
fn published(row: &Row, now: Timestamp, zone: &TimeZone, day_first: Option<bool>) -> Option<Published> {
    let order = if day_first == Some(true) { Order::DayFirst } else { Order::MonthFirst };
    let read = row.dated.as_ref().and_then(|dated| read_in_order(&dated.text, zone, now, order));
    match row.day {
        Some(day) => read.filter(|read| read.date() == day).or_else(|| Published::day(day, zone)),
        None => read,
    }
}

/// How sure the detection is: how good the list is, how far ahead of the next, how surely the fields are told.
fn confidence(joined: &Joined, table: &Table) -> f64 {
    let list = ((joined.score - LEAST_SCORE) / 12.0).clamp(0.0, 1.0);
    let next = joined.rejected.iter().filter(|list| !list.side).map(|list| list.score).fold(0.0, f64::max);
    let ahead = ((joined.score - next) / joined.score * 4.0).clamp(0.0, 1.0);
    let fields = 0.6 * table.title_sure + 0.4 * table.date_fill;
    (0.4 * list + 0.25 * ahead + 0.35 * fields).clamp(0.0, 1.0)
}
