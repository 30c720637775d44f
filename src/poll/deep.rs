//! The regular walk through the whole of a source: edits and forgotten posts beyond its first page.
//!
//! It goes on past what is known, some pages a poll, and keeps its place in a cursor. What it finds is stored and not
//! announced: it stood there before. Posts that it does not meet any more stay, unless the configuration says that they
//! leave (`met.rs`). A page that cannot be read is tried
//! once more a day later; that is no failure of the source, whose index was read.

use jiff::SignedDuration;
use url::Url;

use super::walk::{Ended, Extent, Stretch, Walk};
use crate::fetch::{FetchError, Fetched};
use crate::model::page::Validators;
use crate::model::report::{DeepCursor, DeepWalk};
use crate::model::source::Backfill;
use crate::schedule;
use crate::store::StoreError;

/// Pages that it reads in one poll, in a refresh by hand too: nobody waits for them.
const PAGES_A_POLL: u32 = 10;

/// Pages of one walk at most: a blog whose last page leads to its first has no end.
const PAGES_A_WALK: u32 = 2_000;

/// When a page that could not be read is tried once more.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

impl Walk<'_> {
    /// Whether a walk through the whole of the source begins or goes on with this poll.
    pub(super) fn is_deep(&self) -> bool {
        let state = &self.due.state;
        let is_due = state.deep.as_ref().is_some_and(|deep| deep.due <= self.started);
        is_due && state.last_success.is_some() && state.gap.is_none()
    }

    /// Whether it begins, for which the index is to be read even if it is the same.
    pub(super) fn begins_deep(&self) -> bool {
        self.is_deep() && self.due.state.deep.as_ref().is_some_and(|deep| deep.cursor.is_none())
    }

    /// Where the walk under way ends, the next one begins.
    fn end_deep(&mut self) {
        self.deep = Some(DeepWalk { due: schedule::next_deep_walk(self.due.at.number, self.started), cursor: None });
    }

    /// Plans the first deep walk of a source that was read.
    pub(super) fn plan_deep(&mut self) {
        if self.deep.is_none() && self.due.state.deep.is_none() {
            self.end_deep();
        }
        self.hasten_deep();
    }

    /// Goes through the pages beyond those that were read: from the cursor, else from `next`.
    pub(super) async fn deepen(&mut self, next: Option<Url>) -> Result<Ended, StoreError> {
        let kept = self.due.state.deep.as_ref().and_then(|deep| deep.cursor.clone());
        let begun = next.map(|url| DeepCursor {
            url,
            pages_left: Some(self.pages_beyond()),
            tried: false,
            begun: Some(self.started),
        });
        match kept.or(begun).filter(|cursor| cursor.pages_left != Some(0)) {
            Some(cursor) => self.go_through(cursor).await?,
            None => self.end_deep(),
        }
        Ok(if self.pages == 0 { Ended::NotModified } else { Ended::Complete })
    }

    /// Pages that a walk may read beyond those that this poll read.
    fn pages_beyond(&self) -> u32 {
        let most = match self.due.source.backfill {
            Backfill::All => PAGES_A_WALK,
            Backfill::Pages(pages) => pages,
        };
        most.saturating_sub(self.pages)
    }

    async fn go_through(&mut self, cursor: DeepCursor) -> Result<(), StoreError> {
        let page = match self.fetch(&cursor.url, &Validators::default(), true).await {
            Ok(Fetched::Page { page, .. }) => page,
            Ok(Fetched::NotModified { .. } | Fetched::Same { .. }) => {
                self.end_deep();
                return Ok(());
            }
            Err(error) => {
                self.blocks_host = matches!(error, FetchError::Status { code: 429, .. });
                self.put_off(cursor);
                return Ok(());
            }
        };
        let before = self.pages;
        let most = cursor.pages_left.map_or(PAGES_A_POLL, |left| left.min(PAGES_A_POLL));
        let stretch = self.stretch(page, Extent::Whole, Some(before + most)).await?;
        let left = cursor.pages_left.map(|left| left.saturating_sub(self.pages - before));
        match stretch {
            Stretch::Spent { next } if left != Some(0) => {
                let cursor = DeepCursor { url: next, pages_left: left, tried: false, begun: cursor.begun };
                self.deep = Some(DeepWalk { due: self.started, cursor: Some(cursor) });
            }
            Stretch::End { whole, .. } => {
                self.end_whole(cursor.begun.filter(|_| whole));
                self.end_deep();
            }
            Stretch::Spent { .. } => self.end_deep(),
            Stretch::Broken { at, blocks_host, .. } => {
                self.blocks_host = blocks_host;
                let tried = cursor.tried && at == cursor.url;
                self.put_off(DeepCursor { url: at, pages_left: left, tried, begun: cursor.begun });
            }
        }
        Ok(())
    }

    /// Tries a page that could not be read once more; after that, the walk ends here.
    fn put_off(&mut self, cursor: DeepCursor) {
        if cursor.tried {
            self.end_deep();
        } else {
            let due = self.started.saturating_add(TRIED_AGAIN_AFTER).unwrap_or(self.started);
            self.deep = Some(DeepWalk { due, cursor: Some(DeepCursor { tried: true, ..cursor }) });
        }
    }
}
