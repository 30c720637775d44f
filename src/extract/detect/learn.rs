//! From a detection to a recipe: selectors that read the same posts from the same page.
//!
//! Every selector is a vote: what names a cell in most records is tried on all of them, and the one that errs
//! least is kept. A recipe that would read other posts than the detection did is none: then the page is detected
//! anew each time. Gaps: fields outside the record's root (flat markup), titles from which a date was cut.

use std::borrow::Cow;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::ago::is_relative;
use super::assemble::{Row, Table};
use super::categories::label;
use super::extras::name_in;
use super::fields::{Cell, How};
use super::measure::share;
use super::next::Next;
use super::page::Page;
use super::posts::post;
use super::selectors::{MOST_CANDIDATES, Path, Votes, votes_within, within};
use super::spans::{Reading, scan};
use super::survey::Survey;
use crate::extract::letters::lower;
use crate::extract::quick::Guarded;
use crate::model::source::{HtmlRecipe, Layout};

/// Most records that a selector is tried on.
const MOST_TRIED: usize = 300;

/// Selectors may miss this share of a field.
const ENOUGH: f64 = 0.95;

/// And this share of excerpts, authors and pictures: what stands there in some records is the detection's second choice.
const ENOUGH_BESIDE: f64 = 0.75;

/// A field's selector and how its text is taken.
struct Learned<'a> {
    paths: Vec<Path<'a>>,
    how: How,
}

impl Learned<'_> {
    fn text(&self) -> String {
        let css = self.paths.iter().map(Path::css).collect::<Vec<_>>().join(", ");
        match self.how {
            How::Text => css,
            How::OwnText => format!("{css} ::own-text").trim().to_owned(),
            How::Attribute(name) => format!("{css} @{name}").trim().to_owned(),
        }
    }

    /// The elements of a record that it means.
    fn elements<'s>(&'s self, page: &'s Page<'_>, root: usize) -> impl Iterator<Item = usize> + 's {
        let own = self.paths.is_empty().then_some(root);
        own.into_iter().chain(
            (root + 1..page.elements[root].end)
                .filter(move |&at| self.paths.iter().any(|path| path.matches(page, Some(root), at))),
        )
    }

    /// The texts that it takes of a record.
    fn values<'s>(&'s self, page: &'s Page<'_>, root: usize) -> impl Iterator<Item = String> + 's {
        self.elements(page, root).map(move |at| value(page, at, self.how)).filter(|text| !text.is_empty())
    }
}

