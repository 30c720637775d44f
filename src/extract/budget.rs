//! What reading one page may cost.
//!
//! The only place of the room that looks at a clock, and only to stop: html5ever is quadratic in the depth of a
//! page and in the attributes of a tag (servo/html5ever#788), so a hostile page must be cut off while it is read.
//! What is read never depends on the time.

use std::time::{Duration, Instant};

use super::contract::ExtractError;

/// What reading one page may cost. More is an [`ExtractError::Budget`]; only `posts` is a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Time for parsing and reading together.
    pub time: Duration,
    /// Elements within elements: browsers stop at as many.
    pub depth: usize,
    /// Posts of one page; those that follow are not read.
    pub posts: usize,
    /// Tags of the whole page. 200,000 take about 100 MB.
    pub tags: usize,
    /// Attributes of one tag.
    pub attributes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { time: Duration::from_secs(2), depth: 512, posts: 2000, tags: 200_000, attributes: 1000 }
    }
}

/// The moment at which reading a page stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Option<Instant>,
    allowed: Duration,
}

impl Deadline {
    /// The deadline of work that begins now.
    #[expect(
        clippy::disallowed_methods,
        reason = "a bound on hostile input; no test waits for it and nothing read depends on it"
    )]
    pub(super) fn after(allowed: Duration) -> Self {
        Self { at: Instant::now().checked_add(allowed), allowed }
    }

    /// Fails once the time is over.
    #[expect(clippy::disallowed_methods, reason = "see `after`")]
    pub(super) fn check(&self) -> Result<(), ExtractError> {
        match self.at {
            Some(at) if Instant::now() >= at => Err(ExtractError::Budget {
                what: "milliseconds of reading",
                limit: usize::try_from(self.allowed.as_millis()).unwrap_or(usize::MAX),
            }),
            Some(_) | None => Ok(()),
        }
    }
}
