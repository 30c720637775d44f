//! What is owed to channels.

use jiff::SignedDuration;
use jiff::Timestamp;
use sosik::model::delivery::{Bound, ChannelState, Chosen, Delivery, DeliveryKind, NewDelivery, Settlement, Stands};
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
    let until = now + SignedDuration::from_mins(10);
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
        source_url: overview(store, "a").await.source.url.to_string(),
        kind: DeliveryKind::Post,
        post,
        text: None,
        owed_since: minute(1),
        attempts: 1,
        message: None,
        waited: false,
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

fn held(until: Timestamp) -> Settlement {
    Settlement::Waits { until, as_digest: true, error: None }
}

fn bound(message: &str, deliveries: &[&Delivery]) -> Bound {
    let deliveries = deliveries.iter().map(|delivery| delivery.id.clone()).collect();
    Bound { message: message.into(), rule: Some("work".into()), deliveries }
}

pub(crate) async fn what_may_have_arrived_stays_in_its_message(store: &dyn Store) {
    owing(store, &["/1", "/2", "/3"]).await;
    let claimed = claim(store, minute(2)).await;
    store.bind(&[bound("m", &[&claimed[0], &claimed[1]]), bound("n", &[&claimed[2]])]).await.unwrap();
    // Nobody said how it ended: it is claimed again, in the same message.
    let again = claim(store, minute(20)).await;
    let messages = |deliveries: &[Delivery]| deliveries.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
    assert_eq!(messages(&again), [Some("m".into()), Some("m".into()), Some("n".into())]);
    // A claim that is given back without a try leaves it there.
    store.settle(&[(again[0].id.clone(), held(minute(20)))], minute(20)).await.unwrap();
    let third = claim(store, minute(60)).await;
    assert_eq!((third[0].message.as_deref(), third[0].attempts), (Some("m"), 2));
}

pub(crate) async fn what_waits_counts_as_not_tried(store: &dyn Store) {
    owing(store, &["/1", "/2"]).await;
    let claimed = claim(store, minute(2)).await;
    store.bind(&[bound("m", &[&claimed[0], &claimed[1]])]).await.unwrap();
    let waits = [(claimed[0].id.clone(), held(minute(30))), (claimed[1].id.clone(), held(minute(3)))];
    store.settle(&waits, minute(2)).await.unwrap();
    let due = claim(store, minute(3)).await;
    assert_eq!(posts(&due), ["/2"], "the other waits, and holds nothing up");
    assert_eq!((due[0].attempts, due[0].message.as_deref(), due[0].waited), (1, None, true));
    store.settle(&[(due[0].id.clone(), Settlement::Sent)], minute(3)).await.unwrap();
    store.release_held().await.unwrap();
    assert_eq!(posts(&claim(store, minute(4)).await), ["/1"], "rules may be others");
}

pub(crate) async fn nothing_passes_what_is_tried_again(store: &dyn Store) {
    owing(store, &["/1", "/2"]).await;
    sources(store, &["a", "b"]).await;
    poll(store, "b", minute(1), |report| {
        report.changes = new(vec![post("/9", 1, &[])]);
        report.owed = vec![owed("/9", "desktop")];
    })
    .await;
    let claimed = claim(store, minute(2)).await;
    assert_eq!(claimed.len(), 3);
    let first = claimed.iter().find(|one| one.post.as_ref().unwrap().key == key("/1")).unwrap();
    let retry = Settlement::Retry { at: minute(30), error: "500".into() };
    let mut settled = vec![(first.id.clone(), retry)];
    settled.extend(claimed.iter().filter(|one| one.id != first.id).map(|one| (one.id.clone(), held(minute(2)))));
    store.settle(&settled, minute(2)).await.unwrap();
    store.release_held().await.unwrap();
    assert_eq!(posts(&claim(store, minute(3)).await), ["/9"], "another source goes on");
    let rest = claim(store, minute(30)).await;
    assert_eq!(posts(&rest).into_iter().filter(|name| *name != "/9").collect::<Vec<_>>(), ["/1", "/2"]);
}

pub(crate) async fn caps_count_messages(store: &dyn Store) {
    owing(store, &["/1", "/2", "/3"]).await;
    let claimed = claim(store, minute(2)).await;
    let plain = Bound { rule: None, ..bound("n", &[&claimed[2]]) };
    store.bind(&[bound("m", &[&claimed[0], &claimed[1]]), plain]).await.unwrap();
    for (place, at) in [(0, 3), (1, 3), (2, 5)] {
        store.settle(&[(claimed[place].id.clone(), Settlement::Sent)], minute(at)).await.unwrap();
    }
    let sent = store.sent_since("desktop", minute(0), minute(10)).await.unwrap();
    assert_eq!(sent, [(minute(3), Some("work".to_owned())), (minute(5), None)]);
    assert_eq!(store.sent_since("desktop", minute(3), minute(10)).await.unwrap().len(), 1);
    assert_eq!(store.sent_since("desktop", minute(0), minute(4)).await.unwrap().len(), 1, "the future does not count");
    assert!(store.sent_since("mail", minute(0), minute(10)).await.unwrap().is_empty());
}

