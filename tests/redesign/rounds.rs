//! Rounds: every blog shows something else, is looked at, and what is stored then is judged.

use std::collections::BTreeMap;
use std::fmt;

use crate::bench::{Bench, Looked, Stored, difference};
use crate::case::Case;
use crate::origin::Shown;

/// What one kind of change came to, over all blogs.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// What it is called.
    pub(crate) name: String,
    /// The old way still reads the blog.
    pub(crate) read_on: usize,
    /// It was learnt anew, and rightly.
    pub(crate) repaired: usize,
    /// It was not learnt; nothing changed.
    pub(crate) kept: Vec<String>,
    /// Something is stored that is not so.
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    /// The share of blogs that are read rightly of those that had to be learnt anew.
    pub(crate) fn share(&self) -> f64 {
        let count = |count: usize| f64::from(u32::try_from(count).expect("few blogs"));
        let all = self.repaired + self.kept.len() + self.wrong.len();
        if all == 0 { 1.0 } else { count(self.repaired) / count(all) }
    }

    fn of(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// All of several in one.
    pub(crate) fn sum(name: &str, tallies: &[Self]) -> Self {
        let all = |lists: fn(&Self) -> &Vec<String>| {
            let told =
                |tally: &Self| lists(tally).iter().map(|what| format!("{}: {what}", tally.name)).collect::<Vec<_>>();
            tallies.iter().flat_map(told).collect()
        };
        Self {
            name: name.to_owned(),
            read_on: tallies.iter().map(|tally| tally.read_on).sum(),
            repaired: tallies.iter().map(|tally| tally.repaired).sum(),
            kept: all(|tally| &tally.kept),
            wrong: all(|tally| &tally.wrong),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<24} {:>4} read on {:>4} repaired {:>4} kept {:>4} wrong   {:.3}",
            self.name,
            self.read_on,
            self.repaired,
            self.kept.len(),
            self.wrong.len(),
            self.share()
        )
    }
}

/// A redesign of every blog that has one: the page, and the page once a post is published, where one can be.
pub(crate) fn redesign(bench: &Bench<'_>, name: &str, of: &dyn Fn(&Case, &Stored) -> Option<Shown>) -> Tally {
    bench.restore();
    let mut pages: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for case in &bench.cases {
        match of(case, &bench.known[&case.id]) {
            Some((now, later)) => {
                bench.world.show(case.url.as_str(), vec![now]);
                pages.insert(&case.id, later);
            }
            None => bench.world.show(case.url.as_str(), vec![case.before()]),
        }
    }
    let first = bench.look();
    let stored = bench.stored();
    for case in &bench.cases {
        if let Some(Some(later)) = pages.get(case.id.as_str()) {
            bench.world.show(case.url.as_str(), vec![later.clone()]);
        }
    }
    let second = bench.look();
    let finally = bench.stored();
    let mut tally = Tally::of(name);
    for case in bench.cases.iter().filter(|case| pages.contains_key(case.id.as_str())) {
        let id = &case.id;
        let before = &bench.known[id];
        let none = Stored::new();
        let now = stored.get(id).unwrap_or(&none);
        let then = finally.get(id).unwrap_or(&none);
        let publishes = pages[id.as_str()].is_some();
        let Looked { outcome, error, .. } = &first[id];
        if let Some(difference) = difference(before, now, &[]) {
            tally.wrong.push(format!("{id}: {outcome} {error}: {difference}"));
            continue;
        }
        let read = matches!(outcome.as_str(), "repaired" | "unchanged" | "changed" | "not-modified");
        let fresh: Vec<_> = case.posts[..case.posts.len() - case.known().len()].iter().collect();
        let fresh = if publishes { fresh } else { Vec::new() };
        match difference(before, then, if read { &fresh } else { &[] }) {
            Some(difference) if read => {
                let Looked { outcome: after, error, new, .. } = &second[id];
                tally.wrong.push(format!("{id}: {outcome}, then {after} ({new} new) {error}: {difference}"));
            }
            _ if outcome == "repaired" => tally.repaired += 1,
            _ if read => tally.read_on += 1,
            _ => tally.kept.push(format!("{id}: {outcome} {error}")),
        }
    }
    tally
}

/// Pages that are no redesign: nothing may be repaired, and the blog goes on as it was afterwards.
pub(crate) fn impostor(bench: &Bench<'_>, name: &str, of: &dyn Fn(&Case) -> Option<Vec<String>>) -> Tally {
    bench.restore();
    bench.world.clear();
    let mut shown = Vec::new();
    for case in &bench.cases {
        let pages = of(case);
        if pages.is_some() {
            shown.push(*case);
        }
        bench.world.show(case.url.as_str(), pages.unwrap_or_else(|| vec![case.before()]));
    }
    let first = bench.look();
    let stored = bench.stored();
    for case in &bench.cases {
        bench.world.show(case.url.as_str(), vec![case.before()]);
    }
    let second = bench.look();
    let finally = bench.stored();
    let mut tally = Tally::of(name);
    for case in shown {
        let id = &case.id;
        let none = Stored::new();
        let changed = difference(&bench.known[id], stored.get(id).unwrap_or(&none), &[])
            .or_else(|| difference(&bench.known[id], finally.get(id).unwrap_or(&none), &[]));
        let Looked { outcome, error, .. } = &first[id];
        let after = &second[id];
        let recovers = matches!(after.outcome.as_str(), "unchanged" | "not-modified");
        match changed {
            Some(changed) => tally.wrong.push(format!("{id}: {outcome}: {changed}")),
            None if outcome == "repaired" || !recovers => {
                tally.wrong.push(format!("{id}: {outcome} {error}, then {} {}", after.outcome, after.error));
            }
            None if outcome == "failed" => tally.kept.push(format!("{id}: {error}")),
            None => tally.read_on += 1,
        }
    }
    tally
}
