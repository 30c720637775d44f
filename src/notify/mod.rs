//! People, and how to reach them: one file per channel.

pub mod desktop;
pub mod notice;
pub mod options;
