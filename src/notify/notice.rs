//! What a person reads: the words of a notification, free of any channel.

use serde::{Deserialize, Serialize};

use crate::model::rescue::Rescue;

/// Titles that a digest names; the rest is a number.
pub const NAMED: usize = 5;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// One line, plain text.
    pub summary: String,
    /// A few lines, plain text.
    pub body: String,
    /// Where a click leads.
    pub link: Option<String>,
}

/// Many posts in few words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many.
    pub count: u32,
    /// The first titles, [`NAMED`] at most.
    pub titles: Vec<String>,
    /// The titles of the blogs, each once.
    pub blogs: Vec<String>,
    /// Where a click leads.
    pub link: Option<String>,
}

impl Digest {
    /// This one and what came before it as one: the newer titles stand first.
    #[must_use]
    pub fn after(self, earlier: &Self) -> Self {
        let mut grown = Self { count: self.count.saturating_add(earlier.count), ..self };
        grown.titles.extend(earlier.titles.iter().cloned());
        grown.titles.truncate(NAMED);
        let new = earlier.blogs.iter().filter(|blog| !grown.blogs.contains(blog)).cloned().collect::<Vec<_>>();
        grown.blogs.extend(new);
        grown
    }

    /// Its words.
    pub fn notice(&self, words: Words) -> Notice {
        let count = self.count;
        let place = match (self.blogs.as_slice(), words) {
            ([one], _) => one.clone(),
            (several, Words::English) => format!("{} blogs", several.len()),
            (several, Words::Korean) => format!("블로그 {}곳", several.len()),
        };
        let summary = match words {
            Words::English => format!("{count} new posts · {place}"),
            Words::Korean => format!("새 글 {count}개 · {place}"),
        };
        let mut lines: Vec<String> = self.titles.iter().map(|title| format!("• {title}")).collect();
        let rest = (count as usize).saturating_sub(lines.len());
        if rest > 0 {
            lines.push(match words {
                Words::English => format!("… and {rest} more"),
                Words::Korean => format!("… 외 {rest}개"),
            });
        }
        Notice { summary, body: lines.join("\n"), link: self.link.clone() }
    }
}

/// A post's title as it is shown: that of an edited one says so, and one without a title has its address.
pub fn shown_title(title: &str, url: &str, edited: bool, words: Words) -> String {
    let title = if title.is_empty() { url } else { title };
    match (edited, words) {
        (true, Words::English) => format!("Edited: {title}"),
        (true, Words::Korean) => format!("수정: {title}"),
        (false, _) => title.to_owned(),
    }
}

/// Where a post appeared: its category, if it has one, and the blog.
pub fn origin(category: Option<&str>, blog: &str) -> String {
    match category {
        Some(category) => format!("{category} · {blog}"),
        None => blog.to_owned(),
    }
}

/// What happened to several sources, each a blog and what is told of it.
pub fn troubles(events: &[(&str, &str)], words: Words) -> Notice {
    let count = events.len();
    let summary = match words {
        Words::English => format!("{count} sources need a look"),
        Words::Korean => format!("확인이 필요한 블로그 {count}곳"),
    };
    let mut lines: Vec<String> = events.iter().take(NAMED).map(|(blog, text)| format!("• {blog}: {text}")).collect();
    if let Some(rest) = count.checked_sub(NAMED).filter(|rest| *rest > 0) {
        lines.push(match words {
            Words::English => format!("… and {rest} more: `sosik status` shows all"),
            Words::Korean => format!("… 외 {rest}곳: `sosik status`에서 모두 볼 수 있습니다"),
        });
    }
    Notice { summary, body: lines.join("\n"), link: None }
}

