//! Whole documents of nasty posts, read back, and of any posts at all, checked.

mod by_the_crate;

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::check::check;
use super::shown::ShownPost;
use super::{Press, render};
use crate::model::category::CategoryPath;
use crate::model::date::{Precision, Published};
use crate::model::enclosure::Enclosure;
use crate::model::feed::{FeedDocument, FeedHead, Format, History, Tombstone};
use crate::model::link::PostKey;
use crate::model::post::{FullText, Post};

const SEOUL_SECONDS: i32 = 32_400;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn head() -> FeedHead {
    FeedHead {
        id: "urn:uuid:ba8f65ab-0761-55e8-9cab-c545be457644".to_owned(),
        title: "Big Data/Kafka · 느린 & <개발자>의 기록\u{1}".to_owned(),
        description: "느린 & <개발자>의 기록의 Big Data/Kafka 분류 글".to_owned(),
        home_url: "https://slow-dev.tistory.com/".to_owned(),
        self_urls: Format::ALL
            .map(|format| (format, format!("http://127.0.0.1:7878/feeds/slow/여행.{}", format.extension())))
            .to_vec(),
        history: History::default(),
        hub: None,
        language: Some("ko".to_owned()),
        updated: moment("2020-07-11T00:00:00.123Z"),
        offset_seconds: SEOUL_SECONDS,
        author: "느린 개발자".to_owned(),
    }
}

/// A post that holds nothing but what it must: no title, no date, no category.
fn bare(number: u32, listed_at: &str) -> Post {
    Post {
        key: PostKey::from_stored(format!("/{number}")),
        entry_id: format!("urn:uuid:00000000-0000-5000-8000-{number:012}"),
        url: format!("https://slow-dev.tistory.com/{number}"),
        title: String::new(),
        excerpt: None,
        author: None,
        image: None,
        enclosures: Vec::new(),
        published: None,
        listed_at: moment(listed_at),
        offset_seconds: SEOUL_SECONDS,
        first_seen: moment("2020-07-10T13:00:00Z"),
        updated: moment(listed_at),
        tags: Vec::new(),
        categories: Vec::new(),
        full_text: None,
    }
}

fn text(html: &str) -> FullText {
    FullText { html: html.to_owned(), read_at: moment("2020-07-11T00:00:00Z") }
}

fn minute(at: &str) -> Published {
    Published { at: moment(at), offset_seconds: SEOUL_SECONDS, precision: Precision::Minute }
}

