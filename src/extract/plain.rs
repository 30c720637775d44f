//! Selectors of nothing but tags, ids, classes and attributes of any value, told without asking `scraper`.
//!
//! It keeps the classes of an element as words of a table that all threads share, each behind a lock; most selectors
//! of recipes ask for no more than words in attributes, here and above. What else stands in a selector (values of
//! attributes, pseudo-classes, siblings, escapes, names in capitals) is not known here: then there is none of this kind.

use html5ever::{LocalName, local_name, ns};
use scraper::ElementRef;
use scraper::node::Element;

use super::css::Mark;

/// A selector.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    /// Each of its parts, which commas part.
    parts: Vec<Vec<Step>>,
}

/// What an element must bear; from the outside in, the last one is the element that is meant.
#[derive(Debug, Clone, Default)]
struct Step {
    tag: Option<LocalName>,
    id: Option<String>,
    classes: Vec<String>,
    /// Attributes of whatever value.
    attributes: Vec<LocalName>,
    /// Whether it stands directly below the step before.
    child: bool,
}

/// Whether the steps around an element are there.
#[derive(PartialEq, Eq)]
enum Around {
    Yes,
    /// Not here, but perhaps around an element further out.
    NotHere,
    /// No element is left that could be one of them.
    Never,
}

impl Plain {
    /// Reads a selector; `None` where more stands in it, or it is none.
    pub(super) fn of(text: &str) -> Option<Self> {
        text.split(',').map(steps).collect::<Option<_>>().map(|parts| Self { parts })
    }

    /// What the element that is meant bears itself, of each part.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let last = self.parts.iter().filter_map(|steps| steps.last());
        last.map(|Step { tag, id, classes, attributes, .. }| Mark {
            tag: tag.clone(),
            id: id.clone(),
            classes: classes.clone(),
            attribute: attributes.first().cloned(),
            value: None,
        })
        .collect()
    }

    /// `false` for elements whose tag alone says that they are not meant.
    pub(super) fn may_mean(&self, element: &Element) -> bool {
        let fits = |last: &Step| last.tag.as_ref().is_none_or(|tag| element.name.local == *tag);
        self.parts.iter().filter_map(|steps| steps.last()).any(fits)
    }

    /// Whether an element is meant.
    pub(super) fn means(&self, element: ElementRef<'_>) -> bool {
        self.parts.iter().any(|steps| {
            let Some((last, outer)) = steps.split_last() else { return false };
            last.is(element.value()) && around(outer, last.child, element) == Around::Yes
        })
    }
}

/// Looks for the steps around an element, the innermost directly above it where `child` says so.
fn around(steps: &[Step], child: bool, element: ElementRef<'_>) -> Around {
    let Some((step, outer)) = steps.split_last() else { return Around::Yes };
    let mut inner = element;
    while let Some(above) = inner.parent().and_then(ElementRef::wrap) {
        if step.is(above.value()) {
            match around(outer, step.child, above) {
                Around::NotHere => {}
                told => return told,
            }
        }
        if child {
            return Around::NotHere;
        }
        inner = above;
    }
    Around::Never
}

impl Step {
    fn is(&self, element: &Element) -> bool {
        let value = |name| element.attrs.iter().find(|(key, _)| key.local == name).map(|(_, value)| &**value);
        let has = |classes: &str, class: &str| classes.split_ascii_whitespace().any(|token| token == class);
        self.tag.as_ref().is_none_or(|tag| element.name.local == *tag)
            && self.id.as_deref().is_none_or(|id| value(local_name!("id")) == Some(id))
            && (self.classes.is_empty()
                || value(local_name!("class"))
                    .is_some_and(|classes| self.classes.iter().all(|class| has(classes, class))))
            && self.attributes.iter().all(|name| {
                // One of a namespace, as of a link in SVG, is another.
                element.attrs.iter().any(|(key, _)| key.local == *name && key.ns == ns!())
            })
    }
}

/// The steps of a part of a selector: `main > p.x` has two.
fn steps(part: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut child = false;
    for word in part.replace('>', " > ").split_ascii_whitespace() {
        if word == ">" {
            if child || steps.is_empty() {
                return None;
            }
            child = true;
        } else {
            steps.push(Step { child, ..step(word)? });
            child = false;
        }
    }
    (!child && !steps.is_empty()).then_some(steps)
}

