//! What is brought to a server that a person named, and what that server said.
//!
//! A channel makes a [`Posting`], the fetching side sends it; neither knows the other. Its URL and headers may be
//! secrets, so printing one shows the host alone.

use std::fmt;

use jiff::SignedDuration;
use url::Url;

use super::secret::Secret;

/// How something is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

/// One request that brings something.
#[derive(Clone, PartialEq, Eq)]
pub struct Posting {
    /// How.
    pub method: Method,
    /// Where to: http or https.
    pub url: Url,
    /// What goes along; names as they are sent.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: String,
    /// The longest that all of it may take.
    pub timeout: SignedDuration,
}

impl fmt::Debug for Posting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Posting")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("headers", &names)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What the server said, whatever it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long it wants to be left alone (Retry-After), a day at most.
    pub retry_after: Option<SignedDuration>,
    /// The beginning of its body.
    pub body: String,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unsent {
    /// What went wrong, with its causes, and without the path of the URL.
    pub message: String,
    /// What a person can do.
    pub help: String,
    /// Whether no other try can be better.
    pub lasting: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_shows_its_host_alone() {
        let posting = Posting {
            method: Method::Post,
            url: Url::parse("https://me:pw@hooks.example/T0/B0/s3cret?key=s3cret").unwrap(),
            headers: vec![("Authorization".to_owned(), Secret::new("Bearer s3cret"))],
            body: "s3cret".to_owned(),
            timeout: SignedDuration::from_secs(1),
        };
        let shown = format!("{posting:?}");
        assert!(shown.contains("hooks.example") && shown.contains("Authorization"), "{shown}");
        assert!(!shown.contains("s3cret") && !shown.contains("pw"), "{shown}");
    }
}
