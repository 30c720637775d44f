//! The test blog on the wire: routes, conditional requests, and every way in which it can go wrong.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as FromState;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use percent_encoding::percent_decode_str;

use super::super::PATIENCE;
use super::posts::Posts;
use super::skin::{ListPage, Skin, escape};

/// How the blog can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 500.
    ServerError,
    /// 503 with this Retry-After: seconds or a date.
    Unavailable(&'static str),
    /// 429 with this Retry-After.
    TooManyRequests(&'static str),
    /// 410.
    Gone,
    /// 200 and a page that wants to know whether we are a robot.
    Captcha,
    /// 200 and no body.
    Empty,
    /// A body that ends in its middle.
    Cut,
    /// 302 to an address that answers the same.
    RedirectLoop,
    /// An entity tag that stays the same whatever the page holds, so that a second look gets a 304 for ever.
    LyingEtag,
    /// 128 MiB of HTML.
    Huge,
    /// 1 MiB of gzip that unpacks to 158 MiB.
    Bomb,
    /// Half a page, then silence for as long as the client waits.
    Slow,
    /// A byte every now and then, without end.
    Drip,
    /// EUC-KR, named in a meta element only.
    CharsetEucKr,
    /// EUC-KR, named nowhere.
    CharsetUndeclared,
}

/// A request that the blog answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// The path with its query, as it was sent.
    pub path: String,
    /// Names in small letters.
    pub headers: BTreeMap<String, String>,
    /// What was answered.
    pub status: u16,
}

/// What the handle and the server share.
#[derive(Debug)]
pub struct Shared {
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    state: Mutex<State>,
    log: Mutex<Vec<Request>>,
    logged: Condvar,
}

/// What a test changes.
#[derive(Debug)]
pub struct State {
    /// The posts.
    pub posts: Posts,
    /// The look.
    pub skin: Skin,
    /// What goes wrong everywhere.
    pub fault: Option<Fault>,
    /// What goes wrong at one path.
    pub faults_at: BTreeMap<String, Fault>,
}

impl Shared {
    /// A healthy blog in the plain skin.
    pub fn new(base: String, posts: Posts) -> Self {
        let state = State { posts, skin: Skin::PlainList, fault: None, faults_at: BTreeMap::new() };
        Self { base, state: Mutex::new(state), log: Mutex::default(), logged: Condvar::new() }
    }

    /// The posts, the look and what is wrong.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was asked so far.
    pub fn requests(&self) -> MutexGuard<'_, Vec<Request>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until so many requests were answered.
    pub fn wait_for_requests(&self, count: usize) {
        let (log, waited) = self
            .logged
            .wait_timeout_while(self.requests(), PATIENCE, |log| log.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "waited for {count} requests and only {} came: {log:#?}", log.len());
    }

    fn record(&self, request: Request) {
        self.requests().push(request);
        self.logged.notify_all();
    }
}

/// Serves until dropped.
pub async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a non-blocking listener");
    let routes = Router::new().fallback(answer).with_state(shared);
    axum::serve(listener, routes).await.expect("serving goes on until it is dropped");
}

async fn answer(FromState(shared): FromState<Arc<Shared>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let response = respond(&shared, &uri, headers.get(IF_NONE_MATCH).map(HeaderValue::as_bytes));
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let status = response.status().as_u16();
    shared.record(Request { method: method.to_string(), path: uri.to_string(), headers, status });
    response
}

