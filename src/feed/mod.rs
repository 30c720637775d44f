//! Posts → document: RSS 2.0 in the RSS Advisory Board's profile, Atom 1.0 (RFC 4287), JSON Feed 1.1, OPML 2.0.
//!
//! Pure, and the same bytes for the same posts on every machine: nothing here knows the time, the locale or its
//! own version. What a document shows is decided once for all formats in `shown`; the writers only spell it.

mod atom;
pub mod check;
mod clean;
mod json;
mod moment;
pub mod opml;
mod options;
mod rss;
mod shown;
#[cfg(test)]
mod tests;

pub use options::Options;

use crate::model::feed::{FeedDocument, Format};
use shown::Shown;

/// The revision of the renderer. Raise it whenever the same posts give other bytes: files are written anew and
/// `ETag`s change with it.
pub const REVISION: u32 = 2;

/// The document in `format`: UTF-8, ending with a newline.
pub fn render(format: Format, document: &FeedDocument) -> Vec<u8> {
    let shown = Shown::of(document, format);
    match format {
        Format::Rss => rss::render(&shown),
        Format::Atom => atom::render(&shown),
        Format::Json => json::render(&shown),
    }
}
