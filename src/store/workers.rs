//! Those who work on a state, as a store must keep them: who lives, who does what one does for all, and whose clock holds.

use async_trait::async_trait;
use jiff::Timestamp;

use super::contract::StoreError;
use crate::model::worker::Worker;

/// Everything that a [`Store`](super::Store) knows of those who work on it.
#[async_trait]
pub trait Workers: Send + Sync {
    /// Whether other processes may work on it at the same time.
    fn is_shared(&self) -> bool;

    /// What the database's own clock shows, by which all its workers go; `None`: it has none but ours.
    async fn time(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Notes that a worker lives at its `seen_at`. Those of which nothing was heard for a day before that are forgotten.
    async fn see_worker(&self, worker: &Worker) -> Result<(), StoreError>;

    /// Forgets a worker that ends, and gives its duties back.
    async fn dismiss_worker(&self, name: &str) -> Result<(), StoreError>;

    /// All workers that are not forgotten, by name; those that are gone among them.
    async fn workers(&self) -> Result<Vec<Worker>, StoreError>;

    /// Takes a duty, which one worker has at a time, until `until`: one that it has already, or nobody has at `now`.
    /// `false`: another has it.
    async fn take_duty(&self, duty: &str, worker: &str, until: Timestamp, now: Timestamp) -> Result<bool, StoreError>;
}
