//! What a document shows, decided once for every format.
//!
//! The one door between stored posts and the writers: every text passes `clean` here and every link `link`, and what
//! is missing is filled from what is there (a title from the excerpt, an author from the blog).

use std::sync::{Arc, OnceLock};

use foldhash::{HashSet, HashSetExt};

use crate::model::category::CategoryPath;
use crate::model::enclosure::{Enclosure, is_media_type};
use crate::model::feed::{FeedDocument, Format, url_in};
use crate::model::post::Post;

use super::moment::Moment;
use super::{clean, link};

/// The namespace of Media RSS, in which both XML formats show a post's picture.
pub(super) const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// Longest title, in characters, that is made of an excerpt.
const MADE_TITLE_CHARACTERS: usize = 80;

/// Longest title, in characters: no page means a longer one.
const TITLE_CHARACTERS: usize = 500;

/// Longest excerpt, in characters: fifty posts of that length stay below the 1 MiB of rule F12 in every format.
const EXCERPT_CHARACTERS: usize = 3000;

/// Longest excerpt, in characters, beside a full text.
const SUMMARY_CHARACTERS: usize = 400;

/// Bytes up to which a document shows full texts; the posts behind show their excerpts. Rule F12 allows 1 MiB.
const MOST_BYTES: usize = 960 * 1024;

/// Bytes that a post takes beside its texts: elements, ids, dates.
const POST_BYTES: usize = 1600;

/// The top of a document and its posts. Texts are clean, links are ASCII.
pub(super) struct Shown {
    /// `urn:uuid:…`.
    pub(super) id: String,
    /// One line; not empty unless the feed has no id either.
    pub(super) title: String,
    /// One line, not emptier than the title.
    pub(super) description: String,
    /// The blog's home page.
    pub(super) home_url: Option<String>,
    /// Where this document is served.
    pub(super) self_url: Option<String>,
    /// The `WebSub` hub.
    pub(super) hub: Option<String>,
    /// The next older archive page (RFC 5005 §4).
    pub(super) older_url: Option<String>,
    /// The next newer archive page.
    pub(super) newer_url: Option<String>,
    /// Of an archive page: the document that people subscribe to.
    pub(super) current_url: Option<String>,
    /// BCP 47.
    pub(super) language: Option<String>,
    /// Never before the `updated` of a post that it shows (A6).
    pub(super) updated: Moment,
    /// Stands for the authors of posts that name none.
    pub(super) author: String,
    /// Newest first, no id twice.
    pub(super) posts: Vec<Arc<ShownPost>>,
    /// Posts that left, the latest first; none that is shown.
    pub(super) tombstones: Vec<ShownTombstone>,
}

/// A post that left, as Atom tells it.
pub(super) struct ShownTombstone {
    /// The id that it had.
    pub(super) id: String,
    /// When it left.
    pub(super) gone_at: Moment,
}

/// A post as every format shows it.
#[derive(Clone)]
pub(super) struct ShownPost {
    /// The same in every format and feed.
    pub(super) id: String,
    /// Where it is to be read.
    pub(super) url: Option<String>,
    /// One line; not empty.
    pub(super) title: String,
    /// Plain text; not empty.
    pub(super) excerpt: Option<String>,
    /// Its full text as HTML, where the document has room for it.
    pub(super) html: Option<String>,
    /// Who wrote it, where a page says so.
    pub(super) author: Option<String>,
    /// What it brings along; links are clean.
    pub(super) enclosures: Vec<Enclosure>,
    /// Its picture.
    pub(super) image: Option<String>,
    /// When it was published, or is thought to have been.
    pub(super) published: Moment,
    /// The last significant change.
    pub(super) updated: Moment,
    /// No page says when it was published.
    pub(super) date_estimated: bool,
    /// Its categories.
    pub(super) categories: Vec<ShownCategory>,
    /// As Atom writes it, which is the same in every document.
    pub(super) atom: Written,
}

/// What a post is written as, once that was made. A copy is on its way to become another post.
#[derive(Default)]
pub(super) struct Written(pub(super) OnceLock<Vec<u8>>);

impl Clone for Written {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A category as every format shows it.
#[derive(Clone)]
pub(super) struct ShownCategory {
    /// All labels joined by `/`.
    pub(super) path: String,
    /// The innermost label.
    pub(super) label: String,
}

/// The namespace of RFC 5005.
pub(super) const HISTORY_NAMESPACE: &str = "http://purl.org/syndication/history/1.0";

impl Shown {
    /// The links to the hub and within the feed's history, each with its relation.
    pub(super) fn related(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let links = [
            ("hub", &self.hub),
            ("prev-archive", &self.older_url),
            ("next-archive", &self.newer_url),
            ("current", &self.current_url),
        ];
        links.into_iter().filter_map(|(relation, url)| Some((relation, url.as_deref()?)))
    }

    /// Whether this is an archive page.
    pub(super) fn is_archive(&self) -> bool {
        self.current_url.is_some()
    }

