//! The rules of JSON Feed 1.1.

use serde_json::Value;

use super::rule::Rule;
use super::value;

const VERSION: &str = "https://jsonfeed.org/version/1.1";

/// Keys of the feed that the specification knows.
const FEED_KEYS: &[&str] = &[
    "version",
    "title",
    "home_page_url",
    "feed_url",
    "description",
    "user_comment",
    "next_url",
    "icon",
    "favicon",
    "author",
    "authors",
    "language",
    "expired",
    "hubs",
    "items",
];

/// Keys of an item that the specification knows.
const ITEM_KEYS: &[&str] = &[
    "id",
    "url",
    "external_url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "image",
    "banner_image",
    "date_published",
    "date_modified",
    "author",
    "authors",
    "tags",
    "language",
    "attachments",
];

pub(super) const RULES: &[Rule<Value>] = &[
    Rule { id: "F4", says: value::F4, find: links },
    Rule { id: "F5", says: value::F5, find: ids },
    Rule { id: "F6", says: value::F6, find: html },
    Rule { id: "F7", says: value::F7, find: titles },
    Rule { id: "F8", says: value::F8, find: undated },
    Rule { id: "F9", says: value::F9, find: changed_early },
    Rule { id: "F10", says: value::F10, find: languages },
    Rule { id: "A7", says: "next_url leads to another document", find: next },
    Rule {
        id: "J1",
        says: "a feed has version, title and items; an item has an id of its own and content_html or content_text",
        find: required,
    },
    Rule {
        id: "J2",
        says: "dates, authors, tags, hubs, attachments and keys are those of JSON Feed 1.1",
        find: optional,
    },
];

fn items(feed: &Value) -> impl Iterator<Item = (String, &Value)> {
    let items = feed.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().enumerate().map(|(index, item)| (format!("item {}", index + 1), item))
}

fn parts(feed: &Value) -> impl Iterator<Item = (String, &Value)> {
    std::iter::once(("the feed".to_owned(), feed)).chain(items(feed))
}

/// The value of a key that must be a string where it stands.
fn text<'a>(part: &'a Value, key: &str) -> Option<&'a str> {
    part.get(key).map(|value| value.as_str().unwrap_or_default())
}

fn links(feed: &Value) -> Vec<String> {
    let keys =
        ["home_page_url", "feed_url", "next_url", "icon", "favicon", "url", "external_url", "image", "banner_image"];
    let mut faults = Vec::new();
    for (part, value) in parts(feed) {
        let own = keys.into_iter().filter_map(|key| text(value, key)).filter_map(value::link_fault);
        let html = text(value, "content_html").into_iter().flat_map(value::html_link_faults);
        faults.extend(own.chain(html).map(|fault| format!("{part}: {fault}")));
    }
    faults
}

fn ids(feed: &Value) -> Vec<String> {
    let id_fault =
        |(part, item): (String, &Value)| value::id_fault(text(item, "id")?).map(|fault| format!("{part}: {fault}"));
    items(feed).filter_map(id_fault).collect()
}

fn html(feed: &Value) -> Vec<String> {
    let fault = |(part, item): (String, &Value)| {
        value::html_fault(text(item, "content_html")?).map(|fault| format!("{part}: {fault}"))
    };
    items(feed).filter_map(fault).collect()
}

fn titles(feed: &Value) -> Vec<String> {
    parts(feed)
        .filter(|(_, part)| part.get("title").is_some_and(|title| !title.is_string()))
        .map(|(part, _)| format!("{part}: the title is no string"))
        .collect()
}

fn undated(feed: &Value) -> Vec<String> {
    let undated = items(feed).filter(|(_, item)| item.get("date_published").is_none());
    undated.map(|(part, _)| format!("{part}: no date_published")).collect()
}