fn nasty() -> FeedDocument {
    let posts = vec![
        Post {
            url: "https://slow-dev.tistory.com/entry/카프카 시작?a=1&b=[2]".to_owned(),
            title: " <script>alert(1)</script> & \"q\" 'a'\n]]> &lt; ".to_owned(),
            excerpt: Some("a < b, <b>bold</b> &amp; ]]> <script>x</script>\r\nnext line".to_owned()),
            author: Some("Kim & <Lee>".to_owned()),
            image: Some("https://img.example/사진.png?w=1&h='2'".to_owned()),
            enclosures: vec![
                Enclosure {
                    url: "https://x.org/말.mp3".to_owned(),
                    media_type: "audio/mpeg".to_owned(),
                    length: Some(9),
                },
                Enclosure {
                    url: "https://x.org/1.pdf".to_owned(),
                    media_type: "application/pdf".to_owned(),
                    length: None,
                },
                Enclosure { url: "javascript:x".to_owned(), media_type: "audio/mpeg".to_owned(), length: None },
            ],
            published: Some(minute("2020-07-10T12:04:00Z")),
            categories: vec![
                CategoryPath::new(["Big Data", "Kafka"]).unwrap(),
                CategoryPath::new(["Network", "TCP/IP & <more>"]).unwrap(),
            ],
            ..bare(136, "2020-07-10T12:04:01Z")
        },
        Post {
            title: "שלום \u{202e}עולם\u{202c} 👩‍💻 مرحبا".to_owned(),
            excerpt: Some("The same minute as its neighbour, edited a day later.".to_owned()),
            full_text: Some(text(
                "<p>Whole &amp; \u{1}clean, <a href=\"https://x.org/?a=1&amp;b=2\">linked</a> ]]&gt;</p>\r\n<pre>a\nb</pre>",
            )),
            published: Some(minute("2020-07-10T12:04:00Z")),
            updated: moment("2020-07-11T00:00:00.123Z"),
            ..bare(135, "2020-07-10T12:04:00Z")
        },
        Post {
            url: "javascript:alert(document.cookie)".to_owned(),
            title: "vertical\u{b}tab, \u{1}SOH, \u{fffe}noncharacter".to_owned(),
            image: Some("data:image/png;base64,AAAA".to_owned()),
            categories: vec![CategoryPath::new(["\u{1}"]).unwrap(), CategoryPath::new(["여행"]).unwrap()],
            ..bare(134, "2020-07-09T00:00:00Z")
        },
        Post {
            excerpt: Some("카프카는 분산 메시지 시스템이다. ".repeat(8)), ..bare(133, "2020-07-08T00:00:00Z")
        },
        Post {
            url: "https://slow-dev.tistory.com/entry/%EC%97%AC%ED%96%89/".to_owned(),
            ..bare(132, "2020-07-07T00:00:00Z")
        },
        Post { url: "/131".to_owned(), title: "\u{1}\u{2}".to_owned(), ..bare(131, "2020-07-06T20:00:00Z") },
        Post { title: "the id of another post".to_owned(), ..bare(136, "2020-07-05T00:00:00Z") },
    ];
    let gone = |entry_id: &str| Tombstone { entry_id: entry_id.to_owned(), gone_at: moment("2020-07-10T23:00:00Z") };
    let back = posts[1].entry_id.clone();
    let tombstones = vec![gone("urn:x:gone?a=1&b=<2>"), gone(&back)];
    FeedDocument { head: head(), posts: posts.into_iter().map(Arc::new).collect(), tombstones }
}

