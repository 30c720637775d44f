//! What goes along with a request: what the source sets for its own origin, and the conditions of an ask.

use reqwest::RequestBuilder;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use url::Url;

use super::ask::Access;
use super::error::FetchError;
use crate::model::page::Validators;

/// Headers that steer the connection, the conditions or the unpacking: ours to set.
const OUR_HEADERS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authorization",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What of the source goes along while its own origin is asked.
pub(super) struct Own {
    headers: HeaderMap,
    user: String,
    password: Option<String>,
}

impl Own {
    pub(super) fn of(url: &Url, access: &Access) -> Result<Self, FetchError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &access.headers {
            let bad = || FetchError::BadHeader { name: name.clone() };
            let header = HeaderName::try_from(name.as_str()).map_err(|_| bad())?;
            let mut value = HeaderValue::from_str(value.trim()).map_err(|_| bad())?;
            if OUR_HEADERS.contains(&header.as_str()) {
                return Err(bad());
            }
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        Ok(Self { headers, user: plain(url.username()), password: url.password().map(plain) })
    }

    pub(super) fn put_on(&self, request: RequestBuilder) -> RequestBuilder {
        let named = !self.user.is_empty() || self.password.is_some();
        let request = if named { request.basic_auth(&self.user, self.password.as_ref()) } else { request };
        request.headers(self.headers.clone())
    }
}

/// The validators as headers, verbatim. What cannot be sent back is left out.
pub(super) fn conditions(known: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)] {
        if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

/// The URL without user, password and fragment.
pub(super) fn stripped(url: &Url) -> Url {
    let mut plain = url.clone();
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_fragment(None);
    plain
}
