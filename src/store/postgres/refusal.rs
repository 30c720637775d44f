//! What an error of `PostgreSQL` means: whether it may pass, and whether the connection is any good afterwards.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Two transactions were in each other's way, and this one was given up for the other.
const IN_THE_WAY: &[SqlState] = &[
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
    // Both found something missing and made it: it is there the next time.
    SqlState::UNIQUE_VIOLATION,
    SqlState::DUPLICATE_OBJECT,
    SqlState::DUPLICATE_TABLE,
    SqlState::LOCK_NOT_AVAILABLE,
];

/// The server ends the session, or takes none now.
const ENDS_THE_SESSION: &[SqlState] = &[
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    // After a failover: it is no primary any more.
    SqlState::READ_ONLY_SQL_TRANSACTION,
];

/// Whether the connection cannot be used any more, or never came about.
pub(in crate::store) fn breaks_off(error: &Error) -> bool {
    match error.code() {
        Some(code) => code.code().starts_with("08") || ENDS_THE_SESSION.contains(code),
        // Not the server's word: the way to it.
        None => error.is_closed() || is_of_the_way(error),
    }
}

/// Whether it is a value that the database does not take, such as one that is too long for an index.
pub(in crate::store) fn is_of_a_value(error: &Error) -> bool {
    error.code().is_some_and(|code| ["22", "54"].iter().any(|class| code.code().starts_with(class)))
}

/// Whether the same transaction may succeed a moment later.
pub(in crate::store) fn may_pass(error: &Error) -> bool {
    breaks_off(error) || error.code().is_some_and(|code| IN_THE_WAY.contains(code))
}

fn is_of_the_way(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    // Told by tokio-postgres itself: no source, no code.
    matches!(error.to_string().as_str(), "connection timed out" | "unexpected message from server")
}

/// An error with what caused it, in one line.
pub(in crate::store) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let told = error.to_string();
        if !text.contains(&told) {
            text = format!("{text}: {told}");
        }
        cause = error.source();
    }
    text
}
