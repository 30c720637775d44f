//! Whether posts teach the rhythm that they have.

use super::*;
use jiff::SignedDuration;
use proptest::prelude::*;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Monday, the fifth of January 2026, in UTC.
const MONDAY: i64 = 20_458 * DAY;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "the form in which posts are observed")]
fn published(seconds: i64, precision: Precision, offset_seconds: i32) -> Option<Published> {
    Some(Published { at: at(seconds), offset_seconds, precision })
}

/// A blog with a post every so many days, the newest just before Monday at noon, read for the first time then.
fn blog(posts: i64, days_apart: f64) -> Rhythm {
    let now = MONDAY + 12 * HOUR;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a few days")]
    let dates: Vec<_> = (0..posts)
        .map(|back| published(now - 60 - (back as f64 * days_apart * DAY as f64) as i64, Precision::Second, 0))
        .collect();
    let mut rhythm = Rhythm::new(at(now), 0);
    rhythm.observe(&dates, None, at(now));
    rhythm
}

fn rate(rhythm: &Rhythm, days_later: i64) -> f64 {
    rhythm.pace(rhythm.at + SignedDuration::from_secs(days_later * DAY)).per_day
}

#[test]
fn a_history_gives_a_rate_at_once() {
    for (posts, days_apart, expected) in
        [(136, 0.25, 4.0), (136, 1.0, 1.0), (136, 7.0, 1.0 / 7.0), (20, 30.0, 1.0 / 30.0)]
    {
        let rate = rate(&blog(posts, days_apart), 0);
        assert!((0.75..2.0).contains(&(rate / expected)), "{posts} posts, {days_apart} days apart: {rate}");
    }
}

#[test]
fn a_blog_that_falls_silent_is_taken_for_slower() {
    let busy = blog(136, 0.25);
    for (days, most) in [(2, 2.0), (7, 0.6), (30, 0.14), (365, 0.02)] {
        assert!(rate(&busy, days) <= most, "{days} days: {}", rate(&busy, days));
    }
}

#[test]
fn a_blog_that_is_not_known_gets_some_looks_and_fewer_with_time() {
    let unknown = Rhythm::new(at(MONDAY), 0);
    for (days, low, high) in [(0, 0.3, 0.6), (7, 0.04, 0.3), (60, 0.003, 0.04)] {
        let rate = rate(&unknown, days);
        assert!((low..high).contains(&rate), "{days} days: {rate}");
    }
}

#[test]
fn a_busy_fortnight_shows_within_days() {
    let mut rhythm = blog(20, 10.0);
    let before = rate(&rhythm, 0);
    for day in 1..=14 {
        let now = MONDAY + day * DAY + 12 * HOUR;
        let posts = [9, 10, 11].map(|hour| published(MONDAY + day * DAY + hour * HOUR, Precision::Minute, 0));
        rhythm.observe(&posts, Some(at(now - DAY)), at(now));
    }
    assert!(rate(&rhythm, 0) > 6.0 * before, "{before} → {}", rate(&rhythm, 0));
}

#[test]
fn hours_and_days_are_learnt_where_the_blog_tells_them() {
    let seoul = 9 * 3600;
    let mut rhythm = Rhythm::new(at(MONDAY), 0);
    // 20:00 in Seoul, Monday to Friday.
    let evenings: Vec<_> = (1..=20 * 7)
        .map(|back| MONDAY - back * DAY + 11 * HOUR)
        .filter(|evening| weekday(evening * 1_000, seoul) < 5)
        .map(|evening| published(evening, Precision::Minute, seoul))
        .collect();
    rhythm.observe(&evenings, None, at(MONDAY));
    let pace = rhythm.pace(at(MONDAY));
    let then = |days: i64, hour: i64| pace.at_hour_of((MONDAY + days * DAY + hour * HOUR) * 1_000);
    assert!(then(0, 11) > 5.0 * pace.per_day, "{}", then(0, 11));
    assert!(then(0, 2) < 0.4 * pace.per_day, "{}", then(0, 2));
    assert!(then(6, 11) < then(0, 11) / 2.0, "Sunday {} and Monday {}", then(6, 11), then(0, 11));
    assert_eq!(pace.end_of_hour((MONDAY + 1) * 1_000), (MONDAY + HOUR) * 1_000);
    let mut in_india = rhythm.clone();
    in_india.offset_seconds = 19_800;
    assert_eq!(in_india.pace(at(MONDAY)).end_of_hour(MONDAY * 1_000), (MONDAY + HOUR / 2) * 1_000);
}

