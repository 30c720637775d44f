//! What is told and what waits, as tables.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::*;
use crate::model::delivery::DeliveryKind;
use crate::model::link::PostKey;
use crate::model::post::Post;
use crate::model::rule::Rule;
use crate::model::source::SourceId;

const DESKTOP: Manner = Manner { apart: 3, at_once: Some(8), most: 1_000, cap: None };

/// Minutes after the midnight that begins 1970, UTC.
fn minute(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

fn post(source: &str, name: &str, at: i64) -> Delivery {
    let at = minute(at);
    let post = Post {
        key: PostKey::from_stored(format!("/{name}")),
        entry_id: format!("urn:{name}"),
        url: format!("https://{source}.example/{name}"),
        title: name.to_owned(),
        excerpt: None,
        author: None,
        image: None,
        enclosures: Vec::new(),
        published: None,
        listed_at: at,
        offset_seconds: 0,
        first_seen: at,
        updated: at,
        tags: Vec::new(),
        categories: Vec::new(),
        full_text: None,
    };
    Delivery {
        id: format!("{source}/{name}"),
        source: SourceId::try_from(source.to_owned()).unwrap(),
        source_title: source.to_owned(),
        source_url: format!("https://{source}.example/"),
        kind: DeliveryKind::Post,
        post: Some(post),
        text: None,
        owed_since: at,
        attempts: 1,
        message: None,
        waited: false,
    }
}

fn posts(source: &str, count: usize, at: i64) -> Vec<Delivery> {
    (1..=count).map(|number| post(source, &number.to_string(), at)).collect()
}

fn failure(source: &str, at: i64) -> Delivery {
    let text = Some("cannot be read".to_owned());
    Delivery { kind: DeliveryKind::Failure, post: None, text, id: format!("{source}!"), ..post(source, "", at) }
}

fn waited(delivery: Delivery) -> Delivery {
    Delivery { waited: true, ..delivery }
}

fn bound(delivery: Delivery, message: &str) -> Delivery {
    Delivery { message: Some(message.to_owned()), attempts: 2, ..delivery }
}

fn rules(rules: &[Rule]) -> Rules {
    Rules::new(rules, vec!["desktop".to_owned()], &TimeZone::UTC).unwrap()
}

fn situation(rules: &Rules, now: i64) -> Situation<'_> {
    Situation { rules, manner: DESKTOP, sent: &[], quiet_until: None, now: minute(now) }
}

/// Each message by the ids in it, and what waits, until which minute.
fn told(deliveries: &[Delivery], situation: &Situation<'_>) -> (Vec<String>, Vec<(String, i64)>) {
    let plan = plan(deliveries, situation);
    let id = |place: &usize| deliveries[*place].id.clone();
    let tell = plan.tell.iter().map(|group| group.members.iter().map(id).collect::<Vec<_>>().join(" ")).collect();
    let wait = plan.wait.iter().map(|(place, until)| (id(place), until.as_second() / 60)).collect();
    (tell, wait)
}

fn check(deliveries: &[Delivery], situation: &Situation<'_>, tell: &[&str], wait: &[(&str, i64)]) {
    let (told, waits) = told(deliveries, situation);
    assert_eq!(told, tell);
    let waits: Vec<(&str, i64)> = waits.iter().map(|(id, until)| (id.as_str(), *until)).collect();
    assert_eq!(waits, wait);
}

#[test]
fn few_posts_of_a_source_are_told_apart_and_many_together() {
    let none = rules(&[]);
    let mut both = posts("a", 3, 0);
    both.extend(posts("b", 4, 0));
    check(&both, &situation(&none, 1), &["a/1", "a/2", "a/3", "b/1 b/2 b/3 b/4"], &[]);
    check(&[], &situation(&none, 1), &[], &[]);
}

#[test]
fn many_messages_at_once_are_one() {
    let none = rules(&[]);
    let flood: Vec<Delivery> = ["a", "b", "c"].into_iter().flat_map(|source| posts(source, 3, 0)).collect();
    let (tell, _) = told(&flood, &situation(&none, 1));
    assert_eq!(tell, ["a/1 a/2 a/3 b/1 b/2 b/3 c/1 c/2 c/3"]);
    let unbounded = Situation { manner: Manner { at_once: None, ..DESKTOP }, ..situation(&none, 1) };
    assert_eq!(told(&flood, &unbounded).0.len(), 9);
}

#[test]
fn a_message_holds_so_many_at_most() {
    let none = rules(&[]);
    let small = Situation { manner: Manner { most: 2, ..DESKTOP }, ..situation(&none, 1) };
    check(&posts("a", 5, 0), &small, &["a/1 a/2", "a/3 a/4", "a/5"], &[]);
}

#[test]
fn failures_are_told_beside_posts_and_many_together() {
    let none = rules(&[]);
    check(&[post("a", "1", 0), failure("a", 0)], &situation(&none, 1), &["a/1", "a!"], &[]);
    let many: Vec<Delivery> = ["a", "b", "c", "d"].map(|source| failure(source, 0)).into();
    check(&many, &situation(&none, 1), &["a! b! c! d!"], &[]);
}