fn respond(shared: &Shared, uri: &Uri, if_none_match: Option<&[u8]>) -> Response {
    if uri.path() == "/robots.txt" {
        return whole("text/plain", "User-agent: *\nDisallow: /owner\nDisallow: /manage\n");
    }
    let state = shared.state();
    let fault = state.faults_at.get(&uri.to_string()).or(state.fault.as_ref()).cloned();
    if let Some(response) = fault.as_ref().and_then(|fault| instead(fault, uri)) {
        return response;
    }
    let Some((media_type, text)) = document(&state, &shared.base, uri) else {
        return with_status(StatusCode::NOT_FOUND, "<h1>404</h1>");
    };
    drop(state);
    let etag = match fault {
        Some(Fault::LyingEtag) => "\"same\"".to_owned(),
        _ => format!("\"{:016x}\"", xxhash_rust::xxh3::xxh3_64(text.as_bytes())),
    };
    match fault {
        Some(Fault::Cut | Fault::Slow) => half(media_type, &text, fault == Some(Fault::Slow)),
        Some(Fault::CharsetEucKr) => whole("text/html", euc_kr(&text, r#"<meta charset="euc-kr">"#)),
        Some(Fault::CharsetUndeclared) => whole("text/html", euc_kr(&text, "")),
        _ if if_none_match == Some(etag.as_bytes()) => build(StatusCode::NOT_MODIFIED, &[(ETAG, &etag)], Body::empty()),
        _ => build(StatusCode::OK, &[(CONTENT_TYPE, media_type), (ETAG, &etag)], text),
    }
}

/// The answer of a fault that never looks at the page.
fn instead(fault: &Fault, uri: &Uri) -> Option<Response> {
    let html: (_, &str) = (CONTENT_TYPE, "text/html; charset=utf-8");
    Some(match fault {
        Fault::ServerError => with_status(StatusCode::INTERNAL_SERVER_ERROR, "<h1>Internal Server Error</h1>"),
        Fault::Gone => with_status(StatusCode::GONE, "<h1>410</h1>"),
        Fault::Unavailable(after) => build(StatusCode::SERVICE_UNAVAILABLE, &[html, (RETRY_AFTER, after)], "busy"),
        Fault::TooManyRequests(after) => {
            build(StatusCode::TOO_MANY_REQUESTS, &[html, (RETRY_AFTER, after)], "slow down")
        }
        Fault::Captcha => whole(
            "text/html; charset=utf-8",
            "<html><title>잠시만요</title><body>로봇이 아님을 확인해 주세요 <form><input></form></body></html>",
        ),
        Fault::Empty => whole("text/html; charset=utf-8", ""),
        Fault::RedirectLoop => {
            let mark = if uri.query().is_some() { '&' } else { '?' };
            build(StatusCode::FOUND, &[html, (LOCATION, &format!("{uri}{mark}x=1"))], Body::empty())
        }
        Fault::Huge => {
            let piece = Bytes::from("<div>x</div>\n".repeat(64 * 1024 / 13));
            build(StatusCode::OK, &[html], repeated(Bytes::from("<html><body>"), piece, 2048))
        }
        Fault::Bomb => {
            let (start, block) = bomb();
            build(StatusCode::OK, &[html, (CONTENT_ENCODING, "gzip")], repeated(start, block.repeat(1024).into(), 79))
        }
        Fault::Drip => {
            let ticks = tokio::time::interval(Duration::from_millis(20));
            let drops = stream::unfold(ticks, |mut ticks| async move {
                ticks.tick().await;
                Some((Ok::<_, Infallible>(Bytes::from_static(b"<")), ticks))
            });
            build(StatusCode::OK, &[html], Body::from_stream(drops))
        }
        Fault::Cut | Fault::Slow | Fault::LyingEtag | Fault::CharsetEucKr | Fault::CharsetUndeclared => return None,
    })
}

/// The page behind an address: its media type and its text.
fn document(state: &State, base: &str, uri: &Uri) -> Option<(&'static str, String)> {
    let path = percent_decode_str(uri.path()).decode_utf8().ok()?;
    let number = uri.query().into_iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("page="));
    let number = number.and_then(|number| number.parse().ok()).unwrap_or(1).max(1);
    let list = |category: &str| state.skin.list(&state.posts, ListPage { path: uri.path(), category, number });
    let html = "text/html; charset=utf-8";
    match &*path {
        "/" | "/category" => Some((html, list(""))),
        "/rss" => Some(("application/rss+xml; charset=utf-8", rss(&state.posts, base))),
        "/sitemap.xml" => Some(("application/xml", sitemap(&state.posts, base))),
        _ => {
            if let Some(category) = path.strip_prefix("/category/") {
                return state.posts.tree().contains_key(category).then(|| (html, list(category)));
            }
            let post = state.posts.get(path.strip_prefix('/')?.parse().ok()?)?;
            Some((html, state.skin.post(&state.posts, post)))
        }
    }
}

/// The platform's own feed: the newest posts only, with their exact times.
fn rss(posts: &Posts, base: &str) -> String {
    let item = |post: &super::Post| {
        let tags: Vec<String> = post.tags.iter().map(|tag| format!("<category>{}</category>", escape(tag))).collect();
        let tags = tags.concat();
        format!(
            "<item><title>{}</title><link>{base}/{id}</link><description>{}</description><category>{}</category>{tags}\
             <author>느린개발자</author><guid isPermaLink=\"true\">{base}/{id}</guid><pubDate>{} +0900</pubDate></item>",
            escape(&post.title),
            escape(&format!("<p>{}</p>", escape(&post.text))),
            escape(&post.category),
            post.at.strftime("%a, %d %b %Y %H:%M:%S"),
            id = post.id,
        )
    };
    let items: String = posts.all().iter().take(50).map(item).collect();
    let title = super::TITLE;
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title><link>{base}/</link><description>개발하며 배운 것을 적습니다</description><generator>TISTORY</generator><ttl>100</ttl>{items}</channel></rss>"#
    )
}

