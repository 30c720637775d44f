//! A state that was found damaged, and what became of it.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long it is news.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was done about a damaged state. It is told once and shown for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescue {
    /// When it was found.
    pub at: Timestamp,
    /// What was wrong.
    pub reason: String,
    /// Where the damaged files are now; `None`: there was nothing left to keep.
    pub aside: Option<PathBuf>,
    /// The backup that took its place; `None`: no good one was there, and every blog is read as for the first time.
    pub backup: Option<PathBuf>,
}

impl Rescue {
    /// The note under which a store keeps it.
    pub const NOTE: &'static str = "rescue";

    /// Whether it is still to be shown and told.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) < RECENT
    }

    /// The note that keeps of which rescue a channel was told.
    pub fn told_note(channel: &str) -> String {
        format!("rescue told: {channel}")
    }

    /// What happened, in a sentence.
    pub fn message(&self) -> String {
        let now = match &self.backup {
            Some(backup) => format!("{} took its place", backup.display()),
            None => "no good backup was there, so every blog is read as for the first time".to_owned(),
        };
        format!("the state could not be used ({}): {now}; nothing is announced twice", self.reason)
    }

    /// What a person can do.
    pub fn help(&self) -> String {
        match &self.aside {
            Some(aside) => format!(
                "the damaged files are kept at {}; check the disk, or bring another backup back: sosik restore FILE",
                aside.display()
            ),
            None => "bring a backup back if you have one: sosik restore FILE".to_owned(),
        }
    }
}
