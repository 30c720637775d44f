//! A message as a heading and lines, each with where it leads: what chat services show, before any one's markup.
//!
//! Each service cuts what is too long in its own way, or refuses it; so it is fitted here: titles are cut, and of many
//! lines the last give way to their number.

use crate::notify::contract::{Message, Told};
use crate::notify::text::{cut, title};

/// The most letters of a title or a line: longer ones are cut, so that a heading always fits.
const LONGEST_TEXT: usize = 300;

/// The longest address that is linked; browsers and services take no much longer ones.
const LONGEST_LINK: usize = 1000;

/// Room for the number of what did not fit.
const MORE: usize = 16;

/// A message, ready to be written in somebody's markup.
#[derive(Debug)]
pub(super) struct Letter {
    heading: Line,
    lines: Vec<Line>,
    /// Posts that the message counts and does not name.
    unnamed: usize,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What it says.
    pub(super) text: String,
    /// Where it leads.
    pub(super) link: Option<String>,
    /// What stands behind it, such as the blog of a post in a digest of several.
    pub(super) note: Option<String>,
}

impl Letter {
    /// The letter of a message.
    pub(super) fn of(message: &Message) -> Self {
        let heading = Line::new(&message.notice.summary, message.notice.link.as_deref());
        let lines = match message.posts.as_slice() {
            // The notice's body names the first few; here all have room, with their addresses.
            posts @ [_, _, ..] => posts.iter().map(|post| Line::of(post, message.source.is_none())).collect(),
            posts => {
                let body = message.notice.body.lines();
                let excerpt = posts.iter().filter_map(|post| post.excerpt.as_deref());
                body.chain(excerpt).map(|text| Line::new(text, None)).filter(|line| !line.text.is_empty()).collect()
            }
        };
        let unnamed = usize::try_from(message.count).unwrap_or(usize::MAX).saturating_sub(message.posts.len().max(1));
        Self { heading, lines, unnamed }
    }

    /// Writes it with `heading` and `line` into at most `limit` of what `size` counts.
    pub(super) fn write(
        &self,
        limit: usize,
        size: fn(&str) -> usize,
        heading: fn(&Line) -> String,
        line: fn(&Line) -> String,
    ) -> String {
        let mut text = heading(&self.heading);
        if size(&text) + MORE > limit {
            text = heading(&Line { text: self.heading.text.clone(), link: None, note: None });
        }
        let mut used = size(&text);
        for (index, next) in self.lines.iter().enumerate() {
            let next = line(next);
            let left = self.lines.len() - index + self.unnamed;
            let room = if left > 1 { MORE } else { 0 };
            if used + 1 + size(&next) + room > limit {
                return format!("{text}\n… +{left}");
            }
            used += 1 + size(&next);
            text.push('\n');
            text.push_str(&next);
        }
        if self.unnamed == 0 || used + MORE > limit {
            return text;
        }
        format!("{text}\n… +{}", self.unnamed)
    }
}

impl Line {
    fn new(text: &str, link: Option<&str>) -> Self {
        let link = link.filter(|link| link.len() <= LONGEST_LINK).map(str::to_owned);
        Self { text: cut(text, LONGEST_TEXT), link, note: None }
    }

    fn of(post: &Told, with_source: bool) -> Self {
        let note = with_source.then(|| cut(&post.source.title, LONGEST_TEXT));
        Self { note, ..Self::new(&title(post, LONGEST_TEXT - 2), Some(&post.url)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::examples::{digest, failure, post};

    fn plain(line: &Line) -> String {
        line.text.clone()
    }

    fn check(message: &Message, limit: usize, expected: &str) {
        let written = Letter::of(message).write(limit, str::len, plain, plain);
        assert!(written.len() <= limit, "{} of {limit}", written.len());
        assert_eq!(written, expected);
    }

    #[test]
    fn what_does_not_fit_is_a_number() {
        let heading = "5 new posts · 느린 <개발자>";
        check(&digest(5), 1000, &format!("{heading}\n글 1\n글 2\n글 3\n글 4\n글 5"));
        check(&digest(5), heading.len() + 6 * 2 + MORE, &format!("{heading}\n글 1\n글 2\n… +3"));
        let counted = Message { count: 40, ..digest(2) };
        check(&counted, 1000, "2 new posts · 느린 <개발자>\n글 1\n글 2\n… +38");
        check(&failure(), 1000, "느린 <개발자>\nselector `article` matched nothing");
    }

    #[test]
    fn a_post_has_its_place_and_its_excerpt() {
        let letter = Letter::of(&post());
        let texts: Vec<&str> = letter.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["Big Data/Kafka · 느린 <개발자>", "A first line, \"quoted\"."]);
        assert_eq!(letter.heading.link, post().notice.link);
    }
}
