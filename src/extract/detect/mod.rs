//! Reads any blog's index page without a recipe, in any language, from its HTML alone.
//!
//! Pure and deterministic; linear or n log n in the size of the page. No site is known here by name.

mod ago;
mod anchors;
mod assemble;
mod badges;
mod categories;
mod cut;
mod dates;
mod evidence;
mod explain;
mod extras;
mod fields;
mod join;
mod learn;
mod links;
mod lists;
mod measure;
mod next;
mod offers;
mod only_date;
mod page;
mod posts;
mod regions;
mod said;
mod selectors;
mod spans;
mod spread;
mod survey;
mod titles;
mod tokens;
mod updates;
mod walk;
mod words;
mod years;

use url::Url;

pub use assemble::{Asked, Detection, detect, next_page, seen};
pub use explain::{Explanation, LeftOut};

/// The shape of an address that may be a post's of the site at `home`; one for all posts of most blogs.
pub fn post_shape(url: &Url, home: &Url) -> Option<String> {
    links::post_link(url, home).filter(|link| !link.weak).map(|link| link.shape)
}

/// Whether an address leads to the list of a category or a tag, by its looks.
pub(super) fn is_category_address(url: &Url) -> bool {
    links::is_taxonomy(url)
}

/// A label of a category without its mark and its count.
pub(super) fn plain_label(text: &str) -> String {
    categories::label(text)
}

/// The name in a line that tells who wrote: without "by" and without the date behind it.
pub(super) fn plain_author(text: &str) -> String {
    extras::name_in(text)
}

/// The day that an address tells.
pub(super) fn day_of(url: &Url) -> Option<jiff::civil::Date> {
    links::day_of(url)
}
