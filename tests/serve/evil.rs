//! What a blog says comes to no life in any feed: not from a title, a category, an author, an excerpt, a picture or a
//! link. The pages are looked at in a browser (`browser.rs`).

use std::sync::Arc;

use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;

use super::given::*;

const EVIL: &str =
    "</title>]]><script>alert(1)</script><img src=x onerror=alert(2)>\"' &amp; &lt;b&gt; <svg onload=alert(3)>";

/// Every element and attribute name of an XML document.
fn names(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut names = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                names.push(tag.name().as_ref().to_owned());
                names.extend(tag.attributes().map(|attribute| attribute.unwrap().key.as_ref().to_owned()));
            }
            quick_xml::events::Event::Eof => return names,
            _ => {}
        }
    }
}

#[tokio::test]
async fn no_field_carries_markup_into_a_feed() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let mut evil = source("slow", EVIL);
    evil.language = Some("ko\" onload=\"x".to_owned());
    store.sync_sources(&[evil], now()).await.unwrap();
    let mut posts = vec![post("/evil", EVIL, 1, &[EVIL]), post("/links", EVIL, 2, &[EVIL])];
    posts[0].author = Some(EVIL.to_owned());
    posts[0].excerpt = Some(EVIL.to_owned());
    posts[0].image = Some(format!("https://pictures.example/{EVIL}"));
    posts[1].url = "javascript:alert(6)".to_owned();
    posts[1].image = Some("data:image/svg+xml,<svg onload=alert(7)>".to_owned());
    poll(&*store, "slow", posts).await;
    let served = served_over(Arc::clone(&store), &Wishes::default()).await;
    let mut looked = 0;
    for feed in store.feeds(None).await.unwrap() {
        for extension in ["atom", "rss", "json"] {
            let address: String = url::Url::parse("http://x")
                .unwrap()
                .join(&format!("/feeds/{}.{extension}", feed.path))
                .unwrap()
                .path()
                .to_owned();
            let answer = served.get(&address).await;
            assert_eq!(answer.status, 200, "{address}");
            assert!(
                answer
                    .headers
                    .values()
                    .all(|value| !value.as_bytes().contains(&b'<') || value.as_bytes().starts_with(b"<http")),
                "{address}: {:?}",
                answer.headers
            );
            let text = String::from_utf8(answer.body.clone()).unwrap();
            looked += 1;
            if extension == "json" {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                for item in json["items"].as_array().unwrap() {
                    let html = item["content_html"].as_str().unwrap_or_default();
                    assert!(
                        !["<script", "<svg", "<img src=x", "onerror=", "onload="]
                            .iter()
                            .any(|evil| html.contains(evil) && !html.contains("&lt;")),
                        "{html}"
                    );
                    for key in ["url", "external_url", "image"] {
                        let link = item[key].as_str().unwrap_or("https://");
                        assert!(link.starts_with("http"), "{key}: {link}");
                    }
                }
                continue;
            }
            // As XML it is text: no element or attribute of the evil one exists.
            let names = names(&text);
            for evil in ["script", "img", "svg", "onerror", "onload", "src"] {
                assert!(!names.iter().any(|name| name == evil), "{address}: {evil} in {names:?}");
            }
            // What readers unpack as HTML holds no script either.
            let parsed = feed_rs::parser::parse(text.as_bytes()).unwrap();
            for entry in parsed.entries {
                assert!(entry.links.iter().all(|link| link.href.starts_with("http")), "{:?}", entry.links);
                // What says that it is plain text is shown as it is.
                let summary = entry.summary.filter(|text| text.content_type.subty() == "html" || extension == "rss");
                let content = entry.content.filter(|content| content.content_type.subty() == "html");
                let html = [summary.map(|text| text.content), content.and_then(|content| content.body)];
                for html in html.into_iter().flatten() {
                    let page = scraper::Html::parse_fragment(&html);
                    let bad = scraper::Selector::parse(
                        "script, svg, iframe, object, embed, form, [onerror], [onload], [style]",
                    )
                    .unwrap();
                    assert_eq!(page.select(&bad).count(), 0, "{html}");
                }
            }
        }
    }
    assert!(looked >= 6, "{looked}");
}

#[tokio::test]
async fn no_category_leads_out_of_its_source() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    store.sync_sources(&[source("slow", "느린 기록")], now()).await.unwrap();
    let labels =
        ["..", "../../etc/passwd", ".", "~root", "a\\..\\b", "C:\\x", "_archive", "con", "a\u{0}b", "%2e%2e", "."];
    let posts = labels.iter().zip(1..).map(|(label, hour)| post(&format!("/{hour}"), label, hour, &[label])).collect();
    poll(&*store, "slow", posts).await;
    let feeds = store.feeds(None).await.unwrap();
    assert!(feeds.len() > 5);
    for feed in feeds {
        let mut segments = feed.path.as_str().split('/');
        assert_eq!(segments.next(), Some("slow"));
        let plain = |segment: &str| {
            !segment.is_empty() && !segment.starts_with(['.', '~']) && !segment.contains(['\\', '\0', '%', ':'])
        };
        assert!(segments.all(plain), "{}", feed.path);
    }
}
