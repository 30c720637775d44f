//! The link to the next older page.
//!
//! The recipe's selector first, then `rel=next`, then a link that counts one page on: by the platform's parameter,
//! else by `?page=N` or by its path (`/page/N/`, `/pageN/`). It never leads to the page
//! itself, back to an earlier one, or to another host. The pages of a `file:` source are files beside it.

use std::sync::LazyLock;

use url::{Position, Url};

use super::budget::Budget;
use super::contract::ExtractError;
use super::css::Css;
use super::detect::is_category_address;
use super::document::Document;
use super::link::{resolve, same_host};
use super::recipe::{CompiledLayout, CompiledRecipe};
use super::record::href_of;
use crate::model::page::Page;

/// Links of one page that are looked at.
const MOST_LINKS: usize = 10_000;

static BY_RELATION: LazyLock<Css> =
    LazyLock::new(|| Css::constant("link[rel~='next' i][href], a[rel~='next' i][href]"));
static LINKS: LazyLock<Css> = LazyLock::new(|| Css::constant("a[href]"));

/// The next page after `page`, whose links stand under `base`.
pub(super) fn next(
    document: &Document,
    recipe: &CompiledRecipe,
    layout: &CompiledLayout,
    page: &Url,
    base: &Url,
) -> Result<Option<Url>, ExtractError> {
    let query = recipe.page_query.as_deref();
    let leads_on = |href: &str| forward(page, base, query, href);
    if let Some(selector) = &layout.next
        && let Some(css) = selector.css()
    {
        let found = document.matches(&[css], MOST_LINKS)?.remove(0);
        if let Some(url) = found.into_iter().filter_map(|element| href_of(element, selector)).find_map(leads_on) {
            return Ok(Some(url));
        }
    }
    let mut found = document.matches(&[&BY_RELATION, &LINKS], MOST_LINKS)?.into_iter();
    let (by_relation, links) = (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    // The next page of a manual is its next topic, which may be the list of a category.
    let relates = |url: &Url| !is_category_address(url) || is_category_address(page);
    let related = by_relation.into_iter().filter_map(|link| link.attr("href")).find_map(leads_on);
    if let Some(url) = related.filter(relates) {
        return Ok(Some(url));
    }
    // The number of a page is a part of its address. Most links have none, and where they lead need not be told.
    let Some(following) = following(page, query) else { return Ok(None) };
    let is_below_number = base[Position::BeforePath..].bytes().any(|byte| byte.is_ascii_digit());
    let numbers = following.map(|number| number.to_string());
    // Digits may be written as bytes of an address, and what parts lines is left out there.
    let is_written = |href: &str| href.bytes().any(|byte| matches!(byte, b'%' | b'\t' | b'\n' | b'\r'));
    let may_count = |href: &&str| {
        is_below_number || numbers.iter().any(|number| href.contains(number.as_str())) || is_written(href)
    };
    let hrefs = links.into_iter().filter_map(|link| link.attr("href"));
    let mut pages = hrefs.filter(may_count).filter_map(leads_on);
    Ok(pages.find(|url| url.scheme() != "file" && counts_one_on(url, page, query.unwrap_or("page"))))
}

/// The numbers that a link to the page after `page` bears where it counts: in the query, or in the path. `None`: it is
/// found otherwise.
pub(super) fn following(page: &Url, query: Option<&str>) -> Option<[u32; 2]> {
    let counts = matches!(page.scheme(), "http" | "https");
    let numbers = [number(page, query.unwrap_or("page")).checked_add(1)?, counted(page).1.checked_add(1)?];
    counts.then_some(numbers)
}

/// Whether a page links to another, as a pager does to the page before: to the page itself, not to its host alone.
pub fn leads_to(page: &Page, other: &Url) -> bool {
    if other.path() == "/" && other.query().is_none() {
        return false;
    }
    let Ok(document) = Document::parse(page, &Budget::default()) else { return false };
    let Ok(base) = document.base(&page.url) else { return false };
    let Ok(mut found) = document.matches(&[&LINKS], MOST_LINKS) else { return false };
    let same = |url: Url| same_path(&url, other) && url.query() == other.query() && same_host(&url, other);
    found.remove(0).into_iter().filter_map(|link| resolve(&base, link.attr("href")?)).any(same)
}

/// Whether `url` is the page that follows `page` by its number: in the query, or else in the path.
fn counts_one_on(url: &Url, page: &Url, query: &str) -> bool {
    if same_path(url, page) {
        return number(url, query) == number(page, query).saturating_add(1);
    }
    let ((folder, here), (other, there)) = (counted(page), counted(url));
    folder == other && there == here.saturating_add(1)
}

/// The path without its count of pages, and the count: `/blog/page/2/` is the second of `/blog`.
fn counted(url: &Url) -> (String, u32) {
    let path = url.path().trim_end_matches('/');
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let parsed = |digits: &str| digits.parse::<u32>().ok().filter(|number| (1..100_000).contains(number));
    let (folder, count) = match folder.strip_suffix("/page").zip(parsed(last)) {
        Some((folder, count)) => (folder, count),
        None => match last.strip_prefix("page").and_then(|digits| parsed(digits.trim_start_matches('-'))) {
            Some(count) => (folder, count),
            None => (path, 1),
        },
    };
    (folder.to_owned(), count)
}

/// Where `href` leads, if that may be the next page.
fn forward(page: &Url, base: &Url, query: Option<&str>, href: &str) -> Option<Url> {
    if page.scheme() == "file" {
        return beside(page, href);
    }
    let url = resolve(base, href).filter(|url| same_host(url, page))?;
    // Where on the page a link leads was taken off.
    let is_here = url[..Position::AfterQuery] == page[..Position::AfterQuery];
    let counts_on = |query| !same_path(&url, page) || number(&url, query) > number(page, query);
    (!is_here && query.is_none_or(counts_on)).then_some(url)
}

/// The file in the folder of `page` or below that `href` names.
fn beside(page: &Url, href: &str) -> Option<Url> {
    let mut url = page.join(href.trim()).ok().filter(|url| url.scheme() == "file" && url.host() == page.host())?;
    url.set_fragment(None);
    url.set_query(None);
    let folder = &page.path()[..=page.path().rfind('/')?];
    let below = url.path().strip_prefix(folder)?;
    // An escaped slash is a slash to the file system.
    let escapes = ["%2f", "%5c", "%00"].iter().any(|escape| below.to_ascii_lowercase().contains(escape));
    (!below.is_empty() && !below.ends_with('/') && !escapes && url.path() != page.path()).then_some(url)
}

/// The page that `url` counts to; without the parameter the first.
fn number(url: &Url, query: &str) -> u32 {
    url.query_pairs().find(|(name, _)| name == query).and_then(|(_, value)| value.parse().ok()).unwrap_or(1)
}

fn same_path(one: &Url, other: &Url) -> bool {
    one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::Validators;
    use crate::model::source::{HtmlRecipe, Layout, Recipe};

    fn check(page: &str, html: &str, expected: Option<&str>) {
        let page = Page {
            url: Url::parse(page).unwrap(),
            text: html.into(),
            media_type: None,
            validators: Validators::default(),
        };
        let layout = Layout { post: "p".into(), next: Some("a.older".into()), ..Layout::default() };
        let recipe = HtmlRecipe { layouts: vec![layout], page_query: Some("page".into()), ..HtmlRecipe::default() };
        let recipe = CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap();
        let document = Document::parse(&page, &Budget::default()).unwrap();
        let base = document.base(&page.url).unwrap();
        let next = next(&document, &recipe, &recipe.layouts[0], &page.url, &base).unwrap();
        assert_eq!(next.as_ref().map(Url::as_str), expected, "{} {html}", page.url);
    }

    #[test]
    fn the_next_page_is_found() {
        check("https://x.org/", "<a class=older href=/2>", Some("https://x.org/2"));
        check("https://x.org/", "<a class=older>", None);
        check("https://x.org/", "<link rel='NEXT' href='?page=2'>", Some("https://x.org/?page=2"));
        check("https://x.org/", "<link rel=next href=/category/a/><a href=/page/2/>2", Some("https://x.org/page/2/"));
        check(
            "https://x.org/c",
            "<a href='/c?page=1'>1<a href='/c?page=3'>3<a href='/c?page=2'>2",
            Some("https://x.org/c?page=2"),
        );
        check("https://x.org/c?page=2", "<a href='/c?page=1'>1<a href='/c?page=3'>3", Some("https://x.org/c?page=3"));
        check("https://x.org/c?page=14", "<a href='/c?page=1'>1<a href='/c?page=13'>13", None);
        check("https://x.org/c", "<a href='/other?page=2'>2", None);
        check("https://x.org/c?page=3", "<a class=older href='/c?page=2'>", None);
        check("https://x.org/c", "<a class=older href='#top'><a class=older href='/c'>", None);
        check("https://x.org/", "<a class=older href='https://y.org/2'>", None);
        check("https://x.org/", "<a class=older href='https://www.x.org/2'>", Some("https://www.x.org/2"));
        check("https://x.org/", "<a class=older href='file:///etc/passwd'>", None);
        check("https://x.org/", "<a class=older href='javascript:more()'>", None);
        check(
            "https://x.org/blog/",
            "<a href=/blog/page/3/>3<a href=/blog/page/2/>2",
            Some("https://x.org/blog/page/2/"),
        );
        check("https://x.org/page/2", "<a href=/>1<a href=/page/3>3", Some("https://x.org/page/3"));
        check("https://x.org/page9/", "<a href=/page10/>10", Some("https://x.org/page10/"));
        check("https://x.org/", "<a href=/page2/>2", Some("https://x.org/page2/"));
        check("https://x.org/page/2/", "<a href=/>1<a href=/other/page/3/>3", None);
        check("https://x.org/", "<a href=/other/page/2/>2<a href=/homepage2/>2", None);
    }

    #[test]
    fn a_button_that_loads_more_is_a_link_where_the_recipe_names_its_attribute() {
        let url = Url::parse("https://x.org/").unwrap();
        let text = "<button class=more data-next='/more?from=10'>more".into();
        let page = Page { url, text, media_type: None, validators: Validators::default() };
        let layout = Layout { post: "p".into(), next: Some("button.more @data-next".into()), ..Layout::default() };
        let recipe = HtmlRecipe { layouts: vec![layout], ..HtmlRecipe::default() };
        let recipe = CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap();
        let document = Document::parse(&page, &Budget::default()).unwrap();
        let next = next(&document, &recipe, &recipe.layouts[0], &page.url, &page.url).unwrap();
        assert_eq!(next.unwrap().as_str(), "https://x.org/more?from=10");
    }

    #[test]
    fn an_empty_page_of_the_blog_leads_back() {
        for (html, before, leads) in [
            ("<a href='?page=2'>2</a><a href='?page=4'>4</a>", "https://x.org/c?page=2", true),
            ("<a href=/>home</a>", "https://x.org/", false), // every page of a site leads home, an error page too
            ("<a href='?page=1'>1</a>", "https://x.org/c?page=2", false),
            ("<form><input></form>", "https://x.org/c?page=2", false),
        ] {
            let url = Url::parse("https://x.org/c?page=3").unwrap();
            let page = Page { url, text: html.into(), media_type: None, validators: Validators::default() };
            assert_eq!(leads_to(&page, &Url::parse(before).unwrap()), leads, "{html}");
        }
    }

    #[test]
    fn the_pages_of_a_file_lie_beside_it() {
        let next = |href: &str, expected: Option<&str>| {
            check("file:///home/me/blog/index.html", &format!("<a class=older href='{href}'>"), expected);
        };
        next("page2.html", Some("file:///home/me/blog/page2.html"));
        next("older/page2.html#x", Some("file:///home/me/blog/older/page2.html"));
        next("../other.html", None);
        next("a/../../other.html", None);
        next("a%2f..%2f..%2fother.html", None);
        next("/etc/passwd", None);
        next("//server/share/x", None);
        next("?page=2", None);
        next("older/", None);
        next("https://x.org/2", None);
    }
}
