//! Merged feeds: the posts of several sources that a query finds, kept as the posts come and go.

use sosik::model::beside::Sinking;
use sosik::model::choice::FeedSort;
use sosik::model::feed::{FeedKind, FeedPath};
use sosik::model::filter::{Filter, Rules};
use sosik::model::merged::{MergedFeed, MergedId};
use sosik::model::report::{Changes, Edited};
use sosik::model::source::Source;
use sosik::store::Store;
use sosik::store::contract::Renamed;

use super::choice::without;
use super::given::*;

fn merged(name: &str, sources: &[&str]) -> MergedFeed {
    MergedFeed {
        id: MergedId::try_from(name.to_owned()).unwrap(),
        title: None,
        description: None,
        language: None,
        sources: sources.iter().map(|id| (*id).to_owned()).collect(),
        categories: Vec::new(),
        authors: Vec::new(),
        filter: Filter::default(),
    }
}

async fn sync(store: &dyn Store, sources: &[Source], feeds: &[MergedFeed]) {
    store.sync_sources(sources, minute(0)).await.unwrap();
    store.sync_merged(feeds, minute(0)).await.unwrap();
}

/// Two blogs with two posts each, one of each about Kafka. Both have a post `/1`.
async fn blogs(store: &dyn Store, feeds: &[MergedFeed]) -> Vec<Source> {
    let sources = vec![source("a"), source("b")];
    sync(store, &sources, feeds).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &["Big Data/Kafka"]), post("/2", 4, &[])]);
    })
    .await;
    poll(store, "b", minute(1), |report| {
        report.changes = new(vec![post("/1", 3, &["Kafka"]), post("/3", 2, &["Java"])]);
        "urn:test:b/1".clone_into(&mut report.changes.new[0].entry_id);
        report.site.title = Some("Blog B".to_owned());
    })
    .await;
    sources
}

/// The ids of a feed's posts in its order.
async fn ids(store: &dyn Store, path: &str) -> Vec<String> {
    let feed = feed(store, path).await;
    let posts = store.feed_posts(&feed, ALL).await.unwrap();
    assert_eq!(usize::try_from(feed.posts).unwrap(), posts.len(), "the count of {path}");
    posts.into_iter().map(|post| post.entry_id.replace("urn:test:", "")).collect()
}

pub(crate) async fn a_query_finds_posts_of_several_sources(store: &dyn Store) {
    let kafka = MergedFeed { categories: vec!["*kafka".to_owned()], ..merged("kafka", &["*"]) };
    blogs(store, &[merged("all", &["*"]), kafka.clone(), merged("just-b", &["b"])]).await;
    assert_eq!(ids(store, "_merged/all").await, ["/2", "b/1", "/3", "/1"]);
    assert_eq!(ids(store, "_merged/kafka").await, ["b/1", "/1"]);
    assert_eq!(ids(store, "_merged/just-b").await, ["b/1", "/3"]);
    let all = feed(store, "_merged/all").await;
    assert_eq!((all.source.clone(), &all.kind), (None, &FeedKind::Merged(merged("all", &[]).id)));
    let posts = store.feed_posts(&all, ALL).await.unwrap();
    let authors: Vec<_> = posts.iter().map(|post| post.author.as_deref().unwrap()).collect();
    assert_eq!(authors, ["a", "Blog B", "Blog B", "a"], "who names no author names the blog");
    let open = store.open_posts(&all, 1).await.unwrap();
    assert_eq!(
        open.iter().map(|post| post.entry_id.as_str()).collect::<Vec<_>>(),
        ["urn:test:/1", "urn:test:/3", "urn:test:b/1"]
    );
    let names: Vec<_> = store.merged_feeds().await.unwrap().into_iter().map(|feed| feed.id.to_string()).collect();
    assert_eq!(names, ["all", "just-b", "kafka"]);
    assert_eq!(store.merged_feed(&kafka.id).await.unwrap(), Some(kafka));
}

pub(crate) async fn a_report_raises_the_merged_feeds_of_its_posts_alone(store: &dyn Store) {
    let kafka = MergedFeed { categories: vec!["*kafka".to_owned()], ..merged("kafka", &["*"]) };
    blogs(store, &[merged("all", &["*"]), kafka, merged("just-b", &["b"])]).await;
    let versions = async || {
        let mut versions = Vec::new();
        for name in ["all", "kafka", "just-b"] {
            versions.push(feed(store, &format!("_merged/{name}")).await.version);
        }
        versions
    };
    let before = versions().await;
    poll(store, "a", minute(2), |report| report.changes = new(vec![post("/9", 9, &["Java"])])).await;
    assert_eq!(versions().await, [before[0] + 1, before[1], before[2]]);
    // An edit that changes what finds it.
    poll(store, "b", minute(2), |report| {
        let mut filled = nothing_filled("/3");
        filled.categories = Some(paths(&["Kafka"]));
        let title = "Another".to_owned();
        let edited = Edited { key: key("/1"), title_before: String::new(), title, excerpt: None, at: minute(2) };
        report.changes = Changes { filled: vec![filled], edited: vec![edited], ..Changes::default() };
    })
    .await;
    assert_eq!(versions().await, [before[0] + 2, before[1] + 1, before[2] + 1]);
    assert_eq!(ids(store, "_merged/kafka").await, ["b/1", "/3", "/1"]);
    assert_eq!(feed(store, "_merged/kafka").await.updated, minute(2));
    sync(store, &[source("a"), source("b")], &store.merged_feeds().await.unwrap()).await;
    assert_eq!(versions().await, [before[0] + 2, before[1] + 1, before[2] + 1], "nothing changed");
}

