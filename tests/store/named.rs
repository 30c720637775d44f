//! Leases of sources that a person names.

use sosik::store::Store;
use sosik::store::contract::Claim;

use super::given::*;

pub(crate) async fn sources_are_claimed_by_name_whether_due_or_not(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b", "c", "d"]).await;
    poll(store, "a", minute(0), |_| ()).await;
    poll(store, "c", minute(0), |_| ()).await;
    let claimed = store.claim(&claim_named(minute(1), &["c", "a"])).await.unwrap();
    let mut names: Vec<_> = names(&claimed.leases).concat();
    names.sort_unstable();
    assert_eq!(names, ["a", "c"]);
    assert!(claimed.blocked.is_empty());
}

pub(crate) async fn a_source_that_was_polled_is_not_handed_out_again(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b", "c"]).await;
    let ask = Claim { hosts: 1, sources_per_host: 1, ..claim_named(minute(5), &["a", "b", "c"]) };
    let mut polled = Vec::new();
    loop {
        let leases = store.claim(&ask).await.unwrap().leases;
        let Some(lease) = leases.first() else { break };
        polled.push(lease.due[0].source.id.to_string());
        store.record(vec![recorded(lease, 0, report(minute(5)))], minute(5)).await.unwrap();
    }
    polled.sort();
    assert_eq!(polled, ["a", "b", "c"]);
}

pub(crate) async fn sources_of_hosts_that_are_too_many_come_later(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://y.example/b", "c https://x.example/c", "d", "e", "f"]).await;
    poll(store, "e", minute(0), |report| report.host_blocked_until = Some(minute(40))).await;
    let held = store.claim(&Claim { hosts: 1, ..claim_named(minute(1), &["f"]) }).await.unwrap();
    assert_eq!((names(&held.leases), held.later), (vec![vec!["f"]], vec![]));
    let ask = Claim { hosts: 1, ..claim_named(minute(1), &["f", "e", "d", "c", "b", "a", "nobody"]) };
    let claimed = store.claim(&ask).await.unwrap();
    let leased: Vec<&str> = names(&claimed.leases).concat();
    let mut others: Vec<(i64, i64)> = Vec::new();
    for id in &claimed.later {
        assert!(!leased.contains(&id.as_str()), "{id} is leased");
        let at = store.source(id).await.unwrap().unwrap().at;
        others.push((at.shard, at.number));
    }
    assert_eq!(others.len(), 4 - leased.len(), "neither the blocked nor the held: {:?}", claimed.later);
    assert!(others.is_sorted(), "in the order in which they are held: {others:?}");
}

pub(crate) async fn a_leased_host_is_not_leased_by_name(store: &dyn Store) {
    sources(store, &["a"]).await;
    leases(store, minute(0)).await;
    let claimed = store.claim(&claim_named(minute(1), &["a"])).await.unwrap();
    assert!(claimed.leases.is_empty() && claimed.blocked.is_empty());
    assert_eq!(store.claim(&claim_named(minute(10), &["a"])).await.unwrap().leases.len(), 1);
}

pub(crate) async fn blocked_sources_are_told(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    poll(store, "a", minute(0), |report| report.host_blocked_until = Some(minute(40))).await;
    let claimed = store.claim(&claim_named(minute(1), &["a", "b"])).await.unwrap();
    assert_eq!(names(&claimed.leases), [["b"]]);
    assert_eq!(claimed.blocked, [(id("a"), minute(40))]);
    let claimed = store.claim(&claim_named(minute(40), &["a"])).await.unwrap();
    assert_eq!(names(&claimed.leases), [["a"]]);
}

pub(crate) async fn unknown_and_resting_sources_are_not_claimed_by_name(store: &dyn Store) {
    let mut paused = source("a");
    paused.paused = true;
    store.sync_sources(&[paused.clone(), source("b")], minute(0)).await.unwrap();
    store.sync_sources(&[paused], minute(0)).await.unwrap();
    let claimed = store.claim(&claim_named(minute(1), &["a", "b", "nobody"])).await.unwrap();
    assert!(claimed.leases.is_empty() && claimed.blocked.is_empty());
}

pub(crate) async fn sources_are_made_due_but_for_blocked_and_resting_ones(store: &dyn Store) {
    sources(store, &["a", "b", "c"]).await;
    for name in ["a", "b", "c"] {
        poll(store, name, minute(0), |report| {
            report.next_check = Some(minute(30));
            report.host_blocked_until = (name == "b").then(|| minute(20));
        })
        .await;
    }
    assert_eq!(store.next_due().await.unwrap(), Some(minute(30)));
    let blocked = store.set_due(&[id("a"), id("b"), id("nobody")], minute(10)).await.unwrap();
    assert_eq!(blocked, [(id("b"), minute(20))]);
    assert_eq!(store.next_due().await.unwrap(), Some(minute(10)));
    let claimed = leases(store, minute(10)).await;
    assert_eq!(names(&claimed), [["a"]]);
    assert_eq!(store.next_due().await.unwrap(), Some(minute(30)), "a leased host is left aside");
}
