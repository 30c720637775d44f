//! What a person reads: the words of a notification, free of any channel.

use crate::model::delivery::Delivery;
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

/// One post as a notice of its own, several as one: a burst never becomes a flood.
///
/// `None` where nothing is left to tell, as when the posts are no longer stored.
pub fn notice(deliveries: &[Delivery], words: Words) -> Option<Notice> {
    let posts: Vec<(&Delivery, &Post)> =
        deliveries.iter().filter_map(|delivery| Some((delivery, delivery.post.as_ref()?))).collect();
    match posts.as_slice() {
        [] => deliveries.iter().find_map(|delivery| {
            let text = delivery.text.clone()?;
            Some(Notice { summary: delivery.source_title.clone(), body: text, link: None })
        }),
        [(delivery, post)] => {
            Some(Notice { summary: shown_title(post), body: origin(delivery, post), link: Some(post.url.clone()) })
        }
        several => Some(digest(several, words)),
    }
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
    let mut lines: Vec<String> = posts.iter().take(NAMED).map(|(_, post)| format!("• {}", shown_title(post))).collect();
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

fn shown_title(post: &Post) -> String {
    if post.title.is_empty() { post.url.clone() } else { post.title.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use crate::model::delivery::DeliveryKind;
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
            published: None,
            listed_at: at,
            offset_seconds: 0,
            first_seen: at,
            updated: at,
            categories: CategoryPath::new(["Big Data", "Kafka"]).into_iter().collect(),
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

    #[test]
    fn one_post_is_told_by_title_category_and_blog() {
        let told = notice(&[owed(1, "기록")], Words::Korean).unwrap();
        assert_eq!((told.summary.as_str(), told.body.as_str()), ("글 1", "Big Data/Kafka · 기록"));
        assert_eq!(told.link.as_deref(), Some("https://x.org/1"));
    }

    #[test]
    fn several_posts_are_one_digest() {
        let many: Vec<_> = (1..=7).map(|number| owed(number, "기록")).collect();
        let told = notice(&many, Words::Korean).unwrap();
        assert_eq!(told.summary, "새 글 7개 · 기록");
        assert_eq!(told.body, "• 글 1\n• 글 2\n• 글 3\n• 글 4\n• 글 5\n… 외 2개");
        let two = notice(&[owed(1, "a"), owed(2, "b")], Words::English).unwrap();
        assert_eq!(two.summary, "2 new posts · 2 blogs");
        assert_eq!(notice(&[], Words::English), None);
    }
}
