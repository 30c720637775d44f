//! Selectors of nothing but tags, ids, classes and attributes, told without asking `scraper`.
//!
//! It keeps the classes of an element as words of a table that all threads share, each behind a lock; most selectors
//! of recipes ask for no more than words in attributes, here and above. Of pseudo-classes `:scope >` at the
//! beginning and `:not([name])` at the end are known, as they are learnt, and of values those of a few attributes. What else
//! stands in a selector (siblings, escapes, names in capitals) is not: then there is none of this kind.

use html5ever::{LocalName, local_name, ns};
use scraper::ElementRef;
use scraper::node::Element;

use super::mark::Mark;

/// A selector.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    /// Each of its parts, which commas part.
    parts: Vec<Part>,
}

/// Steps from the outside in.
#[derive(Debug, Clone)]
struct Part {
    /// The element that is meant.
    last: Step,
    /// The steps around it.
    outer: Vec<Step>,
    /// Whether the first step stands directly below what the selector is asked of.
    scoped: bool,
}

/// What an element must bear.
#[derive(Debug, Clone, Default)]
struct Step {
    tag: Option<LocalName>,
    id: Option<String>,
    classes: Vec<String>,
    /// Attributes, and what is asked of their values.
    attributes: Vec<(LocalName, Value)>,
    /// Attributes that it must not bear.
    without: Vec<LocalName>,
    /// Whether it stands directly below the step before.
    child: bool,
}

/// What is asked of the value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Any,
    Is(String),
    Holds(String),
}

/// Attributes whose values HTML tells apart by small letters and capitals, and which are asked for them.
const VALUED: &[&str] = &["href", "src", "itemprop", "property"];

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
        text.split(',').map(part).collect::<Option<_>>().map(|parts| Self { parts })
    }

    /// What the element that is meant bears itself, of each part.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let last = self.parts.iter().map(|part| &part.last);
        last.map(|Step { tag, id, classes, attributes, .. }| Mark {
            tag: tag.clone(),
            id: id.clone(),
            classes: classes.clone(),
            attribute: attributes.first().map(|(name, _)| name.clone()),
            value: attributes.first().and_then(|(_, value)| match value {
                Value::Any => None,
                Value::Is(value) | Value::Holds(value) => Some(value.clone()),
            }),
        })
        .collect()
    }

    /// `false` for elements whose tag alone says that they are not meant.
    pub(super) fn may_mean(&self, element: &Element) -> bool {
        let fits = |last: &Step| last.tag.as_ref().is_none_or(|tag| element.name.local == *tag);
        self.parts.iter().any(|part| fits(&part.last))
    }

    /// Whether an element is meant; `scope`: what the selector is asked of, the root of the page where it is of the page.
    pub(super) fn means(&self, element: ElementRef<'_>, scope: Option<ElementRef<'_>>) -> bool {
        self.parts.iter().any(|part| {
            let begins = |first: ElementRef<'_>| {
                let is_scope = |above: ElementRef<'_>| match scope {
                    Some(scope) => above.id() == scope.id(),
                    None => above.parent().is_some_and(|above| above.value().is_document()),
                };
                !part.scoped || first.parent().and_then(ElementRef::wrap).is_some_and(is_scope)
            };
            part.last.is(element.value()) && around(&part.outer, part.last.child, element, &begins) == Around::Yes
        })
    }
}

/// Looks for the steps around an element, the innermost directly above it where `child` says so. `begins`: whether the
/// outermost may stand at an element.
fn around(steps: &[Step], child: bool, element: ElementRef<'_>, begins: &dyn Fn(ElementRef<'_>) -> bool) -> Around {
    let Some((step, outer)) = steps.split_last() else {
        return if begins(element) { Around::Yes } else { Around::NotHere };
    };
    let mut inner = element;
    while let Some(above) = inner.parent().and_then(ElementRef::wrap) {
        if step.is(above.value()) {
            match around(outer, step.child, above, begins) {
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
            && self.attributes.iter().all(|(name, wanted)| {
                bare(element, name).is_some_and(|value| match wanted {
                    Value::Any => true,
                    Value::Is(wanted) => value == wanted,
                    Value::Holds(wanted) => value.contains(wanted.as_str()),
                })
            })
            && self.without.iter().all(|name| bare(element, name).is_none())
    }
}

/// The value of an attribute without a namespace: that of a link in SVG is another.
fn bare<'e>(element: &'e Element, name: &LocalName) -> Option<&'e str> {
    element.attrs.iter().find(|(key, _)| key.local == *name && key.ns == ns!()).map(|(_, value)| &**value)
}

