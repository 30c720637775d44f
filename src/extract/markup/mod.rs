//! A page's text → the tokens that its tree is built of: a tokenizer (HTML standard §13.2.5) of what pages mostly hold.
//!
//! The tree is built by html5ever, as before; so is everything here that is not plain: what this file does not know it
//! hands on to html5ever's own tokenizer, a piece or all that is left. What it knows it cuts out of the page at once,
//! where that tokenizer goes from character to character; texts and values are parts of one copy of the page. The tests
//! hold the trees of both side by side. `tag` reads tags, `reference` characters that are written by name or number.

mod part;
mod reference;
mod tag;

use ego_tree::{NodeId, Tree};
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::{SliceExt, StrTendril};
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{
    CharacterTokens, CommentToken, Doctype, DoctypeToken, EOFToken, TagToken, Token, TokenSink, TokenSinkResult,
    Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, TokenizerResult};
use memchr::{memchr, memchr_iter, memmem};
use scraper::{Html, HtmlTreeSink, Node};

use super::budget::Budget;
use super::contract::ExtractError;
use super::prescan::refuse_excess;
use part::part;
use tag::{Names, Read};

/// Bytes between two looks at what has come of it.
const STRIDE: usize = 4096;

/// Most nodes that room is made for beforehand.
const MOST_ROOM: usize = 1 << 16;

type Builder = TreeBuilder<NodeId, HtmlTreeSink>;

/// The tree of a page, unless it has too many tags or one of them too many attributes. `look` is asked about it now and
/// then, and ends the work by its error.
pub(super) fn parse(
    text: &str,
    budget: &Budget,
    look: impl FnMut(&Html) -> Result<(), ExtractError>,
) -> Result<Html, ExtractError> {
    let mut html = Html::new_document();
    // A tag opens or closes an element, and before it stands a text.
    let tags = memchr_iter(b'<', text.as_bytes()).count();
    html.tree = Tree::with_capacity(Node::Document, (tags + 8).min(MOST_ROOM));
    let builder = TreeBuilder::new(HtmlTreeSink::new(html), html5ever::tree_builder::TreeBuilderOpts::default());
    #[cfg(fuzzing)]
    let whole = text;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Lines end with one sign only, whatever the page has (§13.2.3.5).
    let page: StrTendril = match memchr(b'\r', text.as_bytes()) {
        Some(_) => text.replace("\r\n", "\n").replace('\r', "\n").as_str().to_tendril(),
        None => text.to_tendril(),
    };
    let text: &str = &page;
    let names = Names::default();
    let mut reader =
        Reader { text, page: &page, budget, at: 0, tags: 0, looked: 0, ended: false, builder, names, look };
    reader.read()?;
    reader.builder.end();
    let html = html5ever::tree_builder::TreeSink::finish(reader.builder.sink);
    // The fuzzers look for a page of which html5ever alone makes another tree.
    #[cfg(fuzzing)]
    assert_eq!(html.tree, Html::parse_document(whole).tree);
    Ok(html)
}

/// Where in a page the work stands.
struct Reader<'t, L> {
    text: &'t str,
    /// The same text, of which parts can be kept without a copy.
    page: &'t StrTendril,
    budget: &'t Budget,
    at: usize,
    /// How many tags were read.
    tags: usize,
    /// Where the tree was looked at last.
    looked: usize,
    /// Whether the end of the page was told to the builder.
    ended: bool,
    builder: Builder,
    names: Names<'t>,
    look: L,
}

/// A tree builder for a tokenizer that is made for a part of the page.
struct Shared<'b>(&'b Builder);

