//! What is read beside the index: pages with validators of their own, and posts that lack something.

use jiff::tz::TimeZone;
use sosik::model::beside::{Asked, Beside, Role, SidePage};
use sosik::model::date::Published;
use sosik::model::page::Validators;
use sosik::model::source::{HtmlRecipe, Recipe};
use sosik::store::Store;

use super::given::{key, minute, new, overview, paths, poll, post, source, sources};

/// Posts at `/1` (all there), `/2` (no date), `/3` (no category), `/4` (no title), the last the newest.
async fn four_posts(store: &dyn Store) {
    sources(store, &["a"]).await;
    let day = Published::day(jiff::civil::date(2020, 7, 10), &TimeZone::UTC);
    let mut posts = vec![post("/1", 1, &["A"]), post("/2", 2, &["A"]), post("/3", 3, &[]), post("/4", 4, &["A"])];
    for at in [0, 2, 3] {
        posts[at].published = day;
    }
    posts[3].title = String::new();
    poll(store, "a", minute(5), |report| report.changes = new(posts)).await;
}

async fn lacking(store: &dyn Store, limit: usize) -> (Vec<String>, u32) {
    let at = overview(store, "a").await.at;
    let lacking = store.lacking(at, limit).await.unwrap();
    (lacking.posts.iter().map(|post| post.post.key.to_string()).collect(), lacking.uncategorised)
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

async fn ask(store: &dyn Store, at: i64, asked: &[(&str, Asked)]) {
    let asked = asked.iter().map(|(name, asked)| (key(name), *asked)).collect();
    poll(store, "a", minute(at), |report| report.beside = Beside { asked, ..Beside::default() }).await;
}

pub(crate) async fn posts_that_lack_something_come_newest_first(store: &dyn Store) {
    four_posts(store).await;
    assert_eq!(lacking(store, 10).await, (owned(&["/4", "/3", "/2"]), 1));
    assert_eq!(lacking(store, 1).await, (owned(&["/4"]), 1));
    assert!(overview(store, "a").await.state.lacks);
}

pub(crate) async fn a_post_is_asked_for_until_it_is_settled(store: &dyn Store) {
    four_posts(store).await;
    ask(store, 6, &[("/4", Asked::Settled), ("/3", Asked::Failed)]).await;
    assert_eq!(lacking(store, 10).await, (owned(&["/3", "/2"]), 1));
    ask(store, 7, &[("/3", Asked::Failed), ("/2", Asked::Settled)]).await;
    ask(store, 8, &[("/3", Asked::Failed)]).await;
    assert_eq!(lacking(store, 10).await, (Vec::new(), 0), "a page that fails for ever is given up");
    assert!(!overview(store, "a").await.state.lacks);
}

pub(crate) async fn a_site_that_says_nothing_is_asked_no_more(store: &dyn Store) {
    four_posts(store).await;
    poll(store, "a", minute(6), |report| report.beside.settles_all = true).await;
    assert_eq!(lacking(store, 10).await, (Vec::new(), 0));
    poll(store, "a", minute(7), |report| report.changes = new(vec![post("/5", 5, &[])])).await;
    assert_eq!(lacking(store, 10).await, (owned(&["/5"]), 1), "but for what is new");
}

fn category_page() -> SidePage {
    SidePage {
        category: Some(paths(&["Big Data/Kafka"]).remove(0)),
        declared: Some(12),
        validators: Validators {
            etag: Some("\"x\"".into()),
            last_modified: Some("then".into()),
            digest: Some(7),
            read_at: Some(minute(3)),
        },
        not_before: Some(minute(9)),
        resume: Some("https://a.example/category/x?page=2".parse().unwrap()),
        ..SidePage::new("https://a.example/category/x".parse().unwrap(), Role::Category)
    }
}

pub(crate) async fn pages_beside_the_index_are_kept(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    let feed = SidePage::new("https://a.example/rss".parse().unwrap(), Role::Feed);
    poll(store, "a", minute(1), |report| report.beside.pages = vec![feed.clone(), category_page()]).await;
    let at = overview(store, "a").await.at;
    assert_eq!(store.side_pages(at).await.unwrap(), [category_page(), feed.clone()]);
    let read = SidePage { resume: None, ..category_page() };
    poll(store, "a", minute(2), |report| report.beside.pages = vec![read.clone()]).await;
    assert_eq!(store.side_pages(at).await.unwrap(), [read, feed]);
    assert_eq!(store.side_pages(overview(store, "b").await.at).await.unwrap(), []);
}

pub(crate) async fn a_changed_recipe_voids_the_pages_beside_the_index(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.beside.pages = vec![category_page()]).await;
    let mut changed = source("a");
    changed.recipe = Recipe::Html(HtmlRecipe { page_query: Some("page".into()), ..HtmlRecipe::default() }).into();
    store.sync_sources(&[changed], minute(2)).await.unwrap();
    assert_eq!(store.side_pages(overview(store, "a").await.at).await.unwrap(), []);
}