#[test]
fn what_may_have_arrived_stays_in_its_message() {
    let none = rules(&[]);
    let deliveries = [bound(post("a", "1", 0), "m"), bound(post("a", "2", 0), "m"), post("a", "3", 0)];
    check(&deliveries, &situation(&none, 1), &["a/1 a/2", "a/3"], &[]);
    let plan = plan(&deliveries, &situation(&none, 1));
    assert_eq!((plan.tell[0].message.as_str(), plan.tell[0].was_tried), ("m", true));
    assert_eq!((plan.tell[1].message.as_str(), plan.tell[1].was_tried), ("a/3", false));
}

#[test]
fn the_id_of_a_digest_is_that_of_its_parts() {
    let none = rules(&[]);
    let id = |count: usize| plan(&posts("a", count, 0), &situation(&none, 1)).tell[0].message.clone();
    assert_eq!(id(4), id(4));
    assert_ne!(id(4), id(5));
    assert_eq!(id(4).len(), 32);
}

#[test]
fn quiet_hours_hold_back_and_end_in_a_digest() {
    let quiet = rules(&[Rule { quiet_hours: Some("22:00-08:00".into()), ..Rule::default() }]);
    let (ten, eight) = (22 * 60, 32 * 60);
    check(&[post("a", "1", ten - 1)], &situation(&quiet, ten - 1), &["a/1"], &[]);
    check(&[post("a", "1", ten)], &situation(&quiet, ten), &[], &[("a/1", eight)]);
    let morning = [waited(post("a", "1", ten)), waited(post("b", "1", ten)), post("c", "1", eight)];
    check(&morning, &situation(&quiet, eight), &["a/1 b/1", "c/1"], &[]);
}

#[test]
fn a_digest_is_told_at_its_time() {
    let daily = rules(&[
        Rule { sources: vec!["a".into()], digest: Some("daily 08:00".into()), ..Rule::default() },
        Rule::default(),
    ]);
    let eight = 8 * 60;
    let owed = [post("a", "1", 0), post("b", "1", 0), failure("a", 5)];
    check(&owed, &situation(&daily, 10), &["b/1"], &[("a/1", eight), ("a!", eight)]);
    check(&[owed[0].clone(), owed[2].clone()], &situation(&daily, eight), &["a/1", "a!"], &[]);
    // Owed after the digest of today: it comes with the one of tomorrow.
    check(&[post("a", "2", eight)], &situation(&daily, eight + 1), &[], &[("a/2", eight + 24 * 60)]);
    // Owed by a clock that was ahead for a while: not in a year.
    check(&[post("a", "2", 525_600)], &situation(&daily, eight + 1), &[], &[("a/2", eight + 24 * 60)]);
    // However late: what was due is told.
    check(&posts("a", 2, 0), &situation(&daily, 24 * 60 * 9), &["a/1 a/2"], &[]);
}

#[test]
fn a_cap_holds_back_what_is_too_much() {
    let capped = rules(&[Rule { name: Some("few".into()), at_most: Some("2/h".into()), ..Rule::default() }]);
    check(&posts("a", 3, 0), &situation(&capped, 0), &["a/1", "a/2"], &[("a/3", 60)]);
    let sent = [(minute(-50), Some("few".to_owned())), (minute(-10), Some("few".to_owned())), (minute(-5), None)];
    let later = Situation { sent: &sent, ..situation(&capped, 0) };
    check(&posts("a", 2, 0), &later, &[], &[("a/1", 10), ("a/2", 10)]);
    let digest = [waited(post("a", "1", 0)), waited(post("b", "2", 0))];
    check(&digest, &Situation { now: minute(10), ..later }, &["a/1 b/2"], &[]);
    // A message that may have arrived is not held: it counts already.
    check(&[bound(post("a", "1", 0), "m")], &later, &["a/1"], &[]);
}

#[test]
fn a_channel_may_have_a_cap_of_its_own() {
    let none = rules(&[]);
    let manner = Manner { cap: Cap::parse("1/h"), ..DESKTOP };
    let sent = [(minute(0), Some("a rule of before".to_owned()))];
    check(&posts("a", 1, 30), &Situation { manner, ..situation(&none, 30) }, &["a/1"], &[]);
    check(&posts("a", 1, 30), &Situation { manner, sent: &sent, ..situation(&none, 30) }, &[], &[("a/1", 60)]);
}

#[test]
fn a_person_who_wants_quiet_gets_it() {
    let none = rules(&[]);
    let quiet = Situation { quiet_until: Some(minute(60)), ..situation(&none, 1) };
    check(&posts("a", 1, 0), &quiet, &[], &[("a/1", 60)]);
    check(&posts("a", 1, 0), &Situation { now: minute(60), ..quiet }, &["a/1"], &[]);
}
