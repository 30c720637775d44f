//! Lists of posts.

use sosik::model::date::{Precision, Published};
use sosik::model::enclosure::Enclosure;
use sosik::model::post::Post;
use sosik::store::Store;
use sosik::store::contract::Window;

use super::given::*;

fn of(posts: &[Post]) -> Vec<&str> {
    posts.iter().map(|post| post.key.as_str()).collect()
}

pub(crate) async fn posts_come_newest_first_then_by_key(store: &dyn Store) {
    sources(store, &["a"]).await;
    let all = [("/b", 5), ("/c", 9), ("/a", 5), ("/d", 1)];
    for categories in [&["Java"][..], &[]] {
        let changes = new(all
            .iter()
            .map(|(name, listed)| post(&format!("{name}{}", categories.len()), *listed, categories))
            .collect());
        poll(store, "a", minute(10 - i64::try_from(categories.len()).unwrap()), |report| report.changes = changes)
            .await;
    }
    assert_eq!(keys(store, "a/java").await, ["/c1", "/a1", "/b1", "/d1"]);
    assert_eq!(keys(store, "a/_uncategorized").await, ["/c0", "/a0", "/b0", "/d0"]);
    assert_eq!(keys(store, "a").await, ["/c0", "/c1", "/a0", "/a1", "/b0", "/b1", "/d0", "/d1"]);
    feeds_show_the_same_together(store).await;
}

pub(crate) async fn a_window_passes_over_and_stops(store: &dyn Store) {
    sources(store, &["a"]).await;
    let posts =
        (0..10).map(|number| post(&format!("/{number}"), number, if number % 2 == 0 { &["Java"] } else { &[] }));
    poll(store, "a", minute(20), |report| report.changes = new(posts.collect())).await;
    for (path, expected) in
        [("a", ["/8", "/7", "/6"]), ("a/java", ["/6", "/4", "/2"]), ("a/_uncategorized", ["/7", "/5", "/3"])]
    {
        let feed = feed(store, path).await;
        let window = Window { offset: 1, limit: Some(3) };
        assert_eq!(of(&store.feed_posts(&feed, window).await.unwrap()), expected, "{path}");
        let past = Window { offset: 20, limit: None };
        assert!(store.feed_posts(&feed, past).await.unwrap().is_empty(), "{path}");
        let none = Window { offset: 0, limit: Some(0) };
        assert!(store.feed_posts(&feed, none).await.unwrap().is_empty(), "{path}");
    }
    let window = Window { offset: 8, limit: Some(5) };
    assert_eq!(of(&store.posts(Some(&id("a")), window).await.unwrap()), ["/1", "/0"]);
    assert_eq!(of(&store.posts(None, window).await.unwrap()), ["/1", "/0"]);
}

pub(crate) async fn posts_of_all_sources_are_one_list(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![post("/1", 1, &[]), post("/3", 3, &[])])).await;
    poll(store, "b", minute(1), |report| report.changes = new(vec![post("/2", 2, &[]), post("/1", 4, &[])])).await;
    assert_eq!(of(&store.posts(None, ALL).await.unwrap()), ["/1", "/3", "/2", "/1"]);
    assert_eq!(of(&store.posts(Some(&id("b")), ALL).await.unwrap()), ["/1", "/2"]);
    assert!(store.posts(Some(&id("nobody")), ALL).await.unwrap().is_empty());
}

pub(crate) async fn a_post_comes_back_as_it_was(store: &dyn Store) {
    sources(store, &["a"]).await;
    let full = Post {
        title: String::new(),
        excerpt: Some("Wörter & <b>\u{1f680}</b>".into()),
        author: Some("김".into()),
        image: Some("https://a.example/1.png".into()),
        enclosures: vec![
            Enclosure { url: "https://a.example/1.mp3".into(), media_type: "audio/mpeg".into(), length: Some(7) },
            Enclosure { url: "https://a.example/1.pdf".into(), media_type: "application/pdf".into(), length: None },
        ],
        published: Some(Published { at: minute(-500_000), offset_seconds: -12600, precision: Precision::Second }),
        offset_seconds: -12600,
        categories: paths(&["Zebra", "Big Data/Kafka", "Big Data"]),
        ..post("/1?p=1", 5, &[])
    };
    let bare = post("/2", 4, &[]);
    poll(store, "a", minute(1), |report| report.changes = new(vec![full.clone(), bare.clone()])).await;
    assert_eq!(store.posts(Some(&id("a")), ALL).await.unwrap(), [full.clone(), bare]);
    assert_eq!(store.feed_posts(&feed(store, "a/big-data").await, ALL).await.unwrap(), [full]);
}
