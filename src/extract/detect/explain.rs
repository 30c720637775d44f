//! What a detection found and why, as data that prints as sentences.

use std::fmt;

use super::assemble::Table;
use super::join::Joined;
use super::lists::Features;
use super::measure::share;
use super::survey::Survey;
use crate::model::post::Candidate;

/// One list of links that was not taken for posts.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// How many links it has.
    pub links: usize,
    /// The text of one of them.
    pub example: String,
    /// Why it is not the list of posts.
    pub reason: &'static str,
}

/// What was found, how sure, from what evidence, and what was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// How many posts.
    pub posts: usize,
    /// How sure: 0 to 1.
    pub confidence: f64,
    /// What speaks for the list, strongest first.
    pub evidence: Vec<String>,
    /// How the titles were found.
    pub title_from: String,
    /// How many posts have a title.
    pub titled: usize,
    /// How many posts have a date.
    pub dated: usize,
    /// How many posts name a category.
    pub categorised: usize,
    /// Whether numbers like 10/07 were read as day and month; `None` where no date left it open.
    pub day_first: Option<bool>,
    /// Lists that were left out, best first.
    pub left_out: Vec<LeftOut>,
}

/// The explanation of posts that only the page's data names.
pub(super) fn of_data(posts: &[Candidate], confidence: f64) -> Explanation {
    Explanation {
        posts: posts.len(),
        confidence,
        evidence: vec!["the page shows no list, its data names the posts".to_owned()],
        title_from: "the page's data".to_owned(),
        titled: posts.len(),
        dated: posts.iter().filter(|post| post.published.is_some()).count(),
        categorised: posts.iter().filter(|post| !post.categories.is_empty()).count(),
        day_first: None,
        left_out: Vec::new(),
    }
}

/// Puts the explanation together.
pub(super) fn explain(survey: &Survey<'_, '_>, joined: &Joined, table: &Table, confidence: f64) -> Explanation {
    let rows = &table.rows;
    let left_out = joined
        .rejected
        .iter()
        .map(|list| LeftOut {
            links: list.records,
            example: survey.found.all[list.example].text.chars().take(60).collect(),
            reason: match () {
                () if list.side => "it stands in a sidebar, a menu or a footer",
                () if list.date < 0.5 && joined.features.date > 0.5 => "its links have no dates, those of the posts do",
                () if list.records == 1 => "it is a single link that looks different",
                () => "less speaks for it",
            },
        })
        .collect();
    Explanation {
        posts: rows.len(),
        confidence,
        evidence: evidence(&joined.features, joined, survey),
        title_from: table.title_from.to_owned(),
        titled: rows.iter().filter(|row| row.title.is_some()).count(),
        dated: rows.iter().filter(|row| row.day.is_some()).count(),
        categorised: rows.iter().filter(|row| !row.categories.is_empty()).count(),
        day_first: table.day_first,
        left_out,
    }
}

fn evidence(features: &Features, joined: &Joined, survey: &Survey<'_, '_>) -> Vec<String> {
    let mut evidence = Vec::new();
    let mut say = |yes: bool, text: &str| {
        if yes {
            evidence.push(text.to_owned());
        }
    };
    say(features.date > 0.5, "the records are dated");
    say(features.unique > 0.9, "every link has a text of its own");
    say(features.told > 0.5, "the page's data (JSON-LD) names the same addresses");
    say(features.head > 0.5, "the links stand in headings");
    say(features.shape > 0.9, "all addresses have one shape");
    say(features.likeness > 0.4, "the addresses look like those of posts");
    say(features.main > 0.5, "they stand in the main part of the page");
    say(features.article > 0.5, "each is an article, a card or an item");
    say(features.alone > 0.8, "each link has its line for itself");
    if joined.lists > 0 {
        evidence.push(format!("{} more of the page's lists are of the same kind and belong to it", joined.lists));
    }
    if survey.evidence.len() > 0 && features.told <= 0.5 {
        evidence.push("the page's data names other addresses, which its lists do not show".to_owned());
    }
    evidence
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = (self.confidence * 100.0).round();
        writeln!(f, "{} posts were found, {percent}% sure, because:", self.posts)?;
        for reason in &self.evidence {
            writeln!(f, "- {reason}")?;
        }
        writeln!(f, "The titles are {}; {} of {} posts have one.", self.title_from, self.titled, self.posts)?;
        writeln!(f, "{} posts have a date, {} name a category.", self.dated, self.categorised)?;
        if let Some(day_first) = self.day_first {
            let (first, second) = if day_first { ("day", "month") } else { ("month", "day") };
            writeln!(f, "Dates such as 03/04 are read as {first} and {second}: so the whole list fits best.")?;
        }
        for list in &self.left_out {
            let share = share(list.links, self.posts.max(1));
            let links = if list.links == 1 { "link" } else { "links" };
            let size = if share > 2.0 { "a long list" } else { "a list" };
            writeln!(f, "Left out: {size} of {} {links} (\"{}\"): {}.", list.links, list.example, list.reason)?;
        }
        Ok(())
    }
}
