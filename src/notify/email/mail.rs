//! A message → a mail: its headers, a part for those who read text and one for those who read HTML.
//!
//! The Message-ID is made of the message's id, so that a mail that comes twice can be told (RFC 5322 §3.6.4). It says
//! that a program wrote it (`Auto-Submitted`, RFC 3834), so that nobody's holiday answers it, and of which blog it is
//! (`List-Id`, RFC 2919), so that mail can be sorted by it. Every text is escaped by the template.

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use crate::notify::contract::{Message, Told};
use crate::notify::text::{cut, title};

/// Letters of a subject.
const LONGEST_SUBJECT: usize = 200;

/// Letters of a line or an excerpt.
const LONGEST_TEXT: usize = 500;

/// The HTML part.
#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    subject: &'a str,
    link: Option<&'a str>,
    lines: &'a [String],
    posts: &'a [Item],
}

/// A post in it.
struct Item {
    url: String,
    shown_title: String,
    origin: String,
    excerpt: Option<String>,
}

impl Item {
    fn of(post: &Told) -> Self {
        let day = post.published.as_deref().and_then(|published| published.get(..10)).map(str::to_owned);
        let parts = post.categories.first().cloned().into_iter();
        let parts = parts.chain([post.source.title.clone()]).chain(post.author.clone()).chain(day);
        Self {
            url: post.url.clone(),
            shown_title: title(post, LONGEST_TEXT),
            origin: parts.map(|part| cut(&part, LONGEST_SUBJECT)).collect::<Vec<_>>().join(" · "),
            excerpt: post.excerpt.as_deref().map(|excerpt| cut(excerpt, LONGEST_TEXT)),
        }
    }
}

/// The mail that tells a message.
pub(super) fn mail(from: &Mailbox, to: &[Mailbox], message: &Message) -> Result<lettre::Message, String> {
    let subject = cut(&message.notice.summary, LONGEST_SUBJECT);
    let content = Content::of(message, message.posts.iter().map(Item::of).collect());
    let html = content.html(&subject).map_err(|error| error.to_string())?;
    let domain = from.email.domain();
    let list = match &message.source {
        Some(source) => format!("<{}.sosik.{domain}>", source.id),
        None => format!("<sosik.{domain}>"),
    };
    let builder = lettre::Message::builder()
        .from(from.clone())
        .subject(subject.clone())
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        .raw_header(plain("Auto-Submitted", "auto-generated"))
        // Exchange does not heed the other.
        .raw_header(plain("X-Auto-Response-Suppress", "All"))
        .raw_header(plain("List-Id", &list));
    let builder = to.iter().fold(builder, |builder, to| builder.to(to.clone()));
    let parts = MultiPart::alternative_plain_html(content.text(&subject), html);
    builder.multipart(parts).map_err(|error| error.to_string())
}

/// What stands below the subject.
struct Content<'a> {
    link: Option<&'a str>,
    lines: Vec<String>,
    posts: Vec<Item>,
}

impl<'a> Content<'a> {
    fn of(message: &'a Message, items: Vec<Item>) -> Self {
        let link = message.notice.link.as_deref();
        // Of one post the heading leads there already; of several the list says all that the notice's lines would.
        let (mut lines, posts): (Vec<String>, Vec<Item>) = match items.len() {
            0 => (message.notice.body.lines().map(|line| cut(line, LONGEST_TEXT)).collect(), Vec::new()),
            1 => (items.into_iter().flat_map(|item| [Some(item.origin), item.excerpt]).flatten().collect(), Vec::new()),
            _ => (Vec::new(), items),
        };
        let unnamed = usize::try_from(message.count).unwrap_or(usize::MAX).saturating_sub(message.posts.len());
        lines.extend((unnamed > 0).then(|| format!("… +{unnamed}")));
        Self { link, lines, posts }
    }

    fn html(&self, subject: &str) -> askama::Result<String> {
        Page { subject, link: self.link, lines: &self.lines, posts: &self.posts }.render()
    }

    fn text(&self, subject: &str) -> String {
        let mut text = vec![subject];
        text.extend(self.link);
        text.push("");
        text.extend(self.lines.iter().map(String::as_str));
        for post in &self.posts {
            text.extend([post.shown_title.as_str(), &post.url, &post.origin]);
            text.extend(post.excerpt.as_deref());
            text.push("");
        }
        text.join("\n")
    }
}

/// A header whose value is ASCII.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::examples::{ID, digest, failure, post};

    /// The mail as it goes over the wire, without what differs from one to the next.
    fn written(message: &Message) -> String {
        let from: Mailbox = "소식 <sosik@example.org>".parse().unwrap();
        let to: [Mailbox; 2] = ["a@example.org".parse().unwrap(), "Bé <b@example.com>".parse().unwrap()];
        String::from_utf8(mail(&from, &to, message).unwrap().formatted()).unwrap()
    }

    /// Both parts, unpacked: text and HTML.
    fn parts(message: &Message) -> (String, String) {
        let posts: Vec<Item> = message.posts.iter().map(Item::of).collect();
        let subject = cut(&message.notice.summary, LONGEST_SUBJECT);
        let content = Content::of(message, posts);
        (content.text(&subject), content.html(&subject).unwrap())
    }

    #[test]
    fn the_headers_tell_machines_what_it_is() {
        let mail = written(&post());
        for header in [
            "From: =?utf-8?b?7IaM7Iud?= <sosik@example.org>\r\n",
            &format!("Message-ID: <{ID}@example.org>\r\n"),
            "Auto-Submitted: auto-generated\r\n",
            "List-Id: <slow.sosik.example.org>\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(mail.contains(header), "{header} in {mail}");
        }
        assert!(written(&Message { source: None, ..digest(2) }).contains("List-Id: <sosik.example.org>\r\n"));
    }

    #[test]
    fn a_title_adds_no_header() {
        let mut message = failure();
        message.notice.summary = "a\r\nBcc: x@example.com\r\n\r\nbody".to_owned();
        let mail = written(&message);
        assert!(mail.contains("Subject: a  Bcc: x@example.com    body\r\n"), "{mail}");
        assert!(!mail.contains("\r\nBcc:"), "{mail}");
    }

    #[test]
    fn both_parts_tell_the_same_and_no_text_is_markup() {
        let (text, html) = parts(&post());
        assert_eq!(
            text,
            "<b>a & \"b\"</b> *c* _d_ [e](f) @all <!channel>\nhttps://slow.example/136?a=1&b=(2)\n\n\
             Big Data/Kafka · 느린 <개발자> · 2020-07-10\nA first line, \"quoted\"."
        );
        assert!(html.contains("느린 &#60;개발자&#62;"), "{html}");
        assert!(!html.contains("<b>") && html.contains("href=\"https://slow.example/136?a=1&#38;b=(2)\""), "{html}");
        let (text, html) = parts(&digest(30));
        assert_eq!(text.matches("https://slow.example/").count(), 30);
        assert_eq!(html.matches("<li").count(), 30);
        let (text, _) = parts(&Message { count: 40, ..digest(30) });
        assert!(text.contains("… +10"), "{text}");
        assert_eq!(parts(&failure()).0, "느린 <개발자>\n\nselector `article` matched nothing");
    }
}
