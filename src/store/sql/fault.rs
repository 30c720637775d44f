//! What goes wrong inside a backend, until it becomes a `StoreError` that says what was being done.

use std::fmt;

use crate::store::contract::StoreError;
use crate::store::sqlite::fault::{is_damage, is_of_the_disk};

/// How much of a value that cannot be read is shown.
const SHOWN_CHARACTERS: usize = 80;

/// What there should have been.
const MISSING: &str = "a row that must be there is not";

/// A fault of a statement or of a stored value.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// The embedded database refused.
    Sqlite(rusqlite::Error),
    /// A row that must be there is not.
    Missing,
    /// A stored value is not what its column promises.
    Corrupt { what: &'static str, value: String },
    /// A value is too large for its column, or cannot be written as JSON.
    Unstorable(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of everything that runs on a connection.
pub(in crate::store) type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A stored value that cannot be read as `what`.
    pub(in crate::store) fn corrupt(what: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        Self::Corrupt { what, value: value.to_string().chars().take(SHOWN_CHARACTERS).collect() }
    }

    /// Whether the file itself is damaged: not one statement, but what all of them read.
    pub(in crate::store) fn is_damage(&self) -> bool {
        matches!(self, Self::Sqlite(error) if is_damage(error))
    }

    /// The error of the contract; `action` is a verb with its object.
    pub(in crate::store) fn during(self, action: &'static str) -> StoreError {
        match self {
            Self::Sqlite(error) if is_damage(&error) => {
                StoreError::Damaged { path: "the state".to_owned(), reason: format!("it could not {action}: {error}") }
            }
            Self::Sqlite(error) if is_of_the_disk(&error) => StoreError::Disk { action, source: Box::new(error) },
            Self::Sqlite(error) => StoreError::Database { action, source: Box::new(error) },
            Self::Missing => StoreError::Database { action, source: MISSING.into() },
            Self::Unstorable(error) => StoreError::Database { action, source: error },
            Self::Corrupt { what, value } => StoreError::Corrupt { what, value },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => error.fmt(to),
            Self::Missing => to.write_str(MISSING),
            Self::Corrupt { what, value } => write!(to, "no {what}: {value:?}"),
            Self::Unstorable(error) => error.fmt(to),
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unstorable(Box::new(error))
    }
}
