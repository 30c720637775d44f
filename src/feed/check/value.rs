//! What makes a link, an id, a date or a piece of HTML good, in whatever format it stands. Each function gives the
//! fault, or nothing.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use url::{Position, Url};

use super::tree::Element;

pub(super) const F4: &str = "links are absolute http or https URLs, percent-encoded to ASCII (RFC 3986)";
pub(super) const F5: &str = "an id is an absolute URI that says nothing but who the post is (RFC 4287 §4.2.6)";
pub(super) const F6: &str = "HTML holds no script, frame, form, style or event handler (RFC 4287 §8.1)";
pub(super) const F7: &str = "titles are plain text";
pub(super) const F8: &str = "every post has a date of publication, for want of one when it was first seen";
pub(super) const F9: &str = "no post was changed before it was published (RFC 4287 §4.2.9, §4.2.15)";
pub(super) const F10: &str = "a language is a tag of BCP 47";
pub(super) const A7: &str = "an archive page names the current document and is another; it leads to at most one page on \
                             either side, and current and complete documents are no archive (RFC 5005)";

/// Elements and attributes that readers strip, or that they should.
static UNSAFE_HTML: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)
        < \s* / ? \s* (?: script | style | iframe | frame | frameset | object | embed | applet | form | input | base
            | link | meta | svg | math ) \b
        | < [a-z] [^>]* [\s"'/] (?: on[a-z]+ | style | srcdoc ) \s* =
        | < [a-z] [^>]* = \s* ["']? \s* (?: javascript | vbscript | data ) \s* :"#,
    )
    .expect("a constant")
});

/// Where HTML leads.
static HTML_LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)<[a-z][^>]*[\s"'](?:href|src)\s*=\s*["']?\s*([^\s"'>]+)"#).expect("a constant"));

static RFC_3339: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$").expect("a constant"));

static RFC_822: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^ (?: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ,\  )? \d{1,2}\ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)
        \ \d{4}\ \d\d:\d\d(?: :\d\d)?\ (?: [+-]\d{4} | GMT | UT ) $",
    )
    .expect("a constant")
});

static URI_SCHEME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$").expect("a constant"));

static LANGUAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$").expect("a constant"));

/// F4.
pub(super) fn link_fault(link: &str) -> Option<String> {
    let fault = |why: &str| Some(format!("{link:?} {why}"));
    let scheme = link.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !matches!(scheme.as_deref(), Some("http" | "https")) {
        return fault("is no absolute http or https URL");
    }
    let Ok(url) = Url::parse(link) else { return fault("is no URL") };
    if let Some(raw) = link.chars().find(|character| !is_uri_char(*character)) {
        return fault(&format!("holds {raw:?} unescaped"));
    }
    let rest = &url[Position::BeforePath..];
    let escapes = rest.split('%').skip(1).all(|after| {
        let bytes = after.as_bytes();
        bytes.len() > 1 && bytes[0].is_ascii_hexdigit() && bytes[1].is_ascii_hexdigit()
    });
    if !escapes || rest.contains(['[', ']']) {
        return fault("is not percent-encoded");
    }
    None
}

fn is_uri_char(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character)
}

/// F4 within HTML: relative links, which RSS has no base for.
pub(super) fn html_link_faults(html: &str) -> Vec<String> {
    let links = HTML_LINK.captures_iter(html).filter_map(|found| found.get(1)).map(|link| link.as_str());
    links
        .filter(|link| !URI_SCHEME.is_match(link))
        .map(|link| format!("HTML leads to {link:?}, which is relative"))
        .collect()
}

/// F5.
pub(super) fn id_fault(id: &str) -> Option<String> {
    (!URI_SCHEME.is_match(id)).then(|| format!("id {id:?} is no absolute URI"))
}

/// F6.
pub(super) fn html_fault(html: &str) -> Option<String> {
    UNSAFE_HTML.find(html).map(|found| format!("HTML holds {:?}", found.as_str()))
}

/// The moment of an RFC 3339 date with upper-case `T` and `Z`.
pub(super) fn rfc3339(date: &str) -> Option<Timestamp> {
    RFC_3339.is_match(date).then(|| date.parse().ok()).flatten()
}

/// A4, J2.
pub(super) fn rfc3339_fault(date: &str) -> Option<String> {
    rfc3339(date).is_none().then(|| format!("{date:?} is no date of RFC 3339"))
}

/// R4.
pub(super) fn rfc822_fault(date: &str) -> Option<String> {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date);
    (!RFC_822.is_match(date) || parsed.is_err())
        .then(|| format!("{date:?} is no date of RFC 822 with a four-digit year"))
}

/// BCP 47.
pub(super) fn language_fault(tag: &str) -> Option<String> {
    (!LANGUAGE.is_match(tag)).then(|| format!("{tag:?} is no language tag"))
}

/// The relation of a link of Atom, and where it leads.
pub(super) fn link_parts(link: &Element) -> (&str, &str) {
    (link.attribute("rel").unwrap_or("alternate"), link.attribute("href").unwrap_or_default())
}

/// A7, of the links with their relations, and of the marks that stand in a document.
pub(super) fn history_faults(links: &[(&str, &str)], is_archive: bool, is_complete: bool) -> Vec<String> {
    let of =
        |wanted: &'static str| links.iter().filter(move |(relation, _)| *relation == wanted).map(|(_, href)| *href);
    let mut faults = Vec::new();
    for relation in ["prev-archive", "next-archive", "current", "first", "previous", "next", "last"] {
        if of(relation).count() > 1 {
            faults.push(format!("more than one link {relation:?}"));
        }
    }
    if is_archive && of("current").next().is_none() {
        faults.push("an archive page does not name the current document".to_owned());
    }
    if is_archive && is_complete {
        faults.push("a complete document is no archive page".to_owned());
    }
    let own = of("self").next();
    for relation in ["prev-archive", "next-archive"].into_iter().chain(is_archive.then_some("current")) {
        if own.is_some() && of(relation).next() == own {
            faults.push(format!("the link {relation:?} leads to the document itself"));
        }
    }
    if !is_archive && of("next-archive").next().is_some() {
        faults.push("a document that is no archive page has a newer one".to_owned());
    }
    faults
}

/// The values that stand more than once, each once.
pub(super) fn repeated<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = std::collections::BTreeMap::<&str, u32>::new();
    for value in values {
        *seen.entry(value).or_default() += 1;
    }
    seen.into_iter().filter_map(|(value, times)| (times > 1).then_some(value)).collect()
}
