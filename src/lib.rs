//! sosik (소식, "news") watches blogs, makes the feeds that they don't, and tells people when a post appears.
//!
//! The map, from the ground up; docs/architecture.md tells how data walks through it.
//!
//! * floor 1: [`model`] nouns and what they mean, [`clock`] the time
//! * floor 2: pure [`schedule`], [`extract`], [`diff`], [`catalog`], [`feed`]; edges [`fetch`], [`store`], [`notify`], [`service`]
//! * floor 3: [`poll`] world → store; [`deliver`] store → people; [`publish`] store → files; [`serve`] store → readers; [`announce`] store → hub; [`agent`] another sosik → this desktop
//! * floor 4: [`run`] what is polled when and by how many hands
//! * floor 5: [`config`] TOML → everyone's options
//! * floor 6: [`app`] opens every part once
//! * floor 7: [`cli`] one file per command

pub mod agent;
pub mod announce;
pub mod app;
pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
pub mod deliver;
pub mod diff;
pub mod extract;
pub mod feed;
pub mod fetch;
pub mod learn;
pub mod model;
pub mod notify;
pub mod poll;
pub mod publish;
pub mod rules;
pub mod run;
pub mod schedule;
pub mod serve;
pub mod service;
pub mod store;
