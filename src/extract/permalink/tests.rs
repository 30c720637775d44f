//! Posts' own pages, by what they say to machines and to people.

use jiff::Timestamp;

use super::*;
use crate::extract::preset;
use crate::model::page::Validators;
use crate::model::source::{HtmlRecipe, Recipe};

const TITLE: &str = "[Kafka] 토픽과 파티션 #136";

fn read_as(html: &str, preset: Option<&str>, known: &[&str]) -> Option<Permalink> {
    let page = Page {
        url: Url::parse("https://blog.example/136").unwrap(),
        text: format!("<!doctype html><html><body>{html}</body></html>"),
        media_type: Some("text/html".to_owned()),
        validators: Validators::default(),
    };
    let plain = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    let recipe = preset.map_or(&plain, |name| preset::named(name).unwrap().compiled());
    let categories: Vec<CategoryPath> = known.iter().map(|path| CategoryPath::new(path.split('/')).unwrap()).collect();
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let expected = Expected { title: TITLE, categories: &categories, how: "detected" };
    permalink(&page, recipe, &expected, &Context::at(now)).unwrap()
}

/// Date and categories that a page of the plain recipe shows.
fn check(html: &str, date: Option<&str>, categories: &[&str]) {
    let read = read_as(html, None, &["Big Data/Kafka", "일상"]).unwrap_or_else(|| panic!("no post in {html}"));
    let paths: Vec<String> = read.categories.iter().map(ToString::to_string).collect();
    assert_eq!(read.published.map(|published| published.to_string()).as_deref(), date, "{html}");
    assert_eq!(paths, categories, "{html}");
}

#[test]
fn what_is_said_to_machines_comes_first() {
    let body = format!("<article><h1>{TITLE}</h1><p>1 January 2001</p></article>");
    let meta = r#"<meta property="article:published_time" content="2020-07-10T21:04:00+09:00"><meta property="article:section" content="News">"#;
    check(&format!("{meta}{body}"), Some("2020-07-10T21:04:00+09:00"), &["News"]);
    let data = r#"<script type="application/ld+json">{"@graph":[{"@type":"BlogPosting","headline":"x","datePublished":"2020-07-10","articleSection":["A","B"]},
        {"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"item":{"name":"Big Data/Kafka"}}]}]}</script>"#;
    check(&format!("{data}{body}"), Some("2020-07-10"), &["A", "B"]);
    let trail = r#"<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"name":"일상"}]}</script>"#;
    check(&format!("{trail}{body}"), Some("2001-01-01"), &["일상"]);
    let stamp = r#"<meta itemprop="datePublished" content="2020-07-10T21:04:05Z">"#;
    check(&format!("{stamp}{body}"), Some("2020-07-10T21:04:05+00:00"), &[]);
}

#[test]
fn what_stands_around_the_heading_is_read() {
    for html in [
        "<div class='hgroup'><div class='category'>Big Data/Kafka</div><h1>T</h1><span class='date'>2020. 7. 10. 21:04</span></div>",
        "<article><h2>T</h2><p class='meta'><a href='/category/kafka'>Kafka</a> · 2020. 7. 10. 21:04 · by Kim</p><div>long</div></article>",
        "<table><tr><td><h1>T</h1><i>2020. 7. 10. 21:04</i> <u>Big Data/Kafka</u><div>long</div></td></tr></table>",
        "<header><span class='post-cat'>Kafka</span><div><h1>T</h1></div><time datetime='2020-07-10T21:04'>July 10</time></header>",
        "<header><h1>T</h1></header><ul><li>Kim</li><li>2020. 7. 10. 21:04</li><li><a rel='category tag' href='/x/kafka'>Kafka</a></li></ul>",
    ] {
        let html = html.replace(">T<", &format!(">{TITLE}<")).replace("long", &"word ".repeat(60));
        check(&html, Some("2020-07-10T21:04:00+00:00"), &["Big Data/Kafka"]);
    }
}

#[test]
fn another_posts_date_is_not_its_own() {
    let html = format!(
        "<main><h1>{TITLE}</h1><p>{}</p></main><aside><ul><li><a href='/1'>Other</a> <span>2020. 7. 9.</span></li></ul></aside>",
        "word ".repeat(60)
    );
    check(&html, None, &[]);
}

#[test]
fn a_page_without_the_title_is_another_page() {
    assert_eq!(read_as("<h1>Log in</h1><form></form><p>2020. 7. 10.</p>", None, &[]), None);
}

#[test]
fn a_post_without_a_category_says_so() {
    let html = format!("<div><div class='category'>카테고리 없음</div><h1>{TITLE}</h1><i>2020. 7. 10.</i></div>");
    let read = read_as(&html, Some("tistory"), &[]).unwrap();
    assert!(read.uncategorised && read.categories.is_empty(), "{read:?}");
}
