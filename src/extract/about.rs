//! What kind of page an address leads to, for who looks for the blog behind it: a list, one post, a feed.
//!
//! Signs of a post: Open Graph's `og:type` (ogp.me) and `article:published_time`, JSON-LD of one posting, the id that
//! Tistory gives to `<body>`. What the page names as its feeds are its `<link rel=alternate>` (RFC 4287, the RSS
//! Board's autodiscovery). Pages that may list all posts are known by the last segment of their address.

use quick_xml::Reader;
use quick_xml::events::Event;
use scraper::{Html, Selector};
use url::Url;

use super::budget::Budget;
use super::contract::ExtractError;
use super::document::Document;
use super::link::{resolve, same_host};
use super::selector::text_of;
use super::text::{TITLE_LENGTH, clean_to};
use crate::model::page::Page;

/// Last segments of addresses at which blogs list all their posts.
const LISTS: &[&str] = &[
    "category", "blog", "blogs", "posts", "post", "articles", "archive", "archives", "writing", "writings", "notes",
    "news", "entries", "journal", "diary", "all", "글", "전체", "文章", "归档", "記事",
];

/// First segments (and query parameters) of addresses at which a part of the posts is listed.
const PARTS: &[&str] = &[
    "category",
    "categories",
    "tag",
    "tags",
    "topic",
    "topics",
    "label",
    "labels",
    "series",
    "author",
    "authors",
    "search",
    "page",
    "archive",
    "분류",
    "태그",
    "分类",
    "标签",
];

/// Links that are looked at.
const MOST_LINKS: usize = 5_000;

/// Feeds that are named.
const MOST_FEEDS: usize = 20;

/// A feed that the site itself offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFeed {
    /// What the page calls it; empty where it says nothing.
    pub title: String,
    /// Where it is.
    pub url: Url,
}

/// What kind of page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A feed, and the site that it says it is of.
    Feed {
        /// The site.
        home: Option<Url>,
    },
    /// One post.
    Post,
    /// The posts of a category, a tag, a month, or a page of them that is not the first.
    Part,
    /// Anything else: perhaps the list.
    Page,
}

/// What an address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The kind.
    pub kind: Kind,
    /// The page's own title.
    pub title: Option<String>,
    /// Feeds that the site offers.
    pub feeds: Vec<OwnFeed>,
    /// Pages of the site that may list all posts, the likelier first.
    pub lists: Vec<Url>,
    /// Links on the page.
    pub links: usize,
    /// Scripts that the page loads.
    pub scripts: usize,
    /// Characters that a person reads.
    pub text: usize,
}

/// Looks at a page.
pub fn about(page: &Page) -> Result<About, ExtractError> {
    if let Some(kind) = feed(page) {
        return Ok(About { kind, title: None, feeds: Vec::new(), lists: Vec::new(), links: 0, scripts: 0, text: 0 });
    }
    let document = Document::parse(page, &Budget::default())?;
    let base = document.base(&page.url)?;
    let html = document.html();
    let feeds = select(html, "link[rel~='alternate' i][href]")
        .filter(|link| {
            let media_type = link.attr("type").unwrap_or_default().to_ascii_lowercase();
            ["rss", "atom", "feed+json"].iter().any(|word| media_type.contains(word))
        })
        .filter_map(|link| {
            let url = resolve(&base, link.attr("href")?)?;
            Some(OwnFeed { title: clean_to(link.attr("title").unwrap_or_default(), TITLE_LENGTH), url })
        })
        .take(MOST_FEEDS)
        .collect();
    let links: Vec<Url> =
        select(html, "a[href]").take(MOST_LINKS).filter_map(|link| resolve(&base, link.attr("href")?)).collect();
    let mut lists: Vec<(usize, Url)> = Vec::new();
    for url in links.iter().filter(|url| same_host(url, &page.url)) {
        let Some(rank) = rank_of_list(url) else { continue };
        let mut url = url.clone();
        url.set_fragment(None);
        url.set_query(None);
        if lists.iter().all(|(_, other)| *other != url) {
            lists.push((rank, url));
        }
    }
    lists.sort_by_key(|(rank, _)| *rank);
    Ok(About {
        kind: if is_part(&page.url) {
            Kind::Part
        } else if is_post(html) {
            Kind::Post
        } else {
            Kind::Page
        },
        title: select(html, "head > title").next().map(|title| clean_to(&text_of(title), TITLE_LENGTH)),
        feeds,
        lists: lists.into_iter().map(|(_, url)| url).collect(),
        links: links.len(),
        scripts: select(html, "script[src]").count(),
        text: select(html, "body")
            .next()
            .map_or(0, |body| text_of(body).chars().filter(|letter| !letter.is_whitespace()).count()),
    })
}

fn select<'h>(html: &'h Html, css: &str) -> impl Iterator<Item = scraper::ElementRef<'h>> + use<'h> {
    let selector = Selector::parse(css).expect("a constant selector");
    html.select(&selector).collect::<Vec<_>>().into_iter()
}

fn rank_of_list(url: &Url) -> Option<usize> {
    let segments: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let last = percent_encoding::percent_decode_str(segments.last()?).decode_utf8_lossy().to_lowercase();
    let last = last.trim_end_matches(".html").trim_end_matches(".htm");
    (segments.len() <= 2).then(|| LISTS.iter().position(|word| *word == last)).flatten()
}

