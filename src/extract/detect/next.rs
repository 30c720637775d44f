//! The link to the next older page, as far as the page says it by relation, by number, by class or by words.

use std::borrow::Cow;

use url::{Position, Url};

use super::links::{is_taxonomy, segments, segments_from_last};
use super::page::{LOADS, Page};
use super::selectors::anywhere;
use super::words::{Words, class_says, has_word};
use crate::extract::letters::{is_alphanumeric, lower};
use crate::model::link::{bare_host, is_on};

/// Query parameters that count pages.
const COUNTERS: &[&str] = &["page", "paged", "pg", "currentPage", "pageNo", "p"];

/// Texts of links to older posts, in lower case and without arrows.
static OLDER: Words = Words::barred(
    "older|older posts|older entries|older post|next|next page|more posts|load more|다음|다음 페이지|이전 글|이전글|\
    더보기|더 보기|次へ|次のページ|次|古い投稿|前の記事|下一页|下一頁|下页|更早的文章|nächste|nächste seite|ältere beiträge|weiter|suivant|\
    page suivante|articles plus anciens|articles précédents|siguiente|página siguiente|\
    entradas antiguas|entradas más antiguas|próximo|próxima|posts mais antigos|postagens mais antigas|\
    avanti|successivo|successiva|post più vecchi|articoli meno recenti|volgende|oudere berichten|\
    następna|starsze posty|starsze wpisy|sonraki|daha eski|önceki kayıtlar|далее|вперёд|следующая|\
    предыдущие|старые записи|далі|наступна|старіші дописи|sau|trang sau|bài đăng cũ hơn",
);

/// Words of a class of a button that loads what follows.
static LOADS_MORE: Words = Words::of("more loadmore next older");

/// The next page and how to find it on every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Next {
    /// Where it is.
    pub(super) url: Option<Url>,
    /// What selects the link, where its class or relation names it.
    pub(super) selector: Option<String>,
    /// The query parameter that counts the pages.
    pub(super) query: Option<String>,
}

/// Finds the next page.
pub(super) fn find(page: &Page<'_>) -> Next {
    let here = number(page.url).unwrap_or(1);
    let own = bare_host(page.url);
    let usable = |url: &Url| is_on(url, &own) && !same(url, page.url) && number(url).is_none_or(|number| number > here);
    // The next page of a manual is the next topic, and may be a list by category.
    let relates = |url: &Url| !is_taxonomy(url) || is_taxonomy(page.url);
    let headed = page.next.clone().filter(|url| usable(url) && relates(url));
    if let Some(url) = headed.clone().filter(|url| number(url).is_some()) {
        return Next { query: counter(&url), url: Some(url), selector: None };
    }
    let mut best: Option<(u8, usize, Url)> = None;
    for (at, element) in page.elements.iter().enumerate() {
        let Some(url) = target(page, at) else { continue };
        if !is_on(&url, &own) || same(&url, page.url) || !matches!(url.scheme(), "http" | "https") {
            continue;
        }
        let number = number(&url);
        if number.is_some_and(|number| number <= here) {
            continue;
        }
        let relation = || {
            let relation = page.attribute(at, "rel");
            relation.is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "next")) && relates(&url)
        };
        let counted = || number == Some(here + 1) && folder(&url) == folder(page.url);
        let named = || says_older(page, at) || says_older(page, element.parent) || says_more(page, at);
        let told = || {
            let text = (page.mass(at) <= 30).then(|| page.text(at));
            text.is_some_and(|text| OLDER.has(lower(&text).trim_matches(|letter: char| !is_alphanumeric(letter))))
        };
        let rank = match () {
            () if number.is_some() && relation() => 5,
            () if counted() => 4,
            () if relation() => 3,
            // A word alone leads to the next page only where pages are not counted.
            () if (number.is_some() || url.query().is_some()) && (named() || told()) => 2,
            () => 0,
        };
        if rank > 0 && best.as_ref().is_none_or(|(most, ..)| rank > *most) {
            best = Some((rank, at, url.into_owned()));
        }
    }
    if let Some(url) = headed.filter(|_| best.as_ref().is_none_or(|(rank, ..)| *rank < 3)) {
        return Next { query: counter(&url), url: Some(url), selector: None };
    }
    let Some((_, at, url)) = best else { return Next::default() };
    Next { selector: selector(page, &url, at), query: counter(&url), url: Some(url) }
}

