//! What reading one page may cost.
//!
//! The only place of this pure room that looks at a clock, and only to stop: html5ever is quadratic in the depth of
//! a page and in the attributes of a tag, so a hostile page must be cut off while it is read. What is read never
//! depends on the time.

use std::time::{Duration, Instant};

/// What a page may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Time to parse it.
    pub time: Duration,
    /// Elements within elements: browsers stop at 512 as well.
    pub depth: usize,
    /// Attributes of one tag.
    pub attributes: usize,
    /// Posts on one page.
    pub posts: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { time: Duration::from_secs(2), depth: 512, attributes: 512, posts: 5_000 }
    }
}

/// The moment at which reading a page stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// The deadline of work that begins now.
    #[expect(clippy::disallowed_methods, reason = "a bound on hostile input, on which nothing that is read depends")]
    pub(super) fn after(allowed: Duration) -> Self {
        Self(Instant::now().checked_add(allowed))
    }

    /// Whether the time is over.
    #[expect(clippy::disallowed_methods, reason = "see `after`")]
    pub(super) fn is_over(self) -> bool {
        self.0.is_some_and(|at| Instant::now() >= at)
    }
}
