//! Blogs on many hosts of loopback, each with a feed; and who asked what when.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, USER_AGENT};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use crate::support::background::Background;

/// Hosts, which are addresses of loopback.
pub(crate) const HOSTS: usize = 500;

/// Blogs on each.
const BLOGS_A_HOST: usize = 4;

/// Blogs.
pub(crate) const BLOGS: usize = HOSTS * BLOGS_A_HOST;

/// Posts that each blog begins with.
const POSTS: usize = 3;

/// How long an answer takes: whoever asks at the same time would be seen.
const TAKES: Duration = Duration::from_millis(15);

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The number of the host.
    pub(crate) host: usize,
    /// The blog whose feed it was; `None`: another page of the host.
    pub(crate) blog: Option<usize>,
    /// What the client calls itself.
    pub(crate) worker: String,
    /// When it came.
    pub(crate) from: Instant,
    /// When it was answered, or given up.
    pub(crate) to: Instant,
}

struct Shared {
    port: u16,
    /// The dates of each blog's posts, the oldest first.
    posts: Mutex<Vec<Vec<String>>>,
    log: Mutex<Vec<Asked>>,
}

/// The running blogs.
pub(crate) struct Blogs {
    shared: Arc<Shared>,
    _server: Background,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn address(host: usize) -> String {
    format!("127.1.{}.{}", host / 250, host % 250 + 1)
}

#[expect(clippy::disallowed_methods, reason = "a blog writes the day on what it publishes")]
fn now() -> String {
    jiff::fmt::rfc2822::to_string(&jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC)).unwrap()
}

impl Blogs {
    pub(crate) fn start() -> Self {
        let first = std::net::TcpListener::bind((address(0), 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        let others = (1..HOSTS).map(|host| std::net::TcpListener::bind((address(host), port)).unwrap());
        let listeners: Vec<_> = std::iter::once(first).chain(others).collect();
        let dates = (0..POSTS).map(|at| format!("Mon, 0{} Jun 2026 09:00:00 +0000", at + 1));
        let posts = vec![dates.collect::<Vec<_>>(); BLOGS];
        let shared = Arc::new(Shared { port, posts: Mutex::new(posts), log: Mutex::default() });
        let state = Arc::clone(&shared);
        let server = Background::start(move || async move {
            let serving = listeners.into_iter().enumerate().map(|(host, listener)| {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let routes = Router::new().fallback(answer).with_state((Arc::clone(&state), host));
                async move { axum::serve(listener, routes).await.unwrap() }
            });
            futures_util::future::join_all(serving).await;
        });
        Self { shared, _server: server }
    }

    /// A line for each blog, as they are imported.
    pub(crate) fn listed(&self) -> String {
        let line = |blog: usize| {
            let url = self.shared.url(blog);
            serde_json::json!({ "id": format!("blog-{blog}"), "url": format!("{url}/rss"), "interval": "5s" })
        };
        (0..BLOGS).fold(String::new(), |mut lines, blog| {
            let _ = writeln!(lines, "{}", line(blog));
            lines
        })
    }

    /// Writes a post.
    pub(crate) fn publish(&self, blog: usize) {
        let mut posts = locked(&self.shared.posts);
        // A feed shows its newest posts only: what falls out of it unread would be lost to anyone.
        if posts[blog].len() < 20 {
            posts[blog].push(now());
        }
    }

    /// The addresses of all posts.
    pub(crate) fn all(&self) -> BTreeSet<String> {
        self.from(0)
    }

    /// The addresses of those that came after the beginning.
    pub(crate) fn published(&self) -> BTreeSet<String> {
        self.from(POSTS)
    }

    fn from(&self, first: usize) -> BTreeSet<String> {
        let posts = locked(&self.shared.posts);
        let of = |(blog, posts): (usize, &Vec<String>)| {
            (first..posts.len()).map(move |post| self.shared.post(blog, post)).collect::<Vec<_>>()
        };
        posts.iter().enumerate().flat_map(of).collect()
    }

    /// Every request so far.
    pub(crate) fn log(&self) -> Vec<Asked> {
        locked(&self.shared.log).clone()
    }

    /// The blogs whose feeds were asked for since.
    pub(crate) fn asked_since(&self, since: Instant) -> BTreeSet<usize> {
        locked(&self.shared.log).iter().filter(|asked| asked.from > since).filter_map(|asked| asked.blog).collect()
    }
}

impl Shared {
    fn url(&self, blog: usize) -> String {
        format!("http://{}:{}/{}", address(blog / BLOGS_A_HOST), self.port, blog % BLOGS_A_HOST)
    }

    fn post(&self, blog: usize, post: usize) -> String {
        format!("{}/post/{post}", self.url(blog))
    }

    fn feed(&self, blog: usize, posts: &[String]) -> String {
        let mut items = String::new();
        for (post, date) in posts.iter().enumerate().rev() {
            let url = self.post(blog, post);
            let _ = write!(
                items,
                "<item><title>Post {post} of {blog}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate></item>"
            );
        }
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Blog {blog}</title><link>{}/</link>\
             <description>x</description>{items}</channel></rss>",
            self.url(blog)
        )
    }
}

/// Writes a request down when it ends, however it does.
struct Note {
    shared: Arc<Shared>,
    asked: Asked,
}

impl Drop for Note {
    fn drop(&mut self) {
        self.asked.to = Instant::now();
        locked(&self.shared.log).push(self.asked.clone());
    }
}

async fn answer(State((shared, host)): State<(Arc<Shared>, usize)>, uri: Uri, headers: HeaderMap) -> Response {
    let header = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let from = Instant::now();
    let blog = uri.path().strip_suffix("/rss").and_then(|path| path.trim_start_matches('/').parse::<usize>().ok());
    let blog = blog.map(|at| host * BLOGS_A_HOST + at);
    let worker = header(USER_AGENT).unwrap_or_default().to_owned();
    let _note = Note { shared: Arc::clone(&shared), asked: Asked { host, blog, worker, from, to: from } };
    tokio::time::sleep(TAKES).await;
    match blog {
        Some(blog) => {
            let posts = locked(&shared.posts)[blog].clone();
            let tag = format!("\"{}\"", posts.len());
            if header(IF_NONE_MATCH) == Some(&tag) {
                return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
            }
            let kind = (CONTENT_TYPE, "application/rss+xml".to_owned());
            ([kind, (ETAG, tag)], shared.feed(blog, &posts)).into_response()
        }
        None if uri.path() == "/robots.txt" => "User-agent: *\nAllow: /\n".into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
