//! What time does to the state: a clock that was set back, and rows that are old enough to go.

use jiff::SignedDuration;
use sosik::model::delivery::Settlement;
use sosik::model::failure::PollOutcome;
use sosik::model::page::Validators;
use sosik::model::report::{Edited, ValidatorsUpdate};
use sosik::store::Store;
use sosik::store::contract::{OutboxCounts, Retention, RobotsFile};

use super::given::*;
use super::outbox::owed;

const MONTH: i64 = 30 * 24 * 60;

pub(crate) async fn a_clock_that_was_set_back_stops_no_look(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    poll(store, "a", minute(MONTH), |report| {
        report.host_blocked_until = Some(minute(MONTH + 20));
        report.validators =
            ValidatorsUpdate::Replace(Validators { read_at: Some(minute(MONTH)), ..Validators::default() });
        report.changes = new(vec![post("/1", 1, &[])]);
        report.owed = vec![owed("/1", "desktop")];
    })
    .await;
    let robots = RobotsFile { status: 200, body: String::new(), fetched_at: minute(MONTH) };
    store.put_robots("https://a.example", &robots).await.unwrap();
    store.claim_deliveries("desktop", 9, minute(MONTH), minute(MONTH + 1)).await.unwrap();
    assert_eq!(store.turn_back(minute(10)).await.unwrap(), 1);
    let state = overview(store, "a").await.state;
    assert_eq!(state.next_check, Some(minute(70)), "an hour later, as before");
    assert!(state.last_poll < Some(minute(10)) && state.last_success < Some(minute(10)));
    assert!(state.validators.read_at < Some(minute(10)));
    assert_eq!(store.hosts(minute(10)).await.unwrap()[0].blocked_until, Some(minute(30)));
    assert_eq!(names(&store.claim(&claim_named(minute(31), &["a"])).await.unwrap().leases), [["a"]]);
    assert_eq!(store.robots("https://a.example").await.unwrap().unwrap().fetched_at, minute(10));
    assert_eq!(store.claim_deliveries("desktop", 9, minute(11), minute(12)).await.unwrap().len(), 1);
    assert_eq!(store.turn_back(minute(11)).await.unwrap(), 0, "once is enough");
}

pub(crate) async fn a_clock_that_goes_right_changes_nothing(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(5), |report| report.next_check = Some(minute(90))).await;
    let before = overview(store, "a").await.state;
    for now in [5, 6, MONTH] {
        assert_eq!(store.turn_back(minute(now)).await.unwrap(), 0);
    }
    assert_eq!(overview(store, "a").await.state, before);
    assert!(leases(store, minute(89)).await.is_empty());
    assert_eq!(leases(store, minute(90)).await.len(), 1);
}

pub(crate) async fn what_has_ended_goes_in_its_time(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(["/sent", "/dead", "/owed"].map(|name| post(name, 1, &[])).into());
        report.changes.edited = vec![Edited {
            key: key("/sent"),
            title_before: "Before".into(),
            title: "After".into(),
            excerpt: None,
            at: minute(1),
        }];
        // What is not stored might come again: by its row it is known that it was told.
        report.owed = ["/sent", "/dead", "/owed", "/not-stored"].map(|name| owed(name, "desktop")).into();
    })
    .await;
    for delivery in store.claim_deliveries("desktop", 9, minute(1), minute(2)).await.unwrap() {
        let settlement = match delivery.post.as_ref().map(|post| post.key.as_str()) {
            Some("/sent") | None => Settlement::Sent,
            Some("/dead") => Settlement::Dead { error: "no such channel".into() },
            Some(_) => Settlement::Retry { at: minute(3), error: "no bus".into() },
        };
        store.settle(&[(delivery.id, settlement)], minute(2)).await.unwrap();
    }
    let hours = |hours| SignedDuration::from_hours(hours);
    let keep = Retention { sent: hours(1), dead: hours(100), history: hours(1_000), events: hours(10) };
    assert_eq!(store.forget(&keep, 10, minute(60)).await.unwrap(), 0);
    assert_eq!(store.forget(&keep, 10, minute(63)).await.unwrap(), 1, "what was sent and is stored");
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 1, dead: 1 });
    assert_eq!(store.forget(&keep, 10, minute(6_003)).await.unwrap(), 1, "what was given up");
    assert_eq!(store.forget(&keep, 10, minute(60_003)).await.unwrap(), 1, "the old title");
    assert_eq!(store.forget(&keep, 10, minute(900_000)).await.unwrap(), 0);
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 1, dead: 0 }, "what is owed stays for ever");
    poll(store, "a", minute(900_001), |report| report.owed = vec![owed("/not-stored", "desktop")]).await;
    assert_eq!(store.outbox().await.unwrap().owed, 1, "it is not told anew");
}

pub(crate) async fn what_goes_goes_in_small_batches(store: &dyn Store) {
    sources(store, &["a"]).await;
    let names: Vec<String> = (0..25).map(|number| format!("/{number}")).collect();
    poll(store, "a", minute(1), |report| {
        report.outcome = PollOutcome::Changed;
        report.changes = new(names.iter().map(|name| post(name, 1, &[])).collect());
        report.owed = names.iter().map(|name| owed(name, "desktop")).collect();
    })
    .await;
    let claimed = store.claim_deliveries("desktop", 99, minute(1), minute(2)).await.unwrap();
    let sent: Vec<_> = claimed.into_iter().map(|delivery| (delivery.id, Settlement::Sent)).collect();
    store.settle(&sent, minute(2)).await.unwrap();
    let keep = Retention::default();
    let mut gone = Vec::new();
    for _ in 0..4 {
        gone.push(store.forget(&keep, 10, minute(2 * MONTH)).await.unwrap());
    }
    assert_eq!(gone, [10, 10, 5, 0]);
}
