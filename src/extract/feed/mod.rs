//! A feed as a page: RSS (0.9x, 1.0, 2.0), Atom, JSON Feed and sitemaps → the same candidates as a list of posts.
//!
//! Known by its content, whatever its address, its extension or its media type says. Lenient as readers are: what can
//! be read of a broken document is read. Nothing is fetched and no entity of the document's own is expanded.

mod channel;
mod entry;
mod json;
mod plain;
mod sitemap;
mod tree;
mod xml;

use super::budget::Deadline;
use super::contract::{Context, ExtractError};
use super::recipe::CompiledRecipe;
use crate::model::page::Page;
use crate::model::post::Candidates;

/// What [`read`] made of a page that may be a feed.
pub(super) fn read(
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
) -> Option<Result<Candidates, ExtractError>> {
    let text = page.text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{FEFF}');
    if text.starts_with('{') {
        let channel = json::read(text)?;
        return Some(entry::candidates(&channel, page, recipe, context));
    }
    if !tree::looks_like(text) {
        return None;
    }
    let deadline = Deadline::after(context.budget.time);
    let root = match tree::parse(text, &context.budget, &deadline) {
        Ok(root) => root,
        Err(error) => return Some(Err(error)),
    };
    let channel = match root.name.as_str() {
        "urlset" | "sitemapindex" => match sitemap::read(&root, &page.url) {
            Ok(channel) => channel,
            Err(error) => return Some(Err(error)),
        },
        _ => xml::read(&root),
    };
    Some(entry::candidates(&channel, page, recipe, context))
}

#[cfg(test)]
mod tests;
