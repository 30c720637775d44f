//! Foreign HTML → HTML that a reader of feeds may show.
//!
//! What runs, frames, styles or asks goes; every link is made whole, since RSS has no base for relative ones. A picture
//! that is loaded late gets its address, and a frame becomes a link to what it would show.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use regex::{Captures, Regex};
use url::Url;

/// Elements that go with all that is in them.
const DROPPED: &[&str] = &[
    "button", "canvas", "dialog", "iframe", "math", "nav", "noscript", "object", "select", "svg", "template",
    "textarea", "title",
];

/// Where pictures that load late keep their address, the likeliest first.
const LATE: &[&str] = &["data-src", "data-lazy-src", "data-original", "data-actualsrc"];

// The patterns read what our own parser wrote: every value is quoted, and no value holds `<` or `>`.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<img\b[^>]*>").expect("a constant"));
static FRAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<iframe\s([^>]*)>.*?</iframe>").expect("a constant"));
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"\s([a-z-]+)="([^"]*)""#).expect("a constant"));

/// The HTML, which a parser of ours wrote, without what a reader should not get. Links are resolved against `base`.
pub(super) fn sanitise(html: &str, base: &Url) -> String {
    let html = PICTURE.replace_all(html, |found: &Captures<'_>| in_time(&found[0]));
    let html = FRAME.replace_all(&html, |found: &Captures<'_>| linked(&found[1]));
    let whole = base.clone();
    let mut builder = Builder::default();
    builder
        .rm_tags(["nav"])
        .add_tags(["audio", "video", "source"])
        .add_clean_content_tags(DROPPED.iter().copied())
        .add_tag_attributes("audio", ["src"])
        .add_tag_attributes("video", ["src", "poster", "width", "height"])
        .add_tag_attributes("source", ["src", "type"])
        .set_tag_attribute_value("audio", "controls", "")
        .set_tag_attribute_value("video", "controls", "")
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::RewriteWithBase(base.clone()))
        .link_rel(None)
        .attribute_filter(move |_, attribute, value| match attribute {
            "href" | "src" | "cite" | "poster" => address(&whole, value).map(Cow::Owned),
            _ => Some(Cow::Borrowed(value)),
        });
    let clean = builder.clean(&html).to_string();
    // A picture without an address is a hole.
    PICTURE
        .replace_all(
            &clean,
            |found: &Captures<'_>| {
                if attribute(&found[0], "src").is_some() { found[0].to_owned() } else { String::new() }
            },
        )
        .trim()
        .to_owned()
}

/// Whether HTML that was sanitised shows anything.
pub(super) fn shows(html: &str) -> bool {
    let mut in_tag = false;
    let text = html.chars().any(|letter| {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => return !in_tag && !letter.is_whitespace(),
        }
        false
    });
    text || ["<img ", "<audio ", "<video "].iter().any(|element| html.contains(element))
}

/// A whole address in ASCII; `None` for what leads to no page, picture or person.
fn address(base: &Url, value: &str) -> Option<String> {
    let url = base.join(value.trim()).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.into())
}

/// A picture with the address that a script would give it.
fn in_time(picture: &str) -> String {
    let Some(late) = LATE.iter().find_map(|name| attribute(picture, name)) else { return picture.to_owned() };
    let others = ATTRIBUTE.captures_iter(picture).filter(|found| &found[1] != "src");
    let others: String = others.map(|found| found[0].to_owned()).collect();
    format!("<img src=\"{late}\"{others}>")
}

/// A link to what a frame would show.
fn linked(attributes: &str) -> String {
    let attributes = format!(" {attributes}");
    let told = |name: &str| attribute(&attributes, name).filter(|value| !value.is_empty());
    match told("src").or_else(|| told("data-src")).filter(|src| !src.starts_with("about:")) {
        Some(src) => format!("<p><a href=\"{src}\">{}</a></p>", told("title").unwrap_or(src)),
        None => String::new(),
    }
}

/// The value of an attribute, as it is written.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    ATTRIBUTE.captures_iter(tag).find(|found| &found[1] == name)?.get(2).map(|value| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let base = Url::parse("https://x.org/blog/1").unwrap();
        // As the callers give it: written by the parser.
        let parsed = scraper::Html::parse_fragment(html).root_element().inner_html();
        let clean = sanitise(&parsed, &base);
        assert_eq!(clean, expected, "{html}");
        assert_eq!(sanitise(&clean, &base), clean, "again changes nothing");
    }

    #[test]
    fn what_runs_frames_or_styles_goes() {
        check("<p onclick=x() style='color:red' class=a id=b>a<script>b</script><style>c</style></p>", "<p>a</p>");
        check("<a href='javascript:x()'>a</a><a href=' java\nscript:x()'>b</a>", "<a>a</a><a>b</a>");
        check("<img src='data:image/png;base64,AAAA'><img src=x onerror=y()>", "<img src=\"https://x.org/blog/x\">");
        check("<svg><script>1</script></svg><math><mi>x</mi></math><form>f<input><button>b</button></form>", "f");
        check("<object data=x><embed src=y></object><template>t</template><noscript>n</noscript>a", "a");
        check("<nav>menu</nav><article>a<!-- c --></article>", "<article>a</article>");
        check("a<base href='https://evil.example/'><link rel=x><meta http-equiv=refresh content='0;url=x'>", "a");
    }

    #[test]
    fn links_are_whole_and_ascii() {
        check(
            "<a href='../여행?a=1&amp;b=2#c'>a</a>",
            "<a href=\"https://x.org/%EC%97%AC%ED%96%89?a=1&amp;b=2#c\">a</a>",
        );
        check(
            "<a href='https://블로그.한국/글'>a</a>",
            "<a href=\"https://xn--2i0b10rqve.xn--3e0b707e/%EA%B8%80\">a</a>",
        );
        check(
            "<a href='#c'>a</a><a href='mailto:a@x.org'>b</a>",
            "<a href=\"https://x.org/blog/1#c\">a</a><a href=\"mailto:a@x.org\">b</a>",
        );
        check("<blockquote cite='/s'>a</blockquote>", "<blockquote cite=\"https://x.org/s\">a</blockquote>");
        check(
            "<video src=/v.mp4 poster=/p.png></video>",
            "<video poster=\"https://x.org/p.png\" src=\"https://x.org/v.mp4\" controls=\"\"></video>",
        );
    }

    #[test]
    fn late_pictures_and_frames_are_there_in_time() {
        check(
            "<img data-src=/1.png src='data:image/gif;base64,R0' alt='a > b'>",
            "<img src=\"https://x.org/1.png\" alt=\"a &gt; b\">",
        );
        check("<img alt=none>a", "a");
        check(
            "<iframe src='https://www.youtube.com/embed/1?a=1&amp;b=2'>old</iframe>",
            "<p><a href=\"https://www.youtube.com/embed/1?a=1&amp;b=2\">https://www.youtube.com/embed/1?a=1&amp;b=2</a></p>",
        );
        check("<iframe src=javascript:x() title='<b>t</b>'></iframe>", "<p><a>&lt;b&gt;t&lt;/b&gt;</a></p>");
        check("<iframe srcdoc='<script>x</script>'></iframe>a", "a");
    }

    #[test]
    fn what_shows_nothing_is_known() {
        for (html, expected) in
            [("<p> \u{a0}</p>", false), ("<p>a</p>", true), ("<img src=\"x\">", true), ("", false), ("<br>", false)]
        {
            assert_eq!(shows(html), expected, "{html}");
        }
    }
}
