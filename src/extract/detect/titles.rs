//! Titles: columns of texts over all records, and a vote which of them is the title.
//!
//! Headings, classes and link texts make columns, and so does every place in the record. What differs from
//! record to record, is as long as titles are, and repeats the words of the address, wins.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::anchors::Anchor;
use super::badges;
use super::fields::Cell;
use super::links::segments;
use super::lists::Record;
use super::measure::{number, share, width};
use super::offers::{of_links, of_places};
use super::only_date::is_only_date;
use super::survey::Survey;
use super::words::is_generic;
use crate::extract::letters::{is_alphanumeric, lower};
use crate::extract::quick::Guarded;

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
pub(super) enum Kind {
    /// A heading in or around a link.
    Head,
    /// An element in or around a link whose class says title.
    Class,
    /// The text of a link, by the place of the link in its record.
    Anchor(usize),
    /// Bold text in a link.
    Strong,
    /// A heading anywhere in the record.
    FreeHead,
    /// The text in one place of the record.
    Place(usize),
    /// The title attribute of a link.
    Attribute,
    /// The label of a link.
    Aria,
    /// The description of the picture in a link.
    Alt,
    /// All text of a link that is made of several pieces.
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
#[derive(Debug, Default, PartialEq)]
pub(super) struct Titles {
    /// One a record; `None` where it shows none.
    pub(super) cells: Vec<Option<Cell>>,
    /// How the titles were told from other texts.
    pub(super) from: &'static str,
    /// The score of the column that won: 0 to 1.
    pub(super) sure: f64,
}

impl Titles {
    /// Those of so many records that were not asked for them.
    pub(super) fn none(records: usize) -> Self {
        Self { cells: vec![None; records], ..Self::default() }
    }
}

/// Texts by where they come from, one a record.
pub(super) type Columns = BTreeMap<Kind, Vec<Option<Cell>>>;

/// Chooses the titles.
pub(super) fn choose(survey: &Survey<'_, '_>, records: &[Record]) -> Titles {
    let columns = of_links(survey, records);
    let links: Vec<Linked<'_>> = records.iter().map(|record| Linked::of(survey, record)).collect();
    told_at_once(survey, &columns, &links).unwrap_or_else(|| told_by_all(survey, records, columns, &links))
}

/// The titles, told by all columns: those of `columns` and those of places.
fn told_by_all(survey: &Survey<'_, '_>, records: &[Record], mut columns: Columns, links: &[Linked<'_>]) -> Titles {
    of_places(survey, records, &mut columns);
    let mut looks = Looks::default();
    let scores: Vec<f64> = columns.iter().map(|(kind, cells)| score(*kind, cells, links, &mut looks)).collect();
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

/// The titles where one column of links and headings beats all places, whatever is in these, and has a title for each
/// record: then no other text is asked.
fn told_at_once(survey: &Survey<'_, '_>, columns: &Columns, links: &[Linked<'_>]) -> Option<Titles> {
    let mut looks = Looks::default();
    let mut best: Option<(f64, Kind)> = None;
    let mut bounds: Vec<(f64, Kind)> = columns.iter().map(|(kind, cells)| (bound(*kind, cells), *kind)).collect();
    bounds.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    for (bound, kind) in bounds {
        if best.is_some_and(|(most, _)| bound < most) {
            break;
        }
        let score = score(kind, &columns[&kind], links, &mut looks);
        if best.is_none_or(|(most, its)| most.total_cmp(&score).then(kind.cmp(&its)).is_lt()) {
            best = Some((score, kind));
        }
    }
    let (score, kind) = best.filter(|(score, _)| *score > Kind::Place(0).weight() + ECHO)?;
    let mut cells = columns[&kind].clone();
    if !cells.iter().all(|cell| cell.as_ref().is_some_and(|cell| may_be_title(&cell.text))) {
        return None;
    }
    let full = columns.get(&Kind::Attribute);
    let whole = |record: usize, text: &str| full?[record].as_ref().filter(|whole| is_cut_of(text, &whole.text));
    // A title cut short is made whole only by a column that may hold titles.
    if (0..).zip(&cells).any(|(record, cell)| cell.as_ref().is_some_and(|cell| whole(record, &cell.text).is_some())) {
        return None;
    }
    badges::cut(survey, &mut cells);
    Some(Titles { cells, from: kind.name(), sure: score.min(1.0) })
}

/// What a column scores at most.
fn bound(kind: Kind, cells: &[Option<Cell>]) -> f64 {
    (kind.weight() + ECHO) * (0.4 + 0.6 * share(cells.iter().flatten().count(), cells.len()))
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
    fn of(text: &str, link: &Linked<'_>) -> Self {
        // Mostly it is the text of the link.
        let other = if text == link.anchor.text {
            link.anchor.generic || link.anchor.only_date
        } else {
            is_generic(text) || is_only_date(text)
        };
        Self {
            width: width(text),
            other,
            cut: text.ends_with('…') || text.ends_with("..."),
            echoes: echoes(text, &link.slug),
        }
    }
}

/// By text and record.
type Looks<'t> = HashMap<(&'t str, usize), Look, Guarded>;

/// The words of the last part of an address.
type Slug = HashSet<String, Guarded>;

/// The link of a record.
struct Linked<'a> {
    anchor: &'a Anchor,
    slug: Slug,
}

impl<'a> Linked<'a> {
    fn of(survey: &'a Survey<'_, '_>, record: &Record) -> Self {
        Self { anchor: &survey.found.all[record.anchor], slug: slug_words(survey, record) }
    }
}

fn score<'t>(kind: Kind, cells: &'t [Option<Cell>], links: &[Linked<'_>], looks: &mut Looks<'t>) -> f64 {
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
        .map(|(at, text)| (text, *looks.entry((text, at)).or_insert_with(|| Look::of(text, &links[at]))))
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use scraper::Html;
    use url::Url;

    use super::*;
    use crate::extract::detect::anchors::Anchors;
    use crate::extract::detect::evidence::Evidence;
    use crate::extract::detect::lists;
    use crate::extract::detect::page::Page;

    /// The titles of each list of a page as they are told, and as all columns tell them; how many were told at once.
    fn check(html: &str) -> Result<usize, TestCaseError> {
        let document = Html::parse_document(html);
        let url = Url::parse("https://x.org/").unwrap();
        let page = Page::read(&document, &url);
        let (evidence, found) = (Evidence::of(&page), Anchors::of(&page, false));
        let survey = Survey::of(&page, &found, &evidence, date(2026, 1, 1));
        let mut at_once = 0;
        for list in lists::find(&survey) {
            let columns = of_links(&survey, &list.records);
            let links: Vec<Linked<'_>> = list.records.iter().map(|record| Linked::of(&survey, record)).collect();
            let Some(titles) = told_at_once(&survey, &columns, &links) else { continue };
            at_once += 1;
            prop_assert_eq!(titles, told_by_all(&survey, &list.records, columns, &links), "{}", html);
        }
        Ok(at_once)
    }

    #[test]
    fn titles_that_are_marked_are_told_at_once() {
        let post = |at: usize| format!("<li><h2><a href=/a-post-{at}>A post {at}</a></h2><p>2020-07-{at:02}</p></li>");
        let list: String = (1..9).map(post).collect();
        assert_eq!(check(&format!("<ul>{list}</ul>")).unwrap(), 1);
    }

    proptest! {
        #[test]
        fn what_is_told_at_once_is_what_all_columns_tell(
            posts in prop::collection::vec(
                ("(A post|Rust|Read more|2020-07-10|A very long…|New|가나다|)( [a-c])?", "(A very long title|Rust b|)", 0..9_usize, "[a-d]{1,2}"),
                1..6,
            )
        ) {
            let post = |(title, whole, form, slug): &(String, String, usize, String)| {
                let link = format!("<a href='/{slug}-post' title='{whole}'>{title}</a>");
                match form {
                    0 => format!("<li>{link}<p>{whole}</p></li>"),
                    1 => format!("<li><b class=new>NEW</b><h2>{link}</h2></li>"),
                    2 => format!("<li><p class=post-title>{title}</p>{link}</li>"),
                    _ => format!("<li><h2>{link}</h2><p>Some words</p><span>{whole}</span></li>"),
                }
            };
            check(&format!("<ul>{}</ul>", posts.iter().map(post).collect::<String>()))?;
        }
    }
}
