//! What is where, and what every request passes: its bounds, the host, the method, the token.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::timeout;
use tower_service::Service;
use tracing::error;

use crate::model::failure::with_causes;
use crate::store::StoreError;

use super::answer;
use super::doors::Admission;
use super::events::{self, EVENTS};
use super::feeds::{self, FEEDS};
use super::health;
use super::house::House;
use super::limits::{LONGEST_TARGET, MOST_HEADER_BYTES};
use super::pages::missing::{self, Missing};
use super::pages::{home, source, view};

/// Answered whoever asks: it says no more than that we run.
const OPEN_TO_ALL: &str = "/healthz";

/// Answers requests.
#[derive(Clone)]
pub(super) struct Routes {
    house: Arc<House>,
    router: Router,
}

/// Our own house is broken: 503, and the log says why.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The store.
    Store(StoreError),
    /// A template, which fails only where a value's `Display` does.
    Page(askama::Error),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<askama::Error> for Trouble {
    fn from(error: askama::Error) -> Self {
        Self::Page(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::Store(error) => error!(error = with_causes(&error), "a request could not be answered"),
            Self::Page(error) => error!(%error, "a page could not be written"),
        }
        busy("the state cannot be read; the log says why")
    }
}

impl Routes {
    pub(super) fn of(house: &Arc<House>) -> Self {
        let router = Router::new()
            .route("/", get(home::page))
            .route("/sources/{id}", get(source::page))
            .route("/view/{*path}", get(view::page))
            .route(EVENTS, get(events::follow))
            .route("/opml", get(feeds::opml))
            .route("/style.css", get(feeds::style))
            .route("/icon.svg", get(feeds::icon))
            .route(OPEN_TO_ALL, get(health::alive))
            .route("/readyz", get(health::ready))
            .route("/metrics", get(health::metrics))
            .fallback(nothing_here)
            .with_state(Arc::clone(house));
        Self { house: Arc::clone(house), router }
    }

    /// Answers a request, within the time that an answer may take.
    pub(super) async fn answer(self, mut request: Request) -> Result<Response, Infallible> {
        let house = Arc::clone(&self.house);
        self.strip_prefix(&mut request);
        let answer = timeout(house.limits.answer, self.let_in(request)).await;
        let mut answer = answer.unwrap_or_else(|_| busy("the state does not answer"));
        answer::harden(&mut answer);
        Ok(answer)
    }

    async fn let_in(mut self, request: Request) -> Response {
        if let Err(status) = self.judge(&request) {
            return refusal(status);
        }
        let admission = if request.uri().path() == OPEN_TO_ALL {
            Ok(Admission::Open)
        } else {
            let doors = &self.house.doors;
            doors.admit(&*self.house.store, request.headers(), request.uri().query()).await
        };
        match admission {
            Err(error) => Trouble::Store(error).into_response(),
            Ok(Admission::Refused) => locked(),
            Ok(admission) => {
                // Readers ask for feeds all day: these need none of what a router brings with it.
                let mut answer = if request.uri().path().starts_with(FEEDS) {
                    let (asked, _) = request.into_parts();
                    feeds::feed(&self.house, asked.uri.path(), &asked.headers).await.into_response()
                } else {
                    let Ok(answer) = self.router.call(request).await;
                    answer
                };
                if admission == Admission::Shown {
                    keep_private(&mut answer);
                }
                answer
            }
        }
    }

    /// What is wrong with a request, whatever it asks for.
    fn judge(&self, request: &Request) -> Result<(), StatusCode> {
        let (uri, headers) = (request.uri(), request.headers());
        if uri.path_and_query().is_some_and(|target| target.as_str().len() > LONGEST_TARGET) {
            return Err(StatusCode::URI_TOO_LONG);
        }
        let header_bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > MOST_HEADER_BYTES {
            return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        self.house.hosts.judge(headers, uri)?;
        match *request.method() {
            Method::GET | Method::HEAD => Ok(()),
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// Takes the path of the base URL off, where a proxy left it on.
    fn strip_prefix(&self, request: &mut Request) {
        let prefix = self.house.prefix.as_str();
        let target = request.uri().path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
        let Some(rest) = target.strip_prefix(prefix).filter(|_| !prefix.is_empty()) else { return };
        let rest = if rest.is_empty() || rest.starts_with('?') { format!("/{rest}") } else { rest.to_owned() };
        if !rest.starts_with('/') {
            return;
        }
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = rest.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
}

async fn nothing_here(State(house): State<Arc<House>>, headers: HeaderMap) -> Result<Response, Trouble> {
    missing::answer(&house, &headers, Missing::Unknown, None).await
}

/// What is refused before anybody looks at what was asked for.
fn refusal(status: StatusCode) -> Response {
    let text = match status {
        StatusCode::BAD_REQUEST => "the request names no host, or more than one",
        StatusCode::MISDIRECTED_REQUEST => {
            "this is not the name of this server: add it as `[publish] base_url` or in `[serve] listen`"
        }
        StatusCode::METHOD_NOT_ALLOWED => "there is only something to read here: GET and HEAD",
        StatusCode::URI_TOO_LONG => "the address is too long",
        _ => "the request's headers are too long",
    };
    let mut answer = answer::line(status, text);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        answer::set(&mut answer, header::ALLOW, "GET, HEAD");
    }
    if matches!(status, StatusCode::MISDIRECTED_REQUEST | StatusCode::BAD_REQUEST) {
        answer::set(&mut answer, header::CACHE_CONTROL, "no-store");
    }
    answer
}

fn locked() -> Response {
    let text = "a token is needed: as the password of any user, as `Authorization: Bearer TOKEN`, or as `?token=TOKEN`";
    let mut answer = answer::line(StatusCode::UNAUTHORIZED, text);
    answer::set(&mut answer, header::WWW_AUTHENTICATE, "Basic realm=\"sosik\", charset=\"UTF-8\"");
    answer::set(&mut answer, header::CACHE_CONTROL, "no-store");
    answer
}

pub(super) fn busy(text: &str) -> Response {
    let mut answer = answer::line(StatusCode::SERVICE_UNAVAILABLE, text);
    answer::set(&mut answer, header::RETRY_AFTER, "30");
    answer::set(&mut answer, header::CACHE_CONTROL, "no-store");
    answer
}

/// What was shown for a token is not for a cache that others share.
fn keep_private(answer: &mut Response<Body>) {
    let kept = answer.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    let private = kept.map_or_else(|| "private".to_owned(), |kept| format!("private, {kept}"));
    answer::set(answer, header::CACHE_CONTROL, &private);
}
