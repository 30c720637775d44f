//! What a server gave us.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

/// What a later request sends back verbatim to ask whether anything changed (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header, quotes and weakness included.
    pub etag: Option<String>,
    /// The `Last-Modified` header, as it was written.
    pub last_modified: Option<String>,
    /// XXH3-128 of the body as it came: a 200 with the same bytes is no news either.
    pub digest: Option<u128>,
    /// When the body was last read in full: a server that answers 304 for ever is asked anew after a day.
    pub read_at: Option<Timestamp>,
}

/// A page that was read in full.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was found after all redirects.
    pub url: Url,
    /// The body as text, whatever charset it came in.
    pub text: String,
    /// The media type of the `Content-Type` header without parameters, in lower case.
    pub media_type: Option<String>,
    /// What to send along next time.
    pub validators: Validators,
}

/// When a server wishes to be asked again. Wishes lengthen a wait and never shorten it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerWishes {
    /// Seconds for which the answer is fresh (RFC 9111 §4.2.1).
    pub fresh_for_seconds: Option<u32>,
    /// The moment that Retry-After names (RFC 9110 §10.2.3).
    pub retry_at: Option<Timestamp>,
}
