//! One field of a JSON recipe: paths of which the first with a value counts, or a template.
//!
//! `subtitle | summary` takes the first that has a value. `https://blog.example/{slug}` puts values into an address.
//! Behind either, `::html` says that a value is HTML whose text is meant, `::url` that it is percent-encoded, `::csv`
//! that it holds several values with commas between them.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use scraper::Html;
use serde_json::Value;

use super::path::Path;
use crate::extract::selector::text_of;

/// Values of one field that are looked at: no post has more categories.
const MOST_VALUES: usize = 32;

/// HTML of one value that is read: an excerpt stands at its beginning, and a fragment is parsed in one piece.
const MOST_HTML: usize = 20_000;

/// Elements of it.
const MOST_TAGS: usize = 300;

/// Names and their values: the parts of the blog's address, and what counts the pages.
pub(in crate::extract) type Names = BTreeMap<String, String>;

/// A compiled field.
#[derive(Debug, Clone)]
pub(super) struct Field {
    form: Form,
    coding: Coding,
}

#[derive(Debug, Clone)]
enum Form {
    Paths(Vec<Path>),
    Template(Template),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Html,
    Url,
    Csv,
}

/// Text with `{names}` in it.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Name(String),
    Path(Path),
}

impl Field {
    /// Reads `text`; else says what is wrong with it. `names` are what a template may name besides paths.
    pub(super) fn parse(text: &str, names: &[String]) -> Result<Self, String> {
        let text = text.trim();
        let codings = [("::html", Coding::Html), ("::url", Coding::Url), ("::csv", Coding::Csv)];
        let coded = codings.iter().find_map(|(end, coding)| Some((text.strip_suffix(end)?, *coding)));
        let (text, coding) = coded.unwrap_or((text, Coding::Plain));
        let form = if text.contains('{') {
            Form::Template(Template::parse(text.trim(), names, true)?)
        } else {
            Form::Paths(text.split('|').map(Path::parse).collect::<Result<_, _>>()?)
        };
        Ok(Self { form, coding })
    }

    /// Its values as text within `value`, without the blank ones.
    pub(super) fn texts(&self, value: &Value, names: &Names) -> Vec<String> {
        self.read(value, names, str::to_owned)
    }

    /// As [`Field::texts`]; what a template puts in is encoded as a part of an address, but for what stands first.
    pub(super) fn links(&self, value: &Value, names: &Names) -> Vec<String> {
        self.read(value, names, encoded)
    }

    /// The first value itself, where it is a path.
    pub(super) fn value<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        let Form::Paths(paths) = &self.form else { return None };
        paths.iter().find_map(|path| path.values(value, 1).into_iter().next())
    }

    /// The path that a person looks at when nothing was found.
    pub(super) fn shown(&self) -> String {
        match &self.form {
            Form::Paths(paths) => paths.iter().map(Path::text).collect::<Vec<_>>().join(" | "),
            Form::Template(template) => template.shown(),
        }
    }

    fn read(&self, value: &Value, names: &Names, encode: impl Fn(&str) -> String) -> Vec<String> {
        let texts = match &self.form {
            Form::Paths(paths) => paths
                .iter()
                .map(|path| path.values(value, MOST_VALUES).into_iter().filter_map(text).collect::<Vec<_>>())
                .find(|texts| texts.iter().any(|text| !text.trim().is_empty()))
                .unwrap_or_default(),
            Form::Template(template) => template.fill(Some(value), names, encode).into_iter().collect(),
        };
        let texts = texts.into_iter().flat_map(|text| match self.coding {
            Coding::Plain => vec![text],
            Coding::Html => vec![text_of_html(&text)],
            Coding::Url => vec![percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()],
            Coding::Csv => text.split(',').map(str::to_owned).collect(),
        });
        texts.filter(|text| !text.trim().is_empty()).take(MOST_VALUES).collect()
    }
}

