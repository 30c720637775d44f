//! What can be subscribed to: the feeds of all sources, their titles and their addresses.
//!
//! Pure. Titles follow the language of the blog and never the machine's, for a document must be the same
//! everywhere. Asked by publish, serve, OPML and cli alike, so that a feed has one name and one address.

use std::collections::HashMap;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Position, Url};

pub use crate::model::feed::Listed;
use crate::model::feed::{
    ARCHIVE_PAGE, ArchivePage, Feed, FeedDocument, FeedHead, FeedKind, FeedPath, Format, History,
};
use crate::model::merged::{MergedFeed, MergedId};
use crate::model::post::Post;
use crate::model::source::{Source, SourceId};
use crate::model::title::Titles;

/// Every byte but RFC 3986 unreserved ones is escaped inside a path segment.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a feed's head tells of the blog: the configuration's word first, else the page's own. Of a merged feed: what the
/// configuration says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its name.
    pub id: SourceId,
    /// The blog's title.
    pub title: Option<String>,
    /// What a person says of it.
    pub description: Option<String>,
    /// How a person wants its feeds titled.
    pub titles: Titles,
    /// BCP 47.
    pub language: Option<String>,
    /// The blog's home page.
    pub home_url: String,
    /// Who writes it.
    pub author: Option<String>,
    /// Whether its feeds show the posts' full texts.
    pub full_text: bool,
}

impl SourceFacts {
    /// The facts of a source of which nothing is known but its name.
    pub fn unknown(id: &SourceId) -> Self {
        Self {
            id: id.clone(),
            title: None,
            description: None,
            titles: Titles::default(),
            language: None,
            home_url: String::new(),
            author: None,
            full_text: false,
        }
    }

    /// The blog's title, else its host, else its name.
    pub fn shown_title(&self) -> String {
        let host = || Url::parse(&self.home_url).ok().and_then(|url| url.host_str().map(str::to_owned));
        filled(self.title.as_deref()).or_else(host).unwrap_or_else(|| self.id.to_string())
    }

    /// Whether the blog is written in Korean.
    fn is_korean(&self) -> bool {
        let primary = self.language.as_deref().and_then(|tag| tag.split(['-', '_']).next());
        primary.is_some_and(|language| language.eq_ignore_ascii_case("ko"))
    }
}

/// What the pages of a source said of it, as the store keeps it.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageFacts<'a> {
    /// The blog's own title.
    pub title: Option<&'a str>,
    /// The blog's own language.
    pub language: Option<&'a str>,
    /// The blog's home page.
    pub home_url: Option<&'a str>,
}

impl SourceFacts {
    /// What a person gave a source, else what its pages said.
    pub fn of(source: &Source, said: PageFacts<'_>) -> Self {
        let first = |given: &Option<String>, said: Option<&str>| given.clone().or_else(|| said.map(str::to_owned));
        Self {
            id: source.id.clone(),
            title: first(&source.title, said.title),
            description: None,
            titles: source.choice.titles.clone(),
            language: first(&source.language, said.language),
            home_url: said.home_url.map_or_else(|| source.link_base().to_string(), str::to_owned),
            author: None,
            full_text: source.full_text,
        }
    }

    /// The facts of a merged feed. Its home is the page on which it is shown.
    pub fn of_merged(feed: &MergedFeed, base_url: &Url) -> Self {
        let root = base_url[..Position::AfterPath].trim_end_matches('/');
        Self {
            id: feed.id.name().clone(),
            title: Some(feed.shown_title()),
            description: feed.description.clone(),
            titles: Titles::default(),
            language: feed.language.clone(),
            home_url: format!("{root}/view/{}", FeedPath::of_merged(&feed.id)),
            author: None,
            // As far as their own sources want them.
            full_text: true,
        }
    }
}

/// A feed's document as people subscribe to it: its newest posts, with the way to the older ones.
pub fn document(
    feed: &Feed,
    facts: &SourceFacts,
    base_url: &Url,
    posts: Vec<Arc<Post>>,
    pages: &Pages,
) -> FeedDocument {
    let mut head = lasting(feed, facts, posts.iter().map(Arc::as_ref));
    head.self_urls = urls(base_url, &feed.path);
    head.history.older = pages.newest().map(|page| urls(base_url, &feed.path.archive(page))).unwrap_or_default();
    FeedDocument { head, posts, tombstones: Vec::new() }
}