/// Where an element leads: a link to its address, a button that loads more to that which it names.
fn target<'p>(page: &'p Page<'_>, at: usize) -> Option<Cow<'p, Url>> {
    let element = &page.elements[at];
    let loaded = || {
        let href = loads(page, at)?.trim();
        page.base.join(href).ok().filter(|_| !href.starts_with('#')).map(Cow::Owned)
    };
    match element.name {
        "a" if element.href.is_some_and(|href| !matches!(href.trim(), "" | "#")) => page.link(at).map(Cow::Borrowed),
        "a" | "button" | "div" | "span" => loaded(),
        _ => None,
    }
}

/// Whether a button says by an attribute's name or by its class that it loads what follows.
fn says_more(page: &Page<'_>, at: usize) -> bool {
    let attribute = LOADS.iter().find(|name| page.attribute(at, name).is_some());
    attribute.is_some_and(|name| {
        let said = class_says(page.elements[at].class, &LOADS_MORE);
        name.contains("next") || name.contains("load") || said
    })
}

fn loads<'p>(page: &'p Page<'_>, at: usize) -> Option<&'p str> {
    // Most elements bear none of these: then each attribute is looked at once.
    let bears = |name: &str| (name.starts_with("data-") || name.starts_with("hx-")) && LOADS.contains(&name);
    page.elements[at].node.value().attrs.iter().find(|(name, _)| bears(&name.local))?;
    LOADS.iter().find_map(|name| page.attribute(at, name)).filter(|href| href.contains(['/', '?']))
}

/// A selector that meets this link first and says by class or relation that it leads on.
fn selector(page: &Page<'_>, url: &Url, at: usize) -> Option<String> {
    let leads = |at: usize| match page.link(at) {
        Some(url) => Some(Cow::Borrowed(url)),
        None => page.elements[at].href.and_then(|href| page.base.join(href.trim()).ok()).map(Cow::Owned),
    };
    // Of several links to the next page the one with a name is of use.
    let links =
        (at..page.elements.len()).filter(|&at| page.elements[at].name == "a" && leads(at).as_deref() == Some(url));
    links.take(8).find_map(|at| {
        let mut paths = anywhere(page, at);
        paths.sort_by_cached_key(super::selectors::Path::effort);
        paths.into_iter().take(40).map(|path| (path.css(), path)).find_map(|(css, path)| {
            let says = css.contains("next") || css.contains("older");
            let first = || (0..page.elements.len()).find(|&other| path.matches(page, None, other));
            (says && first().is_some_and(|first| leads(first).as_deref() == Some(url))).then_some(css)
        })
    })
}

fn says_older(page: &Page<'_>, at: usize) -> bool {
    let class = page.elements[at].class;
    let id = page.elements[at].id.unwrap_or_default();
    class.split_ascii_whitespace().chain([id]).any(|token| {
        has_word(token, |word| matches!(word, "next" | "older"))
            && !has_word(token, |word| matches!(word, "no" | "disabled" | "post" | "article"))
    })
}

/// The number of the page that an address counts.
fn number(url: &Url) -> Option<u32> {
    // Percent-encoded digits are written with digits, too.
    if !url[Position::BeforePath..].bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = |text: &str| text.trim_end_matches(".html").parse::<u32>().ok().filter(|number| *number < 100_000);
    if let Some((_, value)) = url.query_pairs().find(|(name, _)| COUNTERS.contains(&&**name) && name != "p") {
        return digits(&value);
    }
    let mut segments = segments_from_last(url);
    let last = segments.next()?;
    if segments.next().is_some_and(|folder| matches!(&*folder, "page" | "pages" | "seite" | "pagina" | "p")) {
        return digits(&last);
    }
    last.strip_prefix("page")
        .or_else(|| last.strip_prefix("index"))
        .and_then(|rest| digits(rest.trim_start_matches(['-', '_'])))
}

