//! A selector of CSS that tells cheaply which elements it cannot mean.
//!
//! Most elements of a page are ruled out by what the selector's text says that they must bear (`mark`); only the rest is
//! asked the whole selector, which is told here where it is plain (`plain`) and by `scraper` where it is not.

use html5ever::LocalName;
use scraper::node::Element;
use scraper::{ElementRef, Selector};

use super::mark::{Mark, marks};
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
}
