//! What feeds hold beyond a list's words: full texts from posts' own pages, once each; what posts bring along.

use std::collections::BTreeMap;

use sosik::feed::check::check;
use sosik::model::feed::Format;

use crate::feeds::entries;
use crate::support::blog::{Blog, Fault, Skin};
use crate::support::sosik::Sosik;

fn watching(blog: &Blog, keys: &str) -> Sosik {
    let mut sosik = Sosik::watching(blog);
    sosik.reconfigure("preset = \"tistory\"\n", &format!("preset = \"tistory\"\nfull_text = true\n{keys}"));
    sosik
}

/// The paths of the posts' own pages that were asked for since the last time, as often as they were.
fn own_pages(blog: &Blog) -> Vec<String> {
    let is_post = |path: &str| path.trim_start_matches('/').parse::<u32>().is_ok();
    let mut asked: Vec<String> =
        blog.log().into_iter().map(|request| request.path).filter(|path| is_post(path)).collect();
    blog.forget_requests();
    asked.sort();
    asked
}

/// The full text of each post that a feed shows one of, by its path, the same in every format; with its `updated`.
fn texts(sosik: &Sosik, path: &str) -> BTreeMap<String, (String, i64)> {
    let each = ["atom", "rss", "json"].map(|extension| {
        let file = format!("{path}.{extension}");
        let format = Format::from_extension(extension).unwrap();
        assert_eq!(check(format, sosik.feed(&file).as_bytes()), [], "{file}");
        let of = |(path, entry): (String, feed_rs::model::Entry)| {
            let content = entry.content.filter(|content| content.content_type.subty() == "html")?;
            // RSS spells references as its profile asks; to HTML they are the same characters.
            let html = content.body?.replace("&#x3C;", "&lt;").replace("&#x3E;", "&gt;").replace("&#x26;", "&amp;");
            Some((path, html.trim().to_owned()))
        };
        entries(sosik, &file).into_iter().filter_map(of).collect::<BTreeMap<String, String>>()
    });
    assert_eq!(each[0], each[1]);
    assert_eq!(each[1], each[2]);
    let updated = entries(sosik, &format!("{path}.atom"))
        .into_iter()
        .map(|(path, entry)| (path, entry.updated.unwrap().timestamp()));
    let updated: BTreeMap<String, i64> = updated.collect();
    let [atom, ..] = each;
    atom.into_iter().map(|(path, text)| (path.clone(), (text, updated[&path]))).collect()
}

