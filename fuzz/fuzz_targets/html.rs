//! Any bytes as HTML, read by a recipe's selectors.
#![no_main]

mod page;

use libfuzzer_sys::fuzz_target;
use sosik::model::source::Layout;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let some = |selector: &str| Some(selector.to_owned());
    let layout = Layout {
        post: "li, article, .row".to_owned(),
        title: some("h2, strong ::own-text"),
        link: some("a @href"),
        excerpt: some("p"),
        category: some(".c"),
        date: some("time @datetime"),
        image: some("img @src"),
        next: some("a[rel=next] @href"),
        ..Layout::default()
    };
    if let Ok(read) = page::read(&text, Some("text/html"), vec![layout]) {
        page::holds(&read);
    }
});
