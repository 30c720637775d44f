//! An Atom entry (RFC 4287 §4.1.2), as `atom_syndication` writes it, without a copy of every text and without a whole
//! document around each: entries are most of what a pass over many blogs writes.

use std::borrow::Cow;

use quick_xml::escape::escape;

use super::shown::ShownPost;

/// Bytes of an entry beside its texts.
const ENTRY_BYTES: usize = 768;

/// The entry as it stands in a document, with the line end before it and none behind.
pub(super) fn written(post: &ShownPost) -> Vec<u8> {
    let mut entry =
        Lines(String::with_capacity(ENTRY_BYTES + post.text().len() + post.html.as_ref().map_or(0, String::len)));
    entry.0.push_str("\n  <entry>");
    entry.element("title", &[], &post.title);
    entry.element("id", &[], &post.id);
    entry.element("updated", &[], &post.updated.fixed().to_rfc3339());
    if let Some(author) = &post.author {
        entry.0.push_str("\n    <author>\n      <name>");
        entry.0.push_str(&escape(author.as_str()));
        entry.0.push_str("</name>\n    </author>");
    }
    for category in &post.categories {
        entry.empty("category", &[("term", &category.path), ("label", &category.label)]);
    }
    if let Some(href) = &post.url {
        entry.empty("link", &[("href", href), ("rel", "alternate"), ("type", "text/html")]);
    }
    for file in &post.enclosures {
        let length = file.length.map_or(Cow::Borrowed("0"), |bytes| bytes.to_string().into());
        let media_type = file.media_type.as_str();
        entry.empty("link", &[("href", &file.url), ("rel", "enclosure"), ("type", media_type), ("length", &length)]);
    }
    entry.element("published", &[], &post.published.fixed().to_rfc3339());
    // An entry without an alternate link needs content (RFC 4287 §4.1.2). One without an excerpt gets its title
    // there and not as summary, which readers would take for useful (§4.2.13).
    if let Some(excerpt) = post.excerpt.as_ref().filter(|_| post.url.is_some() || post.html.is_some()) {
        entry.element("summary", &[], excerpt);
    }
    match (&post.html, &post.url, &post.excerpt) {
        (Some(html), ..) => entry.element("content", &[("type", "html")], html),
        (None, Some(_), Some(_)) => {}
        (None, ..) => entry.element("content", &[("type", "text")], post.text()),
    }
    if let Some(url) = &post.image {
        entry.element("media:thumbnail", &[("url", url)], "");
    }
    entry.0.push_str("\n  </entry>");
    entry.0.into_bytes()
}

/// Elements within an entry, each on a line of its own.
struct Lines(String);

impl Lines {
    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push_str("\n    <");
        self.0.push_str(name);
        for (name, value) in attributes {
            for part in [" ", name, "=\"", &escape(*value), "\""] {
                self.0.push_str(part);
            }
        }
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.begin(name, attributes);
        self.0.push_str("/>");
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.begin(name, attributes);
        for part in [">", &escape(text), "</", name, ">"] {
            self.0.push_str(part);
        }
    }
}
