//! JSON Feed 1.0 and 1.1 (jsonfeed.org).

use serde_json::Value;

use super::channel::{Attached, Channel, Entry};

/// What the document says; `None` for JSON that is no feed.
pub(super) fn read(text: &str) -> Option<Channel> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let version = feed.get("version").and_then(Value::as_str).unwrap_or_default();
    if !version.contains("jsonfeed.org") {
        return None;
    }
    let items = feed.get("items").and_then(Value::as_array);
    Some(Channel {
        how: "feed:json",
        title: said(&feed, "title").map(|title| literal(&title)),
        language: said(&feed, "language"),
        home: said(&feed, "home_page_url"),
        base: None,
        next: said(&feed, "next_url"),
        ttl: None,
        entries: items.map(|items| items.iter().map(entry).collect()).unwrap_or_default(),
    })
}

fn entry(item: &Value) -> Entry {
    let authors = item.get("authors").and_then(Value::as_array).and_then(|authors| authors.first());
    let tags = item.get("tags").and_then(Value::as_array);
    let plain = said(item, "summary").or_else(|| said(item, "content_text")).map(|text| literal(&text));
    Entry {
        links: [said(item, "url"), said(item, "id"), said(item, "external_url")].into_iter().flatten().collect(),
        base: None,
        title: said(item, "title").map(|title| literal(&title)).unwrap_or_default(),
        text: plain.or_else(|| said(item, "content_html")).unwrap_or_default(),
        dates: [said(item, "date_published"), said(item, "date_modified")].into_iter().flatten().collect(),
        labels: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        author: authors.or_else(|| item.get("author")).and_then(|author| said(author, "name")),
        image: said(item, "image").or_else(|| said(item, "banner_image")),
        enclosures: item
            .get("attachments")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(attached)
            .collect(),
    }
}

fn attached(attachment: &Value) -> Option<Attached> {
    let link = said(attachment, "url")?;
    Some(Attached { link, media_type: said(attachment, "mime_type"), length: said(attachment, "size_in_bytes") })
}

/// A text, or a number where one is meant.
fn said(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Plain text as markup that means the same.
fn literal(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
