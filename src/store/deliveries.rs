//! The outbox as a store must keep it: what is owed to each channel, what became of it, how channels stand.

use async_trait::async_trait;
use jiff::Timestamp;

use super::contract::{OutboxCounts, StoreError};
use crate::model::delivery::{Bound, ChannelState, Chosen, Delivery, PastDelivery, Settlement};

/// Everything that a [`Store`](super::Store) knows of deliveries. What is owed comes with the reports of polls.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Claims what is owed to a channel, the oldest first: until `until` nobody else gets it. Nothing of a source comes
    /// while something of it was tried in vain and waits for its next try.
    async fn claim_deliveries(
        &self,
        channel: &str,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Notes which claimed deliveries go out together, under which id, before anything is sent.
    async fn bind(&self, messages: &[Bound]) -> Result<(), StoreError>;

    /// Says how claimed deliveries ended.
    async fn settle(&self, deliveries: &[(String, Settlement)], now: Timestamp) -> Result<(), StoreError>;

    /// When messages went out over a channel since `since`, the oldest first, each with the rule that counts it.
    async fn sent_since(
        &self,
        channel: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(Timestamp, Option<String>)>, StoreError>;

    /// Lets everything that waits for its time be looked at anew, for rules may be others now. What was tried in vain
    /// waits on.
    async fn release_held(&self) -> Result<(), StoreError>;

    /// Gives up what is owed to channels other than these, and says why. Gives how many deliveries that were.
    async fn give_up_unknown(&self, channels: &[String], error: &str, now: Timestamp) -> Result<u32, StoreError>;

    /// What is owed and what was given up.
    async fn outbox(&self) -> Result<OutboxCounts, StoreError>;

    /// Every channel that is owed something, that gave something up or that has trouble, by name.
    async fn channels(&self) -> Result<Vec<ChannelState>, StoreError>;

    /// How a channel stands, but for what it is owed: the default where nothing is known of it.
    async fn channel(&self, name: &str) -> Result<ChannelState, StoreError>;

    /// Keeps a channel's refusals, error, help and rest. Its quiet stays as it is, and what it is owed is not read.
    async fn put_channel(&self, state: &ChannelState) -> Result<(), StoreError>;

    /// Keeps until when a person wants to hear nothing over a channel; `None`: no longer.
    async fn quiet(&self, channel: &str, until: Option<Timestamp>) -> Result<(), StoreError>;

    /// Notes that a person saw a message.
    async fn mark_seen(&self, message: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Deliveries as they stand, the last one first, at most `limit`.
    async fn deliveries(&self, chosen: &Chosen, limit: usize) -> Result<Vec<PastDelivery>, StoreError>;

    /// Owes what was given up again, under the same id. Gives how many deliveries that were.
    async fn replay(&self, chosen: &Chosen, now: Timestamp) -> Result<u32, StoreError>;
}
