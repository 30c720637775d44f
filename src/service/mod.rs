//! sosik as a service of systemd: which units, where, and what became of those that are there.
//!
//! `units.rs` makes the units from those of the project (`systemd/`), `files.rs` tells a file that we wrote from one
//! that a person edited, `manager.rs` asks systemd. What is done in which order, and how it is told, is `cli/service.rs`.
//! What the daemon says to systemd while it runs is `run/lifecycle.rs`.

pub mod files;
pub mod manager;
pub mod units;
