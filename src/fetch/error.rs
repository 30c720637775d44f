//! Why no page came, told so that a person can do something about it.
//!
//! The message names the URL without its secrets; the cause behind it stays a source and is not repeated.

use std::error::Error;
use std::time::Duration;

use bytesize::ByteSize;

use super::address::is_metadata;
use crate::model::failure::{Failure, Step};
use crate::model::page::ServerWishes;

/// What stands behind a failure.
pub(super) type Cause = Box<dyn Error + Send + Sync>;

/// Why a URL could not be fetched. One variant a cause.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Neither http nor https, nor a file that the configuration names.
    #[error("{url} is no address of the web")]
    Scheme {
        /// The URL.
        url: String,
    },
    /// The host is not on the public internet and the source does not allow that.
    #[error("{host} is at {address}, which is not on the public internet")]
    Address {
        /// The host of the URL.
        host: String,
        /// Its address.
        address: String,
    },
    /// robots.txt forbids it. Said by the caller, who keeps the rules.
    #[error("robots.txt does not allow {url}")]
    Robots {
        /// The URL.
        url: String,
    },
    /// The name has no address.
    #[error("{host} cannot be found")]
    Dns {
        /// The host of the URL.
        host: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// No connection came about.
    #[error("{host} does not take connections")]
    Connect {
        /// The host of the URL with its port.
        host: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A connection came about and cannot be trusted.
    #[error("{host} cannot be trusted")]
    Tls {
        /// The host of the URL with its port.
        host: String,
        /// Whether the certificate is only out of date.
        expired: bool,
        /// Why.
        #[source]
        source: Cause,
    },
    /// It took longer than all of a request may.
    #[error("{url} took longer than {after:?}")]
    Timeout {
        /// The URL.
        url: String,
        /// The limit.
        after: Duration,
    },
    /// Nothing was heard for too long.
    #[error("{url} was silent for {after:?}")]
    Idle {
        /// The URL.
        url: String,
        /// The limit.
        after: Duration,
    },
    /// The body is larger than a page may be.
    #[error("{url} is larger than {limit}")]
    TooLarge {
        /// The URL.
        url: String,
        /// The limit.
        limit: ByteSize,
    },
    /// The head of the answer is larger than any honest one.
    #[error("{url} answers with too many or too long headers")]
    HeadTooLarge {
        /// The URL.
        url: String,
    },
    /// Redirects that do not end.
    #[error("{url} redirects more than {limit} times")]
    TooManyRedirects {
        /// The URL that was asked for.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// A redirect to nowhere, or out of the web.
    #[error("{url} redirects to {location:?}")]
    BadRedirect {
        /// The URL that redirects.
        url: String,
        /// Where to; empty where it does not say.
        location: String,
    },
    /// The server answered, but not with the page.
    #[error("{url} answers {code}")]
    Status {
        /// The URL.
        url: String,
        /// The HTTP status.
        code: u16,
        /// When it wishes to be asked again.
        wishes: ServerWishes,
    },
    /// The connection ended before the answer did.
    #[error("{url} broke off")]
    Cut {
        /// The URL.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The body is not compressed as its head says.
    #[error("{url} cannot be unpacked")]
    BadEncoding {
        /// The URL.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// What came is no HTTP.
    #[error("{url} does not answer as HTTP does")]
    BadAnswer {
        /// The URL.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The server answers with something else than events.
    #[error("{url} sends no events")]
    NoStream {
        /// The URL.
        url: String,
    },
    /// A header that the source sets cannot be sent.
    #[error("header {name:?} cannot be sent")]
    BadHeader {
        /// Its name.
        name: String,
    },
    /// A file cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// Its path.
        path: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The client could not be built: the machine has no certificate authorities.
    #[error("no secure connection can be made from this machine")]
    Client {
        /// Why.
        #[source]
        source: Cause,
    },
}

impl FetchError {
    /// What a person can do.
    pub fn help(&self) -> String {
        match self {
            Self::Scheme { .. } => "a blog's `url` begins with http:// or https://; file: works only there".into(),
            Self::Address { address, .. } if address.parse().is_ok_and(is_metadata) => {
                "no blog stands there: clouds answer their own machines with secrets at that address, so it is never asked".into()
            }
            Self::Address { .. } => "if you trust that host, set `allow_private_addresses = true` on the source".into(),
            Self::Robots { .. } => {
                "the site asks programs to stay away; if it is yours, set `robots = false` on the source".into()
            }
            Self::Dns { .. } => "see whether the name is spelled right and still exists".into(),
            Self::Connect { .. } => "see whether the site opens in a browser; it is tried again".into(),
            Self::Tls { expired: true, .. } => "its certificate ran out; the site's owner has to renew it".into(),
            Self::Tls { .. } => {
                "if it is your own host, name its authority with `ca_file` in `[fetch]`; else tell the site's owner"
                    .into()
            }
            Self::Timeout { .. } => "it is tried again; for a slow site raise `timeout` in `[fetch]`".into(),
            Self::Idle { .. } => "it is tried again; for a slow site raise `idle_timeout` in `[fetch]`".into(),
            Self::TooLarge { .. } => "watch a smaller page of the blog, or raise `max_body` in `[fetch]`".into(),
            Self::HeadTooLarge { .. } => "tell the site's owner; nothing can be set against it".into(),
            Self::TooManyRedirects { .. } => {
                "open it in a browser and set `url` to the address where it ends; it may want a cookie".into()
            }
            Self::BadRedirect { .. } => "open it in a browser and set `url` to the address where it ends".into(),
            Self::Status { code, .. } => status_help(*code).into(),
            Self::Cut { .. } | Self::BadEncoding { .. } => {
                "it is tried again; if it stays, tell the site's owner".into()
            }
            Self::BadAnswer { .. } => "see whether `url` has the right scheme and port".into(),
            Self::NoStream { .. } => "see whether that is the address of a sosik's `[serve]`, and no proxy or login page answers for it".into(),
            Self::BadHeader { .. } => {
                "correct or remove it in `headers` of the source; what steers the connection is set by sosik alone"
                    .into()
            }
            Self::File { .. } => "`url` must name a file that this user may read, such as file:///srv/blog.html".into(),
            Self::Client { .. } => "install the package `ca-certificates`, or set `ca_file` in `[fetch]`".into(),
        }
    }

    /// Whether it may pass by itself.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Idle { .. }
            | Self::Cut { .. }
            | Self::BadEncoding { .. }
            | Self::BadAnswer { .. } => true,
            Self::Tls { expired, .. } => *expired,
            Self::Status { code, .. } => matches!(code, 408 | 425 | 429 | 500..=599),
            Self::Scheme { .. }
            | Self::Address { .. }
            | Self::Robots { .. }
            | Self::TooLarge { .. }
            | Self::HeadTooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::BadRedirect { .. }
            | Self::NoStream { .. }
            | Self::BadHeader { .. }
            | Self::File { .. }
            | Self::Client { .. } => false,
        }
    }

    /// When the server wishes to be asked again, where it answered at all.
    pub fn wishes(&self) -> ServerWishes {
        if let Self::Status { wishes, .. } = self { *wishes } else { ServerWishes::default() }
    }

    /// The HTTP status, where it is what was wrong.
    pub fn status(&self) -> Option<u16> {
        if let Self::Status { code, .. } = self { Some(*code) } else { None }
    }

    /// The failure that is stored and shown.
    pub fn failure(&self) -> Failure {
        let causes = std::iter::successors(self.source(), |&cause| cause.source());
        Failure {
            step: Step::Fetch,
            message: self.to_string(),
            help: self.help(),
            transient: self.is_transient(),
            chain: causes.map(ToString::to_string).collect(),
            unreachable: matches!(self, Self::Dns { .. } | Self::Connect { .. }),
        }
    }
}

fn status_help(code: u16) -> &'static str {
    match code {
        304 => "the server says \"not modified\" without having been asked; tell the site's owner",
        401 | 403 => "the site refuses programs or wants a login; cookies and keys go into `headers` of the source",
        404 => "see whether the blog has moved, and set `url` to its new address",
        410 => {
            "the blog is gone for good and is not asked again: set `url` to its new address, or remove the source, its posts stay; `sosik refresh ID` looks again"
        }
        429 => "the site is asked too often; it is left alone for a while; a longer `interval` helps",
        451 => "the site may not be shown here by law",
        500..=599 => "the site has trouble of its own; it is tried again",
        _ => "open it in a browser and set `url` to the address where it ends",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_keeps_message_help_and_causes_apart() {
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "connection refused");
        let failure = FetchError::Connect { host: "x.org:443".into(), source: refused.into() }.failure();
        assert_eq!(failure.message, "x.org:443 does not take connections");
        assert_eq!(failure.chain, ["connection refused"]);
        assert!(failure.transient);
        assert_eq!(failure.step, Step::Fetch);
    }

    #[test]
    fn statuses_that_pass_by_themselves() {
        for (code, transient) in [(304, false), (403, false), (404, false), (410, false), (429, true), (503, true)] {
            let error = FetchError::Status { url: "https://x.org/".into(), code, wishes: ServerWishes::default() };
            assert_eq!(error.is_transient(), transient, "{code}");
            assert_eq!(error.status(), Some(code));
            assert!(!error.help().is_empty());
        }
    }
}
