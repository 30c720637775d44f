//! Conditional requests: who has a feed is told so, in a few bytes.

use crate::given::*;

#[tokio::test]
async fn who_has_it_is_told_so() {
    let served = served().await;
    let first = served.get("/feeds/slow.atom").await;
    let tag = first.header("etag").to_owned();
    let strong = tag.trim_start_matches("W/").to_owned();
    let (same, earlier) = ("Sun, 15 Mar 2026 09:00:00 GMT", "Sun, 15 Mar 2026 08:59:59 GMT");
    let list = format!("\"x\", {tag}");
    for (headers, expected) in [
        (vec![("If-None-Match", tag.as_str())], 304),
        (vec![("If-None-Match", strong.as_str())], 304),
        (vec![("If-None-Match", list.as_str())], 304),
        (vec![("If-None-Match", "\"x\""), ("If-None-Match", tag.as_str())], 304),
        (vec![("If-None-Match", "*")], 304),
        (vec![("If-None-Match", "\"x\"")], 200),
        (vec![("If-None-Match", "\"x\""), ("If-Modified-Since", same)], 200),
        (vec![("If-None-Match", tag.as_str()), ("If-Modified-Since", earlier)], 304),
        (vec![("If-Modified-Since", same)], 304),
        (vec![("If-Modified-Since", earlier)], 200),
        (vec![("If-Modified-Since", "no date")], 200),
        (vec![("Accept-Encoding", "gzip"), ("If-None-Match", tag.as_str())], 304),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = served.ask(method, "/feeds/slow.atom", &headers).await;
            assert_eq!(answer.status, expected, "{method} {headers:?}");
            for name in ["etag", "last-modified", "cache-control", "vary"] {
                assert_eq!(answer.header(name), first.header(name), "{name} of {headers:?}");
            }
            assert!(answer.headers.contains_key("date"));
            if expected == 304 {
                assert!(answer.body.is_empty() && !answer.headers.contains_key("content-type"), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_tag_is_the_same_after_a_restart_and_another_under_another_address() {
    let tag = |served: Served| async move { served.get("/feeds/slow.rss").await.header("etag").to_owned() };
    let first = tag(served().await).await;
    assert_eq!(first, tag(served().await).await);
    let moved = Wishes { base_url: "http://other.example.org", ..Wishes::default() };
    assert_ne!(first, tag(served_with(&moved).await).await);
}

#[tokio::test]
async fn an_old_post_that_is_found_today_changes_a_feed_today() {
    let served = served().await;
    let looked = ("If-Modified-Since", "Sun, 15 Mar 2026 11:00:00 GMT");
    assert_eq!(served.get_with("/feeds/slow.rss", &[looked]).await.status, 304);
    let mut old = post("/old", "Old", 9_000, &[]);
    old.first_seen = now() - jiff::SignedDuration::from_mins(10);
    poll(&*served.store, "slow", vec![old]).await;
    let answer = served.get_with("/feeds/slow.rss", &[looked]).await;
    assert_eq!((answer.status, answer.header("last-modified")), (200, "Sun, 15 Mar 2026 11:50:00 GMT"));
}

#[tokio::test]
async fn the_time_that_a_feed_may_be_kept_is_configured() {
    let mut wishes = Wishes::default();
    wishes.options.max_age = jiff::SignedDuration::from_secs(7);
    let served = served_with(&wishes).await;
    assert_eq!(served.get("/feeds/slow.rss").await.header("cache-control"), "max-age=7, must-revalidate");
}
