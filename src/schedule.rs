//! When to look at a source again.
//!
//! Pure: the clock, the store and the network are the caller's. Server wishes (Retry-After, RFC 9110 §10.2.3;
//! freshness, RFC 9111 §4.2.1) may lengthen the wait, never shorten it below the cadence.
//!
//! Known gap: the wait does not adapt to how often a blog publishes yet; it is the cadence's shortest.

use jiff::{SignedDuration, Timestamp};

use crate::model::page::ServerWishes;
use crate::model::source::Cadence;

/// No server and no row of failures makes us wait longer than this.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// When to look again after a poll that ended at `at` and found the page as expected.
pub fn next_check(cadence: Cadence, wishes: ServerWishes, at: Timestamp) -> Timestamp {
    not_before(later(at, cadence.shortest.max(fresh_for(wishes))), wishes, at)
}

/// When to look again after the `failures`-th failure in a row (1 for the first): twice as long each time.
pub fn backoff(cadence: Cadence, failures: u32, wishes: ServerWishes, at: Timestamp) -> Timestamp {
    let doublings = failures.saturating_sub(1).min(16);
    let wait = cadence.shortest.checked_mul(1 << doublings).unwrap_or(LONGEST_WAIT);
    not_before(later(at, wait.min(LONGEST_WAIT.max(cadence.shortest))), wishes, at)
}

fn fresh_for(wishes: ServerWishes) -> SignedDuration {
    let fresh = SignedDuration::from_secs(i64::from(wishes.fresh_for_seconds.unwrap_or(0)));
    fresh.min(LONGEST_WAIT)
}

fn not_before(next: Timestamp, wishes: ServerWishes, at: Timestamp) -> Timestamp {
    wishes.retry_at.map_or(next, |retry| next.max(retry.min(later(at, LONGEST_WAIT))))
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn wishes(fresh: Option<u32>, retry: Option<i64>) -> ServerWishes {
        ServerWishes {
            fresh_for_seconds: fresh,
            retry_at: retry.map(|seconds| later(AT, SignedDuration::from_secs(seconds))),
        }
    }

    #[test]
    fn a_server_lengthens_the_wait_and_never_shortens_it() {
        let cadence = Cadence::default();
        for (wish, seconds) in [
            (wishes(None, None), 900),
            (wishes(Some(60), None), 900),
            (wishes(Some(3600), None), 3600),
            (wishes(None, Some(10)), 900),
            (wishes(None, Some(7200)), 7200),
            (wishes(Some(u32::MAX), Some(i64::from(u32::MAX))), 86_400),
        ] {
            assert_eq!(next_check(cadence, wish, AT).as_second(), seconds, "{wish:?}");
        }
    }

    #[test]
    fn failures_wait_twice_as_long_each_time_up_to_a_day() {
        let seconds: Vec<i64> = (1..=9)
            .map(|failures| backoff(Cadence::default(), failures, ServerWishes::default(), AT).as_second())
            .collect();
        assert_eq!(seconds, [900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400]);
    }

    proptest! {
        #[test]
        fn the_next_check_is_never_nearer_than_the_shortest_cadence(
            shortest in 1i64..200_000, failures in 0u32..1000, fresh in proptest::option::of(any::<u32>()),
            retry in proptest::option::of(-1000i64..1_000_000),
        ) {
            let cadence = Cadence {
                shortest: SignedDuration::from_secs(shortest),
                longest: SignedDuration::from_secs(shortest * 2),
            };
            let wish = wishes(fresh, retry);
            for next in [next_check(cadence, wish, AT), backoff(cadence, failures, wish, AT)] {
                prop_assert!(next.as_second() >= shortest);
                prop_assert!(next.as_second() <= shortest.max(86_400));
            }
        }
    }
}
