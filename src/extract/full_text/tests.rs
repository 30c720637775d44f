//! Pages of posts, whole and hostile.

use super::*;
use crate::extract::preset;
use crate::model::page::Validators;
use crate::model::source::{HtmlRecipe, Recipe};

fn page(html: &str) -> Page {
    Page {
        url: "https://x.org/blog/1".parse().unwrap(),
        text: html.to_owned(),
        media_type: Some("text/html".to_owned()),
        validators: Validators::default(),
    }
}

fn recipe(content: Option<&str>) -> CompiledRecipe {
    let recipe = HtmlRecipe { content: content.map(str::to_owned), ..HtmlRecipe::default() };
    CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap()
}

fn read(html: &str, recipe: &CompiledRecipe, how: &str) -> Result<Option<String>, ExtractError> {
    let expected = Expected { title: "Kafka를 켜다", categories: &[], how };
    full_text(&page(html), recipe, &expected, &Context::at("2026-03-15T12:00:00Z".parse().unwrap()))
}

/// A post among what stands around posts.
fn post(title: &str) -> String {
    let sentence = "카프카는 분산 로그이고, 이 문장은 그 로그가 어떻게 나뉘고 복제되는지를 길게 이야기한다. ";
    let paragraphs: String = format!("<p>{}</p>", sentence.repeat(4)).repeat(8);
    format!(
        "<html><head><title>{title}</title></head><body><header><a href=/>Home</a><ul class=menu><li><a href=/a>a</a></ul>\
         </header><article class=post><h1>{title}</h1><div class=body>{paragraphs}<p><img src=1.png></p></div></article>\
         <div class=comments><p>first!</p></div><footer>footer words</footer><script>track()</script></body></html>"
    )
}

#[test]
fn the_named_element_is_the_text() {
    let html = "<div class=t>a</div><h1>x</h1><div class=t><p>longer <a href=/2>text</a></p><script>1</script></div>";
    let text = "<p>longer <a href=\"https://x.org/2\">text</a></p>";
    assert_eq!(read(html, &recipe(Some(".t")), "recipe").unwrap().as_deref(), Some(text));
    assert_eq!(
        read("<base href=https://y.org/>x<p id=t><a href=2>text</a>", &recipe(Some("#t")), "").unwrap().as_deref(),
        Some("<a href=\"https://y.org/2\">text</a>")
    );
    assert_eq!(
        read("<p id=t> </p>", &recipe(Some("#t")), "").unwrap(),
        None,
        "it shows nothing, and nothing else is the post"
    );
}

#[test]
fn without_a_name_what_reads_like_an_article_is() {
    let text = read(&post("Kafka를 켜다"), &recipe(Some(".not-there")), "").unwrap().unwrap();
    assert!(text.contains("분산 로그") && text.contains("https://x.org/blog/1.png"), "{text}");
    for around in ["first!", "footer words", "Home", "track"] {
        assert!(!text.contains(around), "{around}: {text}");
    }
    assert_eq!(read(&post("로그인"), &recipe(None), "").unwrap(), None, "another page");
}

#[test]
fn a_preset_that_the_page_named_names_the_text() {
    let html = "<div class='tt_article_useless_p_margin contents_style'><p>본문</p></div>";
    assert_eq!(read(html, &recipe(None), "preset:tistory/plain-list").unwrap().as_deref(), Some("<p>본문</p>"));
    assert_eq!(read(html, preset::named("tistory").unwrap().compiled(), "").unwrap().as_deref(), Some("<p>본문</p>"));
}

#[test]
fn a_text_that_no_document_holds_is_left_out() {
    let html = format!("<div id=t>{}</div>", "a".repeat(MOST_BYTES + 1));
    assert_eq!(read(&html, &recipe(Some("#t")), "").unwrap(), None);
}

#[test]
fn a_deep_page_is_refused_before_anything_else_walks_it() {
    let deep = |depth: usize| format!("<h1>Kafka를 켜다</h1>{}{}", "<div>".repeat(depth), post("Kafka를 켜다"));
    assert!(matches!(read(&deep(20_000), &recipe(None), ""), Err(ExtractError::Budget { .. })));
    // As deep as is allowed, on a thread no larger than those that read pages.
    let reading = std::thread::Builder::new().stack_size(2 << 20);
    let html = deep(480);
    let text = reading.spawn(move || read(&html, &recipe(None), "").unwrap()).unwrap().join().unwrap();
    assert!(text.unwrap().contains("분산 로그"));
}
