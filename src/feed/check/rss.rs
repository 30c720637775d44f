//! The rules of RSS 2.0 and of the RSS Advisory Board's profile.

use super::atom::HISTORY;
use super::rule::Rule;
use super::tree::Element;
use super::value;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";

pub(super) const RULES: &[Rule<Element>] = &[
    Rule { id: "F4", says: value::F4, find: links },
    Rule { id: "F5", says: value::F5, find: ids },
    Rule { id: "F6", says: value::F6, find: html },
    Rule { id: "F7", says: value::F7, find: titles },
    Rule { id: "F8", says: value::F8, find: undated },
    Rule { id: "F10", says: value::F10, find: language },
    Rule { id: "R1", says: "a channel has a title, a link and a description", find: channel_parts },
    Rule { id: "R2", says: "an item has a title or a description", find: item_parts },
    Rule { id: "R3", says: "an item has a guid of its own, isPermaLink=\"false\" unless it is a URL", find: guids },
    Rule { id: "R4", says: "dates are RFC 822 with a year of four digits and English names", find: dates },
    Rule { id: "R5", says: "a channel has one atom:link to itself", find: self_link },
    Rule { id: "R6", says: "plain text spells `&`, `<`, `>` as &#x26; &#x3C; &#x3E;", find: references },
    Rule { id: "R7", says: "authors stand in dc:creator; author holds an e-mail address", find: creators },
    Rule { id: "R8", says: "a description stands before content:encoded", find: order },
    Rule { id: "R9", says: "an item has at most one enclosure, with url, length and type", find: enclosures },
    Rule { id: "R10", says: "the domain of a category says which list it is of", find: domains },
    Rule { id: "R11", says: "ttl is a whole number; an image has the channel's title and link", find: channel_extras },
    Rule { id: "A7", says: value::A7, find: history },
];

fn channel(root: &Element) -> Option<&Element> {
    root.first("", "channel")
}

/// The items, each with the words that name it.
fn items(root: &Element) -> impl Iterator<Item = (String, &Element)> {
    let items = channel(root).into_iter().flat_map(|channel| channel.all("", "item"));
    items.enumerate().map(|(index, item)| (format!("item {}", index + 1), item))
}

/// The channel and its items.
fn parts(root: &Element) -> impl Iterator<Item = (String, &Element)> {
    channel(root).into_iter().map(|channel| ("the channel".to_owned(), channel)).chain(items(root))
}

fn text<'a>(parent: &'a Element, name: &'a str) -> Option<&'a str> {
    parent.first("", name).map(|element| element.text.trim())
}

fn has_text(parent: &Element, name: &str) -> bool {
    text(parent, name).is_some_and(|text| !text.is_empty())
}

