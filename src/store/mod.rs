//! The state: what was seen, what is owed, what is due.
//!
//! `contract.rs`, `deliveries.rs` and `events.rs` say what a store must do, `sql/` does it over any database, `sqlite/` is the
//! embedded one. Only this room says SQL. It knows nothing of pages, feeds or channels beyond the nouns of `model`.

pub mod contract;
pub mod deliveries;
mod error;
pub mod events;
pub mod moving;
mod rows;
pub mod shown;
mod sql;
pub mod sqlite;

pub use contract::{Store, StoreError};
pub use deliveries::Deliveries;
pub use events::Events;
pub use moving::Moving;
