//! The fetcher against real servers on loopback, the hostile ones included.

#![allow(missing_docs, reason = "the names of the tests say it")]

mod conditional;
mod files;
mod follow;
mod guard;
mod hostile;
mod pages;
mod politeness;
mod posted;
mod secure;
mod server;
