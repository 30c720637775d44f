//! Text → tags, as the tokenizer of the HTML standard (§13.2.5) finds them.
//!
//! What it does not follow to the last rule it does not guess: there it gives up.

use std::ops::Range;

use memchr::memmem;

use crate::extract::prescan::{attributes, end_of_raw, find};

/// A tag.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    /// Its name, as it is written.
    pub(super) name: Range<usize>,
    /// All of it, from `<` to behind `>`.
    pub(super) all: Range<usize>,
    /// How many attributes it has.
    pub(super) attributes: usize,
    /// Whether it ends with `/>`.
    pub(super) closes_itself: bool,
}

/// What stands next.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text.
    Text(Range<usize>),
    /// The type of the document.
    Doctype(Range<usize>),
    /// A start tag.
    Open(Tag),
    /// An end tag.
    Close(Tag),
}

/// The tags of a text, and the text between.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    /// The tags of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next piece; `Some(None)`: how the text goes on is not to be told here. Comments are passed over.
    #[expect(clippy::option_option, reason = "the end, and what is not to be told, are two things")]
    pub(super) fn next(&mut self) -> Option<Option<Piece>> {
        let bytes = self.text.as_bytes();
        loop {
            let begin = self.at;
            let Some(open) = self.opening(begin) else {
                self.at = bytes.len();
                return (begin < bytes.len()).then_some(Some(Piece::Text(begin..bytes.len())));
            };
            if open > begin {
                self.at = open;
                return Some(Some(Piece::Text(begin..open)));
            }
            match bytes.get(open + 1) {
                Some(b'!') if bytes[open..].starts_with(b"<!--") => match self.behind_comment(open + 4) {
                    Some(end) => self.at = end,
                    None => return Some(None),
                },
                Some(b'!' | b'?') => {
                    let Some(end) = find(bytes, open, b'>') else { return Some(None) };
                    self.at = end + 1;
                    let word = &bytes[open + 2..end];
                    if word.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
                        return Some(Some(Piece::Doctype(open..end + 1)));
                    }
                    // Within SVG it is text, elsewhere a comment.
                    if word.starts_with(b"[CDATA[") {
                        return Some(None);
                    }
                }
                Some(b'/') => return Some(self.tag(open, open + 2).map(Piece::Close)),
                _ => return Some(self.tag(open, open + 1).map(Piece::Open)),
            }
        }
    }

    /// Passes over the text of an element that holds no tags, to its end tag.
    pub(super) fn skip_raw(&mut self, tag: &Tag) -> Option<()> {
        let bytes = self.text.as_bytes();
        let name = &self.text[tag.name.clone()];
        let end = end_of_raw(bytes, self.at, name);
        // A script may name its own end tag within what looks like a comment.
        let hides = |text: &[u8]| memmem::find(text, b"<!--").is_some();
        if end == bytes.len() || (name.eq_ignore_ascii_case("script") && hides(&bytes[self.at..end])) {
            return None;
        }
        self.at = end;
        Some(())
    }

    /// The next `<` that begins something else than text.
    fn opening(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            let open = find(bytes, at, b'<')?;
            if bytes.get(open + 1).is_some_and(|byte| matches!(byte, b'!' | b'?' | b'/') || byte.is_ascii_alphabetic())
            {
                return Some(open);
            }
            at = open + 1;
        }
    }

    /// Where the comment ends whose text begins at `from`.
    fn behind_comment(&self, from: usize) -> Option<usize> {
        let rest = &self.text.as_bytes()[from..];
        if rest.starts_with(b">") || rest.starts_with(b"->") {
            return None;
        }
        let end = memmem::find(rest, b"-->")?;
        let ends_otherwise = memmem::find(&rest[..end], b"--!>").is_some();
        (!ends_otherwise).then_some(from + end + 3)
    }

    /// The tag at `open` whose name begins at `name`.
    fn tag(&mut self, open: usize, name: usize) -> Option<Tag> {
        let bytes = self.text.as_bytes();
        if !bytes.get(name)?.is_ascii_alphabetic() {
            return None;
        }
        let length = bytes[name..].iter().position(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))?;
        let tail = attributes(bytes, name + length);
        if !tail.is_closed {
            return None;
        }
        self.at = tail.end;
        Some(Tag {
            name: name..name + length,
            all: open..tail.end,
            attributes: tail.count,
            closes_itself: tail.closes_itself,
        })
    }
}

/// White space of HTML (§13.2.5.8).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}
