//! What a poll is told about the posts of its page.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sosik::model::category::Category;
use sosik::model::date::{Precision, Published};
use sosik::model::post::Post;
use sosik::store::Store;
use sosik::store::contract::{Known, KnownQuery};

use super::given::*;

async fn ask(store: &dyn Store, name: &str, keys: &[&str], days: &[Timestamp]) -> Known {
    let query =
        KnownQuery { keys: keys.iter().map(|name| key(name)).collect(), days: days.to_vec(), titles: Vec::new() };
    store.known(overview(store, name).await.at, &query).await.unwrap()
}

fn dated(name: &str, listed: i64) -> Post {
    let published = Published { at: minute(listed), offset_seconds: 32400, precision: Precision::Minute };
    Post { published: Some(published), offset_seconds: 32400, ..post(name, listed, &[]) }
}

pub(crate) async fn only_what_is_asked_for_is_known(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    assert_eq!(ask(store, "a", &["/1"], &[minute(0)]).await, Known::default());
    let full = Post {
        excerpt: Some("Words".into()),
        author: Some("Kim".into()),
        image: Some("https://a.example/1.png".into()),
        categories: paths(&["Big Data/Kafka", "Java"]),
        ..dated("/1", 5)
    };
    poll(store, "a", minute(10), |report| report.changes = new(vec![full.clone(), dated("/2", 6)])).await;
    let known = ask(store, "a", &["/1", "/3"], &[]).await;
    let post = &known.posts[&key("/1")];
    assert_eq!(known.posts.len(), 1);
    assert_eq!((&post.key, &post.title, &post.excerpt), (&full.key, &full.title, &full.excerpt));
    assert_eq!((&post.author, &post.image, &post.published), (&full.author, &full.image, &full.published));
    assert_eq!(
        (post.listed_at, post.first_seen, &post.categories),
        (full.listed_at, full.first_seen, &full.categories)
    );
    assert_eq!(
        ask(store, "b", &["/1"], &[minute(0)]).await,
        Known::default(),
        "another source's posts are not its own"
    );
    let slugs: Vec<Category> = store.categories(overview(store, "a").await.at).await.unwrap();
    assert_eq!(slugs.len(), 3);
}

pub(crate) async fn an_alias_leads_to_the_post(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![post("/entry/slug", 1, &[])])).await;
    poll(store, "a", minute(2), |report| report.changes.aliases = vec![(key("/12"), key("/entry/slug"))]).await;
    let known = ask(store, "a", &["/12", "/entry/slug"], &[]).await;
    assert_eq!(known.posts[&key("/12")].key, key("/entry/slug"));
    assert_eq!(known.posts[&key("/entry/slug")].key, key("/entry/slug"));
    assert_eq!(feed(store, "a").await.version, 1, "an alias changes no feed");
}

pub(crate) async fn an_alias_of_an_alias_leads_to_the_post(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &[])]);
        report.changes.aliases = vec![(key("/2"), key("/1")), (key("/3"), key("/2"))];
    })
    .await;
    assert_eq!(ask(store, "a", &["/3"], &[]).await.posts[&key("/3")].key, key("/1"));
}

pub(crate) async fn the_extent_of_a_day_is_known(store: &dyn Store) {
    sources(store, &["a"]).await;
    let day = 24 * 60;
    let posts = [("/1", 0), ("/2", 5), ("/3", day - 1), ("/4", day), ("/5", 3 * day)];
    poll(store, "a", minute(1), |report| {
        report.changes = new(posts.iter().map(|(name, listed)| dated(name, *listed)).collect());
    })
    .await;
    let known = ask(store, "a", &[], &[minute(0), minute(day), minute(2 * day), minute(-day)]).await;
    let expected =
        BTreeMap::from([(minute(0), (minute(0), minute(day - 1))), (minute(day), (minute(day), minute(day)))]);
    assert_eq!(known.days, expected);
    assert!(known.posts.is_empty());
}

pub(crate) async fn the_lowest_post_without_a_date_is_known(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![dated("/1", 5)])).await;
    assert_eq!(ask(store, "a", &[], &[]).await.lowest_undated, None);
    poll(store, "a", minute(2), |report| {
        report.changes = new(vec![post("/2", 20, &[]), post("/3", 10, &[])]);
    })
    .await;
    assert_eq!(ask(store, "a", &[], &[]).await.lowest_undated, Some(minute(10)));
    poll(store, "a", minute(3), |report| {
        let mut filled = nothing_filled("/3");
        filled.published = dated("/3", 15).published.map(|published| (published, minute(15)));
        report.changes.filled = vec![filled];
    })
    .await;
    assert_eq!(ask(store, "a", &[], &[]).await.lowest_undated, Some(minute(20)));
}

pub(crate) async fn a_title_of_any_length_is_stored_and_found(store: &dyn Store) {
    sources(store, &["a"]).await;
    // No index takes a text of this length that cannot be compressed; both begin alike.
    let parts = (0..600_u64).map(|part| (part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let long = parts.map(|part| format!("{part:016x}")).collect::<Vec<_>>().concat();
    let titled = |name: &str, title: String| Post { title, ..post(name, 1, &[]) };
    let posts = vec![titled("/1", format!("{long}1")), titled("/2", format!("{long}2"))];
    poll(store, "a", minute(1), |report| report.changes = new(posts)).await;
    assert_eq!(overview(store, "a").await.posts, 2);
    let query = KnownQuery { titles: vec![format!("{long}2"), long], ..KnownQuery::default() };
    let known = store.known(overview(store, "a").await.at, &query).await.unwrap();
    assert_eq!(known.titled.iter().map(|post| post.key.as_str()).collect::<Vec<_>>(), ["/2"]);
}

pub(crate) async fn posts_are_found_by_title(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![post("/1", 1, &[]), post("/2", 2, &[])])).await;
    let query = KnownQuery { titles: vec!["Title of /2".into(), "Title of /9".into()], ..KnownQuery::default() };
    let known = store.known(overview(store, "a").await.at, &query).await.unwrap();
    assert_eq!(known.titled.iter().map(|post| post.key.as_str()).collect::<Vec<_>>(), ["/2"]);
    assert_eq!(known.posts.len(), 0);
    let other = store.known(overview(store, "b").await.at, &query).await.unwrap();
    assert_eq!(other.titled, []);
}
