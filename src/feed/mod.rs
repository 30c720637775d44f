//! Posts → document.

mod options;

pub use options::Options;
