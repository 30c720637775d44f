//! People, and how to reach them: one file per channel.

pub mod options;
