//! H9: the list of feeds itself, OPML 2.0.

use super::rule::Rule;
use super::tree::Element;
use super::value;

pub(super) const RULES: &[Rule<Element>] = &[Rule {
    id: "H9",
    says: "OPML 2.0 has a head and a body with an outline; each outline has a text, that of a feed type=\"rss\" and an \
           xmlUrl",
    find,
}];

fn find(root: &Element) -> Vec<String> {
    if !root.is("", "opml") || root.attribute("version") != Some("2.0") {
        return vec![format!("the root is <{}> and no OPML 2.0", root.name)];
    }
    let mut faults = Vec::new();
    if root.all("", "head").count() != 1 {
        faults.push("there is not one head".to_owned());
    }
    let Some(body) = root.first("", "body") else {
        faults.push("there is no body".to_owned());
        return faults;
    };
    if body.first("", "outline").is_none() {
        faults.push("the body holds no outline".to_owned());
    }
    let mut open: Vec<&Element> = body.all("", "outline").collect();
    while let Some(outline) = open.pop() {
        let text = outline.attribute("text").unwrap_or_default();
        if text.trim().is_empty() {
            faults.push("an outline has no text".to_owned());
        }
        match (outline.attribute("type"), outline.attribute("xmlUrl")) {
            (Some("rss"), None) => faults.push(format!("outline {text:?} is a feed without xmlUrl")),
            (kind, Some(_)) if kind != Some("rss") => faults.push(format!("outline {text:?} is a feed of no type rss")),
            (_, Some(url)) => faults.extend(value::link_fault(url)),
            (_, None) => {}
        }
        open.extend(outline.all("", "outline"));
    }
    faults
}