/// The text that a post's own page shows, as HTML.
fn truth(blog: &Blog, path: &str) -> String {
    let text = blog.post(path.trim_start_matches('/').parse().unwrap()).unwrap().text;
    format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[test]
fn every_post_is_read_once_and_shown_in_every_format() {
    let blog = Blog::with_posts(50);
    let sosik = watching(&blog, "");
    sosik.refresh();
    assert_eq!(own_pages(&blog).len(), 20, "as many as one look may, those that lack a category included");
    let first = texts(&sosik, "blog");
    assert!(first.len() > 10, "{first:?}");
    let before: BTreeMap<String, i64> = entries(&sosik, "blog.atom")
        .into_iter()
        .map(|(path, entry)| (path, entry.updated.unwrap().timestamp()))
        .collect();
    let mut asked = 20;
    loop {
        let source = &sosik.refresh()["sources"][0];
        assert_eq!((&source["new"], &source["edited"]), (&0.into(), &0.into()));
        let pages = own_pages(&blog).len();
        asked += pages;
        if pages == 0 {
            break;
        }
    }
    let shown = texts(&sosik, "blog");
    let protected = (1..=50).filter(|id| blog.post(*id).unwrap().is_protected()).count();
    assert_eq!(shown.len(), 50 - protected);
    assert!(asked <= 50 + 2 * protected, "a page without a text is tried three times: {asked}");
    for (path, (text, updated)) in &shown {
        assert_eq!((text, updated), (&truth(&blog, path), &before[path]), "{path}");
    }
    assert_eq!(texts(&sosik, "blog/일상").len(), blog.truth_by_rows(Some("일상")).len(), "a category shows them too");
}

#[test]
fn a_new_post_has_its_text_at_once_and_an_edited_one_gets_another() {
    let blog = Blog::with_posts(15);
    let sosik = watching(&blog, "");
    sosik.refresh();
    while !own_pages(&blog).is_empty() {
        sosik.refresh();
    }
    let [new] = blog.publish(1, "일상")[..] else { panic!("one post") };
    sosik.refresh();
    assert_eq!(own_pages(&blog), [format!("/{new}")]);
    assert_eq!(texts(&sosik, "blog")[&format!("/{new}")].0, truth(&blog, &format!("/{new}")));
    blog.edit(new);
    sosik.refresh();
    sosik.refresh();
    assert_eq!(own_pages(&blog), [format!("/{new}")]);
}

#[test]
fn a_page_that_fails_is_tried_a_few_times_and_never_shown() {
    let blog = Blog::with_posts(5);
    let sosik = watching(&blog, "");
    blog.fault_at("/5", Fault::Captcha);
    blog.fault_at("/4", Fault::ServerError);
    for _ in 0..6 {
        sosik.refresh();
    }
    let asked = own_pages(&blog);
    for path in ["/5", "/4"] {
        let times = asked.iter().filter(|asked| *asked == path).count();
        assert!((3..=4).contains(&times), "{path}: {asked:?}");
    }
    let shown = texts(&sosik, "blog");
    assert!(!shown.contains_key("/5") && !shown.contains_key("/4"), "{shown:?}");
    assert!(shown.contains_key("/3"));
}

#[test]
fn without_a_named_element_the_article_is_found() {
    let blog = Blog::with_posts(3);
    blog.skin(Skin::Alien);
    let sosik = Sosik::new().source(
        "blog",
        &blog.url("/category"),
        "full_text = true\n[source.recipe]\ncontent = \"td > div\"\n",
    );
    sosik.refresh();
    let shown = texts(&sosik, "blog");
    assert_eq!(shown["/3"].0, truth(&blog, "/3"), "{shown:?}");
}

#[test]
fn an_archive_page_is_frozen_with_its_texts() {
    let blog = Blog::with_posts(120);
    let mut sosik = watching(&blog, "");
    sosik.reconfigure("entries = 0", "entries = 10");
    sosik.reconfigure("[fetch]\n", "[fetch]\npermalinks = 60\n");
    sosik.refresh();
    assert!(texts(&sosik, "blog/_archive/1").len() < 25, "the oldest are read last");
    for _ in 0..4 {
        sosik.refresh();
    }
    let protected = (1..=50).filter(|id| blog.post(*id).unwrap().is_protected()).count();
    assert_eq!(texts(&sosik, "blog/_archive/1").len(), 50 - protected);
    let bytes = sosik.feed("blog/_archive/1.atom");
    blog.edit(1);
    blog.publish(3, "일상");
    sosik.refresh();
    assert_eq!(sosik.feed("blog/_archive/1.atom"), bytes, "a full page never changes");
}

#[test]
fn what_a_podcast_brings_along_stays_with_it() {
    let sosik = Sosik::new();
    let feed = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Cast</title><link>https://cast.example/</link>
        <item><title>Two</title><link>https://cast.example/2</link><pubDate>Fri, 10 Jul 2020 21:04:00 +0900</pubDate>
        <enclosure url="/2.mp3" length="123" type="audio/mpeg"/><enclosure url="/2.pdf" length="0" type="application/pdf"/></item>
        <item><title>One</title><link>https://cast.example/1</link><pubDate>Thu, 9 Jul 2020 21:04:00 +0900</pubDate></item>
        </channel></rss>"#;
    std::fs::write(sosik.path("cast.xml"), feed).unwrap();
    let url = format!("file:{}", sosik.path("cast.xml").display());
    let sosik = sosik.source("cast", &url, "base_url = \"https://cast.example/\"\n");
    sosik.refresh();
    for (extension, expected) in [
        ("rss", r#"<enclosure url="https://cast.example/2.mp3" length="123" type="audio/mpeg"/>"#),
        ("atom", r#"<link href="https://cast.example/2.mp3" rel="enclosure" type="audio/mpeg" length="123"/>"#),
        (
            "json",
            r#""attachments":[{"url":"https://cast.example/2.mp3","mime_type":"audio/mpeg","size_in_bytes":123},"#,
        ),
    ] {
        let text = sosik.feed(&format!("cast.{extension}"));
        assert_eq!(check(Format::from_extension(extension).unwrap(), text.as_bytes()), []);
        let folded = |text: &str| text.split_whitespace().collect::<String>();
        assert!(folded(&text).contains(&folded(expected)), "{text}");
    }
}