/// What one compound asks for: its tag, its id and classes, and the attributes behind them.
fn step(compound: &str) -> Option<Step> {
    let is_name = |name: &str| {
        let begin = name.strip_prefix('-').unwrap_or(name);
        begin.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let mut step = Step::default();
    let mut rest = compound;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (name, behind) = inner.split_once(']')?;
            let is_small = is_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
            // Behind an attribute stands nothing but another.
            if !is_small || !(behind.is_empty() || behind.starts_with('[')) {
                return None;
            }
            step.attributes.push(LocalName::from(name));
            rest = behind;
            continue;
        }
        let sign = rest.chars().next().filter(|sign| matches!(sign, '.' | '#'));
        let behind = &rest[usize::from(sign.is_some())..];
        let end = behind.find(['.', '#', '[']).unwrap_or(behind.len());
        let name = Some(&behind[..end]).filter(|name| is_name(name))?;
        rest = &behind[end..];
        match sign {
            Some('.') => step.classes.push(name.to_owned()),
            Some(_) if step.id.is_none() => step.id = Some(name.to_owned()),
            None if !name.bytes().any(|byte| byte.is_ascii_uppercase()) => step.tag = Some(LocalName::from(name)),
            _ => return None,
        }
    }
    Some(step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use scraper::{Html, Selector};

    use super::*;

    const PAGE: &str = "<main id=m class='a b'><p class=x><a class='a x'>1</a><b><i class=b id=n>2</i></b></p>\
        <div class='a'><div><p class='b x'><a id=m href=/>3</a></p><svg class=x><a class=a xlink:href=/></a></svg></div></div></main>";

    fn check(html: &Html, text: &str) {
        let (Some(plain), Ok(selector)) = (Plain::of(text), Selector::parse(text)) else {
            panic!("{text:?} is no plain selector");
        };
        let elements = || html.tree.nodes().filter_map(ElementRef::wrap);
        let ours: Vec<_> = elements().filter(|element| plain.means(*element)).map(|element| element.id()).collect();
        let theirs: Vec<_> =
            elements().filter(|element| selector.matches(element)).map(|element| element.id()).collect();
        assert_eq!(ours, theirs, "{text:?}");
    }

    #[test]
    fn what_else_stands_in_a_selector_is_not_known() {
        for text in [
            "a[href='/']",
            "a[HREF]",
            "a[href].x",
            "a[xlink|href]",
            "a:first-child",
            "a + b",
            "a ~ b",
            "*",
            "A",
            ".md\\:x",
            "svg|a",
            ":scope > a",
            "a#b#c",
        ] {
            assert!(Plain::of(text).is_none(), "{text}");
        }
        for text in [
            "> a",
            "a >",
            "a > > b",
            "",
            "a,",
            "a..b",
            "a.1",
            "a/**/b",
            "a[]",
            "a[",
            "a]",
            "a[ href ]",
            "a.-",
            "#-1",
            "a.--b",
        ] {
            assert!(Plain::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn deep_pages_cost_no_more_than_their_depth() {
        let html = Html::parse_document(&"<div>".repeat(400));
        check(&html, "p div div div div div div div div div div");
        check(&html, "p > div div > div div div > div div div div");
    }

    proptest! {
        #[test]
        fn what_is_plain_can_be_parsed(text in "[a-zA-Z0-9_.#>, \t\n\\[\\]-]{1,12}") {
            prop_assert!(Plain::of(&text).is_none() || Selector::parse(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn plain_selectors_mean_what_they_mean_to_scraper(
            text in "(main|p|a|div|i|svg)?(\\.(a|b|x)|#[mn]){0,1}((( )|( > )|>)(p|a|b|i|div|\\[(class|id)\\]|\\.(a|b|x)(\\.(a|b))?)(\\[(href|id|class)\\]){0,2}){0,4}(, ?(a|\\.x))?"
        ) {
            prop_assume!(!text.is_empty() && !text.starts_with([' ', '>', ',']));
            check(&Html::parse_document(PAGE), &text);
        }
    }
}
