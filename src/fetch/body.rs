//! Reading a body, and not more of it than we can hold.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;
use url::Url;

use super::error::FetchError;
use super::fault::explain;
use super::shown::shown;

/// How much of a body is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cap {
    /// A larger one is an error.
    Refuse(usize),
    /// Of a larger one the beginning will do.
    Cut(usize),
}

/// The body as it is after unpacking.
pub(super) async fn read(mut response: Response, url: &Url, cap: Cap, idle: Duration) -> Result<Vec<u8>, FetchError> {
    let (Cap::Refuse(limit) | Cap::Cut(limit)) = cap;
    let too_large = || FetchError::TooLarge { url: shown(url), limit: bytesize::ByteSize(limit as u64) };
    // The length is known only where nothing is to be unpacked.
    let length = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if matches!(cap, Cap::Refuse(_)) && length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(length.unwrap_or(0).min(limit));
    loop {
        let silent = |_| FetchError::Idle { url: shown(url), after: idle };
        let chunk = timeout(idle, response.chunk()).await.map_err(silent)?;
        let Some(chunk) = chunk.map_err(|error| explain(error, url))? else {
            return Ok(body);
        };
        let room = limit - body.len();
        if chunk.len() > room {
            if matches!(cap, Cap::Refuse(_)) {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk[..room]);
            return Ok(body);
        }
        body.extend_from_slice(&chunk);
    }
}
