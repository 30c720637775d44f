//! What every format of feeds says, as texts that are not judged yet.

/// A feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Channel {
    /// `feed:rss`, `feed:atom`, `feed:json`, `sitemap`.
    pub(super) how: &'static str,
    /// The blog's title; may hold markup.
    pub(super) title: Option<String>,
    /// Its language.
    pub(super) language: Option<String>,
    /// Its home page.
    pub(super) home: Option<String>,
    /// What relative addresses stand under (`xml:base`).
    pub(super) base: Option<String>,
    /// The next older document (RFC 5005 §3; JSON Feed `next_url`).
    pub(super) next: Option<String>,
    /// Minutes for which it need not be asked again.
    pub(super) ttl: Option<String>,
    /// Its entries in the order of the document.
    pub(super) entries: Vec<Entry>,
}

/// An entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Addresses of the post, the likeliest first.
    pub(super) links: Vec<String>,
    /// What they stand under, where the entry says so.
    pub(super) base: Option<String>,
    /// May hold markup.
    pub(super) title: String,
    /// Summary or text; may hold markup.
    pub(super) text: String,
    /// Dates of publication, the likeliest first; a date of change comes last.
    pub(super) dates: Vec<String>,
    /// Categories and tags, in the order of the document.
    pub(super) labels: Vec<String>,
    /// Who wrote it.
    pub(super) author: Option<String>,
    /// Its picture.
    pub(super) image: Option<String>,
    /// What it brings along.
    pub(super) enclosures: Vec<Attached>,
}

/// A file beside an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attached {
    /// Its address.
    pub(super) link: String,
    /// What it is, as it is told.
    pub(super) media_type: Option<String>,
    /// Its bytes, as they are told.
    pub(super) length: Option<String>,
}
