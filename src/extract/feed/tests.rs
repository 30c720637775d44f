//! Feeds of every format, whole and broken.

use jiff::Timestamp;
use url::Url;

use super::*;
use crate::extract::preset;
use crate::model::page::Validators;
use crate::model::source::{HtmlRecipe, Recipe};

fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn page(text: &str) -> Page {
    Page {
        url: Url::parse("https://blog.example/feed").unwrap(),
        text: text.to_owned(),
        media_type: Some("text/plain".to_owned()),
        validators: Validators::default(),
    }
}

fn read_with(text: &str, recipe: &CompiledRecipe) -> Option<Result<Candidates, ExtractError>> {
    read(&page(text), recipe, &Context::at(now()))
}

fn candidates(text: &str) -> Candidates {
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    read_with(text, &recipe).expect("a feed").expect("with posts")
}

#[test]
fn enclosures_of_every_format() {
    fn check(feed: &str, expected: &[&str]) {
        let shown = |file: &crate::model::enclosure::Enclosure| {
            format!("{} {} {}", file.url, file.media_type, file.length.unwrap_or(0))
        };
        let found: Vec<String> = candidates(feed).posts[0].enclosures.iter().map(shown).collect();
        assert_eq!(found, expected, "{feed}");
    }
    check(
        r#"<rss><channel><item><title>a</title><link>/1</link>
        <enclosure url="/1.mp3" type="audio/mpeg" length="123"/><enclosure url="/1.mp3" type="audio/mpeg"/>
        <enclosure url="/1.jpg" type="image/jpeg"/><enclosure url="javascript:x" type="audio/mpeg"/>
        <enclosure url="/2.m4a" length="0"/></item></channel></rss>"#,
        &["https://blog.example/1.mp3 audio/mpeg 123", "https://blog.example/2.m4a audio/mp4 0"],
    );
    check(
        r#"<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>a</title><link>/1</link><media:group>
        <media:content url="/v.mp4" type="video/mp4" fileSize="5"/><media:content url="/v.jpg" medium="image"/></media:group>
        </item></channel></rss>"#,
        &["https://blog.example/v.mp4 video/mp4 5"],
    );
    check(
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="/1"/>
        <link rel="enclosure" href="/1.ogg" type="audio/ogg" length="9"/></entry></feed>"#,
        &["https://blog.example/1.ogg audio/ogg 9"],
    );
    check(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":"1","url":"/1","title":"a",
        "attachments":[{"url":"/1.mp3","mime_type":"audio/mpeg","size_in_bytes":7},{"mime_type":"x"}]}]}"#,
        &["https://blog.example/1.mp3 audio/mpeg 7"],
    );
}

/// `url | title | date | categories | author | excerpt` of each post.
fn lines(text: &str) -> Vec<String> {
    let shown = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    candidates(text)
        .posts
        .into_iter()
        .map(|post| {
            let categories: Vec<String> = post.categories.iter().map(ToString::to_string).collect();
            [
                post.url.to_string(),
                post.title,
                shown(post.published.map(|published| published.to_string())),
                categories.join(", "),
                shown(post.author),
                shown(post.excerpt),
            ]
            .join(" | ")
        })
        .collect()
}

#[test]
fn rss() {
    let feed = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand --><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A &amp; B</title>
<link>https://blog.example/</link><language>ko</language><ttl>100</ttl>
<item><title>List&lt;String&gt; &amp;amp; more</title><link>/1?utm_source=rss</link>
<description><![CDATA[<p>Words <b>in</b> a row</p><script>no()</script>]]></description>
<category>Big Data/Kafka</category><category>kafka</category><dc:creator>Kim</dc:creator>
<pubDate>Fri, 10 Jul 2020 21:04:00 +0900</pubDate></item>
<item><title>Two</title><guid isPermaLink="false">tag:2</guid><link>https://blog.example/2</link><pubDate>10 Jul 2020 08:00 GMT</pubDate></item>
<item><title>By its id</title><guid>https://blog.example/3</guid><author>me@example.org (Lee)</author></item>
<item><title>leads nowhere</title><link>javascript:alert(1)</link></item>
</channel></rss>"#;
    assert_eq!(
        lines(feed),
        [
            "https://blog.example/1?utm_source=rss | List<String> & more | 2020-07-10T21:04:00+09:00 | Big Data/Kafka, kafka | Kim | Words in a row",
            "https://blog.example/2 | Two | 2020-07-10T08:00:00+00:00 |  | - | -",
            "https://blog.example/3 | By its id | - |  | Lee | -",
        ]
    );
    let site = candidates(feed).site;
    assert_eq!((site.title.as_deref(), site.language.as_deref()), (Some("A & B"), Some("ko")));
    assert_eq!(candidates(feed).how, "feed:rss");
    assert_eq!(candidates(feed).ttl, Some(jiff::SignedDuration::from_mins(100)));
}

