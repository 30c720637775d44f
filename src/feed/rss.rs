//! RSS 2.0 in the RSS Advisory Board's profile.
//!
//! An item's `description` holds HTML, so plain text is escaped once for HTML before XML's own wrapping; titles and
//! the channel's description hold plain text. A full text stands in `content:encoded`, behind the description. Authors
//! stand in `dc:creator`, since `author` asks for an e-mail address. An item's last edit is not told: RSS has no element
//! for it. Of several enclosures the first is told: the profile allows one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Guid, Item};

use crate::model::enclosure::Enclosure;
use crate::model::feed::Format;

use super::shown::{HISTORY_NAMESPACE, MEDIA_NAMESPACE, Shown, ShownPost};

/// The namespace of Atom.
const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Writes the document.
pub(super) fn render(shown: &Shown) -> Vec<u8> {
    let channel = Channel {
        title: shown.title.clone(),
        // The channel must have a link: for want of a home page, to itself.
        link: shown.home_url.clone().or_else(|| shown.self_url.clone()).unwrap_or_default(),
        description: shown.description.clone(),
        language: shown.language.clone(),
        last_build_date: Some(shown.updated.rfc2822()),
        generator: Some("sosik".to_owned()),
        items: shown.posts.iter().map(|post| item(post, shown)).collect(),
        extensions: extensions(shown),
        namespaces: namespaces(shown),
        ..Channel::default()
    };
    let written = channel.pretty_write_to(Vec::new(), b' ', 2).expect("a Vec takes every byte");
    let mut document = with_hexadecimal_references(&written);
    document.push(b'\n');
    document
}

fn item(post: &ShownPost, shown: &Shown) -> Item {
    Item {
        title: Some(post.title.clone()),
        link: post.url.clone(),
        description: Some(html(post.text()).into_owned()),
        content: post.html.clone(),
        enclosure: post.enclosures.first().map(enclosure),
        guid: Some(Guid { value: post.id.clone(), permalink: false }),
        pub_date: Some(post.published.rfc2822()),
        categories: post
            .categories
            .iter()
            .map(|category| Category { name: category.path.clone(), domain: shown.home_url.clone() })
            .collect(),
        dublin_core_ext: Some(DublinCoreExtension {
            creators: vec![post.author.as_deref().unwrap_or(&shown.author).to_owned()],
            ..DublinCoreExtension::default()
        }),
        extensions: post.image.as_deref().map(thumbnail).unwrap_or_default(),
        ..Item::default()
    }
}

fn enclosure(enclosure: &Enclosure) -> rss::Enclosure {
    rss::Enclosure {
        url: enclosure.url.clone(),
        length: enclosure.length.unwrap_or(0).to_string(),
        mime_type: enclosure.media_type.clone(),
    }
}

fn namespaces(shown: &Shown) -> BTreeMap<String, String> {
    let always = [("atom", ATOM), ("media", MEDIA_NAMESPACE)];
    let history = shown.is_archive().then_some(("fh", HISTORY_NAMESPACE));
    always.into_iter().chain(history).map(|(prefix, name)| (prefix.to_owned(), name.to_owned())).collect()
}

/// Links that RSS has no element for, and what marks an archive page (RFC 5005 §4).
fn extensions(shown: &Shown) -> ExtensionMap {
    let media_type = Format::Rss.media_type().split(';').next().unwrap_or_default();
    let own = shown.self_url.as_deref().map(|url| ("self", url));
    let links: Vec<Extension> = own
        .into_iter()
        .chain(shown.related())
        .map(|(relation, url)| match relation {
            "hub" => element("atom:link", &[("href", url), ("rel", relation)]),
            _ => element("atom:link", &[("href", url), ("rel", relation), ("type", media_type)]),
        })
        .collect();
    let mut extensions = ExtensionMap::new();
    if !links.is_empty() {
        extensions.insert("atom".to_owned(), BTreeMap::from([("link".to_owned(), links)]));
    }
    if shown.is_archive() {
        let mark = vec![element("fh:archive", &[])];
        extensions.insert("fh".to_owned(), BTreeMap::from([("archive".to_owned(), mark)]));
    }
    extensions
}

fn thumbnail(url: &str) -> ExtensionMap {
    let picture = vec![element("media:thumbnail", &[("url", url)])];
    BTreeMap::from([("media".to_owned(), BTreeMap::from([("thumbnail".to_owned(), picture)]))])
}

fn element(name: &str, attributes: &[(&str, &str)]) -> Extension {
    Extension {
        name: name.to_owned(),
        value: Some(String::new()),
        attrs: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Extension::default()
    }
}

/// Plain text as HTML.
fn html(text: &str) -> Cow<'_, str> {
    quick_xml::escape::partial_escape(text)
}

/// Spells `&lt;`, `&gt;` and `&amp;` as `&#x3C;`, `&#x3E;` and `&#x26;`, which the profile asks for.
///
/// To XML both are the same characters. Within CDATA, where these are letters, stands only HTML, to which they are
/// the same characters too. A reference begins with `&` and holds no other, so one pass from the left finds each.
fn with_hexadecimal_references(document: &[u8]) -> Vec<u8> {
    let mut spelled = Vec::with_capacity(document.len() + document.len() / 16);
    let mut left = document;
    while let Some(found) = left.iter().position(|byte| *byte == b'&') {
        let (before, after) = left.split_at(found);
        spelled.extend_from_slice(before);
        let (length, reference): (usize, &[u8]) = match after {
            [b'&', b'l', b't', b';', ..] => (4, b"&#x3C;"),
            [b'&', b'g', b't', b';', ..] => (4, b"&#x3E;"),
            [b'&', b'a', b'm', b'p', b';', ..] => (5, b"&#x26;"),
            _ => (1, b"&"),
        };
        spelled.extend_from_slice(reference);
        left = &after[length..];
    }
    spelled.extend_from_slice(left);
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_respelled_once() {
        for (written, spelled) in [
            ("a &lt;b&gt; &amp; c", "a &#x3C;b&#x3E; &#x26; c"),
            ("&amp;lt;", "&#x26;lt;"),
            ("&amp;amp;amp;&quot;&apos;", "&#x26;amp;amp;&quot;&apos;"),
            ("&", "&"),
        ] {
            assert_eq!(with_hexadecimal_references(written.as_bytes()), spelled.as_bytes(), "{written}");
        }
    }
}
