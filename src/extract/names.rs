//! The classes and ids that a page has, as far as one bit for many of them tells.
//!
//! Most selectors name a class that most pages lack: then no element need be asked.

use std::hash::BuildHasher;

use html5ever::local_name;
use scraper::node::Element;

use super::quick::Guarded;

/// Bits for the names of a page: several times as many as most pages have names.
const BITS: u64 = 1 << 12;

/// The names.
#[derive(Debug)]
pub(super) struct Names {
    bits: Vec<u64>,
    hash: Guarded,
}

impl Default for Names {
    fn default() -> Self {
        Self { bits: vec![0; usize::try_from(BITS / 64).expect("few")], hash: Guarded::default() }
    }
}

impl Names {
    /// Puts those of an element.
    pub(super) fn put(&mut self, element: &Element) {
        for (name, value) in &element.attrs {
            match name.local {
                local_name!("class") => value.split_ascii_whitespace().for_each(|class| self.put_one(class)),
                local_name!("id") => self.put_one(value),
                _ => {}
            }
        }
    }

    fn put_one(&mut self, name: &str) {
        let (at, bit) = self.place(name);
        self.bits[at] |= bit;
    }

    /// `false` for a name that is surely none.
    pub(super) fn may_have(&self, name: &str) -> bool {
        let (at, bit) = self.place(name);
        self.bits[at] & bit != 0
    }

    /// Where the bit of a name stands: in which number, and in it.
    fn place(&self, name: &str) -> (usize, u64) {
        let bit = self.hash.hash_one(name) % BITS;
        (usize::try_from(bit / 64).expect("few"), 1 << (bit % 64))
    }
}

#[cfg(test)]
mod tests {
    use scraper::{ElementRef, Html};

    use super::*;

    #[test]
    fn what_a_page_has_is_never_denied() {
        let html = Html::parse_document("<main id=m class='a b'><p class='  c\td '></p><svg class=e></svg></main>");
        let mut names = Names::default();
        assert!(!["m", "a", "b", "c", "d", "e"].iter().any(|name| names.may_have(name)));
        html.tree.nodes().filter_map(ElementRef::wrap).for_each(|element| names.put(element.value()));
        assert!(["m", "a", "b", "c", "d", "e"].iter().all(|name| names.may_have(name)));
        let others = (0..1000).filter(|number| names.may_have(&format!("other-{number}"))).count();
        assert!(others < 50, "{others} of a thousand names that it has not");
    }
}
