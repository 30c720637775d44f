//! TOML → everyone's options.
//!
//! `load` finds the file, reads it, and hands back either a [`Config`] in which every path is absolute and every
//! preset worked in, or all [`Problem`]s at once: file, line, what is wrong, what to write instead. `reference`
//! is the table of every key; it checks the file and prints docs/configuration.md.
//!
//! Not here: what a key does (its room owns the `Options`), and what a selector means (the app hands a
//! [`Catalogue`] in). What a command changes is one word of the file's text (`edit`); `rewrite` puts it in its place.

mod channels;
mod choice;
mod document;
pub mod edit;
mod endpoint;
mod entry;
pub mod foreign;
mod kind;
mod layout;
mod load;
mod mention;
mod named;
mod options;
mod page;
mod paths;
mod pieces;
mod problem;
mod recipe;
mod reference;
mod rewrite;
mod shape;
mod source;
mod store;
mod store_url;
mod stored;
mod tables;
mod text;

pub use load::{Config, Overrides, load, parse, sources_as_written};
pub use named::store_named;
pub use options::{Language, StoreOptions};
pub use page::reference_page;
pub use paths::{SYSTEM_FILE, user_file};
pub use problem::{ConfigError, Problem};
pub use recipe::{Catalogue, RecipeFault};
pub use rewrite::Draft;
pub use stored::{BadKeys, stored_source};
