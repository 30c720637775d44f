//! Do the helpers of the other tests tell the truth? A blog that serves what it says, a desktop that hears.

mod support;

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use reqwest::{Client, StatusCode};
use support::blog::{Blog, Fault, Skin};
use support::desktop::{Behaviour, Dunst, Recorder, SessionBus};
use support::sosik::Sosik;

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap()
}

async fn text(blog: &Blog, path: &str) -> String {
    client().get(blog.url(path)).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn every_skin_lists_every_post_on_fourteen_pages() {
    let cases = [
        (Skin::PlainList, "div.row > a.row-link"),
        (Skin::Articles, "section.inner h2 > a"),
        (Skin::Cards, "div.card > a"),
        (Skin::Alien, "td.q2 > a.q3"),
    ];
    let blog = Blog::start();
    for (skin, selector) in cases {
        blog.skin(skin);
        let selector = scraper::Selector::parse(selector).unwrap();
        let mut paths = Vec::new();
        for page in 1..=14 {
            let page = scraper::Html::parse_document(&text(&blog, &format!("/category?page={page}")).await);
            paths.extend(page.select(&selector).filter_map(|link| link.attr("href")).map(str::to_owned));
        }
        let truth: Vec<_> = blog.truth("").into_iter().map(|row| row.path).collect();
        assert_eq!(paths, truth, "{skin:?}");
        assert!(!text(&blog, "/category?page=15").await.contains("href=\"/1\""), "{skin:?} ends");
    }
}

#[tokio::test]
async fn a_category_holds_its_childrens_posts_and_the_tree_counts_them() {
    let blog = Blog::start();
    let page = text(&blog, "/category/Big%20Data").await;
    let total = blog.truth("Big Data").len();
    assert!(page.contains(&format!(r#"Big Data <span class="count">{total}</span>"#)));
    assert!(blog.tree().contains(&("Big Data".to_owned(), total)));
    assert_eq!(blog.truth("Big Data"), blog.truth("Big Data/Kafka"));
    let uncategorised = blog.truth_by_rows(None).len();
    let categorised: usize = blog
        .tree()
        .iter()
        .filter(|(path, _)| !path.contains('/'))
        .map(|(path, _)| blog.truth_by_rows(Some(path)).len())
        .sum();
    assert_eq!(uncategorised + categorised, 136);
    assert_eq!(client().get(blog.url("/category/None")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unchanged_page_is_a_304_until_a_post_appears() {
    let blog = Blog::start();
    let first = client().get(blog.url("/category")).send().await.unwrap();
    let etag = first.headers()[ETAG].clone();
    let ask = || client().get(blog.url("/category")).header(IF_NONE_MATCH, etag.clone()).send();
    assert_eq!(ask().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    assert_eq!(blog.publish(2, "Big Data/Kafka"), [137, 138]);
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    blog.fault(Fault::LyingEtag);
    let again = client().get(blog.url("/category")).header(IF_NONE_MATCH, "\"same\"").send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let statuses: Vec<_> = blog.log().into_iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 304, 200, 304]);
    assert_eq!(blog.log()[1].headers["if-none-match"], etag.to_str().unwrap());
}

#[tokio::test]
async fn posts_are_edited_pinned_and_removed() {
    let blog = Blog::start();
    blog.edit(136);
    blog.pin(5);
    blog.remove(135);
    let page = text(&blog, "/").await;
    let place = |path: &str| page.find(&format!(r#"class="row-link" href="{path}""#));
    assert!(place("/5") < place("/136") && place("/136").is_some());
    assert_eq!(place("/135"), None);
    assert!(page.contains("(수정)"));
    assert!(text(&blog, "/136").await.contains("<article>"));
    assert!(text(&blog, "/rss").await.contains("+0900</pubDate>"));
    assert!(text(&blog, "/sitemap.xml").await.contains("/136</loc>"));
    assert!(text(&blog, "/robots.txt").await.contains("Disallow: /owner"));
}

#[tokio::test]
async fn faults_answer_with_their_status() {
    let blog = Blog::start();
    let cases = [
        (Fault::ServerError, 500, None),
        (Fault::Gone, 410, None),
        (Fault::Unavailable("2"), 503, Some("2")),
        (Fault::TooManyRequests("3600"), 429, Some("3600")),
        (Fault::Captcha, 200, None),
        (Fault::Empty, 200, None),
    ];
    for (fault, status, retry_after) in cases {
        blog.fault(fault.clone());
        let response = client().get(blog.url("/category")).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{fault:?}");
        let header = response.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(header, retry_after, "{fault:?}");
    }
    blog.fault(Fault::RedirectLoop);
    assert!(client().get(blog.url("/category")).send().await.unwrap_err().is_redirect());
    blog.fault(None);
    blog.fault_at("/category?page=5", Fault::ServerError);
    assert!(client().get(blog.url("/category?page=5")).send().await.unwrap().status().is_server_error());
    assert!(client().get(blog.url("/category?page=4")).send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn broken_bodies_break_and_endless_ones_do_not_end() {
    let blog = Blog::start();
    for fault in [Fault::Huge, Fault::Bomb] {
        blog.fault(fault.clone());
        let mut pieces = client().get(blog.url("/category")).send().await.unwrap().bytes_stream();
        let mut size = 0;
        while size < 32 << 20 {
            size += pieces
                .next()
                .await
                .expect("more is to come")
                .unwrap_or_else(|error| panic!("{fault:?}: {error}"))
                .len();
        }
    }
    blog.fault(Fault::Cut);
    assert!(client().get(blog.url("/category")).send().await.unwrap().text().await.is_err());
    for fault in [Fault::Slow, Fault::Drip] {
        blog.fault(fault.clone());
        let mut pieces = client().get(blog.url("/category")).send().await.unwrap().bytes_stream();
        assert!(pieces.next().await.unwrap().is_ok(), "{fault:?}");
    }
}

#[tokio::test]
async fn old_charsets_are_named_or_not() {
    let blog = Blog::start();
    for (fault, meta) in [(Fault::CharsetEucKr, true), (Fault::CharsetUndeclared, false)] {
        blog.fault(fault);
        let response = client().get(blog.url("/category")).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/html");
        let bytes = response.bytes().await.unwrap();
        let (page, _, broken) = encoding_rs::EUC_KR.decode(&bytes);
        assert!(!broken && page.contains("분류 전체보기"));
        assert_eq!(page.contains(r#"<meta charset="euc-kr">"#), meta);
    }
}

#[test]
fn two_blogs_are_the_same_blog() {
    let (one, other) = (Blog::start(), Blog::start());
    assert_eq!(one.truth(""), other.truth(""));
    assert_ne!(one.base(), other.base());
    let ids: BTreeSet<_> = one.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(ids.len(), 136);
}

#[test]
fn a_home_has_a_configuration_that_is_toml() {
    let blog = Blog::with_posts(1);
    let mut sosik = Sosik::watching(&blog).with("[notify.desktop]\nenabled = false");
    sosik.reconfigure("entries = 0", "entries = 7");
    let text = std::fs::read_to_string(sosik.config_file()).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(table["feeds"]["entries"].as_integer(), Some(7));
    assert_eq!(table["source"][0]["url"].as_str(), Some(blog.url("/category").as_str()));
    assert!(sosik.published().is_empty());
}

/// Set for the process that [`notify_from_another_process`] starts, to the title that it shall show.
const TITLE_TO_SHOW: &str = "SELFTEST_TITLE";

/// Runs the test of that name once more, on a bus; `notify-rust` finds the bus in its environment only.
fn notify_from_another_process(test: &str, address: &str, title: &str) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env("DBUS_SESSION_BUS_ADDRESS", address).env(TITLE_TO_SHOW, title);
    command.output().unwrap().status.success()
}

/// In that process: shows the notification and says whether it was there.
fn notifies_here() -> bool {
    let Ok(title) = std::env::var(TITLE_TO_SHOW) else {
        return false;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shown = runtime.block_on(async {
        let mut notification = notify_rust::Notification::new();
        let call = notification.appname("sosik").summary(&title).body("본문 &amp; 글").show_async();
        tokio::time::timeout(Duration::from_secs(1), call).await
    });
    shown.expect("an answer in time").expect("a pop-up");
    true
}

#[test]
fn the_recorder_hears_refuses_and_hangs() {
    if notifies_here() {
        return;
    }
    let notify = |bus: &SessionBus, title: &str| {
        notify_from_another_process("the_recorder_hears_refuses_and_hangs", bus.address(), title)
    };
    let bus = SessionBus::start();
    assert!(!notify(&bus, "too early"), "nobody is there yet");
    let recorder = Recorder::start(&bus, Behaviour::default());
    assert!(notify(&bus, "새 글"));
    let heard = recorder.wait_for(1);
    assert_eq!((heard[0].id, heard[0].app_name.as_str(), heard[0].summary.as_str()), (1, "sosik", "새 글"));
    for behaviour in [Behaviour::Refuses, Behaviour::Hangs] {
        recorder.behave(behaviour);
        assert!(!notify(&bus, "again"), "{behaviour:?}");
    }
    assert_eq!(recorder.notifications().len(), 3);
}

#[test]
fn dunst_shows_a_notification_on_its_screen() {
    if notifies_here() {
        return;
    }
    let bus = SessionBus::start();
    let dunst = Dunst::start(&bus);
    assert!(notify_from_another_process("dunst_shows_a_notification_on_its_screen", bus.address(), "새 글 1"));
    dunst.wait_for(1);
    let picture = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
    dunst.screenshot(picture.path());
    assert!(picture.as_file().metadata().unwrap().len() > 0);
    let shown = dunst.close_all();
    assert_eq!((shown[0].app_name.as_str(), shown[0].summary.as_str()), ("sosik", "새 글 1"));
    assert_eq!(shown.len(), 1);
}
