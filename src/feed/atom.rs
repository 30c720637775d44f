//! Atom 1.0 (RFC 4287), with the posts that left (RFC 6721).

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Feed, Generator, Link, Person, Text, WriteConfig};
use memchr::memmem;
use quick_xml::escape::escape;

use crate::model::feed::Format;

use super::entry;
use super::shown::{HISTORY_NAMESPACE, MEDIA_NAMESPACE, Shown};

/// The namespace of RFC 6721.
const TOMBSTONE_NAMESPACE: &str = "http://purl.org/atompub/tombstones/1.0";

/// The crate writes none with an encoding.
const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// What stands right before the posts of a document of ours, which always has a subtitle.
const LAST_BEFORE_POSTS: &[u8] = b"</subtitle>";

/// Writes the document. A post is written once for all documents.
pub(super) fn render(shown: &Shown) -> Vec<u8> {
    let feed = Feed {
        id: shown.id.clone(),
        title: Text::plain(shown.title.clone()),
        subtitle: Some(Text::plain(shown.description.clone())),
        updated: shown.updated.fixed(),
        authors: vec![person(&shown.author)],
        generator: Some(Generator { value: "sosik".to_owned(), ..Generator::default() }),
        links: links(shown),
        extensions: extensions(shown),
        namespaces: namespaces(shown),
        lang: shown.language.clone(),
        ..Feed::default()
    };
    let head = written(&feed);
    // All but the extensions stands before the posts, and no text holds an end tag.
    let at = memmem::find(&head, LAST_BEFORE_POSTS).map_or(head.len(), |at| at + LAST_BEFORE_POSTS.len());
    let posts = || shown.posts.iter().map(|post| post.atom.0.get_or_init(|| entry::written(post)).as_slice());
    let length = DECLARATION.len() + head.len() + posts().map(<[u8]>::len).sum::<usize>() + 1;
    let mut document = Vec::with_capacity(length);
    document.extend_from_slice(DECLARATION);
    document.extend_from_slice(&head[..at]);
    posts().for_each(|post| document.extend_from_slice(post));
    document.extend_from_slice(&head[at..]);
    document.push(b'\n');
    document
}

fn written(feed: &Feed) -> Vec<u8> {
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(2) };
    feed.write_with_config(Vec::with_capacity(2048), config).expect("a Vec takes every byte")
}

fn namespaces(shown: &Shown) -> BTreeMap<String, String> {
    let media = ("media".to_owned(), MEDIA_NAMESPACE.to_owned());
    let history = shown.is_archive().then(|| ("fh".to_owned(), HISTORY_NAMESPACE.to_owned()));
    let gone = (!shown.tombstones.is_empty()).then(|| ("at".to_owned(), TOMBSTONE_NAMESPACE.to_owned()));
    std::iter::once(media).chain(history).chain(gone).collect()
}

/// `fh:archive` (RFC 5005 §4) and `at:deleted-entry` (RFC 6721 §3).
fn extensions(shown: &Shown) -> ExtensionMap {
    let mut extensions = ExtensionMap::new();
    if shown.is_archive() {
        let element = Extension { name: "fh:archive".to_owned(), ..Extension::default() };
        extensions.insert("fh".to_owned(), BTreeMap::from([("archive".to_owned(), vec![element])]));
    }
    if !shown.tombstones.is_empty() {
        let gone = shown.tombstones.iter().map(|gone| Extension {
            name: "at:deleted-entry".to_owned(),
            value: Some(String::new()),
            attrs: BTreeMap::from([
                ("ref".to_owned(), escape(&gone.id).into_owned()),
                ("when".to_owned(), gone.gone_at.rfc3339()),
            ]),
            ..Extension::default()
        });
        extensions.insert("at".to_owned(), BTreeMap::from([("deleted-entry".to_owned(), gone.collect())]));
    }
    extensions
}

fn links(shown: &Shown) -> Vec<Link> {
    let media_type = Format::Atom.media_type().split(';').next().map(str::to_owned);
    let own = shown.self_url.clone().map(|href| link(href, "self", media_type.clone()));
    let related = shown
        .related()
        .map(|(relation, href)| link(href.to_owned(), relation, media_type.clone().filter(|_| relation != "hub")));
    let home = shown.home_url.clone().map(|href| link(href, "alternate", Some("text/html".to_owned())));
    own.into_iter().chain(home).chain(related).collect()
}

fn link(href: String, rel: &str, mime_type: Option<String>) -> Link {
    Link { href, rel: rel.to_owned(), mime_type, ..Link::default() }
}

fn person(name: &str) -> Person {
    Person { name: name.to_owned(), ..Person::default() }
}