/// The archive of a feed: its frozen pages, and the open posts cut into the pages that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    frozen: u32,
    open: Vec<Vec<Arc<Post>>>,
}

impl Pages {
    /// Cuts open posts, oldest first, into pages after so many frozen ones.
    pub fn new(frozen: u32, open: Vec<Post>) -> Self {
        let open: Vec<Arc<Post>> = open.into_iter().map(Arc::new).collect();
        let newest_first = |page: &[Arc<Post>]| page.iter().rev().cloned().collect();
        Self { frozen, open: open.chunks(ARCHIVE_PAGE).map(newest_first).collect() }
    }

    /// The posts of the pages that are full and not yet frozen, newest first, the oldest page first.
    pub fn full(&self) -> impl Iterator<Item = &Vec<Arc<Post>>> {
        self.open.iter().filter(|page| page.len() == ARCHIVE_PAGE)
    }

    /// The page that a walk back begins with.
    pub fn newest(&self) -> Option<u32> {
        let last = self.frozen + u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        (last > 0).then_some(last)
    }

    /// The numbers of the pages that are not frozen. After a frozen page there always is one, if need be an empty
    /// one: the frozen page names its successor and never changes.
    pub fn open_numbers(&self) -> std::ops::RangeInclusive<u32> {
        let last = self.newest().unwrap_or_default();
        self.frozen + 1..=if self.open.is_empty() && self.frozen > 0 { last + 1 } else { last }
    }

    /// The posts of a page that is not frozen.
    pub fn open_posts(&self, page: u32) -> Option<Vec<Arc<Post>>> {
        if !self.open_numbers().contains(&page) {
            return None;
        }
        let index = usize::try_from(page - self.frozen - 1).unwrap_or(usize::MAX);
        Some(self.open.get(index).cloned().unwrap_or_default())
    }
}

/// The lasting part of a feed's document with these posts.
pub fn content(feed: &Feed, facts: &SourceFacts, posts: Vec<Arc<Post>>) -> ArchivePage {
    let head = lasting(feed, facts, posts.iter().map(Arc::as_ref));
    ArchivePage { head, posts: posts.into_iter().map(Arc::unwrap_or_clone).collect() }
}

/// The top of a document with these posts, without its addresses.
fn lasting<'p>(feed: &Feed, facts: &SourceFacts, posts: impl Iterator<Item = &'p Post>) -> FeedHead {
    let mut head = bare_head(feed, facts);
    for (place, post) in posts.enumerate() {
        if place == 0 {
            (head.updated, head.offset_seconds) = (post.updated, post.offset_seconds);
        }
        head.updated = head.updated.max(post.updated);
    }
    head
}

/// The document of an archive page. Its addresses follow from its number alone: a full page never changes.
pub fn archive_document(feed: &Feed, page: u32, last: u32, content: ArchivePage, base_url: &Url) -> FeedDocument {
    let ArchivePage { mut head, posts } = content;
    let at = |page: u32| urls(base_url, &feed.path.archive(page));
    head.self_urls = at(page);
    head.history = History {
        older: if page > 1 { at(page - 1) } else { Vec::new() },
        newer: if page < last { at(page + 1) } else { Vec::new() },
        current: urls(base_url, &feed.path),
    };
    FeedDocument { head, posts: posts.into_iter().map(Arc::new).collect(), tombstones: Vec::new() }
}