pub(crate) async fn another_query_holds_at_once(store: &dyn Store) {
    let sources = blogs(store, &[merged("mix", &["*"])]).await;
    let first = feed(store, "_merged/mix").await;
    let exclude = Rules { link: vec!["/3".to_owned()], ..Rules::default() };
    let mix = MergedFeed { filter: Filter { exclude, ..Filter::default() }, ..merged("mix", &["*"]) };
    sync(store, &sources, &[mix]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "b/1", "/1"]);
    sync(store, &sources, &[merged("mix", &["a"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/1"]);
    // Taken out, and named again.
    sync(store, &sources, &[]).await;
    assert!(!feed(store, "_merged/mix").await.chosen && store.merged_feeds().await.unwrap().is_empty());
    poll(store, "a", minute(2), |report| report.changes = new(vec![post("/9", 9, &[])])).await;
    sync(store, &sources, &[merged("mix", &["a", "b"])]).await;
    let again = feed(store, "_merged/mix").await;
    assert_eq!((again.urn, again.feed_id, again.chosen), (first.urn, first.feed_id, true));
    assert_eq!(ids(store, "_merged/mix").await, ["/9", "/2", "b/1", "/3", "/1"]);
}

pub(crate) async fn what_its_own_blog_excludes_is_in_no_merged_feed(store: &dyn Store) {
    let mut sources = blogs(store, &[merged("mix", &["*"])]).await;
    sources[1].choice = without(&["title of /1"]);
    sync(store, &sources, &[merged("mix", &["*"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/3", "/1"]);
    sources[1].choice = without(&[]);
    sync(store, &sources, &[merged("mix", &["*"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "b/1", "/3", "/1"]);
}

pub(crate) async fn a_post_that_two_sources_have_is_there_once(store: &dyn Store) {
    let mut sources = blogs(store, &[merged("mix", &["*"])]).await;
    // The same post as /2 of the first, seen through the second.
    poll(store, "b", minute(2), |report| {
        report.changes = new(vec![post("/two", 8, &[])]);
        "urn:test:/2".clone_into(&mut report.changes.new[0].entry_id);
    })
    .await;
    let mut once = ids(store, "_merged/mix").await;
    once.sort();
    assert_eq!(once, ["/1", "/2", "/3", "b/1"]);
    feeds_show_the_same_together(store).await;
    for (name, choice) in [("a", "/2"), ("b", "/two")] {
        // Whichever is kept out, the other stands in for it.
        for source in &mut sources {
            let titles = [choice];
            source.choice = without(if source.id == id(name) { &titles } else { &[] });
        }
        sync(store, &sources, &[merged("mix", &["*"])]).await;
        let feed = feed(store, "_merged/mix").await;
        let posts = store.feed_posts(&feed, ALL).await.unwrap();
        let two: Vec<_> =
            posts.iter().filter(|post| post.entry_id == "urn:test:/2").map(|post| post.key.clone()).collect();
        assert_eq!(two, [key(if name == "a" { "/two" } else { "/2" })]);
        assert_eq!(feed.posts, 4);
    }
}

pub(crate) async fn a_source_that_goes_moves_or_is_renamed_takes_its_posts_along(store: &dyn Store) {
    let mut sources = blogs(store, &[merged("mix", &["a", "b*"])]).await;
    let before = feed(store, "_merged/mix").await.version;
    assert_eq!(store.rename_source(&id("b"), &id("bb")).await.unwrap(), Renamed::Done);
    sources[1].id = id("bb");
    sync(store, &sources, &[merged("mix", &["a", "b*"])]).await;
    assert_eq!(feed(store, "_merged/mix").await.version, before + 1, "a blog without a title is named by its id");
    sources[1] = Source { id: id("bb"), ..source("b https://elsewhere.example/") };
    sync(store, &sources, &[merged("mix", &["a", "b*"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "b/1", "/3", "/1"]);
    sync(store, &sources[..1], &[merged("mix", &["a", "b*"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/1"]);
    sync(store, &sources, &[merged("mix", &["a", "b*"])]).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "b/1", "/3", "/1"]);
    sync(store, &sources[..1], &[merged("mix", &["a", "b*"])]).await;
    assert_eq!(store.prune(&[id("bb")]).await.unwrap(), [id("bb")]);
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/1"]);
    assert_eq!(store.feed(&FeedPath::from_text("bb")).await.unwrap(), None);
}

pub(crate) async fn undated_posts_sink_in_every_feed_of_theirs(store: &dyn Store) {
    let mut sources = vec![source("a"), source("b")];
    sources[0].choice.feeds = vec![FeedSort::All, FeedSort::Authors];
    sync(store, &sources, &[merged("mix", &["*"])]).await;
    poll(store, "a", minute(1), |report| {
        report.changes = new(vec![post("/1", 10, &["Java"]), post("/2", 20, &["Java"])]);
        for post in &mut report.changes.new {
            post.author = Some("Jane".to_owned());
        }
    })
    .await;
    poll(store, "b", minute(1), |report| report.changes = new(vec![post("/3", 5, &[])])).await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/1", "/3"]);
    let before = feed(store, "_merged/mix").await.version;
    poll(store, "a", minute(2), |report| {
        report.beside.sinks = Some(Sinking { below: minute(15), by_ms: 8 * 60_000 });
    })
    .await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/3", "/1"]);
    assert!(feed(store, "_merged/mix").await.version > before);
    // What moved is found where it is now.
    poll(store, "a", minute(3), |report| {
        let mut filled = nothing_filled("/1");
        filled.categories = Some(paths(&["Go"]));
        report.changes.filled = vec![filled];
    })
    .await;
    assert_eq!(ids(store, "_merged/mix").await, ["/2", "/3", "/1"]);
    assert_eq!(ids(store, "a/_author/jane").await, ["/2", "/1"]);
    assert_eq!(ids(store, "a/go").await, ["/1"]);
}
