//! The detection itself: page, links, lists, records, fields, in this order.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use scraper::Html;
use url::Url;

use super::anchors::Anchors;
use super::dates::{self, Dated, Dates};
use super::evidence::Evidence;
use super::explain::Explanation;
use super::fields::Cell;
use super::join::{self, Joined};
use super::links;
use super::lists::{self, Record};
use super::page::Page;
use super::spans::{Reading, scan};
use super::survey::Survey;
use super::titles::{self, Titles};
use super::{categories, cut, explain, extras, learn, next, regions};
use crate::extract::date::{Order, read_in_order};
use crate::extract::text::{EXCERPT_LENGTH, TITLE_LENGTH, clean_to};
use crate::model::category::CategoryPath;
use crate::model::date::Published;
use crate::model::post::{Candidate, Candidates, SiteFacts};
use crate::model::source::HtmlRecipe;

/// Below this score a list is nothing that posts would stand in.
const LEAST_SCORE: f64 = 6.0;

/// How sure posts are that only the page's data names.
const TOLD_CONFIDENCE: f64 = 0.7;

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

/// What is asked of the posts that were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked or not, whatever else is")]
pub struct Asked {
    /// Their titles, excerpts, authors and pictures.
    pub texts: bool,
    /// When they were published.
    pub days: bool,
    /// Their categories.
    pub categories: bool,
    /// The next page.
    pub next: bool,
}

impl Asked {
    /// Everything.
    pub const ALL: Self = Self { texts: true, days: true, categories: true, next: true };
}

/// Reads a page without a recipe. `None` when nothing on it looks like a list of posts.
///
/// Days without a year are taken as the last such day before `now`.
pub fn detect(document: &Html, page_url: &Url, now: Timestamp, zone: &TimeZone) -> Option<Detection> {
    let of_list: OfList<_> = |survey, joined, table, next, confidence| {
        (learn::recipe(survey, table, next), explain::explain(survey, joined, table, confidence))
    };
    let of_data: OfData<_> = |posts| (None, explain::of_data(posts, TOLD_CONFIDENCE));
    let asks = Asks { when: (now, zone), fields: &|_| Asked::ALL, of_list, of_data };
    let Found { candidates, confidence, besides } = find(document, page_url, &asks)?;
    let (recipe, explanation) = besides;
    Some(Detection { candidates, confidence, recipe, explanation })
}

/// As [`detect`], the posts alone: no recipe is learnt of them, and nothing explained. What is asked of them may depend
/// on their addresses; what is not is left empty.
pub fn seen(
    document: &Html,
    page_url: &Url,
    now: Timestamp,
    zone: &TimeZone,
    fields: &dyn Fn(&[&Url]) -> Asked,
) -> Option<Candidates> {
    let asks = Asks { when: (now, zone), fields, of_list: |_, _, _, _, _| (), of_data: |_| () };
    find(document, page_url, &asks).map(|found| found.candidates)
}

/// What was found, and what was asked besides.
struct Found<T> {
    candidates: Candidates,
    confidence: f64,
    besides: T,
}

/// What is asked besides of a list on the page.
type OfList<T> = fn(&Survey<'_, '_>, &Joined, &Table, &next::Next, f64) -> T;

/// And of posts that only the page's data names.
type OfData<T> = fn(&[Candidate]) -> T;

/// What is asked of a page, and when.
struct Asks<'a, T> {
    when: (Timestamp, &'a TimeZone),
    /// What is asked of posts with these addresses.
    fields: &'a dyn Fn(&[&Url]) -> Asked,
    of_list: OfList<T>,
    of_data: OfData<T>,
}

fn find<T>(document: &Html, page_url: &Url, asks: &Asks<'_, T>) -> Option<Found<T>> {
    let mut page = Page::read(document, page_url);
    regions::mark(&mut page);
    let evidence = Evidence::of(&page);
    let own = Anchors::of(&page, false);
    if let Some(found) = read(&page, &own, &evidence, asks) {
        return Some(found);
    }
    // Nothing leads to the site itself: perhaps it lists posts that live elsewhere.
    let wide = Anchors::of(&page, true);
    (wide.all.len() > own.all.len())
        .then(|| read(&page, &wide, &evidence, asks))
        .flatten()
        .or_else(|| told(&page, &evidence, asks))
}

