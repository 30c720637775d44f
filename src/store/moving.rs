//! A whole state on its way into another database, as a store must hand it over and take it in: table by table, in the
//! order of keys, so that a copy that broke off is a beginning of what it copies and is carried on behind its last row.
//!
//! Unlike what is exported it holds what is owed, tokens, channels, events and notes too. Leases are left out, and who
//! works on the state: both are a matter of moments. `run/moving.rs` is who goes through it.

use std::sync::Arc;

use async_trait::async_trait;
use xxhash_rust::xxh3::Xxh3;

use super::contract::{Store, StoreError};
pub use super::sql::moving::tables;
use super::sql::value::Owned;

/// The note of a state that was not copied whole yet: the name of what it is copied from. Nobody may work on it.
pub const MARK: &str = "moving in";

/// The key of a row, behind which a copy is carried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub(in crate::store) Vec<Owned>);

/// Rows of one table, one after another.
#[derive(Debug, Clone)]
pub struct Portion {
    /// The table.
    pub table: &'static str,
    /// Its columns by name, and the rows in the order of their keys.
    pub(in crate::store) rows: Arc<Vec<Vec<Owned>>>,
    /// Where they come behind; `None`: they are the first.
    pub after: Option<Place>,
    /// The key of the last one; `None`: there is none.
    pub last: Option<Place>,
}

impl Portion {
    /// How many rows it has.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether nothing comes after the place at which it was asked for.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// What a table holds, in a few bytes: two with the same digest hold the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Its rows.
    pub rows: u64,
    /// A hash of all their values, in the order of keys.
    pub hash: u128,
}

/// Reads a table into a digest, portion after portion.
#[derive(Default)]
pub struct Digester {
    rows: u64,
    hash: Xxh3,
}

impl Digester {
    /// Adds the next rows. Each value says what it is and how long, so that no two tables look alike.
    pub fn add(&mut self, portion: &Portion) {
        for row in portion.rows.iter() {
            self.rows += 1;
            for value in row {
                match value {
                    Owned::Null => self.hash.update(b"n"),
                    Owned::Int(number) => self.number(b'i', number.cast_unsigned()),
                    Owned::Text(text) => self.bytes(b't', text.as_bytes()),
                    Owned::Blob(bytes) => self.bytes(b'b', bytes),
                }
            }
        }
    }

    /// What came together.
    pub fn digest(&self) -> Digest {
        Digest { rows: self.rows, hash: self.hash.digest128() }
    }

    fn number(&mut self, kind: u8, number: u64) {
        let mut told = [kind; 9];
        told[1..].copy_from_slice(&number.to_le_bytes());
        self.hash.update(&told);
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.number(kind, bytes.len() as u64);
        self.hash.update(bytes);
    }
}

/// What a state is to whoever wants to copy another into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing was stored in it.
    Fresh,
    /// A part of the same state is here already.
    CarriedOn,
    /// It holds something else, such as these rows, and was left as it is.
    Taken {
        /// What it holds.
        what: String,
    },
}

/// How a store is handed over whole, and taken in.
#[async_trait]
pub trait Moving: Send + Sync {
    /// How many rows of a table go along.
    async fn rows(&self, table: &'static str) -> Result<u64, StoreError>;

    /// The rows of a table that come after `after` (`None`: the first ones), as many as are handled well at once.
    async fn portion(&self, table: &'static str, after: Option<&Place>) -> Result<Portion, StoreError>;

    /// The last row of a table; `None`: it has none.
    async fn last_place(&self, table: &'static str) -> Result<Option<Place>, StoreError>;

    /// Makes ready to take in the state that calls itself so (the name of its log of events): marks this one as not whole,
    /// so that nobody works on it. One that holds something else is left as it is.
    async fn begin_move(&self, from: &str) -> Result<Begun, StoreError>;

    /// Takes rows in behind those that are there, all or none. Whoever takes in what is there already changes nothing.
    async fn take(&self, portion: &Portion) -> Result<(), StoreError>;

    /// Empties a table of a state that is not whole yet, so that it is copied anew.
    async fn empty(&self, table: &'static str) -> Result<(), StoreError>;

    /// Says that the state is whole; the next event gets a number behind `event`.
    async fn end_move(&self, event: i64) -> Result<(), StoreError>;
}

/// Refuses a state that was not copied whole.
///
/// # Errors
/// Where it is one, or cannot be read.
pub async fn is_whole(store: &dyn Store, path: &str) -> Result<(), StoreError> {
    match store.note(MARK).await? {
        Some(_) => Err(StoreError::Unfinished { path: path.to_owned() }),
        None => Ok(()),
    }
}
