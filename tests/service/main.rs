//! sosik as a service: what it tells its manager, and a real `systemd --user` that starts, watches and stops it.

#[path = "../support/mod.rs"]
mod support;

mod agent;
mod manager;
mod told;
mod under_a_manager;
mod without_a_manager;