/// The address without its count.
fn folder(url: &Url) -> Vec<Cow<'_, str>> {
    let mut segments = segments(url);
    if url.query_pairs().any(|(name, _)| COUNTERS.contains(&&*name)) || number(url).is_none() {
        return segments;
    }
    let last = segments.pop().unwrap_or_default();
    if !last.starts_with("page") && !last.starts_with("index") {
        segments.pop();
    }
    segments
}

fn counter(url: &Url) -> Option<String> {
    let counted = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        (COUNTERS.contains(&&*name) && value.parse::<u32>().is_ok()).then(|| name.into_owned())
    };
    url.query_pairs().find_map(counted)
}

fn same(one: &Url, other: &Url) -> bool {
    let bare = |url: &'_ Url| url[..Position::AfterQuery].trim_end_matches('/').len();
    one.as_str()[..bare(one)] == other.as_str()[..bare(other)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn check(url: &str, html: &str, expected: Option<&str>, selector: Option<&str>, query: Option<&str>) {
        let url = Url::parse(url).unwrap();
        let document = Html::parse_document(html);
        let next = find(&Page::read(&document, &url));
        assert_eq!(next.url.as_ref().map(Url::as_str), expected, "{html}");
        assert_eq!(next.selector.as_deref(), selector, "{html}");
        assert_eq!(next.query.as_deref(), query, "{html}");
    }

    #[test]
    fn the_next_page_is_found_by_relation_number_class_or_word() {
        let home = "https://x.org/blog/";
        check(home, "<head><link rel=next href=/blog/page/2/></head>", Some("https://x.org/blog/page/2/"), None, None);
        check(
            home,
            "<a href=/blog/page/3/>3</a><a class=next href=/blog/page/2/>→</a>",
            Some("https://x.org/blog/page/2/"),
            Some("a.next"),
            None,
        );
        check(
            home,
            "<a href='?page=2'>2</a><a href='?page=9'>9</a>",
            Some("https://x.org/blog/?page=2"),
            None,
            Some("page"),
        );
        check(
            "https://x.org/blog/page/2",
            "<a href=/blog/>1</a><a href=/blog/page/3>3</a>",
            Some("https://x.org/blog/page/3"),
            None,
            None,
        );
        check(
            home,
            "<a href='/search?updated-max=2013-07-21'>Entradas antiguas</a>",
            Some("https://x.org/search?updated-max=2013-07-21"),
            None,
            None,
        );
        let more = "<button class=more data-next-url='/blog/more?from=10'>Load more</button>";
        check(home, more, Some("https://x.org/blog/more?from=10"), None, None);
        check(
            home,
            "<div hx-get='/blog/part?page=2'>더 보기</div>",
            Some("https://x.org/blog/part?page=2"),
            None,
            Some("page"),
        );
        check(home, "<button data-url='/share?u=1'>Share</button>", None, None, None);
        check(home, "<a class=next-post href=/blog/a-post>Next</a>", None, None, None);
        let manual = "<head><link rel=next href=/category/rust/></head><nav><a href=page/2/>2</a></nav>";
        check(home, manual, Some("https://x.org/blog/page/2/"), None, None);
        check(home, "<head><link rel=next href=/category/rust/></head>", None, None, None);
        let before = "<head><link rel=next href=/blog/before/10/></head>";
        check(home, before, Some("https://x.org/blog/before/10/"), None, None);
        check(home, "<a href=/blog/index2.html>2</a>", Some("https://x.org/blog/index2.html"), None, None);
        check("https://x.org/blog/page/2", "<a href=/blog/page/1>1</a>", None, None, None);
        check(home, "<a href='https://y.org/blog/page/2/'>2</a>", None, None, None);
    }
}