/// The feeds of these sources: sources as given; of each all posts, then the category tree, then uncategorised posts,
/// then tags and authors. After them the merged feeds as given.
///
/// A feed whose source is not among `sources` is left out, and so is one that is no longer chosen.
pub fn list(feeds: &[Feed], sources: &[SourceFacts], merged: &[MergedFeed], base_url: &Url) -> Vec<Listed> {
    let mut by_source: HashMap<&SourceId, Vec<&Feed>> = HashMap::new();
    let mut by_name: HashMap<&MergedId, &Feed> = HashMap::new();
    for feed in feeds.iter().filter(|feed| feed.chosen) {
        if let FeedKind::Merged(id) = &feed.kind {
            by_name.insert(id, feed);
        } else if let Some(source) = &feed.source {
            by_source.entry(source).or_default().push(feed);
        }
    }
    let mut listed = Vec::with_capacity(feeds.len());
    for facts in sources {
        let mut own = by_source.remove(&facts.id).unwrap_or_default();
        own.sort_by_cached_key(|feed| place(feed));
        listed.extend(own.into_iter().map(|feed| line(feed, facts, base_url)));
    }
    for definition in merged {
        let facts = SourceFacts::of_merged(definition, base_url);
        listed.extend(by_name.get(&definition.id).map(|feed| line(feed, &facts, base_url)));
    }
    listed
}

/// The top of a feed's documents.
pub fn head(feed: &Feed, facts: &SourceFacts, base_url: &Url) -> FeedHead {
    FeedHead { self_urls: urls(base_url, &feed.path), ..bare_head(feed, facts) }
}

fn bare_head(feed: &Feed, facts: &SourceFacts) -> FeedHead {
    FeedHead {
        id: feed.urn.clone(),
        title: title(&feed.kind, facts),
        description: description(&feed.kind, facts),
        home_url: facts.home_url.clone(),
        self_urls: Vec::new(),
        history: History::default(),
        hub: None,
        language: facts.language.clone(),
        updated: feed.updated,
        offset_seconds: 0,
        author: filled(facts.author.as_deref()).unwrap_or_else(|| facts.shown_title()),
    }
}

/// Where a feed is served, in percent-encoded UTF-8.
///
/// ```
/// use sosik::catalog::feed_url;
/// use sosik::model::feed::{FeedPath, Format};
/// let base = url::Url::parse("http://127.0.0.1:7878").unwrap();
/// let url = feed_url(&base, &FeedPath::from_text("slow/여행"), Format::Atom);
/// assert_eq!(url, "http://127.0.0.1:7878/feeds/slow/%EC%97%AC%ED%96%89.atom");
/// ```
pub fn feed_url(base_url: &Url, path: &FeedPath, format: Format) -> String {
    let mut url = address(base_url, path);
    url.push_str(format.extension());
    url
}

/// Where a feed is served, up to the extension.
fn address(base_url: &Url, path: &FeedPath) -> String {
    let mut url = base_url[..Position::AfterPath].trim_end_matches('/').to_owned();
    url.push_str("/feeds");
    for segment in path.as_str().split('/') {
        url.push('/');
        url.extend(utf8_percent_encode(segment, ESCAPED));
    }
    url.push('.');
    url
}

fn urls(base_url: &Url, path: &FeedPath) -> Vec<(Format, String)> {
    let address = address(base_url, path);
    Format::ALL.into_iter().map(|format| (format, format!("{address}{}", format.extension()))).collect()
}

/// Sorts a category right before what it holds: segment by segment, since `-` sorts before `/`.
fn place(feed: &Feed) -> (u8, Vec<String>) {
    let rank = match feed.kind {
        FeedKind::All => 0,
        FeedKind::Category(_) => 1,
        FeedKind::Uncategorized => 2,
        FeedKind::Tag(_) => 3,
        FeedKind::Author(_) => 4,
        FeedKind::Merged(_) => 5,
    };
    (rank, feed.path.as_str().split('/').map(str::to_owned).collect())
}

fn line(feed: &Feed, facts: &SourceFacts, base_url: &Url) -> Listed {
    Listed {
        source: feed.source.clone(),
        source_title: facts.shown_title(),
        category: match &feed.kind {
            FeedKind::Category(path) => Some(path.to_string()),
            FeedKind::All | FeedKind::Uncategorized | FeedKind::Tag(_) | FeedKind::Author(_) | FeedKind::Merged(_) => {
                None
            }
        },
        uncategorized: feed.kind == FeedKind::Uncategorized,
        tag: if let FeedKind::Tag(tag) = &feed.kind { Some(tag.clone()) } else { None },
        author: if let FeedKind::Author(author) = &feed.kind { Some(author.clone()) } else { None },
        path: feed.path.clone(),
        title: title(&feed.kind, facts),
        posts: feed.posts,
        updated: feed.updated,
        home_url: facts.home_url.clone(),
        urls: urls(base_url, &feed.path),
    }
}

