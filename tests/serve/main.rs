//! What readers, browsers and strangers get from the server: over real sockets, from a store in memory.

mod abuse;
mod compressed;
mod conditional;
mod feeds;
mod given;
mod guarded;
mod health;
mod pages;
mod running;
