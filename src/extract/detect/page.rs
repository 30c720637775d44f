//! The page as flat tables: one preorder walk gives every element its place, its tag path and its text.
//!
//! With them "is inside", "how much text" and "how many headings" cost one subtraction each, so that what
//! follows stays linear in the size of the page. Scripts, styles, forms and pictures have no text here.

use std::cell::OnceCell;
use std::collections::HashMap;

use html5ever::{LocalName, local_name};
use scraper::{ElementRef, Html, Node};
use url::Url;

use super::ago::is_relative;
use super::spans::{Span, scan};
use super::words::Words;
use crate::extract::quick::Guarded;
use crate::extract::tags::is_unknown;

/// Elements whose content is no text of the page.
const SILENT: &[&str] = &[
    "script", "style", "template", "noscript", "svg", "iframe", "select", "textarea", "button", "head", "math",
    "object",
];

/// Attributes in which a button keeps the address of what it loads.
pub(super) const LOADS: &[&str] =
    &["data-next-url", "data-next-page", "data-next", "data-load-url", "data-url", "data-href", "hx-get"];

/// Elements that stand within a line.
static INLINE: Words = Words::of(
    "a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q s samp small span strong sub \
     sup time u var wbr svg picture script style noscript template button meta link big tt ruby rb rt rp",
);

/// How many of a kind stand before a place in the page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// h1 to h6.
    pub(super) headings: usize,
    /// Pictures.
    pub(super) images: usize,
    /// Elements that break a line.
    pub(super) blocks: usize,
    /// `<time>`.
    pub(super) times: usize,
}

/// An element and where it stands.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// The element itself.
    pub(super) node: ElementRef<'a>,
    /// Its tag.
    pub(super) name: &'a str,
    /// Its class attribute.
    pub(super) class: &'a str,
    /// Its id.
    pub(super) id: Option<&'a str>,
    /// The address that it names.
    pub(super) href: Option<&'a str>,
    /// The place of its parent; its own for the root.
    pub(super) parent: usize,
    /// The place behind its last descendant.
    pub(super) end: usize,
    /// The number of its chain of tags from the root.
    pub(super) path: usize,
    /// Its depth; 0 for the root.
    pub(super) depth: usize,
    /// Characters of text before it.
    pub(super) before: usize,
    /// Characters of text before its end.
    pub(super) after: usize,
    /// Characters of text before the line on which it begins.
    pub(super) line: usize,
    /// The first text run within it.
    pub(super) first_run: usize,
    /// The text run behind its last one.
    pub(super) last_run: usize,
    /// How much it looks like a sidebar, a menu or a footer: 0 to 1.
    pub(super) region: f64,
    /// Whether `<main>`, `<article>` or their role is around it.
    pub(super) main: bool,
    /// Whether it stands within a line.
    inline: bool,
    /// Whether it is there for the eye alone.
    hidden: bool,
}

/// A piece of text between two tags.
#[derive(Debug)]
pub(super) struct Run {
    /// Its text, trimmed and with single spaces.
    pub(super) text: String,
    /// How many characters that are.
    pub(super) chars: usize,
    /// The element that it stands in.
    pub(super) owner: usize,
    /// Whether white space or a line break parts it from the run before.
    pub(super) spaced: bool,
    /// Whether it is there for the eye alone (`aria-hidden`).
    pub(super) decoration: bool,
    /// The number of its line: runs without a break between them share it.
    pub(super) line: usize,
    spans: OnceCell<Vec<Span>>,
    relative: OnceCell<bool>,
}

impl Run {
    /// The dates in it.
    pub(super) fn spans(&self) -> &[Span] {
        self.spans.get_or_init(|| scan(&self.text))
    }

    /// Whether it says how long ago something was.
    pub(super) fn is_relative(&self) -> bool {
        *self.relative.get_or_init(|| is_relative(&self.text))
    }
}

