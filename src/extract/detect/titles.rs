//! Titles: columns of texts over all records, and a vote which of them is the title.
//!
//! Headings, classes and link texts make columns, and so does every place in the record. What differs from
//! record to record, is as long as titles are, and repeats the words of the address, wins.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use html5ever::{LocalName, local_name};

use super::badges;
use super::fields::{Cell, How, MOST_RUNS, own_anchors, place, runs};
use super::links::segments;
use super::lists::Record;
use super::measure::{number, share, width};
use super::only_date::is_only_date;
use super::said::{AllSaid, Said};
use super::survey::Survey;
use super::words::is_generic;
use crate::extract::letters::{is_alphanumeric, lower};
use crate::extract::quick::Guarded;
use crate::extract::tags::is_unknown;

/// Words of a class that a title bears.
pub(super) const TITLES: &[&str] = &["title", "tit", "name", "subject", "headline", "heading", "ttl"];

/// Words beside them that say that something else's title is meant.
pub(super) const OTHER_TITLES: &[&str] = &[
    "sub",
    "subtitle",
    "author",
    "user",
    "category",
    "cate",
    "categories",
    "tag",
    "tags",
    "site",
    "blog",
    "page",
    "widget",
    "file",
    "sidebar",
    "date",
    "nick",
    "writer",
    "section",
];

/// Wider than this, a text is hardly a title.
const WIDEST: usize = 180;

/// What a column scores that may hold titles, more than that.
const LEAST: f64 = 0.25;

/// What it weighs more where all of its texts have the words of the addresses.
const ECHO: f64 = 0.15;

/// Where a column's texts come from, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Head,
    Class,
    Anchor(usize),
    Strong,
    FreeHead,
    Place(usize),
    Attribute,
    Aria,
    Alt,
    Whole,
}

impl Kind {
    fn weight(self) -> f64 {
        match self {
            Self::Head => 1.0,
            Self::Class => 0.97,
            Self::Anchor(_) => 0.9,
            Self::Strong => 0.85,
            Self::FreeHead => 0.8,
            Self::Place(_) => 0.72,
            Self::Attribute => 0.6,
            Self::Aria => 0.5,
            Self::Alt => 0.4,
            Self::Whole => 0.3,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Head => "the heading of the link",
            Self::Class => "an element whose class says title",
            Self::Anchor(_) => "the text of the link",
            Self::Strong => "the bold text in the link",
            Self::FreeHead => "the heading of the record",
            Self::Place(_) => "the text that stands in one place of every record",
            Self::Attribute => "the title attribute of the link",
            Self::Aria => "the label of the link",
            Self::Alt => "the description of the picture",
            Self::Whole => "all text of the link",
        }
    }
}

/// The titles of all records.
#[derive(Debug, Default)]
pub(super) struct Titles {
    /// One a record; `None` where it shows none.
    pub(super) cells: Vec<Option<Cell>>,
    /// How the titles were told from other texts.
    pub(super) from: &'static str,
    /// The score of the column that won: 0 to 1.
    pub(super) sure: f64,
}

type Columns = BTreeMap<Kind, Vec<Option<Cell>>>;

