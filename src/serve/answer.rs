//! How answers look: headers that all of them carry, bodies for people and for programs.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::coding::{Coding, weight};
use super::conditional;

/// Nothing is loaded but our own style and pictures of posts over TLS; nothing runs, nothing frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Headers that an answer of ours has at most, `Date` included.
const MOST_OWN_HEADERS: usize = 12;

/// The media types that we send beside the feeds'.
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const HTML: &str = "text/html; charset=utf-8";

/// An answer of a media type.
pub(super) fn of(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().reserve(MOST_OWN_HEADERS);
    put(&mut answer, header::CONTENT_TYPE, media_type);
    answer
}

/// A line of plain text.
pub(super) fn line(status: StatusCode, text: &str) -> Response {
    of(status, TEXT, format!("{text}\n"))
}

/// A page, coded as the reader wants it. It shows the time, so it is asked for anew each time.
pub(super) fn page(status: StatusCode, headers: &HeaderMap, language: &'static str, html: &str) -> Response {
    let coding = Coding::wanted(headers).for_size(html.len());
    let mut answer = of(status, HTML, coding.encode(html.as_bytes()));
    set_coding(&mut answer, coding);
    set(&mut answer, header::VARY, "accept, accept-encoding, accept-language");
    set(&mut answer, header::CACHE_CONTROL, "no-cache");
    set(&mut answer, header::CONTENT_LANGUAGE, language);
    answer
}

/// A document that readers fetch again and again: whole, or that they have it.
pub(super) struct Document<'a> {
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its bytes in that coding.
    pub(super) bytes: Bytes,
    pub(super) coding: Coding,
    /// Its validators.
    pub(super) tag: &'a str,
    pub(super) modified: Option<jiff::Timestamp>,
    /// How long it may be kept.
    pub(super) cache_control: &'a HeaderValue,
}

impl Document<'_> {
    /// The answer to a request with these headers.
    pub(super) fn answer(self, headers: &HeaderMap) -> Response {
        let has_it = conditional::has(headers, self.tag, self.modified);
        let mut answer = if has_it {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer.headers_mut().reserve(MOST_OWN_HEADERS);
            answer
        } else {
            let mut answer = of(StatusCode::OK, self.media_type, self.bytes);
            set_coding(&mut answer, self.coding);
            answer
        };
        set(&mut answer, header::ETAG, self.tag);
        put(&mut answer, header::VARY, "accept-encoding");
        answer.headers_mut().insert(header::CACHE_CONTROL, self.cache_control.clone());
        if let Some(modified) = self.modified.and_then(conditional::http_date) {
            set(&mut answer, header::LAST_MODIFIED, &modified);
        }
        answer
    }
}

/// Gives an answer the headers that every answer has.
pub(super) fn harden(answer: &mut Response) {
    put(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(answer, header::REFERRER_POLICY, "no-referrer");
    if answer.headers().get(header::CONTENT_TYPE).is_some_and(|media_type| media_type == HTML) {
        put(answer, header::CONTENT_SECURITY_POLICY, POLICY);
    }
}

/// Sets a header to a value of our own.
fn put(answer: &mut Response, name: HeaderName, value: &'static str) {
    answer.headers_mut().insert(name, HeaderValue::from_static(value));
}

/// Sets a header; a value that cannot be sent is left out.
pub(super) fn set(answer: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// Whether the reader is a browser, or says that it takes HTML before plain text.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|item| {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        matches!(name.trim(), "text/html" | "application/xhtml+xml") && weight(parameters) > 0
    })
}

fn set_coding(answer: &mut Response, coding: Coding) {
    if let Some(name) = coding.name() {
        set(answer, header::CONTENT_ENCODING, name);
    }
}
