//! What commands say to a running daemon, and what it answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::rename::Rename;
use super::shape::Refreshed;
use crate::model::source::SourceId;
use crate::model::token::Token;

/// What the daemon has to do between its loops. What only reads the state, or changes nothing that the loops know,
/// is answered without it.
#[derive(Debug)]
pub enum Order {
    /// Look at these sources now (none named: all that are not paused) and tell how it goes.
    Refresh(Vec<String>, mpsc::Sender<News>),
    /// Read the configuration again; answered when it is in force.
    Reload(oneshot::Sender<Result<(), Refusal>>),
    /// The configuration's file is about to name a source otherwise.
    Rename(Rename, oneshot::Sender<Result<(), Refusal>>),
    /// Some sources of the state alone are others now: look what is due.
    Look,
    /// Give a source another id that the state alone has.
    RenameStored(Rename, oneshot::Sender<Result<(), Refusal>>),
    /// Look at what is owed to channels: something of it may be due.
    Deliver,
    /// Send a test over this channel, which is one that writes into the state.
    Test(String, oneshot::Sender<Result<(), Refusal>>),
    /// Delete what is left of these sources.
    Prune(Vec<SourceId>, oneshot::Sender<Result<Pruned, Refusal>>),
}

/// What a refresh tells, a line of JSON each: pages while it walks, then what came of it, then what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum News {
    /// A page was read.
    Walking(Walking),
    /// All were looked at.
    Refreshed(Refreshed),
    /// It could not be done, or not all of it.
    Refused(Refusal),
}

/// How far a walk has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walking {
    /// The source.
    pub id: SourceId,
    /// Pages read.
    pub pages: u32,
    /// Posts found.
    pub posts: u32,
    /// Posts that the blog says it has.
    pub declared: Option<u32>,
}

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What stands in the way.
    pub reason: Reason,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What stands in the way of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// What was asked for does not exist or makes no sense.
    Usage,
    /// The configuration has mistakes.
    Configuration,
    /// The state or the feeds cannot be read or written.
    State,
    /// The daemon is about to stop.
    Stopping,
}

/// Who answers at a socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The process.
    pub daemon: super::shape::Holder,
    /// The state that it holds, without links.
    pub state: std::path::PathBuf,
    /// The configuration that it reads, without links.
    pub config: Option<std::path::PathBuf>,
}

/// The sources that an order names.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    pub(super) sources: Vec<String>,
}

/// A token on its way to the daemon: never its secret.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MintedToken {
    pub(super) name: String,
    pub(super) digest: [u8; 32],
    pub(super) made_at: Timestamp,
}

/// A wish for quiet, or its end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Quiet {
    pub(super) channel: String,
    pub(super) until: Option<Timestamp>,
}

/// Whether something was changed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) done: bool,
}

/// When the recipe that was taken back had been learnt; `None`: nothing was learnt.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Undone {
    pub(super) learnt_at: Option<Timestamp>,
}

/// What was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pruned {
    /// The sources of which something was left.
    pub sources: Vec<SourceId>,
    /// Files of feeds that went.
    pub files: u32,
}

impl Refusal {
    /// What was asked for does not exist or makes no sense.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reason: Reason::Usage, message: message.into(), help: help.into() }
    }

    /// The state or the feeds fail.
    pub fn state(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { reason: Reason::State, message: message.into(), help: help.into() }
    }

    /// The daemon is about to stop.
    pub fn stopping() -> Self {
        let help = "try again in a moment, or look with `sosik status` whether it runs again";
        Self { reason: Reason::Stopping, message: "the daemon is stopping".to_owned(), help: help.to_owned() }
    }
}

impl From<&Token> for MintedToken {
    fn from(token: &Token) -> Self {
        Self { name: token.name.clone(), digest: token.digest, made_at: token.made_at }
    }
}

impl From<MintedToken> for Token {
    fn from(MintedToken { name, digest, made_at }: MintedToken) -> Self {
        Self { name, digest, made_at }
    }
}
