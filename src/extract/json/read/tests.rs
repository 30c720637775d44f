//! Answers as endpoints give them, and what is said where they give something else.

use super::*;
use crate::model::json::{JsonRecipe, JsonRules};
use crate::model::page::Validators;
use crate::model::source::Recipe;

const ANSWER: &str = r#"{"data": {"total": 3, "last": false, "after": "k2", "more": "/api?p=2", "name": " My &amp; blog ",
  "posts": [
    {"id": 3, "name": "Third", "at": 1594382640, "tags": [{"n": "Rust"}, {"n": "rust"}, {"n": "Rust"}], "who": "me"},
    {"id": 2, "name": "Second", "at": 1594296240000, "text": "<p>some &lt;b&gt; words</p>", "pic": "/2.png"},
    {"id": null, "name": "no link"}
  ]}}"#;

fn rules() -> JsonRules {
    JsonRules {
        endpoint: Some("https://api.x.org/{user}".into()),
        post: "data.posts[]".into(),
        title: Some("name".into()),
        link: Some("https://x.org/@{user}/{id}".into()),
        excerpt: Some("text ::html".into()),
        category: Some("tags[].n".into()),
        date: Some("at".into()),
        author: Some("who".into()),
        image: Some("pic".into()),
        site_title: Some("data.name".into()),
        ..JsonRules::default()
    }
}

fn run(rules: JsonRules, address: &str, text: &str) -> Result<Candidates, ExtractError> {
    let media_type = if rules.embedded.is_some() { "text/html" } else { "application/json" };
    let recipe = JsonRecipe { addresses: vec!["x.org/@{user}".into()], rules, ..JsonRecipe::default() };
    let recipe = CompiledRecipe::compile(&Recipe::Json(Box::new(recipe))).unwrap();
    let page = Page {
        url: Url::parse(address).unwrap(),
        text: text.into(),
        media_type: Some(media_type.into()),
        validators: Validators::default(),
    };
    let now = "2021-01-01T00:00:00Z".parse().unwrap();
    crate::extract::extract(&page, &recipe, &Context { time_zone: Some("Asia/Seoul"), ..Context::at(now) })
}

#[test]
fn posts_are_read_by_their_paths() {
    let read = run(rules(), "https://x.org/@me", ANSWER).unwrap();
    let shown: Vec<String> = read
        .posts
        .iter()
        .map(|post| {
            let date = post.published.map(|date| date.to_string()).unwrap_or_default();
            let categories = post.categories.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            format!("{} {} {date} [{categories}] {:?} {:?}", post.url, post.title, post.excerpt, post.author)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "https://x.org/@me/3 Third 2020-07-10T21:04:00+09:00 [Rust,rust] None Some(\"me\")",
            "https://x.org/@me/2 Second 2020-07-09T21:04:00+09:00 [] Some(\"some <b> words\") None",
        ]
    );
    assert_eq!(read.posts[1].image.as_ref().unwrap().as_str(), "https://x.org/2.png");
    assert_eq!((read.site.title.as_deref(), read.how.as_str(), read.next), (Some("My & blog"), "recipe", None));
}

#[test]
fn the_next_page_is_counted_named_or_linked() {
    let check = |change: &dyn Fn(&mut JsonRules), address: &str, expected: Option<&str>| {
        let mut rules = rules();
        change(&mut rules);
        let read = run(rules, address, ANSWER).unwrap();
        assert_eq!(read.next.as_ref().map(Url::as_str), expected, "{address}");
    };
    let set = |endpoint: &str, next: Option<&str>, total: Option<&str>| {
        let (endpoint, next, total) = (endpoint.to_owned(), next.map(str::to_owned), total.map(str::to_owned));
        move |rules: &mut JsonRules| {
            rules.endpoint = Some(endpoint.clone());
            rules.next.clone_from(&next);
            rules.total.clone_from(&total);
        }
    };
    let (first, counted) = ("https://x.org/@me", "https://api.x.org/?p={page}");
    check(&set(counted, None, None), first, Some("https://x.org/@me#page=2&offset=3"));
    check(&set(counted, None, None), "https://x.org/@me#page=4&offset=9", Some("https://x.org/@me#page=5&offset=12"));
    check(&set(counted, None, Some("data.total")), first, None);
    check(&set(counted, Some("!data.last"), None), first, Some("https://x.org/@me#page=2&offset=3"));
    check(&set(counted, Some("data.last"), None), first, None);
    check(&set(counted, Some("data.none"), None), first, None);
    let cursor = "https://api.x.org/?c={cursor}";
    check(&set(cursor, Some("data.after"), None), first, Some("https://x.org/@me#page=2&offset=3&cursor=k2"));
    check(&set(cursor, Some("data.after"), None), "https://x.org/@me#page=2&offset=3&cursor=k2", None);
    check(&set(cursor, Some("data.none"), None), first, None);
    let linked = "https://api.x.org/";
    let behind = "https://x.org/@me#page=2&offset=3&next=https%3A%2F%2Fapi.x.org%2Fapi%3Fp%3D2";
    check(&set(linked, Some("data.more"), None), first, Some(behind));
    check(&set(linked, Some("data.more"), None), behind, None);
    check(&set(linked, Some("https://y.org/{data.after}"), None), first, None);
}

