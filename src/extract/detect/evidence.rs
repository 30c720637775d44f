//! What a page says about its posts in data: JSON-LD, and the state that frameworks leave in the page.
//!
//! Data may tell of posts that the page does not list, so it is evidence first: it strengthens lists and fills what
//! they do not show. Only where the page shows no list at all, the posts are those that data names. Microdata and h-feed are read where the fields are.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::links::{Link, post_link};
use super::page::Page;
use crate::model::link::bare_host;

/// Most values that are looked at: some pages carry megabytes of state.
const MOST_VALUES: usize = 200_000;

/// What data says of one post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Its title.
    pub(super) title: Option<String>,
    /// Its date as written.
    pub(super) date: Option<String>,
    /// The names of its sections.
    pub(super) sections: Vec<String>,
}

/// What data says, by address and by the last part of it.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    by_key: HashMap<String, Told>,
    by_slug: HashMap<String, Told>,
    listed: Vec<(Link, Told)>,
}

impl Evidence {
    /// Reads all data of a page.
    pub(super) fn of(page: &Page<'_>) -> Self {
        let mut evidence = Self::default();
        for script in &page.scripts {
            let text: String = script.text().collect();
            let Some(value) = data(&text) else { continue };
            evidence.gather(page, &value);
        }
        evidence
    }

    /// Whether data names a post's address.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// How many addresses data names.
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// What data says of the post of a key (`host/path`).
    pub(super) fn of_post(&self, key: &str) -> Option<&Told> {
        self.by_key.get(key).or_else(|| {
            let slug = key.split('?').next()?.trim_end_matches(".html").rsplit('/').next()?;
            self.by_slug.get(slug)
        })
    }

    /// The posts that data names with address and title, in its order, each once.
    pub(super) fn listed(&self) -> Vec<&(Link, Told)> {
        let mut seen = HashSet::new();
        self.listed.iter().filter(|(link, _)| seen.insert(link.key.as_str())).collect()
    }

    fn gather(&mut self, page: &Page<'_>, value: &Value) {
        let mut waiting = vec![value];
        let mut left = MOST_VALUES;
        while let Some(value) = waiting.pop() {
            left -= 1;
            if left == 0 {
                return;
            }
            match value {
                Value::Array(values) => waiting.extend(values.iter().rev()),
                // The way to a page is no list of posts.
                Value::Object(fields) if fields.get("@type").is_some_and(|kind| kind == "BreadcrumbList") => {}
                Value::Object(fields) => {
                    self.take(page, value);
                    waiting.extend(fields.values());
                }
                _ => {}
            }
        }
    }

    fn list(&mut self, link: Link, told: Told) {
        if told.title.is_some() && !link.weak {
            self.listed.push((link, told));
        }
    }

    fn take(&mut self, page: &Page<'_>, value: &Value) {
        let said = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| value.get(name)?.as_str())
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let told = Told {
            title: said(&["headline", "title", "name"]),
            date: said(&[
                "datePublished",
                "date",
                "publishedAt",
                "published_at",
                "publishDate",
                "released_at",
                "createdAt",
                "created_at",
                "dateCreated",
            ]),
            sections: match value.get("articleSection").or_else(|| value.get("category")) {
                Some(Value::String(section)) => vec![section.clone()],
                Some(Value::Array(sections)) => {
                    sections.iter().filter_map(|section| section.as_str().map(str::to_owned)).collect()
                }
                _ => Vec::new(),
            },
        };
        let typed = is_post_type(value);
        if typed {
            let address = said(&["url", "@id"])
                .or_else(|| {
                    value
                        .get("mainEntityOfPage")
                        .and_then(|main| main.as_str().or_else(|| main.get("@id")?.as_str()).map(str::to_owned))
                })
                .or_else(|| {
                    value
                        .get("item")
                        .and_then(|item| item.as_str().or_else(|| item.get("url")?.as_str()).map(str::to_owned))
                });
            if let Some(link) =
                address.and_then(|address| page.base.join(&address).ok()).and_then(|url| post_link(&url, page.url))
            {
                merge(self.by_key.entry(link.key.clone()).or_default(), &told);
                self.list(link, told);
            }
            return;
        }
        // Frameworks keep the posts of a page under names of their own: what has a title, a date and an address.
        if told.title.is_some()
            && told.date.is_some()
            && let Some(address) = said(&["url", "href", "link", "permalink", "canonicalUrl", "path", "uri", "slug"])
            && (address.starts_with('/') || address.starts_with("http"))
            && let Some(link) = page.base.join(&address).ok().and_then(|url| post_link(&url, page.url))
            && bare_host(&link.url) == bare_host(page.url)
        {
            self.list(link, told.clone());
        }
        if told.title.is_some()
            && told.date.is_some()
            && let Some(slug) = said(&["slug", "url_slug", "urlSlug", "id", "uri", "path"])
        {
            let slug = slug.trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            if !slug.is_empty() {
                merge(self.by_slug.entry(slug).or_default(), &told);
            }
        }
    }
}

/// The value that a script holds: all of it, or what it assigns to a name of the window.
fn data(script: &str) -> Option<Value> {
    let whole = script.trim();
    serde_json::from_str(whole).ok().or_else(|| {
        let assigned = &whole[whole.find("window.__")?..];
        let value = assigned[assigned.find('=')? + 1..].trim_start();
        serde_json::Deserializer::from_str(value).into_iter::<Value>().next()?.ok()
    })
}

/// Whether a value of JSON-LD is an article, a posting or an item of a list.
fn is_post_type(value: &Value) -> bool {
    let is_post = |name: &str| name.ends_with("Article") || name.ends_with("Posting") || name == "ListItem";
    match value.get("@type") {
        Some(Value::String(name)) => is_post(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is_post),
        _ => false,
    }
}

fn merge(into: &mut Told, told: &Told) {
    if into.title.is_none() {
        into.title.clone_from(&told.title);
    }
    if into.date.is_none() {
        into.date.clone_from(&told.date);
    }
    if into.sections.is_empty() {
        into.sections.clone_from(&told.sections);
    }
}
