//! Changes to the text of a configuration: a word is put in or taken out, every other byte stays.
//!
//! Pure, text → text. The text is one that `load` takes; whether the result is one too is for the caller to see.
//! An id that was only suggested may have leant on a source that goes or gets another name (`blog-2` beside
//! `blog`): it is written down then, for it names posts that are stored.

use std::ops::Range;

use url::Url;

use crate::model::source::SourceId;

use super::layout::{Block, Form, Place, empty_list, places};
use super::mention::{Mention, mentions};

/// Why a configuration cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It cannot be read.
    #[error("the configuration is not TOML")]
    NotToml,
    /// It names no such source.
    #[error("there is no source {id:?}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// What it names.
        known: Vec<String>,
    },
    /// Another source has that id.
    #[error("the id {id:?} is taken")]
    Taken {
        /// The id.
        id: String,
    },
}

/// A source that is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Its id, which names its feeds for ever.
    pub id: SourceId,
    /// Its index page.
    pub url: Url,
    /// The title that a person gives it.
    pub title: Option<String>,
    /// Whether the file must say that it may live on a private address.
    pub allow_private_addresses: bool,
}

impl NewSource {
    /// Its keys with their values, in the order of the contract.
    pub fn table(&self) -> toml::Table {
        let mut keys = toml::Table::new();
        keys.insert("id".to_owned(), self.id.as_str().into());
        keys.insert("url".to_owned(), self.url.as_str().into());
        if let Some(title) = &self.title {
            keys.insert("title".to_owned(), title.as_str().into());
        }
        if self.allow_private_addresses {
            keys.insert("allow_private_addresses".to_owned(), true.into());
        }
        keys
    }
}

/// Adds a source behind all others, in the form in which those are written.
pub fn add(text: &str, source: &NewSource) -> Result<String, EditError> {
    add_table(text, &source.id, &source.table())
}

/// As [`add`], with any keys of a source, its id among them.
pub fn add_table(text: &str, id: &SourceId, source: &toml::Table) -> Result<String, EditError> {
    let places = read(text)?;
    let mut ids = ids(&places);
    if ids.iter().flatten().any(|taken| taken == id.as_str()) {
        return Err(EditError::Taken { id: id.to_string() });
    }
    let keys = written(source);
    let listed = match places.last().map(|place| &place.form) {
        Some(Form::Listed { element, .. }) => Some((element.end, ", ")),
        Some(Form::Headed { .. }) => None,
        None => empty_list(text).map(|at| (at, "")),
    };
    let edit = match listed {
        Some((at, comma)) => (at..at, format!("{comma}{{ {} }}", keys.join(", "))),
        None => {
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let bare = text.trim_start_matches('\u{feff}');
            let gap = match bare {
                "" => "",
                _ if bare.ends_with('\n') => newline,
                _ => &newline.repeat(2),
            };
            let lines = lines(source).join(newline);
            (text.len()..text.len(), format!("{gap}[[source]]{newline}{lines}{newline}"))
        }
    };
    ids.push(Some(id.to_string()));
    pinned(applied(text, vec![edit]), &ids)
}

/// Keys with their values, each in one line.
fn written<'t>(table: impl IntoIterator<Item = (&'t String, &'t toml::Value)>) -> Vec<String> {
    table.into_iter().map(|(key, value)| format!("{} = {value}", key_of(key))).collect()
}

/// The lines of a source below its heading: tables of its own come last and have headings.
fn lines(source: &toml::Table) -> Vec<String> {
    let (tables, keys): (Vec<_>, Vec<_>) = source.iter().partition(|(_, value)| value.is_table());
    let mut lines = written(keys);
    for (name, table) in tables {
        lines.push(format!("[source.{}]", key_of(name)));
        lines.extend(written(table.as_table().expect("those were parted")));
    }
    lines
}

/// A key, in quotes where it needs them.
fn key_of(key: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { toml::Value::from(key).to_string() }
}

