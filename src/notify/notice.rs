//! What a person reads: the words of a notification, free of any channel.

use crate::model::delivery::{Delivery, DeliveryKind};
use crate::model::post::Post;

/// Titles that a digest names; the rest is a number.
const NAMED: usize = 5;

/// The language in which people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Words {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One line, plain text.
    pub summary: String,
    /// A few lines, plain text.
    pub body: String,
    /// Where a click leads.
    pub link: Option<String>,
}

/// New posts as one notice, what happened to sources as another, each with the deliveries that it tells: a burst
/// never becomes a flood. A delivery of which nothing is left to tell stands in neither.
pub fn notices(deliveries: &[Delivery], words: Words) -> Vec<(Notice, Vec<&Delivery>)> {
    let posts: Vec<(&Delivery, &Post)> =
        deliveries.iter().filter_map(|delivery| Some((delivery, delivery.post.as_ref()?))).collect();
    let is_event = |delivery: &&Delivery| delivery.kind != DeliveryKind::Edit;
    let events: Vec<(&Delivery, &str)> =
        deliveries.iter().filter(is_event).filter_map(|delivery| Some((delivery, delivery.text.as_deref()?))).collect();
    let of_posts = match posts.as_slice() {
        [] => None,
        [(delivery, post)] => {
            let summary = shown_title(delivery, post, words);
            Some(Notice { summary, body: origin(delivery, post), link: Some(post.url.clone()) })
        }
        several => Some(digest(several, words)),
    };
    let of_events = match events.as_slice() {
        [] => None,
        [(delivery, text)] => {
            Some(Notice { summary: delivery.source_title.clone(), body: (*text).to_owned(), link: None })
        }
        several => Some(troubles(several, words)),
    };
    let posts = posts.into_iter().map(|(delivery, _)| delivery).collect();
    let events = events.into_iter().map(|(delivery, _)| delivery).collect();
    [(of_posts, posts), (of_events, events)].into_iter().filter_map(|(notice, told)| Some((notice?, told))).collect()
}

fn troubles(events: &[(&Delivery, &str)], words: Words) -> Notice {
    let count = events.len();
    let summary = match words {
        Words::English => format!("{count} sources need a look"),
        Words::Korean => format!("확인이 필요한 블로그 {count}곳"),
    };
    let lines = events.iter().take(NAMED).map(|(delivery, text)| format!("• {}: {text}", delivery.source_title));
    Notice { summary, body: lines.collect::<Vec<_>>().join("\n"), link: None }
}

/// What `sosik notify test` shows.
pub fn test(words: Words) -> Notice {
    let (summary, body) = match words {
        Words::English => ("sosik can reach you", "New posts will look like this."),
        Words::Korean => ("소식 알림이 도착했습니다", "새 글이 올라오면 이렇게 알려 드립니다."),
    };
    Notice { summary: summary.to_owned(), body: body.to_owned(), link: None }
}

fn digest(posts: &[(&Delivery, &Post)], words: Words) -> Notice {
    let mut blogs: Vec<&str> = posts.iter().map(|(delivery, _)| delivery.source_title.as_str()).collect();
    blogs.sort_unstable();
    blogs.dedup();
    let count = posts.len();
    let place = match (blogs.as_slice(), words) {
        ([one], _) => (*one).to_owned(),
        (several, Words::English) => format!("{} blogs", several.len()),
        (several, Words::Korean) => format!("블로그 {}곳", several.len()),
    };
    let summary = match words {
        Words::English => format!("{count} new posts · {place}"),
        Words::Korean => format!("새 글 {count}개 · {place}"),
    };
    let mut lines: Vec<String> =
        posts.iter().take(NAMED).map(|(delivery, post)| format!("• {}", shown_title(delivery, post, words))).collect();
    if count > NAMED {
        let rest = count - NAMED;
        lines.push(match words {
            Words::English => format!("… and {rest} more"),
            Words::Korean => format!("… 외 {rest}개"),
        });
    }
    Notice { summary, body: lines.join("\n"), link: None }
}

/// Where a post appeared: its category, if it has one, and the blog.
fn origin(delivery: &Delivery, post: &Post) -> String {
    match post.categories.first() {
        Some(category) => format!("{category} · {}", delivery.source_title),
        None => delivery.source_title.clone(),
    }
}

fn shown_title(delivery: &Delivery, post: &Post, words: Words) -> String {
    let title = if post.title.is_empty() { post.url.clone() } else { post.title.clone() };
    match (delivery.kind, words) {
        (DeliveryKind::Edit, Words::English) => format!("Edited: {title}"),
        (DeliveryKind::Edit, Words::Korean) => format!("수정: {title}"),
        _ => title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use crate::model::link::PostKey;
    use crate::model::source::SourceId;
    use jiff::Timestamp;

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
            categories: CategoryPath::new(["Big Data", "Kafka"]).into_iter().collect(),
            full_text: None,
        };
        Delivery {
            id: number.to_string(),
            source: SourceId::try_from("x".to_owned()).unwrap(),
            source_title: blog.to_owned(),
            kind: DeliveryKind::Post,
            post: Some(post),
            text: None,
            owed_since: at,
            attempts: 0,
        }
    }

    fn only(deliveries: &[Delivery], words: Words) -> Notice {
        let told = notices(deliveries, words);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].1.len(), deliveries.len());
        told[0].0.clone()
    }

    #[test]
    fn one_post_is_told_by_title_category_and_blog() {
        let told = only(&[owed(1, "기록")], Words::Korean);
        assert_eq!((told.summary.as_str(), told.body.as_str()), ("글 1", "Big Data/Kafka · 기록"));
        assert_eq!(told.link.as_deref(), Some("https://x.org/1"));
    }

    #[test]
    fn several_posts_are_one_digest() {
        let many: Vec<_> = (1..=7).map(|number| owed(number, "기록")).collect();
        let told = only(&many, Words::Korean);
        assert_eq!(told.summary, "새 글 7개 · 기록");
        assert_eq!(told.body, "• 글 1\n• 글 2\n• 글 3\n• 글 4\n• 글 5\n… 외 2개");
        let two = only(&[owed(1, "a"), owed(2, "b")], Words::English);
        assert_eq!(two.summary, "2 new posts · 2 blogs");
        assert_eq!(notices(&[], Words::English), []);
    }

    #[test]
    fn a_failure_is_told_beside_posts_and_several_as_one() {
        let failed = |number| Delivery { text: Some("문제".into()), post: None, ..owed(number, "기록") };
        let mixed = [owed(1, "기록"), failed(2)];
        let told = notices(&mixed, Words::English);
        assert_eq!(
            told.iter().map(|(notice, _)| notice.body.as_str()).collect::<Vec<_>>(),
            ["Big Data/Kafka · 기록", "문제"]
        );
        let several = [failed(1), failed(2)];
        assert_eq!(only(&several, Words::English).summary, "2 sources need a look");
    }
}
