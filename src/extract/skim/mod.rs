//! The part of a page that a recipe asks for, as text: what no selector can meet is left out before a tree is built.
//!
//! Most of a page is nothing to its recipe, and building its tree costs more than all else that is done with it. One
//! pass over the text keeps the elements that a selector may meet (`wanted`), whole and with all that they stand in.
//! The same code then reads the same posts from the tree of what was kept, so no second engine of selectors must agree
//! with the first. That holds only where a tree of the whole page has each of its elements where its tags stand, which
//! `nest` makes sure of. Of any other page nothing is given, and the whole is read.

mod nest;
mod tags;
mod wanted;

use self::nest::Nest;
use self::tags::{Piece, Tags};
use self::wanted::OnPage;
pub(super) use self::wanted::Wanted;
use super::budget::Budget;

/// The kept part of `html`; `None`: the whole must be read.
pub(super) fn skim(html: &str, wanted: &OnPage<'_>, budget: &Budget) -> Option<String> {
    let mut nest = Nest::new(html, budget.depth);
    let mut tags = Tags::new(html);
    let mut count = 0;
    let (mut is_named, mut moves_links) = (wanted.is_named, false);
    loop {
        match tags.next() {
            Piece::Text => nest.text(tags.piece())?,
            Piece::Open => {
                let tag = &tags.tag;
                count += 1;
                if count > budget.tags || tag.attributes > budget.attributes {
                    return None;
                }
                let raw = nest.open(tag, |name, in_post| {
                    let text = html[tag.all()].as_bytes();
                    is_named |= wanted::names_the_blog(name, text);
                    moves_links |= wanted::moves_links(name, text);
                    wanted.keeps(name, text, in_post)
                })?;
                if moves_links {
                    return None;
                }
                if raw {
                    tags.skip_raw()?;
                }
            }
            Piece::Close => {
                nest.close(&tags.tag)?;
                if nest.is_behind_head() && !is_named {
                    return None;
                }
            }
            Piece::Doctype => nest.doctype(tags.piece())?,
            Piece::Unclear => return None,
            Piece::End => return nest.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
