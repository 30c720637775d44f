//! What happens over days and weeks: the real parts, a live blog, and a clock that the test moves.

#[path = "../support/mod.rs"]
mod support;

#[path = "../store/given.rs"]
#[allow(dead_code, reason = "these tests use a part of it")]
mod given;

mod clocks;
mod deep;
mod gone;
mod house;
mod network;
mod outlets;
mod removed;
mod websub;
mod wishes;
