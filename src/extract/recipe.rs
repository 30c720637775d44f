//! A recipe made ready to be run over pages, and what is wrong with one that cannot be.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use url::Url;

use super::css::Css;
use super::json::{CompiledJson, Request};
use super::learnt::LEARNT;
use super::selector::{FieldSelector, takes_a_part};
use super::skim::Wanted;
use super::{date, preset};
use crate::model::category::CategoryPath;
use crate::model::failure::{Failure, Step};
use crate::model::json::JsonRecipe;
use crate::model::link::LinkRules;
use crate::model::source::{CategoryRules, HtmlRecipe, Layout, Recipe};

/// Why a recipe cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is wrong: {reason} (it says {text:?})")]
pub struct RecipeError {
    /// The key: `post`, `layout.cards.title`, `site.tree`.
    pub key: String,
    /// What the recipe says.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl RecipeError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        if self.key.ends_with("date_format") {
            "write a format of strptime, such as \"%Y. %m. %d.\", or leave the key out"
        } else if self.key.ends_with("time_zone") {
            "write an IANA name, such as \"Asia/Seoul\""
        } else if self.key == "url" {
            "give the address of the blog as a browser shows it"
        } else if self.key.starts_with("json.") {
            "write a path (`data.posts[]`, `user.name`) or a template (`https://blog.example/{slug}`)"
        } else {
            "write CSS (`h2 a`), CSS and an attribute (`img @src`), or CSS and `::own-text`"
        }
    }
}

impl RecipeError {
    /// As data to store.
    pub fn failure(&self) -> Failure {
        Failure {
            step: Step::Extract,
            message: self.to_string(),
            help: format!("{}; `sosik check` names the line", self.help()),
            transient: false,
            chain: Vec::new(),
            unreachable: false,
        }
    }
}

/// A recipe made ready. Shared between threads; compiling costs more than reading a page.
#[derive(Debug, Clone)]
pub struct CompiledRecipe {
    pub(super) preset: Option<String>,
    pub(super) layouts: Vec<CompiledLayout>,
    pub(super) links: LinkRules,
    pub(super) categories: CategoryRules,
    pub(super) site: CompiledSite,
    pub(super) page_query: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) json: Option<CompiledJson>,
    /// What holds a post's full text on its own page.
    pub(super) content: Option<Css>,
    /// What it asks of a page; `None`: all of it.
    pub(super) wanted: Option<Wanted>,
}

/// A layout made ready.
#[derive(Debug, Clone)]
pub(super) struct CompiledLayout {
    pub(super) name: String,
    pub(super) post: Css,
    pub(super) post_text: String,
    pub(super) title: Option<FieldSelector>,
    pub(super) link: Option<FieldSelector>,
    pub(super) excerpt: Option<FieldSelector>,
    pub(super) category: Option<FieldSelector>,
    pub(super) tag: Option<FieldSelector>,
    pub(super) date: Option<FieldSelector>,
    pub(super) author: Option<FieldSelector>,
    pub(super) image: Option<FieldSelector>,
    pub(super) enclosure: Option<FieldSelector>,
    pub(super) next: Option<FieldSelector>,
    pub(super) date_format: Option<String>,
}

/// Site rules made ready.
#[derive(Debug, Clone, Default)]
pub(super) struct CompiledSite {
    pub(super) title: Option<FieldSelector>,
    pub(super) total: Option<FieldSelector>,
    pub(super) tree: Option<Css>,
    pub(super) tree_count: Option<FieldSelector>,
    pub(super) tree_path: Option<String>,
    pub(super) feed: Option<String>,
}

impl CompiledSite {
    /// Whether it says nothing: then a page tells of the blog what any page does.
    pub(super) fn is_plain(&self) -> bool {
        self.title.is_none() && self.total.is_none() && self.tree.is_none() && self.feed.is_none()
    }
}

impl CompiledRecipe {
    /// Makes `recipe` ready, or names the first key that is wrong.
    pub fn compile(recipe: &Recipe) -> Result<Self, RecipeError> {
        match recipe {
            Recipe::Html(recipe) => Self::compile_html(recipe),
            Recipe::Json(recipe) => Self::compile_json(recipe),
        }
    }

