//! Rewrites pages so that less of their markup says what it is, with the same posts on them.

use std::fmt::Write;

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// What a mutation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// The page as a parser understands it.
    None,
    /// Classes, ids, headings, landmarks, time tags and microdata taken away.
    Stripped,
    /// Classes and landmarks taken away, six products without dates behind the list.
    Products,
    /// The same, and twelve events with dates before everything.
    Events,
    /// Every class and id renamed to letters that say nothing.
    Renamed,
    /// Every class and id renamed, everything in wrappers.
    Wrapped,
    /// A box of recent posts with other posts' links before everything, without any landmark.
    Box,
    /// Every title stands in a plain `div`; attributes for machines are gone.
    Plain,
}

impl Mutation {
    pub(crate) const ALL: [Self; 8] = [
        Self::None,
        Self::Stripped,
        Self::Products,
        Self::Events,
        Self::Renamed,
        Self::Wrapped,
        Self::Box,
        Self::Plain,
    ];

    fn drops_classes(self) -> bool {
        matches!(self, Self::Stripped | Self::Products | Self::Events)
    }
}

/// The page rewritten.
pub(crate) fn mutate(html: &str, mutation: Mutation) -> String {
    let document = Html::parse_document(html);
    let mut page = "<!doctype html>".to_owned();
    rewrite(document.root_element(), mutation, &mut page);
    page
}

const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

fn rewrite(element: ElementRef<'_>, mutation: Mutation, page: &mut String) {
    let name = element.value().name();
    let tag = tag(name, mutation);
    page.push('<');
    page.push_str(tag);
    for (key, value) in attributes(element.value(), mutation) {
        page.extend([" ", &key, "=\"", &value.replace('&', "&amp;").replace('"', "&quot;"), "\""]);
    }
    page.push('>');
    if VOID.contains(&name) {
        return;
    }
    let raw = matches!(name, "script" | "style" | "noscript" | "template");
    if name == "body" {
        match mutation {
            Mutation::Events => events(page),
            Mutation::Box => recent(page),
            Mutation::Wrapped => page.push_str("<div class=\"q\"><div><div class=\"q2\">"),
            _ => {}
        }
    }
    let wrapped = mutation == Mutation::Wrapped && matches!(name, "article" | "li" | "section" | "a" | "td");
    if wrapped {
        page.push_str(if name == "a" { "<span>" } else { "<div><div>" });
    }
    for child in element.children() {
        match child.value() {
            Node::Element(_) => rewrite(ElementRef::wrap(child).unwrap(), mutation, page),
            Node::Text(text) if raw => page.push_str(text),
            Node::Text(text) => page.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
            _ => {}
        }
    }
    if wrapped {
        page.push_str(if name == "a" { "</span>" } else { "</div></div>" });
    }
    if name == "body" {
        match mutation {
            Mutation::Products => products(page),
            Mutation::Wrapped => page.push_str("</div></div></div>"),
            _ => {}
        }
    }
    page.extend(["</", tag, ">"]);
}

fn tag(name: &str, mutation: Mutation) -> &str {
    let heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let landmark = matches!(name, "main" | "article" | "aside" | "nav" | "header" | "footer" | "section");
    match mutation {
        Mutation::Stripped if heading || landmark => "div",
        Mutation::Stripped if name == "time" => "span",
        Mutation::Products | Mutation::Events if landmark => "div",
        Mutation::Plain if heading => "div",
        _ => name,
    }
}

fn attributes(element: &Element, mutation: Mutation) -> Vec<(String, String)> {
    let machine = |key: &str| key.starts_with("item") || matches!(key, "datetime" | "rel" | "role" | "aria-label");
    element
        .attrs()
        .filter(|(key, _)| match *key {
            "class" | "id" | "role" => !mutation.drops_classes(),
            key if machine(key) => {
                let link = element.name() == "link" || element.name() == "a" && key == "aria-label";
                !matches!(mutation, Mutation::Stripped | Mutation::Plain) || link
            }
            _ => true,
        })
        .map(|(key, value)| {
            let renamed = matches!(mutation, Mutation::Renamed | Mutation::Wrapped) && matches!(key, "class" | "id");
            let value = if renamed {
                value.split_whitespace().map(nonsense).collect::<Vec<_>>().join(" ")
            } else {
                value.to_owned()
            };
            (key.to_owned(), value)
        })
        .collect()
}

/// A name that says nothing, the same for the same name: as style compilers make them.
fn nonsense(name: &str) -> String {
    let sum = name.bytes().fold(0xcbf2_9ce4_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let letters = b"abcdefghjkmnpqrstuvwxyz";
    let letter = |at: u32| char::from(letters[(sum.rotate_left(7 * at) % 23) as usize]);
    format!("x{}{}{}{}{}", letter(0), letter(1), letter(2), letter(3), sum % 10)
}

fn products(page: &mut String) {
    page.push_str("<div>");
    for name in ["Linen Lamp", "Walnut Shelf", "Copper Kettle", "Felt Rug", "Glass Vase", "Oak Stool"] {
        let path = format!("/shop/{}", name.to_lowercase().replace(' ', "-"));
        write!(
            page,
            "<div><a href=\"{path}\"><img src=\"/i.jpg\" alt=\"{name}\"></a><h3><a href=\"{path}\">{name}</a></h3><p>A fine {name} for your home, made by hand.</p><span>$49.00</span></div>"
        )
        .unwrap();
    }
    page.push_str("</div>");
}

fn events(page: &mut String) {
    page.push_str("<ul>");
    for at in 0..12 {
        write!(
            page,
            "<li><span>{}-{:02}-{:02}</span> <a href=\"/events/meetup-no-{at}\">Meetup in town no. {at}</a></li>",
            2026 + at % 2,
            1 + (at * 5) % 12,
            1 + (at * 7) % 28
        )
        .unwrap();
    }
    page.push_str("</ul>");
}

fn recent(page: &mut String) {
    page.push_str("<div class=\"k1\"><div>Latest from the shop</div><ul>");
    for name in
        ["Ten chairs compared", "How we oil wood", "Visit us in spring", "Opening hours changed", "A lamp for reading"]
    {
        write!(page, "<li><a href=\"/shop-news/{}/\">{name}</a></li>", name.to_lowercase().replace(' ', "-")).unwrap();
    }
    page.push_str("</ul></div>");
}
