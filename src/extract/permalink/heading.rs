//! What people see around the heading of a post's own page: its date, its category.

use std::sync::LazyLock;

use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};
use unicode_normalization::UnicodeNormalization;

use super::super::selector::text_of;

/// How far above the heading the neighbourhood begins, in elements.
const LEVELS: usize = 4;

/// A text that is longer is the post and no note beside its heading.
const LONGEST: usize = 80;

/// Texts behind the heading that are looked at; as many before it.
const MOST_BEHIND: usize = 14;
const MOST_BEFORE: usize = 8;

/// Words in the class of what names a category.
const LABELS: &[&str] = &["category", "categories", "cate", "categ", "cat"];

static HEADINGS: LazyLock<Selector> = LazyLock::new(|| {
    Selector::parse("h1, h2, h3, h4, [class*='title' i], [itemprop~='headline'], [itemprop~='name']")
        .expect("a constant selector")
});

/// A link near the heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) text: String,
}

/// What stands around the heading, the nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The heading.
    pub(super) title: Option<String>,
    /// Texts that may hold a date.
    pub(super) dates: Vec<String>,
    /// Links.
    pub(super) links: Vec<Link>,
    /// Texts whose class says that they name a category.
    pub(super) labels: Vec<String>,
    /// All short texts.
    pub(super) texts: Vec<String>,
}

/// A short text of the page in its place.
struct Note {
    text: String,
    href: Option<String>,
    is_label: bool,
    date: Option<String>,
}

/// The neighbourhoods of the heading that bears `title`, from the narrowest to the widest; `None` without such a
/// heading.
pub(super) fn shown(html: &Html, title: &str) -> Option<Vec<Shown>> {
    let wanted = folded(title);
    let heading = html.select(&HEADINGS).take(2000).find(|heading| {
        let text = folded(&text_of(*heading));
        !text.is_empty() && says(&text, &wanted)
    })?;
    let above = heading.ancestors().filter_map(ElementRef::wrap).take(LEVELS);
    let above = above.take_while(|above| above.value().name() != "html");
    Some(above.map(|around| within(around, heading)).collect())
}

/// What stands around the heading within one of the elements that hold it.
fn within(around: ElementRef<'_>, heading: ElementRef<'_>) -> Shown {
    let (before, behind) = notes(around, heading);
    let mut shown = Shown { title: Some(text_of(heading)), ..Shown::default() };
    for note in behind.into_iter().take(MOST_BEHIND).chain(before.into_iter().rev().take(MOST_BEFORE)) {
        shown.dates.extend(note.date);
        if note.text.is_empty() {
            continue;
        }
        // "by Kim", "12 comments" and the like hold no date; reading decides.
        shown.dates.push(note.text.clone());
        if note.is_label {
            shown.labels.push(note.text.clone());
        }
        if let Some(href) = note.href {
            shown.links.push(Link { href, text: note.text.clone() });
        }
        shown.texts.push(note.text);
    }
    shown
}

/// Whether a heading bears a title: all of it, the beginning that a list cut off, or most of what a window is called.
fn says(heading: &str, title: &str) -> bool {
    let cut = title.trim_end_matches('.').trim_end();
    heading == title
        || (title.ends_with("..") && !cut.is_empty() && heading.starts_with(cut))
        || (heading.len() < title.len() + 24 && heading.contains(title))
        || (heading.len() * 2 >= title.len() && title.starts_with(heading))
}

/// The short texts before and behind the heading. The first long one behind it is the post, and ends them.
fn notes(around: ElementRef<'_>, heading: ElementRef<'_>) -> (Vec<Note>, Vec<Note>) {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    let mut passed = false;
    for node in around.descendants() {
        if node.id() == heading.id() {
            passed = true;
            continue;
        }
        let within = |other: &ElementRef<'_>| node.ancestors().any(|above| above.id() == other.id());
        let list = if passed { &mut behind } else { &mut before };
        match node.value() {
            Node::Text(text) => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let Some(parent) = node.parent().and_then(ElementRef::wrap) else { continue };
                if text.is_empty() || within(&heading) || is_unseen(parent) || is_aside(parent, around) {
                    continue;
                }
                if text.chars().count() > LONGEST {
                    if passed {
                        break;
                    }
                    before.clear();
                    continue;
                }
                list.push(note(&text, parent, around));
            }
            Node::Element(element) if element.name() == "time" => {
                let date = element.attr("datetime").map(str::to_owned);
                list.push(Note { text: String::new(), href: None, is_label: false, date });
            }
            _ => {}
        }
        if behind.len() >= MOST_BEHIND {
            break;
        }
    }
    (before, behind)
}

fn is_unseen(parent: ElementRef<'_>) -> bool {
    matches!(parent.value().name(), "script" | "style" | "option" | "textarea" | "noscript")
}

/// Whether a text belongs to a menu or a sidebar within the neighbourhood. A trail of crumbs is neither.
fn is_aside(parent: ElementRef<'_>, around: ElementRef<'_>) -> bool {
    let chain = std::iter::once(parent).chain(parent.ancestors().filter_map(ElementRef::wrap));
    chain.take_while(|above| above.id() != around.id()).take(12).any(|above| {
        above.value().name() == "aside"
            || (above.value().name() == "nav"
                && above.attr("aria-label").is_none_or(|label| !label.to_lowercase().contains("breadcrumb")))
    })
}

fn note(text: &str, parent: ElementRef<'_>, around: ElementRef<'_>) -> Note {
    let chain = || std::iter::once(parent).chain(parent.ancestors().filter_map(ElementRef::wrap)).take(3);
    let within = || chain().take_while(|above| above.id() != around.id());
    let link = within().find(|above| above.value().name() == "a");
    let is_label = within().any(|above| {
        above.attr("rel").is_some_and(|relation| relation.split_ascii_whitespace().any(|word| word == "category"))
            || above.value().classes().any(says_category)
    });
    let trimmed = text.trim_matches(|letter: char| matches!(letter, '·' | '|' | ',' | '/' | '•' | '—' | '-' | ' '));
    Note {
        text: trimmed.to_owned(),
        href: link.and_then(|link| link.attr("href")).map(str::to_owned),
        is_label,
        date: None,
    }
}

fn says_category(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    class.split(['-', '_']).any(|word| LABELS.contains(&word))
}

/// One form for every typography of a title.
fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
