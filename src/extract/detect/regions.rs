//! Where the sidebars, menus and footers of a page are.
//!
//! A tag, a role or a word of a class says so; an element that holds most of the page's text or its `<main>`
//! is none, whatever it is called.

use super::page::Page;
use super::words::{Words, class_says, region_of};

/// Words of a class or id of what stands aside to be seen first.
static SHOWN: Words = Words::of("featured hero sticky pinned spotlight");

/// Marks every element with how much it, or what is around it, looks like a region beside the list.
pub(super) fn mark(page: &mut Page<'_>) {
    let whole = page.elements.first().map_or(0, |root| root.after - root.before);
    let mut mains = vec![0_usize; page.elements.len() + 1];
    for at in 0..page.elements.len() {
        mains[at + 1] = mains[at] + usize::from(page.elements[at].name == "main");
    }
    let mut known: Known = vec![None; page.kinds];
    for at in 1..page.elements.len() {
        let element = &page.elements[at];
        let above = page.elements[element.parent].region;
        if above >= 1.0 {
            page.elements[at].region = above;
            continue;
        }
        let exempt = matches!(element.name, "body" | "article" | "main")
            || (element.after - element.before) * 2 > whole
            || mains[element.end] > mains[at];
        let own = if exempt { 0.0 } else { own_region(page, at, &mut known) };
        page.elements[at].region = above.max(own);
    }
}

/// What class and id say: whether it is shown first, and how much it stands aside.
type Said = (bool, f64);

/// What is known of the kinds of elements that have no id; many elements are of one.
type Known = Vec<Option<Said>>;

fn said(class: &str, id: &str) -> Said {
    (class_says(class, &SHOWN) || class_says(id, &SHOWN), region_of(class, id))
}

fn own_region(page: &Page<'_>, at: usize, known: &mut Known) -> f64 {
    let element = &page.elements[at];
    let (class, id) = (element.class, element.id.unwrap_or_default());
    let (shown, aside) = match (class, id) {
        ("", "") => (false, 0.0),
        (_, "") => *known[element.kind].get_or_insert_with(|| said(class, "")),
        _ => said(class, id),
    };
    if shown {
        return 0.0;
    }
    let role = page.attribute(at, "role").unwrap_or_default();
    if matches!(element.name, "aside" | "nav" | "footer")
        || matches!(role, "navigation" | "complementary" | "contentinfo" | "menu" | "menubar")
    {
        return 1.0;
    }
    aside
}