/// The posts that the page's data names, where its HTML shows none: what the browser would build.
fn told<T>(page: &Page<'_>, evidence: &Evidence, asks: &Asks<'_, T>) -> Option<Found<T>> {
    let (now, zone) = asks.when;
    let listed = evidence.listed();
    if listed.len() < 2 {
        return None;
    }
    let posts: Vec<Candidate> = listed
        .into_iter()
        .map(|(link, told)| Candidate {
            url: link.url.clone(),
            title: clean_to(told.title.as_deref().unwrap_or_default(), TITLE_LENGTH),
            excerpt: None,
            published: told.date.as_deref().and_then(|date| read_in_order(date, zone, now, Order::MonthFirst)),
            categories: told
                .sections
                .iter()
                .filter_map(|label| CategoryPath::new([clean_to(label, TITLE_LENGTH)]))
                .collect(),
            tags: Vec::new(),
            author: None,
            image: None,
            enclosures: Vec::new(),
            pinned: false,
            no_category: None,
        })
        .collect();
    let dated = posts.iter().filter(|post| post.published.is_some()).count();
    let besides = (asks.of_data)(&posts);
    let candidates = Candidates {
        next: next::find(page).url,
        posts,
        site: SiteFacts { language: page.language.clone(), ..SiteFacts::default() },
        how: "detected".to_owned(),
        ttl: None,
    };
    (dated * 2 >= candidates.posts.len() || evidence.len() >= 2).then_some(Found {
        candidates,
        confidence: TOLD_CONFIDENCE,
        besides,
    })
}

/// The next older page, by relation, number, class or words, whatever reads the posts.
pub fn next_page(document: &Html, page_url: &Url) -> Option<Url> {
    next::find(&Page::read(document, page_url)).url
}

fn read<T>(page: &Page<'_>, found: &Anchors, evidence: &Evidence, asks: &Asks<'_, T>) -> Option<Found<T>> {
    let (now, zone) = asks.when;
    let survey = Survey::of(page, found, evidence, now.to_zoned(zone.clone()).date());
    let lists = lists::find(&survey);
    let joined = join::choose(&survey, &lists).filter(|joined| joined.score >= LEAST_SCORE)?;
    let urls: Vec<&Url> = joined.records.iter().map(|record| &found.links[found.all[record.anchor].link].url).collect();
    let asked = (asks.fields)(&urls);
    let table = table(&survey, &joined.records, asks.when, asked);
    let confidence = confidence(&joined, &table);
    let next = if asked.next { next::find(page) } else { next::Next::default() };
    let candidates = Candidates {
        posts: table.rows.iter().map(|row| candidate(&survey, row, now, zone, table.day_first)).collect(),
        next: next.url.clone(),
        site: SiteFacts { language: page.language.clone(), ..SiteFacts::default() },
        how: "detected".to_owned(),
        ttl: None,
    };
    let besides = (asks.of_list)(&survey, &joined, &table, &next, confidence);
    Some(Found { candidates, confidence, besides })
}

