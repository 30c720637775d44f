//! What is chosen: feeds that are no longer offered, filters, feeds over several blogs.

use sosik::model::choice::FeedSort;
use sosik::model::feed::Format;
use sosik::model::merged::MergedFeed;
use sosik::store::Store;

use crate::given::*;

#[tokio::test]
async fn a_feed_that_is_no_longer_chosen_is_gone_until_it_is() {
    let served = served().await;
    let choose = async |feeds: &[FeedSort]| {
        let mut slow = source("slow", "느린 기록");
        slow.choice.feeds = feeds.to_vec();
        served.store.sync_sources(&[slow], now()).await.unwrap();
    };
    let before = served.get("/feeds/slow/big-data.atom").await;
    choose(&[FeedSort::All]).await;
    for path in ["/feeds/slow/big-data.atom", "/feeds/slow/_uncategorized.rss", "/view/slow/big-data"] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, 410, "{path}");
        assert!(answer.text().contains("no longer offered"), "{}", answer.text());
        assert!(answer.text().contains("http://feeds.example.org/feeds/slow.rss"), "{}", answer.text());
    }
    assert_eq!(served.get("/feeds/slow.atom").await.status, 200);
    assert!(!served.get("/opml").await.text().contains("big-data"));
    assert!(!served.get("/sources/slow").await.text().contains("/feeds/slow/big-data"));
    choose(&FeedSort::USUAL).await;
    let again = served.get("/feeds/slow/big-data.atom").await;
    assert_eq!((again.status, &again.body, again.header("etag")), (200, &before.body, before.header("etag")));
}

#[tokio::test]
async fn another_filter_is_told_to_whoever_asks_by_time_or_by_tag() {
    let served = served().await;
    let choose = async |titles: &[&str]| {
        let mut slow = source("slow", "느린 기록");
        slow.choice.filter.exclude.title = titles.iter().map(|title| (*title).to_owned()).collect();
        served.store.sync_sources(&[slow], now()).await.unwrap();
    };
    let first = served.get("/feeds/slow.atom").await;
    choose(&["제주도"]).await;
    let since = [("If-Modified-Since", first.header("last-modified"))];
    let second = served.get_with("/feeds/slow.atom", &since).await;
    assert_eq!(second.status, 200);
    assert!(!second.text().contains("제주도"));
    assert!(!served.get("/sources/slow").await.text().contains(">제주도<"), "nor is it listed");
    let tagged = [("If-None-Match", first.header("etag"))];
    assert_eq!(served.get_with("/feeds/slow.atom", &tagged).await.status, 200);
    let untouched = served.get("/feeds/slow/big-data.atom").await;
    choose(&[]).await;
    let whole = served.get_with("/feeds/slow.atom", &tagged).await;
    assert_eq!(whole.status, 304, "it is what it was");
    assert_eq!(
        served.get("/feeds/slow/big-data.atom").await.header("last-modified"),
        untouched.header("last-modified")
    );
}

#[tokio::test]
async fn a_merged_feed_is_served_as_any_other() {
    let served = served_with(&Wishes { hub: Some("https://hub.example.org/"), ..Wishes::default() }).await;
    let sources = [source("slow", "느린 기록"), source("fast", "Fast")];
    served.store.sync_sources(&sources, now()).await.unwrap();
    let mix = serde_json::json!({ "id": "mix", "title": "All & more", "sources": ["*"] });
    let mix: MergedFeed = serde_json::from_value(mix).unwrap();
    served.store.sync_merged(&[mix], now()).await.unwrap();
    let mut news = post("/9", "Fast news", 1, &["News"]);
    news.entry_id = "urn:test:fast/9".to_owned();
    poll(&*served.store, "fast", vec![news]).await;
    for format in Format::ALL {
        let path = format!("/feeds/_merged/mix.{}", format.extension());
        let answer = served.get(&path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, format.media_type()));
        assert_eq!(sosik::feed::check::check(format, &answer.body), [], "{}", answer.text());
        assert!(answer.text().contains("Fast news") && answer.text().contains("제주도"));
        assert!(answer.header("link").contains(&path), "{}", answer.header("link"));
        let tagged = [("If-None-Match", answer.header("etag"))];
        assert_eq!(served.get_with(&path, &tagged).await.status, 304);
    }
    let home = served.get("/").await;
    assert!(
        home.text().contains("/view/_merged/mix") && home.text().contains("Feeds over several blogs"),
        "{}",
        home.text()
    );
    assert!(home.text().contains("href=\"http://feeds.example.org/feeds/_merged/mix.atom\""));
    let view = served.get("/view/_merged/mix").await;
    assert_eq!(view.status, 200);
    assert!(view.text().contains("All &amp; more") || view.text().contains("All &#38; more"), "{}", view.text());
    assert!(served.get("/opml").await.text().contains("/feeds/_merged/mix.atom"));
    served.store.sync_merged(&[], now()).await.unwrap();
    assert_eq!(served.get("/feeds/_merged/mix.rss").await.status, 410);
    assert_eq!(served.get("/feeds/_merged/other.rss").await.status, 404);
}
