//! What is stored of removed sources goes.

use sosik::model::feed::FeedPath;
use sosik::store::Store;
use sosik::store::contract::{KnownQuery, OutboxCounts, Synced};

use super::given::*;
use super::outbox::owed;

/// Sources `a` and `b` with posts, categories, aliases and something owed.
async fn polled(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    for name in ["a", "b"] {
        poll(store, name, minute(1), |report| {
            report.changes = new(vec![post("/1", 1, &["Java"]), post("/2", 2, &[])]);
            report.changes.aliases = vec![(key("/old"), key("/1"))];
            report.owed = vec![owed("/2", "desktop")];
        })
        .await;
    }
}

pub(crate) async fn what_is_stored_of_a_removed_source_goes(store: &dyn Store) {
    polled(store).await;
    let at = overview(store, "a").await.at;
    store.sync_sources(&[source("b")], minute(2)).await.unwrap();
    assert_eq!(store.prune(&[id("a"), id("nobody")]).await.unwrap(), [id("a")]);
    let left: Vec<_> = store.sources().await.unwrap().into_iter().map(|overview| overview.source.id).collect();
    assert_eq!(left, [id("b")]);
    assert!(store.posts(Some(&id("a")), ALL).await.unwrap().is_empty());
    assert!(store.feeds(Some(&id("a"))).await.unwrap().is_empty());
    assert_eq!(store.feed(&FeedPath::from_text("a/java")).await.unwrap(), None);
    assert!(store.categories(at).await.unwrap().is_empty());
    let query = KnownQuery { keys: vec![key("/1"), key("/old")], ..KnownQuery::default() };
    assert!(store.known(at, &query).await.unwrap().posts.is_empty());
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 1, dead: 0 });
    assert_eq!(keys(store, "b").await, ["/2", "/1"]);
    assert_eq!(keys(store, "b/java").await, ["/1"]);
    assert_eq!(store.prune(&[id("a")]).await.unwrap(), []);
}

pub(crate) async fn a_source_that_is_configured_is_never_pruned(store: &dyn Store) {
    polled(store).await;
    assert_eq!(store.prune(&[id("a"), id("b")]).await.unwrap(), []);
    assert_eq!(keys(store, "a").await, ["/2", "/1"]);
}

pub(crate) async fn a_pruned_source_that_comes_back_is_looked_at_for_the_first_time(store: &dyn Store) {
    polled(store).await;
    let urn = feed(store, "a/java").await.urn;
    store.sync_sources(&[source("b")], minute(2)).await.unwrap();
    store.prune(&[id("a")]).await.unwrap();
    let synced = store.sync_sources(&[source("a"), source("b")], minute(3)).await.unwrap();
    assert_eq!(synced, Synced { added: vec![id("a")], ..Synced::default() });
    let back = overview(store, "a").await;
    assert_eq!((back.posts, back.state.last_success, back.state.next_check), (0, None, Some(minute(3))));
    poll(store, "a", minute(3), |report| report.changes = new(vec![post("/1", 1, &["Java"])])).await;
    assert_eq!(feed(store, "a/java").await.urn, urn, "who subscribed meets the same feed");
}