fn sitemap(posts: &Posts, base: &str) -> String {
    let entry = |post: &super::Post| {
        let when = post.at.strftime("%Y-%m-%dT%H:%M:%S+09:00");
        format!("<url><loc>{base}/{}</loc><lastmod>{when}</lastmod></url>", post.id)
    };
    let entries: String = posts.all().iter().map(entry).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{base}/</loc></url>{entries}</urlset>"#
    )
}

/// The page in EUC-KR, with `meta` in the place of the element that names UTF-8.
fn euc_kr(text: &str, meta: &str) -> Bytes {
    let text = text.replace(r#"<meta charset="utf-8">"#, meta);
    encoding_rs::EUC_KR.encode(&text).0.into_owned().into()
}

/// The first half of a page under its whole length: then an end, or silence.
fn half(media_type: &str, text: &str, silent: bool) -> Response {
    let length = text.len().to_string();
    let first = Ok(Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]));
    // The pause lets the first half go out: an error that follows at once takes it along.
    let cut = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("the blog hung up"))
    });
    let first = stream::iter([first]);
    let body =
        if silent { Body::from_stream(first.chain(stream::pending())) } else { Body::from_stream(first.chain(cut)) };
    build(StatusCode::OK, &[(CONTENT_TYPE, media_type), (CONTENT_LENGTH, &length)], body)
}

/// The start of a gzip stream that unpacks to `<p><p>…`, and the 13 bytes that add 2,064 to it each time.
///
/// RFC 1951 §3.2.6: one block with fixed codes; `<p>` as literals, then nothing but copies of 258 bytes from
/// three back, 13 bits each. The stream has no end: whoever unpacks it all finds it broken.
fn bomb() -> (Bytes, Bytes) {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u32, length: u32| bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    for literal in *b"<p>" {
        code(0x30 + u32::from(literal), 8);
    }
    for _ in 0..16 {
        code(0b1100_0101, 8);
        code(0b0_0010, 5);
    }
    let bytes: Vec<u8> = bits
        .chunks(8)
        .map(|octet| octet.iter().enumerate().fold(0, |byte, (place, &bit)| byte | u8::from(bit) << place))
        .collect();
    // 27 bits stand before the first copy; from byte 4 on the pattern repeats every 13 bytes.
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    ([&header[..], &bytes[..4]].concat().into(), Bytes::copy_from_slice(&bytes[4..17]))
}

fn repeated(start: Bytes, piece: Bytes, times: usize) -> Body {
    let pieces = std::iter::once(start).chain(std::iter::repeat_n(piece, times)).map(Ok::<_, Infallible>);
    Body::from_stream(stream::iter(pieces))
}

fn whole(media_type: &str, body: impl Into<Body>) -> Response {
    build(StatusCode::OK, &[(CONTENT_TYPE, media_type)], body)
}

fn with_status(status: StatusCode, body: &'static str) -> Response {
    build(status, &[(CONTENT_TYPE, "text/html; charset=utf-8")], body)
}

fn build(status: StatusCode, headers: &[(axum::http::HeaderName, &str)], body: impl Into<Body>) -> Response {
    let builder = headers
        .iter()
        .fold(Response::builder().status(status), |response, (name, value)| response.header(name, *value));
    builder.body(body.into()).expect("a well-formed answer")
}
