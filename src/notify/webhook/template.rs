//! A body of one's own: a text with placeholders.
//!
//! `{summary}` and the other names of [`NAMES`] are replaced; every other brace stays, so JSON is written as it is.
//! What is put in is escaped as the body's media type asks: inside a JSON text, a form, or XML and HTML.

use serde::de::IgnoredAny;
use url::form_urlencoded;

use crate::notify::contract::Message;
use crate::notify::parts::{NAMES, json, part};
use crate::notify::settings::KeyFault;
use crate::notify::text::escaped;

/// A template that was understood.
#[derive(Debug)]
pub(super) struct Template<'a> {
    parts: Vec<Part<'a>>,
    escape: Escape,
}

#[derive(Debug)]
enum Part<'a> {
    Literal(&'a str),
    Placeholder(&'static str),
}

/// What a value must be made harmless for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    Json,
    Form,
    Markup,
    Nothing,
}

impl<'a> Template<'a> {
    /// Reads a template for a body of that media type.
    pub(super) fn parse(text: &'a str, media_type: &str) -> Result<Self, KeyFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut literal = text;
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            let length = after.bytes().take_while(|letter| letter.is_ascii_lowercase() || *letter == b'_').count();
            if length == 0 || !after[length..].starts_with('}') {
                rest = after;
                continue;
            }
            let word = &after[..length];
            let name = NAMES.iter().find(|name| **name == word).ok_or_else(|| unknown(word))?;
            let before = literal.len() - after.len() - 1;
            parts.extend([Part::Literal(&literal[..before]), Part::Placeholder(name)]);
            rest = &after[length + 1..];
            literal = rest;
        }
        parts.push(Part::Literal(literal));
        let template = Self { parts, escape: Escape::of(media_type) };
        template.check().map(|()| template)
    }

    /// The body that tells this message.
    pub(super) fn fill(&self, message: &Message) -> String {
        self.filled(|name| match (name, self.escape) {
            // Where a whole value is wanted it is JSON already.
            ("json", Escape::Json) => json(message),
            _ => self.escape.put(&part(message, name)),
        })
    }

    fn filled(&self, mut value: impl FnMut(&str) -> String) -> String {
        let text = |part: &Part<'_>| match part {
            Part::Literal(text) => (*text).to_owned(),
            Part::Placeholder(name) => value(name),
        };
        self.parts.iter().map(text).collect()
    }

    /// Whether what is to be JSON becomes JSON.
    fn check(&self) -> Result<(), KeyFault> {
        if self.escape != Escape::Json {
            return Ok(());
        }
        let sample = self.filled(|name| if name == "json" { "{}" } else { "1" }.to_owned());
        let Err(error) = serde_json::from_str::<IgnoredAny>(&sample) else { return Ok(()) };
        Err(KeyFault::new(
            "body",
            format!("\"body\" becomes no JSON: {error}"),
            "placeholders stand within texts, but for {json}: body = '{ \"text\": \"{summary}\" }'",
        ))
    }
}

impl Escape {
    fn of(media_type: &str) -> Self {
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            "text/html" | "text/xml" | "application/xml" => Self::Markup,
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") => Self::Markup,
            _ => Self::Nothing,
        }
    }

    fn put(self, value: &str) -> String {
        match self {
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::Form => form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Self::Markup => escaped(value),
            Self::Nothing => value.to_owned(),
        }
    }
}

fn unknown(word: &str) -> KeyFault {
    let near = NAMES.iter().map(|name| (strsim::jaro_winkler(word, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    let help = match near {
        Some((likeness, name)) if likeness > 0.8 => format!("write {{{name}}}"),
        _ => format!(
            "the placeholders are {}",
            NAMES.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ")
        ),
    };
    KeyFault::new("body", format!("\"body\" has a placeholder {{{word}}} that stands for nothing"), help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::examples::{digest, post};

    fn check(template: &str, media_type: &str, expected: &str) {
        let filled = Template::parse(template, media_type).map(|template| template.fill(&post()));
        assert_eq!(filled.as_deref().map_err(|fault| fault.message.as_str()), Ok(expected), "{template}");
    }

    #[test]
    fn values_are_escaped_as_the_media_type_asks() {
        let title = "<b>a & \"b\"</b> *c* _d_ [e](f) @all <!channel>";
        check("{title}", "text/plain", title);
        check(
            r#"{"a":{"t":"{kind}: {title}"}}"#,
            "application/json; charset=utf-8",
            r#"{"a":{"t":"post: <b>a & \"b\"</b> *c* _d_ [e](f) @all <!channel>"}}"#,
        );
        check(
            "<p>{title}</p>",
            "application/atom+xml",
            "<p>&lt;b&gt;a &amp; &quot;b&quot;&lt;/b&gt; *c* _d_ [e](f) @all &lt;!channel&gt;</p>",
        );
        check(
            "m={url}&c={category}",
            "application/x-www-form-urlencoded",
            "m=https%3A%2F%2Fslow.example%2F136%3Fa%3D1%26b%3D%282%29&c=Big+Data%2FKafka",
        );
        check("{ {} {a b} {A} }{", "text/plain", "{ {} {a b} {A} }{");
    }

    #[test]
    fn the_whole_message_can_be_a_value_or_a_text() {
        let template = Template::parse(r#"{"news":{json},"n":{count}}"#, "application/vnd.x+json").unwrap();
        let json: serde_json::Value = serde_json::from_str(&template.fill(&digest(3))).unwrap();
        assert_eq!((&json["news"]["posts"][2]["title"], &json["n"]), (&"글 3".into(), &3.into()));
    }

    #[test]
    fn mistakes_are_told_before_the_first_message() {
        let help = |text: &str, media_type: &str| Template::parse(text, media_type).err().map(|fault| fault.help);
        assert_eq!(help("{sumary}", "text/plain").as_deref(), Some("write {summary}"));
        assert!(help("{zzz}", "text/plain").unwrap().starts_with("the placeholders are {id} {kind}"));
        assert!(help(r#"{"text": {summary}}"#, "application/json").is_none(), "a number would do");
        assert!(help(r#"{"text": "{summary}}"#, "application/json").is_some());
    }
}