fn changed_early(feed: &Value) -> Vec<String> {
    let date = |item: &Value, key| text(item, key).and_then(value::rfc3339);
    let early = |(_, item): &(String, &Value)| match (date(item, "date_published"), date(item, "date_modified")) {
        (Some(published), Some(modified)) => modified < published,
        _ => false,
    };
    items(feed).filter(early).map(|(part, _)| format!("{part}: modified before it was published")).collect()
}

fn languages(feed: &Value) -> Vec<String> {
    parts(feed)
        .filter_map(|(part, value)| Some((part, value::language_fault(text(value, "language")?)?)))
        .map(|(part, fault)| format!("{part}: {fault}"))
        .collect()
}

fn next(feed: &Value) -> Vec<String> {
    let leads_home = text(feed, "next_url").is_some_and(|next| text(feed, "feed_url") == Some(next));
    leads_home.then(|| "next_url leads to the document itself".to_owned()).into_iter().collect()
}

fn required(feed: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if text(feed, "version") != Some(VERSION) {
        faults.push(format!("version is not {VERSION:?}"));
    }
    if text(feed, "title").unwrap_or_default().is_empty() {
        faults.push("the feed has no title".to_owned());
    }
    if !feed.get("items").is_some_and(Value::is_array) {
        faults.push("the feed has no list of items".to_owned());
    }
    for (part, item) in items(feed) {
        if text(item, "id").unwrap_or_default().is_empty() {
            faults.push(format!("{part}: no id that is a string"));
        }
        if !["content_html", "content_text"].iter().any(|key| item.get(key).is_some_and(Value::is_string)) {
            faults.push(format!("{part}: neither content_html nor content_text"));
        }
    }
    let ids = items(feed).filter_map(|(_, item)| text(item, "id"));
    faults.extend(value::repeated(ids).into_iter().map(|id| format!("id {id:?} stands at more than one item")));
    faults
}

fn optional(feed: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, (part, value)) in parts(feed).enumerate() {
        let known = if index == 0 { FEED_KEYS } else { ITEM_KEYS };
        let keys = value.as_object().into_iter().flat_map(serde_json::Map::keys);
        let foreign = keys.filter(|key| !key.starts_with('_') && !known.contains(&key.as_str()));
        faults
            .extend(foreign.map(|key| format!("{part}: key {key:?} is not of JSON Feed and does not begin with `_`")));
        let dates = ["date_published", "date_modified"].into_iter().filter_map(|key| text(value, key));
        let dates = dates.filter_map(value::rfc3339_fault);
        faults.extend(dates.map(|fault| format!("{part}: {fault}")));
        if value.get("authors").is_some_and(|authors| !are_authors(authors)) {
            faults.push(format!("{part}: authors is no list of authors with a name, url or avatar"));
        }
        if value.get("tags").is_some_and(|tags| !tags.as_array().is_some_and(|tags| tags.iter().all(Value::is_string)))
        {
            faults.push(format!("{part}: tags is no list of strings"));
        }
        if value.get("attachments").is_some_and(|attachments| !are_attachments(attachments)) {
            faults.push(format!("{part}: attachments is no list of things with url and mime_type"));
        }
        if value.get("hubs").is_some_and(|hubs| !are_hubs(hubs)) {
            faults.push(format!("{part}: hubs is no list of things with type and url"));
        }
    }
    faults
}

fn are_authors(authors: &Value) -> bool {
    let named =
        |author: &Value| ["name", "url", "avatar"].iter().any(|key| author.get(key).is_some_and(Value::is_string));
    authors.as_array().is_some_and(|authors| authors.iter().all(named))
}

fn are_hubs(hubs: &Value) -> bool {
    let whole = |one: &Value| ["type", "url"].iter().all(|key| one.get(key).is_some_and(Value::is_string));
    hubs.as_array().is_some_and(|hubs| hubs.iter().all(whole))
}

fn are_attachments(attachments: &Value) -> bool {
    let whole = |one: &Value| ["url", "mime_type"].iter().all(|key| one.get(key).is_some_and(Value::is_string));
    attachments.as_array().is_some_and(|attachments| attachments.iter().all(whole))
}
