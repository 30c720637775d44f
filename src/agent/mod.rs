//! Another sosik → this desktop: `sosik agent` follows the events of a server and shows them here.
//!
//! `follow` keeps the connection and goes on where it was; `stream` reads it; `tell` shows what came, `gather` says in
//! which notifications; `state` keeps the place in the server's log together with what was got up to it. What is told,
//! to whom and when is decided by the server's rules.

mod error;
mod follow;
mod gather;
mod options;
mod state;
mod stream;
mod tell;

pub use error::AgentError;
pub use follow::{Agent, Extent};
pub use options::{Manner, Options, Setting, Whom};
