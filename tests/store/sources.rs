//! What becomes of sources when the configuration changes.

use sosik::model::page::Validators;
use sosik::model::report::{GapCursor, Profile, ValidatorsUpdate};
use sosik::model::rhythm::Rhythm;
use sosik::model::source::{HtmlRecipe, Recipe, Source};
use sosik::store::Store;
use sosik::store::contract::{Fenced, KnownQuery, Synced};

use super::given::*;

fn validators() -> Validators {
    Validators {
        etag: Some("W/\"1\"".into()),
        last_modified: Some("Thu, 01 Jan 2026 00:00:00 GMT".into()),
        digest: Some(u128::MAX - 1),
        read_at: Some(minute(1)),
    }
}

fn other_recipe(source: &mut Source) {
    source.recipe = Recipe::Html(HtmlRecipe { page_query: Some("page".into()), ..HtmlRecipe::default() }).into();
}

/// Polls with posts, validators and a profile.
async fn poll_well(store: &dyn Store, name: &str) {
    poll(store, name, minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &["Java"]), post("/2", 2, &[])]);
        report.validators = ValidatorsUpdate::Replace(validators());
        report.profile = Some(Profile { pages: 1, posts: 2.0, ..Profile::default() });
        report.rhythm = Some(Rhythm::new(minute(1), 0));
    })
    .await;
}

pub(crate) async fn an_unchanged_configuration_changes_nothing(store: &dyn Store) {
    let all = [source("a"), source("b")];
    let synced = store.sync_sources(&all, minute(0)).await.unwrap();
    assert_eq!(synced, Synced { added: vec![id("a"), id("b")], ..Synced::default() });
    poll_well(store, "a").await;
    let before = overview(store, "a").await.state;
    assert_eq!(store.sync_sources(&all, minute(2)).await.unwrap(), Synced::default());
    assert_eq!(overview(store, "a").await.state, before);
}

pub(crate) async fn a_changed_recipe_voids_validators_of_its_source_alone(store: &dyn Store) {
    let mut all = sources(store, &["a", "b", "c", "d"]).await;
    for name in ["a", "b", "c", "d"] {
        poll_well(store, name).await;
    }
    other_recipe(&mut all[0]);
    all[1].time_zone = Some("Asia/Seoul".into());
    all[2].base_url = Some("https://c.example/base/".parse().unwrap());
    let synced = store.sync_sources(&all, minute(2)).await.unwrap();
    assert_eq!(synced, Synced { voided: vec![id("a"), id("b"), id("c")], ..Synced::default() });
    for name in ["a", "b", "c"] {
        let state = overview(store, name).await.state;
        assert_eq!(state.validators, Validators::default());
        assert_eq!(state.profile, None, "what the old recipe yields is no measure");
        assert_eq!(state.rhythm, Some(Rhythm::new(minute(1), 0)), "the blogger is the same");
        assert_eq!(state.next_check, Some(minute(2)));
        assert_eq!(state.last_success, Some(minute(1)), "it is not a first look");
    }
    assert_eq!(overview(store, "d").await.state.validators, validators());
    assert_eq!(leases(store, minute(2)).await.len(), 3);
}

pub(crate) async fn a_changed_title_voids_nothing_and_raises_the_feeds(store: &dyn Store) {
    let mut all = sources(store, &["a"]).await;
    poll_well(store, "a").await;
    let before = feed(store, "a/java").await;
    all[0].title = Some("A better title".into());
    assert_eq!(store.sync_sources(&all, minute(2)).await.unwrap(), Synced::default());
    assert_eq!(overview(store, "a").await.state.validators, validators());
    assert_eq!(overview(store, "a").await.source, all[0]);
    assert_eq!(feed(store, "a/java").await.version, before.version + 1);
    assert!(leases(store, minute(2)).await.is_empty(), "nor is it due");
}

