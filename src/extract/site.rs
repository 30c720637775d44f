//! What a page tells of the blog as a whole: title, language, home, number of posts, category tree.

use std::sync::LazyLock;

use scraper::Selector;
use url::Url;

use super::category::{number_in, tree_of};
use super::contract::{Context, ExtractError};
use super::document::Document;
use super::link::{resolve, same_host};
use super::recipe::CompiledRecipe;
use super::selector::{FieldSelector, text_of};
use super::text::{TITLE_LENGTH, clean_to};
use crate::model::category::TreeNode;
use crate::model::page::Page;
use crate::model::post::SiteFacts;

/// Names that a feed's link bears when it does not bear the blog's.
const GENERIC: &[&str] = &["rss", "atom", "feed", "rss 2.0", "rss feed", "atom feed", "rss2.0", "sitewide atom feed"];

/// What a link home says where it does not bear the blog's name.
const HOME: &[&str] = &[
    "home",
    "홈",
    "홈으로",
    "ホーム",
    "トップ",
    "首页",
    "首頁",
    "主页",
    "главная",
    "inicio",
    "início",
    "accueil",
    "startseite",
    "top",
    "blog",
    "logo",
    "back",
    "menu",
];

static FEEDS: LazyLock<Selector> = LazyLock::new(|| {
    constant(
        "link[rel~='alternate' i][href][type*='rss' i], link[rel~='alternate' i][href][type*='atom' i], \
         link[rel~='alternate' i][href][type='application/feed+json' i]",
    )
});
static SITE_NAME: LazyLock<Selector> = LazyLock::new(|| constant("meta[property='og:site_name'][content]"));
static TITLED_FEED: LazyLock<Selector> = LazyLock::new(|| {
    constant("link[rel~='alternate' i][type*='rss' i][title], link[rel~='alternate' i][type*='atom' i][title]")
});
static APPLICATION: LazyLock<[Selector; 2]> = LazyLock::new(|| {
    ["meta[name='application-name' i][content]", "meta[name='apple-mobile-web-app-title' i][content]"].map(constant)
});
static HOME_LINKS: LazyLock<Selector> = LazyLock::new(|| {
    constant(
        "header a[href], h1 a[href], a[rel~='home' i][href], [class*='site-title' i] a[href], \
         a[class*='site-title' i][href], [class*='blog-title' i] a[href], a[class*='brand' i][href]",
    )
});
static PAGE_TITLE: LazyLock<Selector> = LazyLock::new(|| constant("head > title"));

/// Links to feeds of one page that are looked at.
const MOST_FEEDS: usize = 20;

/// The facts of the page.
pub(super) fn facts(
    document: &Document,
    page: &Page,
    recipe: &CompiledRecipe,
    base: &Url,
    context: &Context<'_>,
) -> Result<SiteFacts, ExtractError> {
    let (tree, total) = tree_of(document, recipe, base)?;
    let declared = match &recipe.site.total {
        Some(selector) => taken(document, selector)?.and_then(|text| number_in(&text)),
        None => None,
    };
    let name = name(document, recipe, base)?;
    let named = name.is_some();
    Ok(SiteFacts {
        title: match name {
            Some(name) => Some(name),
            None => page_title(document)?,
        },
        named,
        language: document.language().map(str::to_owned),
        home: home(context.link_base.unwrap_or(&page.url)),
        declared: own_count(&tree, page).or(declared).or(total),
        tree,
        feed: feed_of(document, page, recipe, base)?,
    })
}

/// What the tree counts for the page itself, where that is the list of one category.
fn own_count(tree: &[TreeNode], page: &Page) -> Option<u32> {
    let own = tree.iter().find(|node| node.url.as_ref().is_some_and(|url| url.path() == page.url.path()))?;
    own.count.filter(|_| page.url.path() != "/")
}

/// The blog's own feed: what the page links to, else what its platform keeps. Feeds of comments are none.
fn feed_of(document: &Document, page: &Page, recipe: &CompiledRecipe, base: &Url) -> Result<Option<Url>, ExtractError> {
    let found = document.matches(&[&FEEDS], MOST_FEEDS)?.remove(0);
    let is_of_comments = |text: &str| text.to_lowercase().contains("comment");
    let mut urls = found
        .into_iter()
        .filter(|link| !is_of_comments(link.attr("title").unwrap_or_default()))
        .filter_map(|link| resolve(base, link.attr("href")?))
        .filter(|url| !is_of_comments(url.path()) && url != &page.url);
    let platform = || resolve(base, recipe.site.feed.as_deref()?);
    Ok(urls.next().or_else(platform))
}

/// What the page calls the blog: what a recipe says, Open Graph, the name as an application, its feed, and the text of
/// the link that leads home from the head of the page.
fn name(document: &Document, recipe: &CompiledRecipe, base: &Url) -> Result<Option<String>, ExtractError> {
    let own = match &recipe.site.title {
        Some(selector) => taken(document, selector)?,
        None => None,
    };
    if let Some(title) = own.and_then(cleaned) {
        return Ok(Some(title));
    }
    let attribute = |selector: &Selector, name: &str| -> Result<Option<String>, ExtractError> {
        Ok(document.first(selector)?.and_then(|element| element.attr(name)).map(str::to_owned).and_then(cleaned))
    };
    if let Some(title) = attribute(&SITE_NAME, "content")? {
        return Ok(Some(title));
    }
    let is_generic = |title: &String| GENERIC.contains(&title.to_lowercase().as_str());
    if let Some(title) = attribute(&TITLED_FEED, "title")?.filter(|title| !is_generic(title)) {
        return Ok(Some(title));
    }
    for selector in &*APPLICATION {
        if let Some(title) = attribute(selector, "content")? {
            return Ok(Some(title));
        }
    }
    if document.lacks_what_is_asked() {
        return Ok(None);
    }
    let links = document.matches(&[&HOME_LINKS], MOST_FEEDS)?.remove(0);
    let is_above = |url: &Url| url.path() == "/" || (base.path() != url.path() && base.path().starts_with(url.path()));
    let leads_home = |href: &str| resolve(base, href).is_some_and(|url| is_above(&url) && same_host(&url, base));
    let mut names = links.into_iter().filter(|link| link.attr("href").is_some_and(leads_home));
    let is_name = |name: &String| name.chars().count() > 1 && !HOME.contains(&name.to_lowercase().as_str());
    Ok(names.find_map(|link| cleaned(text_of(link)).filter(is_name)))
}

/// What the page itself is called.
fn page_title(document: &Document) -> Result<Option<String>, ExtractError> {
    Ok(document.first(&PAGE_TITLE)?.map(text_of).and_then(cleaned))
}

/// What a selector takes of the first element on the page that it matches.
fn taken(document: &Document, selector: &FieldSelector) -> Result<Option<String>, ExtractError> {
    let Some(css) = selector.css() else { return Ok(None) };
    Ok(document.first(css)?.and_then(|element| selector.value(element)))
}

fn constant(css: &str) -> Selector {
    Selector::parse(css).expect("a constant selector")
}

fn cleaned(text: impl AsRef<str>) -> Option<String> {
    let text = clean_to(text.as_ref(), TITLE_LENGTH);
    (!text.is_empty()).then_some(text)
}

/// The root of the page's host.
fn home(url: &Url) -> Option<Url> {
    matches!(url.scheme(), "http" | "https").then(|| url.join("/").ok()).flatten()
}
