//! What a walk met, for the store to find out which posts are gone.
//!
//! Only a walk that began at the index and read every page to the last one is evidence: not one that was broken off,
//! bounded, or cut, nor a page that names no older one but lists no more than the newest posts. What the walk of one poll
//! cannot tell, the deep walk does over several; where something is missing it comes a day later and not a week.

use super::walk::Walk;
use crate::extract::Budget;
use crate::model::feed::Removed;
use crate::model::report::{DeepWalk, Met, WholeWalk};

/// How a walk through the whole of the source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    /// When it began at the index.
    pub(super) begun: jiff::Timestamp,
    /// Whether it came to its end.
    pub(super) ended: bool,
}

impl Walk<'_> {
    /// Whether gone posts are to leave the feeds.
    fn drops(&self) -> bool {
        self.poller.options.removed == Removed::Drop && self.due.state.last_success.is_some()
    }

    /// Notes that the last page was read of a walk that began then.
    pub(super) fn end_whole(&mut self, begun: Option<jiff::Timestamp>) {
        if let Some(begun) = begun {
            self.whole = Some(Whole { begun, ended: true });
        }
    }

    /// What this poll met, where it is part of a walk through the whole.
    pub(super) fn met_of_whole(&self) -> Option<Met> {
        if !self.drops() || self.was_cut {
            return None;
        }
        let under_way = || {
            let begun = self.deep.as_ref()?.cursor.as_ref()?.begun?;
            Some(Whole { begun, ended: false })
        };
        let whole = self.whole.or_else(under_way)?;
        let keys = self.top.iter().chain(&self.resumed).map(|keyed| keyed.key.clone()).collect();
        let anew = whole.begun == self.started;
        let end = if !whole.ended {
            None
        } else if !anew || self.pages > 1 {
            Some(WholeWalk::Paged)
        } else {
            let last = self.top.iter().rev().find(|keyed| !keyed.candidate.pinned)?;
            Some(WholeWalk::DownTo(last.key.clone()))
        };
        Some(Met { begun: whole.begun, anew, keys, end })
    }

    /// Looks again tomorrow where posts are missing.
    pub(super) fn hasten_deep(&mut self) {
        if !self.drops() || !self.due.state.misses {
            return;
        }
        let soon = self.started.saturating_add(Met::ABSENCE).unwrap_or(self.started);
        let planned = self.deep.as_ref().or(self.due.state.deep.as_ref());
        if planned.is_some_and(|deep| deep.cursor.is_none() && deep.due > soon) {
            self.deep = Some(DeepWalk { due: soon, cursor: None });
        }
    }

    /// Whether a page of so many posts may have been cut.
    pub(super) fn is_cut(posts: usize) -> bool {
        posts * 2 >= Budget::default().posts
    }
}
