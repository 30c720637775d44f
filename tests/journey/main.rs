//! The program as a person meets it: the real binary, a live blog on loopback, a real session bus.

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "these tests use a part of it")]
mod postgres;

#[path = "../store/given.rs"]
#[allow(dead_code, reason = "these tests use a part of it")]
mod given;

mod add;
mod agent;
mod beside;
mod choice;
mod clicks;
mod clocks;
mod commands;
mod control;
mod crash;
mod daemon;
mod desktop;
mod disk;
mod feeds;
mod first_look;
mod flood;
mod full_text;
mod guard;
mod history;
mod hostile;
mod json;
mod keeping;
mod metrics;
mod moved;
mod readers;
mod repair;
mod roles;
mod rules;
mod second_look;
mod secrets;
mod shared;
mod source;
mod stored;
mod trouble;
mod visited;
mod watch;
mod websub;
