//! Who works on a state, and who does what one does for all.

use jiff::{SignedDuration, Timestamp};
use sosik::model::worker::{Roles, Worker};
use sosik::store::Store;

use super::given::*;

fn worker(name: &str, seen_at: Timestamp) -> Worker {
    Worker {
        name: name.to_owned(),
        host: "one".to_owned(),
        pid: 7,
        roles: Roles { serve: false, ..Roles::ALL },
        files: false,
        version: "0.1.0".to_owned(),
        started_at: minute(0),
        seen_at,
    }
}

async fn names(store: &dyn Store) -> Vec<String> {
    store.workers().await.unwrap().into_iter().map(|worker| worker.name).collect()
}

pub(crate) async fn a_worker_is_known_until_it_ends(store: &dyn Store) {
    store.see_worker(&worker("b", minute(0))).await.unwrap();
    store.see_worker(&worker("a", minute(0))).await.unwrap();
    store.see_worker(&worker("b", minute(1))).await.unwrap();
    assert_eq!(store.workers().await.unwrap(), [worker("a", minute(0)), worker("b", minute(1))]);
    assert!(worker("a", minute(0)).is_gone(minute(1)) && !worker("b", minute(1)).is_gone(minute(1)));
    store.dismiss_worker("a").await.unwrap();
    assert_eq!(names(store).await, ["b"]);
}

pub(crate) async fn a_worker_that_is_long_gone_is_forgotten(store: &dyn Store) {
    store.see_worker(&worker("gone", minute(0))).await.unwrap();
    let day = SignedDuration::from_hours(24);
    store.see_worker(&worker("there", minute(0) + day)).await.unwrap();
    assert_eq!(names(store).await, ["gone", "there"]);
    store.see_worker(&worker("there", minute(1) + day)).await.unwrap();
    assert_eq!(names(store).await, ["there"]);
}

pub(crate) async fn a_duty_is_one_workers_at_a_time(store: &dyn Store) {
    let take = async |worker: &str, from: i64, until: i64| {
        store.take_duty("publish", worker, minute(until), minute(from)).await.unwrap()
    };
    assert!(take("a", 0, 2).await, "nobody has it");
    assert!(!take("b", 1, 3).await, "it is another's");
    assert!(take("a", 1, 3).await, "who has it keeps it");
    assert!(!take("b", 2, 4).await, "for longer now");
    assert!(store.take_duty("tidy", "b", minute(2), minute(1)).await.unwrap(), "each is for itself");
    assert!(take("b", 3, 4).await, "its time is over");
    assert!(!take("a", 3, 5).await);
    store.dismiss_worker("b").await.unwrap();
    assert!(take("a", 3, 5).await, "who ends gives it back");
}
