//! Many blogs behind one proxy: each has a host of its own and shows whatever it was last told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::support::background::Background;

/// What each address answers: several bodies one after another, the last for ever.
type Shown = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// A running proxy; it ends when dropped.
pub(crate) struct World {
    shown: Shown,
    address: String,
    _server: Background,
}

impl World {
    /// A world in which nothing is to be found yet.
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        listener.set_nonblocking(true).expect("a listener can be made non-blocking");
        let address = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let shown = Shown::default();
        let served = Arc::clone(&shown);
        let server = Background::start(move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a non-blocking listener");
            let routes = Router::new().fallback(answer).with_state(served);
            axum::serve(listener, routes).await.expect("serving goes on until it is dropped");
        });
        Self { shown, address, _server: server }
    }

    /// The proxy's address.
    pub(crate) fn proxy(&self) -> &str {
        &self.address
    }

    /// From now on an address shows these pages, one a request, the last for ever.
    pub(crate) fn show(&self, url: &str, pages: Vec<String>) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(place(url), pages);
    }

    /// From now on every address of a host that counts to 2 shows this page, whatever the blog's way to count is.
    pub(crate) fn show_second(&self, host: &str, page: String) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(second(host), vec![page]);
    }

    /// From now on nothing is there but what is shown again.
    pub(crate) fn clear(&self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// An address without its scheme and what differs in nothing.
fn place(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches("index.html").trim_end_matches('/').to_owned()
}

/// Where the second page of a host is kept.
fn second(host: &str) -> String {
    format!("{host} 2")
}

async fn answer(State(shown): State<Shown>, uri: Uri) -> Response {
    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    let mut place = place(&uri.to_string());
    let counts = place.trim_end_matches(".html").trim_end_matches(".htm");
    let is_second = counts.strip_suffix('2').is_some_and(|rest| !rest.ends_with(|digit: char| digit.is_ascii_digit()));
    if is_second && !shown.contains_key(&place) {
        place = second(uri.host().unwrap_or_default());
    }
    match shown.get_mut(&place) {
        Some(pages) => {
            let page = if pages.len() > 1 { pages.remove(0) } else { pages[0].clone() };
            ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
        }
        None => (StatusCode::NOT_FOUND, "nothing is here").into_response(),
    }
}
