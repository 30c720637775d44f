//! An answer that does not end: a stream of server-sent events (HTML Living Standard §9.2), as bytes.
//!
//! Not a page: no turn is waited for, no robots.txt is asked, the whole has no time limit. A person named the server,
//! so it may be anywhere but where clouds keep their machines' secrets; a redirect is an error, since the token is
//! meant for that server alone. Silence is the caller's to judge.

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::arrival::redirect_of;
use super::error::FetchError;
use super::fault::explain;
use super::fetcher::CONNECT_FIRST;
use super::own::Own;
use super::settings::Settings;
use super::shown::shown;
use super::wishes::wishes;
use crate::clock::Clock;

const MEDIA_TYPE: &str = "text/event-stream";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A stream that is open.
#[derive(Debug)]
pub struct Follow {
    response: Response,
    url: Url,
}

impl Follow {
    /// The next bytes; `None`: the stream has ended. Nothing is lost where the wait is given up.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        let chunk = self.response.chunk().await.map_err(|error| explain(error, &self.url))?;
        Ok(chunk.map(|bytes| bytes.to_vec()))
    }
}

/// Opens the stream, after the event with that id.
pub(super) async fn open(
    client: &Client,
    url: Url,
    own: &Own,
    last: Option<&str>,
    settings: &Settings,
    clock: &Clock,
) -> Result<Follow, FetchError> {
    let mut request = own
        .put_on(client.get(url.clone()))
        .header(ACCEPT, MEDIA_TYPE)
        .header(CACHE_CONTROL, "no-store")
        // What is packed is held back until there is enough of it.
        .header(ACCEPT_ENCODING, "identity");
    if let Some(last) = last.and_then(|last| HeaderValue::from_str(last).ok()) {
        request = request.header(LAST_EVENT_ID, last);
    }
    let silent = |_| FetchError::Idle { url: shown(&url), after: settings.idle };
    let response = timeout(settings.idle + CONNECT_FIRST, request.send()).await.map_err(silent)?;
    let response = response.map_err(|error| explain(error, &url))?;
    if let Some(next) = redirect_of(&response, &url) {
        return Err(FetchError::BadRedirect { url: shown(&url), location: shown(&next?) });
    }
    let status = response.status();
    if status != StatusCode::OK {
        let wishes = wishes(status, response.headers(), clock.now());
        return Err(FetchError::Status { url: shown(&url), code: status.as_u16(), wishes });
    }
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
        return Err(FetchError::NoStream { url: shown(&url) });
    }
    Ok(Follow { response, url })
}
