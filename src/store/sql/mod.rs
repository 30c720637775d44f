//! What both databases share: each concern of the state in a file of its own, written once against a transaction
//! ([`tx::Tx`]) that is either's.
//!
//! How a connection is had, and what only one of the databases can, is in `sqlite/` and `postgres/`.

mod archive;
pub(in crate::store) mod backend;
mod beside;
mod categories;
mod changes;
mod channels;
mod choice;
pub(in crate::store) mod claim;
mod clock;
mod contents;
pub(in crate::store) mod dialect;
mod events;
pub(in crate::store) mod exchange;
pub(in crate::store) mod fault;
pub(in crate::store) mod feeds;
mod findings;
pub(in crate::store) mod given;
mod gone;
mod hosts;
mod known;
pub(in crate::store) mod later;
pub(in crate::store) mod lease;
mod members;
mod merged;
pub(in crate::store) mod moving;
mod notes;
mod outbox;
mod posts;
mod prune;
mod recipes;
pub(in crate::store) mod record;
mod rename;
mod retention;
pub(in crate::store) mod rows;
pub(in crate::store) mod sources;
mod standing;
mod states;
mod stocking;
mod store;
mod stored;
mod texts;
mod tokens;
pub(in crate::store) mod tx;
pub(in crate::store) mod value;
mod workers;
