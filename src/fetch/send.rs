//! Bringing something to a server that a person named: one POST or PUT.
//!
//! Not polite, as polling is: no turn is waited for, no robots.txt is asked; how often is the server's to say, by 429
//! and Retry-After. Private addresses are allowed, since a person wrote the URL down, but not those where clouds keep
//! their machines' secrets. Redirects are not followed: what is sent is meant for that server alone. The path of the
//! URL may be a secret (Slack, Discord), so errors and logs name the origin.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Client;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::time::{Instant, timeout};
use tracing::debug;
use url::Url;

use super::body::{self, Cap};
use super::error::FetchError;
use super::fault::explain;
use super::shown::shown;
use super::wishes::left_alone;
use crate::model::failure::with_causes;
use crate::model::posting::{Answer, Method, Posting, Unsent};

/// Bytes that are read of an answer: enough for what services say is wrong.
const ANSWER: usize = 4096;

/// The URL as people and logs may see it: without its path.
pub(super) fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    let _ = origin.set_username("");
    let _ = origin.set_password(None);
    origin.set_path("");
    origin.set_query(None);
    origin.set_fragment(None);
    origin
}

/// Sends it. Any status is an answer.
pub(super) async fn send(client: &Client, posting: &Posting, now: Timestamp) -> Result<Answer, FetchError> {
    let place = origin(&posting.url);
    let limit = Duration::try_from(posting.timeout).unwrap_or_default();
    let late = |_| FetchError::Timeout { url: shown(&place), after: limit };
    timeout(limit, ask(client, posting, &place, limit, now)).await.map_err(late)?
}

async fn ask(
    client: &Client,
    posting: &Posting,
    place: &Url,
    limit: Duration,
    now: Timestamp,
) -> Result<Answer, FetchError> {
    let started = Instant::now();
    let mut request = match posting.method {
        Method::Post => client.post(posting.url.clone()),
        Method::Put => client.put(posting.url.clone()),
    };
    for (name, value) in &posting.headers {
        let bad = || FetchError::BadHeader { name: name.clone() };
        let header = HeaderName::try_from(name.as_str()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value.expose().trim()).map_err(|_| bad())?;
        value.set_sensitive(true);
        request = request.header(header, value);
    }
    let response = request.body(posting.body.clone()).send().await.map_err(|error| explain(error, place))?;
    let status = response.status();
    let retry_after = left_alone(response.headers(), now);
    // Whether it arrived is said by the status; a body that breaks off changes nothing about that.
    let body = body::read(response, place, Cap::Cut(ANSWER), limit).await.unwrap_or_default();
    let duration_ms = started.elapsed().as_millis();
    debug!(url = shown(place), status = status.as_u16(), duration_ms, "answered to what was sent");
    Ok(Answer { status: status.as_u16(), retry_after, body: String::from_utf8_lossy(&body).into_owned() })
}

/// What is told of an error. Only what stands in the configuration can be lasting: a network comes back.
pub(super) fn unsent(error: &FetchError) -> Unsent {
    let (help, lasting) = match error {
        FetchError::Timeout { .. } | FetchError::Idle { .. } => {
            ("it is tried again; for a slow server raise `timeout` of the channel".to_owned(), false)
        }
        FetchError::Connect { .. } => {
            ("see whether that server runs and can be reached; it is tried again".into(), false)
        }
        FetchError::Cut { .. } | FetchError::BadEncoding { .. } => ("it is tried again".to_owned(), false),
        FetchError::Scheme { .. } => ("the channel's URL begins with http:// or https://".to_owned(), true),
        FetchError::BadHeader { .. } => ("correct or remove it in `headers` of the channel".to_owned(), true),
        FetchError::Address { .. } => (error.help(), true),
        FetchError::Dns { .. } | FetchError::Tls { .. } | FetchError::BadAnswer { .. } | FetchError::Client { .. } => {
            (error.help(), false)
        }
        // The rest comes of reading pages.
        _ => (error.help(), false),
    };
    Unsent { message: with_causes(error), help, lasting }
}
