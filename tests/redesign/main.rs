//! Blogs that are redesigned, and what only looks so: the real program over every theme of this repository, and over a
//! folder of real pages where `CORPUS` names one (`scripts/redesign`, see tests/themes/corpus.rs for its shape).
//!
//! A redesign is repaired rightly when afterwards exactly the known posts are stored as they were, and the next post is
//! told as new with its title and day. Nothing may be repaired wrongly.

#[path = "../blogs/mod.rs"]
mod blogs;
#[path = "../support/mod.rs"]
mod support;
#[path = "../themes/mod.rs"]
mod themes;

mod bench;
mod case;
mod origin;
mod rewrite;
mod rounds;
mod second;
mod world;

use bench::Bench;
use blogs::Language;
use case::Case;
use rewrite::REDESIGNS;
use rounds::{Tally, impostor, redesign};
use second::{Beyond, by_the_first, differences, pairs};

/// Other layouts that a blog changes to.
const OTHER_LAYOUTS: usize = 4;

/// Every redesign of every blog.
fn redesigns(bench: &Bench<'_>, others: usize) -> Vec<Tally> {
    let language = &Language::all()[0];
    let themes = themes::themes();
    let rewritten = REDESIGNS.iter().map(|&of| {
        redesign(bench, of.name, &|case, _| Some((case.after(of), case.publishes().then(|| case.later(of)))))
    });
    let other = (0..others).map(|turn| {
        let name = format!("another layout, {}", turn + 1);
        redesign(bench, &name, &|case, known| origin::in_another_theme(case, known, &themes, turn, language))
    });
    rewritten.chain(other).collect()
}

/// Everything that only looks like a redesign.
fn impostors(bench: &Bench<'_>, cases: &[Case]) -> Vec<Tally> {
    origin::impostors(cases).iter().map(|(name, page)| impostor(bench, name, page)).collect()
}

fn told(tallies: &[Tally]) -> String {
    let lines = |tally: &Tally| {
        let kept = tally.kept.iter().map(|what| format!("    kept  {what}"));
        let wrong = tally.wrong.iter().map(|what| format!("    WRONG {what}"));
        std::iter::once(tally.to_string()).chain(kept).chain(wrong).collect::<Vec<_>>()
    };
    tallies.iter().flat_map(lines).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_redesign_is_learnt_rightly_or_not_at_all() {
    let cases = origin::of_themes(&Language::all()[0]);
    let bench = Bench::set(&cases);
    assert!(bench.unread.len() * 20 <= cases.len(), "{}", bench.unread.join("\n"));
    let tallies = redesigns(&bench, 1);
    let all = Tally::sum("all redesigns", &tallies);
    assert!(all.wrong.is_empty() && all.share() >= 0.95, "{}", told(&tallies));
}

#[test]
fn what_only_looks_like_a_redesign_is_none() {
    let cases = origin::of_themes(&Language::all()[0]);
    let bench = Bench::set(&cases);
    let tallies = impostors(&bench, &cases);
    let all = Tally::sum("all impostors", &tallies);
    assert!(all.wrong.is_empty() && all.repaired == 0, "{}", told(&tallies));
}

#[test]
fn a_page_without_posts_behind_the_last_is_the_end() {
    let list = |numbers: std::ops::Range<u32>, pager: &str| {
        let post = |n: u32| {
            format!("<li class=post><a href=/posts/note-{n}/>Note number {n}</a> <time>2024-05-{n:02}</time></li>")
        };
        let posts: String = numbers.rev().map(post).collect();
        format!("<html><body><ul class=posts>{posts}</ul><nav class=pager>{pager}</nav></body></html>")
    };
    let first = list(6..11, "<a class=next href='/blog/?page=2'>2</a>");
    let second = list(1..6, "<a href='/blog/?page=1'>1</a><a class=next href='/blog/?page=3'>3</a>");
    for (third, outcome) in [
        ("<html><body><nav class=pager><a href='/blog/?page=2'>2</a></nav></body></html>", "baseline"),
        ("<html><body><h1>Are you a robot?</h1><form><input></form><a href=/>Home</a></body></html>", "failed"),
    ] {
        let url = "http://one.example/blog/";
        let (at_two, at_three) = (format!("{url}?page=2"), format!("{url}?page=3"));
        let pages = [(url, first.as_str()), (&at_two, second.as_str()), (&at_three, third)];
        let (looked, posts) = Bench::one(url, &pages);
        assert_eq!((looked.outcome.as_str(), posts), (outcome, 10), "{}", looked.error);
    }
}

#[test]
#[ignore = "needs a folder of real pages: scripts/redesign CORPUS"]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn corpus() {
    let pages = themes::corpus::pages();
    let cases = origin::of_pages(&pages);
    let bench = Bench::set(&cases);
    println!("{} blogs, {} of them read before anything changes", cases.len(), bench.cases.len());
    println!("{}", bench.unread.join("\n"));
    let changed = redesigns(&bench, OTHER_LAYOUTS);
    let all = Tally::sum("all redesigns", &changed);
    println!("{}\n", told(&changed));
    let none = impostors(&bench, &cases);
    for tally in &none {
        println!("{tally}");
        for what in &tally.wrong {
            println!("    WRONG {what}");
        }
    }
    println!("{all}\n{}", Tally::sum("all impostors", &none));
    assert!(all.wrong.is_empty() && all.share() >= 0.95);
    assert!(none.iter().all(|tally| tally.wrong.is_empty() && tally.repaired == 0));
}

#[test]
#[ignore = "needs a folder of real pages: scripts/second-page CORPUS"]
#[expect(clippy::print_stdout, reason = "the table is what it is run for")]
fn second_pages() {
    let pages = themes::corpus::pages();
    let pairs = pairs(&pages);
    let (looked, stored) = Bench::walks(&pairs);
    let mut walked = 0;
    let (mut of, mut taught, mut strictly, mut met) = (0, 0, 0, 0);
    for pair in &pairs {
        let id = origin::id(pair.first);
        if looked[&id].pages >= 2 {
            walked += 1;
        } else {
            println!("{id}: {} of page 1, and no next page: {}", looked[&id].outcome, looked[&id].error);
        }
        let Some(truth) = &pair.second else { continue };
        of += 1;
        match by_the_first(pair) {
            Err(why) => println!("{id}: {why}"),
            Ok(found) => {
                let by_letter = differences(pair, truth, &found, &Beyond::Nothing);
                strictly += usize::from(by_letter.is_none());
                match (differences(pair, truth, &found, &Beyond::Sidebars), by_letter) {
                    (Some(what), _) => println!("{id} by what page 1 taught: {what}"),
                    (None, by_letter) => {
                        taught += 1;
                        if let Some(what) = by_letter {
                            println!("{id}: right but for posts that page 2 links in its sidebars alone: {what}");
                        }
                    }
                }
            }
        }
        let all = stored.get(&id).cloned().unwrap_or_default();
        let difference = differences(pair, truth, &all, &Beyond::FirstPage);
        met += usize::from(difference.is_none());
        if let Some(what) = difference {
            println!("{id} after a walk: {what}");
        }
    }
    println!("page 2 found by the walk: {walked} of {}", pairs.len());
    println!(
        "page 2 read right by what page 1 taught: {taught} of {of}; all that its truth names, sidebars too: {strictly}"
    );
    println!("both pages walked, all posts of page 2 stored right: {met} of {of}");
    assert!(taught * 100 >= of * 95 && met * 100 >= of * 95 && walked * 100 >= pairs.len() * 95);
}
