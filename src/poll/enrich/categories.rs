//! The pages of the blog's categories: ten posts a request tell where they belong.
//!
//! The innermost categories first, so a parent's page tells only its own posts. A category is read to its end once a
//! day at most, conditionally; where a poll's pages are used up, the next one goes on from there. They are left alone
//! where the posts' own pages cost fewer requests.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use url::Url;

use super::super::walk::Walk;
use super::board::Board;
use super::{Answer, MISSING};
use crate::diff::Keyed;
use crate::model::beside::{Role, SidePage};
use crate::model::category::CategoryPath;
use crate::model::page::Validators;
use crate::model::post::Candidates;
use crate::store::StoreError;

/// A category that was read to its end is not read again so long.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Posts of one page, where nothing else is known.
const A_PAGE: usize = 10;

/// Guessed categories that one poll looks for.
const MOST_GUESSES: usize = 20;

/// Pages of one category: who has more is endless.
const MOST_PAGES: u32 = 1000;

/// Asks the categories' pages. `guesses` are labels of which none knows whether they are categories.
pub(super) async fn ask(walk: &mut Walk<'_>, board: &mut Board, guesses: Vec<CategoryPath>) -> Result<(), StoreError> {
    hear_of(walk, board, guesses);
    let pending = pending(walk, board);
    if pending.is_empty() || board.uncategorised() <= cost(board, &pending) {
        return Ok(());
    }
    let mut pages_left = walk.poller.options.pages_per_poll.map(|pages| pages.saturating_sub(walk.pages));
    for url in pending {
        if walk.beside_stopped || board.uncategorised() == 0 {
            break;
        }
        if pages_left == Some(0) {
            walk.beside_goes_on = true;
            break;
        }
        read_category(walk, board, &url, &mut pages_left).await?;
    }
    Ok(())
}

/// Puts the pages of all categories on the board that the index or the feed tell of.
fn hear_of(walk: &Walk<'_>, board: &mut Board, guesses: Vec<CategoryPath>) {
    for node in &walk.site.tree {
        if let Some(url) = &node.url {
            let page = board.page(url, Role::Category);
            page.category = Some(node.path.clone());
            page.declared = node.count;
        }
    }
    if !walk.site.tree.is_empty() {
        return;
    }
    // A parent is known from its children's paths; that it has posts of its own, nobody says.
    let is_parent = |path: &&CategoryPath| board.categories.iter().any(|child| child.parent().as_ref() == Some(path));
    let known: Vec<CategoryPath> = board.categories.iter().filter(|path| !is_parent(path)).cloned().collect();
    for path in known.into_iter().chain(guesses.into_iter().take(MOST_GUESSES)) {
        if let Some((path, url)) = walk.category_page(&path) {
            board.page(&url, Role::Category).category = Some(path);
        }
    }
}

/// The addresses of the categories to read, the innermost first.
fn pending(walk: &Walk<'_>, board: &Board) -> Vec<Url> {
    let now = walk.started;
    let due = |page: &&SidePage| {
        let stale = page.validators.read_at.is_none_or(|read| now.duration_since(read) >= FRESH);
        let ours = crate::model::host::Host::of(&page.url) == walk.due.source.host();
        page.role == Role::Category
            && page.category.is_some()
            && ours
            && page.url.path() != walk.due.source.url.path()
            && page.not_before.is_none_or(|until| now >= until)
            && (page.resume.is_some() || stale)
            && own_posts(board, page) != Some(0)
    };
    let mut pages: Vec<&SidePage> = board.pages.iter().filter(due).collect();
    let depth = |page: &SidePage| page.category.as_ref().map_or(0, |path| path.labels().len());
    pages.sort_by(|one, other| depth(other).cmp(&depth(one)).then_with(|| one.url.cmp(&other.url)));
    pages.into_iter().map(|page| page.url.clone()).collect()
}

/// How many posts a category holds itself, without those of its children.
fn own_posts(board: &Board, page: &SidePage) -> Option<usize> {
    let path = page.category.as_ref()?;
    let children = board.pages.iter().filter(|child| {
        child.role == Role::Category && child.category.as_ref().and_then(CategoryPath::parent).as_ref() == Some(path)
    });
    let below: u32 = children.map(|child| child.declared.unwrap_or(0)).sum();
    usize::try_from(page.declared?.saturating_sub(below)).ok()
}

/// The requests that reading these categories takes at most, as far as that can be told.
fn cost(board: &Board, pending: &[Url]) -> usize {
    let pages = || board.pages.iter().filter(|page| pending.contains(&page.url));
    let counted = |page: &SidePage| page.declared.map(|count| usize::try_from(count).unwrap_or(0).div_ceil(A_PAGE));
    let known: usize = pages().filter_map(counted).sum();
    let unknown = pages().filter(|page| page.declared.is_none()).count();
    let spread = if unknown > 0 { board.uncategorised() / A_PAGE } else { 0 };
    known + unknown + spread
}

