//! Feeds: made on first need, raised by what changes them, counted as posts come and go.

use sosik::model::category::Category;
use sosik::model::date::{Precision, Published};
use sosik::model::feed::{FeedKind, FeedPath};
use sosik::model::report::{Changes, Edited, Filled};
use sosik::store::Store;

use super::given::*;

async fn check(store: &dyn Store, expected: &[(&str, i64, u32)]) {
    let expected: Vec<_> =
        expected.iter().map(|(path, version, posts)| ((*path).to_owned(), *version, *posts)).collect();
    assert_eq!(feed_table(store).await, expected);
}

/// A blog with a post in a category of two levels, one in its parent, one in another and one in none.
async fn blog(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(vec![
            post("/1", 1, &["Big Data/Kafka"]),
            post("/2", 2, &["Big Data"]),
            post("/3", 3, &["Java"]),
            post("/4", 4, &[]),
        ]);
    })
    .await;
}

pub(crate) async fn feeds_are_made_on_first_need(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(0), |_| ()).await;
    check(store, &[]).await;
    blog(store).await;
    check(
        store,
        &[("a", 1, 4), ("a/_uncategorized", 1, 1), ("a/big-data", 1, 2), ("a/big-data/kafka", 1, 1), ("a/java", 1, 1)],
    )
    .await;
    assert_eq!(keys(store, "a").await, ["/4", "/3", "/2", "/1"]);
    assert_eq!(keys(store, "a/big-data").await, ["/2", "/1"]);
    assert_eq!(keys(store, "a/big-data/kafka").await, ["/1"]);
    assert_eq!(keys(store, "a/_uncategorized").await, ["/4"]);
    let kafka = feed(store, "a/big-data/kafka").await;
    assert_eq!(kafka.kind, FeedKind::Category(paths(&["Big Data/Kafka"]).remove(0)));
    assert_eq!((kafka.source, kafka.published_version, kafka.updated), (Some(id("a")), 0, minute(1)));
    assert!(kafka.urn.starts_with("urn:uuid:"));
    assert_ne!(kafka.urn, feed(store, "a").await.urn);
    assert_eq!(feed(store, "a").await.kind, FeedKind::All);
    assert_eq!(feed(store, "a/_uncategorized").await.kind, FeedKind::Uncategorized);
    assert_eq!(store.feed(&FeedPath::from_text("a/nothing")).await.unwrap(), None);
}

pub(crate) async fn a_report_raises_each_feed_once(store: &dyn Store) {
    blog(store).await;
    let urn = feed(store, "a/big-data").await.urn;
    poll(store, "a", minute(2), |report| {
        report.changes = new(vec![post("/5", 5, &["Big Data/Kafka", "Big Data"]), post("/6", 6, &["Big Data"])]);
        report.changes.new[1].updated = minute(2);
    })
    .await;
    check(
        store,
        &[("a", 2, 6), ("a/_uncategorized", 1, 1), ("a/big-data", 2, 4), ("a/big-data/kafka", 2, 2), ("a/java", 1, 1)],
    )
    .await;
    assert_eq!(keys(store, "a/big-data").await, ["/6", "/5", "/2", "/1"]);
    assert_eq!(feed(store, "a/big-data").await.updated, minute(2));
    assert_eq!(feed(store, "a/big-data/kafka").await.updated, minute(1));
    assert_eq!(feed(store, "a/big-data").await.urn, urn);
}

