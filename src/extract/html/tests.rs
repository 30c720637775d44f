//! Pages of a few posts, and pages that are hostile.

use std::time::Duration;

use super::super::{Budget, CompiledRecipe, Context, ExtractError, extract, preset};
use crate::model::page::{Page, Validators};
use crate::model::post::Candidates;
use crate::model::source::{HtmlRecipe, Layout, Recipe};
use url::Url;

fn page(text: &str) -> Page {
    Page {
        url: Url::parse("https://x.org/blog/").unwrap(),
        text: text.to_owned(),
        media_type: Some("text/html".into()),
        validators: Validators::default(),
    }
}

fn layout() -> Layout {
    let css = |text: &str| Some(text.to_owned());
    Layout {
        post: ".post".into(),
        title: css("h2"),
        excerpt: css("p"),
        category: css(".cat"),
        date: css(".date"),
        author: css(".by"),
        image: css("img"),
        ..Layout::default()
    }
}

fn recipe(layouts: Vec<Layout>) -> CompiledRecipe {
    CompiledRecipe::compile(&Recipe::Html(HtmlRecipe { layouts, ..HtmlRecipe::default() })).unwrap()
}

fn context() -> Context<'static> {
    Context::at("2020-07-11T12:00:00Z".parse().unwrap())
}

fn read(text: &str) -> Result<Candidates, ExtractError> {
    extract(&page(text), &recipe(vec![layout()]), &context())
}

/// `url title date` of each post.
fn lines(candidates: &Candidates) -> Vec<String> {
    let line = |post: &crate::model::post::Candidate| {
        let date = post.published.map_or_else(|| "-".to_owned(), |date| date.to_string());
        format!("{} {} {date}", post.url.path(), post.title)
    };
    candidates.posts.iter().map(line).collect()
}

/// `count` numbered pieces in a row.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

#[test]
fn what_a_post_brings_along_is_what_the_selector_means() {
    let html = "<div class=post><a href=/1><h2>One</h2></a><audio src=/own.mp3><source src=/1.ogg type='audio/ogg'>
        <source src=/1.mp3></audio><a class=file href='/1.pdf'>pdf</a><a class=file href='javascript:x'>x</a></div>";
    for (selector, expected) in [
        ("source", &["https://x.org/1.ogg audio/ogg", "https://x.org/1.mp3 audio/mpeg"][..]),
        ("audio @src", &["https://x.org/own.mp3 audio/mpeg"]),
        ("a.file", &["https://x.org/1.pdf application/pdf"]),
        ("video", &[]),
    ] {
        let layout = Layout { enclosure: Some(selector.to_owned()), ..layout() };
        let read = extract(&page(html), &recipe(vec![layout]), &context()).unwrap();
        let found: Vec<String> =
            read.posts[0].enclosures.iter().map(|file| format!("{} {}", file.url, file.media_type)).collect();
        assert_eq!(found, expected, "{selector}");
    }
}

#[test]
fn a_post_keeps_what_it_has_and_lacks_nothing_else() {
    let read = read(
        "<html lang=en-GB><title>My blog</title><base href='/base/'>
         <div class=post><img data-src='i.png' src='data:x'><a href='1'><h2>One <img alt=New></h2></a><p>Text</p>
           <i class=cat>Rust</i><i class=cat>Rust</i><i class=cat>C#</i><b class=by>Ann</b><i class=date>10/07/2020</i></div>
         <div class=post><a href='2'><h2>Two</h2></a><i class=date>07/03/2020 14:05</i></div>
         <div class=post><a href='javascript:x'><h2>No address</h2></a></div>
         <div class=post><h2></h2><a href='3'></a><i class=date></i></div>
         <div class=post><a href='https://user:pw@y.org/4'><h2>With a password</h2></a></div>",
    )
    .unwrap();
    assert_eq!(lines(&read), ["/base/1 One 2020-07-10", "/base/2 Two 2020-03-07T14:05:00+00:00", "/base/3  -"]);
    let first = &read.posts[0];
    assert_eq!(first.excerpt.as_deref(), Some("Text"));
    assert_eq!(first.author.as_deref(), Some("Ann"));
    assert_eq!(first.image.as_ref().map(Url::as_str), Some("https://x.org/base/i.png"));
    let categories: Vec<String> = first.categories.iter().map(ToString::to_string).collect();
    assert_eq!(categories, ["Rust", "C#"]);
    assert_eq!((read.site.title.as_deref(), read.site.language.as_deref()), (Some("My blog"), Some("en-GB")));
    assert_eq!(read.site.home.as_ref().map(Url::as_str), Some("https://x.org/"));
    assert_eq!(read.how, "recipe");
}

