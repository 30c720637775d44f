//! Known posts and candidates → what changes.
//!
//! Pure. Identity is decided here, once and for ever: entry ids, the first-seen time and the place in the feeds
//! are minted for new posts and never again. Only a changed, non-empty title is an edit; a date, a category or
//! an excerpt that was missing fills a gap and moves nothing that a reader would call news.

mod place;

use std::collections::BTreeSet;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::model::category::{Category, mint_categories};
use crate::model::date::{Precision, Published};
use crate::model::known::Known;
use crate::model::link::{LinkRules, PostKey, clean, mint_entry_id};
use crate::model::post::{Candidate, KnownPost, Post};
use crate::model::report::{Changes, Edited, Filled};

/// A candidate with the key that its link has for its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The key.
    pub key: PostKey,
    /// What the page shows.
    pub candidate: Candidate,
}

/// From which end of the blog a walk came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walked {
    /// From the newest post: what is new stands above what is known.
    FromTop,
    /// From the newest post, broken off before what is known: more stands between.
    FromTopToGap,
    /// On from where an earlier walk broke off: what is new stands below what was stored since.
    Resumed,
}

/// What the diff needs besides the posts.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What makes no new post.
    pub links: &'a LinkRules,
    /// The source's categories.
    pub categories: &'a [Category],
    /// Seconds east of UTC for posts whose page tells no time.
    pub offset_seconds: i32,
    /// From which end the walk came.
    pub walked: Walked,
    /// The moment of the poll.
    pub now: Timestamp,
}

/// What changes when these candidates, newest first, are held against what is stored about them.
pub fn diff(known: &Known, candidates: &[Keyed], setting: &Setting<'_>) -> Changes {
    let on_page: BTreeSet<&PostKey> = candidates.iter().map(|keyed| &keyed.key).collect();
    let places = place::places(known, candidates, setting);
    let mut changes = Changes::default();
    let mut seen = BTreeSet::new();
    for (index, Keyed { key, candidate }) in candidates.iter().enumerate() {
        if !seen.insert(key) {
            continue;
        }
        let moved = || known.titled.iter().find(|post| !on_page.contains(&post.key) && is_same(post, candidate));
        if let Some(post) = known.posts.get(key) {
            compare(post, candidate, places[index], setting, &mut changes);
        } else if let Some(post) = moved() {
            changes.aliases.push((key.clone(), post.key.clone()));
            compare(post, candidate, places[index], setting, &mut changes);
        } else {
            let mut post = mint(key, candidate, places[index], setting);
            // One that comes back is the one that it was.
            if let Some(entry_id) = known.gone.get(key) {
                post.entry_id.clone_from(entry_id);
            }
            changes.new.push(post);
        }
    }
    let wanted = changes.new.iter().flat_map(|post| &post.categories);
    let grown = changes.filled.iter().filter_map(|filled| filled.categories.as_ref()).flatten();
    changes.categories = mint_categories(setting.categories, wanted.chain(grown));
    changes
}

/// A post that no one has seen before.
fn mint(key: &PostKey, candidate: &Candidate, listed_at: Timestamp, setting: &Setting<'_>) -> Post {
    Post {
        key: key.clone(),
        entry_id: mint_entry_id(&candidate.url, setting.links),
        url: clean(&candidate.url, setting.links).to_string(),
        title: candidate.title.clone(),
        excerpt: candidate.excerpt.clone(),
        author: candidate.author.clone(),
        image: candidate.image.as_ref().map(ToString::to_string),
        enclosures: candidate.enclosures.clone(),
        published: candidate.published,
        listed_at,
        offset_seconds: candidate.published.map_or(setting.offset_seconds, |published| published.offset_seconds),
        first_seen: setting.now,
        updated: listed_at,
        tags: distinct(&candidate.tags),
        categories: distinct(&candidate.categories),
        full_text: None,
    }
}

