//! A page and a recipe → the posts on it.
//!
//! Pure: no network, no files, no logging; `now` is the caller's. It looks at a clock only to stop in time
//! ([`Budget`]). [`extract`] runs a recipe, or the preset that knows the page; [`detect`] reads a page without
//! either; [`preset`] holds the presets, [`date`] reads dates, [`text`] makes foreign text fit for a feed.
//!
//! Known gap: it does not run scripts, so a page that its browser builds shows nothing.

mod budget;
mod category;
mod complete;
mod contract;
pub mod date;
pub mod detect;
mod document;
pub mod health;
mod html;
mod json;
mod link;
mod merge;
mod pager;
mod prescan;
pub mod preset;
mod recipe;
mod record;
mod selector;
mod site;
pub mod text;

pub use budget::Budget;
pub use contract::{Context, ExtractError, Tried};
pub use json::Request;
pub use recipe::{CompiledRecipe, RecipeError};

use crate::model::page::Page;
use crate::model::post::Candidates;

/// Reads the posts of a page.
///
/// A recipe with several layouts is read with each; the one that reads most wins. A recipe without layouts means
/// the preset that it names, else the preset that knows the page by its markup, else what the page's structure shows.
pub fn extract(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Result<Candidates, ExtractError> {
    if let Some((recipe, json)) = recipe.json_at(&page.url)
        && (recipe.preset.is_none() || !is_saved_page(page))
    {
        return json::read(page, recipe, json, context);
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
        Some(preset) if preset.themes => {
            let seen = detected(&document, page, preset.compiled(), context);
            match (html::read(&document, page, preset.compiled(), context), seen) {
                (Ok(read), Ok(seen)) => Ok(complete::complete(read, seen, &preset.compiled().links)),
                (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
                (Err(error), Err(_)) => Err(error),
            }
        }
        // A blogger may have made a skin that no layout knows: its structure still shows the posts.
        Some(preset) => html::read(&document, page, preset.compiled(), context)
            .or_else(|error| detected(&document, page, preset.compiled(), context).map_err(|_| error)),
        None => detected(&document, page, recipe, context),
    }
}

/// Whether a page of a platform that is read by its endpoint came from a disk: nobody says what type it is.
fn is_saved_page(page: &Page) -> bool {
    page.media_type.is_none() && page.text.trim_start().starts_with('<')
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
