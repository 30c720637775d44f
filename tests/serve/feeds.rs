//! Feeds: what stands at which address, as what, and what is said where there is none.

use sosik::model::feed::Format;

use crate::given::*;

#[tokio::test]
async fn a_feed_is_served_in_every_format() {
    let served = served().await;
    for path in ["slow", "slow/big-data", "slow/big-data/kafka", "slow/%EC%97%AC%ED%96%89", "slow/_uncategorized"] {
        for format in Format::ALL {
            let answer = served.get(&format!("/feeds/{path}.{}", format.extension())).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("content-type"), format.media_type());
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert_eq!(answer.header("cache-control"), "max-age=300, must-revalidate");
            assert_eq!(answer.header("last-modified"), modified(path), "{path}");
            assert!(answer.header("etag").starts_with("W/\""), "{}", answer.header("etag"));
            assert!(answer.headers.contains_key("date") && !answer.headers.contains_key("location"));
            let own = format!("http://feeds.example.org/feeds/{path}.{}", format.extension());
            assert!(answer.text().contains(&own), "{path}: it names its own address");
        }
    }
}

fn modified(path: &str) -> &'static str {
    match path {
        "slow" | "slow/_uncategorized" => "Sun, 15 Mar 2026 09:00:00 GMT",
        "slow/%EC%97%AC%ED%96%89" => "Sun, 15 Mar 2026 08:00:00 GMT",
        _ => "Sun, 15 Mar 2026 07:00:00 GMT",
    }
}

#[tokio::test]
async fn what_is_served_is_what_would_be_published() {
    let served = served().await;
    let options = sosik::publish::Options {
        base_url: "http://feeds.example.org".parse().unwrap(),
        ..sosik::publish::Options::default()
    };
    let publisher = sosik::publish::Publisher::new(served.store.clone(), options, 50);
    let feeds = sosik::store::Store::feeds(&*served.store, None).await.unwrap();
    assert_eq!(feeds.len(), 5);
    for feed in feeds {
        let document = publisher.document(&feed).await.unwrap();
        for format in Format::ALL {
            let url = sosik::catalog::feed_url(&"http://x".parse().unwrap(), &feed.path, format);
            let answer = served.get(url.trim_start_matches("http://x")).await;
            assert!(answer.body == sosik::feed::render(format, &document), "{url}");
        }
    }
}

#[tokio::test]
async fn a_head_is_a_get_without_a_body() {
    let served = served().await;
    for path in ["/feeds/slow.atom", "/", "/style.css", "/feeds/none.atom", "/healthz"] {
        let (get, head) = (served.get(path).await, served.ask("HEAD", path, &[]).await);
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        let without_date = |mut answer: Answer| {
            answer.headers.remove("date");
            answer.headers
        };
        assert_eq!(without_date(head), without_date(get), "{path}");
    }
}

