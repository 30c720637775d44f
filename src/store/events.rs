//! The log of events as a store must keep it: what agents on other machines are told.

use async_trait::async_trait;
use jiff::Timestamp;

use super::contract::StoreError;
use crate::model::event::{EventLog, LoggedEvent};

/// Everything that a [`Store`](super::Store) knows of events. Old ones go with [`Store::forget`](super::Store::forget).
#[async_trait]
pub trait Events: Send + Sync {
    /// Writes an event about a message, unless one was written before. Gives the number of the message's event.
    async fn log_event(&self, message: &str, data: &str, now: Timestamp) -> Result<i64, StoreError>;

    /// The events after that number, in order, at most `limit`.
    async fn events(&self, after: i64, limit: usize) -> Result<Vec<LoggedEvent>, StoreError>;

    /// The log's name and its ends.
    async fn event_log(&self) -> Result<EventLog, StoreError>;
}
