//! Deliveries → the message that tells them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::contract::{MOST_POSTS, Message, MessageKind, Named, Told};
use super::notice::{self, Digest, NAMED, Notice, Words, origin, shown_title};
use crate::model::category::CategoryPath;
use crate::model::delivery::{Delivery, DeliveryKind};
use crate::model::post::Post;
use crate::model::rescue::Rescue;

/// The message of that id over these deliveries. `None`: nothing of them is left to tell, for posts that were owed are
/// no longer stored.
pub fn compose(id: &str, deliveries: &[&Delivery], words: Words) -> Option<Message> {
    // Of many posts the newest is read first.
    let posts: Vec<(&Delivery, &Post)> =
        deliveries.iter().rev().filter_map(|delivery| Some((*delivery, delivery.post.as_ref()?))).collect();
    let events: Vec<(&Delivery, &str)> = deliveries
        .iter()
        .filter(|delivery| delivery.kind != DeliveryKind::Edit && delivery.post.is_none())
        .filter_map(|delivery| Some((*delivery, delivery.text.as_deref()?)))
        .collect();
    let (kind, notice) = match (posts.as_slice(), events.as_slice()) {
        ([(delivery, post)], _) => (delivery.kind.into(), of_post(delivery, post, words)),
        ([_, ..], _) => (MessageKind::Digest, digest(&posts, words).notice(words)),
        ([], [(delivery, text)]) => (delivery.kind.into(), of_event(delivery, text)),
        ([], [_, ..]) => {
            let lines: Vec<_> = events.iter().map(|(delivery, text)| (delivery.source_title.as_str(), *text)).collect();
            let fails = events.iter().any(|(delivery, _)| delivery.kind == DeliveryKind::Failure);
            let kind = if fails { MessageKind::Failure } else { MessageKind::Repair };
            (kind, notice::troubles(&lines, words))
        }
        ([], []) => return None,
    };
    let sources: BTreeSet<Named> = deliveries.iter().map(|delivery| named(delivery)).collect();
    let sources: Vec<Named> = sources.into_iter().collect();
    Some(Message {
        id: id.to_owned(),
        kind,
        at: deliveries.iter().map(|delivery| delivery.owed_since).min().unwrap_or(Timestamp::UNIX_EPOCH),
        source: if let [only] = sources.as_slice() { Some(only.clone()) } else { None },
        sources,
        notice,
        posts: posts
            .iter()
            .take(MOST_POSTS)
            .map(|(delivery, post)| Told::new(post, named(delivery), delivery.kind))
            .collect(),
        count: u32::try_from(posts.len()).unwrap_or(u32::MAX),
    })
}

/// What `sosik notify test` sends.
pub fn test(id: &str, at: Timestamp, words: Words) -> Message {
    Message {
        id: id.to_owned(),
        kind: MessageKind::Test,
        at,
        source: None,
        sources: Vec::new(),
        notice: notice::test(words),
        posts: Vec::new(),
        count: 0,
    }
}

/// That the state was damaged.
pub fn rescued(id: &str, rescue: &Rescue, words: Words) -> Message {
    Message { kind: MessageKind::Failure, notice: notice::rescued(rescue, words), ..test(id, rescue.at, words) }
}

/// The digest that a message is, for who shows it in words of his own.
pub fn digest_of(message: &Message, words: Words) -> Digest {
    let title = |post: &Told| shown_title(&post.title, &post.url, post.edited, words);
    Digest {
        count: message.count,
        titles: message.posts.iter().take(NAMED).map(title).collect(),
        blogs: message.sources.iter().map(|source| source.title.clone()).collect(),
        link: message.notice.link.clone(),
    }
}

fn named(delivery: &Delivery) -> Named {
    Named { id: delivery.source.to_string(), title: delivery.source_title.clone() }
}

fn of_post(delivery: &Delivery, post: &Post, words: Words) -> Notice {
    let category = post.categories.first().map(CategoryPath::to_string);
    Notice {
        summary: shown_title(&post.title, &post.url, delivery.kind == DeliveryKind::Edit, words),
        body: origin(category.as_deref(), &delivery.source_title),
        link: Some(post.url.clone()),
    }
}

fn of_event(delivery: &Delivery, text: &str) -> Notice {
    let link = Some(delivery.source_url.clone());
    Notice { summary: delivery.source_title.clone(), body: text.to_owned(), link }
}

