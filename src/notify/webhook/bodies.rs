//! The bodies that chat services take, each within its documented limits and in its own markup, so that no title of a
//! stranger's blog is markup, a mention of everybody, or too long.

use serde_json::{Value, json};

use super::letter::{Letter, Line};
use crate::notify::contract::{Message, MessageKind};
use crate::notify::text::escaped;

/// Slack cuts texts beyond 40,000 characters and asks for 4,000 at most.
const SLACK: usize = 4000;
/// Discord refuses a `content` of more than 2,000 characters.
const DISCORD: usize = 2000;
/// Older servers of Mattermost split posts of more than 4,000 characters.
const MATTERMOST: usize = 4000;
/// Telegram refuses texts of more than 4,096 characters, counted without their markup.
const TELEGRAM: usize = 4096;
/// An event of Matrix has 65,536 bytes at most, and this text stands in it twice.
const MATRIX: usize = 20_000;

/// Discord's flag for "no previews of what is linked".
const NO_PREVIEWS: u32 = 1 << 2;

/// The message itself.
pub(super) fn json(message: &Message) -> Value {
    serde_json::to_value(message).expect("texts and numbers are JSON")
}

/// Slack's incoming webhooks.
pub(super) fn slack(message: &Message) -> Value {
    let text = Letter::of(message).write(SLACK, letters, |line| format!("*{}*", slack_line(line)), slack_line);
    json!({ "text": text, "unfurl_links": has_previews(message) })
}

/// Discord's webhooks. Whatever a title says, nobody is mentioned.
pub(super) fn discord(message: &Message) -> Value {
    let text = Letter::of(message).write(DISCORD, utf16, |line| format!("**{}**", markdown_line(line)), markdown_line);
    let flags = if has_previews(message) { 0 } else { NO_PREVIEWS };
    json!({ "content": text, "allowed_mentions": { "parse": [] }, "flags": flags })
}

/// Mattermost's incoming webhooks.
pub(super) fn mattermost(message: &Message) -> Value {
    let text =
        Letter::of(message).write(MATTERMOST, letters, |line| format!("**{}**", markdown_line(line)), markdown_line);
    // There is no way to say that nobody is meant but a name that is none.
    json!({ "text": text.replace("\\@", "@\u{200b}") })
}

/// `sendMessage` of Telegram's Bot API.
pub(super) fn telegram(message: &Message, to: &str) -> Value {
    let text = Letter::of(message).write(TELEGRAM, utf16, |line| format!("<b>{}</b>", html_line(line)), html_line);
    let no_preview = !has_previews(message);
    json!({ "chat_id": to, "text": text, "parse_mode": "HTML", "link_preview_options": { "is_disabled": no_preview } })
}

/// A message event of Matrix, which mentions nobody.
pub(super) fn matrix(message: &Message) -> Value {
    let letter = Letter::of(message);
    let html = letter.write(MATRIX, str::len, |line| format!("<b>{}</b>", html_line(line)), html_line);
    json!({
        "msgtype": "m.text",
        "body": letter.write(MATRIX, str::len, plain_line, plain_line),
        "format": "org.matrix.custom.html",
        "formatted_body": html.replace('\n', "<br/>"),
        "m.mentions": {},
    })
}

/// One post may show its picture; of a list the first would look like all of it.
fn has_previews(message: &Message) -> bool {
    matches!(message.kind, MessageKind::Post | MessageKind::Edit) && message.posts.len() == 1
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

/// Characters as services count them that are written in languages of UTF-16.
fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn with_note(text: String, line: &Line, escape: impl Fn(&str) -> String) -> String {
    match &line.note {
        Some(note) => format!("{text} · {}", escape(note)),
        None => text,
    }
}

fn plain_line(line: &Line) -> String {
    let text = match &line.link {
        Some(link) if *link != line.text => format!("{} {link}", line.text),
        _ => line.text.clone(),
    };
    with_note(text, line, str::to_owned)
}

/// Slack's mrkdwn: three characters are escaped and no others can be.
fn slack_line(line: &Line) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = match &line.link {
        Some(link) => format!("<{}|{}>", escape(&link.replace('|', "%7C")), escape(&line.text)),
        None => escape(&line.text),
    };
    with_note(text, line, escape)
}