/// The page.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// All elements that may hold text, in document order.
    pub(super) elements: Vec<Element<'a>>,
    /// All text, in document order.
    pub(super) runs: Vec<Run>,
    /// Counts before every element, and one more at the end.
    pub(super) counts: Vec<Counts>,
    /// Scripts that hold data.
    pub(super) scripts: Vec<ElementRef<'a>>,
    /// The page's own address.
    pub(super) url: &'a Url,
    /// What links are resolved against.
    pub(super) base: Url,
    /// BCP 47 language that the page names.
    pub(super) language: Option<String>,
    /// The next page that `<head>` names.
    pub(super) next: Option<Url>,
    /// Addresses under which the site knows itself: canonical link, feeds.
    pub(super) own: Vec<Url>,
    links: OnceCell<Vec<(usize, Url)>>,
}

impl<'a> Page<'a> {
    /// Walks through a document.
    pub(super) fn read(document: &'a Html, url: &'a Url) -> Self {
        // About every other node is an element, and the rest are texts, many of them blank.
        let nodes = document.tree.nodes().len();
        let mut page = Page {
            elements: Vec::with_capacity(nodes / 2),
            runs: Vec::with_capacity(nodes / 4),
            counts: Vec::with_capacity(nodes / 2),
            scripts: Vec::new(),
            url,
            base: url.clone(),
            language: None,
            next: None,
            own: Vec::new(),
            links: OnceCell::new(),
        };
        Walk::default().through(document, &mut page);
        page
    }

    /// Whether the element at `inner` is the one at `outer` or stands within it.
    pub(super) fn holds(&self, outer: usize, inner: usize) -> bool {
        outer <= inner && inner < self.elements[outer].end
    }

    /// Characters of text in an element.
    pub(super) fn mass(&self, at: usize) -> usize {
        self.elements[at].after - self.elements[at].before
    }

    /// How many of a kind stand within an element, itself included.
    pub(super) fn count(&self, at: usize, kind: impl Fn(&Counts) -> usize) -> usize {
        kind(&self.counts[self.elements[at].end]) - kind(&self.counts[at])
    }

    /// An attribute of an element.
    pub(super) fn attribute(&self, at: usize, name: &str) -> Option<&'a str> {
        attribute(self.elements[at].node, name)
    }

    /// The `<a>` that lead to a place that is not one of the page, and where to.
    pub(super) fn links(&self) -> &[(usize, Url)] {
        self.links.get_or_init(|| {
            let links = self.elements.iter().enumerate().filter(|(_, element)| element.name == "a");
            let named = links.filter_map(|(at, element)| Some((at, element.href?.trim())));
            let led = named.filter(|(_, href)| !href.is_empty() && !href.starts_with('#'));
            led.filter_map(|(at, href)| Some((at, self.base.join(href).ok()?))).collect()
        })
    }

    /// Where one of [`Page::links`] leads.
    pub(super) fn link(&self, at: usize) -> Option<&Url> {
        let links = self.links();
        links.binary_search_by_key(&at, |(at, _)| *at).ok().map(|found| &links[found].1)
    }

    /// The element `height` levels up.
    pub(super) fn ancestor(&self, at: usize, height: usize) -> usize {
        (0..height).fold(at, |at, _| self.elements[at].parent)
    }

    /// An element and all around it, innermost first.
    pub(super) fn upwards(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |&at| (at > 0).then(|| self.elements[at].parent))
    }

    /// The children of an element.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.elements[at].end;
        let first = (at + 1 < end).then_some(at + 1);
        std::iter::successors(first, move |&child| Some(self.elements[child].end).filter(|&next| next < end))
    }

    /// The text of an element on one line, without what is there for the eye alone.
    pub(super) fn text(&self, at: usize) -> String {
        let element = &self.elements[at];
        self.text_of_runs(element.first_run..element.last_run)
    }

    /// The text of some runs on one line.
    pub(super) fn text_of_runs(&self, runs: std::ops::Range<usize>) -> String {
        let mut text = String::new();
        for run in &self.runs[runs] {
            let permalink = matches!(run.text.as_str(), "#" | "¶" | "§" | "🔗") && self.elements[run.owner].name == "a";
            if run.decoration || permalink {
                continue;
            }
            if run.spaced && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&run.text);
        }
        text
    }

    /// Whether an element stands within a line.
    pub(super) fn is_inline(&self, at: usize) -> bool {
        self.elements[at].inline
    }

    /// Whether an element is a heading.
    pub(super) fn is_heading(&self, at: usize) -> bool {
        is_heading(self.elements[at].name)
    }
}