fn table(survey: &Survey<'_, '_>, records: &[Record], (now, zone): (Timestamp, &TimeZone), asked: Asked) -> Table {
    // Days and categories are looked for beside the titles, so these have to be known for them.
    let is_asked = asked.texts || asked.days || asked.categories;
    let mut titles = if is_asked { titles::choose(survey, records) } else { Titles::none(records.len()) };
    let dates = if asked.days { dates::choose(survey, records, &titles) } else { Dates::none(records.len()) };
    let cut = cut::dates(&mut titles.cells);
    let dates_in_titles = cut.iter().any(Option::is_some);
    let categories = if asked.categories {
        categories::choose(survey, records, &titles.cells)
    } else {
        vec![Vec::new(); records.len()]
    };
    let (title_from, title_sure) = (titles.from, titles.sure);
    let falls = falls(&dates.cells);
    let mut before: Option<Date> = None;
    let rows = records
        .iter()
        .zip(titles.cells)
        .zip(dates.cells)
        .zip(cut)
        .zip(categories)
        .map(|((((record, title), dated), cut), categories)| {
            let day = || {
                dated
                    .as_ref()
                    .and_then(|dated| dated.date)
                    .or(cut)
                    .or_else(|| told_day(survey, record))
                    .or_else(|| links::day_of(&survey.found.links[survey.found.all[record.anchor].link].url))
                    .or_else(|| {
                        let day = last_such_day(dated.as_ref()?, now.to_zoned(zone.clone()).date())?;
                        // Below a post of last year a day without a year is of last year, too, if that keeps the order.
                        match before {
                            Some(before) if falls && day > before => last_such_day(dated.as_ref()?, before),
                            _ => Some(day),
                        }
                    })
            };
            let day = asked.days.then(day).flatten();
            before = day.or(before);
            let mut taken: Vec<&Cell> = title.iter().chain(categories.iter()).collect();
            taken.extend(dated.iter().filter_map(|dated| dated.cell.as_ref()));
            let texts = asked.texts.then_some(record);
            let excerpt = texts.and_then(|record| extras::excerpt(survey, record, &taken));
            Row {
                record: *record,
                day,
                excerpt,
                author: texts.and_then(|record| extras::author(survey, record)),
                image: texts.and_then(|record| extras::image(survey, record)),
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

/// The last day up to tomorrow that a day without a year can mean.
fn last_such_day(dated: &Dated, today: Date) -> Option<Date> {
    let Reading::MonthDay(month, day) = scan(&dated.text).first()?.reading else { return None };
    let this = Date::new(today.year(), month, day).ok().filter(|&date| date <= today.tomorrow().unwrap_or(today));
    this.or_else(|| Date::new(today.year() - 1, month, day).ok())
}

/// Whether days without a year fall from post to post, but for the turns of years: a list with the newest first.
fn falls(dates: &[Option<Dated>]) -> bool {
    let days: Vec<(i8, i8)> = dates
        .iter()
        .flatten()
        .filter(|dated| dated.date.is_none())
        .filter_map(|dated| match scan(&dated.text).first()?.reading {
            Reading::MonthDay(month, day) => Some((month, day)),
            Reading::Day(_) | Reading::Open { .. } => None,
        })
        .collect();
    let rises = days.windows(2).filter(|pair| pair[0] < pair[1]).count();
    days.len() >= 3 && rises * 4 <= days.len()
}

fn candidate(
    survey: &Survey<'_, '_>,
    row: &Row,
    now: Timestamp,
    zone: &TimeZone,
    day_first: Option<bool>,
) -> Candidate {
    let link = &survey.found.links[survey.found.all[row.record.anchor].link];
    // The structure is told by the text as it stands; what leaves the room is fit for a feed and for a terminal.
    let fit = |cell: &Option<Cell>, length: usize| {
        cell.as_ref().map(|cell| clean_to(&cell.text, length)).filter(|text| !text.is_empty())
    };
    Candidate {
        url: link.url.clone(),
        title: fit(&row.title, TITLE_LENGTH).unwrap_or_default(),
        excerpt: fit(&row.excerpt, EXCERPT_LENGTH),
        published: published(row, now, zone, day_first),
        categories: row
            .categories
            .iter()
            .filter_map(|label| CategoryPath::new([clean_to(&label.text, TITLE_LENGTH)]))
            .collect(),
        tags: Vec::new(),
        author: fit(&row.author, TITLE_LENGTH),
        image: row.image.as_ref().map(|(url, _)| url.clone()),
        enclosures: Vec::new(),
        pinned: false,
        no_category: None,
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
