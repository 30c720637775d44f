//! Hosts as `status` shows them.

use jiff::SignedDuration;
use sosik::model::host::Host;
use sosik::model::pace::HostQueue;
use sosik::store::Store;

use super::given::*;

fn queue(host: &str) -> HostQueue {
    HostQueue {
        host: Host::from_stored(host.into()),
        sources: 1,
        due: 0,
        waits_since: None,
        next_due: None,
        crawl_delay: None,
        blocked_until: None,
        is_leased: false,
    }
}

pub(crate) async fn a_host_tells_what_waits_for_it(store: &dyn Store) {
    let mut all = sources(store, &["b https://y.example/", "a https://x.example/a", "c https://x.example/c"]).await;
    let waiting = HostQueue {
        sources: 2,
        due: 2,
        waits_since: Some(minute(0)),
        next_due: Some(minute(0)),
        ..queue("x.example:443")
    };
    let [x, y] = &store.hosts(minute(3)).await.unwrap()[..] else { panic!("two hosts") };
    assert_eq!((x, y.host.name()), (&waiting, "y.example:443"));
    poll(store, "a", minute(3), |report| report.host_gap_ms = Some(10_000)).await;
    all[0].paused = true;
    store.sync_sources(&all, minute(4)).await.unwrap();
    let expected = [
        HostQueue { due: 1, crawl_delay: Some(SignedDuration::from_secs(10)), ..waiting },
        HostQueue { sources: 0, ..queue("y.example:443") },
    ];
    assert_eq!(store.hosts(minute(5)).await.unwrap(), expected);
    all.remove(0);
    store.sync_sources(&all, minute(6)).await.unwrap();
    assert_eq!(store.hosts(minute(6)).await.unwrap().len(), 1, "a host of removed sources is nobody's");
}

pub(crate) async fn a_host_that_is_leased_or_blocked_says_so(store: &dyn Store) {
    sources(store, &["a"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    assert!(store.hosts(minute(1)).await.unwrap()[0].is_leased);
    assert!(!store.hosts(minute(10)).await.unwrap()[0].is_leased, "the lease ran out");
    let mut refused = report(minute(1));
    refused.host_blocked_until = Some(minute(40));
    store.record(vec![recorded(&lease, 0, refused)], minute(1)).await.unwrap();
    let blocked = store.hosts(minute(2)).await.unwrap().remove(0);
    assert_eq!(
        (blocked.is_leased, blocked.blocked_until, blocked.next_due),
        (false, Some(minute(40)), Some(minute(61)))
    );
    assert_eq!(store.hosts(minute(40)).await.unwrap()[0].blocked_until, None);
}
