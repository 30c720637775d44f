//! A page's text → its tree, within a budget.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::sync::LazyLock;

use ego_tree::NodeId;
use html5ever::LocalName;
use scraper::{ElementRef, Html};
use url::Url;

use super::budget::{Budget, Deadline};
use super::contract::{Context, ExtractError};
use super::css::Css;
use super::markup;
use super::names::Names;
use super::quick::Guarded;
use super::skim::{Wanted, skim};
use crate::model::page::Page;

static BASE: LazyLock<Css> = LazyLock::new(|| Css::constant("base[href]"));

/// Elements between two looks at the clock. Few: a selector with `:has()` may search the whole page for each.
pub(super) const STRIDE: usize = 16;

/// A parsed page.
#[derive(Debug)]
pub(super) struct Document {
    html: Html,
    elements: Elements,
    /// Its first `<base href>`.
    base: OnceCell<Option<NodeId>>,
    deadline: Deadline,
    part: Part,
}

/// All elements in the order of the document.
#[derive(Debug, Default)]
struct Elements {
    all: Vec<NodeId>,
    /// The places of those of each tag.
    by_tag: HashMap<LocalName, Vec<usize>, Guarded>,
    names: Names,
}

/// How much of the page the tree holds.
#[derive(Debug)]
enum Part {
    Whole,
    /// What a recipe asks for; and whether more was asked for after all.
    Wanted(Cell<bool>),
}

impl Document {
    /// Parses the page, unless it is no HTML or costs too much.
    pub(super) fn parse(page: &Page, budget: &Budget) -> Result<Self, ExtractError> {
        let deadline = Deadline::after(budget.time);
        refuse_other_types(page)?;
        if page.text.trim().is_empty() {
            return Err(ExtractError::Empty { url: page.url.clone() });
        }
        Self::build(&page.text, deadline, budget, Part::Whole)
    }

    /// Parses what a recipe asks for; `None`: the whole page is to be parsed.
    pub(super) fn parse_part(page: &Page, wanted: &Wanted, context: &Context<'_>) -> Option<Self> {
        let budget = &context.budget;
        let deadline = Deadline::after(budget.time);
        refuse_other_types(page).ok()?;
        let wanted = wanted.on(&page.url, context.link_base.unwrap_or(&page.url))?;
        let part = skim(&page.text, &wanted, budget)?;
        Self::build(&part, deadline, budget, Part::Wanted(Cell::new(false))).ok()
    }

    fn build(text: &str, deadline: Deadline, budget: &Budget, part: Part) -> Result<Self, ExtractError> {
        let html = markup::parse(text, budget, |html: &Html| {
            deadline.check()?;
            let last = html.tree.nodes().next_back();
            let is_too_deep = last.is_some_and(|node| node.ancestors().nth(budget.depth).is_some());
            if is_too_deep { Err(too_deep(budget)) } else { Ok(()) }
        })?;
        let elements = Elements::of(&html, budget)?;
        deadline.check()?;
        Ok(Self { html, elements, base: OnceCell::new(), deadline, part })
    }

    /// Whether something is not in the tree that stands on the page, of which is to be said here that it is asked for.
    pub(super) fn lacks_what_is_asked(&self) -> bool {
        match &self.part {
            Part::Whole => false,
            Part::Wanted(lacks) => {
                lacks.set(true);
                true
            }
        }
    }

    /// Whether what was read is what the whole page would have given.
    pub(super) fn sufficed(&self) -> bool {
        match &self.part {
            Part::Whole => true,
            Part::Wanted(lacks) => !lacks.get(),
        }
    }

    /// The tree.
    pub(super) fn html(&self) -> &Html {
        &self.html
    }

