//! A long list of sources, read piece by piece: the parser keeps some fifty bytes for every word and mark of what it reads,
//! which for ten thousand sources is a third of all that a pass over them takes.
//!
//! Places count from the beginning of each piece. So this serves a configuration of which nothing has to be said; any other
//! is read as a whole.

use memchr::memmem;
use toml::de::{DeTable, DeValue};

/// Bytes of a piece, at least. A shorter text is no long list.
const PIECE: usize = 64 * 1024;

/// What a source begins with.
const HEADING: &str = "\n[[source]]";

/// The tree of a text that is the same as that of its pieces, but for the places. `None`: it has to be read as a whole.
pub(super) fn tree(text: &str) -> Option<DeTable<'_>> {
    // A text of several lines may hold what looks like a heading.
    if text.len() < 2 * PIECE || ["\"\"\"", "'''"].into_iter().any(|quotes| text.contains(quotes)) {
        return None;
    }
    let mut pieces = pieces(text);
    let mut whole = DeTable::parse(pieces.next()?).ok()?.into_inner();
    for piece in pieces {
        for (key, value) in DeTable::parse(piece).ok()?.into_inner() {
            match whole.get_mut(key.get_ref().as_ref()) {
                // The same list, for both pieces hold its headings.
                Some(there) if key.get_ref() == "source" => match (there.get_mut(), value.into_inner()) {
                    (DeValue::Array(sources), DeValue::Array(more)) => {
                        more.into_iter().for_each(|one| sources.push(one));
                    }
                    _ => return None,
                },
                Some(_) => return None,
                None => drop(whole.insert(key, value)),
            }
        }
    }
    Some(whole)
}

/// The text in pieces that each hold a heading, and but for the first begin with one.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let heading = memmem::Finder::new(HEADING);
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let piece = rest?;
        let cut = |from: usize| Some(from + heading.find(piece.as_bytes().get(from..)?)? + 1);
        let end = cut(0).and_then(|first| cut(first.max(PIECE)));
        rest = end.map(|end| &piece[end..]);
        Some(end.map_or(piece, |end| &piece[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many sources, each with a name and a table of its own.
    fn sources(count: usize) -> String {
        let source = |number| {
            format!(
                "[[source]]\nid = \"s{number}\"\nurl = \"https://x.org/{number}/\"\n\n[source.recipe]\npost = \"li\"\n\n"
            )
        };
        (0..count).map(source).collect()
    }

    #[test]
    fn a_long_list_is_what_it_is_as_a_whole() {
        let count = 5 * PIECE / 80;
        let good = |text: &str| {
            let (read, whole) = (tree(text).expect("it is read"), DeTable::parse(text).unwrap().into_inner());
            assert!(pieces(text).count() > 3);
            assert_eq!(pieces(text).collect::<String>(), text);
            assert_eq!(format!("{:?}", bare(&read)), format!("{:?}", bare(&whole)));
            assert_eq!(read["source"].get_ref().as_array().unwrap().len(), count);
        };
        let (before, after) = ("[fetch]\ntimeout = \"9s\"\n\n", "[[feed]]\nid = \"all\"\nsources = [\n\"s1\"]\n");
        good(&sources(count));
        good(&format!("{before}# none\n{}{after}", sources(count)));
        good(&format!("{before}{}{after}", sources(count)).replace('\n', "\r\n"));
    }

    /// Keys and values without their places.
    fn bare(table: &DeTable<'_>) -> Vec<(String, String)> {
        fn shown(value: &DeValue<'_>) -> String {
            match value {
                DeValue::Array(list) => {
                    format!("{:?}", list.iter().map(|one| shown(one.get_ref())).collect::<Vec<_>>())
                }
                DeValue::Table(table) => format!("{:?}", bare(table)),
                other => format!("{other:?}"),
            }
        }
        table.iter().map(|(key, value)| (key.get_ref().to_string(), shown(value.get_ref()))).collect()
    }

    #[test]
    fn what_may_mean_something_else_is_read_as_a_whole() {
        let many = sources(5 * PIECE / 80);
        for text in [
            sources(3),
            format!("source = []\n{many}"),
            format!("[source]\n{many}"),
            format!("[[feed]]\nid = \"a\"\n{many}[[feed]]\nid = \"b\"\n"),
            format!("[fetch]\n{many}[fetch]\n"),
            format!("{many}[source]\n"),
            format!("{many}a = [\n[[source]]\n]\n"),
            format!("{many}title = '''\n[[source]]\n'''\n"),
            format!("{many}title = \"\"\"\n[[source]]\n\"\"\"\n"),
            format!("{many}id = \"open\n"),
        ] {
            assert!(tree(&text).is_none(), "{}", &text[text.len() - 40..]);
        }
    }
}