/// A feed's title by the template that a person gave, else as usual.
fn title(kind: &FeedKind, facts: &SourceFacts) -> String {
    let blog = facts.shown_title();
    let (name, label) = match kind {
        FeedKind::All | FeedKind::Merged(_) => {
            let values = [("blog", blog.as_str()), ("source", facts.id.as_str())];
            let given = facts.titles.all.as_ref().map(|template| template.fill(&values));
            return filled(given.as_deref()).unwrap_or(blog);
        }
        FeedKind::Category(path) => (path.to_string(), path.label().to_owned()),
        FeedKind::Tag(label) | FeedKind::Author(label) => (label.clone(), label.clone()),
        FeedKind::Uncategorized => {
            let none = if facts.is_korean() { "분류 없음" } else { "Uncategorized" };
            (none.to_owned(), none.to_owned())
        }
    };
    let values = [
        ("category", name.as_str()),
        ("label", label.as_str()),
        ("blog", blog.as_str()),
        ("source", facts.id.as_str()),
    ];
    let given = facts.titles.category.as_ref().map(|template| template.fill(&values));
    filled(given.as_deref()).unwrap_or_else(|| format!("{name} · {blog}"))
}

fn description(kind: &FeedKind, facts: &SourceFacts) -> String {
    let blog = facts.shown_title();
    match (kind, facts.is_korean()) {
        (FeedKind::All, true) => format!("{blog}의 모든 글"),
        (FeedKind::All, false) => format!("All posts of {blog}"),
        (FeedKind::Category(path), true) => format!("{blog}의 {path} 분류 글"),
        (FeedKind::Category(path), false) => format!("Posts of {blog} in {path}"),
        (FeedKind::Uncategorized, true) => format!("{blog}의 분류 없는 글"),
        (FeedKind::Uncategorized, false) => format!("Posts of {blog} without a category"),
        (FeedKind::Tag(tag), true) => format!("{blog}의 {tag} 태그 글"),
        (FeedKind::Tag(tag), false) => format!("Posts of {blog} tagged {tag}"),
        (FeedKind::Author(author), true) => format!("{blog}에 {author} 님이 쓴 글"),
        (FeedKind::Author(author), false) => format!("Posts of {blog} by {author}"),
        (FeedKind::Merged(_), is_korean) => filled(facts.description.as_deref()).unwrap_or_else(|| {
            if is_korean { "여러 블로그의 글".to_owned() } else { "Posts of several blogs".to_owned() }
        }),
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use jiff::Timestamp;

    fn facts(id: &str, title: Option<&str>, language: Option<&str>) -> SourceFacts {
        SourceFacts {
            id: SourceId::try_from(id.to_owned()).unwrap(),
            title: title.map(str::to_owned),
            description: None,
            titles: Titles::default(),
            language: language.map(str::to_owned),
            home_url: format!("https://{id}.tistory.com/"),
            author: None,
            full_text: false,
        }
    }

    fn feed(source: &str, kind: FeedKind, slugs: Option<&str>) -> Feed {
        let source = SourceId::try_from(source.to_owned()).unwrap();
        Feed {
            shard: 0,
            feed_id: 1,
            source_number: 1,
            path: FeedPath::new(&source, slugs),
            source: Some(source),
            kind,
            urn: "urn:uuid:ba8f65ab-0761-55e8-9cab-c545be457644".to_owned(),
            version: 1,
            published_version: 0,
            updated: Timestamp::UNIX_EPOCH,
            posts: 3,
            archived: 0,
            published_pages: 0,
            chosen: true,
            rechosen: None,
        }
    }

    fn category(labels: &[&str]) -> FeedKind {
        FeedKind::Category(CategoryPath::new(labels).unwrap())
    }

    fn base() -> Url {
        Url::parse("http://127.0.0.1:7878").unwrap()
    }

    #[test]
    fn feeds_are_listed_as_a_tree_under_their_source() {
        let feeds = [
            feed("slow", category(&["Big Data 2"]), Some("big-data-2")),
            feed("slow", category(&["Big Data", "Kafka"]), Some("big-data/kafka")),
            feed("slow", category(&["Big Data"]), Some("big-data")),
            feed("slow", FeedKind::Uncategorized, Some("_uncategorized")),
            feed("gone", FeedKind::All, None),
            feed("slow", FeedKind::All, None),
            feed("fast", FeedKind::All, None),
        ];
        let sources = [facts("slow", Some(" 느린 개발자의 기록 "), Some("ko-KR")), facts("fast", Some(""), None)];
        let listed = list(&feeds, &sources, &[], &base());
        let lines: Vec<_> = listed.iter().map(|feed| (feed.path.as_str(), feed.title.as_str())).collect();
        assert_eq!(
            lines,
            [
                ("slow", "느린 개발자의 기록"),
                ("slow/big-data", "Big Data · 느린 개발자의 기록"),
                ("slow/big-data/kafka", "Big Data/Kafka · 느린 개발자의 기록"),
                ("slow/big-data-2", "Big Data 2 · 느린 개발자의 기록"),
                ("slow/_uncategorized", "분류 없음 · 느린 개발자의 기록"),
                ("fast", "fast.tistory.com"),
            ]
        );
        let categories: Vec<_> = listed.iter().map(|feed| (feed.category.as_deref(), feed.uncategorized)).collect();
        assert_eq!(
            categories,
            [
                (None, false),
                (Some("Big Data"), false),
                (Some("Big Data/Kafka"), false),
                (Some("Big Data 2"), false),
                (None, true),
                (None, false),
            ]
        );
    }

    #[test]
    fn a_head_speaks_the_blogs_language() {
        for (language, kind, title, description) in [
            (Some("ko"), FeedKind::All, "느린 기록", "느린 기록의 모든 글"),
            (Some("KO-kr"), category(&["여행"]), "여행 · 느린 기록", "느린 기록의 여행 분류 글"),
            (Some("ko"), FeedKind::Uncategorized, "분류 없음 · 느린 기록", "느린 기록의 분류 없는 글"),
            (
                Some("kok"),
                FeedKind::Uncategorized,
                "Uncategorized · 느린 기록",
                "Posts of 느린 기록 without a category",
            ),
            (None, FeedKind::All, "느린 기록", "All posts of 느린 기록"),
            (Some("en"), category(&["A", "B"]), "A/B · 느린 기록", "Posts of 느린 기록 in A/B"),
        ] {
            let head = head(&feed("slow", kind, Some("x")), &facts("slow", Some("느린 기록"), language), &base());
            assert_eq!((head.title.as_str(), head.description.as_str()), (title, description));
            assert_eq!(head.author, "느린 기록");
        }
    }

    #[test]
    fn a_head_knows_its_addresses() {
        let uncategorized = feed("slow", FeedKind::Uncategorized, Some("_uncategorized"));
        let head = head(&uncategorized, &facts("slow", None, None), &base());
        assert_eq!(head.title, "Uncategorized · slow.tistory.com");
        assert_eq!(head.self_url(Format::Json), "http://127.0.0.1:7878/feeds/slow/_uncategorized.json");
        assert_eq!(head.id, uncategorized.urn);
        assert_eq!(head.self_urls.len(), Format::ALL.len());
    }

    #[test]
    fn addresses_stand_under_the_base_url_and_are_ascii() {
        for (base, path, expected) in [
            ("https://x.org", "slow", "https://x.org/feeds/slow.rss"),
            ("https://x.org/sub/?q=1#f", "slow/a", "https://x.org/sub/feeds/slow/a.rss"),
            ("https://x.org/", "slow/c-plus-plus/é?", "https://x.org/feeds/slow/c-plus-plus/%C3%A9%3F.rss"),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(feed_url(&base, &FeedPath::from_text(path), Format::Rss), expected);
        }
    }
}
