//! A page that no recipe reads: what its structure shows, and the recipe that this teaches.
//!
//! A recipe is taught only where it reads the same posts from the same page as the detection did. Then the posts are
//! those that it read, so that the first look and every later one agree to the last field. Where no recipe reads
//! the same, none is taught, and whoever looks again detects again.

use jiff::tz::TimeZone;
use url::Url;

use super::category::{no_category, path_of};
use super::contract::{Context, ExtractError};
use super::date;
use super::detect::{self, Asked, Detection, Explanation};
use super::document::Document;
use super::html::{self, Known};
use super::preset::Preset;
use super::recipe::CompiledRecipe;
use super::site;
use crate::model::page::Page;
use crate::model::post::{Candidate, Candidates, SiteFacts};
use crate::model::source::{HtmlRecipe, Layout, Recipe};

/// The name of a layout that was learnt.
pub(super) const LEARNT: &str = "learnt";

/// An excerpt, an author or a picture counts as read when the recipe finds it in so many of the posts that have it.
const ENOUGH: f64 = 0.75;

/// A page as it was read, and how.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it yields.
    pub candidates: Candidates,
    /// What was detected, where neither a recipe nor a preset read it.
    pub detected: Option<Detected>,
}

/// What a detection teaches.
#[derive(Debug, Clone)]
pub struct Detected {
    /// How sure it is: 0 to 1.
    pub confidence: f64,
    /// What was found, from what evidence, what was left out.
    pub explanation: Explanation,
    /// The recipe that reads the same posts from the same page; `None` where none does.
    pub recipe: Option<HtmlRecipe>,
    /// Why none does.
    pub untaught: Option<&'static str>,
    /// The recipe that was learnt, be it right in every field or not: where a person may begin.
    pub draft: Option<Layout>,
}

/// What the page's own structure shows. `family`: the preset that knows the page, none of whose layouts reads it.
pub(super) fn read(
    document: &Document,
    page: &Page,
    own: &CompiledRecipe,
    family: Option<&Preset>,
    context: &Context<'_>,
) -> Result<Reading, ExtractError> {
    let rules = family.map_or(own, Preset::compiled);
    let site = site::facts(document, page, rules, &document.base(context.link_base.unwrap_or(&page.url))?, context)?;
    let (url, zone) = seen_from(page, rules, context, &site);
    let detection = detect::detect(document.html(), url, context.now, &zone);
    let detection = detection.filter(|detection| !detection.candidates.posts.is_empty());
    let detection = detection.ok_or_else(|| ExtractError::NoRecipe { url: page.url.clone() })?;
    let Detection { candidates, confidence, recipe, explanation } = detection;
    let mut found = by_rules(candidates, rules, site);
    let how = family.map_or_else(|| "detected".to_owned(), |family| format!("preset:{}/detected", family.name));
    found.how = how;
    let draft = recipe.as_ref().and_then(|recipe| recipe.layouts.first().cloned());
    // The recipe that is taught has the family's rules for the blog as a whole, or none.
    let same_site = family.is_some() || rules.site.is_plain();
    let taught = teach(document, page, recipe, family, (&found, same_site), context);
    let (recipe, untaught, candidates) = match taught {
        Ok((recipe, read)) => (Some(recipe), None, Candidates { how: found.how, ..read }),
        Err(why) => (None, Some(why), found),
    };
    Ok(Reading { candidates, detected: Some(Detected { confidence, explanation, recipe, untaught, draft }) })
}

/// The posts that the structure shows, with what the family's rules make of links' labels. `site`: what they tell of
/// the blog; `fields`: what is asked of posts with these addresses.
pub(super) fn see(
    document: &Document,
    page: &Page,
    rules: &CompiledRecipe,
    context: &Context<'_>,
    site: SiteFacts,
    fields: &dyn Fn(&[&Url]) -> Asked,
) -> Result<Candidates, ExtractError> {
    let (url, zone) = seen_from(page, rules, context, &site);
    let seen = detect::seen(document.html(), url, context.now, &zone, fields).filter(|seen| !seen.posts.is_empty());
    let seen = seen.ok_or_else(|| ExtractError::NoRecipe { url: page.url.clone() })?;
    Ok(by_rules(seen, rules, site))
}

/// Where relative links stand, and where dates without a zone.
fn seen_from<'p>(
    page: &'p Page,
    rules: &CompiledRecipe,
    context: &Context<'p>,
    site: &SiteFacts,
) -> (&'p Url, TimeZone) {
    let language = context.language.or(site.language.as_deref());
    let zone = date::zone_of([context.time_zone, rules.time_zone.as_deref()], language);
    (context.link_base.unwrap_or(&page.url), zone)
}

