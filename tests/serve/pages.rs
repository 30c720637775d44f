//! Pages for people: what they show, in which language, and that nothing of a blog's becomes markup.

use sosik::serve::Language;
use sosik::store::Store;

use crate::given::*;

const HTML: (&str, &str) = ("Accept", "text/html");

#[tokio::test]
async fn the_sources_are_shown_with_what_is_wrong() {
    let served = served().await;
    let page = served.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("<a href=\"/sources/slow\" lang=\"ko\">느린 기록</a>"), "{}", page.text());
    assert!(page.text().contains("in 30 min") && page.text().contains("2 h ago"), "{}", page.text());
    fail(&*served.store, "slow", "the server answered 503").await;
    let page = served.get("/").await;
    for text in ["the server answered 503", "help for the server answered 503", "failed once"] {
        assert!(page.text().contains(text), "{text}");
    }
    served.store.sync_sources(&[], now()).await.unwrap();
    assert!(served.get("/").await.text().contains("No source is configured yet"));
}

#[tokio::test]
async fn a_source_is_shown_with_its_tree_and_where_to_subscribe() {
    let served = served().await;
    let page = served.get("/sources/slow").await;
    let text = page.text();
    for part in [
        "<th scope=\"row\" class=\"depth-1\"><a href=\"/view/slow/big-data\" lang=\"ko\">Big Data</a></th>",
        "<th scope=\"row\" class=\"depth-2\"><a href=\"/view/slow/big-data/kafka\" lang=\"ko\">Kafka</a></th>",
        "<a href=\"/view/slow/%EC%97%AC%ED%96%89\" lang=\"ko\">여행</a>",
        "<a class=\"feed\" href=\"http://feeds.example.org/feeds/slow/big-data.atom\" aria-label=\"Atom: Big Data\">Atom</a>",
        "<a href=\"https://slow.example/1\" rel=\"noopener noreferrer external\">Kafka streams</a>",
        "<svg role=\"img\" aria-label=\"3 posts in 24 months\"",
        "Without a category",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let feed = served.get("/view/slow/big-data").await;
    assert!(feed.text().contains("Kafka streams") && !feed.text().contains("제주도"));
    assert!(feed.text().contains("<h1 lang=\"ko\">Big Data · 느린 기록</h1>"), "{}", feed.text());
}

#[tokio::test]
async fn every_page_leads_readers_to_its_feeds() {
    let served = served().await;
    for (path, feed) in
        [("/", "slow"), ("/sources/slow", "slow/big-data/kafka"), ("/view/slow/big-data", "slow/big-data")]
    {
        let page = served.get(path).await;
        for (media_type, extension) in
            [("application/rss+xml", "rss"), ("application/atom+xml", "atom"), ("application/feed+json", "json")]
        {
            let url = format!("href=\"http://feeds.example.org/feeds/{feed}.{extension}\"");
            let found = page.text().lines().any(|line| {
                line.starts_with(&format!("<link rel=\"alternate\" type=\"{media_type}\" title=\""))
                    && line.contains(&url)
            });
            assert!(found, "{path}: {url} in\n{}", page.text());
        }
    }
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let served = served_with(&Wishes { language: Language::Korean, ..Wishes::default() }).await;
    for (accepted, tag, word) in [("en-GB,en;q=0.9", "en", "Sources"), ("ko", "ko", "소스"), ("fr", "ko", "소스")] {
        for path in ["/", "/sources/slow", "/view/slow", "/nothing"] {
            let page = served.get_with(path, &[HTML, ("Accept-Language", accepted)]).await;
            assert_eq!(page.header("content-language"), tag, "{path}");
            assert!(page.header("vary").contains("accept-language"), "{path}");
            assert!(page.text().contains(&format!("<html lang=\"{tag}\">")) && page.text().contains(word), "{path}");
        }
    }
}

#[tokio::test]
async fn pages_run_nothing_and_load_nothing_from_elsewhere() {
    let served = served().await;
    for path in ["/", "/sources/slow", "/view/slow", "/nothing"] {
        let page = served.get_with(path, &[HTML]).await;
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let text = page.text();
        for forbidden in ["<script", "<style", " style=", " onload", "<iframe", "http-equiv"] {
            assert!(!text.contains(forbidden), "{path}: {forbidden}");
        }
        for part in [
            "<a class=\"skip\" href=\"#content\">",
            "<main id=\"content\"",
            "<nav class=\"bar\" aria-label=\"",
            "name=\"viewport\"",
        ] {
            assert!(text.contains(part), "{path}: {part}");
        }
        let style = text.lines().find_map(|line| line.strip_prefix("<link rel=\"stylesheet\" href=\"")).unwrap();
        let style = served.get(style.split('"').next().unwrap()).await;
        assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
        let again = served.get_with("/style.css", &[("If-None-Match", style.header("etag"))]).await;
        assert_eq!(again.status, 304);
    }
}

#[tokio::test]
async fn texts_of_a_blog_stay_texts() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{ 7*7 }}";
    let served = served().await;
    let mut title = source("slow", EVIL);
    title.language = Some("\"><script>alert(3)</script>".to_owned());
    served.store.sync_sources(&[title, source("other", EVIL)], now()).await.unwrap();
    let mut bad = post("/evil", EVIL, 1, &[EVIL]);
    bad.url = "javascript:alert(4)".to_owned();
    bad.image = Some("https://x.example/\"onerror=alert(5)".to_owned());
    bad.author = Some(EVIL.to_owned());
    bad.excerpt = Some(EVIL.to_owned());
    let mut untitled = post("/untitled", "", 1, &[]);
    untitled.image = Some("http://insecure.example/x.png".to_owned());
    poll(&*served.store, "slow", vec![bad, untitled]).await;
    fail(&*served.store, "slow", EVIL).await;
    let feeds = served.store.feeds(None).await.unwrap();
    let feed = feeds.iter().find(|feed| feed.path.as_str().contains("script")).unwrap();
    let view = format!("/view/{}", feed.path);
    for path in ["/", "/sources/slow", "/view/slow", &view, "/nothing", "/feeds/slow/<script>alert(6)</script>.rss"] {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        let page = served.get_with(&path, &[HTML]).await;
        let text = page.text();
        assert!(matches!(page.status, 200 | 404), "{path}");
        for forbidden in ["<script", "<img src=x", "href=\"javascript", "src=\"http:", "\"onerror", "49"] {
            assert!(!text.contains(forbidden), "{path}: {forbidden} in\n{text}");
        }
    }
    let text = served.get("/view/slow").await.text().to_owned();
    assert!(text.contains("alert(1)") && text.contains("(untitled)"), "{text}");
}

#[tokio::test]
async fn pages_are_well_formed() {
    let served = served().await;
    fail(&*served.store, "slow", "broken").await;
    for path in ["/", "/sources/slow", "/view/slow", "/nothing"] {
        let page = served.get_with(path, &[HTML]).await;
        let html = scraper::Html::parse_document(page.text());
        assert!(html.errors.is_empty(), "{path}: {:?}\n{}", html.errors, page.text());
        let count = |selector: &str| html.select(&scraper::Selector::parse(selector).unwrap()).count();
        assert_eq!(
            (count("h1"), count("main"), count("head > title"), count("th:not([scope])"), count("img:not([alt])")),
            (1, 1, 1, 0, 0)
        );
    }
}