pub(crate) async fn an_edit_raises_every_feed_of_the_post(store: &dyn Store) {
    blog(store).await;
    let edited = Edited {
        key: key("/1"),
        title_before: "Title of /1".into(),
        title: "A better title".into(),
        excerpt: None,
        at: minute(2),
    };
    for at in [2, 3] {
        poll(store, "a", minute(at), |report| report.changes.edited = vec![edited.clone()]).await;
        check(
            store,
            &[
                ("a", 2, 4),
                ("a/_uncategorized", 1, 1),
                ("a/big-data", 2, 2),
                ("a/big-data/kafka", 2, 1),
                ("a/java", 1, 1),
            ],
        )
        .await;
    }
    let kafka = feed(store, "a/big-data/kafka").await;
    let post = store.feed_posts(&kafka, ALL).await.unwrap().remove(0);
    assert_eq!((post.title.as_str(), post.updated, kafka.updated), ("A better title", minute(2), minute(2)));
    assert_eq!((post.entry_id.as_str(), post.listed_at), ("urn:test:/1", minute(1)));
    // New content under the same title is an edit as well.
    let content = Edited { title_before: "A better title".into(), at: minute(5), ..edited };
    poll(store, "a", minute(5), |report| report.changes.edited = vec![content]).await;
    assert_eq!(feed(store, "a/big-data/kafka").await.updated, minute(5));
}

pub(crate) async fn a_category_found_later_moves_the_post(store: &dyn Store) {
    blog(store).await;
    poll(store, "a", minute(2), |report| {
        let mut filled = nothing_filled("/4");
        filled.categories = Some(paths(&["Java", "Big Data/Spark"]));
        report.changes.filled = vec![filled];
    })
    .await;
    check(
        store,
        &[
            ("a", 2, 4),
            ("a/_uncategorized", 2, 0),
            ("a/big-data", 2, 3),
            ("a/big-data/kafka", 1, 1),
            ("a/big-data/spark", 1, 1),
            ("a/java", 2, 2),
        ],
    )
    .await;
    assert!(keys(store, "a/_uncategorized").await.is_empty());
    assert_eq!(keys(store, "a/java").await, ["/4", "/3"]);
    assert_eq!(keys(store, "a/big-data").await, ["/4", "/2", "/1"]);
    let post = store.posts(Some(&id("a")), ALL).await.unwrap().remove(0);
    assert_eq!((post.updated, post.entry_id.as_str()), (minute(1), "urn:test:/4"), "filling a gap is no edit");
    assert_eq!(feed(store, "a/java").await.updated, minute(1));
}

pub(crate) async fn a_date_found_later_moves_the_post_in_every_feed(store: &dyn Store) {
    blog(store).await;
    let day = Published { at: minute(10), offset_seconds: 32400, precision: Precision::Day };
    poll(store, "a", minute(2), |report| {
        let mut filled = nothing_filled("/1");
        filled.published = Some((day, minute(11)));
        report.changes.filled = vec![filled];
    })
    .await;
    check(
        store,
        &[("a", 2, 4), ("a/_uncategorized", 1, 1), ("a/big-data", 2, 2), ("a/big-data/kafka", 2, 1), ("a/java", 1, 1)],
    )
    .await;
    assert_eq!(keys(store, "a").await, ["/1", "/4", "/3", "/2"]);
    assert_eq!(keys(store, "a/big-data").await, ["/1", "/2"]);
    let post = store.feed_posts(&feed(store, "a/big-data/kafka").await, ALL).await.unwrap().remove(0);
    assert_eq!((post.published, post.listed_at, post.offset_seconds), (Some(day), minute(11), 32400));
    assert_eq!((post.updated, post.first_seen, post.entry_id.as_str()), (minute(1), minute(1), "urn:test:/1"));
}

pub(crate) async fn a_fill_that_says_nothing_new_raises_nothing(store: &dyn Store) {
    blog(store).await;
    let mut filled = nothing_filled("/3");
    filled.excerpt = Some("Words".into());
    filled.author = Some("Kim".into());
    filled.image = Some("https://a.example/3.png".into());
    filled.title = Some("Title of /3".into());
    filled.categories = Some(paths(&["Java"]));
    for at in [2, 3] {
        let changes = Changes { filled: vec![filled.clone(), nothing_filled("/2")], ..Changes::default() };
        poll(store, "a", minute(at), |report| report.changes = changes).await;
    }
    check(
        store,
        &[("a", 2, 4), ("a/_uncategorized", 1, 1), ("a/big-data", 1, 2), ("a/big-data/kafka", 1, 1), ("a/java", 2, 1)],
    )
    .await;
    let post = store.feed_posts(&feed(store, "a/java").await, ALL).await.unwrap().remove(0);
    assert_eq!((post.excerpt.as_deref(), post.author.as_deref()), (Some("Words"), Some("Kim")));
    assert_eq!(post.image.as_deref(), Some("https://a.example/3.png"));
}

