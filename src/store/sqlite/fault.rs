//! What goes wrong inside this backend, until it becomes a `StoreError` that says what was being done.

use rusqlite::ErrorCode;

use crate::store::contract::StoreError;

/// How much of a value that cannot be read is shown.
const SHOWN_CHARACTERS: usize = 80;

/// A fault of a statement or of a stored value.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database refused.
    Sql(rusqlite::Error),
    /// A stored value is not what its column promises.
    Corrupt { what: &'static str, value: String },
    /// A value is too large for its column, or cannot be written as JSON.
    Unstorable(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of everything that runs on a connection.
pub(super) type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A stored value that cannot be read as `what`.
    pub(super) fn corrupt(what: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        Self::Corrupt { what, value: value.to_string().chars().take(SHOWN_CHARACTERS).collect() }
    }

    /// Whether the file itself is damaged: not one statement, but what all of them read.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Sql(error) if is_damage(error))
    }

    /// The error of the contract; `action` is a verb with its object.
    pub(super) fn during(self, action: &'static str) -> StoreError {
        match self {
            Self::Sql(error) if is_damage(&error) => {
                StoreError::Damaged { path: "the state".to_owned(), reason: format!("it could not {action}: {error}") }
            }
            Self::Sql(error) if is_of_the_disk(&error) => StoreError::Disk { action, source: Box::new(error) },
            Self::Sql(error) => StoreError::Database { action, source: Box::new(error) },
            Self::Unstorable(error) => StoreError::Database { action, source: error },
            Self::Corrupt { what, value } => StoreError::Corrupt { what, value },
        }
    }
}

/// Whether an error is the disk's, which another try may not meet.
fn is_of_the_disk(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen)
    )
}

/// Whether an error means that the file is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unstorable(Box::new(error))
    }
}
