//! Where the sources stand in the text of a configuration, to the byte.
//!
//! A source is either a `[[source]]` with the tables below it, wherever in the file those are, or an element of
//! `source = [{ … }]`. Comments belong to what stands right below them.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, Table, TableLike, Value};
use url::Url;

use super::source::suggested;
use super::text::page_url;

/// A source's place.
#[derive(Debug)]
pub(super) struct Place {
    /// Its id, written or suggested. `None`: its URL cannot be read.
    pub(super) id: Option<String>,
    /// The value of its key `id`.
    pub(super) written_id: Option<Range<usize>>,
    /// The key `paused` with its value: from the key's first byte to the value's last, and the value alone.
    pub(super) paused: Option<Paused>,
    /// Where its first key begins.
    pub(super) first_key: usize,
    /// Where its last value ends, tables below it left out.
    pub(super) last_value: usize,
    pub(super) form: Form,
}

/// The key `paused`.
#[derive(Debug)]
pub(super) struct Paused {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) is_true: bool,
}

/// How a source is written.
#[derive(Debug)]
pub(super) enum Form {
    /// `[[source]]`; the end of that heading, and the blocks that are the source's alone.
    Headed { heading_end: usize, blocks: Vec<Block> },
    /// An element of a list, and where the one before it ends (or the list begins).
    Listed { element: Range<usize>, after: usize },
}

/// A stretch of headings and keys.
#[derive(Debug)]
pub(super) struct Block {
    /// Where the first heading begins.
    pub(super) start: usize,
    /// Where the last value (or heading) before it ends.
    pub(super) after: Option<usize>,
    /// Where its last value (or heading) ends.
    pub(super) content_end: usize,
    /// Where the next heading begins, or the text ends.
    pub(super) end: usize,
}

/// A heading and where the last value below it ends.
#[derive(Debug, Clone, Copy)]
struct Heading {
    start: usize,
    content_end: usize,
}

/// The sources of a text in their order; `None`: it is not TOML.
pub(super) fn places(text: &str) -> Option<Vec<Place>> {
    // What the parser passes over is not in its places.
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or((0, text), |rest| ('\u{feff}'.len_utf8(), rest));
    let document = Document::parse(rest).ok()?;
    let root = document.as_table();
    // What stands before the first heading is as good as below one.
    let mut headings: Vec<Heading> =
        last_value(root).map(|content_end| Heading { start: 0, content_end }).into_iter().collect();
    gather(root, &mut headings);
    headings.sort_by_key(|heading| heading.start);
    let mut places: Vec<Place> = match root.get("source") {
        Some(Item::ArrayOfTables(list)) => {
            list.iter().filter_map(|table| headed(table, &headings, rest.len())).collect()
        }
        Some(Item::Value(Value::Array(list))) => {
            let mut after = list.span()?.start + 1;
            let listed = |value: &Value| {
                let element = value.span()?;
                let form = Form::Listed { element: element.clone(), after };
                after = element.end;
                place(value.as_inline_table()?, form)
            };
            list.iter().filter_map(listed).collect()
        }
        _ => Vec::new(),
    };
    if let Some(sources) = root.get("source") {
        name(&mut places, sources);
    }
    for place in &mut places {
        place.shift(mark);
    }
    Some(places)
}

/// Where an element goes into `source = []`; `None`: there is no such list.
pub(super) fn empty_list(text: &str) -> Option<usize> {
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or((0, text), |rest| ('\u{feff}'.len_utf8(), rest));
    let document = Document::parse(rest).ok()?;
    match document.as_table().get("source") {
        Some(Item::Value(Value::Array(list))) if list.is_empty() => Some(list.span()?.start + 1 + mark),
        _ => None,
    }
}

/// Gives every place its id as `source.rs` does: those that are written come first.
fn name(places: &mut [Place], sources: &Item) {
    let tables: Vec<&dyn TableLike> = match sources {
        Item::ArrayOfTables(list) => list.iter().map(|table| table as &dyn TableLike).collect(),
        Item::Value(Value::Array(list)) => {
            list.iter().filter_map(Value::as_inline_table).map(|table| table as &dyn TableLike).collect()
        }
        Item::None | Item::Value(_) | Item::Table(_) => Vec::new(),
    };
    let text = |table: &dyn TableLike, key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let mut ids: BTreeSet<String> = tables.iter().filter_map(|table| text(*table, "id")).collect();
    for (place, table) in places.iter_mut().zip(tables) {
        place.id = text(table, "id").or_else(|| {
            // The folder of the file makes no difference to the id.
            let url = page_url(&text(table, "url")?, Path::new("/")).ok()?;
            let base_url = text(table, "base_url").and_then(|base_url| Url::parse(base_url.trim()).ok());
            Some(suggested(&url, base_url.as_ref(), &mut ids).to_string())
        });
    }
}

