//! What every later step asks of the page: where dates are, where headings are, what elements look like.

use std::hash::{Hash, Hasher};

use jiff::civil::Date;

use super::anchors::Anchors;
use super::evidence::Evidence;
use super::lists::Record;
use super::page::Page;
use super::said::{AllSaid, Said};
use super::spans::{Reading, Span, may_begin_date, may_hold_date, scan};
use crate::extract::quick::Fnv;

/// Class tokens that tell a state and not a kind.
const STATES: &[&str] = &[
    "active", "current", "first", "last", "odd", "even", "selected", "sticky", "open", "closed", "hidden", "show",
    "visible",
];

/// A page and what was found on it so far.
#[derive(Debug)]
pub(super) struct Survey<'p, 'a> {
    /// The page.
    pub(super) page: &'p Page<'a>,
    /// Links that may lead to posts.
    pub(super) found: &'p Anchors,
    /// What the page says in data.
    pub(super) evidence: &'p Evidence,
    /// The day that the page is read on.
    pub(super) today: Date,
    dated: Vec<usize>,
    days: Vec<(usize, Date)>,
    times: Vec<(usize, Date)>,
    headings: Vec<usize>,
    looks: Vec<u64>,
    /// What the classes of each kind of elements say.
    said: Vec<AllSaid>,
    chars: Vec<usize>,
}

impl<'p, 'a> Survey<'p, 'a> {
    /// Looks at every text and every element once.
    pub(super) fn of(page: &'p Page<'a>, found: &'p Anchors, evidence: &'p Evidence, today: Date) -> Self {
        let mut dated = Vec::with_capacity(page.runs.len() + 1);
        let mut days = Vec::new();
        let mut count = 0;
        dated.push(0);
        for at in 0..page.runs.len() {
            if is_dated_run(page, at) {
                count += 1;
                days.extend(first_day(page.runs[at].spans()).map(|day| (at, day)));
            }
            dated.push(count);
        }
        let times = (0..page.elements.len())
            .filter(|&at| page.elements[at].name == "time")
            .filter_map(|at| Some((at, first_day(&scan(page.attribute(at, "datetime")?))?)))
            .collect();
        let headings = (0..page.elements.len()).filter(|&at| page.is_heading(at)).collect();
        let mut known = vec![None; page.kinds];
        let mut said = vec![AllSaid::default(); page.kinds];
        let looks = page.elements.iter().map(|element| {
            *known[element.kind].get_or_insert_with(|| {
                said[element.kind] = AllSaid::by(element.class);
                look(element.name, element.class)
            })
        });
        let looks = looks.collect();
        let mut chars = Vec::with_capacity(page.runs.len() + 1);
        chars.push(0);
        for run in &page.runs {
            chars.push(chars[chars.len() - 1] + run.chars);
        }
        Self { page, found, evidence, today, dated, days, times, headings, looks, said, chars }
    }

    /// Whether an element shows when something was published.
    pub(super) fn is_dated(&self, at: usize) -> bool {
        let element = &self.page.elements[at];
        self.dated[element.last_run] > self.dated[element.first_run] || self.page.count(at, |counts| counts.times) > 0
    }

    /// Whether a record shows when it was published.
    pub(super) fn is_dated_record(&self, record: &Record) -> bool {
        let times = |at: usize| self.page.counts[at].times;
        self.dated[record.last_run] > self.dated[record.first_run] || times(record.end) > times(record.start)
    }

    /// Characters of text in a record.
    pub(super) fn mass(&self, record: &Record) -> usize {
        self.chars[record.last_run] - self.chars[record.first_run]
    }

    /// The first day that a record names, as far as one text alone tells it.
    pub(super) fn day(&self, record: &Record) -> Option<Date> {
        let run = self.days.partition_point(|(run, _)| *run < record.first_run);
        let time = self.times.partition_point(|(time, _)| *time < record.start);
        let shown = self.days.get(run).filter(|(run, _)| *run < record.last_run);
        let told = self.times.get(time).filter(|(time, _)| *time < record.end);
        told.or(shown).map(|(_, day)| *day)
    }

    /// The first heading within an element.
    pub(super) fn first_heading(&self, at: usize) -> Option<usize> {
        let from = self.headings.partition_point(|&heading| heading < at);
        self.headings.get(from).copied().filter(|&heading| heading < self.page.elements[at].end)
    }

    /// The headings within an element.
    pub(super) fn headings(&self, at: usize) -> &[usize] {
        let from = self.headings.partition_point(|&heading| heading < at);
        let until = self.headings.partition_point(|&heading| heading < self.page.elements[at].end);
        &self.headings[from..until.max(from)]
    }

    /// One number for elements of one tag and the same kind of classes.
    pub(super) fn look(&self, at: usize) -> u64 {
        self.looks[at]
    }

    /// Whether a word of an element's class says that it is this.
    pub(super) fn says(&self, at: usize, what: Said) -> bool {
        self.said[self.page.elements[at].kind].has(what)
    }

    /// One number for elements that stand below the same kinds of elements.
    pub(super) fn chain(&self, at: usize) -> u64 {
        let mut hasher = Fnv::default();
        for above in self.page.upwards(at).skip(1).take(6) {
            self.looks[above].hash(&mut hasher);
        }
        hasher.finish()
    }
}

fn first_day(spans: &[Span]) -> Option<Date> {
    spans.iter().find_map(|span| match span.reading {
        Reading::Day(day) => Some(day),
        Reading::Open { .. } | Reading::MonthDay(..) => None,
    })
}

/// The class tokens of an element that tell its kind: without digits and states, at most three.
pub(super) fn kinds(class: &str) -> impl Iterator<Item = &str> {
    class
        .split_ascii_whitespace()
        .filter(|token| !token.bytes().any(|byte| byte.is_ascii_digit()) && !STATES.contains(token))
        .filter(|token| !token.starts_with("is-") && !token.starts_with("has-"))
        .take(3)
}

fn look(name: &str, class: &str) -> u64 {
    let mut hasher = Fnv::default();
    name.hash(&mut hasher);
    for kind in kinds(class) {
        kind.hash(&mut hasher);
    }
    hasher.finish()
}

/// Whether a short text holds a date, alone or with the one or two that follow it (`2026` `07 · 20`).
fn is_dated_run(page: &Page<'_>, at: usize) -> bool {
    let run = &page.runs[at];
    let length = run.chars;
    if (4..=80).contains(&length) && (!run.spans().is_empty() || run.is_relative()) {
        return true;
    }
    if length > 12 || !may_begin_date(&run.text) {
        return false;
    }
    let mut joined = run.text.to_string();
    for next in page.runs.iter().skip(at + 1).take(2) {
        if next.chars > 12 {
            return false;
        }
        joined.push(' ');
        joined.push_str(&next.text);
        if may_hold_date(&joined)
            && scan(&joined).iter().any(|span| span.start == 0 && !matches!(span.reading, Reading::MonthDay(..)))
        {
            return true;
        }
    }
    false
}
