//! What is polled when, and by how many hands.
//!
//! `dispatch.rs` claims hosts and polls them with bounded hands, `record.rs` brings the reports into the store in
//! small batches, `refresh.rs` is one round of it all: poll, deliver, publish.
//! `rename.rs` and `prune.rs` are what a person asks for by hand beside the rounds.

pub mod dispatch;
pub mod prune;
mod record;
pub mod refresh;
pub mod rename;
