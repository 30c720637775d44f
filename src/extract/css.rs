//! A selector of CSS that tells cheaply which elements it cannot mean.
//!
//! Most elements of a page are ruled out by their tag, their id or their class attribute alone; only the rest is
//! asked the whole selector. What is ruled out is read from the selector's text, and only where that text is plain:
//! a selector with escapes or with names in capitals rules nothing out.

use html5ever::{LocalName, local_name};
use scraper::node::Element;
use scraper::{ElementRef, Selector};

use super::plain::Plain;

/// A selector.
#[derive(Debug, Clone)]
pub(super) struct Css {
    /// What the last compound of each of its parts asks for, all of it; `None` where one of them may mean anything.
    marks: Option<Vec<Mark>>,
    whole: Whole,
}

/// All that it asks for.
#[derive(Debug, Clone)]
enum Whole {
    /// It is of tags, ids, classes and attributes alone.
    Plain(Plain),
    /// It is not.
    Other {
        selector: Selector,
        /// Whether it has pseudo-classes that are dear to find out anew for each element.
        counts: bool,
    },
}

/// Pseudo-classes that each element tells by itself.
const OF_ITSELF: &[&str] = &["scope", "not(", "is(", "where("];

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

impl Css {
    /// Compiles plain CSS; else says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // What is plain need not be parsed in full, and most of what is learnt is.
        if let Some(plain) = Plain::of(text) {
            return Ok(Self { marks: Some(plain.marks()), whole: Whole::Plain(plain) });
        }
        let selector = Selector::parse(text).map_err(|error| error.to_string())?;
        let mut pseudo = text.match_indices(':').map(|(at, _)| &text[at + 1..]);
        let counts = pseudo.any(|name| !OF_ITSELF.iter().any(|known| name.starts_with(known)));
        Ok(Self { marks: marks(text), whole: Whole::Other { selector, counts } })
    }

    /// Compiles CSS that stands in this program.
    pub(super) fn constant(text: &str) -> Self {
        Self::parse(text).expect("a constant selector")
    }

    /// Whether an element of the page is meant that was not ruled out.
    pub(super) fn means(&self, element: &ElementRef<'_>) -> bool {
        match &self.whole {
            Whole::Plain(plain) => plain.means(*element, None),
            Whole::Other { selector, .. } => selector.matches(element),
        }
    }

    /// The elements below `scope` that are meant, in the order of the document.
    pub(super) fn select<'a, 's>(
        &'s self,
        scope: ElementRef<'a>,
    ) -> impl Iterator<Item = ElementRef<'a>> + use<'a, 's> {
        // Counted siblings are remembered from element to element there.
        let mut remembering = match &self.whole {
            Whole::Other { selector, counts: true } => Some(scope.select(selector)),
            Whole::Other { .. } | Whole::Plain(_) => None,
        };
        let mut below = scope.descendants().skip(1).filter_map(ElementRef::wrap);
        let is_meant = move |element: &ElementRef<'a>| match &self.whole {
            Whole::Plain(plain) => plain.means(*element, Some(scope)),
            Whole::Other { selector, .. } => {
                self.may_mean(element.value()) && selector.matches_with_scope(element, Some(scope))
            }
        };
        std::iter::from_fn(move || match &mut remembering {
            Some(all) => all.next(),
            None => below.find(is_meant),
        })
    }

    /// The tags of all elements that may be meant; `None` where their tags do not tell.
    pub(super) fn tags(&self) -> Option<Vec<&LocalName>> {
        self.marks.as_ref()?.iter().map(|mark| mark.tag.as_ref()).collect()
    }

    /// `false` where surely nothing is meant on a page that lacks the classes and ids of which `has` says so.
    pub(super) fn may_stand(&self, has: impl Fn(&str) -> bool) -> bool {
        let stands = |mark: &Mark| mark.id.iter().chain(&mark.classes).all(|word| has(word));
        self.marks.as_ref().is_none_or(|marks| marks.iter().any(stands))
    }

    /// `false` for elements that are surely not meant.
    pub(super) fn may_mean(&self, element: &Element) -> bool {
        // What is asked next costs hardly more.
        if let Whole::Plain(plain) = &self.whole {
            return plain.may_mean(element);
        }
        self.marks.as_ref().is_none_or(|marks| marks.iter().any(|mark| mark.is_borne_by(element)))
    }
}

