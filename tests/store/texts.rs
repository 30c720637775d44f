//! Full texts: wanted once a post and again after an edit, kept as they were read, shown without being news.

use sosik::model::beside::{Beside, TextAsked};
use sosik::model::report::{Changes, Edited};
use sosik::model::source::{HtmlRecipe, Recipe, Source};
use sosik::store::Store;
use sosik::store::shown::with_full_texts;

use super::given::*;

fn wanting() -> Source {
    Source { full_text: true, ..source("a") }
}

/// A source that wants texts, with posts `/1` and `/2`, the last the newest.
async fn two_posts(store: &dyn Store) {
    store.sync_sources(&[wanting()], minute(0)).await.unwrap();
    let posts = vec![post("/1", 1, &["A"]), post("/2", 2, &[])];
    poll(store, "a", minute(5), |report| report.changes = new(posts)).await;
}

async fn textless(store: &dyn Store, limit: usize) -> Vec<String> {
    let posts = store.textless(overview(store, "a").await.at, limit).await.unwrap();
    posts.iter().map(|post| format!("{} {}", post.url, post.title)).collect()
}

async fn ask(store: &dyn Store, at: i64, texts: &[(&str, TextAsked)]) {
    let texts = texts.iter().map(|(name, asked)| (key(name), asked.clone())).collect();
    poll(store, "a", minute(at), |report| report.beside = Beside { texts, ..Beside::default() }).await;
}

fn read(html: &str) -> TextAsked {
    TextAsked::Read(html.to_owned())
}

/// What the feed at a path shows of full texts.
async fn shown(store: &dyn Store, path: &str) -> Vec<Option<String>> {
    let feed = feed(store, path).await;
    let mut posts = store.contents(std::slice::from_ref(&feed), None).await.unwrap().remove(0).posts;
    assert!(posts.iter().all(|post| post.full_text.is_none()), "a list of posts is read without them");
    with_full_texts(store, &feed, &mut posts).await.unwrap();
    let texts = posts.iter().map(|post| post.full_text.as_ref());
    texts.map(|text| text.map(|text| format!("{} {}", text.html, text.read_at))).collect()
}

async fn recipe(store: &dyn Store, content: &str) {
    let recipe = Recipe::Html(HtmlRecipe { content: Some(content.to_owned()), ..HtmlRecipe::default() });
    let synced = store.sync_sources(&[Source { recipe: recipe.into(), ..wanting() }], minute(9)).await.unwrap();
    assert!(synced.voided.is_empty(), "lists are read as before");
}

pub(crate) async fn texts_are_wanted_newest_first_until_they_are_there(store: &dyn Store) {
    two_posts(store).await;
    let (one, two) = ("https://blog.example/1 Title of /1", "https://blog.example/2 Title of /2");
    assert_eq!(textless(store, 10).await, [two, one]);
    assert_eq!(textless(store, 1).await, [two]);
    ask(store, 6, &[("/2", read("<p>둘</p>")), ("/1", TextAsked::Failed)]).await;
    assert_eq!(textless(store, 10).await, [one]);
    assert_eq!(shown(store, "a").await, [Some(format!("<p>둘</p> {}", minute(6))), None]);
}

pub(crate) async fn a_page_that_gives_no_text_is_given_up(store: &dyn Store) {
    two_posts(store).await;
    ask(store, 6, &[("/2", TextAsked::Without), ("/1", TextAsked::Failed)]).await;
    ask(store, 7, &[("/1", TextAsked::Failed)]).await;
    assert_eq!(textless(store, 10).await.len(), 1);
    ask(store, 8, &[("/1", TextAsked::Failed)]).await;
    assert!(textless(store, 10).await.is_empty());
}

pub(crate) async fn a_text_raises_its_feeds_and_updates_nothing(store: &dyn Store) {
    two_posts(store).await;
    let before = (feed(store, "a").await, feed(store, "a/a").await, feed(store, "a/_uncategorized").await);
    ask(store, 6, &[("/1", read("x"))]).await;
    let after = (feed(store, "a").await, feed(store, "a/a").await, feed(store, "a/_uncategorized").await);
    assert_eq!(after.0.version, before.0.version + 1);
    assert_eq!(after.1.version, before.1.version + 1);
    assert_eq!(after.2.version, before.2.version);
    assert_eq!((after.0.updated, after.0.posts), (before.0.updated, before.0.posts));
    assert_eq!(store.feed_posts(&after.1, ALL).await.unwrap()[0].updated, minute(1));
}

pub(crate) async fn an_edit_wants_the_text_anew(store: &dyn Store) {
    two_posts(store).await;
    ask(store, 6, &[("/1", read("old")), ("/2", read("two"))]).await;
    let edited = Edited {
        key: key("/1"),
        title_before: "Title of /1".to_owned(),
        title: "Another".to_owned(),
        excerpt: None,
        at: minute(7),
    };
    poll(store, "a", minute(7), |report| {
        report.changes = Changes { edited: vec![edited], ..Changes::default() };
    })
    .await;
    assert_eq!(textless(store, 10).await, ["https://blog.example/1 Another"]);
    assert_eq!(shown(store, "a/a").await, [Some(format!("old {}", minute(6)))], "the old one stands until then");
    ask(store, 8, &[("/1", read("new"))]).await;
    assert_eq!(shown(store, "a/a").await, [Some(format!("new {}", minute(8)))]);
}

pub(crate) async fn a_source_may_begin_and_cease_to_want_texts(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(5), |report| report.changes = new(vec![post("/1", 1, &[]), post("/2", 2, &[])])).await;
    assert!(textless(store, 10).await.is_empty());
    let before = feed(store, "a").await.version;
    store.sync_sources(&[wanting()], minute(6)).await.unwrap();
    assert_eq!((textless(store, 10).await.len(), feed(store, "a").await.version), (2, before + 1));
    ask(store, 7, &[("/1", read("x"))]).await;
    store.sync_sources(&[source("a")], minute(8)).await.unwrap();
    assert!(textless(store, 10).await.is_empty());
    store.sync_sources(&[wanting()], minute(9)).await.unwrap();
    assert_eq!(
        textless(store, 10).await,
        ["https://blog.example/2 Title of /2"],
        "what was read is not asked for again"
    );
}

pub(crate) async fn another_part_of_the_page_wants_all_texts_anew(store: &dyn Store) {
    two_posts(store).await;
    ask(store, 6, &[("/1", read("x")), ("/2", TextAsked::Without)]).await;
    recipe(store, ".content").await;
    assert_eq!(textless(store, 10).await.len(), 2);
    assert_eq!(shown(store, "a/a").await, [Some(format!("x {}", minute(6)))]);
}

pub(crate) async fn a_text_that_was_asked_for_under_another_key_is_the_posts(store: &dyn Store) {
    two_posts(store).await;
    poll(store, "a", minute(6), |report| {
        report.changes = Changes { aliases: vec![(key("/entry/1"), key("/1"))], ..Changes::default() };
    })
    .await;
    ask(store, 7, &[("/entry/1", read("x")), ("/unknown", read("y"))]).await;
    assert_eq!(shown(store, "a/a").await, [Some(format!("x {}", minute(7)))]);
}
