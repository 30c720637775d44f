//! The parts of a message by their names: what a template's placeholders and a command's environment stand for.

use super::contract::{Message, MessageKind, Told};
use super::text::title;

/// Letters of a title in a list.
const LONGEST_TITLE: usize = 300;

/// Every name, in the order in which they are documented.
pub(super) const NAMES: &[&str] = &[
    "id",
    "kind",
    "at",
    "summary",
    "body",
    "link",
    "count",
    "source",
    "source_id",
    "title",
    "url",
    "category",
    "author",
    "excerpt",
    "image",
    "published",
    "posts",
    "json",
];

/// The part with that name, which is one of [`NAMES`]; empty where the message has none. What belongs to a post is
/// there where the message tells of one alone.
pub(super) fn part(message: &Message, name: &str) -> String {
    let post = match message.posts.as_slice() {
        [post] => Some(post),
        _ => None,
    };
    let of_post = |get: fn(&Told) -> Option<&String>| post.and_then(get).cloned().unwrap_or_default();
    let source = message.source.as_ref();
    match name {
        "id" => message.id.clone(),
        "kind" => word(message.kind).to_owned(),
        "at" => message.at.to_string(),
        "summary" => message.notice.summary.clone(),
        "body" => message.notice.body.clone(),
        "link" => message.notice.link.clone().unwrap_or_default(),
        "count" => message.count.to_string(),
        "source" => source.map(|source| source.title.clone()).unwrap_or_default(),
        "source_id" => source.map(|source| source.id.clone()).unwrap_or_default(),
        "title" => of_post(|post| Some(&post.title)),
        "url" => of_post(|post| Some(&post.url)),
        "category" => of_post(|post| post.categories.first()),
        "author" => of_post(|post| post.author.as_ref()),
        "excerpt" => of_post(|post| post.excerpt.as_ref()),
        "image" => of_post(|post| post.image.as_ref()),
        "published" => of_post(|post| post.published.as_ref()),
        "posts" => message.posts.iter().map(line).collect::<Vec<_>>().join("\n"),
        _ => json(message),
    }
}

/// The whole message as JSON.
pub(super) fn json(message: &Message) -> String {
    serde_json::to_string(message).expect("texts and numbers are JSON")
}

/// The word for a kind, as the JSON has it.
fn word(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Post => "post",
        MessageKind::Digest => "digest",
        MessageKind::Edit => "edit",
        MessageKind::Failure => "failure",
        MessageKind::Repair => "repair",
        MessageKind::Test => "test",
    }
}

fn line(post: &Told) -> String {
    if post.title.is_empty() { post.url.clone() } else { format!("{} {}", title(post, LONGEST_TITLE), post.url) }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{digest, failure, post};
    use super::*;

    #[test]
    fn every_name_has_a_part() {
        let of = |message: &Message, name| part(message, name);
        assert_eq!(of(&post(), "category"), "Big Data/Kafka");
        assert_eq!(of(&post(), "url"), "https://slow.example/136?a=1&b=(2)");
        assert_eq!((of(&digest(2), "url"), of(&digest(2), "count")), (String::new(), "2".to_owned()));
        assert_eq!(
            of(&digest(2), "posts"),
            "글 1 https://slow.example/1?a=1&b=(2)\n글 2 https://slow.example/2?a=1&b=(2)"
        );
        assert_eq!(of(&failure(), "link"), "");
        for kind in [MessageKind::Post, MessageKind::Digest, MessageKind::Edit, MessageKind::Failure] {
            assert_eq!(serde_json::to_value(kind).unwrap(), word(kind));
        }
        for name in NAMES.iter().filter(|name| **name != "json") {
            assert!(!of(&post(), name).starts_with('{'), "{name} is forgotten");
        }
    }
}
