//! Leases of whatever is due, and what fences a report.

use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::model::failure::PollOutcome;
use sosik::model::report::PollReport;
use sosik::model::source::Source;
use sosik::store::Store;
use sosik::store::contract::{Claim, Fenced, OutboxCounts, SourceState};

use super::given::*;

pub(crate) async fn a_new_source_is_due_at_once(store: &dyn Store) {
    sources(store, &["a"]).await;
    let leases = leases(store, minute(0)).await;
    assert_eq!(names(&leases), [["a"]]);
    assert_eq!(leases[0].host.name(), "a.example:443");
    assert_eq!(leases[0].until, minute(10));
    assert_eq!(leases[0].gap_ms, None);
    let due = &leases[0].due[0];
    assert_eq!((due.at.shard, &due.source), (leases[0].host.shard(), &source("a")));
    assert_eq!(due.state, SourceState { next_check: Some(minute(0)), ..SourceState::default() });
}

pub(crate) async fn hosts_that_waited_longest_come_first(store: &dyn Store) {
    sources(store, &["a", "b", "c"]).await;
    for (name, at) in [("b", 1), ("c", 2), ("a", 3)] {
        poll(store, name, minute(at), |_| ()).await;
    }
    assert!(leases(store, minute(60)).await.is_empty(), "nothing is due yet");
    let two = store.claim(&Claim { hosts: 2, ..claim(minute(90)) }).await.unwrap().leases;
    assert_eq!(names(&two), [["b"], ["c"]]);
    assert_eq!(names(&leases(store, minute(90)).await), [["a"]]);
}

/// Claims at that minute what must be these sources of one host, in this order, and gives each so many minutes until it
/// comes again.
async fn all_of_one_host(store: &dyn Store, at: i64, expected: &[(&str, i64)]) {
    let waiting = leases(store, minute(at)).await;
    assert_eq!(names(&waiting), [expected.iter().map(|(name, _)| *name).collect::<Vec<_>>()], "minute {at}");
    let batch = expected.iter().enumerate().map(|(index, (_, wait))| {
        let next_check = Some(minute(at + wait));
        recorded(&waiting[0], index, PollReport { next_check, ..report(minute(at)) })
    });
    let taken = store.record(batch.collect(), minute(at)).await.unwrap();
    assert!(taken.iter().all(|one| *one == Fenced::Recorded));
    let first = expected.iter().map(|(_, wait)| minute(at + wait)).min();
    assert_eq!(store.next_due().await.unwrap(), first, "minute {at}");
}

pub(crate) async fn every_source_of_a_host_comes_whichever_was_its_first(store: &dyn Store) {
    let named = |name: &str| source(&format!("{name} https://x.example/{name}"));
    let (a, b, c) = (named("a"), named("b"), named("c"));
    for (minutes, all) in [(0, vec![&a]), (1, vec![&a, &b]), (2, vec![&a, &b, &c])] {
        let all: Vec<_> = all.into_iter().cloned().collect();
        store.sync_sources(&all, minute(minutes)).await.unwrap();
    }
    all_of_one_host(store, 3, &[("a", 30), ("b", 20), ("c", 10)]).await;
    all_of_one_host(store, 40, &[("c", 15), ("b", 10), ("a", 5)]).await;
    all_of_one_host(store, 60, &[("a", 5), ("b", 15), ("c", 10)]).await;
    // Without the first of them, and without any but the last.
    store.sync_sources(&[b.clone(), c.clone()], minute(61)).await.unwrap();
    all_of_one_host(store, 80, &[("c", 20), ("b", 10)]).await;
    store.sync_sources(std::slice::from_ref(&c), minute(81)).await.unwrap();
    all_of_one_host(store, 100, &[("c", 60)]).await;
    // Another host's, where there are none and where there is one.
    let moved =
        |source: &Source| Source { url: format!("https://y.example/{}", source.id).parse().unwrap(), ..source.clone() };
    store.sync_sources(&[moved(&c)], minute(101)).await.unwrap();
    all_of_one_host(store, 101, &[("c", 20)]).await;
    store.sync_sources(&[moved(&b), moved(&c)], minute(102)).await.unwrap();
    all_of_one_host(store, 102, &[("b", 10)]).await;
    all_of_one_host(store, 140, &[("b", 10), ("c", 5)]).await;
    store.sync_sources(&[moved(&a), moved(&b), moved(&c)], minute(160)).await.unwrap();
    all_of_one_host(store, 160, &[("c", 1), ("b", 2), ("a", 3)]).await;
}

