//! Store → readers: feeds, pages for people, health and metrics over HTTP/1.1.
//!
//! `server` accepts, within bounds that slow and greedy clients run into (`seats`, `wire`, `connection`);
//! `routes` says what is where and who may ask; `feeds` answers with documents that are rendered once a version
//! (`shelf`), `events` with a stream that does not end, `pages/` with HTML that needs no script. Nothing here changes the state: every method but GET and HEAD
//! is refused. TLS, HTTP/2 and names beyond this machine belong to a proxy in front.

mod answer;
mod coding;
mod conditional;
mod connection;
mod doors;
mod events;
mod feeds;
mod health;
mod hosts;
mod house;
mod limits;
mod listen;
mod metrics;
mod options;
mod pages;
mod routes;
mod seats;
mod server;
mod shelf;
mod sockets;
pub mod tokens;
mod wire;
mod words;

pub use limits::Limits;
pub use listen::Listener;
pub use metrics::Metrics;
pub use options::Options;
pub use server::{ServeError, Server, Setup};
pub use sockets::Sockets;
pub use words::Language;
