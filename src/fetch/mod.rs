//! One polite, bounded, conditional GET.

mod options;

pub use options::{HostOptions, Options};
