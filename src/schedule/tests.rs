//! Promise 8: never in the past, never nearer than the cadence or a Retry-After; and often where it is worth it.

use super::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::model::date::{Precision, Published};
use crate::model::page::ServerWishes;
use crate::model::rhythm::Rhythm;
use crate::model::source::Cadence;

/// Friday, the second of January 2026, midnight in UTC.
const AT: i64 = 20_455 * 86_400;
const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn wishes(fresh: Option<u32>, retry: Option<i64>) -> ServerWishes {
    ServerWishes { fresh_for_seconds: fresh, retry_at: retry.map(|seconds| moment(AT + seconds)) }
}

fn exactly(seconds: i64) -> Cadence {
    Cadence { shortest: SignedDuration::from_secs(seconds), longest: SignedDuration::from_secs(seconds) }
}

/// The rhythm of posts at these moments of each of the last `days` days.
fn rhythm(days: i64, seconds_of_day: &[i64]) -> Rhythm {
    let posts: Vec<_> = (1..=days)
        .flat_map(|back| seconds_of_day.iter().map(move |second| AT - back * DAY + second))
        .map(|at| Some(Published { at: moment(at), offset_seconds: 0, precision: Precision::Minute }))
        .collect();
    let mut rhythm = Rhythm::new(moment(AT), 0);
    rhythm.observe(&posts, None, moment(AT));
    rhythm
}

/// Seconds from `at` to the next check.
fn wait(rhythm: Option<&Rhythm>, at: i64) -> i64 {
    let wait = Wait { cadence: Cadence::default(), times: None, rhythm, wishes: ServerWishes::default(), seed: 7 };
    next_check(&wait, moment(at)).as_second() - at
}

#[test]
fn a_frequent_blog_is_looked_at_often_and_a_dead_one_daily() {
    let every_two_hours: Vec<i64> = (0..12).map(|hour| hour * 2 * HOUR).collect();
    for (days, posts, at_least, at_most) in [
        (30, &every_two_hours[..], 15 * MINUTE, 16 * MINUTE),
        (60, &[9 * HOUR, 20 * HOUR], 20 * MINUTE, 9 * HOUR),
        (1, &[12 * HOUR], HOUR, 12 * HOUR),
        (0, &[], 2 * HOUR, 8 * HOUR),
    ] {
        let rhythm = rhythm(days, posts);
        let seconds = wait(Some(&rhythm), AT);
        assert!((at_least..=at_most).contains(&seconds), "{days} days of {posts:?}: {seconds} s");
    }
    let dead = rhythm(30, &every_two_hours);
    let seconds = wait(Some(&dead), AT + 400 * DAY);
    assert!((18 * HOUR..=DAY).contains(&seconds), "{seconds} s");
}

#[test]
fn a_blog_that_sleeps_is_let_sleep() {
    let rhythm = rhythm(90, &[19 * HOUR, 20 * HOUR, 21 * HOUR]);
    let at_night = wait(Some(&rhythm), AT + 2 * HOUR);
    let in_the_evening = wait(Some(&rhythm), AT + 19 * HOUR);
    assert!(in_the_evening * 6 < at_night, "{in_the_evening} s in the evening, {at_night} s at night");
}

#[test]
fn what_a_person_said_is_exact() {
    let rhythm = rhythm(90, &[HOUR]);
    for seconds in [1, 60, 1_800, 86_400, 7 * 86_400] {
        for seed in 0..50 {
            let wait = Wait {
                cadence: exactly(seconds),
                times: None,
                rhythm: Some(&rhythm),
                wishes: ServerWishes::default(),
                seed,
            };
            let waited = (next_check(&wait, moment(AT)).as_millisecond()) - AT * 1_000;
            assert!((seconds * 1_000..=seconds * 1_050).contains(&waited), "{seconds} s: {waited} ms");
        }
    }
}

#[test]
fn a_server_lengthens_the_wait_and_never_shortens_it() {
    for (wish, low, high) in [
        (wishes(None, None), 900, 945),
        (wishes(Some(60), None), 900, 945),
        (wishes(Some(3_600), None), 3_600, 3_600),
        (wishes(None, Some(10)), 900, 945),
        (wishes(None, Some(7_200)), 7_200, 7_200),
        (wishes(Some(u32::MAX), Some(i64::from(u32::MAX))), 86_400, 86_400),
    ] {
        let wait = Wait { cadence: exactly(900), times: None, rhythm: None, wishes: wish, seed: 1 };
        let seconds = next_check(&wait, moment(AT)).as_second() - AT;
        assert!((low..=high).contains(&seconds), "{wish:?}: {seconds} s");
    }
}

