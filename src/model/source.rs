//! Sources: a blog that we watch, and how to read it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use url::Url;

use super::choice::Choice;
use super::host::Host;
use super::json::JsonRecipe;
use super::link::LinkRules;

/// The name of a source: `[a-z0-9][a-z0-9-]*`. It is the first part of its feeds' paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceId(String);

/// Why a text is no source id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no id: small letters, digits and hyphens, beginning with a letter or a digit")]
pub struct BadSourceId(String);

impl SourceId {
    /// Longest id in bytes.
    pub const MAX_BYTES: usize = 80;

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that a URL suggests: its host without `www.` and without a shared platform's suffix.
    ///
    /// ```
    /// use sosik::model::source::SourceId;
    /// let url = url::Url::parse("https://slow-dev.tistory.com/category").unwrap();
    /// assert_eq!(SourceId::suggested(&url).as_str(), "slow-dev");
    /// ```
    pub fn suggested(url: &Url) -> Self {
        let host = url.host_str().unwrap_or("file");
        let name = host.strip_prefix("www.").unwrap_or(host);
        let is_address = !matches!(url.host(), Some(url::Host::Domain(_)));
        let registrable = Host::of(url);
        let name = match name.strip_suffix(registrable.name()).and_then(|rest| rest.strip_suffix('.')) {
            Some(account) if !is_address && SHARED_PLATFORMS.contains(&registrable.name()) => account.to_owned(),
            _ => name.to_owned(),
        };
        let port = url.port().filter(|_| is_address).map(|port| format!("-{port}")).unwrap_or_default();
        let mut id: String = format!("{name}{port}")
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
            .collect::<String>()
            .split('-')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        id.truncate(Self::MAX_BYTES);
        Self(if id.is_empty() { "source".to_owned() } else { id.trim_end_matches('-').to_owned() })
    }
}

/// Platforms that give every blog a name below their own domain.
const SHARED_PLATFORMS: &[&str] = &[
    "tistory.com",
    "github.io",
    "gitlab.io",
    "blogspot.com",
    "wordpress.com",
    "medium.com",
    "substack.com",
    "hashnode.dev",
    "tumblr.com",
    "ghost.io",
    "netlify.app",
    "vercel.app",
    "pages.dev",
    "hatenablog.com",
    "hatenablog.jp",
    "bearblog.dev",
    "livejournal.com",
    "over-blog.com",
    "egloos.com",
    "postype.com",
    "oopy.io",
];

impl TryFrom<String> for SourceId {
    type Error = BadSourceId;

    fn try_from(text: String) -> Result<Self, BadSourceId> {
        let mut letters = text.bytes();
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        let good = letters.next().is_some_and(plain)
            && letters.all(|letter| plain(letter) || letter == b'-')
            && text.len() <= Self::MAX_BYTES;
        if good { Ok(Self(text)) } else { Err(BadSourceId(text)) }
    }
}

impl From<SourceId> for String {
    fn from(id: SourceId) -> Self {
        id.0
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many pages the first walk reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backfill {
    /// To the blog's first post.
    All,
    /// At most so many pages.
    Pages(u32),
}

/// Shortest and longest time between two polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// No poll comes sooner after the last one.
    pub shortest: SignedDuration,
    /// No poll comes later, but for a failure's or a server's sake.
    pub longest: SignedDuration,
}

impl Default for Cadence {
    fn default() -> Self {
        Self { shortest: SignedDuration::from_mins(15), longest: SignedDuration::from_hours(24) }
    }
}

/// A blog that we watch. All that reading it needs, its preset already worked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key that a person writes, and all combinations are meant")]
pub struct Source {
    /// Its name.
    pub id: SourceId,
    /// Its index page: http, https, or a file that the configuration names.
    pub url: Url,
    /// What relative links of a file stand under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<Url>,
    /// The title that a person gave; else the page's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How to read its pages. The sources of one platform share theirs: there may be thousands in memory.
    #[serde(serialize_with = "super::tagged::written", deserialize_with = "super::tagged::shared")]
    pub recipe: Arc<Recipe>,
    /// How many pages the first walk reads.
    pub backfill: Backfill,
    /// How often it is looked at.
    pub cadence: Cadence,
    /// The cron pattern of the moments at which it is looked at, where a person gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// BCP 47 language; else the page's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA name of the zone in which its dates are written; else what the recipe or the language suggests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Headers that go along with every request to it.
    pub headers: BTreeMap<String, String>,
    /// Whether it may live on a private or loopback address.
    pub allow_private_addresses: bool,
    /// Whether robots.txt is heeded.
    pub robots: bool,
    /// Whether its posts' own pages are read for their full texts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full_text: bool,
    /// Whether it rests.
    pub paused: bool,
    /// Which feeds and posts of it are wanted.
    #[serde(default, skip_serializing_if = "Choice::is_usual")]
    pub choice: Choice,
}

impl Source {
    /// The host that is paced for it.
    pub fn host(&self) -> Host {
        Host::of(&self.url)
    }