    fn compile_json(recipe: &JsonRecipe) -> Result<Self, RecipeError> {
        let json = CompiledJson::compile(recipe).map_err(|(key, text, reason)| RecipeError {
            key: format!("json.{key}"),
            text,
            reason,
        })?;
        let shared = HtmlRecipe {
            preset: recipe.preset.clone(),
            links: recipe.links.clone(),
            categories: recipe.categories.clone(),
            time_zone: recipe.time_zone.clone(),
            content: recipe.content.clone(),
            ..HtmlRecipe::default()
        };
        Ok(Self { json: Some(json), ..Self::compile_html(&shared)? })
    }

    /// What is asked for to read the page at `address`, which may bear a place in the list as its fragment.
    ///
    /// # Errors
    /// Where the recipe reads another family of addresses.
    pub fn request(&self, address: &Url) -> Result<Request, RecipeError> {
        let wrong = |reason: String| RecipeError { key: "url".to_owned(), text: address.to_string(), reason };
        match self.json_at(address) {
            Some((_, json)) => json.request(address).map_err(wrong),
            None => Ok(Request::page(address)),
        }
    }

    /// The JSON recipe that reads `address`: its own, or where it leaves the choice, that of a preset.
    pub(super) fn json_at(&self, address: &Url) -> Option<(&Self, &CompiledJson)> {
        if let Some(json) = &self.json {
            return Some((self, json));
        }
        if !self.layouts.is_empty() || self.preset.is_some() {
            return None;
        }
        let compiled = preset::of_address(address)?.compiled();
        Some((compiled, compiled.json.as_ref()?))
    }

    /// As [`CompiledRecipe::compile`], for the recipe of a preset.
    pub(super) fn compile_html(recipe: &HtmlRecipe) -> Result<Self, RecipeError> {
        let site = CompiledSite {
            title: field("site.title", recipe.site.title.as_deref())?,
            total: field("site.total", recipe.site.total.as_deref())?,
            tree: recipe.site.tree.as_deref().map(|tree| css("site.tree", tree)).transpose()?,
            tree_count: field("site.tree_count", recipe.site.tree_count.as_deref())?,
            tree_path: recipe.site.tree_path.clone(),
            feed: recipe.site.feed.clone(),
        };
        if let Some(zone) = recipe.time_zone.as_deref()
            && date::zone_named(zone).is_none()
        {
            return Err(wrong("time_zone", zone, "no such zone"));
        }
        let single = recipe.layouts.len() == 1 && recipe.preset.is_none();
        let layouts = recipe.layouts.iter().enumerate().map(|(at, layout)| {
            let prefix = match (single, layout.name.as_str()) {
                (true, _) => String::new(),
                (false, "") => format!("layout.{}.", at + 1),
                (false, name) => format!("layout.{name}."),
            };
            CompiledLayout::compile(layout, &prefix)
        });
        Ok(Self {
            preset: recipe.preset.clone(),
            layouts: layouts.collect::<Result<_, _>>()?,
            links: recipe.links.clone(),
            categories: recipe.categories.clone(),
            site,
            page_query: recipe.page_query.clone(),
            time_zone: recipe.time_zone.clone(),
            json: None,
            wanted: Wanted::of(recipe, |layout| layout == LEARNT),
            content: recipe.content.as_deref().map(|content| css("content", content)).transpose()?,
        })
    }

    /// What makes no new post on a page that was read so (`Candidates::how`).
    pub fn links<'a>(&'a self, how: &str) -> &'a LinkRules {
        &self.for_page(how).links
    }

    /// The zone of the dates on a page that was read so.
    pub fn zone(&self, how: &str, time_zone: Option<&str>, language: Option<&str>) -> TimeZone {
        date::zone_of([time_zone, self.for_page(how).time_zone.as_deref()], language)
    }

    /// Itself, or the preset that the page itself named.
    pub(super) fn for_page<'a>(&'a self, how: &str) -> &'a Self {
        let named = || preset::named(how.strip_prefix("preset:")?.split('/').next()?);
        if self.layouts.is_empty() && self.json.is_none() {
            named().map_or(self, preset::Preset::compiled)
        } else {
            self
        }
    }

    /// How a page was read with `layout`, as people are told.
    pub(super) fn how(&self, layout: &CompiledLayout) -> String {
        match (self.preset.as_deref(), layout.name.as_str()) {
            (Some(preset), "") => format!("preset:{preset}"),
            (Some(preset), name) => format!("preset:{preset}/{name}"),
            // A person's own layout has the name "recipe", one that was learnt its own.
            (None, "") => "recipe".to_owned(),
            (None, name) => name.to_owned(),
        }
    }

    /// Whether `label` says "no category".
    pub(super) fn is_no_category(&self, path: &CategoryPath) -> bool {
        let written = path.to_string();
        self.categories.none.iter().any(|none| none.trim() == written)
    }
}