/// Lets a source rest, or wakes it. What [`set_paused`] put in is taken out again.
pub fn set_paused(text: &str, id: &str, paused: bool) -> Result<String, EditError> {
    let places = read(text)?;
    let place = &places[find(&places, id)?];
    let edit = match (&place.paused, &place.form) {
        (Some(there), _) if there.is_true == paused => return Ok(text.to_owned()),
        (Some(there), Form::Headed { .. }) if !paused && is_alone(text, &there.key) => {
            (line_start(text, there.key.start)..line_end(text, there.key.end), String::new())
        }
        (Some(there), _) => (there.value.clone(), paused.to_string()),
        (None, _) if !paused => return Ok(text.to_owned()),
        (None, Form::Headed { .. }) => new_line(text, place, place.last_value, "paused = true"),
        (None, Form::Listed { .. }) => (place.last_value..place.last_value, ", paused = true".to_owned()),
    };
    Ok(applied(text, vec![edit]))
}

/// Takes a source out, with the tables below it and the comments right above it.
pub fn remove(text: &str, id: &str) -> Result<String, EditError> {
    let places = read(text)?;
    let index = find(&places, id)?;
    let cuts = match &places[index].form {
        Form::Headed { blocks, .. } => blocks.iter().map(|block| cut_block(text, block)).collect(),
        Form::Listed { element, after } => vec![cut_element(text, element, *after)],
    };
    let mut ids = ids(&places);
    ids.remove(index);
    let mentioned = mentions(text, id).into_iter().map(|Mention { element, after }| cut_element(text, &element, after));
    let edits = cuts.into_iter().chain(mentioned).map(|cut| (cut, String::new())).collect();
    pinned(applied(text, edits), &ids)
}

/// Gives a source another id.
pub fn rename(text: &str, old: &str, new: &SourceId) -> Result<String, EditError> {
    let places = read(text)?;
    let index = find(&places, old)?;
    let mut ids = ids(&places);
    if ids.iter().flatten().any(|id| id == new.as_str()) {
        return Err(EditError::Taken { id: new.to_string() });
    }
    ids[index] = Some(new.to_string());
    let mut edits = vec![named(text, &places[index], new.as_str())];
    edits.extend(mentions(text, old).into_iter().map(|Mention { element, .. }| (element, format!("\"{new}\""))));
    pinned(applied(text, edits), &ids)
}

fn read(text: &str) -> Result<Vec<Place>, EditError> {
    places(text).ok_or(EditError::NotToml)
}

fn find(places: &[Place], id: &str) -> Result<usize, EditError> {
    places.iter().position(|place| place.id.as_deref() == Some(id)).ok_or_else(|| EditError::Unknown {
        id: id.to_owned(),
        known: places.iter().filter_map(|place| place.id.clone()).collect(),
    })
}

fn ids(places: &[Place]) -> Vec<Option<String>> {
    places.iter().map(|place| place.id.clone()).collect()
}

/// Writes ids down until every source has the one that it should have.
fn pinned(mut text: String, ids: &[Option<String>]) -> Result<String, EditError> {
    // What is written down may move what is suggested to another, so each is looked at anew.
    for _ in ids {
        let places = read(&text)?;
        let edits: Vec<Edit> = places
            .iter()
            .zip(ids)
            .filter(|(place, id)| place.id != **id)
            .filter_map(|(place, id)| Some(named(&text, place, id.as_deref()?)))
            .collect();
        if edits.is_empty() {
            break;
        }
        text = applied(&text, edits);
    }
    Ok(text)
}

/// A place of the text, and what stands there instead.
type Edit = (Range<usize>, String);

fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(place, _)| place.start);
    let mut changed = text.to_owned();
    for (place, new) in edits.into_iter().rev() {
        changed.replace_range(place, &new);
    }
    changed
}

