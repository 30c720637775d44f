//! One polite, bounded, conditional GET.
//!
//! The way of a request: [`Fetcher`] → `gate` (the host's turn) → `address` (may we go there?) → `client` with its
//! `resolver` (the same question about what the name resolves to) → `body` (bounded) → `charset`. Every redirect
//! walks it again. Each thing that the world does wrong is a variant of [`FetchError`] with a help text.

mod address;
mod arrival;
mod body;
pub mod charset;
mod client;
mod error;
mod fault;
mod fetcher;
mod file;
mod gate;
mod options;
mod pace;
mod resolver;
pub mod robots;
mod settings;
mod shown;
mod wishes;

pub use error::FetchError;
pub use fetcher::{Access, Ask, Fetched, Fetcher, RobotsAnswer};
pub use options::{HostOptions, Options};
#[doc(hidden)]
pub use resolver::{Lookup, Surroundings};
pub use settings::OpenError;
