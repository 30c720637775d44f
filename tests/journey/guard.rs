//! The layout guard: a page that is not the blog as it was changes no feed, is told once, and is over when it reads.

use crate::feeds::paths;
use crate::support::blog::{Blog, Fault, Skin};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

/// A recipe for the plain list, written by hand.
const BY_HAND: &str = r#"[source.recipe]
post = ".list > .row"
link = "a.row-link"
title = "strong.row-title"
excerpt = "p.row-text"
category = ".row-info > a"
date = ".row-info > span:last-child"
next = "a.next"
"#;

#[test]
fn another_layout_than_the_recipes_is_told_once_and_costs_nothing() {
    let blog = Blog::with_posts(25);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::new().source("blog", &blog.url("/category"), BY_HAND).on_bus(bus.address());
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 25);
    let before = sosik.published();
    blog.skin(Skin::Alien);
    blog.publish(1, "일상");
    for look in 1..=5 {
        let error = sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["error"].clone();
        assert_eq!(error["step"], "extract", "{error}");
        assert!(error["message"].as_str().unwrap().contains(".list > .row"), "{error}");
        assert!(sosik.published() == before, "a feed was touched by look {look}");
    }
    let told = desktop.notifications();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].body.contains("matched nothing"), "{}", told[0].body);
    let status = sosik.run(&["status"]).success().stdout;
    assert!(status.contains("failed 5 times in a row") && status.contains("help:"), "{status}");

    blog.skin(Skin::PlainList);
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["outcome"], &report["sources"][0]["new"]), (&"changed".into(), &1.into()));
    let told = desktop.notifications();
    assert_eq!(told.len(), 3, "the post and the end of the failure: {told:#?}");
    assert!(told.iter().any(|notification| notification.body.contains("reads again")), "{told:#?}");
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["sources"][0]["error"], serde_json::Value::Null);
}

#[test]
fn half_the_fields_gone_is_a_broken_layout_until_it_is_the_new_look() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    blog.skin(Skin::Cards);
    for _ in 0..6 {
        let error = sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["error"].clone();
        assert!(error["message"].as_str().unwrap().contains("dates and categories"), "{error}");
        assert!(sosik.published() == before);
    }
    // What stays so is what the blog looks like now: its posts are known, and nothing is lost or doubled.
    blog.publish(1, "일상");
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["new"], &source["posts"]), (&1.into(), &26.into()));
}

#[test]
fn a_page_of_another_blog_is_not_this_one() {
    let blog = Blog::with_posts(25);
    let other = Blog::with_posts(60);
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    for id in 1..=60 {
        other.retitle(id, &format!("남의 글 {id}"));
    }
    for id in 1..=25 {
        other.remove(id);
    }
    sosik.reconfigure(&blog.url("/category"), &other.url("/category"));
    let error = sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("none of the 35 posts"), "{error}");
    assert!(sosik.published() == before);
}

#[test]
fn a_blog_that_moves_keeps_its_posts() {
    let blog = Blog::with_posts(25);
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let elsewhere = Blog::with_posts(25);
    sosik.reconfigure(&blog.url("/category"), &elsewhere.url("/category"));
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["new"], &source["posts"], &source["error"]), (&0.into(), &25.into(), &serde_json::Value::Null));
}

#[test]
fn a_blog_that_removes_its_posts_one_by_one_is_not_broken() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    for id in (2..=12).rev() {
        blog.remove(id);
        let source = &sosik.refresh()["sources"][0];
        assert_eq!((&source["posts"], &source["error"]), (&12.into(), &serde_json::Value::Null), "{id} removed");
    }
    assert_eq!(paths(&sosik, "blog.atom").len(), 12, "what was seen stays");
}

#[test]
fn a_captcha_in_between_changes_nothing() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    for _ in 0..3 {
        blog.fault(Fault::Captcha);
        let run = sosik.run(&["refresh"]).exits(4);
        assert!(run.stderr.contains("help:"), "{}", run.stderr);
        blog.fault(None);
        assert_eq!(sosik.refresh()["sources"][0]["error"], serde_json::Value::Null);
    }
    assert!(sosik.published() == before);
}
