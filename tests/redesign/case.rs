//! A blog before and after: the page that it is known by, and what its redesigns look like.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::rewrite::{Original, REDESIGNS, Redesign, SAME};

/// A post that a page truly shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    /// Its address.
    pub(crate) url: Url,
    /// Its title.
    pub(crate) title: String,
    /// Its day as `YYYY-MM-DD`, where the page shows it.
    pub(crate) day: Option<String>,
}

/// A blog.
pub(crate) struct Case {
    /// The id of its source; its host is `ID.example`.
    pub(crate) id: String,
    /// The page that lists its posts.
    pub(crate) url: Url,
    /// What the page shows, in its order.
    pub(crate) posts: Vec<Truth>,
    original: Original,
}

impl Case {
    /// A blog whose page at `url` is `html` and truly shows these posts.
    pub(crate) fn new(id: String, url: Url, html: &str, posts: &[Truth]) -> Self {
        let read = |posts: &[Truth]| {
            Original::read(html, &url, &posts.iter().map(|post| post.url.clone()).collect::<Vec<_>>())
        };
        let posts: Vec<Truth> = read(posts).order().into_iter().map(|number| posts[number].clone()).collect();
        let original = read(&posts);
        Self { id, url, posts, original }
    }

    /// Whether its newest post can be taken off the page, to be published later.
    pub(crate) fn publishes(&self) -> bool {
        self.posts.len() > 3 && self.original.can_lack(0)
    }

    fn unpublished(&self) -> &'static [usize] {
        if self.publishes() { &[0] } else { &[] }
    }

    /// The page that the blog is known by, without the post that is published later.
    pub(crate) fn before(&self) -> String {
        self.original.page(SAME, self.unpublished())
    }

    /// The same posts redesigned.
    pub(crate) fn after(&self, redesign: Redesign) -> String {
        self.original.page(redesign, self.unpublished())
    }

    /// The redesigned page once the newest post is out.
    pub(crate) fn later(&self, redesign: Redesign) -> String {
        self.original.page(redesign, &[])
    }

    /// The page without any post.
    pub(crate) fn empty(&self) -> String {
        self.original.empty()
    }

    /// What a redesign shows: before the newest post is out, and afterwards.
    pub(crate) fn redesigned(&self, at: usize) -> (String, String) {
        (self.after(REDESIGNS[at]), self.later(REDESIGNS[at]))
    }

    /// The posts of the page that the blog is known by.
    pub(crate) fn known(&self) -> &[Truth] {
        &self.posts[self.unpublished().len()..]
    }
}

/// What tells posts apart: the path and those parameters that name one.
pub(crate) fn key(url: &Url) -> String {
    let path = percent_decode_str(url.path()).decode_utf8_lossy().replace("index.html", "").replace("//", "/");
    let path = path.strip_suffix(".html").or(path.strip_suffix(".htm")).unwrap_or(&path).trim_end_matches('/');
    let names = |name: &str| matches!(name, "p" | "id" | "no" | "logNo" | "page_id" | "article" | "idx" | "seq");
    let kept = url.query_pairs().filter(|(name, _)| names(name));
    kept.fold(path.to_owned(), |path, (name, value)| format!("{path}?{name}={value}"))
}
