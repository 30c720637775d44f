//! Text → tags, as the tokenizer of the HTML standard (§13.2.5) finds them.
//!
//! What it does not follow to the last rule it does not guess: there it gives up.

use std::ops::Range;

use memchr::memmem;

use crate::extract::prescan::{attributes, end_of_raw, find};

/// What stands next; where, [`Tags`] tells. Nothing is handed on that would be copied for each of some thousand pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text.
    Text,
    /// The type of the document.
    Doctype,
    /// A start tag.
    Open,
    /// An end tag.
    Close,
    /// How the text goes on is not to be told here.
    Unclear,
    /// Nothing.
    End,
}

/// The tags of a text, and the text between.
#[derive(Debug)]
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    begin: usize,
    /// The tag that was met last.
    pub(super) tag: Tag,
}

/// A tag.
#[derive(Debug, Default)]
pub(super) struct Tag {
    name: usize,
    name_end: usize,
    begin: usize,
    end: usize,
    /// How many attributes it has.
    pub(super) attributes: usize,
    /// Whether it ends with `/>`.
    pub(super) closes_itself: bool,
}

impl Tag {
    /// Its name, as it is written.
    pub(super) fn name(&self) -> Range<usize> {
        self.name..self.name_end
    }

    /// All of it, from `<` to behind `>`.
    pub(super) fn all(&self) -> Range<usize> {
        self.begin..self.end
    }
}

impl<'a> Tags<'a> {
    /// The tags of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, begin: 0, tag: Tag::default() }
    }

    /// Where the piece that was met last stands.
    pub(super) fn piece(&self) -> Range<usize> {
        self.begin..self.at
    }

    /// The next piece. Comments are passed over.
    pub(super) fn next(&mut self) -> Piece {
        let bytes = self.text.as_bytes();
        loop {
            self.begin = self.at;
            let Some(open) = self.opening(self.at) else {
                self.at = bytes.len();
                return if self.begin < bytes.len() { Piece::Text } else { Piece::End };
            };
            if open > self.begin {
                self.at = open;
                return Piece::Text;
            }
            match bytes.get(open + 1) {
                Some(b'!') if bytes[open..].starts_with(b"<!--") => match self.behind_comment(open + 4) {
                    Some(end) => self.at = end,
                    None => return Piece::Unclear,
                },
                Some(b'!' | b'?') => {
                    let Some(end) = find(bytes, open, b'>') else { return Piece::Unclear };
                    self.at = end + 1;
                    let word = &bytes[open + 2..end];
                    if word.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
                        return Piece::Doctype;
                    }
                    // Within SVG it is text, elsewhere a comment.
                    if word.starts_with(b"[CDATA[") {
                        return Piece::Unclear;
                    }
                }
                Some(b'/') => return self.read(open, open + 2, Piece::Close),
                _ => return self.read(open, open + 1, Piece::Open),
            }
        }
    }

    /// Passes over the text of an element that holds no tags, to its end tag.
    pub(super) fn skip_raw(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let name = &self.text[self.tag.name()];
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
    fn read(&mut self, open: usize, name: usize, piece: Piece) -> Piece {
        let bytes = self.text.as_bytes();
        if !bytes.get(name).is_some_and(u8::is_ascii_alphabetic) {
            return Piece::Unclear;
        }
        let ends = |byte: &u8| is_space(*byte) || matches!(byte, b'/' | b'>');
        let Some(length) = bytes[name..].iter().position(ends) else { return Piece::Unclear };
        let name_end = name + length;
        let tag = &mut self.tag;
        (tag.begin, tag.name, tag.name_end) = (open, name, name_end);
        if bytes[name_end] == b'>' {
            (tag.end, tag.attributes, tag.closes_itself) = (name_end + 1, 0, false);
        } else {
            let tail = attributes(bytes, name_end);
            if !tail.is_closed {
                return Piece::Unclear;
            }
            (tag.end, tag.attributes, tag.closes_itself) = (tail.end, tail.count, tail.closes_itself);
        }
        self.at = tag.end;
        piece
    }
}

/// White space of HTML (§13.2.5.8).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}
