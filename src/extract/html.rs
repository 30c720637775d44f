//! A recipe over a page: the layout that reads most wins.

use std::cmp::Reverse;

use scraper::ElementRef;
use url::Url;

use super::contract::{Context, ExtractError, Tried};
use super::date::{is_plausible, order_of, read_in_order, read_with_format, zone_of};
use super::detect;
use super::document::Document;
use super::recipe::{CompiledLayout, CompiledRecipe};
use super::record::{Record, Surroundings};
use super::{merge, pager, record, site};
use crate::model::date::Published;
use crate::model::page::Page;
use crate::model::post::{Candidate, Candidates, SiteFacts};

/// What is known of a page before a recipe reads it.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What it tells of the blog, by the same rules.
    pub(super) site: Option<SiteFacts>,
    /// The next page, which need not be looked for.
    pub(super) next: Option<Url>,
}

/// What `recipe` reads on the page.
pub(super) fn read(
    document: &Document,
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    read_known(document, page, recipe, context, Known::default())
}

/// As [`read`], where something of the page is known.
pub(super) fn read_known(
    document: &Document,
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
    known: Known,
) -> Result<Candidates, ExtractError> {
    let base = document.base(context.link_base.unwrap_or(&page.url))?;
    let selectors: Vec<_> = recipe.layouts.iter().map(|layout| &layout.post).collect();
    let matched = document.matches(&selectors, context.budget.posts)?;
    let facts = match known.site {
        Some(site) => site,
        None => site::facts(document, page, recipe, &base, context)?,
    };
    let around = Surroundings { recipe, base: &base, page: &page.url, tree: &facts.tree };
    let language = context.language.or(facts.language.as_deref());

    let mut tried = Vec::new();
    let mut best: Option<(&CompiledLayout, Vec<Candidate>)> = None;
    for (layout, elements) in recipe.layouts.iter().zip(&matched) {
        tried.push(Tried { layout: layout.name.clone(), selector: layout.post_text.clone(), matched: elements.len() });
        let records = records(document, elements, layout, &around)?;
        let posts = dated(records, layout, recipe, language, context);
        document.deadline().check()?;
        // A later layout must read more: the first of equals stays.
        if !posts.is_empty() && best.as_ref().is_none_or(|(_, best)| score(&posts) > score(best)) {
            best = Some((layout, posts));
        }
    }
    let Some((layout, posts)) = best else { return Err(ExtractError::NoPosts { url: page.url.clone(), tried }) };
    let next = match known.next {
        Some(next) => Some(next),
        None => pager::next(document, recipe, layout, &page.url, &base)?,
    };
    Ok(Candidates { posts: merge::merge(posts, &recipe.links), next, site: facts, how: recipe.how(layout), ttl: None })
}

fn records(
    document: &Document,
    elements: &[ElementRef<'_>],
    layout: &CompiledLayout,
    around: &Surroundings<'_>,
) -> Result<Vec<Record>, ExtractError> {
    let mut records = Vec::new();
    for &element in elements {
        document.deadline().check()?;
        records.extend(record::read(element, layout, around));
    }
    Ok(records)
}

/// The posts with their dates, read in the order of day and month that the whole list tells.
fn dated(
    records: Vec<Record>,
    layout: &CompiledLayout,
    recipe: &CompiledRecipe,
    language: Option<&str>,
    context: &Context<'_>,
) -> Vec<Candidate> {
    let zone = zone_of([context.time_zone, recipe.time_zone.as_deref()], language);
    let order = order_of(records.iter().flat_map(|record| &record.dates).map(String::as_str), language);
    let by_format = |text: &str| {
        let published = read_with_format(text, layout.date_format.as_deref()?, &zone)?;
        is_plausible(&published, context.now).then_some(published)
    };
    records
        .into_iter()
        .map(|record| {
            let read = |text: &String| by_format(text).or_else(|| read_in_order(text, &zone, context.now, order));
            // What was detected took the day of the address where the page tells none.
            let told = || layout.is_learnt().then(|| detect::day_of(&record.post.url)).flatten();
            let published = record.dates.iter().find_map(read);
            let published = published.or_else(|| Published::day(told()?, &zone));
            Candidate { published, ..record.post }
        })
        .collect()
}

/// Posts with a title first, then filled fields, then fewer posts without any.
fn score(posts: &[Candidate]) -> (usize, usize, Reverse<usize>) {
    let titled = posts.iter().filter(|post| !post.title.is_empty()).count();
    let filled = posts
        .iter()
        .map(|post| {
            [
                post.excerpt.is_some(),
                post.published.is_some(),
                !post.categories.is_empty(),
                post.author.is_some(),
                post.image.is_some(),
            ]
            .into_iter()
            .filter(|filled| *filled)
            .count()
        })
        .sum();
    (titled, filled, Reverse(posts.len()))
}

#[cfg(test)]
mod tests;