    /// What the document shows in `format`, which decides nothing but the link to itself. `home_url` is the
    /// head's own as it is shown, `show` gives how a post is.
    pub(super) fn of(
        document: &FeedDocument,
        format: Format,
        home_url: Option<String>,
        show: impl FnMut(&Arc<Post>) -> Arc<ShownPost>,
    ) -> Self {
        let head = &document.head;
        let id = clean::line(&head.id);
        let mut title = clean::line(&head.title);
        if title.is_empty() {
            title = home_url.as_deref().map(link::host).filter(|host| !host.is_empty()).unwrap_or_else(|| id.clone());
        }
        // Two keys may lead to one canonical URL when a blog takes over another host; readers refuse the id twice.
        let mut ids = HashSet::with_capacity(document.posts.len() + document.tombstones.len());
        let distinct: Vec<&Arc<Post>> = document.posts.iter().filter(|post| ids.insert(&post.entry_id)).collect();
        let mut posts: Vec<Arc<ShownPost>> = distinct.iter().copied().map(show).collect();
        show_texts(&mut posts, &distinct);
        let tombstones = document.tombstones.iter().filter(|tombstone| ids.insert(&tombstone.entry_id));
        let tombstones: Vec<ShownTombstone> = tombstones
            .map(|gone| ShownTombstone {
                id: clean::line(&gone.entry_id),
                gone_at: Moment::new(gone.gone_at, head.offset_seconds),
            })
            .collect();
        let newest = posts.iter().map(|post| post.updated.at()).max().unwrap_or(head.updated);
        Self {
            description: or(clean::line(&head.description), &title),
            self_url: link::url(head.self_url(format)),
            hub: head.hub.as_deref().and_then(link::url),
            older_url: url_in(&head.history.older, format).and_then(link::url),
            newer_url: url_in(&head.history.newer, format).and_then(link::url),
            current_url: url_in(&head.history.current, format).and_then(link::url),
            language: head.language.as_deref().and_then(clean::language),
            updated: Moment::new(head.updated.max(newest), head.offset_seconds),
            author: or(clean::line(&head.author), &title),
            id,
            title,
            home_url,
            posts,
            tombstones,
        }
    }
}

impl ShownPost {
    /// As it is shown without its full text.
    pub(super) fn of(post: &Post) -> Self {
        let url = link::url(&post.url);
        let excerpt = post.excerpt.as_deref().map(excerpt_of).filter(|excerpt| !excerpt.is_empty());
        let published = Moment::new(post.listed_at, post.offset_seconds);
        Self {
            id: clean::line(&post.entry_id),
            title: title(post, url.as_deref(), excerpt.as_deref(), published),
            html: None,
            author: post.author.as_deref().map(clean::line).filter(|author| !author.is_empty()),
            enclosures: post.enclosures.iter().filter_map(enclosure).collect(),
            image: post.image.as_deref().and_then(link::url),
            // A finer date that was found later may be after the last change.
            updated: Moment::new(post.updated.max(post.listed_at), post.offset_seconds),
            date_estimated: post.published.is_none(),
            categories: post.categories.iter().filter_map(ShownCategory::of).collect(),
            atom: Written::default(),
            url,
            excerpt,
            published,
        }
    }

    /// The bytes that it takes in a document at most.
    fn weight(&self) -> usize {
        let categories: usize = self.categories.iter().map(|category| 2 * clean::weight(&category.path) + 120).sum();
        let enclosures: usize = self.enclosures.iter().map(|enclosure| clean::weight(&enclosure.url) + 120).sum();
        POST_BYTES + clean::weight(&self.title) + clean::weight(self.text()) + categories + enclosures
    }

    /// The excerpt, or for want of one the title.
    pub(super) fn text(&self) -> &str {
        self.excerpt.as_deref().unwrap_or(&self.title)
    }
}

/// Gives posts their full texts, the newest first, as long as the document stays below its bound. The excerpt beside a
/// text is a short one. All formats show the same texts: which they are depends on the posts alone.
fn show_texts(posts: &mut [Arc<ShownPost>], stored: &[&Arc<Post>]) {
    if stored.iter().all(|post| post.full_text.is_none()) {
        return;
    }
    let mut bytes: usize = posts.iter().map(|post| post.weight()).sum();
    for (post, stored) in posts.iter_mut().zip(stored) {
        let Some(text) = &stored.full_text else { continue };
        let html = clean::html(&text.html);
        let weight = clean::weight(&html);
        if !html.is_empty() && bytes + weight <= MOST_BYTES {
            bytes += weight;
            let post = Arc::make_mut(post);
            post.excerpt = post.excerpt.take().map(|excerpt| clean::shortened(excerpt, SUMMARY_CHARACTERS));
            post.html = Some(html);
        }
    }
}

/// A file with a link that readers can follow.
fn enclosure(stored: &Enclosure) -> Option<Enclosure> {
    let media_type = is_media_type(&stored.media_type).then(|| stored.media_type.clone())?;
    Some(Enclosure { url: link::url(&stored.url)?, media_type, length: stored.length })
}

impl ShownCategory {
    fn of(path: &CategoryPath) -> Option<Self> {
        let labels: Vec<String> =
            path.labels().iter().map(|label| clean::line(label)).filter(|label| !label.is_empty()).collect();
        let label = labels.last()?.clone();
        Some(Self { path: labels.join("/"), label })
    }
}

/// The title, else the first words of the excerpt, else what the link ends with, else the day.
fn title(post: &Post, url: Option<&str>, excerpt: Option<&str>, published: Moment) -> String {
    let title = clean::line(&post.title);
    if !title.is_empty() {
        return clean::shortened(title, TITLE_CHARACTERS);
    }
    match (excerpt, url) {
        (Some(excerpt), _) => clean::first_words(excerpt, MADE_TITLE_CHARACTERS),
        (None, Some(url)) => link::last_segment(url),
        (None, None) => published.day(),
    }
}

fn excerpt_of(text: &str) -> String {
    // What is cut off is not cleaned first: a page may show megabytes as an excerpt.
    let bytes = text.floor_char_boundary(EXCERPT_CHARACTERS * 8);
    clean::shortened(clean::lines(&text[..bytes]), EXCERPT_CHARACTERS)
}

fn or(text: String, instead: &str) -> String {
    if text.is_empty() { instead.to_owned() } else { text }
}
