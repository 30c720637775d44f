//! Posts → document: RSS 2.0 in the RSS Advisory Board's profile, Atom 1.0 (RFC 4287), JSON Feed 1.1, OPML 2.0.
//!
//! Pure, and the same bytes for the same posts on every machine: nothing here knows the time, the locale or its
//! own version. What a document shows is decided once for all formats in `shown`; the writers only spell it.

mod atom;
pub mod check;
mod clean;
mod entry;
mod json;
mod link;
mod moment;
pub mod opml;
mod options;
mod press;
mod rss;
mod shown;
#[cfg(test)]
mod tests;

pub use options::Options;
pub use press::Press;

use crate::model::feed::{FeedDocument, Format};

/// The revision of the renderer. Raise it whenever the same posts give other bytes: files are written anew and
/// `ETag`s change with it.
pub const REVISION: u32 = 2;

/// The document in `format`: UTF-8, ending with a newline.
pub fn render(format: Format, document: &FeedDocument) -> Vec<u8> {
    Press::default().render(format, document)
}
