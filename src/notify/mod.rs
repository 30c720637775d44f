//! People, and how to reach them: one file per channel.
//!
//! `contract` is what a channel gets and answers; `open` makes one of each that the configuration names; `compose` and
//! `notice` find the words. `settings` is what the channels' tables have in common, `courier` what those that speak HTTP do.

pub mod agents;
pub mod command;
pub mod compose;
pub mod contract;
pub mod courier;
pub mod desktop;
pub mod email;
#[cfg(test)]
mod examples;
pub mod log;
pub mod notice;
pub mod ntfy;
mod open;
pub mod options;
mod parts;
pub mod settings;
mod text;
pub mod webhook;

pub use open::{BadChannel, Channel, Setup, open};