/// Reads one category from where it was left, to its end or to the end of the poll's pages.
async fn read_category(
    walk: &mut Walk<'_>,
    board: &mut Board,
    first: &Url,
    pages_left: &mut Option<u32>,
) -> Result<(), StoreError> {
    let page = board.page(first, Role::Category).clone();
    let Some(path) = page.category.clone() else { return Ok(()) };
    let resumes = page.resume.is_some();
    let was_read = page.validators.read_at.is_some() && !resumes;
    let mut validators = Validators::default();
    let mut url = page.resume.clone().unwrap_or_else(|| first.clone());
    let mut sent = if resumes { Validators::default() } else { page.validators.clone() };
    let mut seen = BTreeSet::new();
    for turn in 0..MOST_PAGES {
        if *pages_left == Some(0) {
            let page = board.page(first, Role::Category);
            (page.resume, walk.beside_goes_on) = (Some(url), true);
            return Ok(());
        }
        let answer = walk.ask_beside(&url, &std::mem::take(&mut sent)).await?;
        *pages_left = pages_left.map(|left| left.saturating_sub(1));
        let read = match answer {
            Answer::Page(arrived) => {
                if turn == 0 && !resumes {
                    validators = arrived.validators.clone();
                }
                let is_there = arrived.url.path() == url.path();
                walk.read_in_use(arrived).await.ok().map(|reading| reading.candidates).filter(|_| is_there)
            }
            Answer::Same => {
                validators = page.validators.clone();
                break;
            }
            Answer::Trouble => return Ok(()),
            Answer::Missing => None,
        };
        let is_first = turn == 0 && !resumes;
        let Some(read) = read.filter(|read| is_of(walk, &path, page.declared, read, is_first)) else {
            let page = board.page(first, Role::Category);
            (page.not_before, page.resume) = (Some(walk.started + MISSING), None);
            return Ok(());
        };
        let next = read.next.clone();
        let keyed = board.keyed(walk, read.posts);
        let fresh = keyed.iter().filter(|keyed| seen.insert(keyed.key.clone())).count() > 0;
        let any_lacked = place(walk, board, &path, &keyed).await?;
        let Some(next) = next.filter(|_| fresh && (any_lacked || !was_read)) else { break };
        url = next;
    }
    let page = board.page(first, Role::Category);
    page.validators = Validators { read_at: Some(walk.started), ..validators };
    (page.resume, page.not_before) = (None, None);
    Ok(())
}

/// Whether a page is the list of that category: servers answer unknown ones with other pages.
fn is_of(walk: &Walk<'_>, path: &CategoryPath, declared: Option<u32>, read: &Candidates, is_first: bool) -> bool {
    let lies_in =
        |shown: &CategoryPath| shown.with_parents().any(|above| above == *path) || shown.label() == path.label();
    let named: Vec<bool> = read
        .posts
        .iter()
        .filter(|post| !post.pinned && !post.categories.is_empty())
        .map(|post| post.categories.iter().any(lies_in))
        .collect();
    let strange = named.iter().filter(|fits| !**fits).count();
    if named.len() >= 3 && strange * 2 > named.len() {
        return false;
    }
    // A guess that shows the very index: the server does not know the category.
    let same_as_index = walk.top.len() > read.posts.len()
        && read.posts.len() > 1
        && read.posts.iter().zip(&walk.top).all(|(post, row)| post.url == row.candidate.url);
    declared.is_some() || !is_first || !same_as_index
}

/// Takes the category for its posts, or the one that a row itself names. Says whether any lacked one.
async fn place(walk: &Walk<'_>, board: &mut Board, path: &CategoryPath, keyed: &[Keyed]) -> Result<bool, StoreError> {
    board.look_up(walk, keyed).await?;
    let offset = board.offset_seconds;
    let mut any_lacked = false;
    for Keyed { key, candidate } in keyed {
        // Above the list stands what the blog pins to all of them.
        let Some(slot) = board.slots.get_mut(key).filter(|_| !candidate.pinned) else { continue };
        let from_here = slot.found_on_pages;
        if !slot.lacks_category() && !from_here {
            continue;
        }
        any_lacked = true;
        if candidate.categories.is_empty() {
            slot.add_category(path);
        } else {
            slot.take_categories(candidate.categories.clone());
        }
        slot.found_on_pages = true;
        if let Some(published) = candidate.published {
            slot.take_date(published, offset);
        }
    }
    Ok(any_lacked)
}
