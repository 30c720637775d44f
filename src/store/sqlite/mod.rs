//! The embedded store: one `SQLite` file, owned by one process.
//!
//! Each job runs on a thread that owns a connection (`connection.rs`); what it does stands in `store/sql/`. Here is what
//! only a file has: its lock, its backups, what is done when it is damaged.

pub mod backups;
mod connection;
mod copy;
pub(in crate::store) mod fault;
pub(in crate::store) mod incoming;
mod lock;
mod rescue;
pub(in crate::store) mod schema;
mod state;
pub(in crate::store) mod statements;

pub use self::copy::Examined;
pub use self::state::SqliteStore;
