//! What is chosen of a source: which of its feeds are offered, and which of its posts stand in them.

use jiff::SignedDuration;
use sosik::model::choice::{Choice, FeedSort};
use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::model::feed::{ArchivePage, FeedHead, FeedKind, History};
use sosik::model::filter::{Filter, Rules};
use sosik::model::post::Post;
use sosik::model::report::{Changes, Edited, Filled};
use sosik::store::Store;
use sosik::store::contract::Window;

use super::given::*;

/// The choice that keeps posts from the feeds of which the title holds one of these texts.
pub(crate) fn without(titles: &[&str]) -> Choice {
    let exclude = Rules { title: titles.iter().map(|title| (*title).to_owned()).collect(), ..Rules::default() };
    Choice { filter: Filter { exclude, ..Filter::default() }, ..Choice::default() }
}

/// Makes a choice hold for the source `a`.
async fn choose(store: &dyn Store, choice: Choice) {
    let mut source = source("a");
    source.choice = choice;
    store.sync_sources(&[source], minute(5)).await.unwrap();
}

fn owed(name: &str) -> NewDelivery {
    NewDelivery { kind: DeliveryKind::Post, key: Some(key(name)), channel: "desktop".to_owned(), text: None }
}

async fn told(store: &dyn Store) -> Vec<String> {
    let until = minute(900) + SignedDuration::from_mins(1);
    let claimed = store.claim_deliveries("desktop", 100, minute(900), until).await.unwrap();
    claimed.into_iter().map(|delivery| delivery.post.unwrap().key.to_string()).collect()
}

/// Four posts, of which two are of one author and all are owed to the desktop.
async fn blog(store: &dyn Store, choice: Choice) {
    choose(store, choice).await;
    poll(store, "a", minute(6), |report| {
        report.changes = new(vec![
            post("/1", 1, &["Big Data/Kafka"]),
            post("/2", 2, &["Big Data"]),
            post("/3", 3, &["Java"]),
            post("/4", 4, &[]),
        ]);
        for (index, author) in [(0, " Jane Doe "), (1, "Jane doe"), (2, "Jane Doe")] {
            report.changes.new[index].author = Some(author.to_owned());
        }
        report.owed = ["/1", "/2", "/3", "/4"].map(owed).to_vec();
    })
    .await;
}

async fn check(store: &dyn Store, expected: &[(&str, &[&str])]) {
    for (path, expected) in expected {
        assert_eq!(keys(store, path).await, *expected, "{path}");
    }
}

pub(crate) async fn what_is_excluded_is_stored_and_told_nowhere(store: &dyn Store) {
    blog(store, without(&["title of /2", "/4"])).await;
    check(store, &[("a", &["/3", "/1"]), ("a/big-data", &["/1"]), ("a/java", &["/3"])]).await;
    assert_eq!(store.feed(&sosik::model::feed::FeedPath::from_text("a/_uncategorized")).await.unwrap(), None);
    assert_eq!(overview(store, "a").await.posts, 4);
    assert_eq!(store.posts(Some(&id("a")), ALL).await.unwrap().len(), 4);
    assert_eq!(told(store).await, ["/1", "/3"]);
    let newest = Window { offset: 0, limit: Some(1) };
    let all = feed(store, "a").await;
    assert_eq!(store.feed_posts(&all, newest).await.unwrap()[0].key, key("/3"));
    assert_eq!(store.open_posts(&all, 1).await.unwrap()[0].key, key("/1"));
}

pub(crate) async fn another_filter_holds_at_once_and_announces_nothing(store: &dyn Store) {
    blog(store, Choice::default()).await;
    let before = feed_table(store).await;
    let whole = store.feed_posts(&feed(store, "a").await, ALL).await.unwrap();
    choose(store, without(&["/2", "/4"])).await;
    check(store, &[("a", &["/3", "/1"]), ("a/big-data", &["/1"]), ("a/_uncategorized", &[])]).await;
    assert_eq!(told(store).await, ["/1", "/3"], "what was owed of the others is taken back");
    let versions = |table: &[(String, i64, u32)]| table.iter().map(|feed| feed.1).collect::<Vec<_>>();
    // a, a/_uncategorized, a/big-data; a/big-data/kafka and a/java hold what they held.
    assert_eq!(versions(&before), [1, 1, 1, 1, 1]);
    assert_eq!(versions(&feed_table(store).await), [2, 2, 2, 1, 1]);
    assert_eq!(overview(store, "a").await.posts, 4);
    choose(store, Choice::default()).await;
    assert_eq!(store.feed_posts(&feed(store, "a").await, ALL).await.unwrap(), whole, "as they were");
    assert_eq!(store.outbox().await.unwrap().owed, 2, "only those that were claimed before");
    assert_eq!(overview(store, "a").await.posts, 4);
}