fn html_line(line: &Line) -> String {
    let text = match &line.link {
        Some(link) => format!("<a href=\"{}\">{}</a>", escaped(link), escaped(&line.text)),
        None => escaped(&line.text),
    };
    with_note(text, line, escaped)
}

fn markdown_line(line: &Line) -> String {
    let text = match &line.link {
        // A link whose text is an address is shown as it is written.
        Some(link) if *link == line.text => in_markdown(link),
        Some(link) => format!("[{}]({})", markdown(&line.text), in_markdown(link)),
        None => markdown(&line.text),
    };
    with_note(text, line, markdown)
}

/// A text in which no character means anything.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"\`*_~|<>[]()#+-:@!".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// An address that ends where it ends.
fn in_markdown(link: &str) -> String {
    link.replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::examples::{digest, failure, post};

    #[test]
    fn no_title_is_markup_or_calls_anybody() {
        let slack = slack(&post());
        assert_eq!(
            slack["text"],
            "*<https://slow.example/136?a=1&amp;b=(2)|&lt;b&gt;a &amp; \"b\"&lt;/b&gt; *c* _d_ [e](f) @all &lt;!channel&gt;>*\n\
             Big Data/Kafka · 느린 &lt;개발자&gt;\nA first line, \"quoted\"."
        );
        let discord = discord(&post());
        assert_eq!(
            discord["content"],
            "**[\\<b\\>a & \"b\"\\</b\\> \\*c\\* \\_d\\_ \\[e\\]\\(f\\) \\@all \\<\\!channel\\>](https://slow.example/136?a=1&b=%282%29)**\n\
             Big Data/Kafka · 느린 \\<개발자\\>\nA first line, \"quoted\"."
        );
        assert_eq!(discord["allowed_mentions"], json!({ "parse": [] }));
        assert!(mattermost(&post())["text"].as_str().unwrap().contains("@\u{200b}all"));
        let telegram = telegram(&post(), "-100");
        assert_eq!(
            telegram["text"],
            "<b><a href=\"https://slow.example/136?a=1&amp;b=(2)\">&lt;b&gt;a &amp; &quot;b&quot;&lt;/b&gt; *c* _d_ [e](f) @all \
             &lt;!channel&gt;</a></b>\nBig Data/Kafka · 느린 &lt;개발자&gt;\nA first line, &quot;quoted&quot;."
        );
        assert_eq!((&telegram["chat_id"], &telegram["parse_mode"]), (&"-100".into(), &"HTML".into()));
        assert_eq!(matrix(&failure())["body"], "느린 <개발자>\nselector `article` matched nothing");
        assert_eq!(
            matrix(&failure())["formatted_body"],
            "<b>느린 &lt;개발자&gt;</b><br/>selector `article` matched nothing"
        );
    }

    #[test]
    fn a_hundred_posts_stay_within_every_limit() {
        let mut many = digest(100);
        many.source = None;
        for post in &mut many.posts {
            post.title = "🦀*<&".repeat(120);
            post.url = format!("https://slow.example/{}", "a".repeat(900));
        }
        let text = |body: &Value, key: &str| body[key].as_str().unwrap().to_owned();
        for (text, count, limit) in [
            (text(&slack(&many), "text"), letters as fn(&str) -> usize, SLACK),
            (text(&discord(&many), "content"), utf16, DISCORD),
            (text(&mattermost(&many), "text"), letters, MATTERMOST),
            (text(&telegram(&many, "1"), "text"), utf16, TELEGRAM),
        ] {
            assert!(count(&text) <= limit, "{} of {limit}", count(&text));
            assert!(text.contains("\n… +"), "{text}");
        }
        assert!(matrix(&many).to_string().len() < 65_000);
        let short = slack(&digest(3));
        assert_eq!(short["unfurl_links"], false);
        assert_eq!(text(&short, "text").lines().count(), 4);
    }
}
