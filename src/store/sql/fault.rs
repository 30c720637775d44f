//! What goes wrong inside a backend, until it becomes a `StoreError` that says what was being done.

use std::fmt;

use crate::store::contract::StoreError;
use crate::store::postgres::refusal::{self, with_causes};
use crate::store::sqlite::fault::{is_damage, is_of_the_disk};

/// How much of a value that cannot be read is shown.
const SHOWN_CHARACTERS: usize = 80;

/// What there should have been.
const MISSING: &str = "a row that must be there is not";

/// What a server that is not heard of does.
const SILENT: &str = "the database says nothing";

/// What became of it.
const UNKNOWN: &str = "the connection broke off at the end, and the database does not know any more what became of it";

/// A fault of a statement or of a stored value.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// The embedded database refused.
    Sqlite(rusqlite::Error),
    /// The shared database refused, or cannot be reached.
    Postgres(tokio_postgres::Error),
    /// The shared database said nothing for too long.
    Silent,
    /// Nobody can tell whether a transaction was taken.
    Unknown,
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

    /// Whether the same transaction may succeed a moment later.
    pub(in crate::store) fn may_pass(&self) -> bool {
        match self {
            Self::Postgres(error) => refusal::may_pass(error),
            Self::Silent => true,
            _ => false,
        }
    }

    /// Whether the shared database does not take a value.
    pub(in crate::store) fn is_of_a_value(&self) -> bool {
        matches!(self, Self::Postgres(error) if refusal::is_of_a_value(error))
    }

    /// Whether the connection is of no use any more.
    pub(in crate::store) fn breaks_off(&self) -> bool {
        match self {
            Self::Postgres(error) => refusal::breaks_off(error),
            Self::Silent => true,
            _ => false,
        }
    }

    /// The error of the contract; `action` is a verb with its object.
    pub(in crate::store) fn during(self, action: &'static str) -> StoreError {
        match self {
            Self::Sqlite(error) if is_damage(&error) => {
                StoreError::Damaged { path: "the state".to_owned(), reason: format!("it could not {action}: {error}") }
            }
            Self::Sqlite(error) if is_of_the_disk(&error) => StoreError::Disk { action, source: Box::new(error) },
            Self::Sqlite(error) => StoreError::Database { action, source: Box::new(error) },
            Self::Postgres(error) if refusal::breaks_off(&error) => {
                StoreError::Away { action, source: Box::new(error) }
            }
            Self::Silent => StoreError::Away { action, source: SILENT.into() },
            Self::Postgres(error) => StoreError::Database { action, source: Box::new(error) },
            Self::Unknown => StoreError::Database { action, source: UNKNOWN.into() },
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
            Self::Postgres(error) => to.write_str(&with_causes(error)),
            Self::Silent => to.write_str(SILENT),
            Self::Unknown => to.write_str(UNKNOWN),
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

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unstorable(Box::new(error))
    }
}
