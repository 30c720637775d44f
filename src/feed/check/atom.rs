//! The rules of Atom 1.0 (RFC 4287).

use super::rule::Rule;
use super::tree::Element;
use super::value;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
const MEDIA: &str = "http://search.yahoo.com/mrss/";
pub(super) const HISTORY: &str = "http://purl.org/syndication/history/1.0";

pub(super) const RULES: &[Rule<Element>] = &[
    Rule { id: "F4", says: value::F4, find: links },
    Rule { id: "F5", says: value::F5, find: ids },
    Rule { id: "F6", says: value::F6, find: html },
    Rule { id: "F7", says: value::F7, find: titles },
    Rule { id: "F8", says: value::F8, find: undated },
    Rule { id: "F9", says: value::F9, find: changed_early },
    Rule { id: "F10", says: value::F10, find: languages },
    Rule {
        id: "A1",
        says: "a feed has one id, title, updated and link to itself, an author unless every entry has, and one \
               alternate link per type and language (RFC 4287 §4.1.1)",
        find: feed_parts,
    },
    Rule {
        id: "A2",
        says: "an entry has one id, title and updated, an alternate link or content, and a summary beside content \
               that is no text (RFC 4287 §4.1.2)",
        find: entry_parts,
    },
    Rule {
        id: "A3",
        says: "no two entries have the same id, and none has that of one that is said to be deleted (RFC 6721 §3)",
        find: unique_ids,
    },
    Rule { id: "A4", says: "dates are RFC 3339 with upper-case T and Z (RFC 4287 §3.3)", find: dates },
    Rule { id: "A5", says: "a category has a term (RFC 4287 §4.2.2)", find: categories },
    Rule { id: "A6", says: "no entry was updated after its feed", find: feed_updated },
    Rule { id: "A7", says: value::A7, find: history },
    Rule {
        id: "A8",
        says: "an enclosure is a link with a type and a length in bytes, a thumbnail has a url (RFC 4287 §4.2.7)",
        find: enclosures,
    },
];

/// The feed and its entries, each with the words that name it.
fn parts(feed: &Element) -> impl Iterator<Item = (String, &Element)> {
    let entries = feed.all(ATOM, "entry").enumerate().map(|(index, entry)| (format!("entry {}", index + 1), entry));
    std::iter::once(("the feed".to_owned(), feed)).chain(entries)
}

fn text<'a>(parent: &'a Element, name: &'a str) -> Option<&'a str> {
    parent.first(ATOM, name).map(|element| element.text.trim())
}

