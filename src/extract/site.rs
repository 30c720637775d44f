//! What a page tells of the blog as a whole: title, language, home, number of posts, category tree.

use std::sync::LazyLock;

use scraper::ElementRef;
use url::Url;

use super::category::{number_in, tree_of};
use super::contract::{Context, ExtractError};
use super::css::Css;
use super::document::{Document, STRIDE};
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

/// Links to feeds of one page that are looked at.
const MOST_FEEDS: usize = 20;

/// Links at the head of a page that may bear the blog's name.
static HEAD: LazyLock<Css> = LazyLock::new(|| {
    Css::constant(
        "header a[href], h1 a[href], a[rel~='home' i][href], [class*='site-title' i] a[href], \
         a[class*='site-title' i][href], [class*='blog-title' i] a[href], a[class*='brand' i][href]",
    )
});

/// What `<head>` tells, each found in one walk through the page.
static TOLD: LazyLock<[Css; 6]> = LazyLock::new(|| {
    [
        "meta[property='og:site_name'][content]",
        "link[rel~='alternate' i][type*='rss' i][title], link[rel~='alternate' i][type*='atom' i][title]",
        "meta[name='application-name' i][content]",
        "meta[name='apple-mobile-web-app-title' i][content]",
        "head > title",
        "link[rel~='alternate' i][href][type*='rss' i], link[rel~='alternate' i][href][type*='atom' i], \
         link[rel~='alternate' i][href][type='application/feed+json' i]",
    ]
    .map(Css::constant)
});

/// The elements that [`TOLD`] names.
struct Told<'d> {
    site_name: Option<ElementRef<'d>>,
    named_feed: Option<ElementRef<'d>>,
    application: [Option<ElementRef<'d>>; 2],
    title: Option<ElementRef<'d>>,
    feeds: Vec<ElementRef<'d>>,
}

impl<'d> Told<'d> {
    fn by(document: &'d Document) -> Result<Self, ExtractError> {
        let mut found = document.matches(&TOLD.each_ref(), MOST_FEEDS)?;
        let feeds = found.pop().unwrap_or_default();
        let mut first = found.into_iter().map(|found| found.into_iter().next());
        let mut next = || first.next().flatten();
        Ok(Self { site_name: next(), named_feed: next(), application: [next(), next()], title: next(), feeds })
    }
}

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
    let told = Told::by(document)?;
    let name = name(document, &told, recipe, base)?;
    let named = name.is_some();
    Ok(SiteFacts {
        title: name.or_else(|| told.title.map(text_of).and_then(cleaned)),
        named,
        language: document.language().map(str::to_owned),
        home: home(context.link_base.unwrap_or(&page.url)),
        declared: own_count(&tree, page).or(declared).or(total),
        tree,
        feed: feed_of(&told.feeds, page, recipe, base),
    })
}

/// What the tree counts for the page itself, where that is the list of one category.
fn own_count(tree: &[TreeNode], page: &Page) -> Option<u32> {
    let own = tree.iter().find(|node| node.url.as_ref().is_some_and(|url| url.path() == page.url.path()))?;
    own.count.filter(|_| page.url.path() != "/")
}

/// The blog's own feed: what the page links to, else what its platform keeps. Feeds of comments are none.
fn feed_of(linked: &[ElementRef<'_>], page: &Page, recipe: &CompiledRecipe, base: &Url) -> Option<Url> {
    let is_of_comments = |text: &str| text.to_lowercase().contains("comment");
    let mut urls = linked
        .iter()
        .filter(|link| !is_of_comments(link.attr("title").unwrap_or_default()))
        .filter_map(|link| resolve(base, link.attr("href")?))
        .filter(|url| !is_of_comments(url.path()) && url != &page.url);
    let platform = || resolve(base, recipe.site.feed.as_deref()?);
    urls.next().or_else(platform)
}

/// What the page calls the blog: what a recipe says, Open Graph, the name as an application, its feed, and the text of
/// the link that leads home from the head of the page.
fn name(
    document: &Document,
    told: &Told<'_>,
    recipe: &CompiledRecipe,
    base: &Url,
) -> Result<Option<String>, ExtractError> {
    let own = match &recipe.site.title {
        Some(selector) => taken(document, selector)?,
        None => None,
    };
    if let Some(title) = own.and_then(cleaned) {
        return Ok(Some(title));
    }
    let attribute = |element: Option<ElementRef<'_>>, name: &str| element?.attr(name).and_then(cleaned);
    if let Some(title) = attribute(told.site_name, "content") {
        return Ok(Some(title));
    }
    let is_generic = |title: &String| GENERIC.contains(&title.to_lowercase().as_str());
    if let Some(title) = attribute(told.named_feed, "title").filter(|title| !is_generic(title)) {
        return Ok(Some(title));
    }
    if let Some(title) = told.application.into_iter().find_map(|element| attribute(element, "content")) {
        return Ok(Some(title));
    }
    if document.lacks_what_is_asked() {
        return Ok(None);
    }
    name_at_head(document, base)
}

/// The text of the first of the links at the head of the page that leads home and bears a name.
fn name_at_head(document: &Document, base: &Url) -> Result<Option<String>, ExtractError> {
    let is_above = |url: &Url| url.path() == "/" || (base.path() != url.path() && base.path().starts_with(url.path()));
    let leads_home = |href: &str| resolve(base, href).is_some_and(|url| is_above(&url) && same_host(&url, base));
    let is_name = |name: &String| name.chars().count() > 1 && !HOME.contains(&name.to_lowercase().as_str());
    // Where a link leads is cheaper to tell than where it stands, which is asked of the links before it only to know
    // how many there were.
    let (mut waiting, mut at_head) = (Vec::new(), 0);
    for link in document.elements().filter(|element| HEAD.may_mean(element.value())) {
        let Some(href) = link.attr("href") else { continue };
        waiting.push(link);
        if !leads_home(href) {
            continue;
        }
        if !HEAD.means(&link) {
            continue;
        }
        for (count, link) in waiting.drain(..).enumerate() {
            if count.is_multiple_of(STRIDE) {
                document.deadline().check()?;
            }
            at_head += usize::from(HEAD.means(&link));
        }
        if at_head > MOST_FEEDS {
            break;
        }
        if let Some(name) = cleaned(text_of(link)).filter(is_name) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// What a selector takes of the first element on the page that it matches.
fn taken(document: &Document, selector: &FieldSelector) -> Result<Option<String>, ExtractError> {
    let Some(css) = selector.css() else { return Ok(None) };
    Ok(document.first(css)?.and_then(|element| selector.value(element)))
}

fn cleaned(text: impl AsRef<str>) -> Option<String> {
    let text = clean_to(text.as_ref(), TITLE_LENGTH);
    (!text.is_empty()).then_some(text)
}

/// The root of the page's host.
fn home(url: &Url) -> Option<Url> {
    matches!(url.scheme(), "http" | "https").then(|| url.join("/").ok()).flatten()
}
