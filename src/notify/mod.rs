//! People, and how to reach them: one file per channel.
//!
//! `contract` is what a channel gets and answers; `open` makes one of each that the configuration names; `compose` and
//! `notice` find the words.

pub mod compose;
pub mod contract;
pub mod desktop;
pub mod notice;
mod open;
pub mod options;

pub use open::{BadChannel, Channel, Setup, open};
