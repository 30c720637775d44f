//! What happens over days and weeks: the real parts, a live blog, and a clock that the test moves.

#[path = "../support/mod.rs"]
mod support;

mod clocks;
mod deep;
mod gone;
mod house;
mod network;
mod removed;
mod websub;
mod wishes;
