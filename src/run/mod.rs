//! What is polled when, and by how many hands.
//!
//! `dispatch.rs` claims hosts and polls them with bounded hands, `record.rs` brings the reports into the store in
//! small batches, `refresh.rs` is one round of it all: poll, deliver, publish.

pub mod dispatch;
mod record;
pub mod refresh;
