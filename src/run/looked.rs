//! One look at a source, as whoever waits for it or reads the log is told of it.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Span, info, warn};

use crate::model::failure::PollOutcome;
use crate::model::host::Host;
use crate::model::source::SourceId;
use crate::store::contract::{Recorded, SourceRef};

/// A look at a source with its report, on the way into the store.
#[derive(Debug)]
pub(super) struct Looked {
    /// The source, by the id that it had then.
    pub(super) source: SourceId,
    /// When it began, by a clock that nobody sets.
    pub(super) began: Instant,
    /// How long it took, waits for the host's pace included.
    pub(super) took: Duration,
    /// What it found, which goes through many hands.
    pub(super) recorded: Box<Recorded>,
    /// The span of its log.
    pub(super) span: Span,
}

/// What is told of a look when its report is stored: of ten thousand blogs the reports themselves would fill the memory.
#[derive(Debug, Clone)]
pub struct Look {
    /// The source, by the id that it had then.
    pub source: SourceId,
    /// Its name in the store.
    pub at: SourceRef,
    /// When it began, by a clock that nobody sets.
    pub began: Instant,
    /// How it ended.
    pub outcome: PollOutcome,
    /// Posts that were not stored before.
    pub new: u32,
    /// Posts whose title or content changed.
    pub edited: u32,
    /// Pages read.
    pub pages: u32,
    /// Requests made.
    pub requests: u32,
    /// Whether the whole host wants to be left alone.
    pub host_is_blocked: bool,
    host: Host,
    lease: i64,
    took: Duration,
    span: Span,
}

impl Looked {
    /// What goes into the store, and what is told of it.
    pub(super) fn apart(self) -> (Recorded, Look) {
        let Self { source, began, took, recorded, span } = self;
        let report = &recorded.report;
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let look = Look {
            source,
            at: recorded.at,
            began,
            outcome: report.outcome.clone(),
            new: count(report.changes.new.len()),
            edited: count(report.changes.edited.len()),
            pages: report.pages,
            requests: report.requests,
            host_is_blocked: report.host_blocked_until.is_some(),
            host: recorded.host.clone(),
            lease: recorded.lease,
            took,
            span,
        };
        (*recorded, look)
    }
}

impl Look {
    /// Writes one line into the log. Nothing of a page's content and no header goes there.
    pub(super) fn tell(&self) {
        let Self { source, host, new, edited, pages, requests, .. } = self;
        let outcome = self.outcome.word();
        let took_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        self.span.in_scope(|| match self.outcome.failure() {
            // The network is told of once, for all of them.
            Some(_) if matches!(self.outcome, PollOutcome::Offline(_)) => {}
            Some(failure) => warn!(
                source.id = %source, %host, outcome, step = ?failure.step, pages, requests, took_ms,
                "{source} failed: {}", failure.message
            ),
            None => info!(
                source.id = %source, %host, outcome, new, edited, pages, requests, took_ms,
                "{source}: {outcome}"
            ),
        });
    }

    /// Says in the log that its report was not taken.
    pub(super) fn tell_of_loss(&self) {
        let Self { source, host, lease, .. } = self;
        warn!(source.id = %source, %host, lease, "lost the lease of {host}: the poll of {source} is dropped");
    }
}
