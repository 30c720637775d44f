//! Messages for the tests of channels, with everything in them that some receiver takes for markup.

use super::contract::{Message, MessageKind, Named, Told};
use super::notice::Notice;

/// The id of each of them.
pub(crate) const ID: &str = "0123456789abcdef0123456789abcdef";

fn told(number: usize, title: &str) -> Told {
    Told {
        entry_id: format!("urn:{number}"),
        url: format!("https://slow.example/{number}?a=1&b=(2)"),
        title: title.to_owned(),
        source: Named { id: "slow".to_owned(), title: "느린 <개발자>".to_owned() },
        categories: vec!["Big Data/Kafka".to_owned()],
        excerpt: Some("A first line, \"quoted\".".to_owned()),
        author: None,
        image: None,
        published: Some("2020-07-10T21:04:00+09:00".to_owned()),
        edited: false,
    }
}

/// One post, whose title is markup wherever it is not escaped.
pub(crate) fn post() -> Message {
    let post = told(136, "<b>a & \"b\"</b> *c* _d_ [e](f) @all <!channel>");
    Message {
        id: ID.to_owned(),
        kind: MessageKind::Post,
        at: "2026-11-26T08:00:00Z".parse().expect("a moment"),
        source: Some(post.source.clone()),
        sources: vec![post.source.clone()],
        notice: Notice {
            summary: post.title.clone(),
            body: "Big Data/Kafka · 느린 <개발자>".to_owned(),
            link: Some(post.url.clone()),
        },
        posts: vec![post],
        count: 1,
    }
}

/// That many posts of one source, named 글 1, 글 2, ….
pub(crate) fn digest(count: usize) -> Message {
    let posts: Vec<Told> = (1..=count).map(|number| told(number, &format!("글 {number}"))).collect();
    Message {
        kind: MessageKind::Digest,
        source: Some(posts[0].source.clone()),
        notice: Notice {
            summary: format!("{count} new posts · 느린 <개발자>"),
            body: "• 글 1\n• 글 2\n… and more".to_owned(),
            link: None,
        },
        count: u32::try_from(count).expect("a few"),
        posts,
        ..post()
    }
}

/// A source that fails.
pub(crate) fn failure() -> Message {
    Message {
        kind: MessageKind::Failure,
        notice: Notice {
            summary: "느린 <개발자>".to_owned(),
            body: "selector `article` matched nothing".to_owned(),
            link: None,
        },
        posts: Vec::new(),
        count: 0,
        ..post()
    }
}
