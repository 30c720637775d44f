//! The site's own feed: exact times, and the categories of the newest posts.
//!
//! Platforms mix a post's tags into its categories, so a label is a category where the blog's own tree, its rows or
//! what is stored say so; the others are tags, where somebody wants to know those. Where nothing says what the categories are, but the platform has a page for each, the first
//! label of an entry is a guess that such a page confirms.

use super::super::walk::Walk;
use super::board::Board;
use super::{Answer, MISSING};
use crate::model::beside::Role;
use crate::model::category::CategoryPath;
use crate::model::page::Validators;
use crate::store::StoreError;

/// Asks the feed, and gives the labels that may be categories.
pub(super) async fn ask(walk: &mut Walk<'_>, board: &mut Board) -> Result<Vec<CategoryPath>, StoreError> {
    let known = board.pages.iter().find(|page| page.role == Role::Feed).map(|page| page.url.clone());
    let Some(url) = walk.site.feed.clone().or(known) else { return Ok(Vec::new()) };
    let lacks = board.lacks_times || board.lacks_tags || board.slots.values().any(|slot| !slot.settled && slot.lacks());
    let is_ours = crate::model::host::Host::of(&url) == walk.due.source.host() && url != walk.due.source.url;
    if !is_ours || !lacks || walk.how.starts_with("feed:") || !board.may_ask(&url, walk.started) {
        return Ok(Vec::new());
    }
    let validators = board.page(&url, Role::Feed).validators.clone();
    let page = match walk.ask_beside(&url, &validators).await? {
        Answer::Page(page) => page,
        Answer::Same | Answer::Trouble => return Ok(Vec::new()),
        Answer::Missing => {
            board.page(&url, Role::Feed).not_before = Some(walk.started + MISSING);
            return Ok(Vec::new());
        }
    };
    let read_at = Some(walk.started);
    let validators = Validators { read_at, ..page.validators.clone() };
    let read = walk.read_in_use(page).await.map(|reading| reading.candidates);
    let entries = match read {
        Ok(read) if read.how.starts_with("feed:") => {
            // A blog whose pages bear nothing but their own headings is named by its feed.
            if !walk.site.named && read.site.title.is_some() {
                (walk.site.title, walk.site.named) = (read.site.title, true);
            }
            read.posts
        }
        Ok(_) | Err(_) => {
            board.page(&url, Role::Feed).not_before = Some(walk.started + MISSING);
            return Ok(Vec::new());
        }
    };
    let feed = board.page(&url, Role::Feed);
    (feed.validators, feed.not_before) = (validators, None);
    let mut guesses: Vec<CategoryPath> = Vec::new();
    let has_pages = walk.has_category_pages();
    let wants_tags = walk.due.source.choice.needs_tags();
    let entries = board.keyed(walk, entries);
    board.look_up(walk, &entries).await?;
    for keyed in entries {
        let offset = board.offset_seconds;
        let labels = keyed.candidate.categories;
        let (named, others): (Vec<_>, Vec<_>) =
            labels.iter().map(|label| known_as(board, label).ok_or(label)).partition(Result::is_ok);
        let named: Vec<CategoryPath> = named.into_iter().flatten().collect();
        // Without a category of the blog's nobody can tell which labels are none.
        let tags = others.into_iter().filter_map(Result::err).map(ToString::to_string);
        let tags: Vec<String> = tags.filter(|_| wants_tags && !board.categories.is_empty()).collect();
        let Some(slot) = board.slots.get_mut(&keyed.key) else { continue };
        if let Some(published) = keyed.candidate.published {
            slot.take_date(published, offset);
        }
        slot.take_enclosures(keyed.candidate.enclosures);
        slot.take_tags(tags);
        if !slot.lacks_category() || slot.settled {
            continue;
        }
        if !named.is_empty() {
            slot.take_categories(named);
        } else if board.categories.is_empty() && !has_pages {
            slot.take_categories(labels);
        } else if let Some(first) = labels.into_iter().next()
            && !guesses.contains(&first)
        {
            guesses.push(first);
        }
    }
    Ok(guesses)
}

/// The category that a label means: its whole path as the blog writes it.
fn known_as(board: &Board, label: &CategoryPath) -> Option<CategoryPath> {
    let written = label.to_string();
    board.categories.iter().find(|path| path.to_string() == written).cloned()
}