/// Whether a tag stands within a line; tags of one's own making do.
fn is_inline(name: &str) -> bool {
    INLINE.has(name) || name.contains('-') || is_unknown(name)
}

/// Whether a tag is a heading.
pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// An attribute of an element.
pub(super) fn attribute<'a>(node: ElementRef<'a>, name: &str) -> Option<&'a str> {
    node.value().attrs.iter().find(|(key, _)| &*key.local == name).map(|(_, value)| &**value)
}

/// What a tag is.
#[derive(Clone, Copy)]
struct Tag {
    silent: bool,
    inline: bool,
    heading: bool,
}

impl Tag {
    fn of(name: &str) -> Self {
        Self { silent: SILENT.contains(&name), inline: is_inline(name), heading: is_heading(name) }
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
struct Walk {
    paths: HashMap<(usize, LocalName), usize, Guarded>,
    tags: HashMap<LocalName, Tag, Guarded>,
    open: Vec<usize>,
    counts: Counts,
    chars: usize,
    line: usize,
    lines: usize,
    space: bool,
    decoration: usize,
}

impl Walk {
    fn through<'a>(mut self, document: &'a Html, page: &mut Page<'a>) {
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
    fn enter<'a>(&mut self, page: &mut Page<'a>, node: ElementRef<'a>) -> bool {
        let name = node.value().name();
        if name == "script" && is_data(node) {
            page.scripts.push(node);
        }
        if name == "head" {
            read_head(page, node);
        }
        if name == "img" || name == "svg" || name == "picture" {
            self.counts.images += 1;
        }
        let tag = *self.tags.entry(node.value().name.local.clone()).or_insert_with(|| Tag::of(name));
        // A button that names what it loads is a kind of link.
        let loads = || name == "button" && LOADS.iter().any(|key| attribute(node, key).is_some());
        if tag.silent && !loads() {
            return false;
        }
        let breaks = !tag.inline;
        let told = Told::by(node);
        if breaks {
            self.line = self.chars;
            self.lines += 1;
            self.space = true;
        }
        let at = page.elements.len();
        let parent = self.open.last().copied().unwrap_or(at);
        let above = if at == 0 { usize::MAX } else { page.elements[parent].path };
        let next = self.paths.len();
        let path = *self.paths.entry((above, node.value().name.local.clone())).or_insert(next);
        if name == "html" {
            page.language = attribute(node, "lang").map(str::trim).filter(|lang| !lang.is_empty()).map(str::to_owned);
        }
        self.decoration += usize::from(told.hidden);
        page.counts.push(self.counts);
        let main = matches!(name, "main" | "article") || told.role == Some("main");
        page.elements.push(Element {
            node,
            name,
            class: told.class.unwrap_or_default(),
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
        self.counts.headings += usize::from(tag.heading);
        self.counts.blocks += usize::from(breaks);
        self.counts.times += usize::from(name == "time");
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

    fn text(&mut self, page: &mut Page<'_>, raw: &str) {
        let Some(&owner) = self.open.last() else { return };
        let is_blank = |letter: char| letter.is_whitespace() || matches!(letter, '\u{200b}' | '\u{feff}' | '\u{2060}');
        self.space |= raw.starts_with(is_blank);
        let mut text = String::with_capacity(raw.len().min(256));
        for word in raw.split(is_blank).filter(|word| !word.is_empty()) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        if text.is_empty() {
            self.space |= !raw.is_empty();
            return;
        }
        let chars = text.chars().count();
        self.chars += chars;
        page.runs.push(Run {
            text,
            chars,
            owner,
            spaced: self.space,
            decoration: self.decoration > 0,
            line: self.lines,
            spans: OnceCell::new(),
            relative: OnceCell::new(),
        });
        self.space = raw.ends_with(is_blank);
    }
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
