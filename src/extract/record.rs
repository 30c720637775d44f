//! One element of the page → one post, but for its date, which the whole list helps to read.

use scraper::ElementRef;
use std::sync::LazyLock;
use url::Url;

use super::category::{no_category, path_of, tags};
use super::css::Css;
use super::detect;
use super::link::resolve;
use super::recipe::{CompiledLayout, CompiledRecipe};
use super::selector::{FieldSelector, Take, text_of};
use super::text::{EXCERPT_LENGTH, TITLE_LENGTH, clean_to};
use crate::model::category::{CategoryPath, TreeNode};
use crate::model::enclosure::Enclosure;
use crate::model::post::Candidate;

static LINKS: LazyLock<Css> = LazyLock::new(|| Css::constant("a[href]"));
static TIMES: LazyLock<Css> = LazyLock::new(|| Css::constant("time[datetime]"));

/// Where pictures that load late keep their address.
const SOURCES: &[&str] = &["src", "data-src", "data-lazy-src", "data-original"];

/// A post has no more categories; more labels are no post's.
const MOST_LABELS: usize = 32;

/// Files of one post that are taken.
const MOST_ENCLOSURES: usize = 8;

/// Elements of one post that may hold its date.
const MOST_DATES: usize = 8;

/// Links of one post among which its own is looked for.
const MOST_LINKS: usize = 500;

/// What all posts of a page share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// The recipe.
    pub(super) recipe: &'a CompiledRecipe,
    /// What links are resolved against.
    pub(super) base: &'a Url,
    /// The page itself, which is no post.
    pub(super) page: &'a Url,
    /// The blog's category tree.
    pub(super) tree: &'a [TreeNode],
}

/// A post whose date is still text.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// The post without its date.
    pub(super) post: Candidate,
    /// Texts that may be the date, the likeliest first.
    pub(super) dates: Vec<String>,
}

/// The post that `element` shows; `None` without a link.
pub(super) fn read(element: ElementRef<'_>, layout: &CompiledLayout, around: &Surroundings<'_>) -> Option<Record> {
    let url = url_of(element, layout, around)?;
    let one = |field: &Option<FieldSelector>, length: usize| {
        let value = clean_to(&field.as_ref()?.values(element).next()?, length);
        (!value.is_empty()).then_some(value)
    };
    let title = match layout.title {
        Some(_) => one(&layout.title, TITLE_LENGTH).unwrap_or_default(),
        None => text_of_link(element, &url, around),
    };
    let (categories, no_category) = categories_of(element, layout, around);
    let post = Candidate {
        title,
        excerpt: one(&layout.excerpt, EXCERPT_LENGTH),
        published: None,
        categories,
        tags: tags(layout.tag.iter().flat_map(|tag| tag.values(element).take(MOST_LABELS))),
        author: one(&layout.author, TITLE_LENGTH)
            .map(|author| if layout.is_learnt() { detect::plain_author(&author) } else { author }),
        image: layout.image.as_ref().and_then(|image| image_of(element, image, around.base)),
        enclosures: layout
            .enclosure
            .as_ref()
            .map(|files| enclosures_of(element, files, around.base))
            .unwrap_or_default(),
        pinned: false,
        no_category,
        url,
    };
    let dates = layout.date.as_ref().map(|date| dates_of(element, date)).unwrap_or_default();
    Some(Record { post, dates })
}

fn url_of(element: ElementRef<'_>, layout: &CompiledLayout, around: &Surroundings<'_>) -> Option<Url> {
    let wanted = |href: &str| resolve(around.base, href).filter(|url| url != around.page);
    let Some(link) = &layout.link else {
        return element
            .attr("href")
            .filter(|_| element.value().name() == "a")
            .and_then(wanted)
            .or_else(|| LINKS.select(element).take(MOST_LINKS).filter_map(|link| link.attr("href")).find_map(wanted));
    };
    link.elements(element).into_iter().find_map(|found| href_of(found, link).and_then(wanted))
}

/// The address that a link's selector means: an attribute where it names one, else the `href` of the element or
/// of the first link within it.
pub(super) fn href_of<'a>(element: ElementRef<'a>, selector: &FieldSelector) -> Option<&'a str> {
    if let Take::Attribute(name) = selector.take() {
        return element.attr(name);
    }
    element.attr("href").or_else(|| LINKS.select(element).next()?.attr("href"))
}

/// The text of the first link to `url` that has one: a card's first link is often its picture.
fn text_of_link(element: ElementRef<'_>, url: &Url, around: &Surroundings<'_>) -> String {
    std::iter::once(element)
        .filter(|itself| itself.value().name() == "a")
        .chain(LINKS.select(element).take(MOST_LINKS))
        .filter(|link| link.attr("href").and_then(|href| resolve(around.base, href)).as_ref() == Some(url))
        .map(|link| clean_to(&text_of(link), TITLE_LENGTH))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// The categories that it names, or its words for having none.
fn categories_of(
    element: ElementRef<'_>,
    layout: &CompiledLayout,
    around: &Surroundings<'_>,
) -> (Vec<CategoryPath>, Option<String>) {
    let Some(category) = &layout.category else { return (Vec::new(), None) };
    let mut paths = Vec::new();
    let mut says_none = None;
    for label in category.values(element).take(MOST_LABELS) {
        let label = if layout.is_learnt() { detect::plain_label(&label) } else { label };
        match path_of(&label, around.recipe, around.tree) {
            Some(path) if !paths.contains(&path) => paths.push(path),
            Some(_) => {}
            None => says_none = says_none.or_else(|| no_category(&label, around.recipe)),
        }
    }
    let says_none = says_none.filter(|_| paths.is_empty());
    (paths, says_none)
}

fn image_of(element: ElementRef<'_>, image: &FieldSelector, base: &Url) -> Option<Url> {
    image.elements(element).into_iter().find_map(|found| match image.take() {
        Take::Attribute(name) => resolve(base, found.attr(name)?),
        Take::Text | Take::OwnText => SOURCES.iter().find_map(|name| resolve(base, found.attr(name)?)),
    })
}

/// The files that a selector means: by the attribute that it names, else by `src` or `href`; their `type`, where they
/// have one.
fn enclosures_of(element: ElementRef<'_>, files: &FieldSelector, base: &Url) -> Vec<Enclosure> {
    let mut enclosures: Vec<Enclosure> = Vec::new();
    for found in files.elements(element).into_iter().take(MOST_ENCLOSURES) {
        let address = match files.take() {
            Take::Attribute(name) => found.attr(name),
            Take::Text | Take::OwnText => found.attr("src").or_else(|| found.attr("href")),
        };
        let Some(url) = address.and_then(|address| resolve(base, address)) else { continue };
        let enclosure = Enclosure::new(&url, found.attr("type"), None);
        if !enclosures.contains(&enclosure) {
            enclosures.push(enclosure);
        }
    }
    enclosures
}

/// The texts that the date's selector means; the machine's form of a `<time>` before what people see.
fn dates_of(element: ElementRef<'_>, date: &FieldSelector) -> Vec<String> {
    let mut dates = Vec::new();
    for found in date.elements(element).into_iter().take(MOST_DATES) {
        if *date.take() == Take::Text {
            let times = found.attr("datetime").filter(|_| found.value().name() == "time").into_iter();
            dates.extend(
                times
                    .chain(TIMES.select(found).take(MOST_DATES).filter_map(|time| time.attr("datetime")))
                    .map(str::to_owned),
            );
        }
        dates.extend(date.value(found).filter(|value| !value.trim().is_empty()));
    }
    dates
}
