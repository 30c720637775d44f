//! A page and a recipe → the posts on it.
//!
//! Pure: no network, no files, no logging; `now` is the caller's. It looks at a clock only to stop in time
//! ([`Budget`]). [`extract`] runs a recipe, or the preset that knows the page; [`detect`] reads a page without
//! either; [`preset`] holds the presets, [`date`] reads dates, [`text`] makes foreign text fit for a feed.
//!
//! Known gap: it does not run scripts, so a page that its browser builds shows nothing.

mod budget;
mod category;
mod contract;
pub mod date;
pub mod detect;
mod document;
mod feed;
pub mod health;
mod html;
mod link;
mod merge;
mod pager;
mod permalink;
mod prescan;
pub mod preset;
mod recipe;
mod record;
mod selector;
mod site;
pub mod text;

pub use budget::Budget;
pub use contract::{Context, ExtractError, Tried};
pub use permalink::{Expected, Permalink, permalink};
pub use recipe::{CompiledRecipe, RecipeError};

use crate::model::page::Page;
use crate::model::post::Candidates;

/// Reads the posts of a page, or of a feed or sitemap, which is known by its content.
///
/// A recipe with several layouts is read with each; the one that reads most wins. A recipe without layouts means
/// the preset that it names, else the preset that knows the page by its markup, else what the page's structure shows.
pub fn extract(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Result<Candidates, ExtractError> {
    if let Some(read) = feed::read(page, recipe, context) {
        return read;
    }
    let document = document::Document::parse(page, &context.budget)?;
    if !recipe.layouts.is_empty() {
        return html::read(&document, page, recipe, context);
    }
    let preset = match recipe.preset.as_deref().and_then(preset::named) {
        Some(preset) => Some(preset),
        None => preset::matching_document(page, &document)?,
    };
    match preset {
        // A blogger may have made a skin that no layout knows: its structure still shows the posts.
        Some(preset) => html::read(&document, page, preset.compiled(), context)
            .or_else(|error| detected(&document, page, preset.compiled(), context).map_err(|_| error))
            .map(|read| of_platform(read, preset)),
        None => detected(&document, page, recipe, context),
    }
}

/// What the page's own structure shows: for a page that no preset knows.
fn detected(
    document: &document::Document,
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    let base = document.base(context.link_base.unwrap_or(&page.url))?;
    let site = site::facts(document, page, recipe, &base, context)?;
    let language = context.language.or(site.language.as_deref());
    let zone = date::zone_of([context.time_zone, recipe.time_zone.as_deref()], language);
    let url = context.link_base.unwrap_or(&page.url);
    let detection = detect::detect(document.html(), url, context.now, &zone)
        .filter(|detection| !detection.candidates.posts.is_empty())
        .ok_or_else(|| ExtractError::NoRecipe { url: page.url.clone() })?;
    Ok(Candidates { site, how: "detected".to_owned(), ..detection.candidates })
}

/// What the platform says of addresses and categories, for a skin of it that only its structure tells.
fn of_platform(mut read: Candidates, preset: &preset::Preset) -> Candidates {
    if read.how != "detected" {
        return read;
    }
    read.how = format!("preset:{}/detected", preset.name);
    for post in &mut read.posts {
        let labels: Vec<String> = post.categories.iter().map(ToString::to_string).collect();
        let path = |label: &String| category::path_of(label, preset.compiled(), &read.site.tree);
        post.categories = labels.iter().filter_map(path).collect();
        let none = |label: &String| category::says_no_category(label, preset.compiled());
        post.uncategorised = post.categories.is_empty() && labels.iter().any(none);
    }
    read
}
