//! A server that takes what channels bring, writes it down, and answers as a test wants: errors, silence, wishes.

use std::collections::{BTreeMap, VecDeque};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::PATIENCE;
use super::background::Background;

/// What a request gets.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Nothing, for ever.
    Silence,
    /// The connection is closed without an answer, once the request was read.
    Cut,
}

impl Reply {
    /// A status with a body.
    pub fn status(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }

    /// The same with a header more.
    #[must_use]
    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// What came.
#[derive(Debug, Clone)]
pub struct Received {
    /// `POST`, `PUT`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Received {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A running receiver. It takes everything with 200 unless it is told otherwise.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    notes: Arc<Notes>,
    _server: Background,
}

#[derive(Debug)]
struct Notes {
    /// For the next requests, in order.
    next: Mutex<VecDeque<Reply>>,
    /// For all others.
    otherwise: Mutex<Reply>,
    got: Mutex<Vec<Received>>,
    came: Condvar,
}

impl Receiver {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        listener.set_nonblocking(true).expect("a socket can be non-blocking");
        let address = listener.local_addr().expect("a bound listener has an address");
        let notes = Arc::new(Notes {
            next: Mutex::default(),
            otherwise: Mutex::new(Reply::status(200, "ok")),
            got: Mutex::default(),
            came: Condvar::new(),
        });
        let state = Arc::clone(&notes);
        let server = Background::start(move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
            let app = Router::new().fallback(take).with_state(state);
            axum::serve(listener, app).await.expect("it serves for ever");
        });
        Self { address, notes, _server: server }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the next requests get.
    pub fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.notes.next.lock().unwrap().extend(replies);
    }

    /// What all other requests get.
    pub fn otherwise(&self, reply: Reply) {
        *self.notes.otherwise.lock().unwrap() = reply;
    }

    /// Everything that came so far.
    pub fn got(&self) -> Vec<Received> {
        self.notes.got.lock().unwrap().clone()
    }

    /// Waits until that many requests came.
    ///
    /// # Panics
    /// When they do not come.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let got = self.notes.got.lock().unwrap();
        let (got, waited) =
            self.notes.came.wait_timeout_while(got, PATIENCE, |got| got.len() < count).expect("no test panics in it");
        assert!(!waited.timed_out(), "waited for {count} requests: {got:#?}");
        got.clone()
    }
}

async fn take(State(notes): State<Arc<Notes>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the whole body comes");
    let header = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    notes.got.lock().unwrap().push(Received {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), header(value))).collect(),
        body: String::from_utf8(body.to_vec()).expect("bodies are UTF-8"),
    });
    notes.came.notify_all();
    let next = notes.next.lock().unwrap().pop_front();
    let reply = next.unwrap_or_else(|| notes.otherwise.lock().unwrap().clone());
    match reply {
        Reply::Answer(status, headers, body) => {
            let mut response = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).expect("a response")
        }
        Reply::Silence => std::future::pending().await,
        // What unwinds takes its connection with it; this way nobody is told of a panic.
        Reply::Cut => std::panic::resume_unwind(Box::new("cut")),
    }
}