pub(crate) async fn another_title_of_the_blog_raises_all_its_feeds(store: &dyn Store) {
    blog(store).await;
    for at in [2, 3] {
        poll(store, "a", minute(at), |report| {
            report.site.title = Some("A blog".into());
            report.changes = new(vec![post("/5", 5, &["Java"])]);
        })
        .await;
        check(
            store,
            &[
                ("a", 2, 5),
                ("a/_uncategorized", 2, 1),
                ("a/big-data", 2, 2),
                ("a/big-data/kafka", 2, 1),
                ("a/java", 2, 2),
            ],
        )
        .await;
    }
}

pub(crate) async fn stale_feeds_come_by_path_until_published(store: &dyn Store) {
    blog(store).await;
    let stale = store.stale_feeds(None, 2).await.unwrap();
    let paths: Vec<_> = stale.iter().map(|feed| feed.path.as_str()).collect();
    assert_eq!(paths, ["a", "a/_uncategorized"]);
    let rest = store.stale_feeds(Some(&stale[1].path), 10).await.unwrap();
    assert_eq!(rest.len(), 3);
    let all: Vec<_> = stale.iter().chain(&rest).map(|feed| (feed.shard, feed.feed_id, feed.version)).collect();
    store.mark_published(&all).await.unwrap();
    assert!(store.stale_feeds(None, 10).await.unwrap().is_empty());
    poll(store, "a", minute(2), |report| report.changes = new(vec![post("/5", 5, &["Java"])])).await;
    let shown = feed(store, "a/java").await.posts;
    store.mark_short_published(shown).await.unwrap();
    let long: Vec<_> = store.stale_feeds(None, 10).await.unwrap().into_iter().map(|feed| feed.path).collect();
    assert_eq!(long.iter().map(FeedPath::as_str).collect::<Vec<_>>(), ["a"], "a/java has no more than {shown} posts");
    let short = feed(store, "a/java").await;
    assert_eq!(short.published_version, short.version);
    store.mark_published(&[(short.shard, short.feed_id, 1)]).await.unwrap();
    let stale = store.stale_feeds(None, 10).await.unwrap();
    let versions: Vec<_> =
        stale.iter().map(|feed| (feed.path.as_str(), feed.version, feed.published_version)).collect();
    assert_eq!(versions, [("a", 2, 1), ("a/java", 2, 1)]);
    store.mark_all_stale().await.unwrap();
    assert_eq!(store.stale_feeds(None, 10).await.unwrap().len(), 5);
    assert_eq!(feed_table(store).await.len(), 5);
}