/// A part of a selector: `main > p.x` has two steps.
fn part(text: &str) -> Option<Part> {
    let mut steps: Vec<Step> = Vec::new();
    let mut child = false;
    let spaced = text.replace('>', " > ");
    let below =
        spaced.trim_ascii_start().strip_prefix(":scope ").and_then(|rest| rest.trim_ascii_start().strip_prefix('>'));
    for word in below.unwrap_or(&spaced).split_ascii_whitespace() {
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
    let last = steps.pop().filter(|_| !child)?;
    Some(Part { last, outer: steps, scoped: below.is_some() })
}

fn is_name(name: &str) -> bool {
    let begin = name.strip_prefix('-').unwrap_or(name);
    begin.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The name of an attribute, as HTML writes it.
fn attribute_name(name: &str) -> Option<LocalName> {
    let is_small = is_name(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    is_small.then(|| LocalName::from(name))
}

/// What stands in the brackets of an attribute: its name, and perhaps a value in quotes.
fn attribute(inner: &str) -> Option<(LocalName, Value)> {
    let Some((name, value)) = inner.split_once('=') else { return Some((attribute_name(inner)?, Value::Any)) };
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = !value.is_empty() && !value.contains(['"', '\'', '\\']);
    let (name, wanted): (_, fn(String) -> Value) = match name.strip_suffix('*') {
        Some(name) => (name, Value::Holds),
        None => (name, Value::Is),
    };
    (is_plain && VALUED.contains(&name)).then(|| (LocalName::from(name), wanted(value.to_owned())))
}

/// What one compound asks for: its tag, its id and classes, the attributes behind them, and those that are not there.
fn step(compound: &str) -> Option<Step> {
    let mut step = Step::default();
    let mut rest = compound;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (inner, behind) = inner.split_once(']')?;
            // Behind an attribute stands nothing but another.
            if !step.without.is_empty() || !(behind.is_empty() || behind.starts_with(['[', ':'])) {
                return None;
            }
            step.attributes.push(attribute(inner)?);
            rest = behind;
            continue;
        }
        // A compound of nothing else marks no element.
        if let Some(inner) = rest.strip_prefix(":not([").filter(|_| rest.len() < compound.len()) {
            let (name, behind) = inner.split_once("])")?;
            if !(behind.is_empty() || behind.starts_with(':')) {
                return None;
            }
            step.without.push(attribute_name(name)?);
            rest = behind;
            continue;
        }
        let sign = rest.chars().next().filter(|sign| matches!(sign, '.' | '#'));
        let behind = &rest[usize::from(sign.is_some())..];
        let end = behind.find(['.', '#', '[', ':']).unwrap_or(behind.len());
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
        let ours: Vec<_> =
            elements().filter(|element| plain.means(*element, None)).map(|element| element.id()).collect();
        let theirs: Vec<_> =
            elements().filter(|element| selector.matches(element)).map(|element| element.id()).collect();
        assert_eq!(ours, theirs, "{text:?}");
        for scope in elements() {
            let below = || scope.descendants().skip(1).filter_map(ElementRef::wrap);
            let ours: Vec<_> = below().filter(|element| plain.means(*element, Some(scope))).map(|it| it.id()).collect();
            let theirs: Vec<_> = scope.select(&selector).map(|element| element.id()).collect();
            assert_eq!(ours, theirs, "{text:?} below {:?}", scope.value().name());
        }
    }

    #[test]
    fn what_else_stands_in_a_selector_is_not_known() {
        for text in [
            "a[href='/']",
            "a[rel=\"x\"]",
            ":not([class])",
            "a:not([href]).x",
            "a:not(.x)",
            ":scope",
            ":scope a",
            "p :scope > a",
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
            "p:scope > a",
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
            "a[href*=\"\"]",
            "a[href=\"/]",
            "a:not([",
            "a:not([x]",
            ":scope >",
            ":scope > > a",
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
        fn what_is_plain_can_be_parsed(text in "([a-zA-Z0-9_.#>, \t\n\\[\\]-]|:not\\(\\[|\\]\\)|:scope|:scope >|\\[href|\\*|=\"|\"|\"\\]){1,12}") {
            prop_assert!(Plain::of(&text).is_none() || Selector::parse(&text).is_ok(), "{:?}", text);
        }

        #[test]
        fn plain_selectors_mean_what_they_mean_to_scraper(
            scope in "(:scope ?> ?)?",
            text in "(main|p|a|div|i|svg)?(\\.(a|b|x)|#[mn]){0,1}((( )|( > )|>)(p|a|b|i|div|\\[(class|id)\\]|\\.(a|b|x)(\\.(a|b))?)(\\[(href|id|class|href\\*=\"/\"|href=\"/\"|href=\"/x\")\\]){0,2}(:not\\(\\[(class|id|href)\\]\\)){0,2}){0,4}(, ?(a|\\.x))?",
        ) {
            prop_assume!(!text.is_empty() && !text.starts_with([' ', '>', ',']));
            check(&Html::parse_document(PAGE), &format!("{scope}{text}"));
        }
    }
}
