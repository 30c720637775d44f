//! A source gets another id.

use sosik::model::page::Validators;
use sosik::model::report::ValidatorsUpdate;
use sosik::store::Store;
use sosik::store::contract::{Renamed, Synced};

use super::given::*;
use super::outbox::owed;

/// A source `a` with posts, validators and something owed; its files are published.
async fn polled(store: &dyn Store) {
    sources(store, &["a", "ab"]).await;
    poll(store, "ab", minute(1), |report| report.changes = new(vec![post("/9", 1, &["Java"])])).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &["Java/a"]), post("/2", 2, &[])]);
        report.validators = ValidatorsUpdate::Replace(Validators { etag: Some("1".into()), ..Validators::default() });
        report.owed = vec![owed("/2", "desktop")];
    })
    .await;
    let feeds = store.feeds(None).await.unwrap();
    let published: Vec<_> = feeds.iter().map(|feed| (feed.shard, feed.feed_id, feed.version)).collect();
    store.mark_published(&published).await.unwrap();
}

pub(crate) async fn a_renamed_source_keeps_all_but_its_paths(store: &dyn Store) {
    polled(store).await;
    let (before, posts) = (overview(store, "a").await, store.posts(Some(&id("a")), ALL).await.unwrap());
    let feeds = store.feeds(Some(&id("a"))).await.unwrap();
    assert_eq!(store.rename_source(&id("a"), &id("b")).await.unwrap(), Renamed::Done);
    let after = overview(store, "b").await;
    assert_eq!((after.at, after.posts, after.removed), (before.at, before.posts, false));
    assert_eq!(after.state, before.state);
    assert_eq!(store.posts(Some(&id("b")), ALL).await.unwrap(), posts);
    assert!(store.posts(Some(&id("a")), ALL).await.unwrap().is_empty());
    let moved = store.feeds(Some(&id("b"))).await.unwrap();
    let paths: Vec<_> = moved.iter().map(|feed| feed.path.as_str()).collect();
    assert_eq!(paths, ["b", "b/_uncategorized", "b/java", "b/java/a"]);
    for (before, after) in feeds.iter().zip(&moved) {
        assert_eq!((&after.urn, after.feed_id, after.posts), (&before.urn, before.feed_id, before.posts));
        assert!(after.version > after.published_version, "{} is stale", after.path);
    }
    assert_eq!(store.stale_feeds(None, 100).await.unwrap().len(), moved.len(), "no other source's are");
    assert_eq!(keys(store, "b/java").await, ["/1"]);
    assert_eq!(keys(store, "ab/java").await, ["/9"]);
    let owed = store.claim_deliveries("desktop", 10, minute(2), minute(3)).await.unwrap();
    assert_eq!((owed.len(), &owed[0].source), (1, &id("b")));
}

pub(crate) async fn a_renamed_source_is_the_one_that_the_configuration_names(store: &dyn Store) {
    polled(store).await;
    store.rename_source(&id("a"), &id("b")).await.unwrap();
    let configured = [source("b https://a.example/"), source("ab")];
    assert_eq!(store.sync_sources(&configured, minute(2)).await.unwrap(), Synced::default());
    assert_eq!(overview(store, "b").await.state.validators.etag.as_deref(), Some("1"));
    poll(store, "b", minute(3), |report| report.changes = new(vec![post("/3", 3, &["Go"])])).await;
    assert_eq!(keys(store, "b").await, ["/3", "/2", "/1"]);
    assert_eq!(keys(store, "b/go").await, ["/3"]);
}

pub(crate) async fn an_id_that_is_taken_is_refused(store: &dyn Store) {
    polled(store).await;
    assert_eq!(store.rename_source(&id("a"), &id("ab")).await.unwrap(), Renamed::Taken);
    assert_eq!(store.rename_source(&id("nobody"), &id("b")).await.unwrap(), Renamed::Unknown);
    assert_eq!(store.rename_source(&id("nobody"), &id("a")).await.unwrap(), Renamed::Unknown);
    store.sync_sources(&[source("a")], minute(2)).await.unwrap();
    assert_eq!(store.rename_source(&id("a"), &id("ab")).await.unwrap(), Renamed::Taken, "though it was removed");
    assert_eq!(keys(store, "a").await, ["/2", "/1"]);
}

pub(crate) async fn the_old_id_is_free_for_another_source(store: &dyn Store) {
    polled(store).await;
    store.rename_source(&id("a"), &id("b")).await.unwrap();
    let configured = [source("b https://a.example/"), source("a https://other.example/"), source("ab")];
    let synced = store.sync_sources(&configured, minute(2)).await.unwrap();
    assert_eq!(synced, Synced { added: vec![id("a")], ..Synced::default() });
    poll(store, "a", minute(3), |report| report.changes = new(vec![post("/7", 3, &["Java"])])).await;
    assert_eq!((keys(store, "a/java").await, keys(store, "b/java").await), (vec!["/7".into()], vec!["/1".into()]));
    assert_ne!(feed(store, "a/java").await.urn, feed(store, "b/java").await.urn);
}
