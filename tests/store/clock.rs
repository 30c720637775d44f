//! A clock that is set back: what it had planned is planned anew.

use sosik::store::Store;

use super::given::*;

/// A month in minutes.
const MONTH: i64 = 30 * 24 * 60;

pub(crate) async fn what_was_planned_in_the_future_is_planned_anew(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    poll(store, "a", minute(1), |report| report.next_check = minute(61)).await;
    poll(store, "b", minute(MONTH), |report| {
        report.next_check = minute(MONTH + 45);
        report.host_blocked_until = Some(minute(MONTH + 30));
    })
    .await;
    assert_eq!(store.turn_back(minute(MONTH)).await.unwrap(), 0, "a clock that goes on changes nothing");
    assert_eq!(store.turn_back(minute(10)).await.unwrap(), 1);
    let due = |id: &'static str| async move { store.source(&super::given::id(id)).await.unwrap().unwrap().state };
    assert_eq!(due("a").await.next_check, Some(minute(61)));
    let b = due("b").await;
    assert_eq!(b.next_check, Some(minute(55)), "the wait stays");
    assert!(b.last_poll < Some(minute(10)) && b.last_success < Some(minute(10)));
    // No wish to be left alone lasts longer than a day.
    let until = store.hosts(minute(10)).await.unwrap()[1].blocked_until;
    assert_eq!(until, Some(minute(10 + 24 * 60)));
    assert_eq!(store.turn_back(minute(10)).await.unwrap(), 0, "once is enough");
    assert_eq!(leases(store, minute(10 + 24 * 60)).await.len(), 2);
}
