//! What is asked for and what came: the words that callers exchange with the fetcher.

use std::collections::BTreeMap;

use jiff::Timestamp;
use url::Url;

use super::error::FetchError;
use crate::model::page::{Page, ServerWishes, Validators};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The URL: http, https, or a file where the access allows it.
    pub url: &'a Url,
    /// What its last page came with.
    pub validators: &'a Validators,
    /// What its source may do.
    pub access: &'a Access,
    /// Whether the page is wanted even if it is the same: the validators are left aside.
    pub unconditional: bool,
}

/// What a source may do, and what goes along with its requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Whether it may live on a private or loopback address.
    pub allow_private_addresses: bool,
    /// Whether a `file:` URL may be read: only one that the configuration names.
    pub allow_files: bool,
    /// Headers for its own origin.
    pub headers: BTreeMap<String, String>,
}

/// What came.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// The server says that nothing changed (304).
    NotModified {
        /// When it wishes to be asked again.
        wishes: ServerWishes,
    },
    /// The server sent the bytes that the ask's digest names.
    Same {
        /// What to send along next time.
        validators: Validators,
        /// When it wishes to be asked again.
        wishes: ServerWishes,
    },
    /// A page.
    Page {
        /// The page.
        page: Page,
        /// When the server wishes to be asked again.
        wishes: ServerWishes,
    },
}

/// The robots.txt of an origin, or the lack of one.
#[derive(Debug)]
pub struct RobotsAnswer {
    /// The HTTP status after redirects; 0: the server could not be reached.
    pub status: u16,
    /// The first 500 KiB of the file; empty unless the status is 200.
    pub body: String,
    /// When it was asked for.
    pub fetched_at: Timestamp,
    /// Why the server could not be reached: the page would fail in the same way.
    pub error: Option<FetchError>,
}

/// What a visit asks with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// For the document.
    Get,
    /// For its headers alone.
    Head,
}

/// What a server answered, nothing of it judged, followed or unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visited {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters; what is no text is left out.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}
