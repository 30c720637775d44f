//! Posts that leave their feeds, and come back.

use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::model::known::KnownQuery;
use sosik::model::report::{Met, WholeWalk};
use sosik::model::source::{HtmlRecipe, Recipe, Source};
use sosik::store::Store;

use super::given::*;

const DAY: i64 = 24 * 60;

/// A blog of posts `/1` to `/6`, the even ones in a category; they are listed in the order of their numbers.
async fn blog(store: &dyn Store) {
    sources(store, &["a"]).await;
    let post = |number: i64| post(&format!("/{number}"), number, if number % 2 == 0 { &["Even"] } else { &[] });
    poll(store, "a", minute(5), |report| report.changes = new((1..=6).map(post).collect())).await;
}

fn met(at: i64, numbers: &[u32], end: Option<WholeWalk>) -> Met {
    let keys = numbers.iter().map(|number| key(&format!("/{number}"))).collect();
    Met { begun: minute(at), anew: true, keys, end }
}

/// A walk through the whole at that minute, which meets these posts.
async fn walk(store: &dyn Store, at: i64, numbers: &[u32]) {
    poll(store, "a", minute(at), |report| report.met = Some(met(at, numbers, Some(WholeWalk::Paged)))).await;
}

async fn there(store: &dyn Store) -> Vec<String> {
    keys(store, "a").await
}

async fn tombstones(store: &dyn Store, path: &str) -> Vec<String> {
    let feed = feed(store, path).await;
    let found = store.tombstones(&feed, 10).await.unwrap();
    found.into_iter().map(|gone| format!("{} {}", gone.entry_id, gone.gone_at)).collect()
}

pub(crate) async fn a_post_leaves_after_three_walks_and_a_day(store: &dyn Store) {
    blog(store).await;
    let before = (feed(store, "a").await, feed(store, "a/even").await, feed(store, "a/_uncategorized").await);
    walk(store, 10, &[1, 2, 3, 5, 6]).await;
    assert!(overview(store, "a").await.state.misses);
    walk(store, 11, &[1, 2, 3, 5, 6]).await;
    walk(store, 12, &[1, 2, 3, 5, 6]).await;
    assert_eq!(there(store).await.len(), 6, "three walks within a day may be a passing trouble");
    walk(store, 10 + DAY, &[1, 2, 3, 5, 6]).await;
    assert_eq!(there(store).await, ["/6", "/5", "/3", "/2", "/1"]);
    assert_eq!(keys(store, "a/even").await, ["/6", "/2"]);
    assert!(!overview(store, "a").await.state.misses);
    let told = [format!("urn:test:/4 {}", minute(10 + DAY))];
    assert_eq!((tombstones(store, "a").await, tombstones(store, "a/even").await), (told.to_vec(), told.to_vec()));
    assert!(tombstones(store, "a/_uncategorized").await.is_empty());
    feeds_show_the_same_together(store).await;
    let after = (feed(store, "a").await, feed(store, "a/even").await, feed(store, "a/_uncategorized").await);
    assert!(after.0.version > before.0.version && after.1.version > before.1.version);
    assert_eq!(after.0.updated, minute(10 + DAY), "the feed changed when the post left");
    assert_eq!(after.2.version, before.2.version);
}

pub(crate) async fn a_post_that_is_shown_again_begins_anew(store: &dyn Store) {
    blog(store).await;
    let (without, all): (&[u32], &[u32]) = (&[1, 2, 3, 5, 6], &[1, 2, 3, 4, 5, 6]);
    for (day, shown) in [(1, without), (2, without), (3, all), (4, without), (5, without)] {
        walk(store, day * DAY, shown).await;
    }
    assert_eq!(there(store).await.len(), 6);
    walk(store, 6 * DAY, without).await;
    assert_eq!(there(store).await.len(), 5);
}

pub(crate) async fn a_large_part_of_a_blog_is_never_gone(store: &dyn Store) {
    blog(store).await;
    for day in 1..=5 {
        walk(store, day * DAY, &[1, 2]).await;
    }
    assert_eq!(there(store).await.len(), 6);
    assert!(!overview(store, "a").await.state.misses);
}

