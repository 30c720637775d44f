//! The links of a page that may lead to a post.

use std::borrow::Cow;
use std::collections::HashMap;

use url::Url;

use super::links::{Link, is_taxonomy_of, post_link_of, segments};
use super::only_date::{is_only_date, is_only_date_run};
use super::page::Page;
use super::words::is_generic;
use crate::extract::quick::Guarded;
use crate::model::link::{bare_host, is_on};

/// A text beside a link that is longer, in characters, is a part of a sentence.
const PROSE: usize = 25;

/// Relations of a link that lead elsewhere than to a post.
const OTHER_RELATIONS: &[&str] = &[
    "tag",
    "category",
    "author",
    "prev",
    "next",
    "previous",
    "alternate",
    "search",
    "license",
    "home",
    "me",
    "help",
    "archives",
];

/// A link that may lead to a post.
#[derive(Debug)]
pub(super) struct Anchor {
    /// The place of its element.
    pub(super) at: usize,
    /// The number of its address.
    pub(super) link: usize,
    /// Its text on one line.
    pub(super) text: String,
    /// Whether the text says only "read more" or nothing.
    pub(super) generic: bool,
    /// Whether the text is nothing but a date or a number.
    pub(super) only_date: bool,
}

/// All of them, in document order, and what else their addresses tell.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The links.
    pub(super) all: Vec<Anchor>,
    /// Their addresses, each once.
    pub(super) links: Vec<Link>,
    /// Links to lists by category or tag: the place of the element.
    pub(super) taxonomy: Vec<usize>,
}

/// A link, where it leads, and the segments of that address.
struct Led<'p> {
    at: usize,
    url: &'p Url,
    segments: Vec<Cow<'p, str>>,
}

impl Anchors {
    /// Finds them. `wide` takes links to any host, for pages that list posts of other sites.
    pub(super) fn of(page: &Page<'_>, wide: bool) -> Self {
        let mut all: Vec<Led<'_>> = Vec::new();
        let mut found = Self::default();
        for (at, url) in page.links() {
            let at = *at;
            let relation = page.attribute(at, "rel").unwrap_or_default().to_ascii_lowercase();
            let named = |wanted: &[&str]| relation.split_ascii_whitespace().any(|word| wanted.contains(&word));
            let segments = segments(url);
            let listed = is_taxonomy_of(url, &segments) || named(&["tag", "category"]);
            // The manual of another site has topics, too: what prose links to there is no category here.
            let strange = || bare_host(url) != bare_host(page.url) && is_in_prose(page, at);
            if listed && !strange() {
                found.taxonomy.push(at);
            }
            if !named(OTHER_RELATIONS) {
                all.push(Led { at, url, segments });
            }
        }
        let here = segments(page.url);
        let own = own_hosts(page, &all, &here);
        let mut numbers: HashMap<String, usize, Guarded> = HashMap::default();
        for Led { at, url, segments } in all {
            if !wide && !own.iter().any(|host| is_on(url, host)) {
                continue;
            }
            let Some(link) = post_link_of(url, &segments, &here) else { continue };
            let number = numbers.get(&link.key).copied().unwrap_or_else(|| {
                numbers.insert(link.key.clone(), found.links.len());
                found.links.push(link);
                found.links.len() - 1
            });
            let text = page.text(at);
            // The dates in a run are kept.
            let element = &page.elements[at];
            let only_date = match &page.runs[element.first_run..element.last_run] {
                [run] if run.text == text => is_only_date_run(run),
                _ => is_only_date(&text),
            };
            found.all.push(Anchor { at, link: number, generic: is_generic(&text), only_date, text });
        }
        found
    }
}

/// Whether a link stands in a sentence.
fn is_in_prose(page: &Page<'_>, at: usize) -> bool {
    let around = &page.elements[page.elements[at].parent];
    let own = |run: &usize| page.runs[*run].owner == page.elements[at].parent;
    (around.first_run..around.last_run).take(200).filter(own).any(|run| page.runs[run].chars > PROSE)
}

/// The hosts that are the site's own: the page's, those under which it knows itself, else the commonest one.
fn own_hosts(page: &Page<'_>, all: &[Led<'_>], here: &[Cow<'_, str>]) -> Vec<String> {
    let mut own = vec![bare_host(page.url), bare_host(&page.base)];
    let is_post = |led: &Led<'_>| post_link_of(led.url, &led.segments, here).is_some();
    if all.iter().any(|led| own.iter().any(|host| is_on(led.url, host)) && is_post(led)) {
        own.extend(page.own.iter().map(bare_host));
        return own;
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for led in all.iter().filter(|led| is_post(led)) {
        *counts.entry(bare_host(led.url)).or_default() += 1;
    }
    let most = counts.into_iter().max_by(|one, other| one.1.cmp(&other.1).then_with(|| other.0.cmp(&one.0)));
    own.extend(most.map(|(host, _)| host));
    own
}
