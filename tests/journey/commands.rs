//! Every command, its JSON and its exit codes.

use serde_json::Value;

use crate::support::blog::{Blog, POSTS, TITLE};
use crate::support::sosik::Sosik;

fn refreshed() -> (Blog, Sosik) {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    (blog, sosik)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn feeds_are_held_against_the_rules() {
    let (_blog, sosik) = refreshed();
    let checked = sosik.run(&["feeds", "check", "--json"]).success().json();
    let documents = checked["documents"].as_array().unwrap();
    assert_eq!((checked["ok"].as_bool(), documents.len()), (Some(true), sosik.published().len()));
    assert!(sosik.run(&["feeds", "check", "blog/big-data"]).success().stdout.contains("3 documents keep every rule"));
    std::fs::write(sosik.path("bad.xml"), sosik.feed("blog.rss").replace("<pubDate>", "<pubDate>on ")).unwrap();
    let bad = sosik.run(&["feeds", "check", "bad.xml"]).exits(1).stdout;
    assert!(bad.starts_with("bad.xml: R4 item 1: \"on "), "{bad}");
    assert!(sosik.run(&["feeds", "check", "nothing"]).exits(2).stderr.contains("neither a file nor a feed"));
}

#[test]
fn the_json_shapes_are_those_of_the_contract() {
    let (blog, sosik) = refreshed();
    let refresh = sosik.refresh();
    assert_eq!(keys(&refresh), ["feeds_written", "notified", "sources"]);
    assert_eq!(keys(&refresh["sources"][0]), ["edited", "error", "id", "new", "outcome", "pages", "posts", "requests"]);
    let status = sosik.run(&["status", "--json"]).success().json();
    assert_eq!(keys(&status), ["daemon", "hosts", "outbox", "sources"]);
    assert_eq!(
        keys(&status["sources"][0]),
        [
            "declared",
            "error",
            "failures",
            "host",
            "id",
            "last_success",
            "next_check",
            "outcome",
            "paused",
            "posts",
            "url"
        ]
    );
    let feeds = sosik.run(&["feeds", "--json"]).success().json();
    let kafka = feeds["feeds"].as_array().unwrap().iter().find(|feed| feed["path"] == "blog/big-data/kafka").unwrap();
    assert_eq!(keys(kafka), ["category", "files", "path", "posts", "source", "updated", "url"]);
    assert_eq!(kafka["category"], "Big Data/Kafka");
    assert_eq!(kafka["url"]["atom"], "http://127.0.0.1:7878/feeds/blog/big-data/kafka.atom");
    let preview = sosik.run(&["preview", "--json", "--allow-private", &blog.url("/category")]).success().json();
    assert_eq!(keys(&preview), ["confidence", "how", "language", "next", "posts", "title", "total", "url"]);
    assert_eq!(keys(&preview["posts"][0]), ["author", "categories", "excerpt", "image", "published", "title", "url"]);
    assert_eq!((&preview["total"], preview["posts"].as_array().unwrap().len()), (&25.into(), 10));
    let check = sosik.run(&["check", "--json"]).success().json();
    assert_eq!(check, serde_json::json!({ "ok": true, "problems": [] }));
    let posts = sosik.run(&["posts", "--json", "--limit", "3"]).success().json();
    assert_eq!(posts["posts"].as_array().unwrap().len(), 3);
}

#[test]
fn a_blog_says_how_many_posts_it_has() {
    let blog = Blog::start();
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let source = &sosik.run(&["status", "--json"]).success().json()["sources"][0];
    assert_eq!((&source["posts"], &source["declared"]), (&POSTS.into(), &POSTS.into()));
    assert!(sosik.run(&["status"]).success().stdout.contains("136 of 136 posts"));
}

#[test]
fn a_feed_is_printed_as_it_is_published() {
    let (_blog, sosik) = refreshed();
    for (path, file) in sosik.published() {
        assert_eq!(sosik.run(&["feed", &path]).success().stdout.as_bytes(), file.bytes, "{path}");
    }
    let unknown = sosik.run(&["feed", "blog/nothing.atom"]).exits(2);
    assert!(unknown.stderr.contains("sosik feeds"), "{}", unknown.stderr);
}

#[test]
fn feeds_are_listed_for_people_and_for_readers() {
    let (_blog, sosik) = refreshed();
    let tree = sosik.run(&["feeds"]).success().stdout;
    assert!(tree.contains(TITLE) && tree.contains("Big Data/Kafka"), "{tree}");
    let opml = sosik.run(&["feeds", "--opml"]).success().stdout;
    assert!(opml.contains("<opml version=\"2.0\"") && opml.contains("blog/big-data/kafka"), "{opml}");
    assert!(sosik.run(&["feeds", "--newsboat"]).success().stdout.starts_with("http"));
}

#[test]
fn exit_codes_are_as_promised() {
    let (blog, sosik) = refreshed();
    assert_eq!(sosik.run(&["--help"]).code, Some(0));
    assert_eq!(sosik.run(&["fetch"]).code, Some(2));
    assert_eq!(sosik.run(&["refresh", "nobody"]).code, Some(2));
    let broken = Sosik::new().source("a", "ftp://x.org/", "");
    assert_eq!(broken.run(&["refresh"]).code, Some(3));
    assert_eq!(Sosik::new().run(&["refresh"]).code, Some(2));
    let nowhere = Sosik::new().source("a", &blog.url("/"), "");
    std::fs::write(nowhere.path("blocked"), "").unwrap();
    let state = nowhere.path("blocked/state").display().to_string();
    let run = nowhere.run(&["refresh", "--state", &state]);
    assert_eq!(run.code, Some(5), "{}", run.stderr);
}

#[test]
fn a_second_process_is_told_who_holds_the_state() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    blog.fault(crate::support::blog::Fault::Slow);
    let mut first = sosik.spawn(&["refresh"]);
    blog.wait_for_requests(2);
    let second = sosik.run(&["refresh"]).exits(6);
    assert!(second.stderr.contains(&first.id().to_string()), "{}", second.stderr);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_saved_page_is_previewed_without_the_network() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::new();
    let page = sosik.run(&["preview", "--json", "--allow-private", &blog.url("/category")]).success().json();
    let url = page["posts"][0]["url"].as_str().unwrap().to_owned();
    blog.forget_requests();
    let saved = sosik.path("saved.html");
    std::fs::write(&saved, "<body id=\"tt-body-index\"><div class=\"list\"><div class=\"row\"><a class=\"row-link\" href=\"/7\"><strong class=\"row-title\">글</strong></a></div></div>").unwrap();
    let read = sosik.run(&["preview", "--json", "--base-url", blog.base(), saved.to_str().unwrap()]).success().json();
    assert_eq!(read["posts"][0]["url"], blog.url("/7"));
    assert!(url.starts_with(blog.base()));
    assert_eq!(blog.log(), []);
    let missing = sosik.run(&["preview", "nothing-here.html"]).exits(4);
    assert!(missing.stderr.contains("help:"), "{}", missing.stderr);
}
