//! When to look again after a failure.

use jiff::Timestamp;

use super::bounds::{LONGEST_WAIT, Wait, whole_ms};
use super::jitter::spread;
use super::look::exact;

/// When to look again after the `failures`-th failure in a row (1 for the first): twice as long each time, up to a
/// day, and for ever. Up to a fifth sooner than that, so that what failed together does not come back together.
pub fn backoff(wait: &Wait<'_>, failures: u32, at: Timestamp) -> Timestamp {
    let doublings = failures.saturating_sub(1).min(16);
    let least = exact(wait, at);
    let doubled = wait.shortest_ms().saturating_mul(1 << doublings).min(whole_ms(LONGEST_WAIT));
    wait.ends(spread(doubled, 800, 1_000, wait.seed, at).max(least), at)
}
