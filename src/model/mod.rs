//! Plain data and what it means.
//!
//! Every noun that two rooms exchange stands here. No I/O, no async, no clock: what needs the time takes it
//! as a value. Rules that belong to one noun alone (a canonical URL, a slug) stand beside it.

pub mod beside;
pub mod category;
pub mod choice;
pub mod date;
pub mod delivery;
pub mod enclosure;
pub mod event;
pub mod failure;
pub mod feed;
pub mod filter;
pub mod host;
pub mod json;
pub mod known;
pub mod link;
pub mod merged;
pub mod pace;
pub mod page;
pub mod post;
pub mod posting;
pub mod report;
pub mod rescue;
pub mod rhythm;
pub mod rule;
pub mod secret;
pub mod slug;
pub mod source;
mod tagged;
pub mod title;
pub mod token;
pub mod worker;
