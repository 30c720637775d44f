//! What one request brought: an answer, or the next address to ask.

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Response, StatusCode};
use url::Url;

use super::error::FetchError;
use super::shown::shown;

/// What one request brought.
#[derive(Debug)]
pub(super) enum Arrival {
    /// Something else is to be asked; with the same body where the status says so (RFC 9110 §15.4).
    Redirect {
        /// What.
        to: Url,
        /// Whether the request is repeated as it was.
        as_it_was: bool,
    },
    /// The last answer.
    Answer(Answer),
}

/// An answer that is no redirect.
#[derive(Debug)]
pub(super) struct Answer {
    /// Where it was found.
    pub(super) url: Url,
    /// Its status.
    pub(super) status: StatusCode,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Its body, read only of a 200.
    pub(super) body: Vec<u8>,
    /// Whether the request was conditional.
    pub(super) conditional: bool,
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &reqwest::header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Where a response sends us, if it does.
pub(super) fn redirect_of(response: &Response, from: &Url) -> Option<Result<Url, FetchError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let bytes = response.headers().get(LOCATION).map_or(&[][..], |location| location.as_bytes());
    // Servers write raw UTF-8 here, and what is not even that cannot be followed.
    let location = String::from_utf8_lossy(bytes).trim().to_owned();
    Some(target(from, &location))
}

fn target(from: &Url, location: &str) -> Result<Url, FetchError> {
    let bad = |location: String| FetchError::BadRedirect { url: shown(from), location };
    let mut url = match from.join(location) {
        Ok(url) if !location.is_empty() => url,
        _ => return Err(bad(location.chars().take(200).collect())),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad(shown(&url)));
    }
    // A user and a password in a redirect are somebody else's idea of who we are.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(location: &str, expected: Result<&str, &str>) {
        let from = Url::parse("https://x.org/a/b?q=1").unwrap();
        let result = target(&from, location).map(String::from).map_err(|error| error.to_string());
        assert_eq!(result.as_deref().map_err(String::as_str), expected, "{location}");
    }

    #[test]
    fn redirects_stay_on_the_web() {
        check("/c", Ok("https://x.org/c"));
        check("c#top", Ok("https://x.org/a/c"));
        check("//y.org", Ok("https://y.org/"));
        check("http://me:pw@y.org/", Ok("http://y.org/"));
        check("/글", Ok("https://x.org/%EA%B8%80"));
        check("", Err("https://x.org/a/b?q=1 redirects to \"\""));
        check("file:///etc/passwd", Err("https://x.org/a/b?q=1 redirects to \"file:///etc/passwd\""));
        check("javascript:alert(1)", Err("https://x.org/a/b?q=1 redirects to \"javascript:alert(1)\""));
        check("data:text/html,x", Err("https://x.org/a/b?q=1 redirects to \"data:text/html,x\""));
        check("http://[bad", Err("https://x.org/a/b?q=1 redirects to \"http://[bad\""));
    }
}
