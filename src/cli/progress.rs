//! How far a walk has come: a line that moves on a terminal, plain lines now and then elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::model::source::SourceId;
use crate::poll::{OnProgress, Progress};

use super::paint::err;

/// Without a terminal a long walk says so once in so many pages.
const PAGES_A_LINE: u32 = 25;

/// Shows the progress of all walks until it is dropped.
pub(crate) struct Watch {
    bar: Option<ProgressBar>,
}

impl Watch {
    /// A watch on standard error; `quiet` shows nothing.
    pub(crate) fn new(quiet: bool) -> (Self, Option<OnProgress>) {
        if quiet {
            return (Self { bar: None }, None);
        }
        if !std::io::stderr().is_terminal() {
            return (Self { bar: None }, Some(Arc::new(plain)));
        }
        let style =
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style);
        let walks: Mutex<HashMap<SourceId, Progress>> = Mutex::default();
        let shown = bar.clone();
        let tell: OnProgress = Arc::new(move |id: &SourceId, progress: Progress| {
            let mut walks = walks.lock().unwrap_or_else(PoisonError::into_inner);
            walks.insert(id.clone(), progress);
            let pages: u32 = walks.values().map(|walk| walk.pages).sum();
            let posts: u32 = walks.values().map(|walk| walk.posts).sum();
            shown.set_message(format!(
                "{} sources, {pages} pages, {posts} posts · {}",
                walks.len(),
                line(id, progress)
            ));
            shown.tick();
        });
        (Self { bar: Some(bar) }, Some(tell))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn plain(id: &SourceId, progress: Progress) {
    if progress.pages.is_multiple_of(PAGES_A_LINE) {
        err(&line(id, progress));
    }
}

fn line(id: &SourceId, progress: Progress) -> String {
    let Progress { pages, posts, declared } = progress;
    match declared {
        Some(declared) => format!("{id}: page {pages}, {posts} of {declared} posts"),
        None => format!("{id}: page {pages}, {posts} posts"),
    }
}