/// That the state was damaged, and what became of it.
pub fn rescued(rescue: &Rescue, words: Words) -> Notice {
    let (summary, what) = match (words, &rescue.backup) {
        (Words::English, Some(_)) => {
            ("sosik's state was damaged", "A backup took its place; no post is announced twice.")
        }
        (Words::English, None) => {
            ("sosik's state was damaged", "Every blog is read as for the first time; nothing is announced for that.")
        }
        (Words::Korean, Some(_)) => {
            ("소식의 저장 데이터가 손상되었습니다", "백업으로 되돌렸습니다. 이미 알린 글은 다시 알리지 않습니다.")
        }
        (Words::Korean, None) => (
            "소식의 저장 데이터가 손상되었습니다",
            "모든 블로그를 처음부터 다시 읽습니다. 이미 있던 글은 알리지 않습니다.",
        ),
    };
    let kept = rescue.aside.as_ref().map(|aside| format!("\n{}", aside.display())).unwrap_or_default();
    Notice { summary: summary.to_owned(), body: format!("{what}{kept}"), link: None }
}

/// What an agent shows that was away for longer than its server keeps what it told; a click leads to the server.
pub fn lost(server: &str, words: Words) -> Notice {
    let (summary, body) = match words {
        Words::English => {
            ("Some news was missed", "This machine was away for too long; the server's pages show all posts.")
        }
        Words::Korean => {
            ("놓친 소식이 있습니다", "이 컴퓨터가 오래 꺼져 있었습니다. 서버의 페이지에서 모든 글을 볼 수 있습니다.")
        }
    };
    Notice { summary: summary.to_owned(), body: body.to_owned(), link: Some(server.to_owned()) }
}

/// What `sosik notify test` shows.
pub fn test(words: Words) -> Notice {
    let (summary, body) = match words {
        Words::English => ("sosik can reach you", "New posts will look like this."),
        Words::Korean => ("소식 알림이 도착했습니다", "새 글이 올라오면 이렇게 알려 드립니다."),
    };
    Notice { summary: summary.to_owned(), body: body.to_owned(), link: None }
}

/// The labels of what a person can do with a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels {
    /// Opens the post.
    pub open: &'static str,
    /// Marks it as seen.
    pub seen: &'static str,
    /// Tells nothing for an hour.
    pub quiet: &'static str,
}

/// What buttons say.
pub fn labels(words: Words) -> Labels {
    match words {
        Words::English => Labels { open: "Open", seen: "Mark as seen", quiet: "Quiet for an hour" },
        Words::Korean => {
            Labels { open: "열기", seen: "읽음으로 표시", quiet: "1시간 동안 알리지 않기" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(count: u32, titles: &[&str], blogs: &[&str]) -> Digest {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Digest { count, titles: texts(titles), blogs: texts(blogs), link: None }
    }

    #[test]
    fn a_digest_counts_and_names_the_first() {
        let seven = digest(7, &["글 1", "글 2", "글 3", "글 4", "글 5"], &["기록"]).notice(Words::Korean);
        assert_eq!(seven.summary, "새 글 7개 · 기록");
        assert_eq!(seven.body, "• 글 1\n• 글 2\n• 글 3\n• 글 4\n• 글 5\n… 외 2개");
        let two = digest(2, &["a", "b"], &["one", "other"]).notice(Words::English);
        assert_eq!((two.summary.as_str(), two.body.as_str()), ("2 new posts · 2 blogs", "• a\n• b"));
    }

    #[test]
    fn a_digest_grows() {
        let earlier = digest(4, &["1", "2", "3", "4"], &["a"]);
        let grown = digest(5, &["5", "6", "7"], &["a"]).after(&earlier);
        assert_eq!(grown, digest(9, &["5", "6", "7", "1", "2"], &["a"]));
        assert_eq!(digest(1, &["x"], &["b"]).after(&earlier).blogs, ["b", "a"]);
    }

    #[test]
    fn many_troubles_are_counted() {
        let events: Vec<(&str, &str)> = vec![("blog", "cannot be read"); 7];
        let notice = troubles(&events, Words::English);
        assert_eq!(notice.summary, "7 sources need a look");
        assert_eq!(notice.body.lines().count(), 6);
        assert!(notice.body.ends_with("… and 2 more: `sosik status` shows all"), "{}", notice.body);
    }
}
