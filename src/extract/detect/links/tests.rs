//! Which links may be posts, and what their addresses say.

use super::*;

fn link(href: &str) -> Option<Link> {
    let page = Url::parse("https://example.org/blog/").unwrap();
    post_link(&page.join(href).unwrap(), &page)
}

#[test]
fn lists_files_and_the_page_itself_are_no_posts() {
    for href in [
        "/",
        "/blog/",
        "/blog/index.html",
        "#top",
        "/tag/rust/",
        "/blog/page/2/",
        "?page=2",
        "/2020/",
        "/2020/07/",
        "/feed.xml",
        "/author/kim",
        "/a.png",
        "mailto:a@b.c",
        "/post/1#comment-3",
        "/분류/일상",
        "/search/label/x",
    ] {
        assert_eq!(link(href), None, "{href}");
    }
    for href in [
        "/blog/a-post",
        "/136",
        "/entry/카프카",
        "?p=12",
        "/2020/07/10/a",
        "/posts/an-intro-to-node.js",
        "/136?category=3",
    ] {
        assert!(link(href).is_some(), "{href}");
    }
}

#[test]
fn spellings_share_a_key_and_letters_keep_their_case() {
    let key = |href| link(href).unwrap().key;
    assert_eq!(key("/a/b/"), key("https://www.example.org/a//b/index.html?utm_source=x"));
    assert_ne!(key("/Tree/"), key("/tree/"));
    assert_ne!(key("/?p=1"), key("/?p=2"));
}

#[test]
fn shapes_leave_out_what_differs() {
    for (href, shape) in [
        ("/2020/07/a-b", "example.org/{y}/{m}/{s}"),
        ("/136", "example.org/{n}"),
        ("/posts/x/", "example.org/posts/{s}"),
        ("/view?id=3", "example.org/{s}?id"),
    ] {
        assert_eq!(link(href).unwrap().shape, shape, "{href}");
    }
}

#[test]
fn service_pages_are_weak() {
    assert!(link("/about").unwrap().weak);
    assert!(link("/about.html").unwrap().weak);
    assert!(!link("/posts/about").unwrap().weak);
    assert!(!link("/about-rust").unwrap().weak);
}

#[test]
fn the_folder_of_a_list_as_the_page_writes_it() {
    for (href, folder) in [
        ("/tags/rust/", Some("/tags/")),
        ("https://x.org/blog/category/a?b=/tag/c", Some("/category/")),
        ("/분류/개발", Some("/분류/")),
        ("/tags/", Some("/tags/")),
        ("tags/rust", None), // selectors ask for what stands between slashes
        ("/posts/tags", None),
    ] {
        assert_eq!(taxonomy_folder(href), folder, "{href}");
    }
}
