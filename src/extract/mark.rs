//! What the element must bear that a selector means, as far as a plain text of the selector tells it.
//!
//! Most elements of a page are ruled out by their tag, their id or their class attribute alone. What is read here says
//! which: it leaves what a whole selector asks to whoever holds it, and of names in other letters it knows nothing.

use html5ever::{LocalName, local_name};
use scraper::node::Element;

/// What an element must bear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its tag.
    pub(super) tag: Option<LocalName>,
    /// Its id.
    pub(super) id: Option<String>,
    /// Its classes, and perhaps others.
    pub(super) classes: Vec<String>,
    /// The name of an attribute.
    pub(super) attribute: Option<LocalName>,
    /// What stands somewhere in its value, in small letters or capitals.
    pub(super) value: Option<String>,
}

impl Mark {
    /// Whether an element bears it.
    pub(super) fn is_borne_by(&self, element: &Element) -> bool {
        let value =
            |name: &LocalName| element.attrs.iter().find(|(key, _)| key.local == *name).map(|(_, value)| &**value);
        self.tag.as_ref().is_none_or(|tag| element.name.local == *tag)
            && self.id.as_ref().is_none_or(|id| value(&local_name!("id")) == Some(id))
            && (self.classes.is_empty()
                || value(&local_name!("class"))
                    .is_some_and(|value| self.classes.iter().all(|class| value.contains(class.as_str()))))
            && self.attribute.as_ref().is_none_or(|name| {
                let wanted = |value: &str| self.value.as_ref().is_none_or(|wanted| holds(value, wanted));
                element.attrs.iter().any(|(key, value)| key.local == *name && wanted(value))
            })
    }
}

/// Whether a text stands in another, be it in other letters.
fn holds(text: &str, wanted: &str) -> bool {
    text.as_bytes().windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The value behind the name of an attribute, where it stands in quotes: whatever its sign asks, it holds that.
fn value_of(behind: &str) -> Option<String> {
    let quoted = behind.trim_start_matches(['~', '^', '$', '*', '|']).strip_prefix('=')?;
    let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (value, _) = quoted[1..].split_once(quote)?;
    Some(value).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// What the parts of a selector ask for; `None` where one of them may mean anything.
pub(super) fn marks(text: &str) -> Option<Vec<Mark>> {
    // Names in other letters and escapes are told in more than one way.
    if text.contains('\\') {
        return None;
    }
    compounds(text)?.into_iter().map(mark).collect()
}

/// The last compound of each part: `p > a.x, b` has `a.x` and `b`.
fn compounds(text: &str) -> Option<Vec<&str>> {
    let mut compounds = Vec::new();
    let mut from = 0;
    for (at, _) in outside(text)?.into_iter().filter(|(_, letter)| *letter == ',') {
        compounds.push(last_compound(&text[from..at])?);
        from = at + 1;
    }
    compounds.push(last_compound(&text[from..])?);
    Some(compounds)
}

/// What stands behind the last combinator of a part.
fn last_compound(part: &str) -> Option<&str> {
    let part = part.trim();
    let outside = outside(part)?;
    let is_combinator = |letter: char| matches!(letter, '>' | '+' | '~') || letter.is_whitespace();
    let last = outside.into_iter().rev().find(|(_, letter)| is_combinator(*letter));
    Some(last.map_or(part, |(at, letter)| &part[at + letter.len_utf8()..]))
}

/// The letters of a selector that stand in no brackets and no quotes, and where.
fn outside(text: &str) -> Option<Vec<(usize, char)>> {
    let mut outside = Vec::new();
    let (mut depth, mut quote) = (0_usize, None);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) => quote = quote.filter(|_| letter != open),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.checked_sub(1)?,
            (None, _) if depth == 0 => outside.push((at, letter)),
            (None, _) => {}
        }
    }
    Some(outside)
}

/// What a compound asks for: its tag, its ids and classes, and the name of the attribute behind them.
fn mark(compound: &str) -> Option<Mark> {
    let name_end = |text: &str| {
        text.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))).unwrap_or(text.len())
    };
    let is_name = |text: &str| {
        !text.is_empty() && text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '-' | '_'))
    };
    let tag = &compound[..name_end(compound)];
    // A name goes on behind letters that this does not know.
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '#', '[', ':']);
    let mut mark = Mark::default();
    let mut rest = &compound[tag.len()..];
    if !ends(rest) {
        return None;
    }
    if is_name(tag) {
        if tag.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        mark.tag = Some(LocalName::from(tag));
    }
    while let Some(sign @ ('.' | '#')) = rest.chars().next() {
        let name = &rest[1..];
        let name = &name[..name_end(name)];
        rest = &rest[1 + name.len()..];
        if !is_name(name) || !ends(rest) {
            return None;
        }
        match sign {
            '#' => mark.id = Some(name.to_owned()),
            _ => mark.classes.push(name.to_owned()),
        }
    }
    if let Some(inner) = rest.strip_prefix('[') {
        let name = &inner[..name_end(inner)];
        let is_plain = is_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        let closed = inner[name.len()..].starts_with([']', '=', '~', '^', '$', '*', ' ']);
        mark.attribute = (is_plain && closed).then(|| LocalName::from(name));
        mark.value = mark.attribute.as_ref().and_then(|_| value_of(&inner[name.len()..]));
    }
    (mark != Mark::default()).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_where_they_are_plain() {
        let named = |tag: &str, id: &str, classes: &[&str], attribute: &str| Mark {
            tag: (!tag.is_empty()).then(|| LocalName::from(tag)),
            id: (!id.is_empty()).then(|| id.to_owned()),
            classes: classes.iter().map(|&class| class.to_owned()).collect(),
            attribute: (!attribute.is_empty()).then(|| LocalName::from(attribute)),
            value: None,
        };
        assert_eq!(marks("div a.x#y"), Some(vec![named("a", "y", &["x"], "")]));
        assert_eq!(
            marks(".x.w, main > .z:first-child"),
            Some(vec![named("", "", &["x", "w"], ""), named("", "", &["z"], "")])
        );
        assert_eq!(
            marks("a.b[href]:not(.c), [rel=next]"),
            Some(vec![named("a", "", &["b"], "href"), named("", "", &[], "rel")])
        );
        let valued = |text: &str| marks(text).and_then(|mut marks| marks.pop()?.value);
        assert_eq!(valued("meta[property='og:x'][content]").as_deref(), Some("og:x"));
        assert_eq!(valued("a[rel~=\"next\" i]").as_deref(), Some("next"));
        for none in ["a[href]", "a[rel=next]", "a[rel='']", "a[rel ~= 'next']"] {
            assert_eq!(valued(none), None, "{none}");
        }
        for any in ["*", ":not(a)", "a, *", ".md\\:x", "svg|a", "A"] {
            assert_eq!(marks(any), None, "{any}");
        }
    }
}
