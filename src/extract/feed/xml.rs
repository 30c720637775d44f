//! RSS 0.9x, 1.0 and 2.0, and Atom (RFC 4287), as their documents are written.

use super::channel::{Attached, Channel, Entry};
use super::tree::Element;

/// What the document says.
pub(super) fn read(root: &Element) -> Channel {
    if root.name == "feed" { atom(root) } else { rss(root) }
}

fn rss(root: &Element) -> Channel {
    let nothing = Element::default();
    let head = root.all("channel").next().unwrap_or(&nothing);
    // RSS 1.0 has its items beside the channel.
    let items = head.all("item").chain(root.all("item"));
    Channel {
        how: "feed:rss",
        title: head.text_of("title"),
        language: head.text_of("language").or_else(|| head.text_of("dc:language")),
        home: links(head).into_iter().next(),
        base: base(head).or_else(|| base(root)),
        next: relation(head, "next"),
        ttl: head.text_of("ttl"),
        entries: items.map(item).collect(),
    }
}

fn item(item: &Element) -> Entry {
    let mut addresses = links(item);
    // An id is an address unless it says otherwise; many that say so lie, but only when nothing better is there.
    let id = item.all("guid").next();
    if let Some(id) = id.filter(|id| id.attribute("ispermalink").is_none_or(|says| says != "false")) {
        addresses.push(id.text.trim().to_owned());
    }
    addresses.extend(item.attribute("about").map(str::to_owned));
    let text = ["description", "content:encoded", "itunes:summary", "media:description"];
    Entry {
        links: addresses,
        base: base(item),
        title: first(item, &["title", "media:title", "dc:title"]),
        text: first(item, &text),
        dates: texts(item, &["pubdate", "dc:date", "dcterms:created", "published", "dcterms:modified", "updated"]),
        labels: labels(item),
        author: item.text_of("dc:creator").or_else(|| item.text_of("author").map(|author| person(&author))),
        image: image(item),
        enclosures: enclosures(item),
    }
}

fn atom(feed: &Element) -> Channel {
    Channel {
        how: "feed:atom",
        title: feed.text_of("title"),
        language: feed.attribute("xml:lang").map(str::to_owned),
        home: relation(feed, "alternate"),
        base: base(feed),
        next: relation(feed, "next"),
        ttl: None,
        entries: feed.all("entry").map(entry).collect(),
    }
}

fn entry(entry: &Element) -> Entry {
    let source = entry.all("author").chain(entry.all("dc:creator")).next();
    let author = source.and_then(|author| author.text_of("name").or_else(|| Some(author.text.trim().to_owned())));
    Entry {
        links: relation(entry, "alternate").into_iter().chain(links(entry)).collect(),
        base: entry.all("content").find_map(base).or_else(|| base(entry)),
        title: entry.all("title").next().map(construct).unwrap_or_default(),
        text: ["summary", "content", "media:description"]
            .into_iter()
            .filter_map(|name| entry.all(name).next())
            .map(construct)
            .find(|text| !text.trim().is_empty())
            .unwrap_or_default(),
        dates: texts(entry, &["published", "issued", "dc:date", "pubdate", "created", "updated", "modified"]),
        labels: labels(entry),
        author: author.filter(|author| !author.is_empty()),
        image: image(entry),
        enclosures: enclosures(entry),
    }
}

/// A text construct (RFC 4287 §3.1): plain text is escaped so that its `<` stays a letter.
fn construct(element: &Element) -> String {
    match element.attribute("type") {
        None | Some("text") if !element.text.contains("</") && !element.text.contains('&') => {
            element.text.replace('<', "&lt;")
        }
        _ => element.text.clone(),
    }
}

/// Addresses without a relation: the text of `<link>`, or its `href`.
fn links(element: &Element) -> Vec<String> {
    let is_plain = |link: &&Element| link.attribute("rel").is_none_or(|relation| relation == "alternate");
    let address = |link: &Element| match link.text.trim() {
        "" => link.attribute("href").map(str::to_owned),
        text => Some(text.to_owned()),
    };
    element.all("link").filter(is_plain).filter_map(address).collect()
}

/// Where `<link rel>` leads; HTML before other types.
fn relation(element: &Element, relation: &str) -> Option<String> {
    let related = || {
        element
            .all("link")
            .filter(|link| link.attribute("rel").unwrap_or("alternate").eq_ignore_ascii_case(relation))
            .filter(|link| link.attribute("href").is_some())
    };
    let html = related().find(|link| link.attribute("type").is_none_or(|kind| kind.contains("html")));
    html.or_else(|| related().next()).and_then(|link| link.attribute("href")).map(str::to_owned)
}

fn labels(element: &Element) -> Vec<String> {
    let named = element.all("category").map(|category| {
        let label = category.attribute("label").or_else(|| category.attribute("term"));
        label.map_or_else(|| category.text.trim().to_owned(), str::to_owned)
    });
    let subjects = element.all("dc:subject").map(|subject| subject.text.trim().to_owned());
    named.chain(subjects).filter(|label| !label.is_empty()).collect()
}

fn image(element: &Element) -> Option<String> {
    let media = |name: &'static str| {
        element.children.iter().chain(element.all("media:group").flat_map(|group| &group.children)).find(|child| {
            child.name == name
                && child.attribute("url").is_some()
                && child.attribute("medium").is_none_or(|medium| medium == "image")
                && child.attribute("type").is_none_or(|kind| kind.starts_with("image/"))
        })
    };
    let enclosure = element
        .all("enclosure")
        .find(|enclosure| enclosure.attribute("type").is_some_and(|kind| kind.starts_with("image/")));
    let found = media("media:thumbnail").or_else(|| media("media:content")).or(enclosure);
    found.and_then(|found| found.attribute("url")).map(str::to_owned).or_else(|| {
        let image = element.all("itunes:image").next()?.attribute("href").map(str::to_owned);
        image.or_else(|| element.all("image").next()?.text_of("url"))
    })
}

/// The files beside an entry: RSS's `enclosure`, Atom's link of that relation, Media RSS's `content`. A picture is none.
fn enclosures(element: &Element) -> Vec<Attached> {
    let media =
        element.all("media:content").chain(element.all("media:group").flat_map(|group| group.all("media:content")));
    let attached = element
        .all("enclosure")
        .chain(element.all("link").filter(|link| link.attribute("rel") == Some("enclosure")))
        .chain(media)
        .filter_map(|found| {
            let link = found.attribute("url").or_else(|| found.attribute("href"))?.to_owned();
            let media_type = found.attribute("type").map(str::to_owned);
            let length = found.attribute("length").or_else(|| found.attribute("filesize")).map(str::to_owned);
            let medium = found.attribute("medium");
            let is_picture = media_type.as_deref().or(medium).is_some_and(|kind| kind.starts_with("image"));
            (!is_picture).then_some(Attached { link, media_type, length })
        });
    attached.collect()
}

/// `me@example.org (Name)` → `Name` (RSS 2.0's form).
fn person(text: &str) -> String {
    let named = text.split_once('(').and_then(|(_, name)| name.trim_end().strip_suffix(')'));
    named.map_or(text, str::trim).to_owned()
}

fn base(element: &Element) -> Option<String> {
    element.attribute("xml:base").map(str::to_owned)
}

fn first(element: &Element, names: &[&str]) -> String {
    texts(element, names).into_iter().next().unwrap_or_default()
}

fn texts(element: &Element, names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| element.text_of(name)).collect()
}