impl TokenSink for Shared<'_> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        self.0.process_token(token, line)
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.0.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl<L: FnMut(&Html) -> Result<(), ExtractError>> Reader<'_, L> {
    /// Reads to the end of the page.
    fn read(&mut self) -> Result<(), ExtractError> {
        // A null character is read otherwise by where it stands.
        if memchr(0, self.text.as_bytes()).is_some() {
            return self.leave_to_other(State::Data, None);
        }
        while self.at < self.text.len() {
            if self.at - self.looked >= STRIDE {
                self.looked = self.at;
                (self.look)(&self.builder.sink.0.borrow())?;
            }
            self.text_before_markup();
            if self.at == self.text.len() {
                break;
            }
            match self.text.as_bytes()[self.at + 1] {
                b'/' if self.letter_at(self.at + 2) => self.tag(true)?,
                b'!' => self.declaration()?,
                b'/' | b'?' => self.piece()?,
                _ => self.tag(false)?,
            }
        }
        if !self.ended {
            self.put(EOFToken);
        }
        Ok(())
    }

    fn letter_at(&self, at: usize) -> bool {
        self.text.as_bytes().get(at).is_some_and(u8::is_ascii_alphabetic)
    }

    /// A part of the page.
    fn part(&self, from: usize, until: usize) -> StrTendril {
        part(self.page, from, until)
    }

    /// Puts a token after which comes what came before.
    fn put(&self, token: Token) {
        let _ = self.builder.process_token(token, 1);
    }

    /// Puts a text, whose characters may be written by name.
    fn put_text(&self, from: usize, until: usize) {
        if from < until {
            let text = match memchr(b'&', &self.text.as_bytes()[from..until]) {
                Some(first) => reference::resolved(&self.text[from..until], first, false),
                None => self.part(from, until),
            };
            self.put(CharacterTokens(text));
        }
    }

    /// Puts what stands before the next tag, comment or declaration, and stops there or at the end.
    fn text_before_markup(&mut self) {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        loop {
            match memchr(b'<', &bytes[end..]) {
                None => end = bytes.len(),
                Some(found) => {
                    end += found;
                    // A sign of its own, as in "a < b".
                    let is_sign = bytes
                        .get(end + 1)
                        .is_none_or(|next| !next.is_ascii_alphabetic() && !matches!(next, b'/' | b'!' | b'?'));
                    if is_sign {
                        end += 1;
                        continue;
                    }
                }
            }
            break;
        }
        self.put_text(self.at, end);
        self.at = end;
    }

    /// A tag at the place of the work, and the text of elements that hold no markup.
    fn tag(&mut self, closes: bool) -> Result<(), ExtractError> {
        let Some(Read { tag, end }) = self.read_tag(self.at, closes)? else {
            // It never ends: what becomes of that is for the other to say.
            return self.leave_to_other(State::Data, None);
        };
        self.at = end;
        let name = tag.name.clone();
        match self.builder.process_token(TagToken(tag), 1) {
            TokenSinkResult::RawData(kind) => self.raw(kind, &name),
            TokenSinkResult::Plaintext => self.leave_to_other(State::Plaintext, None),
            _ => Ok(()),
        }
    }

    /// Reads the tag at a place; `None` where the page ends within it.
    fn read_tag(&mut self, at: usize, closes: bool) -> Result<Option<Read>, ExtractError> {
        self.tags += usize::from(!closes);
        if self.tags > self.budget.tags {
            return Err(ExtractError::Budget { what: "tags", limit: self.budget.tags });
        }
        tag::read(self.text, self.page, at, closes, &mut self.names, self.budget.attributes)
    }

    /// The text of an element in which no tag stands but the one that closes it, with that tag.
    fn raw(&mut self, kind: RawKind, name: &LocalName) -> Result<(), ExtractError> {
        let Some(end) = self.end_of_raw(name).filter(|&end| !is_escaped(kind, &self.text[self.at..end])) else {
            return self.leave_to_other(State::RawData(kind), Some(name.to_string()));
        };
        let Some(Read { tag, end: behind }) = self.read_tag(end, true)? else {
            return self.leave_to_other(State::RawData(kind), Some(name.to_string()));
        };
        if kind == RawKind::Rcdata {
            self.put_text(self.at, end);
        } else if self.at < end {
            self.put(CharacterTokens(self.part(self.at, end)));
        }
        self.at = behind;
        self.put(TagToken(tag));
        Ok(())
    }

    /// Where the tag stands that ends an element without markup.
    fn end_of_raw(&self, name: &str) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        loop {
            let at = from + memchr(b'<', &bytes[from..])?;
            let behind = at + 2 + name.len();
            let named = bytes.get(at + 2..behind).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            let ends = bytes.get(behind).is_some_and(|sign| matches!(sign, b'\t' | b'\n' | 0x0c | b' ' | b'/' | b'>'));
            if bytes[at + 1..].first() == Some(&b'/') && named && ends {
                return Some(at);
            }
            from = at + 1;
        }
    }

    /// A comment, the declaration of the document's type, or something like these.
    fn declaration(&mut self) -> Result<(), ExtractError> {
        let rest = &self.text[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment_end(comment).filter(|_| !comment.starts_with('>') && !comment.starts_with("->"));
            let Some((length, behind)) = end else { return self.leave_to_other(State::Data, None) };
            let from = self.at + 4;
            self.put(CommentToken(self.part(from, from + length)));
            self.at = from + behind;
            return Ok(());
        }
        let is_html = |rest: &str| {
            let named = rest.get(..9).is_some_and(|begins| begins.eq_ignore_ascii_case("<!doctype"));
            named
                && memchr(b'>', rest.as_bytes())
                    .is_some_and(|end| rest[9..end].trim_ascii().eq_ignore_ascii_case("html"))
        };
        if is_html(rest) && rest.as_bytes()[9].is_ascii_whitespace() {
            let name = Some("html".to_tendril());
            self.put(DoctypeToken(Doctype { name, ..Doctype::default() }));
            self.at += memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            return Ok(());
        }
        // What stands in CDATA may hold the sign by which all else ends.
        if rest.starts_with("<![CDATA[") { self.leave_to_other(State::Data, None) } else { self.piece() }
    }

    /// Hands on what ends with the next `>`: whatever it is, then comes text or markup again.
    fn piece(&mut self) -> Result<(), ExtractError> {
        let Some(length) = memchr(b'>', &self.text.as_bytes()[self.at..]) else {
            return self.leave_to_other(State::Data, None);
        };
        let end = self.at + length + 1;
        feed(&other(&self.builder, State::Data, None), self.part(self.at, end));
        self.at = end;
        Ok(())
    }

    /// Leaves all that is left of the page to html5ever.
    fn leave_to_other(&mut self, state: State, last: Option<String>) -> Result<(), ExtractError> {
        refuse_excess(&self.text[self.at..], self.budget)?;
        let other = other(&self.builder, state, last);
        while self.at < self.text.len() {
            let end = self.text.floor_char_boundary(self.at + STRIDE);
            feed(&other, self.part(self.at, end));
            (self.look)(&self.builder.sink.0.borrow())?;
            self.at = end;
        }
        other.end();
        self.ended = true;
        Ok(())
    }
}

