//! What a page says of the blog as a whole: title, language, how many posts, the category tree.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::recipe::Rules;
use super::text::{TITLE, clean};
use crate::model::category::{CategoryPath, TreeNode};
use crate::model::post::SiteFacts;

static BASE: LazyLock<Selector> = LazyLock::new(|| selector("base[href]"));
static SITE_NAME: LazyLock<Selector> = LazyLock::new(|| selector("meta[property='og:site_name'][content]"));
static FEED: LazyLock<Selector> = LazyLock::new(|| {
    selector(
        "link[rel~=alternate][type='application/rss+xml'][title], link[rel~=alternate][type='application/atom+xml'][title]",
    )
});
static PAGE_TITLE: LazyLock<Selector> = LazyLock::new(|| selector("head > title"));

/// A number as people write it: `136`, `(1,024)`.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+").expect("a constant"));

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a constant")
}

/// What relative links are resolved against: `<base href>` on the page's own address.
pub(super) fn base(document: &Html, url: &Url) -> Url {
    let href = document.root_element().select(&BASE).next().and_then(|element| element.attr("href"));
    let base = href.and_then(|href| url.join(href.trim()).ok());
    base.filter(|base| matches!(base.scheme(), "http" | "https")).unwrap_or_else(|| url.clone())
}

/// What the page says of the blog.
pub(super) fn facts(document: &Html, rules: &Rules, base: &Url) -> SiteFacts {
    let root = document.root_element();
    let attribute = |selector: &Selector, name: &str| {
        root.select(selector)
            .filter_map(|element| element.attr(name))
            .map(|value| clean(value, TITLE))
            .find(|value| !value.is_empty())
    };
    let title = rules
        .site_title
        .as_ref()
        .and_then(|field| field.first(root))
        .map(|title| clean(&title, TITLE))
        .filter(|title| !title.is_empty())
        .or_else(|| attribute(&SITE_NAME, "content"))
        .or_else(|| attribute(&FEED, "title"))
        .or_else(|| {
            let title = root.select(&PAGE_TITLE).next()?;
            Some(clean(&title.text().collect::<String>(), TITLE)).filter(|title| !title.is_empty())
        });
    let declared = rules.total.as_ref().and_then(|field| number(&field.first(root)?));
    SiteFacts {
        title,
        language: root.attr("lang").map(|language| clean(language, 35)).filter(|language| !language.is_empty()),
        home: base.join("/").ok().filter(|home| matches!(home.scheme(), "http" | "https")),
        declared,
        tree: tree(root, rules, base),
    }
}

/// The last number of a text, which is the count in `분류 전체보기 (136)`.
fn number(text: &str) -> Option<u32> {
    NUMBER.find_iter(text).last()?.as_str().replace(',', "").parse().ok()
}

/// The category tree: each link's labels are what its path says below the platform's folder of categories.
fn tree(root: ElementRef<'_>, rules: &Rules, base: &Url) -> Vec<TreeNode> {
    let (Some(links), Some(folder)) = (&rules.tree, &rules.recipe.site.tree_path) else { return Vec::new() };
    let mut nodes: Vec<TreeNode> = Vec::new();
    for element in links.elements(root) {
        let Some(url) = element.attr("href").and_then(|href| base.join(href.trim()).ok()) else { continue };
        let Some(rest) = url.path().strip_prefix(folder.as_str()) else { continue };
        let labels = rest.split('/').filter_map(|segment| percent_decode_str(segment).decode_utf8().ok());
        let Some(path) = CategoryPath::new(labels.map(|label| clean(&label, TITLE))) else { continue };
        if nodes.iter().all(|node| node.path != path) {
            let count = rules.tree_count.as_ref().and_then(|field| number(&field.first(element)?));
            nodes.push(TreeNode { path, url: Some(url), count });
        }
    }
    nodes
}