/// Chooses the titles.
pub(super) fn choose(survey: &Survey<'_, '_>, records: &[Record]) -> Titles {
    let columns = collect(survey, records);
    let slugs: Vec<Slug> = records.iter().map(|record| slug_words(survey, record)).collect();
    let mut looks = Looks::default();
    let scores: Vec<f64> = columns.iter().map(|(kind, cells)| score(*kind, cells, &slugs, &mut looks)).collect();
    let mut scored: Vec<(f64, Kind, Vec<Option<Cell>>)> =
        columns.into_iter().zip(scores).map(|((kind, cells), score)| (score, kind, cells)).collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    scored.retain(|(score, ..)| *score > LEAST);
    let (sure, from) = scored.first().map_or((0.0, "nothing"), |(score, kind, _)| (score.min(1.0), kind.name()));
    let full = scored.iter().position(|(_, kind, _)| *kind == Kind::Attribute);
    // A hero differs from the list: where a place won, a record whose link or heading has a text keeps that text.
    let rare: Vec<usize> = (0..scored.len())
        .filter(|&column| {
            let (_, kind, cells) = &scored[column];
            let few = cells.iter().flatten().count() * 3 < cells.len();
            few && !matches!(kind, Kind::Place(_)) && kind.weight() > 0.75 && quality(cells) > 0.9
        })
        .collect();
    let is_named = |record: usize| {
        let fits = |cell: &Cell| is_title(&cell.text) && width(&cell.text) <= WIDEST;
        rare.iter().any(|&column| scored[column].2[record].as_ref().is_some_and(fits))
    };
    let marked = scored.first().is_some_and(|(_, kind, cells)| {
        matches!(kind, Kind::Head | Kind::Class) && cells.iter().flatten().count() * 10 >= cells.len() * 6
    });
    let cells = (0..records.len())
        .map(|record| {
            let first = scored.first().filter(|(_, kind, _)| !matches!(kind, Kind::Place(_)) || !is_named(record));
            let first = first.and_then(|(.., cells)| cells[record].clone()).filter(|cell| may_be_title(&cell.text));
            let mut order: Vec<_> = scored.iter().collect();
            if is_named(record) {
                order.sort_by_key(|(_, kind, _)| matches!(kind, Kind::Place(_)));
            }
            // Where titles are marked as such, a text that is not is none: some posts have no title.
            let fits = |kind: &Kind| !marked || !matches!(kind, Kind::Place(_) | Kind::Whole);
            let next = || {
                let mut columns = order.iter().filter(|(_, kind, _)| fits(kind));
                columns.find_map(|(.., cells)| cells[record].clone().filter(|cell| is_title(&cell.text)))
            };
            let best = first.or_else(next)?;
            // A title cut short on the page stands in full in the link's attribute.
            let whole =
                full.and_then(|full| scored[full].2[record].clone()).filter(|whole| is_cut_of(&best.text, &whole.text));
            Some(whole.unwrap_or(best))
        })
        .collect();
    let mut cells: Vec<Option<Cell>> = cells;
    badges::cut(survey, &mut cells);
    Titles { cells, from, sure }
}

/// In the column of the titles a number or a date may be one: "1984", a diary's day.
fn may_be_title(text: &str) -> bool {
    !is_generic(text) || text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_title(text: &str) -> bool {
    !is_generic(text) && !is_only_date(text) && !is_day(text)
}

/// Whether a text is a day with its name: `Saturday, July 10, 2020`.
fn is_day(text: &str) -> bool {
    let parted = text.split_once([',', '，']);
    parted.is_some_and(|(name, date)| name.trim().chars().all(char::is_alphabetic) && is_only_date(date.trim()))
}

/// Whether a text is the beginning of a whole one, cut with dots.
fn is_cut_of(text: &str, whole: &str) -> bool {
    ["…", "⋯", "..."].iter().find_map(|dots| text.strip_suffix(dots)).is_some_and(|begin| {
        begin.chars().count() >= 4 && whole.len() > text.len() && whole.starts_with(begin.trim_end())
    })
}

/// How far the texts of a column differ and say something.
fn quality(cells: &[Option<Cell>]) -> f64 {
    let texts: Vec<&str> = cells.iter().flatten().map(|cell| cell.text.as_str()).collect();
    let distinct = texts.iter().collect::<HashSet<_, Guarded>>().len();
    let telling = texts.iter().filter(|text| is_title(text) && width(text) <= WIDEST).count();
    share(distinct, texts.len()) * share(telling, texts.len())
}

/// What is asked of the text of a cell; many columns have the same one.
#[derive(Debug, Clone, Copy)]
struct Look {
    width: usize,
    /// Whether it is no title: words as of a button, a date.
    other: bool,
    cut: bool,
    echoes: bool,
}

impl Look {
    fn of(text: &str, slug: &Slug) -> Self {
        Self {
            width: width(text),
            other: is_generic(text) || is_only_date(text),
            cut: text.ends_with('…') || text.ends_with("..."),
            echoes: echoes(text, slug),
        }
    }
}

/// By text and record.
type Looks<'t> = HashMap<(&'t str, usize), Look, Guarded>;

/// The words of the last part of an address.
type Slug = HashSet<String, Guarded>;