pub(crate) async fn a_poll_with_the_old_recipe_moves_no_validators(store: &dyn Store) {
    let mut all = sources(store, &["a"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    other_recipe(&mut all[0]);
    store.sync_sources(&all, minute(1)).await.unwrap();
    let mut late = report(minute(2));
    late.validators = ValidatorsUpdate::Replace(validators());
    late.profile = Some(Profile::default());
    late.rhythm = Some(Rhythm::new(minute(2), 0));
    late.changes = new(vec![post("/1", 1, &[])]);
    assert_eq!(store.record(vec![recorded(&lease, 0, late)], minute(2)).await.unwrap(), [Fenced::Recorded]);
    let state = overview(store, "a").await.state;
    assert_eq!((state.validators, state.profile), (Validators::default(), None));
    assert_eq!(state.rhythm, Some(Rhythm::new(minute(2), 0)), "it tells of the blog, not of the recipe");
    let again = leases(store, minute(2)).await;
    assert_eq!(names(&again), [["a"]], "it is due with the new recipe");
    let mut fresh = report(minute(3));
    fresh.validators = ValidatorsUpdate::Replace(validators());
    store.record(vec![recorded(&again[0], 0, fresh)], minute(3)).await.unwrap();
    assert_eq!(overview(store, "a").await.state.validators, validators());
}

pub(crate) async fn a_moved_source_keeps_its_posts(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll_well(store, "a").await;
    poll(store, "a", minute(2), |report| {
        report.changes.aliases = vec![(key("/old"), key("/1"))];
        report.gap = Some(GapCursor {
            url: "https://a.example/?page=2".parse().unwrap(),
            since: minute(1),
            announce: false,
            pages_left: None,
        });
    })
    .await;
    let (before, feed_before) = (overview(store, "a").await, feed(store, "a/java").await);
    let posts = store.posts(Some(&id("a")), ALL).await.unwrap();
    let moved = [source("a https://elsewhere.example/blog/")];
    let synced = store.sync_sources(&moved, minute(3)).await.unwrap();
    assert_eq!(synced, Synced { moved: vec![id("a")], ..Synced::default() });
    let after = overview(store, "a").await;
    assert_eq!(after.at.number, before.at.number);
    assert_eq!(after.at.shard, moved[0].host().shard());
    assert_ne!(after.at.shard, before.at.shard, "the test moves between shards");
    assert_eq!((after.posts, after.state.validators, after.state.gap), (2, Validators::default(), None));
    assert_eq!(after.state.rhythm, before.state.rhythm);
    assert_eq!(store.posts(Some(&id("a")), ALL).await.unwrap(), posts);
    let feed_after = feed(store, "a/java").await;
    assert_eq!((&feed_after.urn, feed_after.feed_id), (&feed_before.urn, feed_before.feed_id));
    assert_eq!(keys(store, "a/java").await, ["/1"]);
    assert_eq!(keys(store, "a").await, ["/2", "/1"]);
    let query = KnownQuery { keys: vec![key("/old")], ..KnownQuery::default() };
    assert_eq!(store.known(after.at, &query).await.unwrap().posts[&key("/old")].key, key("/1"));
    let leases = leases(store, minute(3)).await;
    assert_eq!(leases.len(), 1, "the old host has nothing to do");
    assert_eq!(leases[0].host, moved[0].host());
}

pub(crate) async fn a_report_for_a_source_that_moved_away_is_lost(store: &dyn Store) {
    sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    let moved = lease.due[1].source.id.to_string();
    let stays = lease.due[0].source.clone();
    store.sync_sources(&[stays, source(&format!("{moved} https://elsewhere.example/"))], minute(1)).await.unwrap();
    let mut late = report(minute(2));
    late.changes = new(vec![post("/1", 1, &[])]);
    let batch = vec![recorded(&lease, 0, report(minute(2))), recorded(&lease, 1, late)];
    assert_eq!(store.record(batch, minute(2)).await.unwrap(), [Fenced::Recorded, Fenced::LeaseLost]);
    assert!(store.posts(None, ALL).await.unwrap().is_empty());
    let leases = leases(store, minute(62)).await;
    assert_eq!(leases.len(), 2, "the old host's lease came back all the same");
}

pub(crate) async fn a_removed_source_rests_and_keeps_its_posts(store: &dyn Store) {
    let all = sources(store, &["a", "b"]).await;
    poll_well(store, "a").await;
    let synced = store.sync_sources(&all[1..], minute(2)).await.unwrap();
    assert_eq!(synced, Synced { removed: vec![id("a")], ..Synced::default() });
    assert_eq!(store.sync_sources(&all[1..], minute(3)).await.unwrap(), Synced::default());
    assert_eq!(names(&leases(store, minute(500)).await), [["b"]]);
    let overview = overview(store, "a").await;
    assert!(overview.removed);
    assert_eq!((overview.posts, overview.state.next_check), (2, None));
    assert_eq!(keys(store, "a").await, ["/2", "/1"]);
}

pub(crate) async fn a_source_that_comes_back_is_due(store: &dyn Store) {
    let all = sources(store, &["a"]).await;
    poll_well(store, "a").await;
    store.sync_sources(&[], minute(2)).await.unwrap();
    assert_eq!(store.sync_sources(&all, minute(3)).await.unwrap(), Synced::default());
    let back = overview(store, "a").await;
    assert!(!back.removed);
    assert_eq!(back.state.validators, validators(), "its posts are still what they vouch for");
    assert_eq!(names(&leases(store, minute(3)).await), [["a"]]);
}

pub(crate) async fn a_paused_source_rests_until_resumed(store: &dyn Store) {
    let mut all = sources(store, &["a"]).await;
    let lease = leases(store, minute(0)).await.remove(0);
    all[0].paused = true;
    store.sync_sources(&all, minute(1)).await.unwrap();
    let answers = store.record(vec![recorded(&lease, 0, report(minute(2)))], minute(2)).await.unwrap();
    assert_eq!(answers, [Fenced::Recorded], "what is under way comes to its end");
    assert!(leases(store, minute(500)).await.is_empty());
    assert_eq!(overview(store, "a").await.state.next_check, None);
    all[0].paused = false;
    store.sync_sources(&all, minute(3)).await.unwrap();
    assert_eq!(names(&leases(store, minute(3)).await), [["a"]]);
}

pub(crate) async fn sources_come_by_id_and_removed_ones_last(store: &dyn Store) {
    let all = sources(store, &["c", "a", "d", "b"]).await;
    store.sync_sources(&all[..3], minute(1)).await.unwrap();
    store.sync_sources(&all[..2], minute(1)).await.unwrap();
    let sources = store.sources().await.unwrap();
    let names: Vec<_> = sources.iter().map(|source| (source.source.id.as_str(), source.removed)).collect();
    assert_eq!(names, [("a", false), ("c", false), ("b", true), ("d", true)]);
}

pub(crate) async fn one_source_is_read_by_its_id(store: &dyn Store) {
    let both = sources(store, &["a", "b"]).await;
    poll(store, "b", minute(1), |report| report.changes = new(vec![post("/1", 1, &[])])).await;
    store.sync_sources(&both[..1], minute(2)).await.unwrap();
    assert!(store.source(&id("none")).await.unwrap().is_none());
    for name in ["a", "b"] {
        let one = store.source(&id(name)).await.unwrap().unwrap();
        assert_eq!(format!("{one:?}"), format!("{:?}", overview(store, name).await));
        assert_eq!((one.removed, one.posts), if name == "b" { (true, 1) } else { (false, 0) });
    }
}
