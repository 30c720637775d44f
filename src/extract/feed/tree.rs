//! The text of an XML document → a tree, however broken the document is.
//!
//! Tags that are never closed, ends without a beginning, bare ampersands, HTML's names of characters and an end in
//! the middle are all borne; what stands before the fault is kept. A document type is passed over, so an entity
//! that it declares is never expanded. Prefixes mean what their namespace says, or their usual meaning.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

use super::super::budget::{Budget, Deadline};
use super::super::contract::ExtractError;

/// Elements within elements; feeds have no more than ten.
const DEPTH: usize = 64;

/// The namespaces that feeds are made of, and the prefix under which we know them.
const NAMESPACES: &[(&str, &str)] = &[
    ("http://www.w3.org/2005/Atom", ""),
    ("http://purl.org/atom/ns#", ""),
    ("http://purl.org/rss/1.0/", ""),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://purl.org/dc/terms/", "dcterms"),
    ("http://purl.org/rss/1.0/modules/content/", "content"),
    ("http://search.yahoo.com/mrss/", "media"),
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("http://www.sitemaps.org/schemas/sitemap/0.9", ""),
    ("http://www.google.com/schemas/sitemap-news/0.9", "news"),
];

/// The root elements of what is read here.
const ROOTS: &[&str] = &["rss", "feed", "rdf", "urlset", "sitemapindex"];

/// An element.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    /// Its name in small letters, with the usual prefix where it is no format's own: `title`, `dc:date`.
    pub(super) name: String,
    /// Its attributes by name, without the prefix but for `xml:`.
    pub(super) attributes: HashMap<String, String>,
    /// All text within it, that of its children included, in the order of the document.
    pub(super) text: String,
    /// Its children.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The children of that name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name that has one.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        self.all(name).map(|child| child.text.trim()).find(|text| !text.is_empty()).map(str::to_owned)
    }

    /// An attribute that is not empty.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Whether a text begins as a feed or a sitemap does. A page of HTML does not.
pub(super) fn looks_like(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(4096)];
    let mut rest = head;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        if rest.starts_with(['?', '!']) {
            if rest.to_ascii_lowercase().starts_with("!doctype html") {
                return false;
            }
            // A document type may hold declarations of its own; the first tag with a letter behind it counts.
            continue;
        }
        let name: String =
            rest.chars().take_while(|letter| letter.is_alphanumeric() || matches!(letter, ':' | '-' | '_')).collect();
        let name = name.to_ascii_lowercase();
        return is_root(&name);
    }
    false
}

/// Reads the tree. Only a document that costs too much fails.
pub(super) fn parse(text: &str, budget: &Budget, deadline: &Deadline) -> Result<Element, ExtractError> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut prefixes = HashMap::new();
    let mut elements = 0usize;
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => event,
        };
        match event {
            Event::Start(start) => {
                elements += 1;
                refuse(elements, open.len(), budget)?;
                open.push(element(&start, &mut prefixes));
            }
            Event::Empty(start) => {
                elements += 1;
                refuse(elements, open.len(), budget)?;
                let element = element(&start, &mut prefixes);
                if let Some(parent) = open.last_mut() {
                    parent.children.push(element);
                }
            }
            Event::End(end) => close(&mut open, &known_name(end.name().into_inner(), &prefixes)),
            Event::Text(text) => push(&mut open, &text.xml_content(quick_xml::XmlVersion::Implicit1_0)),
            Event::CData(text) => push(&mut open, &text.xml_content(quick_xml::XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) => {
                let name = reference.xml_content(quick_xml::XmlVersion::Implicit1_0);
                match reference.resolve_char_ref() {
                    Ok(Some(letter)) => push(&mut open, letter.encode_utf8(&mut [0; 4])),
                    Ok(None) | Err(_) => match resolve_html5_entity(&name) {
                        Some(letters) => push(&mut open, letters),
                        None => push(&mut open, &format!("&{name};")),
                    },
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
        if elements.is_multiple_of(64) {
            deadline.check()?;
        }
    }
    while open.len() > 1 {
        fold(&mut open);
    }
    let top = open.pop().unwrap_or_default();
    Ok(top.children.into_iter().find(|child| is_root(&child.name)).unwrap_or_default())
}

fn is_root(name: &str) -> bool {
    ROOTS.contains(&name.rsplit(':').next().unwrap_or_default())
}

fn refuse(elements: usize, depth: usize, budget: &Budget) -> Result<(), ExtractError> {
    if depth > DEPTH {
        return Err(ExtractError::Budget { what: "elements within elements", limit: DEPTH });
    }
    if elements > budget.tags {
        return Err(ExtractError::Budget { what: "tags", limit: budget.tags });
    }
    Ok(())
}

/// Ends the innermost element of that name with all that were left open in it; an end of none is passed over.
fn close(open: &mut Vec<Element>, name: &str) {
    let Some(depth) = open.iter().skip(1).rposition(|element| element.name == name) else { return };
    while open.len() > depth + 1 {
        fold(open);
    }
}

fn fold(open: &mut Vec<Element>) {
    let Some(element) = open.pop() else { return };
    if let Some(parent) = open.last_mut() {
        // Markup that was not escaped (Atom's `xhtml`) is text of whoever holds it.
        if !is_structure(&parent.name) {
            parent.text.push(' ');
            parent.text.push_str(&element.text);
        }
        parent.children.push(element);
    }
}

/// Elements that hold fields and no text.
fn is_structure(name: &str) -> bool {
    matches!(name, "" | "rss" | "feed" | "rdf:rdf" | "channel" | "item" | "entry" | "urlset" | "sitemapindex" | "url")
        || matches!(name, "sitemap" | "author" | "contributor" | "image" | "source" | "media:group" | "news:news")
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>, prefixes: &mut HashMap<String, String>) -> Element {
    let mut attributes = HashMap::new();
    for attribute in start.html_attributes().with_checks(false).flatten().take(64) {
        let name = attribute.key.into_inner().to_owned();
        let value = plain_value(&attribute.value);
        if let Some(prefix) = name.strip_prefix("xmlns:") {
            prefixes.insert(prefix.to_owned(), usual(&value, prefix));
        }
        let name = if name.starts_with("xml:") { name.as_str() } else { name.rsplit(':').next().unwrap_or(&name) };
        attributes.entry(name.to_ascii_lowercase()).or_insert(value);
    }
    Element {
        name: known_name(start.name().into_inner(), prefixes),
        attributes,
        text: String::new(),
        children: Vec::new(),
    }
}

/// The value of an attribute with its references resolved as far as they can be.
fn plain_value(raw: &str) -> String {
    quick_xml::escape::unescape_with(raw, resolve_html5_entity).map_or_else(|_| raw.to_owned(), Into::into)
}

fn usual(namespace: &str, prefix: &str) -> String {
    let known = NAMESPACES.iter().find(|(known, _)| known.trim_end_matches('/') == namespace.trim_end_matches('/'));
    known.map_or(prefix, |(_, usual)| usual).to_ascii_lowercase()
}

/// `a:link` where `a` is Atom's → `link`; `dc:date` stays.
fn known_name(name: &str, prefixes: &HashMap<String, String>) -> String {
    let lower = name.to_ascii_lowercase();
    let Some((prefix, local)) = lower.split_once(':') else { return lower };
    match prefixes.get(prefix).map_or(prefix, String::as_str) {
        "" | "atom" | "rss" => local.to_owned(),
        usual => format!("{usual}:{local}"),
    }
}