pub(crate) async fn a_post_comes_in_and_goes_with_what_is_found_of_it(store: &dyn Store) {
    let include = Rules { category: vec!["java".to_owned()], ..Rules::default() };
    let filter = Filter { include, exclude: without(&["draft"]).filter.exclude };
    blog(store, Choice { filter, ..Choice::default() }).await;
    check(store, &[("a", &["/3"])]).await;
    poll(store, "a", minute(7), |report| {
        let mut filled = nothing_filled("/4");
        filled.categories = Some(paths(&["Java"]));
        let title = "A DRAFT".to_owned();
        let edited = Edited { key: key("/3"), title_before: String::new(), title, excerpt: None, at: minute(7) };
        report.changes = Changes { filled: vec![filled], edited: vec![edited], ..Changes::default() };
    })
    .await;
    check(store, &[("a", &["/4"]), ("a/java", &["/4"])]).await;
    assert_eq!(overview(store, "a").await.posts, 4);
}

pub(crate) async fn a_category_may_go_without_its_children(store: &dyn Store) {
    blog(store, Choice { children: false, ..Choice::default() }).await;
    check(store, &[("a/big-data", &["/2"]), ("a/big-data/kafka", &["/1"])]).await;
    choose(store, Choice::default()).await;
    check(store, &[("a/big-data", &["/2", "/1"]), ("a/big-data/kafka", &["/1"])]).await;
    choose(store, Choice { children: false, ..Choice::default() }).await;
    check(store, &[("a/big-data", &["/2"]), ("a/big-data/kafka", &["/1"])]).await;
}