pub(crate) async fn hosts_that_want_to_be_left_alone_hide_none_behind_them(store: &dyn Store) {
    // Those of one shard stand in one list.
    let shard = source("a").host().shard();
    let alike = (0..).map(|number| format!("h{number}")).filter(|name| source(name).host().shard() == shard);
    let all: Vec<String> = alike.take(70).collect();
    sources(store, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for (name, at) in all.iter().zip(1..) {
        poll(store, name, minute(0), |report| {
            report.next_check = Some(minute(at));
            report.host_blocked_until = (name != &all[69]).then(|| minute(200));
        })
        .await;
    }
    assert_eq!(store.next_due().await.unwrap(), Some(minute(70)));
    assert_eq!(names(&leases(store, minute(100)).await), [[all[69].as_str()]]);
    assert_eq!(store.next_due().await.unwrap(), Some(minute(200)));
}

pub(crate) async fn hosts_of_all_shards_come_in_the_order_in_which_they_wait(store: &dyn Store) {
    let all: Vec<String> = (0..30).map(|number| format!("h{number}")).collect();
    sources(store, &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for (name, at) in all.iter().zip(1..) {
        poll(store, name, minute(0), |report| report.next_check = Some(minute(at))).await;
    }
    for five in all.chunks(5) {
        let found = store.claim(&Claim { hosts: 5, ..claim(minute(90)) }).await.unwrap().leases;
        let expected: Vec<_> = five.iter().map(|name| [name.as_str()]).collect();
        assert_eq!(names(&found), expected);
    }
}

pub(crate) async fn a_host_is_leased_by_one_worker_until_the_lease_ends(store: &dyn Store) {
    sources(store, &["a"]).await;
    let first = leases(store, minute(0)).await;
    assert!(leases(store, minute(9)).await.is_empty());
    let second = leases(store, minute(10)).await;
    assert_eq!(names(&second), [["a"]]);
    assert!(second[0].number > first[0].number);
    assert!(!store.renew(&first[0].host, first[0].number, minute(30), minute(11)).await.unwrap());
    let late = store.record(vec![recorded(&first[0], 0, report(minute(11)))], minute(11)).await.unwrap();
    assert_eq!(late, [Fenced::LeaseLost]);
    let held = store.record(vec![recorded(&second[0], 0, report(minute(11)))], minute(11)).await.unwrap();
    assert_eq!(held, [Fenced::Recorded]);
}

pub(crate) async fn only_a_living_lease_can_be_renewed(store: &dyn Store) {
    sources(store, &["a"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    assert!(!store.renew(&lease.host, lease.number + 1, minute(20), minute(5)).await.unwrap());
    assert!(store.renew(&lease.host, lease.number, minute(20), minute(5)).await.unwrap());
    assert!(leases(store, minute(19)).await.is_empty());
    assert!(!store.renew(&lease.host, lease.number, minute(40), minute(20)).await.unwrap());
    assert_eq!(names(&leases(store, minute(20)).await), [["a"]]);
}

pub(crate) async fn a_released_host_is_due_again(store: &dyn Store) {
    sources(store, &["a"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    store.release(&lease.host, lease.number + 1).await.unwrap();
    assert!(leases(store, minute(1)).await.is_empty(), "another's lease is not given back");
    store.release(&lease.host, lease.number).await.unwrap();
    let again = leases(store, minute(1)).await;
    assert_eq!(names(&again), [["a"]]);
    assert!(again[0].number > lease.number);
}

pub(crate) async fn a_lost_lease_writes_nothing(store: &dyn Store) {
    sources(store, &["a"]).await;
    let lost = leases(store, minute(0)).await.remove(0);
    let held = leases(store, minute(10)).await.remove(0);
    let mut late = report(minute(11));
    late.outcome = PollOutcome::Changed;
    late.changes = new(vec![post("/1", 1, &["Java"])]);
    late.site.title = Some("A blog".into());
    late.host_gap_ms = Some(5000);
    late.host_blocked_until = Some(minute(500));
    late.owed =
        vec![NewDelivery { kind: DeliveryKind::Post, key: Some(key("/1")), channel: "desktop".into(), text: None }];
    let before = overview(store, "a").await.state;
    let answers = store.record(vec![recorded(&lost, 0, late)], minute(11)).await.unwrap();
    assert_eq!(answers, [Fenced::LeaseLost]);
    assert_eq!(overview(store, "a").await.state, before);
    assert!(store.posts(None, ALL).await.unwrap().is_empty());
    assert!(store.feeds(None).await.unwrap().is_empty());
    assert!(store.categories(held.due[0].at).await.unwrap().is_empty());
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts::default());
    assert!(store.renew(&held.host, held.number, minute(30), minute(12)).await.unwrap(), "the other keeps his lease");
    store.release(&held.host, held.number).await.unwrap();
    assert_eq!(leases(store, minute(12)).await[0].gap_ms, None);
}

pub(crate) async fn a_lease_is_given_back_with_the_last_report(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    assert_eq!(lease.due.len(), 2);
    let first = recorded(&lease, 0, report(minute(1)));
    assert_eq!(store.record(vec![first.clone()], minute(1)).await.unwrap(), [Fenced::Recorded]);
    assert!(store.renew(&lease.host, lease.number, minute(20), minute(1)).await.unwrap());
    let last = recorded(&lease, 1, report(minute(2)));
    assert_eq!(store.record(vec![last], minute(2)).await.unwrap(), [Fenced::Recorded]);
    assert!(!store.renew(&lease.host, lease.number, minute(20), minute(2)).await.unwrap());
    assert_eq!(store.record(vec![first], minute(3)).await.unwrap(), [Fenced::LeaseLost]);
}

pub(crate) async fn a_host_comes_again_when_its_first_source_is_due(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    let (mut early, mut late) = (report(minute(1)), report(minute(1)));
    early.next_check = Some(minute(30));
    late.next_check = Some(minute(50));
    let (early, late) = (recorded(&lease, 0, early), recorded(&lease, 1, late));
    let name = lease.due[0].source.id.as_str();
    store.record(vec![early, late], minute(1)).await.unwrap();
    assert!(leases(store, minute(29)).await.is_empty());
    let again = leases(store, minute(30)).await;
    assert_eq!(names(&again), [[name]]);
    store.release(&again[0].host, again[0].number).await.unwrap();
    let both = leases(store, minute(50)).await;
    assert_eq!(both[0].due.len(), 2);
    assert_eq!(both[0].due[0].source.id.as_str(), name, "the longest due first");
}

pub(crate) async fn the_sources_of_a_host_come_by_turns(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b", "c https://x.example/c"]).await;
    let few = Claim { sources_per_host: 2, ..claim(minute(0)) };
    let first = store.claim(&few).await.unwrap().leases.remove(0);
    assert_eq!(first.due.len(), 2);
    let batch = vec![recorded(&first, 0, report(minute(1))), recorded(&first, 1, report(minute(1)))];
    store.record(batch, minute(1)).await.unwrap();
    let second = store.claim(&Claim { now: minute(1), ..few }).await.unwrap().leases.remove(0);
    assert_eq!(second.due.len(), 1);
    assert!(first.due.iter().all(|due| due.at != second.due[0].at));
}

pub(crate) async fn a_blocked_host_is_left_alone(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(0), |report| {
        report.next_check = Some(minute(5));
        report.host_blocked_until = Some(minute(40));
    })
    .await;
    assert!(leases(store, minute(39)).await.is_empty());
    assert_eq!(names(&leases(store, minute(40)).await), [["a"]]);
}

pub(crate) async fn a_blocked_host_is_left_alone_though_its_worker_died(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    let mut refused = report(minute(1));
    refused.host_blocked_until = Some(minute(40));
    store.record(vec![recorded(&lease, 0, refused)], minute(1)).await.unwrap();
    assert!(leases(store, minute(39)).await.is_empty(), "the lease ran out, the wish did not");
    assert_eq!(leases(store, minute(40)).await.len(), 1);
}

pub(crate) async fn a_wish_to_be_left_alone_is_never_shortened(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    let (mut long, mut short) = (report(minute(1)), report(minute(1)));
    long.host_blocked_until = Some(minute(300));
    short.host_blocked_until = Some(minute(200));
    store.record(vec![recorded(&lease, 0, long), recorded(&lease, 1, short)], minute(1)).await.unwrap();
    assert!(leases(store, minute(299)).await.is_empty());
    assert_eq!(leases(store, minute(300)).await.len(), 1);
}

pub(crate) async fn the_gap_of_a_host_is_kept(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(0), |report| report.host_gap_ms = Some(5000)).await;
    poll(store, "a", minute(1), |_| ()).await;
    assert_eq!(leases(store, minute(61)).await[0].gap_ms, Some(5000));
}
