//! The page as flat tables: one preorder walk gives every element its place, its tag path and its text.
//!
//! With them "is inside", "how much text" and "how many headings" cost one subtraction each, so that what
//! follows stays linear in the size of the page. Scripts, styles, forms and pictures have no text here.

use std::borrow::Cow;
use std::cell::OnceCell;

use scraper::{ElementRef, Html};
use url::Url;

use super::ago::{LONGEST_AGO, is_relative};
use super::spans::{Span, scan};
use super::walk::Walk;

/// Attributes in which a button keeps the address of what it loads.
pub(super) const LOADS: &[&str] =
    &["data-next-url", "data-next-page", "data-next", "data-load-url", "data-url", "data-href", "hx-get"];

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
    /// The number of its kind: those of one tag and class have the same.
    pub(super) kind: usize,
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
    pub(super) inline: bool,
    /// Whether it is there for the eye alone.
    pub(super) hidden: bool,
}

/// A piece of text between two tags.
#[derive(Debug)]
pub(super) struct Run<'a> {
    /// Its text, trimmed and with single spaces: the page's own where it stands there so.
    pub(super) text: Cow<'a, str>,
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

impl<'a> Run<'a> {
    /// A piece of text in an element, on a line.
    pub(super) fn new(text: Cow<'a, str>, owner: usize, line: usize) -> Self {
        let chars = text.chars().count();
        let (spans, relative) = (OnceCell::new(), OnceCell::new());
        Self { text, chars, owner, spaced: false, decoration: false, line, spans, relative }
    }

    /// The dates in it.
    pub(super) fn spans(&self) -> &[Span] {
        self.spans.get_or_init(|| scan(&self.text))
    }

    /// Whether it says how long ago something was.
    pub(super) fn is_relative(&self) -> bool {
        self.chars <= LONGEST_AGO && *self.relative.get_or_init(|| is_relative(&self.text))
    }
}

/// The page.
#[derive(Debug)]
pub(super) struct Page<'a> {
    /// All elements that may hold text, in document order.
    pub(super) elements: Vec<Element<'a>>,
    /// All text, in document order.
    pub(super) runs: Vec<Run<'a>>,
    /// How many kinds of elements there are.
    pub(super) kinds: usize,
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
        // There are no more elements than nodes: room that is not needed is never touched, and moving is dear.
        let nodes = document.tree.nodes().len();
        let mut page = Page {
            elements: Vec::with_capacity(nodes),
            runs: Vec::with_capacity(nodes / 3),
            kinds: 0,
            counts: Vec::with_capacity(nodes + 1),
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
        let runs = &self.runs[runs];
        let mut text = String::with_capacity(runs.iter().map(|run| run.text.len() + 1).sum());
        for run in runs {
            let permalink = matches!(&*run.text, "#" | "¶" | "§" | "🔗") && self.elements[run.owner].name == "a";
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

/// Whether a tag is a heading.
pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// An attribute of an element.
pub(super) fn attribute<'a>(node: ElementRef<'a>, name: &str) -> Option<&'a str> {
    node.value().attrs.iter().find(|(key, _)| &*key.local == name).map(|(_, value)| &**value)
}
