//! The next older page.
//!
//! The recipe's own selector, else `rel=next`, else the platform's page number: a link on the page to its own path with
//! a number one higher. It leads to the same site and never back to the page itself.

use std::sync::LazyLock;

use scraper::{Html, Selector};
use url::Url;

use super::field::Field;
use crate::model::link::bare_host;
use crate::model::page::Page;

/// Links that say "next" by themselves.
static REL_NEXT: LazyLock<Selector> =
    LazyLock::new(|| Selector::parse("link[rel~=next][href], a[rel~=next][href]").expect("a constant"));

/// Every link.
static LINKS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").expect("a constant"));

/// The next page, where the page names one.
pub(super) fn next(document: &Html, page: &Page, selector: Option<&Field>, page_query: Option<&str>) -> Option<Url> {
    let root = document.root_element();
    let base = super::site::base(document, &page.url);
    // Within files a link is looked up beside the file, whatever the page's base says.
    let base = if page.url.scheme() == "file" { &page.url } else { &base };
    let follow = |href: &str| Some(base.join(href.trim()).ok()?).filter(|url| leads_on(&page.url, url));
    if let Some(selector) = selector {
        let found = selector.elements(root).find_map(|element| {
            let href =
                if selector.takes_attribute() { selector.value(element)? } else { element.attr("href")?.to_owned() };
            follow(&href)
        });
        if found.is_some() {
            return found;
        }
    }
    if let Some(next) = root.select(&REL_NEXT).find_map(|element| follow(element.attr("href")?)) {
        return Some(next);
    }
    let query = page_query?;
    let wanted = number(&page.url, query).unwrap_or(1) + 1;
    root.select(&LINKS)
        .filter_map(|element| follow(element.attr("href")?))
        .find(|url| number(url, query) == Some(wanted) && url.path() == page.url.path())
}

fn number(url: &Url, query: &str) -> Option<u32> {
    url.query_pairs().find(|(name, _)| name == query).and_then(|(_, value)| value.parse().ok())
}

/// Whether a link leads to another page of the same site: for a file, to one in its folder or below.
fn leads_on(page: &Url, next: &Url) -> bool {
    let (mut from, mut to) = (page.clone(), next.clone());
    from.set_fragment(None);
    to.set_fragment(None);
    if from == to {
        return false;
    }
    if page.scheme() == "file" {
        let folder = page.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        return next.scheme() == "file"
            && next.path().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
            && !next.path().to_ascii_lowercase().contains("%2e");
    }
    matches!(next.scheme(), "http" | "https") && bare_host(page) == bare_host(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::Validators;

    fn check(page: &str, html: &str, selector: Option<&str>, expected: Option<&str>) {
        let page = Page {
            url: Url::parse(page).unwrap(),
            text: String::new(),
            media_type: None,
            validators: Validators::default(),
        };
        let selector = selector.map(|selector| Field::compile("next", selector).unwrap());
        let found = next(&Html::parse_document(html), &page, selector.as_ref(), Some("page"));
        assert_eq!(found.as_ref().map(Url::as_str), expected, "{html}");
    }

    #[test]
    fn the_next_page_is_found() {
        let page = "https://x.org/category";
        check(page, "<a class=n href='?page=2'>다음</a>", Some("a.n"), Some("https://x.org/category?page=2"));
        check(
            page,
            "<a class=n>다음</a><a href='/category?page=2'>2</a>",
            Some("a.n"),
            Some("https://x.org/category?page=2"),
        );
        check(page, "<link rel='next' href='/p2'>", None, Some("https://x.org/p2"));
        check(page, "<a href='?page=3'>3</a>", None, None);
        check(
            "https://x.org/category?page=2",
            "<a href='?page=1'>1</a><a href='?page=3'>3</a>",
            None,
            Some("https://x.org/category?page=3"),
        );
        check(page, "<a href='/other?page=2'>2</a>", None, None);
    }

    #[test]
    fn it_never_leads_away_or_back() {
        let page = "https://x.org/category";
        check(page, "<a class=n href='/category#top'>다음</a>", Some("a.n"), None);
        check(page, "<a class=n href='https://evil.org/'>다음</a>", Some("a.n"), None);
        check(page, "<a class=n href='file:///etc/passwd'>다음</a>", Some("a.n"), None);
        check(
            "file:///srv/blog/index.html",
            "<a class=n href='page-2.html'>다음</a>",
            Some("a.n"),
            Some("file:///srv/blog/page-2.html"),
        );
        check("file:///srv/blog/index.html", "<a class=n href='../secret.html'>다음</a>", Some("a.n"), None);
        check("file:///srv/blog/index.html", "<a class=n href='https://x.org/2'>다음</a>", Some("a.n"), None);
    }
}