fn document(format: Format) -> String {
    let bytes = render(format, &nasty());
    assert_eq!(check(format, &bytes), []);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn rss() {
    insta::assert_snapshot!(document(Format::Rss));
}

#[test]
fn atom() {
    insta::assert_snapshot!(document(Format::Atom));
}

#[test]
fn an_entry_of_atom_is_as_the_crate_writes_it() {
    let posts = Press::default().shown(&nasty(), Format::Atom).posts;
    assert!(posts.iter().any(|post| post.enclosures.iter().any(|file| file.length.is_some())));
    for post in posts {
        assert_eq!(written(&post), by_the_crate::entry(&post));
    }
}

fn written(post: &ShownPost) -> String {
    String::from_utf8(super::entry::written(post)).unwrap()
}

#[test]
fn json() {
    insta::assert_snapshot!(document(Format::Json));
}

#[test]
fn a_feed_without_posts_is_a_feed() {
    for format in Format::ALL {
        let bytes = render(format, &FeedDocument { head: head(), posts: Vec::new(), tombstones: Vec::new() });
        assert_eq!(check(format, &bytes), []);
        assert!(bytes.ends_with(b">\n") || bytes.ends_with(b"}\n"));
    }
}

/// What a reader keeps of an entry: id, title, when published, links.
type Kept = (String, String, String, Vec<String>);

fn read_back(format: Format, bytes: &[u8]) -> (feed_rs::model::Feed, Vec<Kept>) {
    let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
    let mut feed = parser.parse(bytes).unwrap_or_else(|error| panic!("{format:?}: {error}"));
    let kept = |entry: feed_rs::model::Entry| {
        let published = entry.published.expect("every post has a date").to_rfc3339();
        // The parser gives enclosures of Atom a relation, and attachments of JSON Feed a type and no relation.
        let is_file = |link: &feed_rs::model::Link| match link.rel.as_deref() {
            Some(relation) => relation == "enclosure",
            None => link.media_type.is_some(),
        };
        let links = entry.links.into_iter().filter(|link| !is_file(link));
        let links = links.map(|link| link.href).filter(|href| !href.is_empty()).collect();
        (entry.id, entry.title.expect("every post has a title").content, published, links)
    };
    let posts = std::mem::take(&mut feed.entries).into_iter().map(kept).collect();
    (feed, posts)
}

#[test]
fn readers_find_the_same_posts_in_every_format() {
    let document = nasty();
    let all = Format::ALL.map(|format| {
        let (feed, posts) = read_back(format, &render(format, &document));
        assert_eq!(feed.title.unwrap().content, "Big Data/Kafka · 느린 & <개발자>의 기록", "{format:?}");
        assert_eq!(feed.language.as_deref(), Some("ko"), "{format:?}");
        posts
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[1], all[2]);
    assert_eq!(all[0].len(), document.posts.len() - 1, "the id that stands twice is shown once");
    let (id, title, published, links) = &all[0][0];
    assert_eq!(id, &document.posts[0].entry_id);
    assert_eq!(title, "<script>alert(1)</script> & \"q\" 'a' ]]> &lt;");
    assert_eq!(published, "2020-07-10T12:04:01+00:00");
    let ascii = "https://slow-dev.tistory.com/entry/%EC%B9%B4%ED%94%84%EC%B9%B4%20%EC%8B%9C%EC%9E%91?a=1&b=%5B2%5D";
    assert_eq!(links, &[ascii]);
    assert_eq!(all[0][2].3, [""; 0], "no reader is led to a script");
}

#[test]
fn an_excerpt_is_the_same_text_where_it_is_read_as_html() {
    let excerpt = "a < b, <b>bold</b> &amp; ]]>";
    let mut document = nasty();
    document.posts.truncate(1);
    Arc::make_mut(&mut document.posts[0]).excerpt = Some(excerpt.to_owned());
    let rss = render(Format::Rss, &document);
    let description = rss::Channel::read_from(&rss[..]).unwrap().items.remove(0).description.unwrap();
    let shown: String = scraper::Html::parse_fragment(&description).root_element().text().collect();
    assert_eq!(shown, excerpt);
}

#[test]
fn dates_that_are_guesses_say_so() {
    let feed: serde_json::Value = serde_json::from_str(&document(Format::Json)).unwrap();
    let estimated = |number: usize| feed["items"][number]["_sosik"]["date_estimated"].as_bool();
    assert_eq!((estimated(0), estimated(2)), (None, Some(true)));
}

#[test]
fn a_document_shows_as_many_full_texts_as_it_may_hold() {
    let post = |number: u32| Post {
        title: format!("Post {number}"),
        excerpt: Some("가".repeat(2000)),
        full_text: Some(text(&format!("<p>{}</p>", "가나<b>다</b>\n".repeat(6000)))),
        ..bare(number, "2020-07-10T12:04:00Z")
    };
    let posts = (0..50).rev().map(post).map(Arc::new).collect();
    let document = FeedDocument { head: head(), posts, tombstones: Vec::new() };
    let shown = Format::ALL.map(|format| {
        let bytes = render(format, &document);
        assert_eq!(check(format, &bytes), [], "{format:?}");
        let texts = feed_rs::parser::parse(&bytes[..]).unwrap().entries.into_iter();
        texts
            .map(|entry| entry.content.is_some_and(|content| content.body.unwrap().contains("<b>")))
            .collect::<Vec<_>>()
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[1], shown[2]);
    let count = shown[0].iter().take_while(|shows| **shows).count();
    assert!((2..20).contains(&count), "the newest come first: {:?}", shown[0]);
    assert!(!shown[0][count..].contains(&true));
    // Beside others that hold the same posts, each document is as it is alone.
    let rest = FeedDocument { posts: document.posts[count..].to_vec(), ..document.clone() };
    let mut press = Press::default();
    for format in Format::ALL {
        for document in [&rest, &document, &rest] {
            assert!(press.render(format, document) == render(format, document), "{format:?}");
        }
    }
}

#[test]
fn only_an_edit_moves_updated() {
    let read = atom_syndication::Feed::read_from(document(Format::Atom).as_bytes()).unwrap();
    let updated: Vec<_> = read.entries.iter().take(3).map(|entry| entry.updated.to_rfc3339()).collect();
    assert_eq!(updated, ["2020-07-10T21:04:01+09:00", "2020-07-11T09:00:00+09:00", "2020-07-09T09:00:00+09:00"]);
}

/// Any characters at all, the forbidden and the special ones often.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        2 => prop::sample::select(vec!["<", ">", "&", "]]>", "&lt;", "&#1;", "<!--", "\"", "'", "\r", "\n", "\u{0}", " "])
            .prop_map(str::to_owned),
        1 => "[a-zA-Z가-힣 ]{0,20}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn any_link() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec![
            "https://x.org/",
            "http://블로그.한국/?",
            "HTTP://x:y@x.org:81/#",
            "javascript:",
            "",
        ]),
        any_text(),
    )
        .prop_map(|(start, rest)| format!("{start}{rest}"))
}