pub(crate) async fn a_feed_that_is_chosen_again_is_itself(store: &dyn Store) {
    blog(store, Choice { feeds: vec![FeedSort::Categories], ..Choice::default() }).await;
    let paths = |feeds: Vec<sosik::model::feed::Feed>| {
        feeds.into_iter().map(|feed| feed.path.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(store.stale_feeds(None, 10).await.unwrap()), ["a/big-data", "a/big-data/kafka", "a/java"]);
    let java = feed(store, "a/java").await;
    store.mark_published(&[(java.shard, java.feed_id, java.version)]).await.unwrap();
    choose(store, Choice { feeds: vec![FeedSort::All], ..Choice::default() }).await;
    assert_eq!(paths(store.stale_feeds(None, 10).await.unwrap()), ["a"]);
    assert_eq!(paths(store.unchosen_feeds(10).await.unwrap()), ["a/java"], "its files are still there");
    assert_eq!(paths(store.unannounced_feeds(None, 10).await.unwrap()), [""; 0]);
    store.mark_published(&[(java.shard, java.feed_id, 0)]).await.unwrap();
    assert_eq!(paths(store.unchosen_feeds(10).await.unwrap()), [""; 0]);
    // Meanwhile it goes on.
    poll(store, "a", minute(7), |report| report.changes = new(vec![post("/5", 5, &["Java"])])).await;
    choose(store, Choice::default()).await;
    let again = feed(store, "a/java").await;
    assert_eq!((again.urn, again.feed_id, again.chosen), (java.urn, java.feed_id, true));
    check(store, &[("a/java", &["/5", "/3"]), ("a", &["/5", "/4", "/3", "/2", "/1"])]).await;
    assert_eq!(store.stale_feeds(None, 10).await.unwrap().len(), 5);
}

pub(crate) async fn authors_have_feeds_where_they_are_chosen(store: &dyn Store) {
    let authors = || Choice { feeds: vec![FeedSort::All, FeedSort::Authors], ..Choice::default() };
    blog(store, authors()).await;
    check(store, &[("a/_author/jane-doe", &["/3", "/1"]), ("a/_author/jane-doe-2", &["/2"])]).await;
    assert_eq!(feed(store, "a/_author/jane-doe").await.kind, FeedKind::Author("Jane Doe".to_owned()));
    choose(store, Choice::default()).await;
    assert!(!feed(store, "a/_author/jane-doe").await.chosen);
    poll(store, "a", minute(7), |report| {
        report.changes = new(vec![post("/5", 5, &[])]);
        report.changes.new[0].author = Some("Jane Doe".to_owned());
    })
    .await;
    choose(store, authors()).await;
    check(store, &[("a/_author/jane-doe", &["/5", "/3", "/1"])]).await;
}

fn page(posts: Vec<Post>) -> ArchivePage {
    let head = FeedHead {
        id: "urn:x".to_owned(),
        title: "제목".to_owned(),
        description: String::new(),
        home_url: String::new(),
        self_urls: Vec::new(),
        history: History::default(),
        hub: None,
        language: None,
        updated: minute(1),
        offset_seconds: 0,
        author: String::new(),
    };
    ArchivePage { head, posts }
}

pub(crate) async fn what_is_excluded_leaves_full_pages(store: &dyn Store) {
    blog(store, Choice::default()).await;
    let all = feed(store, "a").await;
    let posts = store.open_posts(&all, 0).await.unwrap();
    let pages: Vec<_> = posts.chunks(2).map(|posts| page(posts.to_vec())).collect();
    store.freeze_pages(&all, &pages).await.unwrap();
    let frozen = feed(store, "a").await;
    store.mark_published(&[(frozen.shard, frozen.feed_id, frozen.version)]).await.unwrap();
    choose(store, without(&["/3"])).await;
    let after = feed(store, "a").await;
    assert_eq!((after.archived, after.published_pages), (2, 1), "the second page is written anew");
    assert!(after.version > after.published_version);
    assert_eq!(store.archive_page(&after, 1).await.unwrap().as_ref(), Some(&pages[0]));
    let shorter = page(pages[1].posts.iter().filter(|post| post.key != key("/3")).cloned().collect());
    assert_eq!(store.archive_page(&after, 2).await.unwrap(), Some(shorter));
    assert!(store.open_posts(&after, 0).await.unwrap().is_empty());
    choose(store, Choice::default()).await;
    let again = feed(store, "a").await;
    let open: Vec<_> = store.open_posts(&again, 0).await.unwrap().into_iter().map(|post| post.key).collect();
    assert_eq!(open, [key("/3")], "it is told by a later page");
}

pub(crate) async fn tags_have_feeds_where_they_are_chosen(store: &dyn Store) {
    let tags = || Choice { feeds: vec![FeedSort::All, FeedSort::Tags], ..Choice::default() };
    blog(store, tags()).await;
    poll(store, "a", minute(7), |report| {
        let tagged = |name: &str, tags: &[&str]| {
            let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
            Filled { tags, ..nothing_filled(name) }
        };
        report.changes.filled = vec![tagged("/1", &["go", "C++"]), tagged("/4", &["go"])];
    })
    .await;
    check(store, &[("a/_tag/go", &["/4", "/1"]), ("a/_tag/c-plus-plus", &["/1"])]).await;
    assert_eq!(feed(store, "a/_tag/c-plus-plus").await.kind, FeedKind::Tag("C++".to_owned()));
    let stored = store.posts(Some(&id("a")), ALL).await.unwrap();
    let of = |name: &str| stored.iter().find(|post| post.key == key(name)).unwrap();
    assert_eq!((of("/1").tags.clone(), of("/1").updated), (vec!["go".to_owned(), "C++".to_owned()], minute(1)));
    choose(store, Choice::default()).await;
    assert!(!feed(store, "a/_tag/go").await.chosen);
    let exclude = Rules { tag: vec!["G*".to_owned()], ..Rules::default() };
    choose(store, Choice { filter: Filter { exclude, ..Filter::default() }, ..tags() }).await;
    check(store, &[("a/_tag/go", &[]), ("a", &["/3", "/2"])]).await;
    feeds_show_the_same_together(store).await;
    choose(store, tags()).await;
    check(store, &[("a/_tag/go", &["/4", "/1"]), ("a/_tag/c-plus-plus", &["/1"])]).await;
}