/// What a known post's row on the page adds to it.
fn compare(known: &KnownPost, candidate: &Candidate, place: Timestamp, setting: &Setting<'_>, changes: &mut Changes) {
    let edited = is_edit(&known.title, &candidate.title);
    if edited {
        changes.edited.push(Edited {
            key: known.key.clone(),
            title_before: known.title.clone(),
            title: candidate.title.clone(),
            excerpt: candidate.excerpt.clone().filter(|excerpt| Some(excerpt) != known.excerpt.as_ref()),
            at: setting.now,
        });
    }
    let absent = |stored: &Option<String>, read: &Option<String>| read.clone().filter(|_| stored.is_none());
    let title = (!edited && is_longer(&known.title, &candidate.title)).then(|| candidate.title.clone());
    let met_elsewhere = changes.aliases.iter().any(|(_, target)| *target == known.key);
    let filled = Filled {
        key: known.key.clone(),
        published: finer(known.published, candidate.published).map(|published| (published, place)),
        categories: grown(&known.categories, &distinct(&candidate.categories)),
        tags: grown(&known.tags, &distinct(&candidate.tags)),
        excerpt: absent(&known.excerpt, &candidate.excerpt).filter(|_| !edited),
        author: absent(&known.author, &candidate.author),
        image: absent(&known.image, &candidate.image.as_ref().map(ToString::to_string)),
        enclosures: if known.enclosures.is_empty() { candidate.enclosures.clone() } else { Vec::new() },
        title,
        url: met_elsewhere.then(|| clean(&candidate.url, setting.links).to_string()),
    };
    if (Filled { key: known.key.clone(), ..Filled::default() }) != filled {
        changes.filled.push(filled);
    }
}

/// Whether an unknown link leads to a post that is known under another one: the same title on the same day, or,
/// where a date is missing, the same title and excerpt.
fn is_same(known: &KnownPost, candidate: &Candidate) -> bool {
    if candidate.title.is_empty() || folded(&known.title) != folded(&candidate.title) {
        return false;
    }
    match (known.published, candidate.published) {
        (Some(stored), Some(read)) => stored.date() == read.date(),
        _ => known.excerpt.is_some() && known.excerpt == candidate.excerpt,
    }
}

/// Whether a title says something else now. A title cut with an ellipsis says the same as the whole one.
fn is_edit(stored: &str, read: &str) -> bool {
    let (stored, read) = (folded(stored), folded(read));
    !stored.is_empty() && !read.is_empty() && stored != read && !is_cut_of(&stored, &read) && !is_cut_of(&read, &stored)
}

/// Whether the page shows a title where none, or only its beginning, is stored.
fn is_longer(stored: &str, read: &str) -> bool {
    !read.is_empty() && (stored.is_empty() || is_cut_of(&folded(stored), &folded(read)))
}

fn is_cut_of(cut: &str, whole: &str) -> bool {
    let begin = cut.strip_suffix("...").or_else(|| cut.strip_suffix(".."));
    begin.is_some_and(|begin| !begin.trim_end().is_empty() && whole.starts_with(begin.trim_end()) && whole != cut)
}

/// One form for every typography of a title: NFKC (which writes `…` as `...`), white space folded.
fn folded(title: &str) -> String {
    title.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The date that was read, where none is stored, or a finer one of the same day.
fn finer(stored: Option<Published>, read: Option<Published>) -> Option<Published> {
    let read = read?;
    match stored {
        None => Some(read),
        Some(stored) => {
            let same_day = stored.date() == read.date();
            (same_day && stored.precision == Precision::Day && read.precision > Precision::Day).then_some(read)
        }
    }
}

/// The categories or tags that a post has now, where the page says more or other than what is stored.
fn grown<T: Clone + Ord>(stored: &[T], read: &[T]) -> Option<Vec<T>> {
    if read.iter().all(|path| stored.contains(path)) {
        return None;
    }
    // A page that names as many as we know shows them all: the post was moved. One that names fewer shows a part.
    if read.len() >= stored.len() {
        return Some(read.to_vec());
    }
    Some(distinct(&[stored, read].concat()))
}

fn distinct<T: Clone + Ord>(labels: &[T]) -> Vec<T> {
    let mut seen = BTreeSet::new();
    labels.iter().filter(|label| seen.insert(*label)).cloned().collect()
}

#[cfg(test)]
mod tests;