pub(crate) async fn channels_say_how_they_stand(store: &dyn Store) {
    owing(store, &["/1", "/2"]).await;
    poll(store, "a", minute(2), |report| report.owed = vec![owed("/1", "mail")]).await;
    let mut mail = store.channel("mail").await.unwrap();
    assert_eq!(mail, ChannelState { name: "mail".into(), ..ChannelState::default() });
    (mail.refusals, mail.error, mail.help) = (3, Some("no route".into()), Some("mend it".into()));
    mail.rests_until = Some(minute(9));
    store.put_channel(&mail).await.unwrap();
    store.quiet("desktop", Some(minute(60))).await.unwrap();
    let desktop = ChannelState { owed: 2, quiet_until: Some(minute(60)), ..store.channel("desktop").await.unwrap() };
    let stands = [desktop.clone(), ChannelState { owed: 1, ..mail.clone() }];
    assert_eq!(store.channels().await.unwrap(), stands);
    // Trouble comes and goes beside a person's wish.
    store.put_channel(&ChannelState { quiet_until: None, ..desktop }).await.unwrap();
    assert_eq!(store.channel("desktop").await.unwrap().quiet_until, Some(minute(60)));
    store.quiet("desktop", None).await.unwrap();
    assert_eq!(store.channel("desktop").await.unwrap().quiet_until, None);
    assert_eq!(store.give_up_unknown(&["desktop".into()], "gone", minute(9)).await.unwrap(), 1);
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 2, dead: 1 });
    let stands: Vec<_> = store.channels().await.unwrap().into_iter().map(|one| (one.name, one.error)).collect();
    assert_eq!(stands, [("desktop".into(), None), ("mail".into(), None)]);
}

pub(crate) async fn what_was_given_up_is_owed_again_under_the_same_id(store: &dyn Store) {
    owing(store, &["/1", "/2", "/3"]).await;
    let claimed = claim(store, minute(2)).await;
    store.bind(&[bound("m", &[&claimed[0], &claimed[1]])]).await.unwrap();
    let dead = Settlement::Dead { error: "404".into() };
    let dead: Vec<_> = claimed[..2].iter().map(|one| (one.id.clone(), dead.clone())).collect();
    store.settle(&dead, minute(3)).await.unwrap();
    store.settle(&[(claimed[2].id.clone(), Settlement::Sent)], minute(4)).await.unwrap();
    store.mark_seen("m", minute(5)).await.unwrap();

    let all = store.deliveries(&Chosen::default(), 10).await.unwrap();
    let stands: Vec<_> = all.iter().map(|one| (one.stands, one.at, one.title.as_str())).collect();
    let title = |name: &str| {
        claimed.iter().find_map(|one| {
            let post = one.post.as_ref()?;
            (post.key == key(name)).then(|| post.title.clone())
        })
    };
    assert_eq!(stands[0], (Stands::Sent, minute(4), title("/3").unwrap().as_str()));
    assert_eq!((stands[1].0, stands[1].1, stands[2].0), (Stands::Dead, minute(3), Stands::Dead));
    assert_eq!((all[1].message.as_str(), all[1].seen, all[1].error.as_deref()), ("m", Some(minute(5)), Some("404")));
    assert_eq!(all[0].message, claimed[2].id, "what goes out alone goes by its own id");
    assert_eq!(store.deliveries(&Chosen::default(), 1).await.unwrap().len(), 1);
    let of = |chosen: Chosen| async move { store.deliveries(&chosen, 10).await.unwrap().len() };
    assert_eq!(of(Chosen { stands: Some(Stands::Dead), ..Chosen::default() }).await, 2);
    assert_eq!(of(Chosen { channel: Some("mail".into()), ..Chosen::default() }).await, 0);
    assert_eq!(of(Chosen { message: Some("m".into()), ..Chosen::default() }).await, 2);

    assert_eq!(
        store.replay(&Chosen { channel: Some("mail".into()), ..Chosen::default() }, minute(9)).await.unwrap(),
        0
    );
    assert_eq!(store.replay(&Chosen::default(), minute(9)).await.unwrap(), 2);
    assert!(claim(store, minute(8)).await.is_empty());
    let again = claim(store, minute(9)).await;
    assert_eq!(posts(&again), ["/1", "/2"]);
    assert!(again.iter().all(|one| one.message.as_deref() == Some("m")));
    // A channel that rests gives it back: it stays the same message.
    let back: Vec<_> = again.iter().map(|one| (one.id.clone(), held(minute(9)))).collect();
    store.settle(&back, minute(9)).await.unwrap();
    let until = minute(9) + SignedDuration::from_mins(10);
    let third = store.claim_deliveries("desktop", 10, minute(9), until).await.unwrap();
    assert!(third.iter().all(|one| one.message.as_deref() == Some("m")), "{third:#?}");
}
