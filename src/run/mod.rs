//! What is polled when, and by how many hands.
//!
//! `dispatch.rs` claims hosts, `hand.rs` polls one under its lease, `record.rs` brings the reports into the store in
//! small batches. `refresh.rs` is one round of it all: poll, deliver, publish; `daemon.rs` is the same without end.
//! `network.rs` tells a network that is down from a source that is.
//! `keeping.rs` makes the state last: `retention.rs` lets go what is old, `backup.rs` makes a backup a day.
//! `control.rs` answers the commands that use its socket (`socket.rs`), `client.rs` asks, `order.rs` is what they say
//! to each other, and `shape.rs` the JSON of both.
//! `elsewhere.rs` is a refresh by hand of a state that others work on.
//! `hosts.rs` is how every host stands: its pace and its queue. `lifecycle.rs` hears signals and tells the service
//! manager how the daemon is, `vigil.rs` whether its loops get on.
//! `shown.rs` is which sources are shown where there are very many.
//! `attendance.rs` says to other workers that this one lives, and which of them does what one does for all;
//! `outward.rs` is what that one brings out.
//! `reshaping.rs` is what changes about the sources meanwhile.
//! `moving.rs` takes a whole state into another database.
//! `rename.rs` and `prune.rs` are what a person asks for by hand beside the rounds.

pub mod attendance;
pub mod backup;
pub mod client;
pub mod control;
pub mod daemon;
pub mod dispatch;
pub mod elsewhere;
mod hand;
pub mod hosts;
pub mod keeping;
pub mod lifecycle;
pub mod looked;
pub mod moving;
pub mod network;
pub mod order;
mod outward;
pub mod prune;
mod record;
pub mod refresh;
pub mod rename;
mod reshaping;
pub mod retention;
pub mod shape;
pub mod shown;
pub mod socket;
mod vigil;
mod waiting;
