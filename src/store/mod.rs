//! The state: what was seen, what is owed, what is due.
//!
//! `contract.rs`, `deliveries.rs` and `events.rs` say what a store must do, `sql/` does it over any database, `sqlite/` is the
//! embedded one and `postgres/` the one that machines share. Only this room says SQL. It knows nothing of pages, feeds or channels beyond the nouns of `model`.

pub mod contract;
pub mod deliveries;
mod error;
pub mod events;
pub mod location;
pub mod moving;
pub mod postgres;
mod rows;
pub mod shown;
mod sql;
pub mod sqlite;
pub mod stored;
pub mod workers;

pub use contract::{Store, StoreError};
pub use deliveries::Deliveries;
pub use events::Events;
pub use location::StoreLocation;
pub use moving::Moving;
pub use stored::StoredSources;
pub use workers::Workers;
