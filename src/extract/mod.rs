//! A page and a recipe → the posts on it.
//!
//! Pure: no network, no files, no logging; `now` is the caller's. It looks at a clock only to stop in time
//! ([`Budget`]). [`extract`] runs a recipe, or the preset that knows the page; [`detect`] reads a page without
//! either; [`preset`] holds the presets, [`date`] reads dates, [`text`] makes foreign text fit for a feed.
//!
//! Known gap: it does not run scripts, so a page that its browser builds shows nothing.

pub mod about;
mod budget;
mod category;
mod complete;
mod contract;
mod css;
pub mod date;
pub mod detect;
mod document;
mod feed;
mod full_text;
pub mod health;
mod html;
mod json;
mod learnt;
mod letters;
mod link;
mod mark;
mod markup;
mod merge;
mod names;
mod pager;
mod permalink;
mod plain;
mod prescan;
pub mod preset;
mod quick;
mod recipe;
mod record;
mod sanitise;
mod selector;
mod site;
mod skim;
mod tags;
pub mod text;

pub use budget::Budget;
pub use contract::{Context, ExtractError, Tried};
pub use detect::post_shape;
pub use full_text::full_text;
pub use json::Request;
pub use learnt::{Detected, Reading};
pub use pager::leads_to;
pub use permalink::{Expected, Permalink, permalink};
pub use recipe::{CompiledRecipe, RecipeError};

use document::Document;

use crate::model::page::Page;
use crate::model::post::Candidates;

/// Reads the posts of a page, or of a feed or sitemap, which is known by its content.
///
/// A recipe with several layouts is read with each; the one that reads most wins. A recipe without layouts means
/// the preset that it names, else the preset that knows the page by its markup, else what the page's structure shows.
pub fn extract(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Result<Candidates, ExtractError> {
    read(page, recipe, context).map(|reading| reading.candidates)
}

/// As [`extract`], with what the page teaches where only its structure shows the posts.
pub fn read(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Result<Reading, ExtractError> {
    if let Some(read) = feed::read(page, recipe, context) {
        return read.map(|candidates| Reading { candidates, detected: None });
    }
    if let Some((recipe, json)) = recipe.json_at(&page.url)
        && (recipe.preset.is_none() || !is_saved_page(page))
    {
        return json::read(page, recipe, json, context).map(|candidates| Reading { candidates, detected: None });
    }
    let told = |candidates| Reading { candidates, detected: None };
    if let Some(read) = read_part(page, recipe, context) {
        return Ok(told(read));
    }
    let document = Document::parse(page, &context.budget)?;
    if !recipe.layouts.is_empty() {
        return learnt::again(&document, page, recipe, context).map(told);
    }
    let preset = match recipe.preset.as_deref().and_then(preset::named) {
        Some(preset) => Some(preset),
        None => preset::matching_document(page, &document)?,
    };
    match preset {
        Some(preset) if preset.themes => {
            let rules = preset.compiled();
            match html::read(&document, page, rules, context) {
                // Last time the structure had nothing to add.
                Ok(read) if context.as_before == Some(read.how.as_str()) && complete::is_whole(&read) => Ok(told(read)),
                Ok(read) => {
                    let fields = complete::lacking(&read, &rules.links);
                    let seen = learnt::see(&document, page, rules, context, read.site.clone(), &fields);
                    drop(fields);
                    Ok(told(match seen {
                        Ok(seen) => complete::complete(read, seen, &rules.links),
                        Err(_) => read,
                    }))
                }
                Err(error) => learnt::read(&document, page, recipe, Some(preset), context).map_err(|_| error),
            }
        }
        // A blogger may have made a skin that no layout knows: its structure still shows the posts.
        Some(preset) => html::read(&document, page, preset.compiled(), context)
            .map(told)
            .or_else(|error| learnt::read(&document, page, recipe, Some(preset), context).map_err(|_| error)),
        None => learnt::read(&document, page, recipe, None, context),
    }
}

/// What a recipe reads from no more than the part of the page that it asks for, where that is what the whole gives.
fn read_part(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Option<Candidates> {
    let document = Document::parse_part(page, recipe.wanted.as_ref()?, context)?;
    // What cannot be read, the whole says why.
    let read = learnt::again(&document, page, recipe, context).ok()?;
    document.sufficed().then_some(read)
}

/// Whether a page of a platform that is read by its endpoint came from a disk: nobody says what type it is.
fn is_saved_page(page: &Page) -> bool {
    page.media_type.is_none() && page.text.trim_start().starts_with('<')
}