/// html5ever's tokenizer for a part of a page.
fn other(builder: &Builder, state: State, last: Option<String>) -> Tokenizer<Shared<'_>> {
    let options = TokenizerOpts {
        initial_state: Some(state),
        last_start_tag_name: last,
        discard_bom: false,
        ..TokenizerOpts::default()
    };
    Tokenizer::new(Shared(builder), options)
}

fn feed(tokenizer: &Tokenizer<Shared<'_>>, text: StrTendril) {
    let queue = BufferQueue::default();
    queue.push_back(text);
    // It stops where a browser would run a script, too.
    while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
}

/// How long a comment is, and where what stands behind it begins.
fn comment_end(comment: &str) -> Option<(usize, usize)> {
    let bytes = comment.as_bytes();
    memmem::find_iter(bytes, "--").find_map(|at| match &bytes[at + 2..] {
        [b'>', ..] => Some((at, at + 3)),
        [b'!', b'>', ..] => Some((at, at + 4)),
        // The finds do not overlap: `--->` ends with the second sign.
        [b'-', b'>', ..] => Some((at + 1, at + 4)),
        [b'-', b'!', b'>', ..] => Some((at + 1, at + 5)),
        _ => None,
    })
}

/// Whether a script holds a comment with a script in it, where its end is another (§13.2.5.17 to 31).
fn is_escaped(kind: RawKind, text: &str) -> bool {
    let within = || memmem::find(text.as_bytes(), b"<!--").map(|at| &text.as_bytes()[at..]);
    let opens = |rest: &[u8]| rest.windows(7).any(|begins| begins.eq_ignore_ascii_case(b"<script"));
    kind == RawKind::ScriptData && within().is_some_and(opens)
}

#[cfg(test)]
mod tests;
