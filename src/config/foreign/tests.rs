//! What other programs write, as they write it.

use url::Url;

use super::*;

/// `url title id` of each, and what was left out.
fn check(text: &str, form: Foreign, expected: &[&str], left_out: usize) {
    assert_eq!(form_of(text), Some(form), "{text}");
    let read = read(form, text).unwrap();
    let told = |found: &Found| {
        let title = found.title.as_deref().unwrap_or("-");
        format!("{} {title} {}", found.url, found.id.as_deref().unwrap_or("-"))
    };
    assert_eq!(read.found.iter().map(told).collect::<Vec<_>>(), expected, "{text}");
    assert_eq!(read.left_out.len(), left_out, "{:?}", read.left_out);
}

#[test]
fn opml_of_readers() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>mine</title></head><body>
 <outline text="개발"><outline type="rss" text="느린 &amp; 조용한" xmlUrl="https://slow.example/rss" htmlUrl="https://slow.example/"/></outline>
 <outline title="Plain" text="ignored" xmlurl="https://b.example/feed?a=1&amp;b=2"></outline>
 <outline text="a folder"/><outline text="bad" xmlUrl="javascript:alert(1)"/>
 <outline text="secret" xmlUrl="https://me:pass@c.example/feed"/>
</body></opml>"#;
    check(
        text,
        Foreign::Opml,
        &["https://slow.example/rss 느린 & 조용한 -", "https://b.example/feed?a=1&b=2 Plain -"],
        2,
    );
    let read = read(Foreign::Opml, text).unwrap();
    assert_eq!(read.found[0].page.as_ref().map(Url::as_str), Some("https://slow.example/"));
    assert!(!read.left_out.concat().contains("me:pass"), "{:?}", read.left_out);
    assert!(
        super::read(Foreign::Opml, "<html><body>").is_err() && super::read(Foreign::Opml, "<opml><a b=</opml").is_err()
    );
}

#[test]
fn tables_with_and_without_names_of_columns() {
    let expected = ["https://a.example/ A, the first a", "https://b.example/ B -"];
    check("title,url,id\n\"A, the first\",https://a.example/,a\nB,https://b.example/,\n", Foreign::Csv, &expected, 0);
    check("URL;Title;ID\nhttps://a.example/;A, the first;a\nhttps://b.example/;B;\n", Foreign::Csv, &expected, 0);
    check("https://a.example/,A\nnothing,B\n,\n", Foreign::Csv, &["https://a.example/ A -"], 1);
}

#[test]
fn lines_of_newsboat() {
    let text = "# mine\nhttps://a.example/rss dev \"~The \\\"A\\\" blog\" ko\n\nhttps://b.example/feed\n\"query:Unread:unread = \\\"yes\\\"\"\nexec:~/bin/x tag\nfile:///etc/passwd\n";
    check(text, Foreign::Newsboat, &["https://a.example/rss The \"A\" blog -", "https://b.example/feed - -"], 3);
}

#[test]
fn feeds_of_rsspls() {
    let text = r#"
[rsspls]
output = "/tmp"
[[feed]]
title = "My Great RSS Feed"
filename = "wezm.rss"
[feed.config]
url = "https://www.wezm.example/"
item = "article"
heading = "h3"
link = "h3 a"
summary = ".post-body"
date = { selector = "time", type = "Date", format = "[day]" }
[[feed]]
title = "without"
"#;
    let text = text.trim_start();
    check(text, Foreign::Rsspls, &["https://www.wezm.example/ My Great RSS Feed wezm"], 2);
    let recipe = &read(Foreign::Rsspls, text).unwrap().found[0].recipe;
    let expected = "post = \"article\"\ntitle = \"h3\"\nlink = \"h3 a\"\nexcerpt = \".post-body\"\ndate = \"time\"\n";
    assert_eq!(recipe, &toml::from_str::<toml::Table>(expected).unwrap());
}

#[test]
fn what_is_none_of_these_is_not_guessed() {
    for text in ["", "# nothing", "{\"sosik\":\"export\"}", "<html>", "[store]\nurl = \"x\"\n", "a diary"] {
        assert_eq!(form_of(text), None, "{text}");
    }
}