fn any_moment() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond())
        .prop_map(|millisecond| Timestamp::from_millisecond(millisecond).unwrap())
}

prop_compose! {
    fn any_post(number: u32)(
        url in any_link(), title in any_text(), excerpt in prop::option::of(any_text()),
        author in prop::option::of(any_text()), image in prop::option::of(any_link()),
        times in (any_moment(), any_moment(), any_moment()), offset_seconds in any::<i32>(),
        labels in prop::collection::vec(any_text(), 0..3), file in prop::option::of((any_link(), any_text())),
        html in prop::option::of("(<p>|</p>|<b>x</b>|&lt;|]]&gt;|a|\u{1}|\r\n|\u{fffe}){0,9}"),
    ) -> Post {
        Post {
            full_text: html.as_deref().map(text),
            enclosures: file.map(|(url, media_type)| Enclosure { url, media_type, length: None }).into_iter().collect(),
            url, title, excerpt, author, image, offset_seconds,
            listed_at: times.0, first_seen: times.1, updated: times.2,
            categories: CategoryPath::new(labels).into_iter().collect(),
            ..bare(number, "2020-07-10T12:04:00Z")
        }
    }
}

prop_compose! {
    fn any_document()(
        title in any_text(), description in any_text(), author in any_text(), language in prop::option::of(any_text()),
        home_url in any_link(), updated in any_moment(), offset_seconds in any::<i32>(),
        posts in [any_post(1), any_post(2), any_post(3)], count in 0usize..=3,
    ) -> FeedDocument {
        let mut posts = Vec::from(posts);
        posts.truncate(count);
        let head = FeedHead { title, description, home_url, language, updated, offset_seconds, author, ..head() };
        FeedDocument { head, posts: posts.into_iter().map(Arc::new).collect(), tombstones: Vec::new() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_page_says_the_document_is_good_and_the_same_twice(document in any_document()) {
        let mut all = Vec::new();
        let mut press = Press::default();
        let above = FeedDocument { posts: document.posts.iter().rev().cloned().collect(), ..document.clone() };
        for format in Format::ALL {
            press.render(format, &above);
            let bytes = render(format, &document);
            prop_assert_eq!(check(format, &bytes), vec![]);
            prop_assert_eq!(&bytes, &render(format, &document));
            prop_assert_eq!(&bytes, &press.render(format, &document));
            all.push(read_back(format, &bytes).1);
        }
        for post in press.shown(&document, Format::Atom).posts {
            prop_assert_eq!(written(&post), by_the_crate::entry(&post));
        }
        // A reader finds the posts in their order, under their ids, whatever it reads.
        let ids: Vec<&str> = document.posts.iter().map(|post| post.entry_id.as_str()).collect();
        prop_assert_eq!(all[0].iter().map(|(id, ..)| id.as_str()).collect::<Vec<_>>(), ids);
        prop_assert_eq!(&all[0], &all[1]);
        prop_assert_eq!(&all[1], &all[2]);
        for (post, (_, title, _, links)) in document.posts.iter().zip(&all[0]) {
            let folded = super::clean::line(&post.title);
            prop_assert!(!title.is_empty());
            prop_assert!(folded.is_empty() || folded == *title, "{:?} is read as {:?}", folded, title);
            prop_assert_eq!(links.first().cloned(), super::link::url(&post.url));
        }
    }
}
