//! The channel of the agents: what is told over it becomes an event in the store's log.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::model::failure::with_causes;
use crate::model::source::SourceId;
use crate::notify::agents::Event;
use crate::notify::contract::{Message, Notifier, Refusal};
use crate::store::{Store, StoreError};

/// Writes the log that agents on other machines follow.
pub struct Events {
    store: Arc<dyn Store>,
    clock: Clock,
    /// The number of the newest event: whoever follows the log is woken by it.
    bell: watch::Sender<i64>,
}

impl Events {
    /// Writes into this store's log and rings the bell after each event.
    pub fn new(store: Arc<dyn Store>, clock: Clock, bell: watch::Sender<i64>) -> Self {
        Self { store, clock, bell }
    }

    async fn log(&self, message: &Message) -> Result<(), StoreError> {
        let mut homes = BTreeMap::new();
        for named in &message.sources {
            let Ok(id) = SourceId::try_from(named.id.clone()) else { continue };
            if let Some(overview) = self.store.source(&id).await? {
                let home = overview.state.home_url.unwrap_or_else(|| overview.source.url.to_string());
                homes.insert(named.id.clone(), home);
            }
        }
        let logged = self.clock.now();
        let event = Event { message: message.clone(), homes, logged };
        let data = serde_json::to_string(&event).expect("a message is texts and numbers");
        let number = self.store.log_event(&message.id, &data, logged).await?;
        self.bell.send_modify(|newest| *newest = number.max(*newest));
        Ok(())
    }
}

#[async_trait]
impl Notifier for Events {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        self.log(message).await.map_err(|error| {
            Refusal::passing(with_causes(&error), "check that the disk is neither full nor failing; it is tried again")
        })
    }
}
