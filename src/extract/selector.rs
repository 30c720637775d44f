//! One selector of a recipe: CSS, `CSS @attribute`, or `CSS ::own-text`.
//!
//! Without CSS (`@href`, `::own-text`) the post itself is meant.

use html5ever::{LocalName, local_name};
use scraper::{ElementRef, Node};

use super::css::Css;
use super::tags::is_unknown;

/// What stands behind the CSS to ask for the text outside child elements.
const OWN_TEXT: &str = "::own-text";

/// Elements that stand within a line; around all others there is white space.
fn is_inline(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("a")
            | local_name!("abbr")
            | local_name!("b")
            | local_name!("bdi")
            | local_name!("bdo")
            | local_name!("cite")
            | local_name!("code")
            | local_name!("data")
            | local_name!("del")
            | local_name!("dfn")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("ins")
            | local_name!("kbd")
            | local_name!("label")
            | local_name!("mark")
            | local_name!("q")
            | local_name!("ruby")
            | local_name!("s")
            | local_name!("samp")
            | local_name!("small")
            | local_name!("span")
            | local_name!("strong")
            | local_name!("strike")
            | local_name!("sub")
            | local_name!("sup")
            | local_name!("time")
            | local_name!("tt")
            | local_name!("u")
            | local_name!("var")
            | local_name!("wbr")
    )
}

/// What is taken of the element that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Take {
    /// Its text, that of its children included.
    Text,
    /// The text outside its child elements.
    OwnText,
    /// An attribute.
    Attribute(String),
}

/// A compiled selector.
#[derive(Debug, Clone)]
pub(super) struct FieldSelector {
    css: Option<Css>,
    take: Take,
}

impl FieldSelector {
    /// Compiles `text`; else says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (css, take) = split(text);
        if css.is_empty() && take == Take::Text {
            return Err("it is empty".to_owned());
        }
        let css = if css.is_empty() { None } else { Some(Css::parse(css)?) };
        Ok(Self { css, take })
    }

    /// The elements below `scope` that it means, `scope` itself where it has no CSS.
    pub(super) fn elements<'a>(&self, scope: ElementRef<'a>) -> Vec<ElementRef<'a>> {
        match &self.css {
            Some(css) => css.select(scope).collect(),
            None => vec![scope],
        }
    }

    /// The CSS part.
    pub(super) fn css(&self) -> Option<&Css> {
        self.css.as_ref()
    }

    /// What is taken of an element.
    pub(super) fn take(&self) -> &Take {
        &self.take
    }

    /// What it takes of `element`; `None` without the attribute.
    pub(super) fn value(&self, element: ElementRef<'_>) -> Option<String> {
        match &self.take {
            Take::Text => Some(text_of(element)),
            Take::OwnText => Some(own_text_of(element)),
            Take::Attribute(name) => element.attr(name).map(str::to_owned),
        }
    }

    /// The values of all elements below `scope` that it means, without the blank ones.
    pub(super) fn values<'s>(&'s self, scope: ElementRef<'s>) -> impl Iterator<Item = String> + 's {
        let own = self.css.is_none().then_some(scope);
        let below = self.css.iter().flat_map(move |css| css.select(scope));
        own.into_iter().chain(below).filter_map(|element| self.value(element)).filter(|value| !value.trim().is_empty())
    }
}

/// The CSS of a selector, and what it takes of the element.
fn split(text: &str) -> (&str, Take) {
    let text = text.trim();
    let (css, take) = if let Some(css) = text.strip_suffix(OWN_TEXT) {
        (css, Take::OwnText)
    } else if let Some((css, name)) = text.rsplit_once('@').filter(|(css, name)| is_attribute(css, name)) {
        (css, Take::Attribute(name.trim().to_ascii_lowercase()))
    } else {
        (text, Take::Text)
    };
    (css.trim(), take)
}

/// Whether a selector takes an attribute or the own text of what its CSS means.
pub(super) fn takes_a_part(text: &str) -> bool {
    split(text).1 != Take::Text
}

/// The CSS of a selector.
pub(super) fn css_of(text: &str) -> &str {
    split(text).0
}

/// The visible text of `element`, with white space where blocks meet.
pub(super) fn text_of(element: ElementRef<'_>) -> String {
    // Most are a line.
    let mut text = String::with_capacity(64);
    // By hand instead of by recursion: a page may nest deeper than a small stack.
    let (root, mut node) = (element.id(), *element);
    loop {
        let descend = match node.value() {
            Node::Text(piece) => {
                text.push_str(piece);
                None
            }
            Node::Element(inner) if is_unseen(&inner.name.local) => None,
            _ => {
                space_around(node.value(), &mut text);
                node.first_child()
            }
        };
        if let Some(child) = descend {
            node = child;
            continue;
        }
        loop {
            if node.id() == root {
                return text;
            }
            space_around(node.value(), &mut text);
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            let Some(parent) = node.parent() else { return text };
            node = parent;
        }
    }
}

/// Whether nobody sees the text of an element.
fn is_unseen(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("script")
            | local_name!("style")
            | local_name!("noscript")
            | local_name!("template")
            | local_name!("svg")
            | local_name!("select")
            | local_name!("textarea")
    )
}

/// White space before and behind what is no part of a line.
fn space_around(node: &Node, text: &mut String) {
    if let Node::Element(element) = node
        && !text.ends_with(' ')
        && !is_inline(&element.name.local)
        && !is_unknown(element.name())
    {
        text.push(' ');
    }
}

fn own_text_of(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    for child in element.children() {
        match child.value() {
            Node::Text(piece) => text.push_str(piece),
            _ => text.push(' '),
        }
    }
    text
}

/// Whether what stands behind the last `@` is the name of an attribute and not a part of the CSS.
fn is_attribute(css: &str, name: &str) -> bool {
    let name = name.trim_end();
    (css.is_empty() || css.ends_with(char::is_whitespace))
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn check(selector: &str, expected: &[&str]) {
        let html = Html::parse_fragment(
            r#"<div class="post" data-id="7">own <h2>Ti<b>tle</b></h2><p>one<br>two<script>no</script></p><a href="/x" title="@home">l</a> tail</div>"#,
        );
        let post = html.select(&Selector::parse(".post").unwrap()).next().unwrap();
        let values: Vec<String> = FieldSelector::parse(selector)
            .unwrap()
            .values(post)
            .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(values, expected, "{selector}");
    }

    #[test]
    fn text_own_text_and_attributes_are_taken() {
        check("h2", &["Title"]);
        check("p", &["one two"]);
        check("a @href", &["/x"]);
        check("@data-id", &["7"]);
        check("::own-text", &["own tail"]);
        check("h2 ::own-text", &["Ti"]);
        check("h2, a", &["Title", "l"]);
        check("a[title='@home']", &["l"]);
        check("a[title='@home'] @title", &["@home"]);
        check(":scope > a", &["l"]);
        check("h2:has(b)", &["Title"]);
        check("em", &[]);
        check("a @missing", &[]);
    }

    #[test]
    fn a_bad_selector_is_told() {
        for bad in ["", "  ", "p >", "..x", "p:unknown", "a[=x]", "h2::before"] {
            assert!(FieldSelector::parse(bad).is_err(), "{bad:?}");
        }
    }
}