#[test]
fn atom_with_a_prefix_a_base_and_a_next_page() {
    let feed = r#"<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://blog.example/posts/" xml:lang="en">
<a:title type="html">Tom &amp;amp; Jerry</a:title><a:link rel="self" href="/feed"/><a:link rel="next" href="/feed?page=2"/>
<a:entry><a:title type="xhtml"><div>One <i>two</i></div></a:title><a:link rel="replies" href="c"/><a:link href="one"/>
<a:id>urn:1</a:id><a:updated>2026-01-02T03:04:05Z</a:updated><a:published>2026-01-01T03:04:05.123+01:00</a:published>
<a:category term="t" label="Label"/><a:author><a:name>Ann</a:name></a:author><a:summary>1 &lt; 2</a:summary></a:entry>
<a:entry><a:title>Only changed</a:title><a:link rel="alternate" href="https://blog.example/two"/>
<a:updated>2026-01-02T03:04:05Z</a:updated></a:entry></a:feed>"#;
    assert_eq!(
        lines(feed),
        [
            "https://blog.example/posts/one | One two | 2026-01-01T03:04:05+01:00 | Label | Ann | 1 < 2",
            "https://blog.example/two | Only changed | 2026-01-02T03:04:05+00:00 |  | - | -",
        ]
    );
    let read = candidates(feed);
    assert_eq!(read.next.map(String::from).as_deref(), Some("https://blog.example/feed?page=2"));
    assert_eq!(read.site.title.as_deref(), Some("Tom & Jerry"));
}

#[test]
fn rss_of_2000_has_its_items_beside_the_channel() {
    let feed = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>T</title><link>https://blog.example/</link></channel>
<item rdf:about="https://blog.example/9"><title>Nine</title><link>https://blog.example/9</link><d:date>2020-07-10</d:date><d:subject>S</d:subject></item></rdf:RDF>"#;
    assert_eq!(lines(feed), ["https://blog.example/9 | Nine | 2020-07-10 | S | - | -"]);
}

#[test]
fn json() {
    let feed = r#"{"version":"https://jsonfeed.org/version/1.1","title":"T","next_url":"https://blog.example/feed?p=2","items":[
{"id":"1","url":"/1","title":"a < b","content_html":"<p>x</p>","date_published":"2020-07-10T21:04:00+09:00","tags":["t"],"authors":[{"name":"N"}],"image":"/i.png"},
{"id":"https://blog.example/2","content_text":"1 <b> 2"}]}"#;
    assert_eq!(
        lines(feed),
        [
            "https://blog.example/1 | a < b | 2020-07-10T21:04:00+09:00 | t | N | x",
            "https://blog.example/2 |  | - |  | - | 1 <b> 2",
        ]
    );
    let image = candidates(feed).posts[0].image.clone();
    assert_eq!(image.map(String::from).as_deref(), Some("https://blog.example/i.png"));
}

#[test]
fn a_sitemap_lists_the_posts_alone_the_last_changed_first() {
    let url = |path: &str, day: &str| {
        format!("<url><loc>https://blog.example{path}</loc><lastmod>2026-01-{day}</lastmod></url>")
    };
    let feed = format!(
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{}{}{}{}{}{}</urlset>",
        url("/", "09"),
        url("/category/a", "09"),
        url("/about", "09"),
        url("/posts/one", "01"),
        url("/posts/two", "03"),
        url("/posts/three", "02"),
    );
    let urls: Vec<String> = candidates(&feed).posts.into_iter().map(|post| post.url.path().to_owned()).collect();
    assert_eq!(urls, ["/posts/two", "/posts/three", "/posts/one"]);
    assert!(candidates(&feed).posts.iter().all(|post| post.published.is_none()));
}

