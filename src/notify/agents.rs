//! Agents: `sosik agent` on other machines, which shows there what is told here.
//!
//! All of them are one channel. What it is told becomes an event of a log, which is the store's; each agent follows the
//! log from its own place and puts together by itself what comes at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::contract::Message;

/// The name of this channel in the outbox and in rules.
pub const CHANNEL: &str = "agents";

/// The `[notify.agents]` table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Whether agents are told.
    pub enabled: bool,
}

/// An event as agents get it: the message, and what they need to put several together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// The address of each source's blog, by the source's id.
    #[serde(default)]
    pub homes: BTreeMap<String, String>,
    /// When it was written; later events of a log have later moments.
    pub logged: Timestamp,
}
