//! One walk through a document, which fills the page's tables.
//!
//! What is known of a tag is asked once a tag, and the attributes that every element is asked for in one look. Scripts,
//! styles and pictures have no text here; what breaks a line is told by the tag alone, for no style sheet is read.

use std::borrow::Cow;
use std::collections::HashMap;

use html5ever::{LocalName, local_name};
use memchr::memmem;
use scraper::{ElementRef, Html, Node};

use super::page::{Counts, Element, LOADS, Page, Run, attribute, is_heading};
use super::words::Words;
use crate::extract::quick::Guarded;
use crate::extract::tags::is_unknown;

/// Elements whose content is no text of the page.
const SILENT: &[&str] = &[
    "script", "style", "template", "noscript", "svg", "iframe", "select", "textarea", "button", "head", "math",
    "object",
];

/// Elements that stand within a line.
static INLINE: Words = Words::of(
    "a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q s samp small span strong sub \
     sup time u var wbr svg picture script style noscript template button meta link big tt ruby rb rt rp",
);

/// Whether a tag stands within a line; tags of one's own making do.
fn is_inline(name: &str) -> bool {
    INLINE.has(name) || name.contains('-') || is_unknown(name)
}

/// What a tag is.
#[derive(Clone, Copy)]
struct Tag {
    /// The kind of its elements without a class: a number of its own.
    kind: usize,
    silent: bool,
    inline: bool,
    is: Is,
}

/// What is done with the elements of a tag besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Script,
    Head,
    Html,
    Image,
    Button,
    Main,
    Heading,
    Time,
    Other,
}

impl Tag {
    fn of(name: &str, kind: usize) -> Self {
        let is = match name {
            "script" => Is::Script,
            "head" => Is::Head,
            "html" => Is::Html,
            "img" | "svg" | "picture" => Is::Image,
            "button" => Is::Button,
            "main" | "article" => Is::Main,
            "time" => Is::Time,
            _ if is_heading(name) => Is::Heading,
            _ => Is::Other,
        };
        Self { kind, silent: SILENT.contains(&name), inline: is_inline(name), is }
    }
}

/// The attributes that are asked of every element, found in one look.
#[derive(Default)]
struct Told<'a> {
    class: Option<&'a str>,
    id: Option<&'a str>,
    href: Option<&'a str>,
    role: Option<&'a str>,
    hidden: bool,
}

impl<'a> Told<'a> {
    fn by(node: ElementRef<'a>) -> Self {
        let mut told = Self::default();
        let mut hidden = None;
        for (name, value) in &node.value().attrs {
            let place = match name.local {
                local_name!("class") => &mut told.class,
                local_name!("id") => &mut told.id,
                local_name!("href") => &mut told.href,
                local_name!("role") => &mut told.role,
                local_name!("aria-hidden") => &mut hidden,
                _ => continue,
            };
            // An attribute of a namespace may have the same name; the plain one comes first.
            place.get_or_insert(&**value);
        }
        Self { hidden: hidden == Some("true"), ..told }
    }
}

/// What the walk carries along.
#[derive(Default)]
pub(super) struct Walk<'a> {
    /// The numbers of chains of tags: by that of the chain around an element, and the kind of its tag.
    paths: HashMap<(usize, usize), usize, Guarded>,
    tags: HashMap<LocalName, Tag, Guarded>,
    /// The kinds of elements with a class, by that of their tag.
    kinds: HashMap<(usize, &'a str), usize, Guarded>,
    /// How many kinds there are.
    known: usize,
    open: Vec<usize>,
    counts: Counts,
    chars: usize,
    line: usize,
    lines: usize,
    space: bool,
    decoration: usize,
}

impl<'a> Walk<'a> {
    /// Walks through a document and fills the tables.
    pub(super) fn through(mut self, document: &'a Html, page: &mut Page<'a>) {
        let root = document.root_element();
        let mut node = *root;
        loop {
            let mut inside = false;
            match node.value() {
                Node::Text(text) => self.text(page, text),
                Node::Element(_) => inside = ElementRef::wrap(node).is_some_and(|element| self.enter(page, element)),
                _ => {}
            }
            if inside && let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            if inside {
                self.leave(page);
            }
            loop {
                if node == *root {
                    page.counts.push(self.counts);
                    page.kinds = self.known;
                    return;
                }
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                let Some(parent) = node.parent() else { return };
                node = parent;
                self.leave(page);
            }
        }
    }

    /// Opens an element. Tells whether its content is to be walked through.
    fn enter(&mut self, page: &mut Page<'a>, node: ElementRef<'a>) -> bool {
        let name = node.value().name();
        let known = &mut self.known;
        let mut next_kind = || std::mem::replace(known, *known + 1);
        let local = &node.value().name.local;
        let tag = match self.tags.get(local) {
            Some(tag) => *tag,
            None => *self.tags.entry(local.clone()).or_insert(Tag::of(name, next_kind())),
        };
        match tag.is {
            Is::Script if is_data(node) => page.scripts.push(node),
            Is::Head => read_head(page, node),
            Is::Image => self.counts.images += 1,
            _ => {}
        }
        // A button that names what it loads is a kind of link.
        let loads = || tag.is == Is::Button && LOADS.iter().any(|key| attribute(node, key).is_some());
        if tag.silent && !loads() {
            return false;
        }
        let breaks = !tag.inline;
        let told = Told::by(node);
        let class = told.class.unwrap_or_default();
        let kind =
            if class.is_empty() { tag.kind } else { *self.kinds.entry((tag.kind, class)).or_insert_with(next_kind) };
        if breaks {
            self.line = self.chars;
            self.lines += 1;
            self.space = true;
        }
        let at = page.elements.len();
        let parent = self.open.last().copied().unwrap_or(at);
        let above = if at == 0 { usize::MAX } else { page.elements[parent].path };
        let next = self.paths.len();
        let path = *self.paths.entry((above, tag.kind)).or_insert(next);
        if tag.is == Is::Html {
            page.language = attribute(node, "lang").map(str::trim).filter(|lang| !lang.is_empty()).map(str::to_owned);
        }
        self.decoration += usize::from(told.hidden);
        page.counts.push(self.counts);
        let main = tag.is == Is::Main || told.role == Some("main");
        page.elements.push(Element {
            node,
            name,
            class,
            kind,
            id: told.id,
            href: told.href,
            parent,
            end: at + 1,
            path,
            depth: self.open.len(),
            before: self.chars,
            after: self.chars,
            line: self.line,
            first_run: page.runs.len(),
            last_run: page.runs.len(),
            region: 0.0,
            inline: !breaks,
            hidden: told.hidden,
            main: main || (at > 0 && page.elements[parent].main),
        });
        self.counts.headings += usize::from(tag.is == Is::Heading);
        self.counts.blocks += usize::from(breaks);
        self.counts.times += usize::from(tag.is == Is::Time);
        self.open.push(at);
        true
    }