fn score<'t>(kind: Kind, cells: &'t [Option<Cell>], slugs: &[Slug], looks: &mut Looks<'t>) -> f64 {
    let texts = || cells.iter().enumerate().filter_map(|(at, cell)| Some((at, cell.as_ref()?.text.as_str())));
    let filled = texts().count();
    if filled == 0 {
        return 0.0;
    }
    let distinct = texts().map(|(_, text)| text).collect::<HashSet<_, Guarded>>().len();
    // Posts may share a title; a column that was named a title is not doubted for it as others are.
    let spread = share(distinct, filled);
    let spread = if matches!(kind, Kind::Head | Kind::Class) { spread } else { spread * spread };
    let full = spread * (0.4 + 0.6 * share(filled, cells.len()));
    // Whatever its texts are like, it is not chosen.
    if (kind.weight() + ECHO) * full <= LEAST {
        return 0.0;
    }
    let texts: Vec<(&str, Look)> = texts()
        .map(|(at, text)| (text, *looks.entry((text, at)).or_insert_with(|| Look::of(text, &slugs[at]))))
        .collect();
    let count = |test: &dyn Fn(&Look) -> bool| share(texts.iter().filter(|(_, look)| test(look)).count(), filled);
    let mean_width = number(texts.iter().map(|(_, look)| look.width).sum::<usize>()) / number(filled);
    let echoed = texts.iter().filter(|(_, look)| look.echoes).count();
    let mut weight = kind.weight() + ECHO * share(echoed, filled);
    if matches!(kind, Kind::Anchor(_)) {
        // Links around the text below the title are as long as that text.
        weight -= 0.15 * ((mean_width - 60.0) / 70.0).clamp(0.0, 1.0);
        weight -= 0.1 * count(&|look| look.cut);
    }
    if matches!(kind, Kind::Place(_)) {
        // Wider than titles are, or cut with dots: an excerpt.
        weight -= if mean_width < 8.0 { 0.1 } else { 0.0 };
        weight -= 0.15 * ((mean_width - 40.0) / 70.0).clamp(0.0, 1.0);
        weight -= 0.1 * count(&|look| look.cut);
    }
    weight * full * (1.0 - 0.8 * count(&|look| look.width > WIDEST)) * (1.0 - count(&|look| look.other))
}

/// The words of the last part of a post's address.
fn slug_words(survey: &Survey<'_, '_>, record: &Record) -> Slug {
    let link = &survey.found.links[survey.found.all[record.anchor].link];
    let segments = segments(&link.url);
    let slug = segments.last().map_or("", |last| &**last);
    let slug = slug.trim_end_matches(".html");
    text_words(slug).map(Cow::into_owned).collect()
}

fn text_words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split(|letter: char| !is_alphanumeric(letter))
        .filter(|word| word.chars().nth(1).is_some() && !word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(lower)
}

/// Whether a text has the words of an address, and not much more.
fn echoes(text: &str, slug: &Slug) -> bool {
    if slug.is_empty() || width(text) > WIDEST {
        return false;
    }
    let common: HashSet<&String, Guarded> = text_words(text).filter_map(|word| slug.get(&*word)).collect();
    // Most texts have none of them.
    common.len() * 2 >= slug.len()
        && common.len() * 2 >= text_words(text).collect::<HashSet<Cow<'_, str>, Guarded>>().len()
}

fn collect(survey: &Survey<'_, '_>, records: &[Record]) -> Columns {
    let mut columns = Columns::new();
    let mut places: HashMap<(u64, usize), usize, Guarded> = HashMap::default();
    let mut paths: Vec<u64> = Vec::new();
    let pieces = records.iter().filter(|record| is_in_pieces(survey, survey.found.all[record.anchor].at)).count();
    let in_pieces = pieces * 10 >= records.len() * 6;
    for (number, record) in records.iter().enumerate() {
        let mut put = |kind: Kind, cell: Cell| {
            if cell.text.is_empty() {
                return;
            }
            let column = columns.entry(kind).or_insert_with(|| vec![None; records.len()]);
            if column[number].is_none() {
                column[number] = Some(cell);
            }
        };
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
            put(Kind::Place(column), cell);
        }
    }
    columns
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