impl Template {
    /// Reads `text`. Where it may hold paths, what is no name is one; else it is a mistake.
    pub(in crate::extract) fn parse(text: &str, names: &[String], paths: bool) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(open) = rest.find('{') {
            let (before, behind) = rest.split_at(open);
            if before.contains('}') {
                return Err("a } closes nothing".to_owned());
            }
            let (name, behind) = behind[1..].split_once('}').ok_or("a { is not closed")?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let name = name.trim();
            pieces.push(if names.iter().any(|known| known == name) {
                Piece::Name(name.to_owned())
            } else if paths {
                Piece::Path(Path::parse(name)?)
            } else {
                return Err(format!("nothing is called {name:?} here; known are {}", names.join(", ")));
            });
            rest = behind;
        }
        if rest.contains('}') {
            return Err("a } closes nothing".to_owned());
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// Whether it says `{name}`.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Name(known) if known == name))
    }

    /// The text with all values put in; `None` where one is missing.
    pub(in crate::extract) fn fill(
        &self,
        value: Option<&Value>,
        names: &Names,
        encode: impl Fn(&str) -> String,
    ) -> Option<String> {
        let mut filled = String::new();
        for (at, piece) in self.0.iter().enumerate() {
            let put = match piece {
                Piece::Text(piece) => {
                    filled.push_str(piece);
                    continue;
                }
                Piece::Name(name) => names.get(name)?.clone(),
                Piece::Path(path) => path.values(value?, 1).into_iter().find_map(text)?,
            };
            // What stands first is a whole address or its beginning.
            filled.push_str(&if at == 0 { put } else { encode(&put) });
        }
        Some(filled)
    }

    fn shown(&self) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Name(name) => format!("{{{name}}}"),
            Piece::Path(path) => format!("{{{}}}", path.text()),
        });
        pieces.collect()
    }
}

/// A text as one part of an address (RFC 3986 §2.1).
pub(in crate::extract) fn encoded(text: &str) -> String {
    const PART: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');
    utf8_percent_encode(text, PART).to_string()
}

/// A value as text; lists and objects are none.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The visible text of a fragment of HTML.
fn text_of_html(html: &str) -> String {
    let mut end = html.floor_char_boundary(MOST_HTML.min(html.len()));
    if let Some((tag, _)) = html[..end].match_indices('<').nth(MOST_TAGS) {
        end = tag;
    }
    text_of(Html::parse_fragment(&html[..end]).root_element())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(field: &str, expected: &[&str]) {
        let post = json!({
            "id": 7, "slug": "한 글/?", "sub": "", "title": "Vec<T> & more", "html": "<p>a &amp; <b>b</b></p><p>c</p>",
            "csv": "a, b,", "coded": "%ED%95%9C+%EA%B8%80%21", "tags": [{ "name": "x" }, { "name": "y" }], "no": null, "yes": true,
            "url": "https://y.org/a/b",
        });
        let names = Names::from([("user".to_owned(), "me".to_owned())]);
        let field = Field::parse(field, &["user".to_owned()]).unwrap();
        assert_eq!(field.links(&post, &names), expected);
    }

    #[test]
    fn fields_are_read() {
        check("title", &["Vec<T> & more"]);
        check("html ::html", &[" a & b c "]);
        check("coded ::url", &["한 글!"]);
        check("csv ::csv", &["a", " b"]);
        check("id", &["7"]);
        check("yes", &[]);
        check("no", &[]);
        check("no | sub | id", &["7"]);
        check("tags[].name", &["x", "y"]);
        check("https://x.org/@{user}/{slug}", &["https://x.org/@me/%ED%95%9C%20%EA%B8%80%2F%3F"]);
        check("{url}?x={id}", &["https://y.org/a/b?x=7"]);
        check("https://x.org/{missing}", &[]);
    }

    #[test]
    fn html_of_any_size_is_read_in_no_time() {
        let field = Field::parse("a ::html", &[]).unwrap();
        let deep = json!({ "a": "<b>x".repeat(200_000) });
        assert!(field.texts(&deep, &Names::new())[0].contains("xxx"));
    }

    #[test]
    fn a_bad_field_is_told() {
        for bad in ["", "a |", "{", "x{a", "a}b{c}", "{a..b}", "::html"] {
            assert!(Field::parse(bad, &[]).is_err(), "{bad:?}");
        }
        assert!(Template::parse("/{page}", &["user".to_owned()], false).is_err());
    }
}
