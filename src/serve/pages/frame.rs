//! What pages share: their frame, and how a source, a feed and a post are shown.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::catalog::{self, Listed};
use crate::model::date::{at_offset, rfc3339};
use crate::model::feed::{Feed, FeedKind, FeedPath, Format};
use crate::model::merged::MergedFeed;
use crate::model::post::Post;
use crate::model::source::SourceId;
use crate::serve::feeds::style_version;
use crate::serve::house::{House, facts_of};
use crate::serve::words::Words;
use crate::store::contract::SourceOverview;

/// Every byte but unreserved ones and `/` is escaped in the path of a page.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The frame of a page.
pub(super) struct Frame {
    pub(super) words: &'static Words,
    /// What stands before every path of ours.
    pub(super) root: String,
    pub(super) style: String,
    pub(super) title: String,
    pub(super) alternates: Vec<Alternate>,
    /// The pages above this one, the outermost first.
    pub(super) above: Vec<Above>,
}

/// A page that this one belongs to.
pub(super) struct Above {
    pub(super) name: String,
    pub(super) language: Option<String>,
    pub(super) url: String,
}

/// A feed that readers find by the page's head.
pub(super) struct Alternate {
    pub(super) media_type: &'static str,
    pub(super) title: String,
    pub(super) url: String,
}

/// A moment, as people and as programs read it.
pub(super) struct Moment {
    pub(super) text: String,
    pub(super) exact: String,
}

/// A source in a list.
pub(super) struct SourceRow {
    pub(super) title: String,
    pub(super) language: Option<String>,
    pub(super) page: String,
    pub(super) posts: String,
    pub(super) last_success: Option<Moment>,
    pub(super) next_check: Option<Moment>,
    pub(super) state: String,
    /// `good`, `bad` or `rest`: the colour that goes with the word.
    pub(super) mood: &'static str,
    pub(super) failure: Option<Wrong>,
    /// The feed of all its posts.
    pub(super) links: Vec<FeedLink>,
}

/// What is wrong with a source and what to do about it.
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: String,
}

/// A feed in a tree.
pub(super) struct FeedRow {
    pub(super) name: String,
    /// Of the name, where it is the blog's own word.
    pub(super) language: Option<String>,
    pub(super) depth: usize,
    pub(super) posts: u32,
    pub(super) page: String,
    pub(super) links: Vec<FeedLink>,
}

/// A feed's address in one format.
pub(super) struct FeedLink {
    pub(super) format: &'static str,
    pub(super) url: String,
}

/// A post in a list.
pub(super) struct PostRow {
    pub(super) title: String,
    pub(super) url: Option<String>,
    pub(super) day: Moment,
    pub(super) categories: String,
    pub(super) excerpt: Option<String>,
    pub(super) author: Option<String>,
    pub(super) image: Option<String>,
}

impl Frame {
    pub(super) fn new(house: &House, words: &'static Words, title: String) -> Self {
        let root = house.prefix.clone();
        Self { words, root, style: style_version(), title, alternates: Vec::new(), above: Vec::new() }
    }

    /// The same frame, for a page below the list of sources.
    pub(super) fn below_home(mut self) -> Self {
        let home = Above { name: self.words.home.to_owned(), language: None, url: format!("{}/", self.root) };
        self.above.push(home);
        self
    }

    /// The same frame, for a page below that of a source.
    pub(super) fn below_source(self, source: &SourceOverview) -> Self {
        let facts = facts_of(source);
        let url = source_page(&self.root, &source.source.id);
        let mut frame = self.below_home();
        frame.above.push(Above { name: facts.shown_title(), language: tag(facts.language.as_deref()), url });
        frame
    }

    /// The same frame, whose head names these feeds.
    pub(super) fn naming<'a>(self, feeds: impl IntoIterator<Item = &'a Listed>) -> Self {
        let named = |feed: &'a Listed| {
            feed.urls.iter().map(|(format, url)| Alternate {
                media_type: format.media_type().split(';').next().unwrap_or_default(),
                title: format!("{} ({})", feed.title, name(*format)),
                url: url.clone(),
            })
        };
        Self { alternates: feeds.into_iter().flat_map(named).collect(), ..self }
    }
}

impl SourceRow {
    /// `listed` are feeds, among which its own may be.
    pub(super) fn new(house: &House, words: &Words, overview: &SourceOverview, listed: &Feeds<'_>) -> Self {
        let SourceOverview { source, state, posts, removed, .. } = overview;
        let facts = facts_of(overview);
        let (text, mood) = match (&state.failure, state.outcome.as_deref()) {
            _ if *removed => (words.removed.to_owned(), "rest"),
            _ if source.paused => (words.paused.to_owned(), "rest"),
            (_, Some("gone")) => (words.gone.to_owned(), "bad"),
            (Some(_), _) => (words.in_a_row(state.failures), "bad"),
            (None, None) => (words.not_yet.to_owned(), "rest"),
            (None, Some(_)) => (words.fine.to_owned(), "good"),
        };
        let now = house.clock.now();
        let is_watched = !*removed && !source.paused;
        let next = state.next_check.filter(|_| is_watched).map(|at| Moment {
            text: if at > now { words.ahead(now.duration_until(at)) } else { words.now.to_owned() },
            exact: rfc3339(at, 0),
        });
        Self {
            title: facts.shown_title(),
            language: tag(facts.language.as_deref()),
            page: source_page(&house.prefix, &source.id),
            posts: match state.declared {
                Some(declared) if declared != *posts => words.of_declared(*posts, declared),
                Some(_) | None => posts.to_string(),
            },
            last_success: state
                .last_success
                .map(|at| Moment { text: words.ago(at.duration_until(now)), exact: rfc3339(at, 0) }),
            next_check: next,
            state: text,
            mood,
            failure: state
                .failure
                .as_ref()
                .map(|failure| Wrong { message: failure.message.clone(), help: failure.help.clone() }),
            links: listed.get(&FeedPath::new(&source.id, None)).map(|feed| links(feed)).unwrap_or_default(),
        }
    }

