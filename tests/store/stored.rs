//! Sources that the state alone has, beside those of the configuration.

use sosik::model::failure::PollOutcome;
use sosik::model::source::Source;
use sosik::store::Store;
use sosik::store::contract::{SourceRef, Synced};
use sosik::store::stored::{Counted, Offered, Put, Standing, Tally};

use super::given::*;

/// A source that a person gave its id.
fn given(source: Source) -> Offered {
    let written = format!("{{\"url\":\"{}\"}}", source.url);
    Offered { source, written, id_is_suggested: false }
}

/// One that nobody gave its id.
fn suggested(name: &str) -> Offered {
    Offered { id_is_suggested: true, ..given(source(name)) }
}

async fn put(store: &dyn Store, offered: &[Offered], at: i64) -> Vec<Put> {
    store.put_sources(offered, minute(at)).await.unwrap()
}

/// The ids of the sources that are due at that minute.
async fn due(store: &dyn Store, at: i64) -> Vec<String> {
    let found = leases(store, minute(at)).await;
    let mut due: Vec<String> = found.iter().flat_map(|lease| &lease.due).map(|due| due.source.id.to_string()).collect();
    for lease in &found {
        store.release(&lease.host, lease.number).await.unwrap();
    }
    due.sort();
    due
}

pub(crate) async fn they_are_looked_at_beside_those_of_the_configuration(store: &dyn Store) {
    sources(store, &["file"]).await;
    assert_eq!(
        put(store, &[given(source("one")), given(source("two"))], 0).await,
        [Put::Added(id("one")), Put::Added(id("two"))]
    );
    assert_eq!(due(store, 0).await, ["file", "one", "two"]);
    assert!(overview(store, "one").await.stored && !overview(store, "file").await.stored);
    let synced = store.sync_sources(&[source("file")], minute(1)).await.unwrap();
    assert_eq!(synced, Synced::default(), "the configuration says nothing of them");
    store.sync_sources(&[source("another")], minute(1)).await.unwrap();
    assert_eq!(due(store, 1).await, ["another", "one", "two"]);
}

pub(crate) async fn what_is_put_again_is_the_same_source(store: &dyn Store) {
    put(store, &[given(source("one"))], 0).await;
    assert_eq!(put(store, &[given(source("one"))], 1).await, [Put::Same(id("one"))]);
    let titled = Source { title: Some("Other".to_owned()), ..source("one https://moved.example/") };
    assert_eq!(put(store, &[given(titled.clone())], 2).await, [Put::Changed(id("one"))]);
    let stored = store.source(&id("one")).await.unwrap().unwrap();
    assert_eq!(stored.source, titled);
    assert_eq!(store.written(&id("one")).await.unwrap(), Some("{\"url\":\"https://moved.example/\"}".to_owned()));
    assert_eq!(store.sources().await.unwrap().len(), 1);
}

pub(crate) async fn a_suggested_id_makes_way_and_is_found_again(store: &dyn Store) {
    sources(store, &["blog https://file.example/"]).await;
    let many: Vec<Offered> = (0..20).map(|number| suggested(&format!("blog https://blog.example/{number}"))).collect();
    let first = put(store, &many, 0).await;
    let ids: std::collections::BTreeSet<String> = first.iter().map(|put| put.id().to_string()).collect();
    assert_eq!(ids.len(), 20, "{first:?}");
    assert!(ids.contains("blog-2") && !ids.contains("blog"), "{ids:?}");
    let again = put(store, &many, 1).await;
    let same: Vec<Put> = first.iter().map(|put| Put::Same(put.id().clone())).collect();
    assert_eq!(again, same, "whoever asks again with the same addresses changes nothing");
}

pub(crate) async fn the_configuration_holds_where_both_name_an_id(store: &dyn Store) {
    sources(store, &["both"]).await;
    assert_eq!(put(store, &[given(source("both https://x.example/"))], 0).await, [Put::OfFile(id("both"))]);
    assert_eq!(overview(store, "both").await.source, source("both"));
    put(store, &[given(source("later"))], 0).await;
    let synced = store.sync_sources(&[source("both"), source("later")], minute(1)).await.unwrap();
    assert_eq!(synced, Synced { taken: vec![id("later")], ..Synced::default() });
    assert!(!overview(store, "later").await.stored);
    assert_eq!(store.written(&id("later")).await.unwrap(), None);
    let synced = store.sync_sources(&[source("both")], minute(2)).await.unwrap();
    assert_eq!(synced.removed, [id("later")], "it is the configuration's now");
}

