//! What a server adds to a document: the rules H1 to H11 and what the formats say of media types, over a visit.
//!
//! Pure: whoever visits asks the questions of [`Visit`] and brings the answers. A page of HTML has rules of its own:
//! where its feeds are, and that nothing runs on it. H7 (RFC 3229) is no rule: nobody needs it beside 304. H9 is the
//! list of feeds itself.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::rule::Finding;
use crate::model::feed::Format;

pub(super) const RULES: &[(&str, &str)] = &[
    ("H1", "a feed is 200 with ETag, Last-Modified, a Cache-Control with max-age, and Vary: Accept-Encoding"),
    (
        "H2",
        "If-None-Match goes before If-Modified-Since, compares weakly, takes lists and `*`; a 304 has no body and \
            carries ETag, Cache-Control, Vary and Date (RFC 9110 §13.1, §15.4.5)",
    ),
    ("H3", "a document that is coded in transit has a weak ETag or one of its own (RFC 9110 §8.8.3.3)"),
    ("H4", "HEAD is answered as GET is, without a body"),
    ("H5", "a feed's address redirects nowhere: some readers follow none"),
    ("H6", "an address that never was a feed is 404"),
    ("H8", "a page names its feeds: <link rel=alternate> with type, title and href for each format"),
    ("H10", "a hub is named in the Link header beside rel=self, as it is in the document (WebSub §4)"),
    ("H11", "X-Content-Type-Options: nosniff, and on HTML a Content-Security-Policy with default-src 'none'"),
    ("F3", "the same state is the same bytes: two visits in a row read the same"),
    ("A9", "Atom is application/atom+xml (RFC 4287 §7)"),
    ("R12", "RSS is application/rss+xml; charset=utf-8"),
    ("J3", "JSON Feed is application/feed+json"),
];

static ALTERNATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?is)<link\s[^>]*rel\s*=\s*["']?[^"'>]*\balternate\b[^>]*>"#).expect("a constant"));

static SELF: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?s)<(?:atom:)?link\s[^>]*>|"feed_url"\s*:\s*"[^"]*""#).expect("a constant"));

/// An answer as it came, nothing of it unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// The answers to the questions of a visit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// Where it was.
    pub url: String,
    /// GET without a wish for a coding.
    pub plain: Answer,
    /// The same once more.
    pub again: Answer,
    /// GET by who reads gzip, br and zstd.
    pub coded: Answer,
    /// GET with the first answer's tag in a list, weakly.
    pub by_tag: Answer,
    /// GET with `*`.
    pub by_any: Answer,
    /// GET with another tag beside the first answer's date: the tag counts.
    pub by_other_tag: Answer,
    /// GET with the first answer's date.
    pub by_date: Answer,
    /// HEAD.
    pub head: Answer,
    /// GET of a neighbour that never was.
    pub beside: Answer,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a header holds a word, whatever its case.
    fn says(&self, name: &str, word: &str) -> bool {
        self.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(word))
    }

    /// Whether it is a page of HTML.
    pub fn is_html(&self) -> bool {
        self.says("content-type", "text/html") || self.says("content-type", "application/xhtml")
    }
}

/// What is wrong with a page of HTML.
pub fn page(answer: &Answer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |rule, message: String| findings.push(Finding { rule, message });
    let text = String::from_utf8_lossy(&answer.body);
    let feeds: Vec<&str> = ALTERNATE
        .find_iter(&text)
        .map(|link| link.as_str())
        .filter(|link| ["atom+xml", "rss+xml", "feed+json"].iter().any(|kind| link.contains(kind)))
        .collect();
    if feeds.is_empty() {
        find("H8", "the page names no feed".to_owned());
    }
    let lacking = feeds.iter().filter(|link| !link.contains("href=") || !link.contains("title="));
    lacking.for_each(|link| find("H8", format!("{link} lacks a title or an address")));
    if !answer.says("content-security-policy", "default-src 'none'") {
        find("H11", "no Content-Security-Policy with default-src 'none'".to_owned());
    }
    if !answer.says("x-content-type-options", "nosniff") {
        find("H11", "no X-Content-Type-Options: nosniff".to_owned());
    }
    findings
}

