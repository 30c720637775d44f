//! Channels against real servers on loopback: what is sent, what is said when it is not taken, what is never shown.

#[path = "../support/mod.rs"]
mod support;

mod documented;
mod email;
mod given;
mod http;
mod secrets;
mod written;
