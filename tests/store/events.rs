//! The log of events that agents on other machines follow.

use jiff::SignedDuration;
use sosik::model::event::{LoggedEvent, Start};
use sosik::store::Store;
use sosik::store::contract::Retention;

use super::given::*;

async fn numbers(store: &dyn Store, after: i64, limit: usize) -> Vec<i64> {
    store.events(after, limit).await.unwrap().iter().map(|event| event.number).collect()
}

pub(crate) async fn events_come_in_order_and_once(store: &dyn Store) {
    for (message, number) in [("a", 1), ("b", 2), ("a", 1), ("c", 3)] {
        let data = format!("{{\"id\":\"{message}\"}}");
        assert_eq!(store.log_event(message, &data, minute(number)).await.unwrap(), number, "{message}");
    }
    assert_eq!(numbers(store, 0, 10).await, [1, 2, 3]);
    assert_eq!(numbers(store, 1, 1).await, [2]);
    assert_eq!(numbers(store, 3, 10).await, [0; 0]);
    let second = store.events(1, 1).await.unwrap().remove(0);
    assert_eq!(second, LoggedEvent { number: 2, at: minute(2), data: "{\"id\":\"b\"}".into() });
}

pub(crate) async fn a_log_knows_its_ends(store: &dyn Store) {
    let empty = store.event_log().await.unwrap();
    assert_eq!((empty.oldest, empty.newest), (1, 0));
    assert!(!empty.name.is_empty() && !empty.name.contains('-'), "{}", empty.name);
    for message in ["a", "b"] {
        store.log_event(message, "{}", minute(1)).await.unwrap();
    }
    let log = store.event_log().await.unwrap();
    assert_eq!((log.oldest, log.newest, &log.name), (1, 2, &empty.name));
    assert_eq!(log.start(Some(&empty.place(0))), Start::After(0));
}

pub(crate) async fn old_events_go_and_their_numbers_stay_taken(store: &dyn Store) {
    for (message, at) in [("a", 0), ("b", 1), ("c", 100)] {
        store.log_event(message, "{}", minute(at)).await.unwrap();
    }
    let keep = Retention { events: SignedDuration::from_mins(50), ..Retention::default() };
    assert_eq!(store.forget(&keep, 10, minute(120)).await.unwrap(), 2);
    let log = store.event_log().await.unwrap();
    assert_eq!((log.oldest, log.newest), (3, 3));
    assert_eq!(log.start(Some(&log.place(1))), Start::Lost);
    assert_eq!(log.start(Some(&log.place(2))), Start::After(2));
    assert_eq!(store.forget(&keep, 10, minute(900)).await.unwrap(), 1);
    let log = store.event_log().await.unwrap();
    assert_eq!((log.oldest, log.newest), (4, 3));
    assert_eq!(log.start(Some(&log.place(3))), Start::After(3));
    assert_eq!(store.log_event("d", "{}", minute(900)).await.unwrap(), 4);
}