impl CompiledLayout {
    /// Whether it was learnt: then it reads as the detection that taught it.
    pub(super) fn is_learnt(&self) -> bool {
        self.name == LEARNT
    }

    fn compile(layout: &Layout, prefix: &str) -> Result<Self, RecipeError> {
        let key = |name: &str| format!("{prefix}{name}");
        if layout.post.trim().is_empty() {
            return Err(wrong(&key("post"), &layout.post, "it is empty"));
        }
        let part = |name: &str, text: &Option<String>| field(&key(name), text.as_deref());
        if let Some(format) = layout.date_format.as_deref()
            && let Err(error) =
                strtime::format(format, &DateTime::default().to_zoned(TimeZone::UTC).unwrap_or_default())
        {
            return Err(wrong(&key("date_format"), format, &error.to_string()));
        }
        let next = part("next", &layout.next)?;
        if next.as_ref().is_some_and(|next| next.css().is_none()) {
            return Err(wrong(&key("next"), layout.next.as_deref().unwrap_or_default(), "it names no element"));
        }
        Ok(Self {
            name: layout.name.clone(),
            post: css(&key("post"), &layout.post)?,
            post_text: layout.post.clone(),
            title: part("title", &layout.title)?,
            link: part("link", &layout.link)?,
            excerpt: part("excerpt", &layout.excerpt)?,
            category: part("category", &layout.category)?,
            tag: part("tag", &layout.tag)?,
            date: part("date", &layout.date)?,
            author: part("author", &layout.author)?,
            image: part("image", &layout.image)?,
            enclosure: part("enclosure", &layout.enclosure)?,
            next,
            date_format: layout.date_format.clone(),
        })
    }
}

fn field(key: &str, text: Option<&str>) -> Result<Option<FieldSelector>, RecipeError> {
    text.map(|text| FieldSelector::parse(text).map_err(|reason| wrong(key, text, &reason))).transpose()
}

/// A selector of whole elements: of posts, of the links of a tree.
fn css(key: &str, text: &str) -> Result<Css, RecipeError> {
    if takes_a_part(text) && FieldSelector::parse(text).is_ok() {
        return Err(wrong(key, text, "it takes a part of an element where a whole one is meant"));
    }
    Css::parse(text).map_err(|reason| wrong(key, text, &reason))
}

fn wrong(key: &str, text: &str, reason: &str) -> RecipeError {
    RecipeError { key: key.to_owned(), text: text.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::source::SiteRules;

    fn check(recipe: HtmlRecipe, key: &str) {
        let error = CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap_err();
        assert_eq!(error.key, key, "{error}");
        assert!(!error.reason.is_empty() && !error.help().is_empty());
    }

    fn layout(name: &str, post: &str) -> Layout {
        Layout { name: name.into(), post: post.into(), ..Layout::default() }
    }

    #[test]
    fn the_wrong_key_is_named() {
        let with = |layouts: Vec<Layout>| HtmlRecipe { layouts, ..HtmlRecipe::default() };
        check(with(vec![layout("", "")]), "post");
        check(with(vec![layout("", "p >")]), "post");
        check(with(vec![layout("", "p @id")]), "post");
        check(with(vec![layout("", "p"), layout("cards", "p >")]), "layout.cards.post");
        check(with(vec![layout("", "p"), layout("", "p >")]), "layout.2.post");
        check(with(vec![Layout { title: Some("h2[".into()), ..layout("", "p") }]), "title");
        check(with(vec![Layout { next: Some("@href".into()), ..layout("", "p") }]), "next");
        check(with(vec![Layout { date_format: Some("%Y-%&".into()), ..layout("", "p") }]), "date_format");
        check(HtmlRecipe { time_zone: Some("Asia/Soul".into()), ..HtmlRecipe::default() }, "time_zone");
        let site = SiteRules { tree: Some("a:nope".into()), ..SiteRules::default() };
        check(HtmlRecipe { site, ..HtmlRecipe::default() }, "site.tree");
        check(HtmlRecipe { content: Some("article @id".into()), ..HtmlRecipe::default() }, "content");
    }

    #[test]
    fn a_compiled_recipe_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<CompiledRecipe>();
    }
}
