//! How posts are read from a JSON endpoint: a request, and paths into its answer.
//!
//! Plain data; what a path or a template may be is told in `extract::json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::link::LinkRules;
use super::source::CategoryRules;

/// A recipe over a JSON endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonRecipe {
    /// Name of the preset that it came from, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Addresses of blogs and the names of their parts: `blog.example/@{user}`. None: any address, without names.
    pub addresses: Vec<String>,
    /// What is asked for, and where the parts of a post stand in the answer.
    pub rules: JsonRules,
    /// What makes no new post.
    pub links: LinkRules,
    /// How categories are written.
    pub categories: CategoryRules,
    /// IANA zone of dates that name none, where the platform has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// On a post's own page, the element that holds its full text; default: what reads like an article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// The request and the paths. A field is a path (`data.user.name`), several of which the first with a value counts
/// (`subtitle | summary`), or a template (`https://blog.example/{slug}`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JsonRules {
    /// The address that is asked, a template; default: the source's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The JSON that is posted there; without it the request is a GET. A text that is nothing but `{name}` becomes
    /// the value of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Headers that the platform wants; their values are templates.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What a name means where the blog's address does not say it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<String, String>,
    /// The element of an HTML page that holds the JSON as its text; without it the answer itself is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedded: Option<String>,
    /// The path of the posts: `data.posts[]`.
    pub post: String,
    /// Within a post, its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Within a post, its link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Within a post, the excerpt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Within a post, the category; every value is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Within a post, a tag; every value is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Within a post, the date: a text, or seconds or milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Within a post, the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Within a post, the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Within a post, what it brings along: a sound, a film, a file; every value is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enclosure: Option<String>,
    /// In the answer, what leads to the next page: its address, the `{cursor}` of the endpoint, or whether there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// In the answer, the number of posts that the whole blog has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// In the answer, the blog's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_title: Option<String>,
    /// How the date is written, as in strptime; default: any way that people write dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
}
