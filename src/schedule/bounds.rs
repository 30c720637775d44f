//! What a wait depends on, and what it never breaks.

use jiff::{SignedDuration, Timestamp};

use super::times::{Times, after};
use crate::model::page::ServerWishes;
use crate::model::rhythm::Rhythm;
use crate::model::source::Cadence;

/// No server and no row of failures makes us wait longer than this.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Past this, a wait means never: it keeps the arithmetic within what a moment holds.
const FOREVER_MS: i64 = 100 * 366 * 86_400_000;

/// What a wait depends on.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// How long it may be. Where both ends are the same, a person said so: then the rhythm counts nothing.
    pub cadence: Cadence,
    /// The moments that a person wrote; `None`: the cadence and the rhythm decide.
    pub times: Option<&'a Times>,
    /// What is learnt about when the blog publishes; `None`: nothing yet.
    pub rhythm: Option<&'a Rhythm>,
    /// What the server's last answer wished.
    pub wishes: ServerWishes,
    /// The source's number: sources of one host that ended at one moment are spread by it.
    pub seed: i64,
}

impl Wait<'_> {
    /// Milliseconds that the cadence asks for at least.
    pub(super) fn shortest_ms(&self) -> i64 {
        whole_ms(self.cadence.shortest)
    }

    /// Milliseconds that the cadence allows.
    pub(super) fn longest_ms(&self) -> i64 {
        whole_ms(self.cadence.longest).max(self.shortest_ms())
    }

    /// Whether a person said how long it is.
    pub(super) fn is_exact(&self) -> bool {
        self.cadence.shortest >= self.cadence.longest
    }

    /// The moment `wait_ms` after `at`, later where the server wishes so; where a person wrote the moments, the first of
    /// them from then on.
    pub(super) fn ends(&self, wait_ms: i64, at: Timestamp) -> Timestamp {
        let next = later(at, wait_ms);
        let retry = self.wishes.retry_at.map_or(next, |retry| retry.min(later(at, whole_ms(LONGEST_WAIT))));
        let next = next.max(retry);
        self.times.map_or(next, |times| times.next(next.max(after(at)), self.seed))
    }

    /// Milliseconds for which what was read is fresh.
    pub(super) fn fresh_ms(&self) -> i64 {
        (i64::from(self.wishes.fresh_for_seconds.unwrap_or(0)) * 1_000).min(whole_ms(LONGEST_WAIT))
    }
}

/// Whole milliseconds, none lost.
pub(super) fn whole_ms(duration: SignedDuration) -> i64 {
    let ms = duration.as_millis() + i128::from(duration.subsec_nanos() % 1_000_000 > 0);
    i64::try_from(ms).unwrap_or(FOREVER_MS).clamp(0, FOREVER_MS)
}

fn later(at: Timestamp, wait_ms: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(wait_ms)).unwrap_or(Timestamp::MAX)
}