#[tokio::test]
async fn a_published_post_is_seen_at_once() {
    let served = served().await;
    let before = served.get("/feeds/slow.json").await;
    poll(&*served.store, "slow", vec![post("/4", "News", 1, &["여행"])]).await;
    let after = served.get("/feeds/slow.json").await;
    assert!(!before.text().contains("News") && after.text().contains("News"));
    assert_ne!(before.header("etag"), after.header("etag"));
    let other = served.get("/feeds/slow/big-data.json").await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn a_document_holds_so_many_posts() {
    let served = served_with(&Wishes { entries: 1, ..Wishes::default() }).await;
    let text = served.get("/feeds/slow.json").await.text().to_owned();
    assert!(text.contains("Nothing in particular") && !text.contains("Kafka streams"));
}

#[tokio::test]
async fn a_feed_names_its_hub() {
    let served = served_with(&Wishes { hub: Some("https://hub.example/"), ..Wishes::default() }).await;
    for format in Format::ALL {
        let answer = served.get(&format!("/feeds/slow/big-data.{}", format.extension())).await;
        let own = format!("http://feeds.example.org/feeds/slow/big-data.{}", format.extension());
        assert_eq!(answer.header("link"), format!("<https://hub.example/>; rel=\"hub\", <{own}>; rel=\"self\""));
        assert_eq!(answer.text().matches("https://hub.example/").count(), 1, "{}", answer.text());
        assert_eq!(sosik::feed::check::check(format, &answer.body), []);
    }
    let without = served_with(&Wishes::default()).await;
    assert_eq!(without.get("/feeds/slow.atom").await.header("link"), "");
}

#[tokio::test]
async fn older_posts_are_served_in_archive_pages() {
    let served = served_with(&Wishes { entries: 2, ..Wishes::default() }).await;
    let posts = (10..70).map(|hours| post(&format!("/{hours}"), &format!("Old {hours}"), hours, &["여행"])).collect();
    poll(&*served.store, "slow", posts).await;
    let options = sosik::publish::Options {
        base_url: "http://feeds.example.org".parse().unwrap(),
        ..sosik::publish::Options::default()
    };
    let publisher = sosik::publish::Publisher::new(served.store.clone(), options, 2);
    for frozen in [false, true] {
        let feed = sosik::store::Store::feed(&*served.store, &sosik::model::feed::FeedPath::from_text("slow"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(feed.archived, u32::from(frozen));
        for page in [1, 2] {
            let document = publisher.archive_document(&feed, page).await.unwrap().unwrap();
            for format in Format::ALL {
                let answer = served.get(&format!("/feeds/slow/_archive/{page}.{}", format.extension())).await;
                assert_eq!((answer.status, answer.header("content-type")), (200, format.media_type()));
                assert!(answer.body == sosik::feed::render(format, &document), "{page} {format:?}");
                let tag = answer.header("etag");
                let path = format!("/feeds/slow/_archive/{page}.{}", format.extension());
                assert_eq!(served.get_with(&path, &[("If-None-Match", tag)]).await.status, 304);
            }
        }
        for page in ["0", "01", "3", "x", "-1", "99999999999"] {
            assert_eq!(served.get(&format!("/feeds/slow/_archive/{page}.atom")).await.status, 404, "{page}");
        }
        let current = served.get("/feeds/slow.json").await;
        assert!(current.text().contains("\"next_url\": \"http://feeds.example.org/feeds/slow/_archive/2.json\""));
        publisher.publish().await.unwrap();
    }
}

#[tokio::test]
async fn where_there_is_nothing_it_says_what_there_is() {
    let served = served().await;
    for path in
        ["/feeds/slow/golang.atom", "/feeds/slow", "/feeds/slow.xml", "/feeds/none.rss", "/view/none", "/nothing"]
    {
        let answer = served.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/plain; charset=utf-8"), "{path}");
        assert!(answer.text().contains("http://feeds.example.org/feeds/slow.rss"), "{path}: {}", answer.text());
        let page = served.get_with(path, &[("Accept", "text/html,*/*;q=0.8")]).await;
        assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains("<a href=\"/view/slow\">느린 기록</a>"), "{path}: {}", page.text());
    }
    let answer = served.get("/feeds/slow/golang.atom").await;
    assert!(answer.text().contains("/feeds/slow/big-data/kafka.rss"), "the feeds of the blog that was meant");
}

#[tokio::test]
async fn the_feeds_of_a_removed_source_are_gone() {
    let served = served().await;
    let others = [source("other", "Other")];
    sosik::store::Store::sync_sources(&*served.store, &others, now()).await.unwrap();
    for path in ["/feeds/slow.atom", "/feeds/slow/big-data.rss", "/view/slow", "/sources/slow"] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, 410, "{path}");
        assert!(answer.text().starts_with("This blog is no longer watched"), "{}", answer.text());
    }
    assert_eq!(served.get("/feeds/slow/none.atom").await.status, 404);
}

#[tokio::test]
async fn a_path_of_the_base_url_may_stay_on() {
    let served = served_with(&Wishes { base_url: "https://x.example/blogs/", ..Wishes::default() }).await;
    for path in ["/feeds/slow.atom", "/blogs/feeds/slow.atom"] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text().contains("https://x.example/blogs/feeds/slow.atom"), "{path}");
    }
    assert_eq!(served.get("/blogs").await.status, 200);
    assert_eq!(served.get("/blogsfeeds/slow.atom").await.status, 404);
    assert!(served.get("/blogs/").await.text().contains("href=\"/blogs/sources/slow\""));
}

#[tokio::test]
async fn opml_lists_every_feed() {
    let served = served().await;
    let answer = served.get("/opml").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/x-opml; charset=utf-8"));
    assert_eq!(answer.text().matches("xmlUrl=\"http://feeds.example.org/feeds/slow").count(), 5, "{}", answer.text());
    let again = served.get_with("/opml", &[("If-None-Match", answer.header("etag"))]).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn readers_that_speak_http_find_all_of_it() {
    let served = served().await;
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(served.url("/feeds/slow/big-data.atom")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let parsed = feed_rs::parser::parse(&*answer.bytes().await.unwrap()).unwrap();
    assert_eq!(parsed.entries.len(), 1);
    for _ in 0..3 {
        // Over a connection that is kept.
        assert_eq!(client.get(served.url("/feeds/slow.rss")).send().await.unwrap().status(), 200);
    }
}
