//! A page → candidates.
//!
//! Pure: no clock, no I/O, no logging. A recipe says where things stand; where it names no layout, the page's own
//! marks name a preset. Parsing is bounded in bytes, depth, attributes and time, since the page is a stranger's.

mod budget;
mod context;
pub mod date;
mod document;
mod error;
mod field;
mod html;
mod pager;
pub mod preset;
mod recipe;
mod site;
pub mod text;

pub use budget::Budget;
pub use context::Context;
pub use error::{ExtractError, RecipeError};
pub use recipe::CompiledRecipe;

use crate::model::page::Page;
use crate::model::post::Candidates;

/// Reads a page.
pub fn extract(page: &Page, recipe: &CompiledRecipe, context: &Context<'_>) -> Result<Candidates, ExtractError> {
    if page.text.trim().is_empty() {
        return Err(ExtractError::Empty { url: page.url.to_string() });
    }
    let document = document::parse(&page.text, context.budget)
        .map_err(|limit| ExtractError::Budget { url: page.url.to_string(), limit })?;
    let rules = match recipe.rules() {
        Some(rules) => rules,
        None => preset::matching(&document, &page.url)
            .ok_or_else(|| ExtractError::Unknown { url: page.url.to_string() })?
            .compiled(),
    };
    html::read(page, &document, rules, context)
}
