//! What is chosen of a source's feeds and posts, and the merged feeds: keys → [`Choice`] and [`MergedFeed`].

use std::collections::{BTreeSet, HashMap};

use toml::de::DeValue;

use crate::feed;
use crate::model::choice::{Choice, FeedSort};
use crate::model::filter::{Filter, Pattern, Rules};
use crate::model::merged::{MergedFeed, MergedId};
use crate::model::slug;
use crate::model::source::Source;
use crate::model::title::{Template, Titles};

use super::document::{Lines, nearest, quoted};
use super::entry::Entry;
use super::problem::Fault;

/// What is chosen of a source; what it does not say, `[feeds]` does.
pub(super) fn choice(entry: &Entry<'_>, usual: &feed::Options) -> Choice {
    let sorts = || {
        let words = entry.get("feeds")?.get_ref().as_array()?;
        Some(words.iter().filter_map(|word| sort(word.get_ref().as_str()?)).collect::<Vec<_>>())
    };
    let mut feeds = sorts().unwrap_or_else(|| usual.feeds.clone());
    feeds.sort_unstable();
    feeds.dedup();
    let template = |key: &str, names: &[&str], usual: &Option<Template>| {
        entry.text(key).and_then(|text| Template::parse(text, names).ok()).or_else(|| usual.clone())
    };
    Choice {
        feeds,
        children: entry.flag("children").unwrap_or(usual.children),
        filter: filter(entry),
        titles: Titles {
            all: template("feed_title", Template::OF_BLOG, &usual.title),
            category: template("category_title", Template::OF_CATEGORY, &usual.category_title),
        },
    }
}

fn sort(word: &str) -> Option<FeedSort> {
    FeedSort::ALL.into_iter().find(|sort| sort.word() == word)
}

fn filter(entry: &Entry<'_>) -> Filter {
    let rules = |key: &str| {
        let Some(table) = entry.table(key) else { return Rules::default() };
        let texts = |key: &str| texts(&table, key).unwrap_or_default();
        Rules {
            title: texts("title"),
            link: texts("link"),
            category: texts("category"),
            tag: texts("tag"),
            author: texts("author"),
            regex: texts("regex"),
        }
    };
    Filter { include: rules("include"), exclude: rules("exclude") }
}

/// A list of texts.
fn texts(entry: &Entry<'_>, key: &str) -> Option<Vec<String>> {
    let list = entry.get(key)?.get_ref().as_array()?;
    Some(list.iter().filter_map(|text| Some(text.get_ref().as_str()?.trim().to_owned())).collect())
}

/// The merged feeds of a file.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) good: Vec<MergedFeed>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

/// Reads every `[[feed]]`, over the sources that could be read. `ids`: those of all, however wrong they are otherwise.
pub(super) fn merged(entries: &[Entry<'_>], sources: &[Source], ids: &[&str], lines: &Lines) -> Merged {
    let mut read = Merged::default();
    let mut written: HashMap<&str, usize> = HashMap::new();
    for entry in entries {
        let Some((id, at)) = entry.text_at("id") else { continue };
        if let Some(first) = written.get(id) {
            read.faults.push(Fault::new(
                at,
                format!("the id {id:?} is taken by the feed in line {}", lines.line(*first)),
                format!("give one of the two another id: {:?}", slug::unique(id, |id| written.contains_key(id))),
            ));
        }
        written.entry(id).or_insert(at);
        check_sources(entry, sources, ids, &mut read);
        let Ok(id) = MergedId::try_from(id.to_owned()) else { continue };
        read.good.push(MergedFeed {
            id,
            title: entry.text("title").and_then(|text| Template::parse(text, Template::OF_MERGED).ok()),
            description: entry.text("description").map(str::to_owned),
            language: entry.text("language").map(str::to_owned),
            sources: texts(entry, "sources").unwrap_or_else(|| vec!["*".to_owned()]),
            categories: texts(entry, "categories").unwrap_or_default(),
            authors: texts(entry, "authors").unwrap_or_default(),
            filter: filter(entry),
        });
    }
    read
}

/// A name must be a source's; a pattern should fit one.
fn check_sources(entry: &Entry<'_>, sources: &[Source], ids: &[&str], read: &mut Merged) {
    let Some(list) = entry.get("sources").and_then(|value| value.get_ref().as_array()) else { return };
    let names: BTreeSet<&str> = sources.iter().map(|source| source.id.as_str()).chain(ids.iter().copied()).collect();
    for element in list {
        let DeValue::String(text) = element.get_ref() else { continue };
        let pattern = Pattern::new(text.trim());
        if names.iter().any(|id| pattern.matches(id)) {
            continue;
        }
        let at = element.span().start;
        if pattern.is_wild() {
            read.warnings.push(Fault::new(
                at,
                format!("no source's id fits {}", quoted(text)),
                "`*` stands for any text: \"dev-*\" fits \"dev-one\" and \"dev-two\"",
            ));
            continue;
        }
        let help = match nearest(text, names.iter().copied()) {
            Some(near) => format!("write {near:?}"),
            None => match names.iter().take(5).map(|id| format!("{id:?}")).collect::<Vec<_>>() {
                known if known.is_empty() => "write a [[source]] first; \"*\" takes all that there will be".to_owned(),
                known => format!("write the id of a source, such as {}, or \"*\" for all", known.join(", ")),
            },
        };
        read.faults.push(Fault::new(at, format!("no source is called {}", quoted(text)), help));
    }
}
