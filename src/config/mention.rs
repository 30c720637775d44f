//! Where `[[feed]]` tables name a source, so that they follow when it is renamed or removed.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

/// A source's id in the `sources` of a `[[feed]]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// The text with its quotes.
    pub(super) element: Range<usize>,
    /// Where the element before it ends, or the list begins.
    pub(super) after: usize,
}

/// Every place of a text that names a source by its whole id.
pub(super) fn mentions(text: &str, id: &str) -> Vec<Mention> {
    let (mark, rest) = text.strip_prefix('\u{feff}').map_or((0, text), |rest| ('\u{feff}'.len_utf8(), rest));
    let Ok(document) = Document::parse(rest) else { return Vec::new() };
    let mut found = Vec::new();
    match document.as_table().get("feed") {
        Some(Item::ArrayOfTables(list)) => list.iter().for_each(|feed| in_feed(feed, id, &mut found)),
        Some(Item::Value(Value::Array(list))) => {
            list.iter().filter_map(Value::as_inline_table).for_each(|feed| in_feed(feed, id, &mut found));
        }
        _ => {}
    }
    for Mention { element, after } in &mut found {
        *element = element.start + mark..element.end + mark;
        *after += mark;
    }
    found
}

fn in_feed(feed: &dyn TableLike, id: &str, found: &mut Vec<Mention>) {
    let Some(list) = feed.get("sources").and_then(Item::as_array) else { return };
    let Some(mut after) = list.span().map(|span| span.start + 1) else { return };
    for value in list {
        let Some(element) = value.span() else { continue };
        if value.as_str() == Some(id) {
            found.push(Mention { element: element.clone(), after });
        }
        after = element.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = mentions(text, "slow");
        let texts: Vec<&str> = found.iter().map(|mention| &text[mention.element.clone()]).collect();
        assert_eq!(texts, expected, "{text:?}");
    }

    #[test]
    fn whole_ids_are_found_wherever_feeds_stand() {
        check("", &[]);
        check("[[source]]\nid = 'slow'\n", &[]);
        check("\u{feff}[[feed]]\nid = \"slow\"\nsources = [\"slow\", 'slow', \"slow-*\"]\n", &["\"slow\"", "'slow'"]);
        check("feed = [{ id = 'x', sources = ['fast', 'slow'] }]", &["'slow'"]);
    }
}