pub(crate) async fn unannounced_feeds_come_by_path_until_the_hub_knows(store: &dyn Store) {
    async fn unannounced(store: &dyn Store) -> Vec<(String, i64)> {
        let feeds = store.unannounced_feeds(None, 10).await.unwrap();
        feeds.iter().map(|feed| (feed.path.to_string(), feed.published_version)).collect()
    }
    blog(store).await;
    assert!(unannounced(store).await.is_empty(), "what is not published is not announced");
    let stale = store.stale_feeds(None, 10).await.unwrap();
    let all: Vec<_> = stale.iter().map(|feed| (feed.shard, feed.feed_id, feed.version)).collect();
    store.mark_published(&all).await.unwrap();
    let first = store.unannounced_feeds(None, 2).await.unwrap();
    let paths: Vec<_> = first.iter().map(|feed| feed.path.as_str()).collect();
    assert_eq!(paths, ["a", "a/_uncategorized"]);
    assert_eq!(store.unannounced_feeds(Some(&first[1].path), 10).await.unwrap().len(), 3);
    store.mark_announced(&all[..4]).await.unwrap();
    assert_eq!(unannounced(store).await, [(stale[4].path.to_string(), 1)]);
    store.mark_announced(&all).await.unwrap();
    assert!(unannounced(store).await.is_empty());
    poll(store, "a", minute(2), |report| report.changes = new(vec![post("/5", 5, &["Java"])])).await;
    assert!(unannounced(store).await.is_empty(), "not before it is published");
    let stale = store.stale_feeds(None, 10).await.unwrap();
    let again: Vec<_> = stale.iter().map(|feed| (feed.shard, feed.feed_id, feed.version)).collect();
    store.mark_published(&again).await.unwrap();
    assert_eq!(unannounced(store).await, [("a".to_owned(), 2), ("a/java".to_owned(), 2)]);
    store.mark_all_stale().await.unwrap();
    assert!(unannounced(store).await.is_empty(), "files that are to be written anew are announced once they are");
}

pub(crate) async fn a_slug_that_is_taken_is_minted_again(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![post("/1", 1, &["C#/Web"])])).await;
    // This poll began before the first was stored, and minted the same slugs for other labels.
    poll(store, "a", minute(2), |report| report.changes = new(vec![post("/2", 2, &["C Sharp/Web"])])).await;
    let expected =
        [("C#", "c-sharp"), ("C#/Web", "c-sharp/web"), ("C Sharp", "c-sharp-2"), ("C Sharp/Web", "c-sharp-2/web")];
    let expected = expected.map(|(path, slug)| Category { path: paths(&[path]).remove(0), slug_path: slug.into() });
    assert_eq!(store.categories(overview(store, "a").await.at).await.unwrap(), expected);
    assert_eq!(keys(store, "a/c-sharp-2/web").await, ["/2"]);
    assert_eq!(keys(store, "a/c-sharp").await, ["/1"]);
}

pub(crate) async fn feeds_of_one_source_or_of_all(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    for name in ["b", "a"] {
        poll(store, name, minute(1), |report| report.changes = new(vec![post("/1", 1, &["Java"])])).await;
    }
    check(store, &[("a", 1, 1), ("a/java", 1, 1), ("b", 1, 1), ("b/java", 1, 1)]).await;
    let of_b: Vec<_> = store.feeds(Some(&id("b"))).await.unwrap();
    assert_eq!(of_b.iter().map(|feed| feed.path.as_str()).collect::<Vec<_>>(), ["b", "b/java"]);
    assert!(store.feeds(Some(&id("nobody"))).await.unwrap().is_empty());
    let urns: std::collections::BTreeSet<_> =
        store.feeds(None).await.unwrap().into_iter().map(|feed| feed.urn).collect();
    assert_eq!(urns.len(), 4);
}

pub(crate) async fn a_new_address_and_the_excerpt_of_an_edit_are_kept(store: &dyn Store) {
    blog(store).await;
    poll(store, "a", minute(2), |report| {
        report.changes.filled =
            vec![Filled { url: Some("https://a.example/entry/one".into()), ..nothing_filled("/1") }];
        report.changes.edited = vec![Edited {
            key: key("/1"),
            title_before: "Title of /1".into(),
            title: "A better title".into(),
            excerpt: Some("Other words".into()),
            at: minute(2),
        }];
    })
    .await;
    let kafka = feed(store, "a/big-data/kafka").await;
    let post = store.feed_posts(&kafka, ALL).await.unwrap().remove(0);
    assert_eq!((post.url.as_str(), post.excerpt.as_deref()), ("https://a.example/entry/one", Some("Other words")));
    assert_eq!(post.entry_id, "urn:test:/1");
}