fn links(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, element) in parts(root) {
        let own = ["link", "comments"].into_iter().filter_map(|name| text(element, name));
        let attributes = [(ATOM, "link", "href"), (MEDIA, "thumbnail", "url"), ("", "enclosure", "url")];
        let attributes = attributes.into_iter().flat_map(|(namespace, name, attribute)| {
            element.all(namespace, name).map(move |child| child.attribute(attribute).unwrap_or_default())
        });
        let html = element.all("", "description").chain(element.all(CONTENT, "encoded"));
        let html = html.flat_map(|html| value::html_link_faults(&html.text));
        let all = own.chain(attributes).filter_map(value::link_fault).chain(html);
        faults.extend(all.map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn ids(root: &Element) -> Vec<String> {
    let id_fault =
        |(part, item): (String, &Element)| value::id_fault(text(item, "guid")?).map(|fault| format!("{part}: {fault}"));
    items(root).filter_map(id_fault).collect()
}

fn html(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, item) in items(root) {
        let html = item.all("", "description").chain(item.all(CONTENT, "encoded"));
        faults.extend(html.filter_map(|html| value::html_fault(&html.text)).map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn titles(root: &Element) -> Vec<String> {
    parts(root)
        .filter(|(_, element)| element.all("", "title").any(|title| !title.children.is_empty()))
        .map(|(part, _)| format!("{part}: the title is marked up"))
        .collect()
}

fn channel_parts(root: &Element) -> Vec<String> {
    if !root.is("", "rss") || root.attribute("version") != Some("2.0") {
        return vec![format!("the root is <{}> and no RSS 2.0", root.name)];
    }
    let Some(channel) = channel(root) else { return vec!["<rss> holds no channel".to_owned()] };
    ["title", "link", "description"]
        .into_iter()
        .filter(|name| channel.all("", name).count() != 1 || !has_text(channel, name))
        .map(|name| format!("the channel has not one <{name}> with text"))
        .collect()
}

fn item_parts(root: &Element) -> Vec<String> {
    items(root)
        .filter(|(_, item)| !has_text(item, "title") && !has_text(item, "description"))
        .map(|(part, _)| format!("{part}: neither a title nor a description"))
        .collect()
}

fn guids(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, item) in items(root) {
        match item.first("", "guid") {
            None => faults.push(format!("{part}: no guid")),
            Some(guid) if guid.attribute("isPermaLink") != Some("false") && value::link_fault(&guid.text).is_some() => {
                faults.push(format!("{part}: guid {:?} is no permalink and does not say so", guid.text));
            }
            Some(_) => {}
        }
    }
    let guids =
        channel(root).into_iter().flat_map(|channel| channel.all("", "item")).filter_map(|item| text(item, "guid"));
    faults.extend(value::repeated(guids).into_iter().map(|guid| format!("guid {guid:?} stands at more than one item")));
    faults
}

fn dates(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, element) in parts(root) {
        let dates = ["pubDate", "lastBuildDate"].into_iter().flat_map(|name| element.all("", name));
        let wrong = dates.filter_map(|date| value::rfc822_fault(&date.text));
        faults.extend(wrong.map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn self_link(root: &Element) -> Vec<String> {
    let own =
        |channel: &Element| channel.all(ATOM, "link").filter(|link| link.attribute("rel") == Some("self")).count();
    match channel(root).map(own) {
        None | Some(1) => Vec::new(),
        Some(count) => vec![format!("the channel has {count} atom:link to itself instead of one")],
    }
}

fn references(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, element) in parts(root) {
        // An item's description is HTML, where any spelling is right.
        let plain: &[&str] = if element.name == "channel" { &["title", "description"] } else { &["title"] };
        let named = plain.iter().flat_map(|name| element.all("", name)).flat_map(|text| &text.references);
        let named = named.filter(|reference| matches!(reference.as_str(), "lt" | "gt" | "amp"));
        faults.extend(named.map(|reference| format!("{part}: plain text holds &{reference};")));
    }
    faults
}

fn creators(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, item) in items(root) {
        if !item.all(DC, "creator").any(|creator| !creator.text.trim().is_empty()) {
            faults.push(format!("{part}: no dc:creator"));
        }
        if text(item, "author").is_some_and(|author| !author.contains('@')) {
            faults.push(format!("{part}: author is no e-mail address"));
        }
    }
    faults
}

fn order(root: &Element) -> Vec<String> {
    let position = |item: &Element, namespace, name| item.children.iter().position(|child| child.is(namespace, name));
    items(root)
        .filter(|(_, item)| match (position(item, "", "description"), position(item, CONTENT, "encoded")) {
            (description, Some(content)) => description.is_none_or(|description| content < description),
            (_, None) => false,
        })
        .map(|(part, _)| format!("{part}: no description stands before content:encoded"))
        .collect()
}

fn enclosures(root: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, item) in items(root) {
        if item.all("", "enclosure").count() > 1 {
            faults.push(format!("{part}: more than one enclosure"));
        }
        let whole = |enclosure: &Element| {
            let length = enclosure.attribute("length").is_some_and(|length| length.parse::<u64>().is_ok());
            length && ["url", "type"].into_iter().all(|name| enclosure.attribute(name).is_some())
        };
        if !item.all("", "enclosure").all(whole) {
            faults.push(format!("{part}: the enclosure lacks url, length or type"));
        }
    }
    faults
}

fn domains(root: &Element) -> Vec<String> {
    let empty = |category: &Element| category.attribute("domain").is_some_and(|domain| domain.trim().is_empty());
    let nameless = |category: &Element| category.text.trim().is_empty();
    parts(root)
        .filter(|(_, part)| part.all("", "category").any(|category| empty(category) || nameless(category)))
        .map(|(part, _)| format!("{part}: a category is empty, or its domain is"))
        .collect()
}

fn undated(root: &Element) -> Vec<String> {
    let undated = items(root).filter(|(_, item)| item.first("", "pubDate").is_none());
    undated.map(|(part, _)| format!("{part}: no pubDate")).collect()
}

fn language(root: &Element) -> Vec<String> {
    let told = channel(root).and_then(|channel| text(channel, "language"));
    told.and_then(value::language_fault).into_iter().collect()
}

fn history(root: &Element) -> Vec<String> {
    let Some(channel) = channel(root) else { return Vec::new() };
    let links: Vec<_> = channel.all(ATOM, "link").map(value::link_parts).collect();
    let has = |name| channel.first(HISTORY, name).is_some();
    value::history_faults(&links, has("archive"), has("complete"))
}

fn channel_extras(root: &Element) -> Vec<String> {
    let Some(channel) = channel(root) else { return Vec::new() };
    let mut faults = Vec::new();
    if text(channel, "ttl").is_some_and(|ttl| ttl.parse::<u32>().is_err()) {
        faults.push("ttl is no whole number".to_owned());
    }
    if let Some(image) = channel.first("", "image") {
        let differing = ["title", "link"].into_iter().filter(|name| text(image, name) != text(channel, name));
        faults.extend(differing.map(|name| format!("the image's {name} is not the channel's")));
        faults.extend(value::link_fault(text(image, "url").unwrap_or_default()));
    }
    faults
}