pub(crate) async fn a_removed_one_rests_until_it_is_put_again(store: &dyn Store) {
    sources(store, &["file"]).await;
    put(store, &[given(source("one"))], 0).await;
    poll(store, "one", minute(1), |report| report.changes = new(vec![post("/1", 1, &[])])).await;
    assert!(!store.remove_stored(&id("file"), minute(2)).await.unwrap(), "that is the configuration's");
    assert!(!store.remove_stored(&id("none"), minute(2)).await.unwrap());
    assert!(store.remove_stored(&id("one"), minute(2)).await.unwrap());
    assert!(!store.remove_stored(&id("one"), minute(3)).await.unwrap(), "it is gone already");
    let removed = overview(store, "one").await;
    assert_eq!((removed.removed, removed.posts), (true, 1));
    assert_eq!(due(store, 600).await, ["file"]);
    assert_eq!(put(store, &[given(source("one"))], 601).await, [Put::Changed(id("one"))]);
    assert_eq!(due(store, 602).await, ["file", "one"]);
    assert!(store.remove_stored(&id("one"), minute(603)).await.unwrap());
    assert_eq!(store.prune(&[id("one")]).await.unwrap(), [id("one")]);
}

pub(crate) async fn they_are_read_a_page_at_a_time(store: &dyn Store) {
    sources(store, &["c"]).await;
    put(store, &["a", "b", "d"].map(|name| given(source(name))), 0).await;
    store.remove_stored(&id("b"), minute(1)).await.unwrap();
    let names = |page: Vec<sosik::store::contract::SourceOverview>| -> Vec<String> {
        page.into_iter().map(|overview| overview.source.id.to_string()).collect()
    };
    assert_eq!(names(store.sources_after(None, 2).await.unwrap()), ["a", "c"]);
    assert_eq!(names(store.sources_after(Some(&id("c")), 2).await.unwrap()), ["d"]);
    assert_eq!(names(store.sources_named(&[id("d"), id("x"), id("b")]).await.unwrap()), ["d", "b"]);
    assert_eq!(names(store.loose_sources().await.unwrap()), ["b", "c"]);
    assert_eq!(names(store.some_sources(10).await.unwrap()).len(), 3);
}

pub(crate) async fn they_are_counted(store: &dyn Store) {
    sources(store, &["file"]).await;
    let resting = Source { paused: true, ..source("rests") };
    put(store, &[given(source("one")), given(resting)], 0).await;
    poll(store, "one", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &[]), post("/2", 2, &["Java"])]);
        report.next_check = Some(minute(100));
    })
    .await;
    poll(store, "file", minute(2), |report| {
        report.outcome = PollOutcome::Failed(failure("no answer"));
        report.next_check = Some(minute(100));
    })
    .await;
    let expected = Tally { sources: 3, stored: 2, paused: 1, failing: 1, due: 0, posts: 2 };
    assert_eq!(store.tally(minute(99)).await.unwrap(), expected);
    assert_eq!(store.tally(minute(100)).await.unwrap(), Tally { due: 2, ..expected });
    let failing = store.failing_sources(10).await.unwrap();
    assert_eq!(failing.into_iter().map(|one| one.source.id).collect::<Vec<_>>(), [id("file")]);
}

pub(crate) async fn they_stand_as_they_are_seen(store: &dyn Store) {
    sources(store, &["file", "gone"]).await;
    let resting = Source { paused: true, ..source("rests") };
    put(store, &[given(source("one")), given(resting), given(source("removed"))], 0).await;
    poll(store, "one", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &[]), post("/2", 2, &["Java"])]);
        report.site.declared = Some(136);
    })
    .await;
    poll(store, "gone", minute(2), |report| {
        report.outcome = PollOutcome::Gone(failure("410"));
        report.next_check = None;
    })
    .await;
    store.remove_stored(&id("removed"), minute(3)).await.unwrap();

    let all = store.odd_standings(10).await.unwrap();
    let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["one", "rests", "gone"], "those of the state, and of the others what is gone");
    assert_eq!(store.odd_standings(1).await.unwrap(), all[..1]);
    let named = [id("removed"), id("one"), id("nobody"), id("gone"), id("rests")];
    let found = store.standings(&named).await.unwrap();
    assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["removed", "one", "gone", "rests"]);
    for one in all.iter().chain(&found) {
        let seen = overview(store, one.id.as_str()).await;
        let expected = Standing {
            at: seen.at,
            id: seen.source.id.clone(),
            stored: seen.stored,
            paused: seen.source.paused || seen.removed,
            removed: seen.removed,
            gone: seen.state.is_gone(),
        };
        assert_eq!(*one, expected);
        let counted = Counted { at: seen.at, posts: seen.posts, declared: seen.state.declared };
        assert_eq!(store.count_posts(&[one.at]).await.unwrap(), [counted]);
    }
    assert_eq!((found[1].gone, found[2].gone), (false, true));
    let nobody = SourceRef { number: found[1].at.number + 1, ..found[1].at };
    let counted = store.count_posts(&[nobody, found[1].at]).await.unwrap();
    assert_eq!(counted.iter().map(|one| (one.posts, one.declared)).collect::<Vec<_>>(), [(2, Some(136))]);
}