#[test]
fn an_empty_page_is_the_end_only_behind_the_first() {
    let empty = r#"{"data": {"posts": []}}"#;
    let read = run(rules(), "https://x.org/@me#page=2&offset=3", empty).unwrap();
    assert!(read.posts.is_empty() && read.next.is_none());
    assert!(run(rules(), "https://x.org/@me", empty).is_err());
}

#[test]
fn what_is_wrong_is_said_with_its_path() {
    let check = |change: &dyn Fn(&mut JsonRules), text: &str, told: &str| {
        let mut rules = rules();
        change(&mut rules);
        let error = run(rules, "https://x.org/@me", text).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(told), "{said}");
        assert!(!error.help().is_empty());
    };
    check(&|_| {}, r#"{"errors": [1]}"#, "path `data.posts[]` found nothing");
    check(&|_| {}, r#"{"errors": [1]}"#, "the answer is an object with errors");
    check(&|rules| rules.link = Some("href".into()), ANSWER, "none of the 3 posts has it; the first has at, id");
    check(&|rules| rules.title = Some("titel".into()), ANSWER, "path `titel` found nothing");
    check(&|_| {}, "<!doctype html><p>blocked", "a web page");
    check(&|_| {}, "{\"data\": ", "EOF");
    check(&|_| {}, " ", "empty");
    check(&|rules| rules.embedded = Some("script#data".into()), "<html><p>", "`script#data` found nothing");
    check(&|_| {}, &format!("{}1{}", "[".repeat(200), "]".repeat(200)), "recursion limit");
    check(&|_| {}, &format!("[{}1]", "1,".repeat(1_000_001)), "more than 1000000 values");
}

#[test]
fn json_is_found_behind_a_guard_and_within_a_page() {
    let guarded = format!("\u{FEFF})]}}',\n{ANSWER}");
    assert_eq!(run(rules(), "https://x.org/@me", &guarded).unwrap().posts.len(), 2);
    let rules = JsonRules { embedded: Some("script#data".into()), ..rules() };
    let page = format!("<html><script id=data type=application/json>{ANSWER}</script>");
    assert_eq!(run(rules, "https://x.org/@me", &page).unwrap().posts.len(), 2);
}

#[test]
fn moments_are_told_apart_by_their_length() {
    for (text, expected) in [
        ("1594382640", Some("2020-07-10T12:04:00+00:00")),
        ("1594382640.5", Some("2020-07-10T12:04:00+00:00")),
        ("1594382640000", Some("2020-07-10T12:04:00+00:00")),
        ("1594382640000000", Some("2020-07-10T12:04:00+00:00")),
        ("20200710", None),
        ("-1594382640", None),
        ("", None),
    ] {
        let read = epoch(text, &TimeZone::UTC).map(|published| published.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    }
}

#[test]
fn tags_stand_beside_categories() {
    let rules = JsonRules { category: None, tag: Some("tags[].n".into()), ..rules() };
    let read = run(rules, "https://x.org/@me", ANSWER).unwrap();
    assert_eq!(read.posts[0].tags, ["Rust", "rust"]);
    assert!(read.posts[0].categories.is_empty() && read.posts[1].tags.is_empty());
}