    /// Takes the recipe of another where that is the same: the sources of one platform stand together.
    pub fn share_recipe(&mut self, last: &mut Option<Arc<Recipe>>) {
        match last {
            Some(last) if **last == *self.recipe => self.recipe = Arc::clone(last),
            _ => *last = Some(Arc::clone(&self.recipe)),
        }
    }

    /// What its posts' links are resolved against: `base_url` for a file, else its own URL.
    pub fn link_base(&self) -> &Url {
        self.base_url.as_ref().unwrap_or(&self.url)
    }
}

/// A way to read a page. How one is read from what is stored is in `tagged.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "nearly every source has the large one")]
pub enum Recipe {
    /// Selectors over HTML.
    Html(HtmlRecipe),
    /// Paths over a JSON endpoint.
    Json(Box<JsonRecipe>),
}

impl Recipe {
    /// Name of the preset that it came from, if any.
    pub fn preset(&self) -> Option<&str> {
        match self {
            Self::Html(recipe) => recipe.preset.as_deref(),
            Self::Json(recipe) => recipe.preset.as_deref(),
        }
    }

    /// The selector of a post's full text on its own page, where it names one.
    pub fn content(&self) -> Option<&str> {
        match self {
            Self::Html(recipe) => recipe.content.as_deref(),
            Self::Json(recipe) => recipe.content.as_deref(),
        }
    }

    /// Whether another recipe reads lists as this one does: where full texts stand says nothing of lists.
    pub fn reads_lists_as(&self, other: &Self) -> bool {
        let listing = |recipe: &Self| {
            let mut recipe = recipe.clone();
            match &mut recipe {
                Self::Html(recipe) => recipe.content = None,
                Self::Json(recipe) => recipe.content = None,
            }
            recipe
        };
        listing(self) == listing(other)
    }

    /// What makes no new post.
    pub fn links(&self) -> &LinkRules {
        match self {
            Self::Html(recipe) => &recipe.links,
            Self::Json(recipe) => &recipe.links,
        }
    }
}

/// Selectors over HTML: one or more layouts that a page may have, and what they share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HtmlRecipe {
    /// Name of the preset that it came from, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Layouts in the order in which they are tried; the one that reads most wins.
    pub layouts: Vec<Layout>,
    /// What makes no new post.
    pub links: LinkRules,
    /// How categories are written.
    pub categories: CategoryRules,
    /// Where the page tells of the blog as a whole.
    pub site: SiteRules,
    /// Query parameter that counts the pages (`page`), where the platform has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_query: Option<String>,
    /// IANA zone of the dates, where the platform has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// On a post's own page, the element that holds its full text; default: what reads like an article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// One layout. Each selector is CSS, `CSS @attribute`, or `CSS ::own-text` (the text outside child elements).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layout {
    /// Its name, shown as `preset:tistory/plain-list`.
    pub name: String,
    /// The element that holds one post.
    pub post: String,
    /// Within it, the title; default: the link's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Within it, the link; default: the post itself if it is a link, else its first link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Within it, the excerpt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Within it, the category; every match is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Within it, a tag; every match is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Within it, the date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Within it, the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Within it, the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Within it, what it brings along: a sound, a film, a file; every match is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enclosure: Option<String>,
    /// On the page, the link to the next older page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How the date is written, as in strptime; default: any way that people write dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
}

/// How a family of sites writes its categories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryRules {
    /// What separates the levels of a path; without it a label is one category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// Most levels that a path can have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<usize>,
    /// Labels that say "no category".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
}

/// Where a page tells of the blog as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteRules {
    /// The blog's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The number of posts that the whole blog has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// Where the platform keeps every blog's own feed (`/rss`), for pages that do not link to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed: Option<String>,
    /// The links of the category tree, outer and inner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// Within such a link, the number of posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_count: Option<String>,
    /// What the path of such a link begins with (`/category/`): what follows are the labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_path: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_the_host() {
        for (url, id) in [
            ("https://slow-dev.tistory.com/category", "slow-dev"),
            ("https://www.example.com/blog/", "example-com"),
            ("http://127.0.0.1:8089/", "127-0-0-1-8089"),
            ("http://[::1]:80/", "1"),
            ("https://someone.github.io/", "someone"),
            ("https://tistory.com/", "tistory-com"),
            ("https://blog.한국/", "blog-xn-3e0b707e"),
        ] {
            assert_eq!(SourceId::suggested(&Url::parse(url).unwrap()).as_str(), id, "{url}");
        }
    }

    #[test]
    fn an_id_is_plain() {
        assert!(SourceId::try_from("slow-2".to_owned()).is_ok());
        for bad in ["", "-a", "A", "a_b", "../x", "한글"] {
            assert!(SourceId::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
