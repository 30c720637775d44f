//! An Atom entry as `atom_syndication` writes it, which ours has to be.

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Category, Content, Entry, Feed, Link, Person, Text, WriteConfig};
use memchr::memmem;
use quick_xml::escape::escape;

use crate::feed::shown::ShownPost;

/// As the crate writes it.
pub(super) fn entry(post: &ShownPost) -> String {
    let feed = Feed { entries: vec![made(post)], ..Feed::default() };
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(2) };
    let document = feed.write_with_config(Vec::new(), config).unwrap();
    let begin = memmem::find(&document, b"\n  <entry>").unwrap();
    String::from_utf8(document[begin..document.len() - "\n</feed>".len()].to_vec()).unwrap()
}

fn made(post: &ShownPost) -> Entry {
    let alternate = post.url.clone().map(|href| link(href, "alternate", Some("text/html".to_owned())));
    let (summary, content) = match (&alternate, &post.excerpt, &post.html) {
        (_, excerpt, Some(html)) => (excerpt.clone().map(Text::plain), Some(content("html", html))),
        (Some(_), Some(excerpt), None) => (Some(Text::plain(excerpt.clone())), None),
        (_, _, None) => (None, Some(content("text", post.text()))),
    };
    let enclosures = post.enclosures.iter().map(|enclosure| Link {
        length: Some(enclosure.length.unwrap_or(0).to_string()),
        ..link(enclosure.url.clone(), "enclosure", Some(enclosure.media_type.clone()))
    });
    let categories = post.categories.iter().map(|category| Category {
        term: category.path.clone(),
        scheme: None,
        label: Some(category.label.clone()),
    });
    Entry {
        id: post.id.clone(),
        title: Text::plain(post.title.clone()),
        updated: post.updated.fixed(),
        published: Some(post.published.fixed()),
        authors: post.author.clone().map(|name| Person { name, ..Person::default() }).into_iter().collect(),
        categories: categories.collect(),
        links: alternate.into_iter().chain(enclosures).collect(),
        summary,
        content,
        extensions: post.image.as_deref().map(thumbnail).unwrap_or_default(),
        ..Entry::default()
    }
}

fn link(href: String, rel: &str, mime_type: Option<String>) -> Link {
    Link { href, rel: rel.to_owned(), mime_type, ..Link::default() }
}

fn content(content_type: &str, value: &str) -> Content {
    Content { value: Some(value.to_owned()), content_type: Some(content_type.to_owned()), ..Content::default() }
}

fn thumbnail(url: &str) -> ExtensionMap {
    let element = Extension {
        name: "media:thumbnail".to_owned(),
        value: Some(String::new()),
        // The crate writes attributes of extensions as they are.
        attrs: BTreeMap::from([("url".to_owned(), escape(url).into_owned())]),
        ..Extension::default()
    };
    BTreeMap::from([("media".to_owned(), BTreeMap::from([("thumbnail".to_owned(), vec![element])]))])
}
