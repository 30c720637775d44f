//! One selector of a recipe: CSS, `CSS @attribute`, or `CSS ::own-text`.

use scraper::{ElementRef, Selector};

use super::error::RecipeError;

/// What of the found element is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Take {
    /// Its text, that of its children included.
    Text,
    /// Its text outside child elements.
    OwnText,
    /// An attribute.
    Attribute(String),
}

/// A compiled selector.
#[derive(Debug, Clone)]
pub(super) struct Field {
    selector: Selector,
    take: Take,
}

impl Field {
    /// Compiles what a recipe says under `key`.
    pub(super) fn compile(key: &'static str, text: &str) -> Result<Self, RecipeError> {
        let text = text.trim();
        let wrong = |reason: String| RecipeError { key, selector: text.to_owned(), reason };
        let (css, take) = match text.rsplit_once('@') {
            Some((css, name)) if is_name(name) && !css.ends_with('[') => {
                (css, Take::Attribute(name.to_ascii_lowercase()))
            }
            _ => match text.strip_suffix("::own-text") {
                Some(css) => (css, Take::OwnText),
                None => (text, Take::Text),
            },
        };
        if css.trim().is_empty() {
            return Err(wrong("no CSS stands before it".to_owned()));
        }
        let selector = Selector::parse(css.trim()).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { selector, take })
    }

    /// The elements within `root`.
    pub(super) fn elements<'a>(&'a self, root: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> + 'a {
        root.select(&self.selector)
    }

    /// Whether `element` itself is meant.
    pub(super) fn is(&self, element: &ElementRef<'_>) -> bool {
        self.selector.matches(element)
    }

    /// What of `element` is wanted; empty counts as nothing.
    pub(super) fn value(&self, element: ElementRef<'_>) -> Option<String> {
        let value = match &self.take {
            Take::Text => element.text().collect::<Vec<_>>().join(" "),
            Take::OwnText => {
                let own = element.children().filter_map(|child| child.value().as_text().map(|text| text.to_string()));
                own.collect::<Vec<_>>().join(" ")
            }
            Take::Attribute(name) => element.attr(name)?.to_owned(),
        };
        (!value.trim().is_empty()).then_some(value)
    }

    /// The first value within `root` that is not empty.
    pub(super) fn first(&self, root: ElementRef<'_>) -> Option<String> {
        root.select(&self.selector).find_map(|element| self.value(element))
    }

    /// All values within `root` that are not empty.
    pub(super) fn all(&self, root: ElementRef<'_>) -> Vec<String> {
        root.select(&self.selector).filter_map(|element| self.value(element)).collect()
    }

    /// Whether an attribute is asked for.
    pub(super) fn takes_attribute(&self) -> bool {
        matches!(self.take, Take::Attribute(_))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn the_three_forms() {
        let html = Html::parse_fragment(r#"<div><p class="a">own <b>child</b> text</p><img data-src="x.png"></div>"#);
        let root = html.root_element();
        for (selector, expected) in [
            ("p.a", "own  child  text"),
            ("p.a ::own-text", "own   text"),
            ("img @data-src", "x.png"),
            ("img@data-src", "x.png"),
        ] {
            let field = Field::compile("title", selector).unwrap();
            assert_eq!(field.first(root).as_deref(), Some(expected), "{selector}");
        }
        for wrong in ["", "p[", "@href", "::own-text", "p >"] {
            assert_eq!(Field::compile("title", wrong).unwrap_err().key(), "title", "{wrong}");
        }
    }
}
