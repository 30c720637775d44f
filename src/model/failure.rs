//! What the world does wrong: data that is stored and shown, never an error that travels.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a poll stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// No page came.
    Fetch,
    /// A page came that could not be read as the blog's.
    Extract,
    /// The state did not take what was read.
    Store,
}

/// Why a poll failed, what to do about it, and whether waiting may mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where it stopped.
    pub step: Step,
    /// What was seen: lowercase, no full stop, the thing quoted.
    pub message: String,
    /// What a person can do.
    pub help: String,
    /// Whether it may pass by itself.
    pub transient: bool,
    /// The causes behind `message`, outermost first: what `--verbose` shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// Whether no server was reached at all: when that goes for every source, the network is down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreachable: bool,
}

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollOutcome {
    /// The server said 304, or sent the same bytes.
    NotModified,
    /// The page changed and its posts did not.
    Unchanged,
    /// The first page that could be read: nothing is announced.
    Baseline,
    /// Posts appeared or were edited.
    Changed,
    /// The layout broke and a new recipe reads it.
    Repaired,
    /// Not asked: the host wants to be left alone until then.
    Deferred {
        /// The moment from which it may be asked.
        until: Timestamp,
    },
    /// The server says that the page is gone for good (410): it is not asked again by itself.
    Gone(Failure),
    /// Something went wrong.
    Failed(Failure),
    /// No server of any source could be reached: the network's failure, which counts as none of the source's.
    Offline(Failure),
}

impl PollOutcome {
    /// The word of the JSON outputs and of the store.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotModified => "not-modified",
            Self::Unchanged => "unchanged",
            Self::Baseline => "baseline",
            Self::Changed => "changed",
            Self::Repaired => "repaired",
            Self::Deferred { .. } => "deferred",
            Self::Gone(_) => "gone",
            Self::Failed(_) | Self::Offline(_) => "failed",
        }
    }

    /// The failure, where there is one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Gone(failure) | Self::Offline(failure) => Some(failure),
            Self::NotModified
            | Self::Unchanged
            | Self::Baseline
            | Self::Changed
            | Self::Repaired
            | Self::Deferred { .. } => None,
        }
    }

    /// Whether the source's page was there and as expected.
    pub fn is_success(&self) -> bool {
        match self {
            Self::NotModified | Self::Unchanged | Self::Baseline | Self::Changed | Self::Repaired => true,
            Self::Deferred { .. } | Self::Gone(_) | Self::Failed(_) | Self::Offline(_) => false,
        }
    }
}

/// An error's message and those of all its causes, joined by colons.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        text.push_str(": ");
        text.push_str(&cause);
    }
    text
}

/// The messages of an error's causes, outermost first; one that only repeats what was said is left out.
pub fn causes(error: &dyn std::error::Error) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let message = cause.to_string();
        if !said.contains(&message) {
            messages.push(message.clone());
        }
        said = message;
        next = cause.source();
    }
    messages
}