#[test]
fn summer_time_moves_the_day_and_another_way_of_writing_does_not() {
    let mut rhythm = Rhythm::new(at(MONDAY), 0);
    rhythm.observe(&[published(MONDAY - DAY + 11 * HOUR, Precision::Minute, 3600)], None, at(MONDAY));
    assert!(rhythm.hours[12] > 0.3);
    rhythm.tell_in(2 * 3600);
    assert!(rhythm.hours[12] > 0.3, "noon is noon");
    rhythm.tell_in(9 * 3600);
    assert!(rhythm.hours[19] > 0.3, "what was noon is told as the evening");
    rhythm.tell_in(2 * 3600);
    assert!(rhythm.hours[12] > 0.3);
}

#[test]
fn a_day_says_the_hour_only_with_the_looks_around_it() {
    let noon = MONDAY + 12 * HOUR;
    let today = published(MONDAY, Precision::Day, 0);
    let hours = |posts: &[Option<Published>], looked: Option<i64>| {
        let mut rhythm = Rhythm::new(at(noon), 0);
        rhythm.observe(posts, looked.map(at), at(noon));
        rhythm.hours
    };
    let between_ten_and_noon = hours(&[today], Some(noon - 2 * HOUR));
    assert!(between_ten_and_noon[10] > 0.2 && between_ten_and_noon[11] > 0.2);
    assert!(between_ten_and_noon[..8].iter().all(|count| *count == 0.0));
    let undated = hours(&[None], Some(noon - 2 * HOUR));
    assert_eq!(undated.map(f32::to_bits), between_ten_and_noon.map(f32::to_bits), "nor does no date at all");
    let in_the_morning = hours(&[today], Some(noon - 40 * HOUR));
    assert!(in_the_morning[1] > 0.05 && in_the_morning[11] > 0.05 && in_the_morning[15] == 0.0);
    for (posts, looked) in [
        ([today], None),
        ([published(MONDAY - 9 * DAY, Precision::Day, 0)], Some(noon - HOUR)),
        ([None], Some(noon - 40 * HOUR)),
        ([None], None),
    ] {
        assert!(hours(&posts, looked).iter().all(|count| *count == 0.0), "{posts:?} {looked:?}");
    }
}

#[test]
fn a_post_without_a_date_counts_from_the_second_look_on() {
    let mut rhythm = Rhythm::new(at(MONDAY), 0);
    rhythm.observe(&[None, None], None, at(MONDAY));
    assert_eq!((rhythm.lasting, rhythm.last_post), (0.0, None));
    rhythm.observe(&[None, None], Some(at(MONDAY)), at(MONDAY + HOUR));
    assert!((1.99..=2.0).contains(&rhythm.lasting));
    assert_eq!(rhythm.last_post, Some(at(MONDAY + HOUR / 2)));
}

#[test]
fn it_is_small_in_the_store() {
    let mut rhythm = blog(5_000, 0.13);
    rhythm.tell_in(9 * 3600);
    let text = serde_json::to_string(&rhythm).unwrap();
    assert!(text.len() < 500, "{} bytes: {text}", text.len());
    assert_eq!(serde_json::from_str::<Rhythm>(&text).unwrap(), rhythm);
}

proptest! {
    #[test]
    fn whatever_is_observed_it_stays_a_rate(
        posts in proptest::collection::vec(
            proptest::option::of((-4_000_000_000i64..9_000_000_000, 0u8..3, -64_800i32..64_800)), 0..40),
        looked in proptest::option::of(0i64..4_000_000_000), now in 0i64..4_000_000_000, later in -4_000_000i64..400_000_000,
    ) {
        let precisions = [Precision::Day, Precision::Minute, Precision::Second];
        let dates: Vec<_> = posts
            .into_iter()
            .map(|post| post.and_then(|(s, p, offset)| published(s, precisions[usize::from(p)], offset)))
            .collect();
        let mut rhythm = Rhythm::new(at(MONDAY), 0);
        rhythm.observe(&dates, looked.map(at), at(now));
        let pace = rhythm.pace(at(now + later));
        prop_assert!(pace.per_day.is_finite() && pace.per_day > 0.0);
        for hour in 0..168 {
            let ms = (now + hour * HOUR) * 1_000;
            prop_assert!(pace.at_hour_of(ms).is_finite() && pace.at_hour_of(ms) > 0.0);
            prop_assert!((1..=HOUR * 1_000).contains(&(pace.end_of_hour(ms) - ms)));
        }
    }
}
