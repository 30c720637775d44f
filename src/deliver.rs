//! Store → people.
//!
//! What is owed is claimed before it is told, told once, and settled after: a crash in between tells it once more
//! under the same id, and never loses it. Nothing here decides what is owed; a poll did, in its transaction. What is told
//! now and what waits is planned by `rules`; each channel is served by an outlet of its own, so that a slow one delays
//! no other.

mod events;
mod outlet;

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::notify::Channel;
use crate::notify::compose;
use crate::notify::contract::Refusal;
use crate::notify::desktop::{Act, CHANNEL, Desktop};
use crate::notify::notice::Words;
use crate::rules::{Manner, Rules};
use crate::store::{Store, StoreError};

pub use events::Events;
use outlet::Outlet;

/// How long a person's wish for quiet holds.
pub const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// Brings what is owed to the people who wait for it.
pub struct Deliverer {
    house: Arc<House>,
    outlets: Vec<Outlet>,
    desktop: Arc<Desktop>,
}

/// What all outlets share.
pub(crate) struct House {
    store: Arc<dyn Store>,
    clock: Clock,
    rules: Arc<Rules>,
    words: Words,
    /// How long a message is tried before it is given up.
    give_up: SignedDuration,
}

/// What a deliverer goes by.
pub struct Setting {
    /// The channels that are open, each with its manner.
    pub channels: Vec<(Channel, Manner)>,
    /// What is told when.
    pub rules: Arc<Rules>,
    /// The language in which people are told.
    pub words: Words,
    /// How long a message is tried before it is given up.
    pub give_up: SignedDuration,
    /// What stands on the desktop and can be clicked.
    pub desktop: Arc<Desktop>,
}

/// Whether somebody waits for what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// Nobody does: a channel that rests is left alone.
    None,
    /// A person does: the desktop is tried though nobody was there a moment ago.
    ByHand,
}

/// What one round of deliveries came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that arrived.
    pub notified: u32,
    /// Deliveries that they told: a digest tells of many posts.
    pub told: u32,
    /// Deliveries that wait for another try, tried in this round or not.
    pub waiting: u32,
    /// Deliveries that this round did not bring to their channel.
    pub failed: u32,
    /// Deliveries that were given up.
    pub dead: u32,
    /// Why they wait or were given up, with what to do.
    pub trouble: Option<(String, String)>,
}

impl Delivered {
    /// This round and another as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            notified: self.notified + other.notified,
            told: self.told + other.told,
            waiting: self.waiting + other.waiting,
            failed: self.failed + other.failed,
            dead: self.dead + other.dead,
            trouble: self.trouble.or(other.trouble),
        }
    }
}

impl Deliverer {
    /// Delivers over these channels.
    pub fn new(store: Arc<dyn Store>, clock: Clock, setting: Setting) -> Self {
        let Setting { channels, rules, words, give_up, desktop } = setting;
        let outlets = channels.into_iter().map(|(channel, manner)| Outlet::new(channel, manner)).collect();
        Self { house: Arc::new(House { store, clock, rules, words, give_up }), outlets, desktop }
    }

    /// The channels by their names: a place in this list names one for [`Deliverer::deliver_over`].
    pub fn channels(&self) -> Vec<&str> {
        self.outlets.iter().map(|outlet| outlet.name.as_str()).collect()
    }

    /// Tells all that is owed and due, over all channels side by side.
    pub async fn deliver(&self, haste: Haste) -> Result<Vec<(String, Delivered)>, StoreError> {
        let rounds = join_all(self.outlets.iter().map(async |outlet| outlet.deliver(&self.house, haste).await)).await;
        let names = self.outlets.iter().map(|outlet| outlet.name.clone());
        names.zip(rounds).map(|(name, round)| Ok((name, round?))).collect()
    }

    /// Tells all that is owed and due over one channel.
    pub async fn deliver_over(&self, place: usize, haste: Haste) -> Result<Delivered, StoreError> {
        match self.outlets.get(place) {
            Some(outlet) => outlet.deliver(&self.house, haste).await,
            None => Ok(Delivered::default()),
        }
    }

    /// Sends one message past the outbox over each of these channels: a test of them.
    pub async fn test(&self, channels: &[String]) -> Vec<(String, Result<(), Refusal>)> {
        let now = self.house.clock.now();
        let chosen = self.outlets.iter().filter(|outlet| channels.contains(&outlet.name));
        join_all(chosen.map(async |outlet| {
            let id = id_of("test", &outlet.name, &now.to_string());
            (outlet.name.clone(), outlet.tell(&compose::test(&id, now, self.house.words)).await)
        }))
        .await
    }

    /// Waits for the next thing that a person does with a notification, and keeps it.
    pub async fn attend(&self) -> Result<(), StoreError> {
        let act = self.desktop.next_act().await;
        keep(&*self.house.store, &act, self.house.clock.now()).await
    }
}

/// The id of a message that tells of no delivery.
fn id_of(kind: &str, channel: &str, subject: &str) -> String {
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(format!("{kind}\n{channel}\n{subject}").as_bytes()))
}

/// Keeps what a person did with a notification.
pub async fn keep(store: &dyn Store, act: &Act, now: Timestamp) -> Result<(), StoreError> {
    match act {
        Act::Seen(messages) => {
            for message in messages {
                store.mark_seen(message, now).await?;
            }
            Ok(())
        }
        Act::Quiet => store.quiet(CHANNEL, Some(now + QUIET)).await,
    }
}