    /// The deadline of all that is done with the document.
    pub(super) fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// The first element that `selector` matches.
    pub(super) fn first(&self, selector: &Css) -> Result<Option<ElementRef<'_>>, ExtractError> {
        Ok(self.matches(&[selector], 1)?.pop().and_then(|mut elements| elements.pop()))
    }

    /// The elements that each of `selectors` matches in the order of the document, at most `limit` for each.
    pub(super) fn matches(&self, selectors: &[&Css], limit: usize) -> Result<Vec<Vec<ElementRef<'_>>>, ExtractError> {
        selectors.iter().map(|selector| self.matches_of(selector, limit)).collect()
    }

    fn matches_of(&self, selector: &Css, limit: usize) -> Result<Vec<ElementRef<'_>>, ExtractError> {
        let elements = &self.elements;
        // Most selectors name a class that the page has not, or a tag: other elements need not be asked.
        if !selector.may_stand(|name| elements.names.may_have(name)) {
            return Ok(Vec::new());
        }
        let of_tag = |tag: &LocalName| elements.by_tag.get(tag).map_or(&[][..], Vec::as_slice);
        let of_tags = selector.tags().map(|tags| match tags[..] {
            [tag] => Cow::Borrowed(of_tag(tag)),
            _ => {
                let mut places: Vec<usize> = tags.into_iter().flat_map(of_tag).copied().collect();
                places.sort_unstable();
                places.dedup();
                Cow::Owned(places)
            }
        });
        let ids: &mut dyn Iterator<Item = NodeId> = match &of_tags {
            Some(places) => &mut places.iter().map(|place| elements.all[*place]),
            None => &mut elements.all.iter().copied(),
        };
        let mut found = Vec::new();
        let mut asked = 0_usize;
        for element in ids.filter_map(|id| self.html.tree.get(id).and_then(ElementRef::wrap)) {
            if found.len() >= limit {
                break;
            }
            if !selector.may_mean(element.value()) {
                continue;
            }
            if asked.is_multiple_of(STRIDE) {
                self.deadline.check()?;
            }
            asked += 1;
            if selector.means(&element) {
                found.push(element);
            }
        }
        Ok(found)
    }

    /// All elements in the order of the document.
    pub(super) fn elements(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.elements.all.iter().filter_map(|id| self.html.tree.get(*id).and_then(ElementRef::wrap))
    }

    /// The `lang` of the page.
    pub(super) fn language(&self) -> Option<&str> {
        let root = self.html.tree.root().children().find_map(ElementRef::wrap)?;
        root.attr("lang").or_else(|| root.attr("xml:lang")).map(str::trim).filter(|tag| is_language_tag(tag))
    }

    /// What links are resolved against: the page's `<base href>`, itself resolved against `under`.
    pub(super) fn base(&self, under: &Url) -> Result<Url, ExtractError> {
        let base = match self.base.get() {
            Some(base) => *base,
            None => *self.base.get_or_init({
                let base = self.first(&BASE)?.map(|base| base.id());
                move || base
            }),
        };
        let base = base.and_then(|base| self.html.tree.get(base)).and_then(ElementRef::wrap);
        let href = base.and_then(|base| base.attr("href"));
        let base = href.and_then(|href| under.join(href.trim()).ok());
        Ok(base.filter(|base| matches!(base.scheme(), "http" | "https")).unwrap_or_else(|| under.clone()))
    }
}

impl Elements {
    /// Walks through a tree, unless it is too deep.
    fn of(html: &Html, budget: &Budget) -> Result<Self, ExtractError> {
        // A text stands beside most elements.
        let all = Vec::with_capacity(html.tree.nodes().len() / 2);
        let mut elements = Self { all, ..Self::default() };
        let (mut node, mut depth) = (html.tree.root(), 0_usize);
        loop {
            if let Some(element) = node.value().as_element() {
                elements.put(node.id(), &element.name.local);
                elements.names.put(element);
            }
            if let Some(child) = node.first_child() {
                node = child;
                depth += 1;
                // A text is one level below the innermost element.
                if depth > budget.depth + 1 {
                    return Err(too_deep(budget));
                }
                continue;
            }
            node = loop {
                if let Some(sibling) = node.next_sibling() {
                    break sibling;
                }
                let Some(parent) = node.parent() else { return Ok(elements) };
                node = parent;
                depth -= 1;
            };
        }
    }

    fn put(&mut self, id: NodeId, tag: &LocalName) {
        let place = self.all.len();
        match self.by_tag.get_mut(tag) {
            Some(places) => places.push(place),
            None => drop(self.by_tag.insert(tag.clone(), vec![place])),
        }
        self.all.push(id);
    }
}

/// Whether `tag` has the shape of a BCP 47 tag: it goes into feeds as it is.
fn is_language_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').enumerate().all(|(at, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && (at > 0 || (part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic())))
        })
}

fn too_deep(budget: &Budget) -> ExtractError {
    ExtractError::Budget { what: "elements within elements", limit: budget.depth }
}

/// Servers send HTML under other names, so a doubtful type is HTML when the text begins as such.
fn refuse_other_types(page: &Page) -> Result<(), ExtractError> {
    let Some(media_type) = page.media_type.as_deref() else { return Ok(()) };
    let doubtful = matches!(media_type, "text/plain" | "text/xml" | "application/xml" | "application/octet-stream");
    let beginning = page.text[..page.text.floor_char_boundary(1024)].to_ascii_lowercase();
    if matches!(media_type, "text/html" | "application/xhtml+xml") || (doubtful && beginning.contains("<html")) {
        return Ok(());
    }
    Err(ExtractError::NotHtml { url: page.url.clone(), media_type: media_type.to_owned() })
}