/// What is wrong with how a feed of that format is served.
pub fn feed(visit: &Visit, format: Format) -> Vec<Finding> {
    let Visit { plain, .. } = visit;
    if (300..400).contains(&plain.status) {
        let to = plain.header("location").unwrap_or("nowhere");
        return vec![Finding { rule: "H5", message: format!("{} redirects to {to}", visit.url) }];
    }
    if plain.status != 200 {
        return vec![Finding { rule: "H1", message: format!("{} is answered with {}", visit.url, plain.status) }];
    }
    let mut findings = Vec::new();
    let mut find = |rule, message: String| findings.push(Finding { rule, message });
    for name in ["etag", "last-modified"] {
        if plain.header(name).is_none() {
            find("H1", format!("no {name}"));
        }
    }
    if !plain.says("cache-control", "max-age=") {
        find("H1", "no Cache-Control with max-age".to_owned());
    }
    if !plain.says("vary", "accept-encoding") {
        find("H1", "no Vary: Accept-Encoding".to_owned());
    }
    conditions(visit, &mut find);
    let same_tag = plain.header("etag").is_some_and(|tag| visit.coded.header("etag") == Some(tag));
    let strong = plain.header("etag").is_some_and(|tag| !tag.starts_with("W/"));
    if visit.coded.header("content-encoding").is_some() && same_tag && strong {
        find("H3", "the coded document bears the strong ETag of the plain one".to_owned());
    }
    if !visit.head.body.is_empty() || visit.head.status != plain.status {
        find("H4", format!("HEAD is answered with {} and {} bytes", visit.head.status, visit.head.body.len()));
    }
    for name in ["etag", "last-modified", "content-type", "cache-control", "vary"] {
        if visit.head.header(name) != plain.header(name) {
            find("H4", format!("{name} of HEAD is not that of GET"));
        }
    }
    if visit.beside.status != 404 {
        find("H6", format!("a neighbour that never was is answered with {}", visit.beside.status));
    }
    if visit.again.status == 200 && visit.again.header("etag") == plain.header("etag") && visit.again.body != plain.body
    {
        find("F3", "a second visit reads other bytes under the same ETag".to_owned());
    }
    if !plain.says("x-content-type-options", "nosniff") {
        find("H11", "no X-Content-Type-Options: nosniff".to_owned());
    }
    documents(visit, format, &mut find);
    findings
}

/// H2.
fn conditions(visit: &Visit, find: &mut impl FnMut(&'static str, String)) {
    let not_modified = [("a list with its tag", &visit.by_tag), ("`*`", &visit.by_any), ("its date", &visit.by_date)];
    for (condition, answer) in not_modified {
        if answer.status != 304 {
            find("H2", format!("{condition} is answered with {} and not 304", answer.status));
            continue;
        }
        if !answer.body.is_empty() {
            find("H2", format!("the 304 to {condition} has a body"));
        }
        for name in ["etag", "cache-control", "vary", "date"] {
            if answer.header(name).is_none() {
                find("H2", format!("the 304 to {condition} has no {name}"));
            }
        }
    }
    if visit.by_other_tag.status != 200 {
        find("H2", format!("another tag beside the right date is answered with {}", visit.by_other_tag.status));
    }
}

/// What the document and its headers say of each other.
fn documents(visit: &Visit, format: Format, find: &mut impl FnMut(&'static str, String)) {
    let told = visit.plain.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let wanted = format.media_type();
    let essence = wanted.split(';').next().unwrap_or_default();
    let (rule, right) = match format {
        Format::Atom => ("A9", told.starts_with(essence)),
        Format::Rss => ("R12", told.starts_with(essence) && told.contains("charset=utf-8")),
        Format::Json => ("J3", told.starts_with(essence)),
    };
    if !right {
        find(rule, format!("Content-Type is {told:?} and not {wanted:?}"));
    }
    let text = String::from_utf8_lossy(&visit.plain.body);
    let links = || SELF.find_iter(&text).map(|link| link.as_str());
    let own = links().find(|link| link.contains("rel=\"self\"") || link.starts_with("\"feed_url\""));
    let same = Url::parse(&visit.url).ok().is_some_and(|url| own.is_some_and(|own| own.contains(url.as_str())));
    if own.is_some() && !same {
        find("R5", format!("the document says that it is elsewhere: {}", own.unwrap_or_default()));
    }
    let names_hub = links().any(|link| link.contains("rel=\"hub\"")) || text.contains("\"hubs\"");
    let header = visit.plain.header("link").unwrap_or_default();
    if names_hub != header.contains("rel=\"hub\"") || (names_hub && !header.contains("rel=\"self\"")) {
        find("H10", format!("the document and its Link header ({header:?}) do not name the same hub"));
    }
}

#[cfg(test)]
mod tests;