#[test]
fn failures_wait_twice_as_long_each_time_up_to_a_day_and_go_on() {
    let wait =
        Wait { cadence: Cadence::default(), times: None, rhythm: None, wishes: ServerWishes::default(), seed: 3 };
    for (failures, most) in [
        (1, 945),
        (2, 1_800),
        (3, 3_600),
        (4, 7_200),
        (5, 14_400),
        (6, 28_800),
        (7, 57_600),
        (8, 86_400),
        (9, 86_400),
        (u32::MAX, 86_400),
    ] {
        let seconds = backoff(&wait, failures, moment(AT)).as_second() - AT;
        assert!((most * 8 / 10..=most).contains(&seconds) && seconds >= 900, "{failures}: {seconds} s");
    }
}

#[test]
fn a_persons_moments_are_the_only_ones() {
    let times = Times::parse("0 */2 * * *", jiff::tz::TimeZone::UTC).unwrap();
    let after = |wish, failures: u32, at: i64| {
        let wait = Wait { cadence: Cadence::default(), times: Some(&times), rhythm: None, wishes: wish, seed: 5 };
        let at = moment(AT + at);
        let next = if failures == 0 { next_check(&wait, at) } else { backoff(&wait, failures, at) };
        let minutes = (next.as_second() - AT) / MINUTE;
        assert!(minutes % 120 == 0, "{next} is none of them");
        minutes / 60
    };
    let free = wishes(None, None);
    for (wish, failures, at, hour) in [
        (free, 0, 0, 2),
        (free, 0, 5_000, 2),
        (free, 0, 2 * HOUR, 4),
        (wishes(Some(60), None), 0, 0, 2),
        (wishes(Some(3 * 3_600), None), 0, 0, 4),
        (wishes(None, Some(7_201)), 0, 0, 4),
        (free, 1, 0, 2),
        (free, 5, 0, 4),
        (free, 9, 0, 20),
    ] {
        assert_eq!(after(wish, failures, at), hour, "{wish:?} {failures} failures at {at} s");
    }
}

#[test]
fn what_ended_together_is_spread() {
    let rhythm = rhythm(60, &[9 * HOUR, 20 * HOUR]);
    let mut moments: Vec<i64> = (0..100)
        .map(|seed| {
            let wait = Wait {
                cadence: Cadence::default(),
                times: None,
                rhythm: Some(&rhythm),
                wishes: ServerWishes::default(),
                seed,
            };
            assert_eq!(next_check(&wait, moment(AT)), next_check(&wait, moment(AT)), "the same each time");
            next_check(&wait, moment(AT)).as_second()
        })
        .collect();
    moments.sort_unstable();
    moments.dedup();
    assert!(moments.len() > 90, "{}", moments.len());
}

proptest! {
    #[test]
    fn the_next_check_is_never_nearer_than_the_cadence_or_a_retry_and_never_past_its_end(
        shortest in 1i64..200_000_000, beyond in prop_oneof![Just(0i64), 0i64..2_000_000_000],
        failures in 0u32..1_000, fresh in proptest::option::of(any::<u32>()),
        retry in proptest::option::of(-1_000_000i64..1_000_000_000), seed in any::<i64>(), at in 0i64..4_000_000_000,
        posts in proptest::collection::vec(0i64..DAY, 0..12), days in 0i64..60, has_rhythm in any::<bool>(),
    ) {
        let cadence = Cadence {
            shortest: SignedDuration::from_millis(shortest),
            longest: SignedDuration::from_millis(shortest + beyond),
        };
        let rhythm = has_rhythm.then(|| rhythm(days, &posts));
        let at = moment(at);
        let retry_at = retry.map(|ms| at + SignedDuration::from_millis(ms));
        let wishes = ServerWishes { fresh_for_seconds: fresh, retry_at };
        let wait = Wait { cadence, times: None, rhythm: rhythm.as_ref(), wishes, seed };
        let most = if beyond == 0 { shortest + shortest / 20 } else { shortest + beyond };
        for next in [next_check(&wait, at), backoff(&wait, failures, at)] {
            let waited = next.as_millisecond() - at.as_millisecond();
            prop_assert!(waited >= shortest);
            prop_assert!(waited <= most.max(86_400_000), "{waited} {most}");
            prop_assert!(next >= retry_at.map_or(at, |retry| retry.min(at + LONGEST_WAIT)));
        }
        let fresh_until = at + SignedDuration::from_secs(i64::from(fresh.unwrap_or(0)).min(86_400));
        prop_assert!(next_check(&wait, at) >= fresh_until);
    }
}