fn digest(posts: &[(&Delivery, &Post)], words: Words) -> Digest {
    let mut blogs: Vec<(&str, &str)> =
        posts.iter().map(|(delivery, _)| (delivery.source.as_str(), delivery.source_title.as_str())).collect();
    blogs.sort_unstable();
    blogs.dedup();
    let title = |(delivery, post): &(&Delivery, &Post)| {
        shown_title(&post.title, &post.url, delivery.kind == DeliveryKind::Edit, words)
    };
    Digest {
        count: u32::try_from(posts.len()).unwrap_or(u32::MAX),
        titles: posts.iter().take(NAMED).map(title).collect(),
        link: (blogs.len() == 1).then(|| posts[0].0.source_url.clone()),
        blogs: blogs.into_iter().map(|(_, title)| title.to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::link::PostKey;
    use crate::model::source::SourceId;

    fn owed(number: usize, blog: &str) -> Delivery {
        let at = Timestamp::UNIX_EPOCH;
        let post = Post {
            key: PostKey::from_stored(format!("/{number}")),
            entry_id: format!("urn:{number}"),
            url: format!("https://x.org/{number}"),
            title: format!("글 {number}"),
            excerpt: None,
            author: None,
            image: None,
            enclosures: Vec::new(),
            published: None,
            listed_at: at,
            offset_seconds: 0,
            first_seen: at,
            updated: at,
            tags: Vec::new(),
            categories: CategoryPath::new(["Big Data", "Kafka"]).into_iter().collect(),
            full_text: None,
        };
        Delivery {
            id: number.to_string(),
            source: SourceId::try_from(blog.to_owned()).unwrap(),
            source_title: format!("{blog}의 기록"),
            source_url: format!("https://{blog}.org/"),
            kind: DeliveryKind::Post,
            post: Some(post),
            text: None,
            owed_since: at,
            attempts: 0,
            message: None,
            waited: false,
        }
    }

    fn composed(deliveries: &[Delivery]) -> Option<Message> {
        compose("id", &deliveries.iter().collect::<Vec<_>>(), Words::Korean)
    }

    #[test]
    fn one_post_is_told_by_title_category_and_blog() {
        let message = composed(&[owed(1, "a")]).unwrap();
        assert_eq!(
            (message.notice.summary.as_str(), message.notice.body.as_str()),
            ("글 1", "Big Data/Kafka · a의 기록")
        );
        assert_eq!(message.notice.link.as_deref(), Some("https://x.org/1"));
        assert_eq!((message.kind, message.count, message.posts.len()), (MessageKind::Post, 1, 1));
        assert_eq!(message.source.unwrap().id, "a");
    }

    #[test]
    fn a_digest_leads_to_its_one_blog() {
        let one = composed(&[owed(1, "a"), owed(2, "a")]).unwrap();
        assert_eq!((one.kind, one.notice.link.as_deref()), (MessageKind::Digest, Some("https://a.org/")));
        let two = composed(&[owed(1, "a"), owed(2, "b")]).unwrap();
        assert_eq!((two.source, two.notice.link, two.sources.len()), (None, None, 2));
        let many: Vec<_> = (0..300).map(|number| owed(number, "a")).collect();
        let many = composed(&many).unwrap();
        assert_eq!((many.count, many.posts.len()), (300, MOST_POSTS));
        assert_eq!(digest_of(&many, Words::Korean).notice(Words::Korean), many.notice);
    }

    #[test]
    fn what_happened_to_a_source_leads_there_and_several_are_one() {
        let failed = |number, kind| Delivery { text: Some("문제".into()), post: None, kind, ..owed(number, "a") };
        let one = composed(&[failed(1, DeliveryKind::Failure)]).unwrap();
        assert_eq!((one.kind, one.notice.link.as_deref()), (MessageKind::Failure, Some("https://a.org/")));
        let both = composed(&[failed(1, DeliveryKind::Repair), failed(2, DeliveryKind::Failure)]).unwrap();
        assert_eq!((both.kind, both.posts.len()), (MessageKind::Failure, 0));
    }

    #[test]
    fn of_posts_that_are_gone_nothing_is_told() {
        let gone = Delivery { post: None, ..owed(1, "a") };
        let edited = Delivery { kind: DeliveryKind::Edit, text: Some("new title".into()), ..gone.clone() };
        assert_eq!(composed(&[gone, edited]), None);
    }

    #[test]
    fn a_message_is_the_same_after_its_way_as_json() {
        let message = composed(&[owed(1, "a"), owed(2, "b")]).unwrap();
        let text = serde_json::to_string(&message).unwrap();
        assert!(text.contains(r#""summary":"새 글 2개 · 블로그 2곳""#), "{text}");
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message);
    }
}
