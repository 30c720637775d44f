//! A post's own page → what the list does not show: date, categories, title, author, picture.
//!
//! Dates: what the page says to machines (`article:published_time`, JSON-LD, microdata) before what stands around the
//! heading that bears the post's title. Categories: what stands there before sections and the trail of crumbs, for the
//! blog's own labels are what people see. A page without that title is another page (a login, a captcha) and
//! says nothing. Tags are no categories.

mod data;
mod heading;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::category::{no_category, path_of};
use super::contract::{Context, ExtractError};
use super::date::{is_plausible, order_of, read_in_order, zone_of};
use super::document::Document;
use super::link::resolve;
use super::recipe::CompiledRecipe;
use super::text::{TITLE_LENGTH, clean_to};
use crate::model::category::{CategoryPath, TreeNode};
use crate::model::date::Published;
use crate::model::page::Page;

/// What a post's own page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permalink {
    /// Its title.
    pub title: Option<String>,
    /// When it was published.
    pub published: Option<Published>,
    /// Its categories.
    pub categories: Vec<CategoryPath>,
    /// Whether the page says that it has none.
    pub uncategorised: bool,
    /// Who wrote it.
    pub author: Option<String>,
    /// Its picture.
    pub image: Option<Url>,
}

/// What is known of a post before its own page is read.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Its title; empty: unknown, and the heading that the page's own title names is taken for it.
    pub title: &'a str,
    /// The blog's categories.
    pub categories: &'a [CategoryPath],
    /// How its list was read (`Candidates::how`).
    pub how: &'a str,
}

/// Reads a post's own page; `None`: it is another page.
pub fn permalink(
    page: &Page,
    recipe: &CompiledRecipe,
    expected: &Expected<'_>,
    context: &Context<'_>,
) -> Result<Option<Permalink>, ExtractError> {
    let document = Document::parse(page, &context.budget)?;
    let recipe = recipe.for_page(expected.how);
    let html = document.html();
    let told = data::told(html, expected.title);
    document.deadline().check()?;
    let titles = titles(&told, expected.title);
    let Some(levels) = titles.into_iter().find_map(|title| heading::shown(html, title)) else { return Ok(None) };
    document.deadline().check()?;
    let base = document.base(context.link_base.unwrap_or(&page.url))?;
    let reading = Reading { recipe, base: &base, tree: tree(expected.categories), categories: expected.categories };
    let zone =
        zone_of([context.time_zone, recipe.time_zone.as_deref()], context.language.or_else(|| document.language()));
    let (categories, uncategorised) = reading.categories(&told, &levels);
    let title = levels.first().and_then(|level| level.title.clone()).filter(|_| expected.title.is_empty());
    Ok(Some(Permalink {
        title: title.map(|title| clean_to(&title, TITLE_LENGTH)).filter(|title| !title.is_empty()),
        published: published(&told.dates, &levels, &zone, context.now),
        categories,
        uncategorised,
        author: told.author.as_deref().map(|author| clean_to(author, TITLE_LENGTH)).filter(|name| !name.is_empty()),
        image: told.image.as_deref().and_then(|image| resolve(&base, image)),
    }))
}

/// Whether a page is that of the post with this title.
pub(super) fn is_of(document: &Document, title: &str) -> bool {
    let told = data::told(document.html(), title);
    titles(&told, title).into_iter().any(|title| heading::shown(document.html(), title).is_some())
}

/// The titles that a heading of the page may bear.
fn titles<'a>(told: &'a data::Told, title: &'a str) -> Vec<&'a str> {
    if title.is_empty() { told.titles() } else { vec![title] }
}

/// What the page says to machines, else the first date beside the heading, in the narrowest neighbourhood that has one.
fn published(told: &[String], levels: &[heading::Shown], zone: &TimeZone, now: Timestamp) -> Option<Published> {
    let read = |text: &String| {
        let order = order_of([text.as_str()], None);
        read_in_order(text, zone, now, order).filter(|published| is_plausible(published, now))
    };
    told.iter().find_map(read).or_else(|| levels.iter().flat_map(|level| &level.dates).find_map(read))
}

/// The known categories as the tree that labels are matched with.
fn tree(categories: &[CategoryPath]) -> Vec<TreeNode> {
    categories.iter().map(|path| TreeNode { path: path.clone(), url: None, count: None }).collect()
}

/// What labels are judged by.
struct Reading<'a> {
    recipe: &'a CompiledRecipe,
    base: &'a Url,
    tree: Vec<TreeNode>,
    categories: &'a [CategoryPath],
}

impl Reading<'_> {
    /// The categories that the page names, and whether it says that there is none.
    fn categories(&self, told: &data::Told, levels: &[heading::Shown]) -> (Vec<CategoryPath>, bool) {
        for level in levels {
            let links = level.links.iter().filter(|link| self.is_category_link(&link.href));
            let links: Vec<&str> = links.map(|link| link.text.as_str()).collect();
            let labels: Vec<&str> = level.labels.iter().map(String::as_str).collect();
            let known = level.texts.iter().map(String::as_str).filter(|text| self.is_known(text));
            for named in [links, labels, known.collect()] {
                let paths = self.paths(named);
                if !paths.is_empty() {
                    return (paths, false);
                }
            }
            if level.texts.iter().any(|label| no_category(label, self.recipe).is_some()) {
                return (Vec::new(), true);
            }
        }
        let sections = self.paths(told.sections.iter().map(String::as_str).collect());
        if !sections.is_empty() {
            return (sections, false);
        }
        let trail = told.trail.iter().map(String::as_str).filter(|text| self.is_known(text));
        (self.paths(trail.collect()), false)
    }

    /// The paths that labels mean; none where there are as many as only a menu has.
    fn paths(&self, labels: Vec<&str>) -> Vec<CategoryPath> {
        let mut paths: Vec<CategoryPath> = Vec::new();
        let labels = labels.into_iter().filter(|label| label.chars().any(char::is_alphabetic));
        for path in labels.filter_map(|label| path_of(label, self.recipe, &self.tree)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        if paths.len() > MOST_LABELS { Vec::new() } else { innermost(&paths) }
    }

    /// Whether an address is that of a category's list: below the platform's folder of them, else by its looks.
    fn is_category_link(&self, href: &str) -> bool {
        let Some(url) = resolve(self.base, href) else { return false };
        match &self.recipe.site.tree_path {
            Some(prefix) => url.path().starts_with(prefix.as_str()),
            None => super::detect::is_category_address(&url),
        }
    }

    fn is_known(&self, text: &str) -> bool {
        self.categories.iter().any(|path| path.to_string() == text.trim())
    }
}

/// A post has no more categories; more stand in a menu.
const MOST_LABELS: usize = 5;

/// Without those that another one lies below.
fn innermost(paths: &[CategoryPath]) -> Vec<CategoryPath> {
    let holds = |outer: &CategoryPath| {
        paths.iter().any(|path| path != outer && path.with_parents().any(|above| above == *outer))
    };
    paths.iter().filter(|path| !holds(path)).cloned().collect()
}

#[cfg(test)]
mod tests;