/// The id put in the place of the old one, in its quotes; without one on a line of its own, before all other keys.
fn named(text: &str, place: &Place, id: &str) -> Edit {
    match (&place.written_id, &place.form) {
        (Some(written), _) => {
            let quote = if text[written.clone()].starts_with('\'') { '\'' } else { '"' };
            (written.clone(), format!("{quote}{id}{quote}"))
        }
        (None, Form::Headed { heading_end, .. }) => new_line(text, place, *heading_end, &format!("id = \"{id}\"")),
        (None, Form::Listed { .. }) => (place.first_key..place.first_key, format!("id = \"{id}\", ")),
    }
}

/// A new line after the line that holds `at`, indented as the source's first key.
fn new_line(text: &str, place: &Place, at: usize, line: &str) -> Edit {
    let end = line_end(text, at);
    let indent = &text[line_start(text, place.first_key)..place.first_key];
    let indent = if indent.trim().is_empty() { indent } else { "" };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let line = match text[..end].strip_suffix('\n') {
        Some(_) => format!("{indent}{line}{newline}"),
        None => format!("{newline}{indent}{line}"),
    };
    (end..end, line)
}

/// What goes with a block: the comments right above and right below it, and one side's blank lines.
fn cut_block(text: &str, block: &Block) -> Range<usize> {
    let before = block.after.map_or(text_start(text), |after| line_end(text, after));
    let mut start = comments_above(text, block.start, before);
    let below = line_end(text, block.content_end).min(block.end);
    let end = line_start(text, block.end).max(below);
    // Right above the next heading stands what belongs to it.
    let rest = if block.end < text.len() { comments_above(text, end, below) } else { block.end };
    let mut stop = below;
    for goes in [is_comment, is_blank] {
        while stop < rest && goes(&text[stop..line_end(text, stop)]) {
            stop = line_end(text, stop);
        }
    }
    if stop >= text.len() {
        while start > text_start(text) && is_blank(&text[line_start(text, start - 1)..start]) {
            start = line_start(text, start - 1);
        }
    }
    start..stop
}

/// What goes with an element of a list: its comma, and its lines where it has them for itself.
fn cut_element(text: &str, element: &Range<usize>, after: usize) -> Range<usize> {
    let comma = comma_after(text, element.end);
    let end = comma.unwrap_or(element.end);
    let tail = &text[end..line_end(text, end)];
    let begins = line_start(text, element.start);
    if begins >= after && is_blank(&text[begins..element.start]) && (is_blank(tail) || is_comment(tail)) {
        return comments_above(text, element.start, line_end(text, after))..line_end(text, end);
    }
    if comma.is_some() {
        let spaces = tail.len() - tail.trim_start_matches([' ', '\t']).len();
        return element.start..end + spaces;
    }
    // The last of a line takes the comma before it along.
    let between = &text[after..element.start];
    let start = if between.trim() == "," { after } else { element.start };
    start..element.end
}

/// Where the comma behind a place ends, white space and comments passed over.
fn comma_after(text: &str, at: usize) -> Option<usize> {
    let mut at = at;
    loop {
        let rest = &text[at..];
        let next = rest.trim_start();
        at += rest.len() - next.len();
        match next.chars().next() {
            Some(',') => return Some(at + 1),
            Some('#') => at = line_end(text, at),
            _ => return None,
        }
    }
}

/// Where the comments begin that stand right above the line of `at`, none of them before `bound`.
fn comments_above(text: &str, at: usize, bound: usize) -> usize {
    let mut start = line_start(text, at);
    while start > bound && is_comment(&text[line_start(text, start - 1)..start]) {
        start = line_start(text, start - 1);
    }
    start
}

/// Whether nothing else stands on the lines of this range.
fn is_alone(text: &str, range: &Range<usize>) -> bool {
    is_blank(&text[line_start(text, range.start)..range.start]) && is_blank(&text[range.end..line_end(text, range.end)])
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Where the first line begins: behind the mark that some editors put before all text.
fn text_start(text: &str) -> usize {
    text.len() - text.trim_start_matches('\u{feff}').len()
}

/// Where the line of `at` begins.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(text_start(text), |newline| newline + 1)
}

/// Where the line of `at` ends, its newline included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests;
