//! Posts' full texts, from their own pages: once each, the newest first, within the poll's budget of such pages.
//!
//! New posts get theirs in the poll that found them, so that a reader who sees a post once sees it whole.

use std::sync::Arc;

use url::Url;

use super::super::walk::Walk;
use super::Answer;
use crate::extract::{Expected, full_text};
use crate::model::beside::TextAsked;
use crate::model::host::Host;
use crate::model::link::PostKey;
use crate::model::page::{Page, Validators};
use crate::store::StoreError;

/// Answers of trouble in a row after which the poll asks no more.
const TROUBLES: u32 = 2;

/// A post whose text is wanted.
struct Wanted {
    key: PostKey,
    url: Url,
    title: String,
}

/// Asks for the texts that are wanted.
pub(super) async fn ask(walk: &mut Walk<'_>) -> Result<(), StoreError> {
    if !walk.due.source.full_text || walk.beside_stopped {
        return Ok(());
    }
    let mut troubles = 0;
    for Wanted { key, url, title } in wanted(walk).await? {
        if walk.own_pages_left == 0 {
            walk.beside_goes_on |= walk.poller.options.permalinks > 0;
            break;
        }
        // Another host has a pace and a lease of its own.
        if Host::of(&url) != walk.due.source.host() {
            walk.beside.texts.push((key, TextAsked::Without));
            continue;
        }
        walk.own_pages_left -= 1;
        let asked = match walk.ask_beside(&url, &Validators::default()).await? {
            Answer::Page(page) => read(walk, page, title).await,
            Answer::Missing => TextAsked::Without,
            // The host wants to be left alone: that says nothing of the post.
            Answer::Same | Answer::Trouble if walk.beside_stopped => break,
            Answer::Same | Answer::Trouble => {
                troubles += 1;
                walk.beside.texts.push((key, TextAsked::Failed));
                if troubles == TROUBLES {
                    break;
                }
                continue;
            }
        };
        troubles = 0;
        walk.beside.texts.push((key, asked));
    }
    Ok(())
}

/// The text of a page that was fetched.
pub(super) async fn read(walk: &mut Walk<'_>, page: Arc<Page>, title: String) -> TextAsked {
    // What a person or a preset says of full texts holds whatever recipe reads the lists now.
    let Ok(recipe) = walk.compiled(&walk.due.source.recipe) else { return TextAsked::Failed };
    let how = walk.how_now().to_owned();
    let read = walk
        .reading(page, recipe, move |page, recipe, context| {
            full_text(page, recipe, &Expected { title: &title, categories: &[], how: &how }, context)
        })
        .await;
    match read {
        Ok(Some(text)) => TextAsked::Read(text),
        Ok(None) | Err(_) => TextAsked::Failed,
    }
}

/// New posts as they stand on the page, then stored ones; one more than may be asked for, so that it shows that there
/// are more.
async fn wanted(walk: &Walk<'_>) -> Result<Vec<Wanted>, StoreError> {
    let asked = |key: &PostKey| walk.beside.texts.iter().any(|(asked, _)| asked == key);
    let new = walk.top.iter().chain(&walk.resumed).filter(|keyed| !walk.known.posts.contains_key(&keyed.key));
    let mut wanted: Vec<Wanted> = new
        .filter(|keyed| !asked(&keyed.key))
        .map(|keyed| Wanted {
            key: keyed.key.clone(),
            url: keyed.candidate.url.clone(),
            title: keyed.candidate.title.clone(),
        })
        .collect();
    let more = usize::try_from(walk.own_pages_left).unwrap_or(usize::MAX).saturating_add(1);
    if wanted.len() < more {
        // Some of them may have been asked for in this poll.
        let limit = more.saturating_add(walk.beside.texts.len());
        let stored = walk.poller.store.textless(walk.due.at, limit).await?;
        let stored = stored
            .into_iter()
            .filter(|post| !asked(&post.key))
            .filter_map(|post| Some(Wanted { url: Url::parse(&post.url).ok()?, key: post.key, title: post.title }));
        wanted.extend(stored);
    }
    Ok(wanted)
}
