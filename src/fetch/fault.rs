//! From the client's errors to ours.
//!
//! The client wraps its causes several layers deep and keeps some of its types to itself: two causes are known by
//! their text alone. The tests against a loopback server notice when a new version words them otherwise.

use std::error::Error;
use std::io;

use reqwest::Error as ClientError;
use rustls::{CertificateError, Error as TlsError};
use url::Url;

use super::address::PrivateAddress;
use super::error::{Cause, FetchError};
use super::shown::shown;

/// What hyper says about a head that outgrows its buffer or its number of headers.
const HEAD_TOO_LARGE: &str = "message head is too large";
/// What hyper says when the connection ends before an answer.
const NO_ANSWER: &str = "connection closed before message completed";

/// The error of a request to `url`. Times that the caller measures are not among them.
pub(super) fn explain(error: ClientError, url: &Url) -> FetchError {
    // The URL stands in our own message, without its secrets.
    let error = error.without_url();
    let host = host_and_port(url);
    let url = shown(url);
    if let Some(private) = find::<PrivateAddress>(&error) {
        return FetchError::Address { host, address: private.address.clone() };
    }
    if let Some(tls) = find::<TlsError>(&error) {
        let expired = matches!(
            tls,
            TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })
        );
        return FetchError::Tls { host, expired, source: innermost(error) };
    }
    if error.is_dns() {
        return FetchError::Dns { host, source: innermost(error) };
    }
    if error.is_connect() {
        return FetchError::Connect { host, source: innermost(error) };
    }
    if says(&error, HEAD_TOO_LARGE) {
        return FetchError::HeadTooLarge { url };
    }
    if is_cut(&error) {
        return FetchError::Cut { url, source: innermost(error) };
    }
    if error.is_decode() || error.is_body() {
        return FetchError::BadEncoding { url, source: innermost(error) };
    }
    FetchError::BadAnswer { url, source: innermost(error) }
}

/// `example.com`, with its port where that is not the scheme's own.
pub(super) fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_cut(error: &ClientError) -> bool {
    let cut = |kind| {
        matches!(
            kind,
            io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        )
    };
    causes(error).any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| cut(error.kind())))
        || says(error, NO_ANSWER)
}

fn says(error: &ClientError, text: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(text))
}

fn find<E: Error + 'static>(error: &ClientError) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The error and what lies behind it, outermost first. What an `io::Error` wraps is not its source: it is stepped into.
fn causes(error: &ClientError) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |&cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    })
}

/// The cause that says something: the layers above it only say "error sending request".
fn innermost(error: ClientError) -> Cause {
    let last = causes(&error).last().map(ToString::to_string).unwrap_or_default();
    Box::new(Innermost { text: last, whole: error })
}

/// The text of the innermost cause; the whole error stays within, for `Debug`.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Innermost {
    text: String,
    whole: ClientError,
}
