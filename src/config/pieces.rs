//! A long list of sources, read piece by piece: the parser keeps some fifty bytes for every word and mark of what it reads,
//! which for ten thousand sources is fifty megabytes.
//!
//! Places count from the beginning of each piece. So this serves a configuration of which nothing has to be said; any other
//! is read as a whole.

use memchr::memmem;
use toml::de::DeTable;

/// Bytes of a piece, at least. A shorter text is no long list.
const PIECE: usize = 64 * 1024;

/// What a source begins with.
const HEADING: &str = "\n[[source]]";

/// The key of the list of sources.
const SOURCES: &str = "source";

/// A long text.
pub(super) struct Pieces<'text> {
    /// Its first sources, and all that is no source.
    pub(super) document: DeTable<'text>,
    /// The texts of the other sources.
    more: Vec<&'text str>,
}

impl<'text> Pieces<'text> {
    /// `None`: the text has to be read as a whole.
    pub(super) fn of(text: &'text str) -> Option<Self> {
        // A text of several lines may hold what looks like a heading.
        if text.len() < 2 * PIECE || ["\"\"\"", "'''"].into_iter().any(|quotes| text.contains(quotes)) {
            return None;
        }
        let mut pieces = pieces(text);
        let mut document = parsed(pieces.next()?)?;
        let more: Vec<&str> = pieces.collect();
        for (key, value) in parsed(more.last()?)? {
            if key.get_ref() == SOURCES {
                continue;
            }
            if document.insert(key, value).is_some() {
                return None;
            }
        }
        Some(Self { document, more })
    }

    /// The other sources, one tree after another. `None`: the text has to be read as a whole.
    pub(super) fn more(&self) -> impl Iterator<Item = Option<DeTable<'text>>> {
        let last = self.more.len();
        self.more.iter().zip(1..).map(move |(piece, place)| {
            // What is no source and stands behind the last is in the document.
            parsed(piece).filter(|tree| place == last || tree.keys().all(|key| key.get_ref() == SOURCES))
        })
    }
}

fn parsed(text: &str) -> Option<DeTable<'_>> {
    Some(DeTable::parse(text).ok()?.into_inner())
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
    use toml::de::DeValue;

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
            let read = Pieces::of(text).expect("it is read");
            let whole = parsed(text).unwrap();
            assert!(read.more.len() > 2);
            assert_eq!(pieces(text).collect::<String>(), text);
            let list = |tree: &DeTable<'_>| {
                tree[SOURCES].get_ref().as_array().unwrap().iter().map(|one| shown(one.get_ref())).collect::<Vec<_>>()
            };
            let mut sources = list(&read.document);
            sources.extend(read.more().flat_map(|tree| list(&tree.expect("it is read"))));
            assert_eq!(sources, list(&whole));
            assert_eq!(sources.len(), count);
            let others =
                |tree: &DeTable<'_>| bare(tree).into_iter().filter(|(key, _)| key != SOURCES).collect::<Vec<_>>();
            assert_eq!(others(&read.document), others(&whole));
        };
        let (before, after) = ("[fetch]\ntimeout = \"9s\"\n\n", "[[feed]]\nid = \"all\"\nsources = [\n\"s1\"]\n");
        good(&sources(count));
        good(&format!("{before}# none\n{}{after}", sources(count)));
        good(&format!("{before}{}{after}", sources(count)).replace('\n', "\r\n"));
    }

    /// Keys and values without their places.
    fn bare(table: &DeTable<'_>) -> Vec<(String, String)> {
        table.iter().map(|(key, value)| (key.get_ref().to_string(), shown(value.get_ref()))).collect()
    }

    fn shown(value: &DeValue<'_>) -> String {
        match value {
            DeValue::Array(list) => format!("{:?}", list.iter().map(|one| shown(one.get_ref())).collect::<Vec<_>>()),
            DeValue::Table(table) => format!("{:?}", bare(table)),
            other => format!("{other:?}"),
        }
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
            format!("{many}id = \"open\n{many}"),
            format!("{many}[fetch]\n{many}"),
        ] {
            let is_read = Pieces::of(&text).is_some_and(|read| read.more().all(|tree| tree.is_some()));
            assert!(!is_read, "{}", &text[text.len() - 40..]);
        }
    }
}