#[test]
fn the_list_tells_the_order_of_day_and_month() {
    let post =
        |path: u8, date: &str| format!("<div class=post><a href=/{path}><h2>t</h2></a><i class=date>{date}</i></div>");
    let read = read(&[post(1, "07/09/2019"), post(2, "06/25/2019"), post(3, "05/04/2019")].concat()).unwrap();
    assert_eq!(lines(&read), ["/1 t 2019-07-09", "/2 t 2019-06-25", "/3 t 2019-05-04"]);
}

#[test]
fn a_machines_date_is_preferred_to_what_people_see() {
    let read = read(
        "<div class=post><a href=/1><h2>t</h2></a><time class=date datetime='2020-07-10T21:04:00+09:00'>yesterday</time></div>
         <div class=post><a href=/2><h2>t</h2></a><i class=date><time datetime='soon'>July 9, 2020</time></i></div>
         <div class=post><a href=/3><h2>t</h2></a><i class=date>2 days ago</i></div>",
    )
    .unwrap();
    assert_eq!(lines(&read), ["/1 t 2020-07-10T21:04:00+09:00", "/2 t 2020-07-09", "/3 t 2020-07-09"]);
}

#[test]
fn the_layout_that_reads_most_wins() {
    let named = |name: &str, post: &str| Layout { name: name.into(), post: post.into(), ..layout() };
    let recipe = Recipe::Html(HtmlRecipe {
        preset: Some("x".into()),
        layouts: vec![
            named("none", ".nothing"),
            named("some", ".post.big"),
            named("all", ".post"),
            named("same", "div.post"),
        ],
        ..HtmlRecipe::default()
    });
    let text = "<div class='post big'><a href=/1><h2>a</h2></a></div><div class=post><a href=/2><h2>b</h2></a></div>";
    let read = extract(&page(text), &CompiledRecipe::compile(&recipe).unwrap(), &context()).unwrap();
    assert_eq!((read.how.as_str(), read.posts.len()), ("preset:x/all", 2));
}

#[test]
fn without_a_title_or_link_the_first_link_with_text_is_both() {
    let plain = Layout { post: ".post".into(), ..Layout::default() };
    let text = "<div class=post><a href=/1><img alt=N></a><a href=/c>Cat</a><a href=/1>Title</a></div><a class=post href=/2>Itself</a>";
    let read = extract(&page(text), &recipe(vec![plain]), &context()).unwrap();
    assert_eq!(lines(&read), ["/1 Title -", "/2 Itself -"]);
}

#[test]
fn a_blog_is_named_by_more_than_the_heading_of_one_page() {
    let post = "<div class=post><a href=/1><h2>t</h2></a></div>";
    for (head, title, named) in [
        ("<title>All posts</title>", "All posts", false),
        ("<title>All posts</title><header><a href=/>Slow notes</a><a href=/c>Go</a></header>", "Slow notes", true),
        (
            "<title>All posts</title><header><a href=/><img></a><h1><a href='/'>Slow notes</a></h1></header>",
            "Slow notes",
            true,
        ),
        ("<title>All posts</title><header><a href=/>Home</a></header>", "All posts", false),
        ("<title>All posts</title><header><a href=https://y.org/>Others</a></header>", "All posts", false),
        ("<title>All posts</title><meta name=application-name content='Slow notes'>", "Slow notes", true),
    ] {
        let read = read(&format!("{head}{post}")).unwrap();
        assert_eq!((read.site.title.as_deref(), read.site.named), (Some(title), named), "{head}");
    }
}

#[test]
fn the_links_of_a_file_stand_under_its_base() {
    let base = Url::parse("https://slow-dev.tistory.com/category").unwrap();
    let text = "<div class=post><a href=/1><h2>t</h2></a></div><a rel=next href=page2.html>";
    let file = Page { url: Url::parse("file:///tmp/a/index.html").unwrap(), ..page(text) };
    let read = extract(&file, &recipe(vec![layout()]), &Context { link_base: Some(&base), ..context() }).unwrap();
    assert_eq!(read.posts[0].url.as_str(), "https://slow-dev.tistory.com/1");
    assert_eq!(read.next.as_ref().map(Url::as_str), Some("file:///tmp/a/page2.html"));
    assert_eq!(read.site.home.as_ref().map(Url::as_str), Some("https://slow-dev.tistory.com/"));
}

#[test]
fn titles_are_short_and_plain() {
    let title = format!("&lt;b&gt;Tom &amp;amp; \u{202E}Jerry&lt;/b&gt; {}", "가".repeat(600));
    let read = read(&format!("<div class=post><a href=/1><h2>{title}</h2></a></div>")).unwrap();
    assert!(read.posts[0].title.starts_with("<b>Tom & Jerry</b> 가가"));
    assert_eq!(read.posts[0].title.chars().count(), 500);
}

