//! Titles of feeds by template: `{category} · {blog}`.
//!
//! Pure. `{{` and `}}` stand for the braces themselves. Which names a template may use is its place's matter.

use serde::{Deserialize, Serialize};

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// It names something that is not known.
    #[error("a title knows no {{{0}}}")]
    Unknown(String),
    /// A brace is opened and not closed, or the other way round.
    #[error("a brace stands alone")]
    Brace,
}

/// A text with names in braces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Template(String);

/// What is said of a piece of a template.
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

impl Template {
    /// The names that the title of a whole blog's feed may use.
    pub const OF_BLOG: &'static [&'static str] = &["blog", "source"];

    /// The names that the title of any other feed of a blog may use.
    pub const OF_CATEGORY: &'static [&'static str] = &["category", "label", "blog", "source"];

    /// The names that the title of a merged feed may use.
    pub const OF_MERGED: &'static [&'static str] = &["id"];

    /// Reads a template that may use these names.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, BadTemplate> {
        for piece in pieces(text) {
            match piece {
                Some(Piece::Name(name)) if !names.contains(&name) => {
                    return Err(BadTemplate::Unknown(name.to_owned()));
                }
                None => return Err(BadTemplate::Brace),
                Some(Piece::Name(_) | Piece::Text(_)) => {}
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The text with each name's value in its place.
    pub fn fill(&self, values: &[(&str, &str)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        pieces(&self.0)
            .flatten()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Name(name) => value(name),
            })
            .collect()
    }
}

/// The pieces of a text; `None` where a brace stands alone, and nothing after it.
fn pieces(text: &str) -> impl Iterator<Item = Option<Piece<'_>>> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty())?;
        let Some(at) = text.find(['{', '}']) else {
            rest = None;
            return Some(Some(Piece::Text(text)));
        };
        if at > 0 {
            rest = Some(&text[at..]);
            return Some(Some(Piece::Text(&text[..at])));
        }
        for brace in ["{{", "}}"] {
            if let Some(after) = text.strip_prefix(brace) {
                rest = Some(after);
                return Some(Some(Piece::Text(&text[..1])));
            }
        }
        let named = text.strip_prefix('{').and_then(|named| named.split_once('}'));
        rest = named.map(|(_, after)| after);
        Some(named.map(|(name, _)| Piece::Name(name)))
    })
}

/// How the feeds of a blog are titled; what is not said is as usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Titles {
    /// The feed of all posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Template>,
    /// Every other feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Template>,
}

impl Titles {
    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.category.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in() {
        let values = [("blog", "느린 {기록}"), ("category", "A/B")];
        for (template, expected) in [
            ("{category} · {blog}", Ok("A/B · 느린 {기록}")),
            ("글", Ok("글")),
            ("{{{category}}}", Ok("{A/B}")),
            ("{source}!", Ok("!")),
            ("{blogg}", Err(BadTemplate::Unknown("blogg".to_owned()))),
            ("{}", Err(BadTemplate::Unknown(String::new()))),
            ("{blog", Err(BadTemplate::Brace)),
            ("blog}", Err(BadTemplate::Brace)),
        ] {
            let filled = Template::parse(template, Template::OF_CATEGORY).map(|template| template.fill(&values));
            assert_eq!(filled, expected.map(str::to_owned), "{template:?}");
        }
    }
}