/// The text of an element, taken in one of the ways.
fn value(page: &Page<'_>, at: usize, how: How) -> String {
    match how {
        How::Text => page.text(at),
        How::Attribute(name) => fold(page.attribute(at, name).unwrap_or_default()),
        How::OwnText => {
            let element = &page.elements[at];
            let own = (element.first_run..element.last_run).filter(|&run| page.runs[run].owner == at);
            own.map(|run| &*page.runs[run].text).collect::<Vec<_>>().join(" ")
        }
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The recipe of a table, if selectors read it.
pub(super) fn recipe(survey: &Survey<'_, '_>, table: &Table, next: &Next) -> Option<HtmlRecipe> {
    let page = survey.page;
    let rows = &table.rows;
    // Fields that stand beside the roots are missed where they are looked for.
    if table.dates_in_titles {
        return None;
    }
    let post = post(survey, rows)?;
    let link = link(survey, rows)?;
    let cells = |cell: &dyn Fn(&Row) -> Option<Cell>| rows.iter().map(cell).collect::<Vec<_>>();
    let title = field(page, rows, &cells(&|row| row.title.clone()), &same_text, ENOUGH)?;
    let date_cells = cells(&|row| row.dated.as_ref()?.cell.clone());
    let text = |cell: &dyn Fn(&Row) -> Option<Cell>| {
        field(page, rows, &cells(cell), &same_text, ENOUGH_BESIDE).and_then(|field| field.text)
    };
    let days = Days::default();
    let same_day = |taken: &str, cell: Option<&Cell>| days.are_same(taken, cell);
    let date = field(page, rows, &date_cells, &same_day, ENOUGH).and_then(|field| field.text);
    // Days that stand outside the records, or are put together from pieces: selectors would lose them.
    let shown = rows.iter().filter(|row| row.day.is_some() && row.dated.is_some()).count();
    if date.is_none() && shown * 2 >= rows.len() {
        return None;
    }
    let layout = Layout {
        name: String::new(),
        post,
        link: match &link {
            Link::Plain => None,
            Link::Learned(learned) => Some(learned.text()),
        },
        title: title.text,
        excerpt: text(&|row| row.excerpt.clone()).or_else(|| some_excerpt(page, rows)),
        category: categories(page, rows),
        tag: None,
        date,
        author: author(page, rows),
        image: text(&|row| row.image.as_ref().map(|(_, cell)| cell.clone())),
        enclosure: None,
        next: next.selector.clone(),
        date_format: None,
    };
    Some(HtmlRecipe { layouts: vec![layout], page_query: next.query.clone(), ..HtmlRecipe::default() })
}

/// How the link of a post is found.
enum Link<'a> {
    /// The post is the link, or its first link is the right one.
    Plain,
    /// A selector finds it.
    Learned(Learned<'a>),
}

/// The selector of the link; `None` where none is right everywhere.
fn link<'a>(survey: &Survey<'_, 'a>, rows: &[Row]) -> Option<Link<'a>> {
    let page = survey.page;
    let anchors = &survey.found.all;
    let own = |row: &Row| anchors[row.record.anchor].link;
    let leads = |at: usize, row: &Row| {
        anchors.binary_search_by_key(&at, |anchor| anchor.at).is_ok_and(|found| anchors[found].link == own(row))
    };
    let plain = rows.iter().all(|row| {
        let root = row.record.root;
        let first = (root..page.elements[root].end)
            .find(|&at| page.elements[at].name == "a" && page.attribute(at, "href").is_some());
        first.is_some_and(|first| leads(first, row))
    });
    if plain {
        return Some(Link::Plain);
    }
    let votes =
        votes_within(page, rows.iter().take(MOST_TRIED).map(|row| (row.record.root, anchors[row.record.anchor].at)));
    let right = |path: &Path<'_>| {
        rows.iter().take(MOST_TRIED).all(|row| {
            let root = row.record.root;
            let first = (root + 1..page.elements[root].end).find(|&at| path.matches(page, Some(root), at));
            first.is_some_and(|first| leads(first, row))
        })
    };
    let path = ranked(votes).into_iter().find(right)?;
    Some(Link::Learned(Learned { paths: vec![path], how: How::Text }))
}

/// Candidates, those of most records first, the simplest of equals first.
fn ranked(votes: Votes<'_>) -> Vec<Path<'_>> {
    let mut ranked: Vec<_> = votes.into_iter().map(|(path, votes)| (Reverse(votes), path.effort(), path)).collect();
    // No two are equal: only the first need to be put in order.
    if ranked.len() > MOST_CANDIDATES {
        ranked.select_nth_unstable(MOST_CANDIDATES);
        ranked.truncate(MOST_CANDIDATES);
    }
    ranked.sort_unstable();
    ranked.into_iter().map(|(.., path)| path).collect()
}

/// What was learned of a field; no text where the plain default reads it.
struct Field {
    text: Option<String>,
}

/// The selector of a field that has one value a record.
fn field(page: &Page<'_>, rows: &[Row], cells: &[Option<Cell>], same: Same<'_>, enough: f64) -> Option<Field> {
    let filled = cells.iter().flatten().count();
    if filled == 0 {
        return Some(Field { text: None });
    }
    let mut ways: BTreeMap<&'static str, (How, usize)> = BTreeMap::new();
    for cell in cells.iter().flatten() {
        let name = match cell.how {
            How::Text => "",
            How::OwnText => " ",
            How::Attribute(name) => name,
        };
        ways.entry(name).or_insert((cell.how, 0)).1 += 1;
    }
    let (how, _) = ways.into_values().max_by_key(|(_, count)| *count)?;
    // Own text of an element without children is its text.
    let rows: Vec<(&Row, &Option<Cell>)> = rows.iter().zip(cells).take(MOST_TRIED).collect();
    let mut best: Option<(usize, Learned<'_>)> = None;
    let at_root = rows.iter().any(|(row, cell)| cell.as_ref().is_some_and(|cell| cell.at == row.record.root));
    let places = rows.iter().filter_map(|(row, cell)| Some((row.record, cell.as_ref()?.at)));
    let inside = places.filter(|(record, at)| *at > record.root && *at < record.end);
    let votes = votes_within(page, inside.map(|(record, at)| (record.root, at)));
    let mut tries: Vec<Vec<Path<'_>>> = ranked(votes).into_iter().map(|path| vec![path]).collect();
    if at_root {
        tries.insert(0, Vec::new());
    }
    for how in if how == How::OwnText { vec![How::Text, How::OwnText] } else { vec![how] } {
        for paths in &tries {
            let least = best.as_ref().map_or(usize::MAX, |(least, _)| *least);
            if least == 0 {
                break;
            }
            let learned = Learned { paths: paths.clone(), how };
            let errors = errors(page, &rows, &learned, same, least);
            if errors < least {
                best = Some((errors, learned));
            }
        }
    }
    let (mut least, mut learned) = best?;
    // Records of another kind may need a selector of their own beside it.
    for _ in 0..2 {
        if least == 0 || learned.paths.is_empty() {
            break;
        }
        let missed = rows.iter().find(|(row, cell)| {
            cell.as_ref().is_some_and(|cell| cell.at > row.record.root && !takes(page, row, cell, &learned, same))
        });
        let Some((row, Some(cell))) = missed else { break };
        let before = least;
        let own = learned.paths.clone();
        for path in within(page, row.record.root, cell.at).into_iter().take(MOST_CANDIDATES) {
            let paths = own.iter().cloned().chain([path]).collect();
            let more = Learned { paths, how: learned.how };
            let errors = errors(page, &rows, &more, same, least);
            if errors < least {
                (least, learned) = (errors, more);
            }
        }
        if least == before {
            break;
        }
    }
    let text = learned.text();
    // The whole post's own text has no selector: it is the default of a title.
    (1.0 - share(least, rows.len()) >= enough).then(|| Field { text: (!text.is_empty()).then_some(text) })
}

/// In how many records a selector takes something else than the detection did; not counted further than to `most`.
fn errors(
    page: &Page<'_>,
    rows: &[(&Row, &Option<Cell>)],
    learned: &Learned<'_>,
    same: Same<'_>,
    most: usize,
) -> usize {
    rows.iter()
        .filter(|(row, cell)| match cell {
            Some(cell) => !takes(page, row, cell, learned, same),
            None => learned.values(page, row.record.root).any(|taken| same(&taken, None).is_some()),
        })
        .take(most)
        .count()
}

/// Whether the first value of a selector that is one of the field is the one of the cell.
fn takes(page: &Page<'_>, row: &Row, cell: &Cell, learned: &Learned<'_>, same: Same<'_>) -> bool {
    learned.values(page, row.record.root).find_map(|taken| same(&taken, Some(cell))) == Some(true)
}

/// Whether a text is a value of the field at all, and then whether it is that of a cell.
type Same<'s> = &'s dyn Fn(&str, Option<&Cell>) -> Option<bool>;

#[expect(clippy::unnecessary_wraps, reason = "one of two ways to compare")]
fn same_text(taken: &str, cell: Option<&Cell>) -> Option<bool> {
    Some(cell.is_some_and(|cell| taken == cell.text || (cell.text.len() > 60 && taken.starts_with(&cell.text))))
}

/// The selector of the author: an element that tells the name, perhaps with words around it.
fn author(page: &Page<'_>, rows: &[Row]) -> Option<String> {
    let cells: Vec<Option<Cell>> = rows.iter().map(|row| row.author.clone()).collect();
    let same = |taken: &str, cell: Option<&Cell>| Some(cell.is_some_and(|cell| name_in(taken) == cell.text));
    field(page, rows, &cells, &same, ENOUGH_BESIDE).and_then(|field| field.text)
}

/// The days of texts, each read once: every selector that is tried takes the same.
#[derive(Default)]
struct Days {
    known: RefCell<HashMap<String, Option<Reading>, Guarded>>,
}

impl Days {
    /// The day with its year that a text names.
    fn of(&self, text: &str) -> Option<Reading> {
        if let Some(known) = self.known.borrow().get(text) {
            return *known;
        }
        let mut readings = scan(text).into_iter().map(|span| span.reading);
        let read = readings.find(|reading| !matches!(reading, Reading::MonthDay(..)));
        self.known.borrow_mut().insert(text.to_owned(), read);
        read
    }

    /// A date is the same when it means the same day, however much stands around it.
    fn are_same(&self, taken: &str, cell: Option<&Cell>) -> Option<bool> {
        let Some(day) = self.of(taken) else {
            return is_relative(taken).then(|| cell.is_some_and(|cell| taken == cell.text));
        };
        Some(cell.is_some_and(|cell| taken == cell.text || self.of(&cell.text) == Some(day)))
    }
}

/// A selector that finds some text of its own in nearly all records that have an excerpt: which text is the best one
/// was told record by record, and no selector takes the same.
fn some_excerpt(page: &Page<'_>, rows: &[Row]) -> Option<String> {
    let rows: Vec<&Row> = rows.iter().take(MOST_TRIED).collect();
    let places = rows.iter().filter_map(|row| Some((row.record.root, row.excerpt.as_ref()?.at)));
    let votes = votes_within(page, places.filter(|&(root, at)| at > root && at < page.elements[root].end));
    let has = rows.iter().filter(|row| row.excerpt.is_some()).count();
    let tells = |row: &Row, learned: &Learned<'_>| {
        let first = learned.elements(page, row.record.root).find(|&at| page.mass(at) > 0)?;
        let fields = row.title.iter().chain(row.dated.iter().filter_map(|dated| dated.cell.as_ref()));
        let is_field =
            fields.chain(&row.categories).any(|cell| page.holds(first, cell.at) || page.holds(cell.at, first));
        Some(!is_field)
    };
    let right = |learned: &Learned<'_>| {
        let (mut wrong, mut right) = (0, 0);
        for row in &rows {
            match tells(row, learned) {
                Some(true) => right += usize::from(row.excerpt.is_some()),
                Some(false) => wrong += 1,
                None => {}
            }
        }
        if share(wrong, rows.len()) <= 0.1 { right } else { 0 }
    };
    // Some posts begin with a paragraph, others with a list: each has a selector of its own.
    let mut best = Learned { paths: Vec::new(), how: How::Text };
    let mut most = 0;
    let candidates = ranked(votes);
    for _ in 0..4 {
        let (own, before) = (best.paths.clone(), most);
        for path in &candidates {
            if most == has {
                break;
            }
            let more = Learned { paths: own.iter().chain([path]).cloned().collect(), how: How::Text };
            let right = right(&more);
            if right > most {
                (most, best) = (right, more);
            }
        }
        if most == before {
            break;
        }
    }
    (most > 0 && share(most, has) >= ENOUGH_BESIDE).then(|| best.text())
}

/// Labels in lower case, in the order of their letters, each once.
type Labels = Vec<String>;

fn labels_of(labels: impl Iterator<Item = String>) -> Labels {
    let lowered = |label: String| match lower(&label) {
        Cow::Borrowed(_) => label,
        Cow::Owned(lowered) => lowered,
    };
    let mut labels: Labels = labels.map(lowered).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

fn is_subset(one: &Labels, other: &Labels) -> bool {
    one.iter().all(|label| other.binary_search(label).is_ok())
}

/// The selector of the categories: all that it means in a record are categories.
fn categories(page: &Page<'_>, rows: &[Row]) -> Option<String> {
    let rows: Vec<&Row> = rows.iter().take(MOST_TRIED).collect();
    if rows.iter().all(|row| row.categories.is_empty()) {
        return None;
    }
    let taken = |learned: &Learned<'_>, row: &Row| {
        let labels = learned.elements(page, row.record.root).map(|at| label(&value(page, at, learned.how)));
        labels_of(labels.filter(|label| !label.is_empty()))
    };
    let wanted = |row: &Row| labels_of(row.categories.iter().map(|cell| cell.text.clone()));
    let all: Vec<Labels> = rows.iter().map(|row| wanted(row)).collect();
    let wrong = |learned: &Learned<'_>, most: usize| {
        rows.iter().zip(&all).filter(|(row, wanted)| taken(learned, row) != **wanted).take(most).count()
    };
    let mut best: Option<(usize, Learned<'_>)> = None;
    let cells = |row: &Row| {
        let root = row.record.root;
        row.categories.iter().map(|cell| cell.at).filter(|&at| at > root).map(|at| (root, at)).collect::<Vec<_>>()
    };
    let candidates = ranked(votes_within(page, rows.iter().flat_map(|row| cells(row))));
    for how in [How::Text, How::OwnText] {
        for path in &candidates {
            let least = best.as_ref().map_or(usize::MAX, |(least, _)| *least);
            if least == 0 {
                break;
            }
            let learned = Learned { paths: vec![path.clone()], how };
            let wrong = wrong(&learned, least);
            if wrong < least {
                best = Some((wrong, learned));
            }
        }
        // One selector for the category and one for the tags, where neither alone is all: each may take only what is one.
        if best.as_ref().is_some_and(|(wrong, _)| *wrong == 0) {
            break;
        }
        let (least, union) = several(page, &rows, how, &taken, &wanted);
        if best.as_ref().is_none_or(|(wrong, _)| least < *wrong) {
            best = Some((least, union));
        }
    }
    let (wrong, learned) = best?;
    (1.0 - share(wrong, rows.len()) >= 0.9).then(|| learned.text())
}

/// Several selectors of categories that together take as much as can be taken without taking anything else.
fn several<'a>(
    page: &Page<'a>,
    rows: &[&Row],
    how: How,
    taken: &dyn Fn(&Learned<'_>, &Row) -> Labels,
    wanted: &dyn Fn(&Row) -> Labels,
) -> (usize, Learned<'a>) {
    let mut union = Learned { paths: Vec::new(), how };
    let left = |union: &Learned<'_>| {
        let has = |row: &&&Row| union.paths.is_empty() || taken(union, row) != wanted(row);
        rows.iter().filter(has).copied().collect::<Vec<_>>()
    };
    for _ in 0..4 {
        let missing = left(&union);
        let cell = missing.iter().find_map(|row| {
            let has = if union.paths.is_empty() { Labels::new() } else { taken(&union, row) };
            let cell = row
                .categories
                .iter()
                .find(|cell| cell.at > row.record.root && !has.contains(&cell.text.to_lowercase()))?;
            Some((row.record.root, cell.at))
        });
        let Some((root, at)) = cell else { break };
        let one = |path: Path<'a>| Learned { paths: vec![path], how };
        let only = |learned: &Learned<'a>| rows.iter().all(|row| is_subset(&taken(learned, row), &wanted(row)));
        let count = |learned: &Learned<'a>| rows.iter().map(|row| taken(learned, row).len()).sum::<usize>();
        let fit = within(page, root, at).into_iter().take(MOST_CANDIDATES).map(one).filter(only);
        let best = fit
            .map(|learned| (count(&learned), learned))
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        let Some((_, learned)) = best else { break };
        union.paths.extend(learned.paths);
    }
    (left(&union).len(), union)
}
