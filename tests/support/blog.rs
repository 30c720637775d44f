//! A live blog on loopback, shaped as Tistory's are: what the tests point `sosik` at.
//!
//! 136 posts, ten a page, a category tree with counts, a feed of the newest only, an entity tag for every body. A test
//! holds the [`Blog`] and makes it publish, edit, pin, change its skin or break, then asks what was requested
//! and what a right reading would have found. Not here: sessions, comments, anything that a poll never sees.

mod posts;
mod server;
mod skin;

use std::sync::Arc;

use super::background::Background;
pub use posts::Post;
pub use server::{Fault, Request};
pub use skin::Skin;

use server::Shared;

/// What the blog calls itself.
pub const TITLE: &str = "느린 개발자의 기록";

/// How many posts the blog begins with.
pub const POSTS: u32 = 136;

/// A running blog; it ends when dropped.
#[derive(Debug)]
pub struct Blog {
    shared: Arc<Shared>,
    _server: Background,
}

/// What a list page truly says of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The post's path.
    pub path: String,
    /// Its title, as text.
    pub title: String,
    /// Its day as `YYYY-MM-DD`, where the skin shows it.
    pub date: Option<String>,
    /// Its category, where it has one and the skin shows it.
    pub category: Option<String>,
}

impl Blog {
    /// A blog of [`POSTS`] posts in the plain skin.
    pub fn start() -> Self {
        Self::with_posts(POSTS)
    }

    /// A blog of so many posts.
    pub fn with_posts(count: u32) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        listener.set_nonblocking(true).expect("a listener can be made non-blocking");
        let base = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let shared = Arc::new(Shared::new(base, posts::Posts::made_up(count)));
        let served = Arc::clone(&shared);
        Self { shared, _server: Background::start(move || server::serve(listener, served)) }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> &str {
        &self.shared.base
    }

    /// The whole URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.shared.base)
    }

    /// Writes so many new posts in a category (the empty one is none) and gives their numbers.
    pub fn publish(&self, count: u32, category: &str) -> Vec<u32> {
        self.shared.state().posts.publish(count, category)
    }

    /// Changes a post's title, as a person who corrects it does.
    pub fn edit(&self, id: u32) {
        if let Some(post) = self.shared.state().posts.get_mut(id) {
            post.title.push_str(" (수정)");
        }
    }

    /// Gives a post these tags.
    pub fn tag(&self, id: u32, tags: &[&str]) {
        if let Some(post) = self.shared.state().posts.get_mut(id) {
            post.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        }
    }

    /// Gives a post this very title.
    pub fn retitle(&self, id: u32, title: &str) {
        if let Some(post) = self.shared.state().posts.get_mut(id) {
            title.clone_into(&mut post.title);
        }
    }

    /// Takes a post away.
    pub fn remove(&self, id: u32) {
        self.shared.state().posts.remove(id);
    }

    /// Puts a post that was taken away back where it stood.
    pub fn put_back(&self, post: Post) {
        self.shared.state().posts.put_back(post);
    }

    /// Puts a post first on every page 1.
    pub fn pin(&self, id: u32) {
        self.shared.state().posts.pinned = Some(id);
    }

    /// Changes the look of every page.
    pub fn skin(&self, skin: Skin) {
        self.shared.state().skin = skin;
    }

    /// Makes every request but that of robots.txt go wrong, or with `None` well again.
    pub fn fault(&self, fault: impl Into<Option<Fault>>) {
        let mut state = self.shared.state();
        state.fault = fault.into();
        state.faults_at.clear();
    }

    /// Makes the requests of one path with its query go wrong, such as `/category?page=5`.
    pub fn fault_at(&self, target: &str, fault: Fault) {
        self.shared.state().faults_at.insert(target.to_owned(), fault);
    }

    /// Every request since the start or the last [`Blog::forget_requests`].
    pub fn log(&self) -> Vec<Request> {
        self.shared.requests().clone()
    }

    /// Empties the log.
    pub fn forget_requests(&self) {
        self.shared.requests().clear();
    }

    /// Waits until the log holds so many requests.
    ///
    /// # Panics
    /// When they do not come.
    pub fn wait_for_requests(&self, count: usize) {
        self.shared.wait_for_requests(count);
    }

    /// One post as it is now.
    pub fn post(&self, id: u32) -> Option<Post> {
        self.shared.state().posts.get(id).cloned()
    }

    /// What the list of a category (the empty one is all posts) truly holds in the present skin, newest first.
    pub fn truth(&self, category: &str) -> Vec<Row> {
        let state = self.shared.state();
        let row = |post: &&Post| {
            let shows = state.skin.shows_fields(post);
            Row {
                path: format!("/{}", post.id),
                title: post.title.clone(),
                date: shows.then(|| post.at.date().to_string()),
                category: (shows && !post.category.is_empty()).then(|| post.category.clone()),
            }
        };
        state.posts.of(category).iter().map(row).collect()
    }

    /// The posts that an exact reader of the list pages puts into a category, by what their rows show.
    pub fn truth_by_rows(&self, category: Option<&str>) -> Vec<Row> {
        let belongs = |row: &Row| match (category, row.category.as_deref()) {
            (None, shown) => shown.is_none(),
            (Some(wanted), Some(shown)) => {
                shown == wanted || shown.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
            }
            (Some(_), None) => false,
        };
        self.truth("").into_iter().filter(belongs).collect()
    }

    /// The posts that truly are in a category (`None`: in none), whatever their rows show.
    pub fn whole_truth(&self, category: Option<&str>) -> Vec<Row> {
        let state = self.shared.state();
        let posts = state.posts.of(category.unwrap_or_default());
        let belongs = |post: &&Post| category.is_some() || post.category.is_empty();
        let row = |post: &Post| Row {
            path: format!("/{}", post.id),
            title: post.title.clone(),
            date: Some(post.at.date().to_string()),
            category: Some(post.category.clone()).filter(|category| !category.is_empty()),
        };
        posts.into_iter().filter(belongs).map(row).collect()
    }

    /// Every category with its number of posts, parents included, as the tree shows them.
    pub fn tree(&self) -> Vec<(String, usize)> {
        self.shared.state().posts.tree().into_iter().collect()
    }
}
