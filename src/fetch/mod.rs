//! One polite, bounded, conditional GET.
//!
//! The way of a request: [`Fetcher`] → `gate` (the host's turn) → `address` (may we go there?) → `client` with its
//! `resolver` (the same question about what the name resolves to) → `body` (bounded) → `charset`. Every redirect
//! walks it again. Each thing that the world does wrong is a variant of [`FetchError`] with a help text.

mod address;
mod arrival;
mod ask;
mod body;
pub mod charset;
mod client;
mod contact;
mod error;
mod fault;
mod fetcher;
mod file;
mod follow;
mod gate;
mod options;
mod own;
mod pace;
mod resolver;
pub mod robots;
mod send;
mod settings;
mod shown;
mod wishes;

pub use ask::{Access, Ask, Fetched, RobotsAnswer, Verb, Visited};
pub use error::FetchError;
pub use fetcher::Fetcher;
pub use follow::Follow;
pub use options::{HostOptions, Options};
pub use pace::Budgets;
#[doc(hidden)]
pub use resolver::{Lookup, Surroundings};
pub use settings::OpenError;
#[doc(hidden)]
pub use wishes::wishes_in;
