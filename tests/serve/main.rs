//! What readers, browsers and strangers get from the server: over real sockets, from a store in memory.

mod abuse;
mod alike;
mod browser;
mod choice;
mod compressed;
mod conditional;
mod events;
mod evil;
mod feeds;
mod given;
mod guarded;
mod health;
mod pages;
#[path = "../support/python.rs"]
mod python;
mod running;