    fn leave(&mut self, page: &mut Page<'_>) {
        let Some(at) = self.open.pop() else { return };
        let end = page.elements.len();
        let runs = page.runs.len();
        let element = &mut page.elements[at];
        element.end = end;
        element.after = self.chars;
        element.last_run = runs;
        self.decoration -= usize::from(element.hidden);
        if !element.inline {
            self.line = self.chars;
            self.lines += 1;
            self.space = true;
        }
    }

    fn text(&mut self, page: &mut Page<'a>, raw: &'a str) {
        let Some(&owner) = self.open.last() else { return };
        self.space |= raw.starts_with(is_blank);
        // Most white space is ASCII.
        let text = raw.trim_ascii().trim_matches(is_blank);
        if text.is_empty() {
            self.space |= !raw.is_empty();
            return;
        }
        let text = if is_single_spaced(text) { Cow::Borrowed(text) } else { Cow::Owned(single_spaced(text)) };
        let mut run = Run::new(text, owner, self.lines);
        run.spaced = self.space;
        run.decoration = self.decoration > 0;
        self.chars += run.chars;
        page.runs.push(run);
        self.space = raw.ends_with(is_blank);
    }
}

/// Whether a character parts words, be it that nobody sees it.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200b}' | '\u{feff}' | '\u{2060}')
}

/// Whether nothing parts the words of a trimmed text but one space each.
fn is_single_spaced(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most texts hold nothing of what is looked for below; this look goes over many bytes at once.
    let may_part = |byte: u8| matches!(byte, b'\t'..=b'\r' | 0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef);
    let may_be_wide = bytes.iter().fold(false, |may, &byte| may | may_part(byte));
    if !may_be_wide && memmem::find(bytes, b"  ").is_none() {
        return true;
    }
    let mut space = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' if space => return false,
            b'\t'..=b'\r' => return false,
            // Characters that part words begin with one of these.
            0xc2 | 0xe1 | 0xe2 | 0xe3 | 0xef if text[at..].starts_with(is_blank) => return false,
            _ => space = byte == b' ',
        }
    }
    true
}

/// The words of a text with one space between them.
fn single_spaced(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Whether a script holds data and no program, or the state that a framework puts on the window.
fn is_data(node: ElementRef<'_>) -> bool {
    attribute(node, "type").is_some_and(|kind| kind.contains("json"))
        || matches!(attribute(node, "id"), Some("__NEXT_DATA__" | "__NUXT_DATA__"))
        || node.text().next().is_some_and(|text| text.contains("window.__"))
}

/// Takes from `<head>` what says under which address the page lives.
fn read_head<'a>(page: &mut Page<'a>, head: ElementRef<'a>) {
    let mut base_seen = false;
    for node in head.children().filter_map(ElementRef::wrap) {
        match node.value().name() {
            "base" if !base_seen => {
                if let Some(base) = attribute(node, "href").and_then(|href| page.url.join(href.trim()).ok()) {
                    base_seen = true;
                    page.base = base;
                }
            }
            "link" => {
                let rel = attribute(node, "rel").unwrap_or_default().to_ascii_lowercase();
                let feed = rel == "alternate" && attribute(node, "type").is_some_and(|kind| kind.contains("xml"));
                if rel == "next" && page.next.is_none() {
                    page.next = attribute(node, "href").and_then(|href| page.url.join(href.trim()).ok());
                }
                if (feed || rel == "canonical")
                    && let Some(url) = attribute(node, "href").and_then(|href| page.url.join(href.trim()).ok())
                {
                    page.own.push(url);
                }
            }
            "script" if is_data(node) => page.scripts.push(node),
            "meta" if attribute(node, "property") == Some("og:url") => {
                if let Some(url) = attribute(node, "content").and_then(|href| page.url.join(href.trim()).ok()) {
                    page.own.push(url);
                }
            }
            "meta" if page.language.is_none() && is_language(node) => {
                page.language = attribute(node, "content").map(str::to_owned);
            }
            _ => {}
        }
    }
}

fn is_language(meta: ElementRef<'_>) -> bool {
    attribute(meta, "http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("content-language"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_that_parts_words_is_seen() {
        for letter in '\0'..=char::MAX {
            assert_eq!(is_single_spaced(&format!("a{letter}b")), letter == ' ' || !is_blank(letter), "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_single_spaced_stays_as_it_is(text in "[a 가\t\u{a0}\u{3000}\u{200b}é]{0,8}") {
            let text = text.trim_matches(is_blank);
            prop_assert_eq!(is_single_spaced(text), single_spaced(text) == text);
        }
    }
}