#[test]
fn a_list_of_sitemaps_names_them() {
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    let index = "<sitemapindex><sitemap><loc>https://blog.example/post-sitemap.xml</loc></sitemap></sitemapindex>";
    let error = read_with(index, &recipe).unwrap().unwrap_err();
    assert!(error.help().contains("https://blog.example/post-sitemap.xml"), "{}", error.help());
}

#[test]
fn broken_documents_are_read_as_far_as_they_go() {
    let item = |number: u32| format!("<item><title>N{number}</title><link>https://blog.example/{number}</link></item>");
    let whole = format!("<rss><channel>{}{}</channel></rss>", item(1), item(2));
    for (fault, text, posts) in [
        ("cut in the middle", whole[..whole.len() - 40].to_owned(), 2),
        ("a bare ampersand", whole.replace("N1", "A & B &c; &nbsp;"), 2),
        ("an element that is never closed", whole.replace("<title>N1", "<title><b>N1"), 2),
        (
            "an end without a beginning",
            whole.replace("</title><link>https://blog.example/1", "</x></title><link>https://blog.example/1"),
            2,
        ),
        ("an attribute without quotes", whole.replace("<rss>", "<rss version=2.0>"), 2),
        ("a mark of byte order and empty lines", format!("\u{FEFF}\n\n<?xml version='1.0'?>{whole}"), 2),
        ("control characters", whole.replace("N1", "N\u{8}1"), 2),
    ] {
        assert_eq!(candidates(&text).posts.len(), posts, "{fault}: {:#?}", lines(&text));
    }
    assert_eq!(candidates(&whole.replace("N1", "A & B &c; &eacute;")).posts[0].title, "A & B &c; é");
}

#[test]
fn an_entity_of_the_documents_own_is_never_expanded() {
    let bomb = r#"<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&b;&x;</title><link>https://blog.example/1</link></item></channel></rss>"#;
    assert_eq!(candidates(bomb).posts[0].title, "&b;&x;");
}

#[test]
fn a_document_that_nests_without_end_is_refused() {
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    let deep = format!("<rss>{}", "<a>".repeat(100_000));
    assert!(matches!(read_with(&deep, &recipe), Some(Err(ExtractError::Budget { .. }))));
}

#[test]
fn only_a_feed_is_one() {
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    for text in [
        "<!doctype html><html><rss></rss></html>",
        "<html><body>feed</body></html>",
        "{\"items\":[]}",
        "",
        "plain words",
        "<?xml version='1.0'?><!DOCTYPE html><html></html>",
    ] {
        assert!(read_with(text, &recipe).is_none(), "{text:?}");
    }
    let empty = read_with("<rss><channel/></rss>", &recipe);
    assert!(matches!(empty, Some(Err(ExtractError::EmptyFeed { .. }))));
}

#[test]
fn a_day_alone_is_no_midnight() {
    let feed = "<rss><channel><item><link>/1</link><pubDate>Fri, 10 Jul 2020 00:00:00 +0000</pubDate></item>\
                <item><link>/2</link><pubDate>Thu, 09 Jul 2020 00:00:00 +0000</pubDate></item></channel></rss>";
    let dates: Vec<String> = candidates(feed).posts.iter().map(|post| post.published.unwrap().to_string()).collect();
    assert_eq!(dates, ["2020-07-10", "2020-07-09"]);
}

#[test]
fn paths_are_split_where_the_platform_says_so() {
    let feed = "<rss><channel><item><link>/1</link><category>Big Data/Kafka</category></item></channel></rss>";
    let recipe = preset::named("tistory").unwrap().compiled();
    let read = read_with(feed, recipe).unwrap().unwrap();
    assert_eq!(read.posts[0].categories[0].labels(), ["Big Data", "Kafka"]);
    assert_eq!(candidates(feed).posts[0].categories[0].labels(), ["Big Data/Kafka"]);
}
