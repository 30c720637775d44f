//! Channels against real servers on loopback: what is sent, what is said when it is not taken, what is never shown.

#[path = "../support/mod.rs"]
mod support;

#[path = "../store/given.rs"]
#[allow(dead_code, reason = "these tests use a part of it")]
mod state;

mod delivered;
mod documented;
mod email;
mod given;
mod http;
mod program;
mod secrets;
mod written;
