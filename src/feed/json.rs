//! JSON Feed 1.1.
//!
//! Keys of our own stand under `_sosik`: `date_estimated` is true where no page says when the post was published.

use serde::Serialize;

use super::shown::{Shown, ShownPost};
use crate::model::enclosure::Enclosure;

/// The version's own URL.
pub(super) const VERSION: &str = "https://jsonfeed.org/version/1.1";

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    description: &'a str,
    authors: [Author<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<[Hub<'a>; 1]>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Hub<'a> {
    #[serde(rename = "type")]
    sort: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    authors: Option<[Author<'a>; 1]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
    #[serde(rename = "_sosik", skip_serializing_if = "Option::is_none")]
    own: Option<Own>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Own {
    date_estimated: bool,
}

/// Writes the document.
pub(super) fn render(shown: &Shown) -> Vec<u8> {
    let feed = Document {
        version: VERSION,
        title: &shown.title,
        home_page_url: shown.home_url.as_deref(),
        feed_url: shown.self_url.as_deref(),
        next_url: shown.older_url.as_deref(),
        description: &shown.description,
        authors: [Author { name: &shown.author }],
        language: shown.language.as_deref(),
        hubs: shown.hub.as_deref().map(|url| [Hub { sort: "WebSub", url }]),
        items: shown.posts.iter().map(|post| item(post, shown)).collect(),
    };
    let mut document = serde_json::to_vec_pretty(&feed).expect("text and numbers make JSON");
    document.push(b'\n');
    document
}

fn item<'a>(post: &'a ShownPost, shown: &'a Shown) -> Item<'a> {
    Item {
        id: &post.id,
        url: post.url.as_deref(),
        title: &post.title,
        content_html: post.html.as_deref(),
        content_text: post.html.is_none().then(|| post.text()),
        summary: post.excerpt.as_deref().filter(|_| post.html.is_some()),
        image: post.image.as_deref(),
        date_published: post.published.rfc3339(),
        date_modified: post.updated.rfc3339(),
        authors: post.author.as_deref().map(|name| [Author { name }]),
        tags: post.categories.iter().map(|category| category.path.as_str()).collect(),
        language: shown.language.as_deref(),
        attachments: post.enclosures.iter().map(attachment).collect(),
        own: post.date_estimated.then_some(Own { date_estimated: true }),
    }
}

fn attachment(enclosure: &Enclosure) -> Attachment<'_> {
    Attachment { url: &enclosure.url, mime_type: &enclosure.media_type, size_in_bytes: enclosure.length }
}
