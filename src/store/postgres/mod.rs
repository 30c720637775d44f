//! The shared store: one `PostgreSQL`, used by any number of machines.
//!
//! Each job runs on a thread that owns a connection (`pool.rs`), within a transaction; what it does stands in `store/sql/`.
//! Here is what only a server has: its address and its TLS, sessions that break, transactions that are tried again, lists
//! of rows (`lists.rs`), and the claim of whatever is due.

mod claims;
pub(in crate::store) mod lists;
mod pool;
pub(in crate::store) mod refusal;
mod reports;
mod schema;
pub(in crate::store) mod session;
mod state;
mod target;
mod tls;
mod values;

pub use self::state::{Limits, PostgresStore};
