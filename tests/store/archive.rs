//! Archive pages: what is full stays as it was, what is open is what no page holds.

use sosik::model::feed::{ArchivePage, FeedHead, History};
use sosik::model::post::Post;
use sosik::model::report::{Changes, Edited};
use sosik::store::Store;

use super::given::*;

/// A blog of six posts, the even ones in a category.
async fn blog(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| {
        let post = |number: i64| {
            let categories: &[&str] = if number % 2 == 0 { &["Even"] } else { &[] };
            post(&format!("/{number}"), number, categories)
        };
        report.changes = new((1..=6).map(post).collect());
    })
    .await;
}

async fn open(store: &dyn Store, path: &str, newest: u32) -> Vec<String> {
    let posts = store.open_posts(&feed(store, path).await, newest).await.unwrap();
    posts.iter().map(|post| post.key.to_string()).collect()
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

pub(crate) async fn open_posts_are_those_below_the_newest(store: &dyn Store) {
    blog(store).await;
    assert_eq!(open(store, "a", 2).await, ["/1", "/2", "/3", "/4"]);
    assert_eq!(open(store, "a/even", 1).await, ["/2", "/4"]);
    assert_eq!(open(store, "a/_uncategorized", 1).await, ["/1", "/3"]);
    assert!(open(store, "a", 6).await.is_empty());
}

pub(crate) async fn a_frozen_page_stays_as_it_was(store: &dyn Store) {
    blog(store).await;
    let before = feed(store, "a").await;
    let mut posts = store.open_posts(&before, 2).await.unwrap();
    posts.truncate(2);
    let frozen = page(posts);
    assert_eq!(store.freeze_pages(&before, std::slice::from_ref(&frozen)).await.unwrap(), 1);
    assert_eq!(feed(store, "a").await.archived, 1);
    assert_eq!(open(store, "a", 2).await, ["/3", "/4"]);
    assert_eq!(open(store, "a/even", 1).await, ["/2", "/4"], "each feed has an archive of its own");
    // Who was told of no page sees the archive as it was.
    assert_eq!(store.open_posts(&before, 2).await.unwrap().len(), 4);
    let edited = |number: i64, minutes: i64| Edited {
        key: key(&format!("/{number}")),
        title_before: String::new(),
        title: "Another".to_owned(),
        excerpt: None,
        at: minute(minutes),
    };
    poll(store, "a", minute(2), |report| {
        report.changes = Changes { edited: vec![edited(1, 2)], ..Changes::default() };
    })
    .await;
    assert_eq!(open(store, "a", 2).await, ["/1", "/3", "/4"], "an edited post is open again");
    poll(store, "a", minute(3), |report| report.changes = new(vec![post("/0", 0, &[])])).await;
    assert_eq!(open(store, "a", 2).await, ["/0", "/1", "/3", "/4"], "a late post stands below what is frozen");
    assert_eq!(store.archive_page(&feed(store, "a").await, 1).await.unwrap(), Some(frozen));
    assert_eq!(store.archive_page(&feed(store, "a").await, 2).await.unwrap(), None);
}

pub(crate) async fn a_page_is_frozen_once(store: &dyn Store) {
    blog(store).await;
    let before = feed(store, "a").await;
    let posts = store.open_posts(&before, 2).await.unwrap();
    let pages: Vec<_> = posts.chunks(2).map(|posts| page(posts.to_vec())).collect();
    assert_eq!(store.freeze_pages(&before, &pages).await.unwrap(), 2);
    assert_eq!(store.freeze_pages(&before, &pages[1..]).await.unwrap(), 2, "the page is taken");
    let now = feed(store, "a").await;
    assert_eq!(store.archive_page(&now, 1).await.unwrap().as_ref(), Some(&pages[0]));
    assert_eq!(store.archive_page(&now, 2).await.unwrap().as_ref(), Some(&pages[1]));
    assert!(open(store, "a", 2).await.is_empty());
    store.mark_published(&[(now.shard, now.feed_id, now.version)]).await.unwrap();
    assert_eq!(feed(store, "a").await.published_pages, 2);
    store.mark_all_stale().await.unwrap();
    assert_eq!(feed(store, "a").await.published_pages, 0);
}
