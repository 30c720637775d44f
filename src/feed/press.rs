//! Many documents of the same posts: what a post comes to is made once.

use std::sync::Arc;

use foldhash::HashMap;

use super::shown::{Shown, ShownPost};
use super::{atom, json, link, rss};
use crate::model::feed::{FeedDocument, Format};
use crate::model::post::Post;

/// Renders document after document. It holds every post that it met.
#[derive(Default)]
pub struct Press {
    /// By where the post lies, which no other one does while it is held.
    posts: HashMap<usize, (Arc<Post>, Arc<ShownPost>)>,
    /// The last home page, as it was given and as it is shown.
    home: Option<(String, Option<String>)>,
}

impl Press {
    /// The document in `format`: UTF-8, ending with a newline. The same bytes whatever was rendered before.
    pub fn render(&mut self, format: Format, document: &FeedDocument) -> Vec<u8> {
        let shown = self.shown(document, format);
        match format {
            Format::Rss => rss::render(&shown),
            Format::Atom => atom::render(&shown),
            Format::Json => json::render(&shown),
        }
    }

    /// What the document shows.
    pub(super) fn shown(&mut self, document: &FeedDocument, format: Format) -> Shown {
        let home_url = self.home_url(&document.head.home_url);
        Shown::of(document, format, home_url, |post| self.show(post))
    }

    /// The feeds of a blog follow each other, and each says where the blog is.
    fn home_url(&mut self, given: &str) -> Option<String> {
        if self.home.as_ref().is_none_or(|(last, _)| last != given) {
            self.home = Some((given.to_owned(), link::url(given)));
        }
        self.home.as_ref().and_then(|(_, shown)| shown.clone())
    }

    fn show(&mut self, post: &Arc<Post>) -> Arc<ShownPost> {
        let made = || (Arc::clone(post), Arc::new(ShownPost::of(post)));
        let (_, shown) = self.posts.entry(Arc::as_ptr(post).addr()).or_insert_with(made);
        Arc::clone(shown)
    }
}
