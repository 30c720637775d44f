//! What a page itself does not tell.

use jiff::Timestamp;
use url::Url;

use super::budget::Budget;

/// What reading a page needs besides the page.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What a file's links stand under.
    pub link_base: Option<&'a Url>,
    /// IANA zone of the dates, where a person named one.
    pub time_zone: Option<&'a str>,
    /// BCP 47, where a person named it; else the page's own.
    pub language: Option<&'a str>,
    /// The present moment, for "3 hours ago".
    pub now: Timestamp,
    /// What the page may cost.
    pub budget: Budget,
}