/// Whether an address is that of a part of the posts: `/category/life`, `/page/3`, `?page=2`, `/2020/07/`.
fn is_part(url: &Url) -> bool {
    let segments: Vec<String> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().to_lowercase())
        .collect();
    let numbers = |segment: &String| segment.bytes().all(|byte| byte.is_ascii_digit());
    let counted = url.query_pairs().any(|(name, value)| {
        matches!(&*name, "page" | "paged" | "cat" | "tag" | "category" | "s" | "q") && !(name == "page" && value == "1")
    });
    let month = !segments.is_empty()
        && segments.len() <= 3
        && segments.iter().all(numbers)
        && segments[0].len() == 4
        && segments.len() > 1;
    let below =
        segments.len() >= 2 && segments[..segments.len() - 1].iter().any(|segment| PARTS.contains(&segment.as_str()));
    counted || month || below
}

fn is_post(html: &Html) -> bool {
    let content =
        |css: &str| select(html, css).next().and_then(|meta| meta.attr("content")).map(str::to_ascii_lowercase);
    let told = content("meta[property='og:type']").is_some_and(|kind| kind == "article")
        || content("meta[property='article:published_time']").is_some()
        || select(html, "body#tt-body-page").next().is_some();
    let posting = select(html, "script[type='application/ld+json']").any(|script| {
        let text: String = script.text().collect();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        matches!(value["@type"].as_str(), Some("BlogPosting" | "Article" | "NewsArticle" | "TechArticle"))
    });
    told || posting
}

/// A feed and its site; `None`: the page is no feed.
fn feed(page: &Page) -> Option<Kind> {
    let text = page.text.trim_start_matches('\u{feff}').trim_start();
    let start: String = text.chars().take(600).collect();
    if text.starts_with('{') {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        value["version"].as_str().filter(|version| version.contains("jsonfeed.org"))?;
        return Some(Kind::Feed { home: value["home_page_url"].as_str().and_then(|home| resolve(&page.url, home)) });
    }
    let is_feed =
        ["<rss", "<feed", "<rdf:RDF", "<channel"].iter().any(|tag| start.contains(tag)) && !start.contains("<html");
    is_feed.then(|| Kind::Feed { home: link_of_feed(text).and_then(|home| resolve(&page.url, &home)) })
}

/// The first link of an RSS or Atom document that stands outside its posts and leads to a page.
fn link_of_feed(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let (mut inside, mut link) = (false, String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "link" => {
                let attribute = |name: &str| {
                    let found = element.try_get_attribute(name).ok().flatten()?;
                    Some(found.value.replace("&amp;", "&"))
                };
                match attribute("href") {
                    Some(href) if attribute("rel").is_none_or(|rel| rel == "alternate") => return Some(href),
                    Some(_) => {}
                    None => inside = true,
                }
            }
            Event::Start(element) if matches!(element.local_name().as_ref(), "item" | "entry") => return None,
            Event::Text(said) if inside => link.push_str(&said),
            Event::CData(said) if inside => link.push_str(&said),
            Event::End(element) if element.local_name().as_ref() == "link" => {
                inside = false;
                if !link.trim().is_empty() {
                    return Some(link.trim().to_owned());
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::Validators;

    fn check(url: &str, text: &str, expected: &Kind) {
        let page = Page {
            url: Url::parse(url).unwrap(),
            text: text.to_owned(),
            media_type: None,
            validators: Validators::default(),
        };
        assert_eq!(about(&page).unwrap().kind, *expected, "{url} {text}");
    }

    #[test]
    fn the_kind_of_a_page_is_told_by_its_address_and_its_marks() {
        let home = Kind::Feed { home: Url::parse("https://x.org/").ok() };
        check("https://x.org/", "<p>x", &Kind::Page);
        check("https://x.org/category", "<p>x", &Kind::Page);
        check("https://x.org/category/life", "<p>x", &Kind::Part);
        check("https://x.org/?page=3", "<p>x", &Kind::Part);
        check("https://x.org/2020/07/", "<p>x", &Kind::Part);
        check("https://x.org/12", "<body id=tt-body-page><p>x", &Kind::Post);
        check("https://x.org/a", "<meta property=og:type content=article><p>x", &Kind::Post);
        check(
            "https://x.org/rss",
            "<?xml version='1.0'?><rss><channel><title>x</title><link>https://x.org/</link><item>",
            &home,
        );
        check(
            "https://x.org/atom",
            "<feed xmlns='x'><link rel='self' href='/atom'/><link href='https://x.org/'/></feed>",
            &home,
        );
        check(
            "https://x.org/f",
            r#"{"version":"https://jsonfeed.org/version/1.1","home_page_url":"https://x.org/"}"#,
            &home,
        );
        check(
            "https://x.org/rss",
            "<rss><channel><item><link>https://x.org/1</link></item></channel></rss>",
            &Kind::Feed { home: None },
        );
    }

    #[test]
    fn feeds_and_lists_are_named() {
        let text = "<link rel=alternate type=application/rss+xml title=All href=/rss><a href=/archives/>A</a><a href=/blog>B</a><a href=/about>C</a>";
        let page = Page {
            url: Url::parse("https://x.org/").unwrap(),
            text: text.to_owned(),
            media_type: None,
            validators: Validators::default(),
        };
        let about = about(&page).unwrap();
        assert_eq!(about.feeds, [OwnFeed { title: "All".into(), url: Url::parse("https://x.org/rss").unwrap() }]);
        assert_eq!(about.lists.iter().map(Url::path).collect::<Vec<_>>(), ["/blog", "/archives/"]);
    }
}