pub(crate) async fn one_page_tells_nothing_of_what_is_older(store: &dyn Store) {
    blog(store).await;
    for day in 1..=4 {
        let met = met(day * DAY, &[6, 4, 3], Some(WholeWalk::DownTo(key("/3"))));
        poll(store, "a", minute(day * DAY), |report| report.met = Some(met)).await;
    }
    assert_eq!(there(store).await, ["/6", "/4", "/3", "/2", "/1"], "only what stood between those that are shown");
}

pub(crate) async fn a_walk_over_several_polls_is_one_walk(store: &dyn Store) {
    blog(store).await;
    for day in 1..=3_i64 {
        let at = day * DAY;
        poll(store, "a", minute(at), |report| report.met = Some(met(at, &[6, 5], None))).await;
        assert_eq!(there(store).await.len(), 5 + usize::try_from(day).unwrap(), "not before its end");
        // A post that appears while it is under way is not missed.
        poll(store, "a", minute(at + 1), |report| {
            let mut late = post(&format!("/late-{day}"), at, &[]);
            late.first_seen = minute(at + 1);
            report.changes = new(vec![late]);
        })
        .await;
        let mut last = Met { anew: false, ..met(at, &[4, 2, 1], Some(WholeWalk::Paged)) };
        last.keys.extend((1..day).map(|earlier| key(&format!("/late-{earlier}"))));
        poll(store, "a", minute(at + 2), |report| report.met = Some(last)).await;
    }
    assert_eq!(there(store).await, ["/late-3", "/late-2", "/late-1", "/6", "/5", "/4", "/2", "/1"]);
    assert_eq!(tombstones(store, "a/_uncategorized").await.len(), 1);
}

pub(crate) async fn what_was_read_with_an_older_recipe_says_nothing(store: &dyn Store) {
    blog(store).await;
    walk(store, DAY, &[1, 2, 3, 5, 6]).await;
    walk(store, 2 * DAY, &[1, 2, 3, 5, 6]).await;
    let recipe = Recipe::Html(HtmlRecipe { page_query: Some("p".to_owned()), ..HtmlRecipe::default() });
    store.sync_sources(&[Source { recipe: recipe.into(), ..source("a") }], minute(2 * DAY + 1)).await.unwrap();
    walk(store, 3 * DAY, &[1, 2, 3, 5, 6]).await;
    assert_eq!(there(store).await.len(), 6, "it is counted from the change on");
}

pub(crate) async fn a_post_that_comes_back_is_the_one_that_it_was(store: &dyn Store) {
    blog(store).await;
    for day in 1..=3 {
        walk(store, day * DAY, &[1, 2, 3, 5, 6]).await;
    }
    let at = overview(store, "a").await.at;
    let query = || KnownQuery { keys: vec![key("/4"), key("/5")], ..KnownQuery::default() };
    let known = store.known(at, &query()).await.unwrap();
    assert_eq!(known.gone.into_iter().collect::<Vec<_>>(), [(key("/4"), "urn:test:/4".to_owned())]);
    poll(store, "a", minute(4 * DAY), |report| report.changes = new(vec![post("/4", 4, &["Even"])])).await;
    assert_eq!(there(store).await.len(), 6);
    assert!(tombstones(store, "a").await.is_empty());
    assert!(store.known(at, &query()).await.unwrap().gone.is_empty());
}

pub(crate) async fn what_is_owed_of_a_gone_post_is_owed_no_more(store: &dyn Store) {
    blog(store).await;
    poll(store, "a", minute(6), |report| {
        report.owed = ["/4", "/5"]
            .map(|name| NewDelivery {
                kind: DeliveryKind::Post,
                key: Some(key(name)),
                channel: "desktop".to_owned(),
                text: None,
            })
            .to_vec();
    })
    .await;
    for day in 1..=3 {
        walk(store, day * DAY, &[1, 2, 3, 5, 6]).await;
    }
    let owed = store.claim_deliveries("desktop", 10, minute(4 * DAY), minute(5 * DAY)).await.unwrap();
    assert_eq!(owed.iter().filter_map(|owed| Some(owed.post.as_ref()?.key.to_string())).collect::<Vec<_>>(), ["/5"]);
    assert_eq!(owed.len(), 1);
}
