//! Posts' own pages, once each: what no list told, the newest first, within the poll's budget.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::walk::Walk;
use super::Answer;
use super::board::Board;
use super::texts;
use crate::extract::{Expected, permalink};
use crate::model::beside::Asked;
use crate::model::category::CategoryPath;
use crate::model::host::Host;
use crate::model::link::PostKey;
use crate::model::page::Validators;
use crate::store::StoreError;

/// Own pages without a word of use after which the site's others are not asked for either.
const BARREN: u32 = 10;

/// Answers of trouble in a row after which the poll asks no more.
const TROUBLES: u32 = 2;

/// Asks the own pages of posts that still lack something.
pub(super) async fn ask(walk: &mut Walk<'_>, board: &mut Board) -> Result<(), StoreError> {
    let wanting = |key: &&PostKey| board.slots.get(*key).is_some_and(|slot| !slot.settled && slot.lacks());
    let mut keys: Vec<PostKey> = board.order.iter().filter(wanting).cloned().collect();
    // A date is always there to be found; a category may be missing because there is none.
    keys.sort_by_key(|key| board.slots.get(key).is_some_and(|slot| slot.published.is_some()));
    let found = board.slots.values().flat_map(|slot| slot.categories.iter().cloned());
    let categories: BTreeSet<CategoryPath> = board.categories.iter().cloned().chain(found).collect();
    let categories: Vec<CategoryPath> = categories.into_iter().collect();
    let (mut read, mut fruitful, mut troubles) = (0u32, 0u32, 0u32);
    for key in keys {
        if walk.beside_stopped || troubles >= TROUBLES {
            return Ok(());
        }
        let Some(slot) = board.slots.get(&key) else { continue };
        // Another host has a pace and a lease of its own.
        if Host::of(&slot.url) != walk.due.source.host() {
            board.asked.push((key, Asked::Settled));
            continue;
        }
        if walk.own_pages_left == 0 {
            walk.beside_goes_on = walk.poller.options.permalinks > 0;
            break;
        }
        walk.own_pages_left -= 1;
        let (url, title) = (slot.url.clone(), slot.title.clone());
        let page = match walk.ask_beside(&url, &Validators::default()).await? {
            Answer::Page(page) => page,
            Answer::Missing => {
                troubles = 0;
                settle(board, key, Asked::Settled);
                continue;
            }
            // The host wants to be left alone: that says nothing of the post.
            Answer::Same | Answer::Trouble if walk.beside_blocked_until.is_some() => return Ok(()),
            Answer::Same | Answer::Trouble => {
                troubles += 1;
                settle(board, key, Asked::Failed);
                continue;
            }
        };
        troubles = 0;
        if walk.due.source.full_text {
            let text = texts::read(walk, Arc::clone(&page), title.clone()).await;
            walk.beside.texts.push((key.clone(), text));
        }
        let Ok(recipe) = walk.in_use() else { return Ok(()) };
        let (how, known) = (walk.how_now().to_owned(), categories.clone());
        let found = walk
            .reading(page, recipe, move |page, recipe, context| {
                let expected = Expected { title: &title, categories: &known, how: &how };
                permalink(page, recipe, &expected, context)
            })
            .await;
        let Ok(Some(found)) = found else {
            settle(board, key, Asked::Failed);
            continue;
        };
        read += 1;
        let offset = board.offset_seconds;
        if let Some(slot) = board.slots.get_mut(&key) {
            let tells = (found.published.is_some() && slot.published.is_none())
                || (slot.lacks_category() && (found.uncategorised || !found.categories.is_empty()))
                || (slot.title.is_empty() && found.title.is_some());
            fruitful += u32::from(tells);
            if let Some(published) = found.published {
                slot.take_date(published, offset);
            }
            slot.take_categories(found.categories);
            slot.uncategorised |= found.uncategorised && slot.categories.is_empty();
            slot.take_rest(found.title, found.author, found.image);
        }
        settle(board, key, Asked::Settled);
    }
    walk.beside.settles_all = read >= BARREN && fruitful == 0;
    Ok(())
}

fn settle(board: &mut Board, key: PostKey, asked: Asked) {
    if let Some(slot) = board.slots.get_mut(&key) {
        slot.settled = true;
    }
    board.asked.push((key, asked));
}
