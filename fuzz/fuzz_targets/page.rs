//! What the targets that read pages share: a page of these bytes, read at a moment that stands still.

use jiff::Timestamp;
use sosik::extract::{CompiledRecipe, Context, ExtractError, extract};
use sosik::model::page::{Page, Validators};
use sosik::model::post::Candidates;
use sosik::model::source::{HtmlRecipe, Layout, Recipe};
use url::Url;

pub fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("a moment of our days")
}

/// Reads a text as the page of a blog; `layouts`: by these selectors, else by what the page is.
pub fn read(text: &str, media_type: Option<&str>, layouts: Vec<Layout>) -> Result<Candidates, ExtractError> {
    let url = Url::parse("https://blog.example/category?page=1").expect("an address");
    let page = Page {
        url,
        text: text.to_owned(),
        media_type: media_type.map(str::to_owned),
        validators: Validators::default(),
    };
    let recipe = Recipe::Html(HtmlRecipe { layouts, ..HtmlRecipe::default() });
    let recipe = CompiledRecipe::compile(&recipe).expect("selectors of ours");
    extract(&page, &recipe, &Context::at(now()))
}

/// What holds of whatever was read.
pub fn holds(read: &Candidates) {
    for post in &read.posts {
        assert!(matches!(post.url.scheme(), "http" | "https"), "{}", post.url);
        for text in [Some(&post.title), post.excerpt.as_ref(), post.author.as_ref()].into_iter().flatten() {
            assert!(!text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()), "{text:?}");
        }
    }
    assert!(read.next.as_ref().is_none_or(|next| matches!(next.scheme(), "http" | "https")));
}