    /// Whether somebody should look after it.
    pub(super) fn needs_care(&self) -> bool {
        self.mood == "bad"
    }
}

impl FeedRow {
    /// The rows of a source's listed feeds, each under its innermost label.
    pub(super) fn all(
        house: &House,
        words: &Words,
        listed: &[Listed],
        feeds: &[Feed],
        language: Option<&str>,
    ) -> Vec<Self> {
        let kinds: HashMap<&FeedPath, &FeedKind> = feeds.iter().map(|feed| (&feed.path, &feed.kind)).collect();
        let row = |listed: &Listed| {
            let (name, language) = match kinds.get(&listed.path) {
                Some(FeedKind::Category(path)) => (path.label().to_owned(), tag(language)),
                Some(FeedKind::Uncategorized) => (words.uncategorized.to_owned(), None),
                Some(FeedKind::Tag(label)) => (format!("#{label}"), tag(language)),
                Some(FeedKind::Author(author)) => (author.clone(), tag(language)),
                Some(FeedKind::Merged(_)) => (listed.title.clone(), tag(language)),
                Some(FeedKind::All) | None => (words.all_posts.to_owned(), None),
            };
            Self {
                name,
                language,
                depth: depth(listed).min(DEEPEST),
                posts: listed.posts,
                page: view(house, &listed.path),
                links: links(listed),
            }
        };
        listed.iter().map(row).collect()
    }
}

/// How deep a feed stands in its blog's tree.
fn depth(listed: &Listed) -> usize {
    match (&listed.source, &listed.tag, &listed.author) {
        (None, _, _) => 0,
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => 1,
        (Some(_), None, None) => listed.path.as_str().matches('/').count(),
    }
}

/// The deepest indentation that the style knows.
const DEEPEST: usize = 6;

impl PostRow {
    pub(super) fn new(words: &Words, post: &Post) -> Self {
        let exact = rfc3339(post.listed_at, post.offset_seconds);
        let day = at_offset(post.listed_at, post.offset_seconds).date().to_string();
        Self {
            title: if post.title.trim().is_empty() { words.untitled.to_owned() } else { post.title.clone() },
            url: web(&post.url),
            day: Moment { text: day, exact },
            categories: post.categories.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            excerpt: post.excerpt.clone().filter(|excerpt| !excerpt.trim().is_empty()),
            author: post.author.clone(),
            image: post.image.as_deref().and_then(web).filter(|image| image.starts_with("https:")),
        }
    }
}

/// The feeds of sources and merged feeds, as people subscribe to them.
pub(super) fn list(house: &House, overviews: &[SourceOverview], merged: &[MergedFeed], feeds: &[Feed]) -> Vec<Listed> {
    let facts: Vec<_> = overviews.iter().map(facts_of).collect();
    catalog::list(feeds, &facts, merged, &house.base_url)
}

/// Listed feeds by their paths.
pub(super) type Feeds<'a> = HashMap<&'a FeedPath, &'a Listed>;

/// Listed feeds, to be looked up by their paths.
pub(super) fn by_path(listed: &[Listed]) -> Feeds<'_> {
    listed.iter().map(|feed| (&feed.path, feed)).collect()
}

/// The page of a source.
fn source_page(root: &str, id: &SourceId) -> String {
    format!("{root}/sources/{id}")
}

/// Where a listed feed is served.
pub(super) fn links(listed: &Listed) -> Vec<FeedLink> {
    listed.urls.iter().map(|(format, url)| FeedLink { format: name(*format), url: url.clone() }).collect()
}

/// The page of a feed for people.
pub(super) fn view(house: &House, path: &FeedPath) -> String {
    format!("{}/view/{}", house.prefix, utf8_percent_encode(path.as_str(), ESCAPED))
}

/// A language, where a blog's word for it has the form of a tag (RFC 5646 §2.1): a screen reader would stumble over
/// any other.
pub(super) fn tag(language: Option<&str>) -> Option<String> {
    let language = language?.trim();
    let mut parts = language.split('-');
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (parts.next().is_some_and(is_language) && parts.all(is_part)).then(|| language.to_owned())
}

/// A web address, where a text is one: nothing else becomes a link.
pub(super) fn web(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// A format as people call it.
fn name(format: Format) -> &'static str {
    match format {
        Format::Rss => "RSS",
        Format::Atom => "Atom",
        Format::Json => "JSON",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_are_languages() {
        for good in ["ko", "ko-KR", "zh-Hant-TW", " en "] {
            assert_eq!(tag(Some(good)).as_deref(), Some(good.trim()), "{good:?}");
        }
        for bad in ["", "k", "korean", "ko_KR", "ko-", "한국어", "ko\" onmouseover=\"alert(1)"] {
            assert_eq!(tag(Some(bad)), None, "{bad:?}");
        }
    }

    #[test]
    fn only_web_addresses_become_links() {
        for (text, expected) in [
            (" https://x.org/a b", Some("https://x.org/a%20b")),
            ("http://x.org", Some("http://x.org/")),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("data:text/html,x", None),
            ("//x.org", None),
            ("", None),
        ] {
            assert_eq!(web(text).as_deref(), expected, "{text:?}");
        }
    }
}
