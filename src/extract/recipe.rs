//! A recipe, compiled: its selectors parsed once, however many pages it reads.

use jiff::tz::TimeZone;

use super::date::zone_of;
use super::error::RecipeError;
use super::field::Field;
use super::preset;
use crate::model::link::LinkRules;
use crate::model::source::{HtmlRecipe, Layout, Recipe};

/// A recipe that can read pages.
#[derive(Debug, Clone)]
pub struct CompiledRecipe {
    /// `None`: the page's own marks name the preset.
    rules: Option<Rules>,
}

/// Compiled layouts with what they share.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// What they were compiled from.
    pub(super) recipe: HtmlRecipe,
    /// The layouts, in the order in which they are tried.
    pub(super) layouts: Vec<Fields>,
    /// The blog's title.
    pub(super) site_title: Option<Field>,
    /// The number of all posts.
    pub(super) total: Option<Field>,
    /// The links of the category tree.
    pub(super) tree: Option<Field>,
    /// Within such a link, the number of its posts.
    pub(super) tree_count: Option<Field>,
}

/// The fields of one layout.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) post_selector: String,
    pub(super) post: Field,
    pub(super) title: Option<Field>,
    pub(super) link: Option<Field>,
    pub(super) excerpt: Option<Field>,
    pub(super) category: Option<Field>,
    pub(super) date: Option<Field>,
    pub(super) author: Option<Field>,
    pub(super) image: Option<Field>,
    pub(super) next: Option<Field>,
    pub(super) date_format: Option<String>,
}

impl CompiledRecipe {
    /// Compiles a recipe.
    ///
    /// # Errors
    /// The first key whose selector is none.
    pub fn compile(recipe: &Recipe) -> Result<Self, RecipeError> {
        let Recipe::Html(recipe) = recipe;
        if recipe.layouts.is_empty() {
            return Ok(Self { rules: None });
        }
        Ok(Self { rules: Some(Rules::compile(recipe)?) })
    }

    /// What makes no new post on a page that was read so (`Candidates::how`).
    pub fn links(&self, how: &str) -> &LinkRules {
        static NONE: LinkRules = LinkRules { drop_query: Vec::new(), drop_prefix: Vec::new() };
        self.recipe(how).map_or(&NONE, |recipe| &recipe.links)
    }

    /// The zone of the dates on a page that was read so.
    pub fn zone(&self, how: &str, time_zone: Option<&str>, language: Option<&str>) -> TimeZone {
        zone_of([time_zone, self.recipe(how).and_then(|recipe| recipe.time_zone.as_deref())], language)
    }

    pub(super) fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }

    fn recipe(&self, how: &str) -> Option<&HtmlRecipe> {
        if let Some(rules) = &self.rules {
            return Some(&rules.recipe);
        }
        let name = how.strip_prefix("preset:")?.split('/').next()?;
        preset::named(name).map(|preset| &preset.recipe)
    }
}

impl Rules {
    pub(super) fn compile(recipe: &HtmlRecipe) -> Result<Self, RecipeError> {
        let site = &recipe.site;
        Ok(Self {
            layouts: recipe.layouts.iter().map(Fields::compile).collect::<Result<_, _>>()?,
            site_title: optional("site.title", site.title.as_ref())?,
            total: optional("site.total", site.total.as_ref())?,
            tree: optional("site.tree", site.tree.as_ref())?,
            tree_count: optional("site.tree_count", site.tree_count.as_ref())?,
            recipe: recipe.clone(),
        })
    }
}

impl Fields {
    fn compile(layout: &Layout) -> Result<Self, RecipeError> {
        Ok(Self {
            name: layout.name.clone(),
            post_selector: layout.post.clone(),
            post: Field::compile("post", &layout.post)?,
            title: optional("title", layout.title.as_ref())?,
            link: optional("link", layout.link.as_ref())?,
            excerpt: optional("excerpt", layout.excerpt.as_ref())?,
            category: optional("category", layout.category.as_ref())?,
            date: optional("date", layout.date.as_ref())?,
            author: optional("author", layout.author.as_ref())?,
            image: optional("image", layout.image.as_ref())?,
            next: optional("next", layout.next.as_ref())?,
            date_format: layout.date_format.clone(),
        })
    }
}

fn optional(key: &'static str, selector: Option<&String>) -> Result<Option<Field>, RecipeError> {
    selector.map(|selector| Field::compile(key, selector)).transpose()
}
