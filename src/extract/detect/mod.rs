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
mod page;
mod regions;
mod selectors;
mod spans;
mod spread;
mod survey;
mod titles;
mod words;

pub use assemble::{Detection, detect, next_page};
pub use explain::{Explanation, LeftOut};