fn links(feed: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, element) in parts(feed) {
        let hrefs = element.all(ATOM, "link").map(|link| link.attribute("href").unwrap_or_default());
        let pictures = element.all(MEDIA, "thumbnail").map(|picture| picture.attribute("url").unwrap_or_default());
        let texts = ["icon", "logo"].into_iter().filter_map(|name| text(element, name));
        let html = markup(element).flat_map(|html| value::html_link_faults(&html.text));
        let all = hrefs.chain(pictures).chain(texts).filter_map(value::link_fault).chain(html);
        faults.extend(all.map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn ids(feed: &Element) -> Vec<String> {
    let id_fault = |(part, element): (String, &Element)| {
        value::id_fault(text(element, "id")?).map(|fault| format!("{part}: {fault}"))
    };
    parts(feed).filter_map(id_fault).collect()
}

/// The texts of an element that are HTML.
fn markup(element: &Element) -> impl Iterator<Item = &Element> {
    let texts = ["title", "subtitle", "summary", "content"].into_iter().flat_map(|name| element.all(ATOM, name));
    texts.filter(|text| text.attribute("type") == Some("html"))
}

fn html(feed: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, element) in parts(feed) {
        let wrong = markup(element).filter_map(|html| value::html_fault(&html.text));
        faults.extend(wrong.map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn titles(feed: &Element) -> Vec<String> {
    let marked =
        |title: &&Element| !matches!(title.attribute("type"), None | Some("text")) || !title.children.is_empty();
    parts(feed)
        .filter(|(_, element)| element.all(ATOM, "title").any(|title| marked(&title)))
        .map(|(part, _)| format!("{part}: the title is marked up"))
        .collect()
}

/// Faults of children that must stand exactly once and not be empty.
fn once(part: &str, element: &Element, faults: &mut Vec<String>) {
    for name in ["id", "title", "updated"] {
        match element.all(ATOM, name).count() {
            1 if text(element, name) != Some("") => {}
            1 => faults.push(format!("{part}: <{name}> is empty")),
            count => faults.push(format!("{part}: {count} <{name}> instead of one")),
        }
    }
    let mut alternates: Vec<_> = element
        .all(ATOM, "link")
        .filter(|link| matches!(link.attribute("rel"), None | Some("alternate")))
        .map(|link| (link.attribute("type"), link.attribute("hreflang")))
        .collect();
    alternates.sort_unstable();
    if alternates.windows(2).any(|pair| pair[0] == pair[1]) {
        faults.push(format!("{part}: two alternate links have the same type and language"));
    }
}

fn has_author(element: &Element) -> bool {
    element.all(ATOM, "author").any(|author| text(author, "name").is_some_and(|name| !name.is_empty()))
}

fn feed_parts(feed: &Element) -> Vec<String> {
    if !feed.is(ATOM, "feed") {
        return vec![format!("the root is <{}> and no Atom feed", feed.name)];
    }
    let mut faults = Vec::new();
    once("the feed", feed, &mut faults);
    let own = feed.all(ATOM, "link").filter(|link| link.attribute("rel") == Some("self")).count();
    if own != 1 {
        faults.push(format!("the feed: {own} links to itself instead of one"));
    }
    if !has_author(feed) && !feed.all(ATOM, "entry").all(has_author) {
        faults.push("the feed: neither it nor every entry has an author".to_owned());
    }
    faults
}

fn entry_parts(feed: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, entry) in parts(feed).skip(1) {
        once(&part, entry, &mut faults);
        let content = entry.first(ATOM, "content");
        let alternate = entry.all(ATOM, "link").any(|link| matches!(link.attribute("rel"), None | Some("alternate")));
        if content.is_none() && !alternate {
            faults.push(format!("{part}: neither an alternate link nor content"));
        }
        if content.is_some_and(needs_summary) && entry.first(ATOM, "summary").is_none() {
            faults.push(format!("{part}: no summary stands for content that is no text"));
        }
        let doubled = ["summary", "content", "published"].into_iter().filter(|name| entry.all(ATOM, name).count() > 1);
        faults.extend(doubled.map(|name| format!("{part}: more than one <{name}>")));
    }
    faults
}

/// Content that lies elsewhere or is Base64.
fn needs_summary(content: &Element) -> bool {
    let media_type = content.attribute("type").unwrap_or("text");
    let is_text = matches!(media_type, "text" | "html" | "xhtml") || media_type.starts_with("text/");
    content.attribute("src").is_some() || !(is_text || media_type.ends_with("/xml") || media_type.ends_with("+xml"))
}

fn unique_ids(feed: &Element) -> Vec<String> {
    let ids: Vec<&str> = feed.all(ATOM, "entry").filter_map(|entry| text(entry, "id")).collect();
    let repeated = value::repeated(ids.iter().copied()).into_iter();
    let mut faults: Vec<String> = repeated.map(|id| format!("id {id:?} stands at more than one entry")).collect();
    for gone in feed.all(TOMBSTONES, "deleted-entry") {
        let Some(id) = gone.attribute("ref").filter(|id| value::id_fault(id).is_none()) else {
            faults.push("a deleted entry has no ref that is an id".to_owned());
            continue;
        };
        if ids.contains(&id) {
            faults.push(format!("id {id:?} is deleted and there"));
        }
    }
    faults
}

fn dates(feed: &Element) -> Vec<String> {
    let gone = feed.all(TOMBSTONES, "deleted-entry").map(|gone| gone.attribute("when").unwrap_or_default());
    let mut faults: Vec<String> =
        gone.filter_map(value::rfc3339_fault).map(|fault| format!("a deleted entry: {fault}")).collect();
    for (part, element) in parts(feed) {
        let dates = ["updated", "published"].into_iter().flat_map(|name| element.all(ATOM, name));
        let wrong = dates.filter_map(|date| value::rfc3339_fault(&date.text));
        faults.extend(wrong.map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn categories(feed: &Element) -> Vec<String> {
    let bare = |element: &Element| {
        element.all(ATOM, "category").any(|category| category.attribute("term").unwrap_or_default().is_empty())
    };
    parts(feed)
        .filter(|(_, element)| bare(element))
        .map(|(part, _)| format!("{part}: a category has no term"))
        .collect()
}

fn undated(feed: &Element) -> Vec<String> {
    let undated = parts(feed).skip(1).filter(|(_, entry)| entry.first(ATOM, "published").is_none());
    undated.map(|(part, _)| format!("{part}: no <published>")).collect()
}

fn changed_early(feed: &Element) -> Vec<String> {
    let date = |entry: &Element, name| text(entry, name).and_then(value::rfc3339);
    let early = |(_, entry): &(String, &Element)| match (date(entry, "published"), date(entry, "updated")) {
        (Some(published), Some(updated)) => updated < published,
        _ => false,
    };
    parts(feed).skip(1).filter(early).map(|(part, _)| format!("{part}: updated before it was published")).collect()
}

fn languages(feed: &Element) -> Vec<String> {
    parts(feed)
        .filter_map(|(part, element)| Some((part, value::language_fault(element.attribute("xml:lang")?)?)))
        .map(|(part, fault)| format!("{part}: {fault}"))
        .collect()
}

fn history(feed: &Element) -> Vec<String> {
    let links: Vec<_> = feed.all(ATOM, "link").map(value::link_parts).collect();
    let has = |name| feed.first(HISTORY, name).is_some();
    value::history_faults(&links, has("archive"), has("complete"))
}

fn enclosures(feed: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    for (part, entry) in parts(feed).skip(1) {
        let whole = |link: &Element| {
            let length = link.attribute("length").is_some_and(|length| length.parse::<u64>().is_ok());
            length && link.attribute("type").is_some_and(|media_type| media_type.contains('/'))
        };
        let mut enclosures = entry.all(ATOM, "link").filter(|link| link.attribute("rel") == Some("enclosure"));
        if !enclosures.all(whole) {
            faults.push(format!("{part}: an enclosure lacks type or length"));
        }
        if !entry.all(MEDIA, "thumbnail").all(|picture| picture.attribute("url").is_some()) {
            faults.push(format!("{part}: a thumbnail lacks its url"));
        }
    }
    faults
}

fn feed_updated(feed: &Element) -> Vec<String> {
    let Some(own) = text(feed, "updated").and_then(value::rfc3339) else { return Vec::new() };
    parts(feed)
        .skip(1)
        .filter(|(_, entry)| text(entry, "updated").and_then(value::rfc3339).is_some_and(|updated| updated > own))
        .map(|(part, _)| format!("{part}: updated after the feed"))
        .collect()
}