/// What was found by the structure, with what a family's rules make of links' labels and tell of the blog.
fn by_rules(found: Candidates, rules: &CompiledRecipe, site: SiteFacts) -> Candidates {
    let mut found = Candidates { site, ..found };
    for post in &mut found.posts {
        let labels = std::mem::take(&mut post.categories);
        post.categories = labels.iter().filter_map(|path| path_of(path.label(), rules, &found.site.tree)).collect();
        let says_none = labels.iter().find_map(|path| no_category(path.label(), rules));
        post.no_category = says_none.filter(|_| post.categories.is_empty());
    }
    found
}

/// What a learnt recipe reads. The next page is found as the detection finds it: links that count pages have no name.
pub(super) fn again(
    document: &Document,
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    let read = html::read(document, page, recipe, context)?;
    let is_learnt = is_learnt(&read.how);
    let next = is_learnt.then(|| detect::next_page(document.html(), context.link_base.unwrap_or(&page.url))).flatten();
    Ok(Candidates { next: next.or(read.next), ..read })
}

fn is_learnt(how: &str) -> bool {
    how.rsplit('/').next() == Some(LEARNT)
}

/// The recipe that reads what was found and what it reads, or why there is none. `same_site`: the recipe's rules for
/// the blog as a whole are those by which it was found.
fn teach(
    document: &Document,
    page: &Page,
    recipe: Option<HtmlRecipe>,
    family: Option<&Preset>,
    (found, same_site): (&Candidates, bool),
    context: &Context<'_>,
) -> Result<(HtmlRecipe, Candidates), &'static str> {
    let recipe = within_family(recipe.ok_or("no selectors tell the posts and their fields from the rest")?, family);
    let broken = "its selectors do not read the page";
    let compiled = CompiledRecipe::compile(&Recipe::Html(recipe.clone())).map_err(|_| broken)?;
    // Its only layout is learnt, so the next page is that which the detection found.
    let known = Known { site: same_site.then(|| found.site.clone()), next: found.next.clone() };
    let read = html::read_known(document, page, &compiled, context, known).map_err(|_| broken)?;
    match difference(found, &read) {
        None => Ok((recipe, read)),
        Some(what) => Err(what),
    }
}

/// A learnt recipe with what a family of sites knows of links, categories and the blog as a whole.
fn within_family(recipe: HtmlRecipe, family: Option<&Preset>) -> HtmlRecipe {
    let layouts = recipe.layouts.into_iter().map(|layout| Layout { name: LEARNT.to_owned(), ..layout }).collect();
    let family = family.and_then(|family| match &family.recipe {
        Recipe::Html(rules) => Some((family.name.clone(), rules)),
        Recipe::Json(_) => None,
    });
    match family {
        None => HtmlRecipe { layouts, ..recipe },
        Some((name, rules)) => HtmlRecipe {
            preset: Some(name),
            layouts,
            page_query: recipe.page_query.or_else(|| rules.page_query.clone()),
            ..rules.clone()
        },
    }
}

/// Where a recipe does not read what was detected: the same posts in the same order with the same titles, days and
/// categories, the same next page, and nearly all else that was there.
fn difference(detected: &Candidates, read: &Candidates) -> Option<&'static str> {
    let day = |post: &Candidate| post.published.map(|published| published.date());
    let paths = |post: &Candidate| {
        let mut paths: Vec<String> = post.categories.iter().map(|path| path.to_string().to_lowercase()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    };
    // Where on the post's page a link leads is no other post.
    let bare = |post: &Candidate| {
        let mut url = post.url.clone();
        url.set_fragment(None);
        url
    };
    let all = |same: &dyn Fn(&Candidate, &Candidate) -> bool| {
        detected.posts.iter().zip(&read.posts).all(|(one, other)| same(one, other))
    };
    let most = |has: &dyn Fn(&Candidate) -> bool| {
        let count = |posts: &[Candidate]| number(posts.iter().filter(|post| has(post)).count());
        count(&read.posts) >= ENOUGH * count(&detected.posts)
    };
    let checks: [(bool, &'static str); 9] = [
        (detected.posts.len() == read.posts.len(), "its selectors find more or fewer posts"),
        (all(&|one, other| bare(one) == bare(other)), "its selectors find other posts"),
        (all(&|one, other| one.title == other.title), "its selectors take other titles"),
        (all(&|one, other| day(one) == day(other)), "its selectors take other dates"),
        (all(&|one, other| paths(one) == paths(other)), "its selectors take other categories"),
        (detected.next == read.next, "it leads to another next page"),
        (most(&|post| post.excerpt.is_some()), "its selectors lose excerpts"),
        (most(&|post| post.author.is_some()), "its selectors lose authors"),
        (most(&|post| post.image.is_some()), "its selectors lose pictures"),
    ];
    checks.into_iter().find(|(same, _)| !same).map(|(_, what)| what)
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