fn headed(table: &Table, headings: &[Heading], length: usize) -> Option<Place> {
    let mut own = Vec::new();
    let heading = table.span()?;
    own.push(heading.start);
    let mut below = Vec::new();
    gather(table, &mut below);
    own.extend(below.iter().map(|heading| heading.start));
    let mut blocks: Vec<Block> = Vec::new();
    for (index, heading) in headings.iter().enumerate().filter(|(_, heading)| own.contains(&heading.start)) {
        let end = headings.get(index + 1).map_or(length, |next| next.start);
        match blocks.last_mut().filter(|block| block.end == heading.start) {
            Some(block) => (block.content_end, block.end) = (heading.content_end, end),
            None => {
                let after = headings[..index].iter().map(|before| before.content_end).max();
                blocks.push(Block { start: heading.start, after, content_end: heading.content_end, end });
            }
        }
    }
    place(table, Form::Headed { heading_end: heading.end, blocks })
}

fn place(table: &dyn TableLike, form: Form) -> Option<Place> {
    let span_of_key = |key: &str| table.key(key).and_then(toml_edit::Key::span);
    let own = |item: &Item| !matches!(item, Item::Table(table) if !table.is_dotted());
    let keys = table.iter().filter(|(_, item)| own(item)).filter_map(|(key, _)| span_of_key(key));
    let first_key = keys.map(|key| key.start).min()?;
    let paused = table.get("paused").and_then(|item| {
        let (key, value) = (span_of_key("paused")?, item.span()?);
        Some(Paused { key: key.start..value.end, value, is_true: item.as_bool()? })
    });
    Some(Place {
        id: None,
        written_id: table.get("id").and_then(Item::span),
        paused,
        first_key,
        last_value: last_value(table)?,
        form,
    })
}

/// Where the last value of a table ends, tables with a heading of their own left out.
fn last_value(table: &dyn TableLike) -> Option<usize> {
    let end = |item: &Item| match item {
        Item::None | Item::ArrayOfTables(_) => None,
        Item::Table(table) => table.is_dotted().then(|| last_value(table)).flatten(),
        Item::Value(Value::InlineTable(table)) if table.is_dotted() => last_value(table),
        Item::Value(value) => value.span().map(|span| span.end),
    };
    table.iter().filter_map(|(_, item)| end(item)).max()
}

/// Every heading below a table.
fn gather(table: &Table, headings: &mut Vec<Heading>) {
    let mut one = |table: &Table| {
        if let Some(span) = table.span().filter(|_| !table.is_dotted() && !table.is_implicit()) {
            let content_end = last_value(table).map_or(span.end, |end| end.max(span.end));
            headings.push(Heading { start: span.start, content_end });
        }
        gather(table, headings);
    };
    for (_, item) in table {
        match item {
            Item::Table(table) => one(table),
            Item::ArrayOfTables(list) => list.iter().for_each(&mut one),
            Item::None | Item::Value(_) => {}
        }
    }
}

impl Place {
    /// Moves it by so many bytes.
    fn shift(&mut self, by: usize) {
        let range = |range: &mut Range<usize>| *range = range.start + by..range.end + by;
        self.written_id.iter_mut().for_each(range);
        if let Some(paused) = &mut self.paused {
            range(&mut paused.key);
            range(&mut paused.value);
        }
        self.first_key += by;
        self.last_value += by;
        match &mut self.form {
            Form::Headed { heading_end, blocks } => {
                *heading_end += by;
                for block in blocks {
                    block.start += by;
                    block.after = block.after.map(|after| after + by);
                    block.content_end += by;
                    block.end += by;
                }
            }
            Form::Listed { element, after } => {
                range(element);
                *after += by;
            }
        }
    }
}