#[test]
fn pages_that_cannot_be_read_say_why() {
    let none = recipe(Vec::new());
    let typed = |media_type: &str, text: &str| Page { media_type: Some(media_type.into()), ..page(text) };
    for (page, recipe, expected) in [
        (page("  "), &none, "https://x.org/blog/ is empty"),
        (typed("application/rss+xml", "<rss>"), &none, "the feed https://x.org/blog/ has no posts"),
        (typed("application/pdf", "%PDF"), &none, "https://x.org/blog/ is application/pdf, not a web page"),
        (typed("text/plain", "hello"), &none, "https://x.org/blog/ is text/plain, not a web page"),
        (typed("text/plain", "<!doctype html><HTML>"), &none, "no preset knows how to read https://x.org/blog/"),
        (page("<p>hello"), &recipe(vec![layout()]), "selector `.post` matched nothing on https://x.org/blog/"),
    ] {
        let error = extract(&page, recipe, &context()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// Each of these took html5ever minutes, or memory without end.
#[test]
fn hostile_pages_are_refused_in_time() {
    let links = many(300_000, |n| format!("<a href=/{n}>x</a>"));
    let post = "<div class=post><a href=/1><h2>t</h2></a></div>";
    let over = |text: &str| match read(text).unwrap_err() {
        ExtractError::Budget { what, .. } => what,
        other => panic!("{other}"),
    };
    assert_eq!(over(&"<div>".repeat(100_000)), "elements within elements");
    assert_eq!(over(&format!("{post}{}", "<b>".repeat(5000))), "elements within elements");
    assert_eq!(over(&format!("<table>{}", "<div>".repeat(20_000))), "elements within elements");
    let attributes = many(200_000, |n| format!(" a{n}=1"));
    assert_eq!(over(&format!("{post}<p{attributes}>")), "attributes on one tag");
    assert_eq!(over(&links[..5 << 20]), "tags");
    assert_eq!(over(&"<p>".repeat(1_700_000)), "tags");
}

/// Within what the counts allow, one post with all there can be of a field, and lists within lists.
#[test]
fn a_post_with_too_much_of_everything_is_read_in_time() {
    let fields = "<i class=cat>a/b</i><i class=date>99.99.9999 1.1.1</i><a href='javascript:x'>y</a>".repeat(30_000);
    let post = format!("<div class=post><a href=/1><h2>t</h2></a>{fields}</div>");
    let nested = format!("{}{}", "<ul><li>".repeat(200), "<i>x</i>".repeat(90_000));
    for text in [post, nested] {
        for recipe in [recipe(vec![layout()]), preset::named("tistory").unwrap().compiled().clone()] {
            let budget = Budget { time: Duration::from_millis(300), ..Budget::default() };
            match extract(&page(&text), &recipe, &Context { budget, ..context() }) {
                Ok(read) => assert_eq!((read.posts.len(), read.posts[0].categories.len()), (1, 1)),
                Err(ExtractError::Budget { what: "milliseconds of reading", .. } | ExtractError::NoPosts { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_large_honest_page_is_read() {
    let posts = many(2500, |n| format!("<div class=post><a href=/{n}><h2>t{n}</h2></a><p>x</p></div>"));
    let budget = Budget { time: Duration::from_mins(1), ..Budget::default() };
    let read = extract(&page(&posts), &recipe(vec![layout()]), &Context { budget, ..context() }).unwrap();
    assert_eq!(read.posts.len(), 2000);
    let unclosed = format!("<div class=post><a href=/1><h2>t</h2></a></div><ul>{}", "<li>x<p>y".repeat(2000));
    let read = extract(&page(&unclosed), &recipe(vec![layout()]), &Context { budget, ..context() }).unwrap();
    assert_eq!(read.posts.len(), 1);
}

#[test]
fn reading_stops_at_its_deadline() {
    let budget = Budget { time: Duration::ZERO, ..Budget::default() };
    let page = page("<div class=post><a href=/1><h2>t</h2></a></div>");
    let error = extract(&page, &recipe(vec![layout()]), &Context { budget, ..context() }).unwrap_err();
    assert_eq!(error, ExtractError::Budget { what: "milliseconds of reading", limit: 0 });
}

#[test]
fn tags_stand_beside_categories() {
    let recipe = recipe(vec![Layout { tag: Some(".tag".to_owned()), ..layout() }]);
    let text = "<div class=post><a href='1'><h2>One</h2></a><i class=cat>Rust</i><i class=tag>#async</i>
        <i class=tag> async </i><i class=tag>C++</i><i class=tag>#</i></div>";
    let read = extract(&page(text), &recipe, &context()).unwrap();
    assert_eq!(read.posts[0].tags, ["async", "C++"]);
    assert_eq!(read.posts[0].categories.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Rust"]);
}
