//! A post's own page → its full text, sanitised.
//!
//! What the recipe's `content` names is the text, be it empty (a post behind a password); where it names nothing that is
//! there, what reads like an article (Readability, by way of `dom_smoothie`), and that only on a page which shows the
//! post's title: a login, a captcha or an error would read like one too. The page is parsed within the room's budget first, so that what comes
//! after meets neither a hostile depth nor a hostile number of elements.
//!
//! Known gaps: a text that is longer than [`MOST_BYTES`] is left out in whole, and one that is spread over several
//! pages is taken from the first.

use dom_smoothie::{Config, Readability};
use scraper::ElementRef;
use url::Url;

use super::contract::{Context, ExtractError};
use super::css::Css;
use super::document::Document;
use super::permalink::{Expected, is_of};
use super::recipe::CompiledRecipe;
use super::sanitise::{sanitise, shows};
use super::selector::text_of;
use crate::model::page::Page;

/// Bytes of a text at most: a document of feeds has room for one MiB.
const MOST_BYTES: usize = 256 * 1024;

/// Elements of a page in which an article is looked for.
const MOST_ELEMENTS: usize = 30_000;

/// Elements among which the longest is the text.
const MOST_MATCHES: usize = 32;

/// The text of a post's own page as HTML; `None`: it is another page, or shows nothing that a feed could hold.
pub fn full_text(
    page: &Page,
    recipe: &CompiledRecipe,
    expected: &Expected<'_>,
    context: &Context<'_>,
) -> Result<Option<String>, ExtractError> {
    let document = Document::parse(page, &context.budget)?;
    let base = document.base(context.link_base.unwrap_or(&page.url))?;
    let content = recipe.content.as_ref().or(recipe.for_page(expected.how).content.as_ref());
    if let Some(content) = content
        && let Some(element) = named(&document, content)?
    {
        return Ok(fit(&element.inner_html(), &base));
    }
    if !is_of(&document, expected.title) {
        return Ok(None);
    }
    drop(document);
    Ok(article(page).and_then(|article| fit(&article, &base)))
}

/// What the selector names: the longest, since short notes of other posts may bear the same class.
fn named<'a>(document: &'a Document, content: &Css) -> Result<Option<ElementRef<'a>>, ExtractError> {
    let found = document.matches(&[content], MOST_MATCHES)?.pop().unwrap_or_default();
    let longest = found.into_iter().rev().max_by_key(|element| text_of(*element).len());
    document.deadline().check()?;
    Ok(longest)
}

/// What reads like an article.
fn article(page: &Page) -> Option<String> {
    let config = Config { disable_json_ld: true, max_elements_to_parse: MOST_ELEMENTS, ..Config::default() };
    let article = Readability::new(page.text.as_str(), None, Some(config)).ok()?.parse().ok()?;
    Some(article.content.to_string())
}

fn fit(html: &str, base: &Url) -> Option<String> {
    if html.len() > 4 * MOST_BYTES {
        return None;
    }
    let text = sanitise(html, base);
    (text.len() <= MOST_BYTES && shows(&text)).then_some(text)
}

#[cfg(test)]
mod tests;
