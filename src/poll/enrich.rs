//! What the index does not show, from what the site offers beside it: the cheapest first.
//!
//! The site's own feed tells exact times and categories of the newest posts in one request; the pages of the
//! categories tell ten posts a request; a post's own page tells one, and holds its full text. Each is asked only while
//! something lacks. What is found here is never news: it fills gaps of posts that the index shows, and moves nothing
//! that was said before.

mod board;
mod categories;
mod own_feed;
mod permalinks;
mod texts;

use std::sync::Arc;

use crate::fetch::{Ask, FetchError, Fetched};
use crate::model::category::CategoryPath;
use crate::model::failure::Failure;
use crate::model::page::{Page, Validators};
use crate::store::StoreError;
use url::Url;

use self::board::Board;
use super::walk::{Ended, Walk};

/// A page that is missing is not asked for again so long.
const MISSING: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// Looks beside the index for what its posts lack, and leaves what it found with the walk.
pub(super) async fn enrich(walk: &mut Walk<'_>, ended: &Ended) -> Result<(), StoreError> {
    if !matches!(ended, Ended::NotModified | Ended::Complete) || walk.stranger(0).is_some() {
        return Ok(());
    }
    walk.prepare();
    if let Some(mut board) = Board::set(walk).await? {
        let labels = own_feed::ask(walk, &mut board).await?;
        categories::ask(walk, &mut board, labels).await?;
        permalinks::ask(walk, &mut board).await?;
        board.hand_over(walk).await?;
    }
    texts::ask(walk).await
}

/// What came of asking for a page beside the index.
enum Answer {
    /// The page.
    Page(Arc<Page>),
    /// It is as it was.
    Same,
    /// It is not there, or not for us.
    Missing,
    /// The server is in trouble.
    Trouble,
}

impl Walk<'_> {
    /// Makes the recipe ready for a poll that read no page.
    fn prepare(&mut self) {
        // A recipe that cannot be compiled fails where a page is read.
        let _ = self.in_use();
    }

    /// Whether the platform has a page for each category whose address can be told from its name.
    fn has_category_pages(&self) -> bool {
        self.recipe.as_ref().is_some_and(|recipe| recipe.has_category_pages(self.how_now()))
    }

    /// A category as the platform writes it, with the address of its page.
    fn category_page(&self, path: &CategoryPath) -> Option<(CategoryPath, Url)> {
        self.recipe.as_ref()?.category_page(self.how_now(), path, self.due.source.link_base())
    }

    /// Asks for a page beside the index. A host that wants to be left alone is left alone from here on.
    async fn ask_beside(&mut self, url: &Url, validators: &Validators) -> Result<Answer, StoreError> {
        if self.refused_by_robots(url).await?.is_some() {
            return Ok(Answer::Missing);
        }
        self.requests += 1;
        let ask = Ask { url, validators, access: &self.access, unconditional: *validators == Validators::default() };
        Ok(match self.poller.fetcher.fetch(&ask).await {
            Ok(Fetched::Page { page, .. }) => Answer::Page(Arc::new(page)),
            Ok(Fetched::NotModified { .. } | Fetched::Same { .. }) => Answer::Same,
            Err(FetchError::Status { code: code @ (429 | 503), wishes, .. }) => {
                self.beside_stopped = true;
                if code == 429 {
                    let rest = self.due.source.cadence.shortest;
                    self.beside_blocked_until = Some(wishes.retry_at.unwrap_or(self.poller.clock.now() + rest));
                }
                Answer::Trouble
            }
            Err(FetchError::Status { code: 400..=499, .. }) => Answer::Missing,
            Err(error) => {
                if is_lasting(&error.failure()) {
                    Answer::Missing
                } else {
                    Answer::Trouble
                }
            }
        })
    }
}

fn is_lasting(failure: &Failure) -> bool {
    !failure.transient
}