impl Mark {
    fn is_borne_by(&self, element: &Element) -> bool {
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
fn marks(text: &str) -> Option<Vec<Mark>> {
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
    use scraper::Html;

    use super::*;

    #[test]
    fn what_is_ruled_out_is_not_meant() {
        let html = Html::parse_document(
            "<main id=m class='a b'><p class=x><a href=/1 rel=next>1</a></p><p data-x='c,d'><A class='X-y'>2</A></p>\
             <svg><a xlink:href=/3></a></svg><ul><li>3<li class='b'>4</ul></main>",
        );
        for text in [
            "a",
            "p > a",
            "p.x a",
            "#m",
            "main#m.a",
            ".a",
            ".b, #none",
            "[href]",
            "a[rel~='next' i][href]",
            "p[data-x='c,d']",
            "p:has(> a)",
            "ul > li:nth-child(2)",
            "*",
            "*.b",
            ":is(p, li)",
            "A",
            "[data-x=\"a > b\"], li",
            "[data-x*='c']",
            "[data-x^='C' i]",
            "[data-x='']",
            "a[rel='Next'], p",
            "[class|='a']",
            "[class~='b']",
            "li + li",
            ".X-y",
            "main.a.b p > a",
            "p:not([class])",
            "svg a",
            "html",
            ".\\61",
        ] {
            let css = Css::constant(text);
            let all = html.root_element();
            let meant: Vec<_> = all.select(&Selector::parse(text).unwrap()).map(|element| element.id()).collect();
            let selected: Vec<_> = css.select(all).map(|element| element.id()).collect();
            assert_eq!(selected, meant, "{text}");
            let asked = all.descendants().skip(1).filter_map(ElementRef::wrap);
            let asked: Vec<_> = asked.filter(|element| css.may_mean(element.value()) && css.means(element)).collect();
            assert_eq!(asked.iter().map(|element| element.id()).collect::<Vec<_>>(), meant, "{text}");
            if let Whole::Plain(plain) = &css.whole {
                assert_eq!(Some(plain.marks()), marks(text), "{text}");
            }
        }
    }

    #[test]
    fn marks_are_read_where_they_are_plain() {
        let read = |text: &str| marks(text);
        let named = |tag: &str, id: &str, classes: &[&str], attribute: &str| Mark {
            tag: (!tag.is_empty()).then(|| LocalName::from(tag)),
            id: (!id.is_empty()).then(|| id.to_owned()),
            classes: classes.iter().map(|&class| class.to_owned()).collect(),
            attribute: (!attribute.is_empty()).then(|| LocalName::from(attribute)),
            value: None,
        };
        assert_eq!(read("div a.x#y"), Some(vec![named("a", "y", &["x"], "")]));
        assert_eq!(
            read(".x.w, main > .z:first-child"),
            Some(vec![named("", "", &["x", "w"], ""), named("", "", &["z"], "")])
        );
        assert_eq!(
            read("a.b[href]:not(.c), [rel=next]"),
            Some(vec![named("a", "", &["b"], "href"), named("", "", &[], "rel")])
        );
        let valued = |text: &str| read(text).and_then(|mut marks| marks.pop()?.value);
        assert_eq!(valued("meta[property='og:x'][content]").as_deref(), Some("og:x"));
        assert_eq!(valued("a[rel~=\"next\" i]").as_deref(), Some("next"));
        for none in ["a[href]", "a[rel=next]", "a[rel='']", "a[rel ~= 'next']"] {
            assert_eq!(valued(none), None, "{none}");
        }
        for any in ["*", ":not(a)", "a, *", ".md\\:x", "svg|a", "A"] {
            assert_eq!(read(any), None, "{any}");
        }
    }
}
