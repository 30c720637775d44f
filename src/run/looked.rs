//! One look at a source, as whoever waits for it or reads the log is told of it.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{Span, info, warn};

use crate::model::source::SourceId;
use crate::store::contract::Recorded;

/// A look at a source, with its report.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The source, by the id that it had then.
    pub source: SourceId,
    /// When it began, by a clock that nobody sets.
    pub began: Instant,
    /// How long it took, waits for the host's pace included.
    pub took: Duration,
    /// What it found.
    pub recorded: Recorded,
    /// The span of its log.
    pub(super) span: Span,
}

impl Looked {
    /// Writes one line into the log. Nothing of a page's content and no header goes there.
    pub(super) fn tell(&self) {
        let Self { source, recorded, .. } = self;
        let (report, host) = (&recorded.report, &recorded.host);
        let (outcome, pages, requests) = (report.outcome.word(), report.pages, report.requests);
        let took_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        self.span.in_scope(|| match report.outcome.failure() {
            Some(failure) => warn!(
                source.id = %source, %host, outcome, step = ?failure.step, pages, requests, took_ms,
                "{source} failed: {}", failure.message
            ),
            None => {
                let (new, edited) = (report.changes.new.len(), report.changes.edited.len());
                info!(
                    source.id = %source, %host, outcome, new, edited, pages, requests, took_ms,
                    "{source}: {outcome}"
                );
            }
        });
    }
}
