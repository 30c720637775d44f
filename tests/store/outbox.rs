//! What is owed to channels.

use jiff::Timestamp;
use sosik::model::delivery::{Delivery, DeliveryKind, NewDelivery, Settlement};
use sosik::store::Store;
use sosik::store::contract::OutboxCounts;

use super::given::*;

/// A post that is owed.
pub(crate) fn owed(name: &str, channel: &str) -> NewDelivery {
    NewDelivery { kind: DeliveryKind::Post, key: Some(key(name)), channel: channel.into(), text: None }
}

/// A source `a` that owes these posts to the desktop.
async fn owing(store: &dyn Store, names: &[&str]) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| {
        report.site.title = Some("A blog".into());
        report.changes = new(names.iter().map(|name| post(name, 1, &["Java"])).collect());
        report.owed = names.iter().map(|name| owed(name, "desktop")).collect();
    })
    .await;
}

/// Claims up to ten for ten minutes.
async fn claim(store: &dyn Store, now: Timestamp) -> Vec<Delivery> {
    let until = now + jiff::SignedDuration::from_mins(10);
    store.claim_deliveries("desktop", 10, now, until).await.unwrap()
}

fn posts(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery.post.as_ref().unwrap().key.as_str()).collect()
}

pub(crate) async fn what_is_owed_is_owed_once(store: &dyn Store) {
    owing(store, &["/1"]).await;
    let first = claim(store, minute(1)).await;
    store.settle(&[(first[0].id.clone(), Settlement::Sent)], minute(2)).await.unwrap();
    poll(store, "a", minute(3), |report| report.owed = vec![owed("/1", "desktop")]).await;
    assert!(claim(store, minute(60)).await.is_empty());
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts::default());
}

pub(crate) async fn a_delivery_is_claimed_by_one_notifier(store: &dyn Store) {
    owing(store, &["/1", "/2", "/3"]).await;
    let two = store.claim_deliveries("desktop", 2, minute(2), minute(12)).await.unwrap();
    let one = store.claim_deliveries("desktop", 2, minute(2), minute(12)).await.unwrap();
    assert_eq!((posts(&two), posts(&one)), (vec!["/1", "/2"], vec!["/3"]));
    let post = store.posts(None, ALL).await.unwrap().into_iter().find(|post| post.key == key("/1"));
    let number = overview(store, "a").await.at.number;
    let expected = Delivery {
        id: owed("/1", "desktop").id(number),
        source: id("a"),
        source_title: "A blog".into(),
        kind: DeliveryKind::Post,
        post,
        text: None,
        owed_since: minute(1),
        attempts: 1,
    };
    assert_eq!(two[0], expected);
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 3, dead: 0 }, "claimed is still owed");
}

pub(crate) async fn an_unconfirmed_claim_runs_out(store: &dyn Store) {
    owing(store, &["/1"]).await;
    let first = claim(store, minute(2)).await;
    assert!(claim(store, minute(11)).await.is_empty());
    let again = claim(store, minute(12)).await;
    assert_eq!(again[0].id, first[0].id);
    assert_eq!(again[0].attempts, 2);
}

pub(crate) async fn a_retry_waits_for_its_time(store: &dyn Store) {
    owing(store, &["/1"]).await;
    let first = claim(store, minute(2)).await;
    let retry = Settlement::Retry { at: minute(5), error: "no session bus".into() };
    store.settle(&[(first[0].id.clone(), retry)], minute(3)).await.unwrap();
    assert!(claim(store, minute(4)).await.is_empty());
    let again = claim(store, minute(5)).await;
    assert_eq!((again[0].attempts, again[0].owed_since), (2, minute(1)));
    store.settle(&[(again[0].id.clone(), Settlement::Sent)], minute(6)).await.unwrap();
    // A late word about what has ended changes nothing.
    let late = Settlement::Retry { at: minute(7), error: "late".into() };
    store.settle(&[(again[0].id.clone(), late), ("unknown".into(), Settlement::Sent)], minute(7)).await.unwrap();
    assert!(claim(store, minute(60)).await.is_empty());
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts::default());
}

pub(crate) async fn what_is_given_up_is_counted_as_dead(store: &dyn Store) {
    owing(store, &["/1", "/2"]).await;
    let claimed = claim(store, minute(2)).await;
    let dead = Settlement::Dead { error: "the channel is gone".into() };
    store.settle(&[(claimed[0].id.clone(), dead)], minute(3)).await.unwrap();
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 1, dead: 1 });
    assert_eq!(posts(&claim(store, minute(60)).await), ["/2"]);
}

pub(crate) async fn the_oldest_comes_first_and_each_channel_has_its_own(store: &dyn Store) {
    owing(store, &["/9", "/5"]).await;
    poll(store, "a", minute(2), |report| {
        report.changes = new(vec![post("/1", 2, &[])]);
        report.owed = vec![owed("/1", "mail"), owed("/1", "desktop")];
    })
    .await;
    assert_eq!(posts(&claim(store, minute(3)).await), ["/9", "/5", "/1"], "in the order in which they were owed");
    let mail = store.claim_deliveries("mail", 10, minute(3), minute(4)).await.unwrap();
    assert_eq!(posts(&mail), ["/1"]);
    assert_eq!(store.outbox().await.unwrap().owed, 4);
}

pub(crate) async fn a_delivery_that_is_no_post_has_its_text(store: &dyn Store) {
    let mut titled = source("a");
    titled.title = Some("My name for it".into());
    store.sync_sources(&[titled], minute(0)).await.unwrap();
    poll(store, "a", minute(1), |report| {
        let kinds = [DeliveryKind::Digest, DeliveryKind::Failure, DeliveryKind::Repair];
        report.owed = kinds
            .map(|kind| NewDelivery { kind, key: None, channel: "desktop".into(), text: Some("12 new posts".into()) })
            .into();
        report.owed.push(owed("/never-stored", "desktop"));
    })
    .await;
    let claimed = claim(store, minute(2)).await;
    let kinds: Vec<_> = claimed.iter().map(|delivery| (delivery.kind, delivery.text.as_deref())).collect();
    assert_eq!(
        kinds,
        [
            (DeliveryKind::Digest, Some("12 new posts")),
            (DeliveryKind::Failure, Some("12 new posts")),
            (DeliveryKind::Repair, Some("12 new posts")),
            (DeliveryKind::Post, None),
        ]
    );
    assert!(claimed.iter().all(|delivery| delivery.post.is_none() && delivery.source_title == "My name for it"));
}
