//! Blogs whose pages a browser builds: read by their endpoints, by GET and by POST, page after page.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::support::background::Background;
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

/// What the endpoint was asked, and how many posts it has.
#[derive(Debug)]
struct Api {
    posts: Mutex<u32>,
    /// Posts of a page.
    page: u32,
    asked: Mutex<Vec<String>>,
}

struct Server {
    base: String,
    api: Arc<Api>,
    _running: Background,
}

/// Behind the last page a GET answers 400, as `WordPress` does; a POST pages by cursor.
async fn answer(api: Arc<Api>, request: Request) -> Result<Response, Infallible> {
    let (method, uri) = (request.method().clone(), request.uri().to_string());
    let conditional = request.headers().contains_key(header::IF_NONE_MATCH);
    let posted = to_bytes(request.into_body(), 10_000).await.unwrap_or_default();
    if uri == "/robots.txt" {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let body = String::from_utf8_lossy(&posted).into_owned();
    api.asked
        .lock()
        .unwrap()
        .push(format!("{method} {uri} {body}{}", if conditional { "(if-none-match)" } else { "" }));
    let newest = *api.posts.lock().unwrap();
    let from = if method == Method::POST {
        let body: Value = serde_json::from_slice(&posted).unwrap_or_default();
        body["after"].as_str().and_then(|after| after.parse::<u32>().ok()).map_or(newest, |after| after - 1)
    } else {
        let page: u32 = uri.rsplit_once('=').and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
        newest.saturating_sub((page - 1) * api.page)
    };
    if from == 0 && method == Method::GET {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    }
    let posts: Vec<Value> = (from.saturating_sub(api.page - 1).max(1)..=from)
        .rev()
        .map(|id| json!({ "id": id.to_string(), "title": format!("Post {id}"), "at": 1_600_000_000_u64 + u64::from(id) * 86_400, "tags": [if id % 2 == 0 { "even" } else { "odd" }] }))
        .collect();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::ETAG, "\"same\"")];
    Ok((headers, json!({ "data": { "posts": posts } }).to_string()).into_response())
}

/// Three posts a page.
fn start(posts: u32) -> Server {
    start_with_pages_of(3, posts)
}

fn start_with_pages_of(page: u32, posts: u32) -> Server {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let api = Arc::new(Api { posts: Mutex::new(posts), page, asked: Mutex::default() });
    let served = Arc::clone(&api);
    let server = Background::start(move || async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let app = Router::new().fallback(move |request: Request| answer(Arc::clone(&served), request));
        let _ = axum::serve(listener, app).await;
    });
    Server { base, api, _running: server }
}

impl Server {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.api.asked.lock().unwrap())
    }
}

fn watching(server: &Server, request: &str) -> Sosik {
    let recipe = format!(
        "[source.recipe]\nformat = \"json\"\n{request}\npost = \"data.posts[]\"\ntitle = \"title\"\n\
         link = \"{}/posts/{{id}}\"\ncategory = \"tags[]\"\ndate = \"at\"\n",
        server.base
    );
    Sosik::new().source("app", &format!("{}/app", server.base), &recipe)
}

#[test]
fn an_endpoint_that_counts_its_pages_is_read_to_its_end() {
    let server = start(9);
    let sosik = watching(&server, "endpoint = \"{origin}/api?page={page}\"");
    let report = sosik.refresh();
    let source = &report["sources"][0];
    assert_eq!((&source["outcome"], &source["posts"], &source["new"]), (&"baseline".into(), &9.into(), &9.into()));
    let pages = ["GET /api?page=1 ", "GET /api?page=2 ", "GET /api?page=3 ", "GET /api?page=4 "];
    assert_eq!(server.asked(), pages);
    assert!(sosik.published().contains_key("app/even.atom"), "{:?}", sosik.published().keys());
    *server.api.posts.lock().unwrap() = 10;
    let report = sosik.refresh();
    let source = &report["sources"][0];
    assert_eq!((&source["outcome"], &source["new"], &source["posts"]), (&"changed".into(), &1.into(), &10.into()));
    assert_eq!(server.asked(), ["GET /api?page=1 (if-none-match)"]);
}

#[test]
fn ten_thousand_posts_at_once_are_one_notification() {
    let server = start_with_pages_of(100, 50);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = watching(&server, "endpoint = \"{origin}/api?page={page}\"").on_bus(bus.address());
    sosik.refresh();
    *server.api.posts.lock().unwrap() = 10_050;
    let report = sosik.refresh();
    let source = &report["sources"][0];
    assert_eq!((&source["new"], &source["posts"], &report["notified"]), (&10_000.into(), &10_050.into(), &1.into()));
    let told = desktop.notifications();
    assert!(told.len() == 1 && told[0].summary.contains("10000 new posts"), "{told:#?}");
    assert_eq!(sosik.refresh()["notified"], 0);
}

#[test]
fn an_endpoint_that_is_posted_to_goes_on_by_its_cursor_and_tells_by_its_bytes_that_nothing_changed() {
    let server = start(7);
    let request = "endpoint = \"{origin}/graphql\"\nbody = '{ \"after\": \"{cursor}\" }'\nnext = \"data.posts[-1].id\"";
    let sosik = watching(&server, request);
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 7);
    let asked = [r#"{"after":null}"#, r#"{"after":"5"}"#, r#"{"after":"2"}"#, r#"{"after":"1"}"#];
    assert_eq!(server.asked(), asked.map(|body| format!("POST /graphql {body}")));
    assert_eq!(sosik.refresh()["sources"][0]["outcome"], "not-modified");
    assert_eq!(server.asked(), ["POST /graphql {\"after\":null}"]);
}

#[test]
fn a_path_that_finds_nothing_is_named() {
    let server = start(3);
    let mut sosik = watching(&server, "endpoint = \"{origin}/api\"");
    sosik.refresh();
    sosik.reconfigure("data.posts[]", "data.items[]");
    let report = sosik.run(&["refresh", "--json"]).exits(4).json();
    let error = &report["sources"][0]["error"];
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("path `data.items[]` found nothing for http://127.0.0.1"), "{message}");
    assert!(message.ends_with("/app: `data` is an object with posts"), "{message}");
    assert_eq!((&error["step"], &report["sources"][0]["posts"]), (&"extract".into(), &3.into()));
}
