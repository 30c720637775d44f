//! When a look is worth a request.
//!
//! While a blog is not looked at, a post may be waiting. How urgent a look is grows with the posts to be expected:
//! through the blog's busy hours fast, through its nights slowly; the next look comes when the sum is a whole.
//!
//! If each post's delay cost the same, the waits would best go with the root of the distance between posts; that spends
//! most requests on blogs that have no news. With the same yield for each request they go with the distance itself.
//! We go a little beyond: `docs/adr/0004` has the measurements.

use jiff::{SignedDuration, Timestamp};

use super::bounds::{Wait, whole_ms};
use super::jitter::spread;
use crate::model::rhythm::{Pace, Rhythm};

/// The wait between two looks at a blog of one post a day, in hours, at an hour like any other.
const HOURS_AT_ONE_A_DAY: f64 = 2.0;

/// No edit beyond the first page is missed for longer.
const DEEP_WALK_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);

const HOUR_MS: f64 = 3_600_000.0;

/// When to look again after a poll that ended at `at` and found the page as expected.
pub fn next_check(wait: &Wait<'_>, at: Timestamp) -> Timestamp {
    let wait_ms = match wait.times {
        Some(_) => 0,
        None if wait.is_exact() => exact(wait, at),
        None => adapted(wait, at),
    };
    wait.ends(wait_ms.max(wait.fresh_ms()), at)
}

/// When the whole of a source is walked through again: within half a day before a week has passed, so that sources that
/// were added together go apart.
pub fn next_deep_walk(seed: i64, at: Timestamp) -> Timestamp {
    let wait_ms = spread(whole_ms(DEEP_WALK_EVERY), 929, 1_000, seed, at);
    at.saturating_add(SignedDuration::from_millis(wait_ms)).unwrap_or(Timestamp::MAX)
}

/// The shortest wait that the cadence allows, up to a twentieth longer within it: where a person said the interval, so
/// much beyond.
pub(super) fn exact(wait: &Wait<'_>, at: Timestamp) -> i64 {
    let spread = spread(wait.shortest_ms(), 1_000, 1_050, wait.seed, at);
    if wait.is_exact() { spread } else { spread.min(wait.longest_ms()) }
}

/// The wait that the blog's rhythm suggests, spread by a tenth, within the cadence.
fn adapted(wait: &Wait<'_>, at: Timestamp) -> i64 {
    let (shortest, longest) = (wait.shortest_ms(), wait.longest_ms());
    // The spread of what is looked at as seldom as is allowed lies below that.
    let seldom = (longest - longest / 11).max(shortest);
    let unknown = Rhythm::new(at, 0);
    let rhythm = wait.rhythm.unwrap_or(&unknown);
    let worth = until_urgent(&rhythm.pace(at), at.as_millisecond(), seldom);
    spread(worth.clamp(shortest, seldom), 900, 1_100, wait.seed, at).clamp(shortest, longest)
}

/// Milliseconds from `start` until a look is worth a request, at most `most`.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "milliseconds of a century fit both")]
fn until_urgent(pace: &Pace<'_>, start: i64, most: i64) -> i64 {
    let mut missing = HOURS_AT_ONE_A_DAY * HOUR_MS;
    let mut now = start;
    while now - start < most {
        let end = pace.end_of_hour(now);
        let urgency = urgency(pace.at_hour_of(now));
        let gained = urgency * (end - now) as f64;
        if gained >= missing {
            return (now - start + (missing / urgency) as i64).min(most);
        }
        missing -= gained;
        now = end;
    }
    most
}

/// How urgent a look is where `per_day` posts are to be expected; 1 for one a day. The exponent is 3/2.
fn urgency(per_day: f64) -> f64 {
    per_day * per_day.sqrt()
}
