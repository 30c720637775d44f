//! What our own house did wrong about the state.

/// What our own house did wrong; logged once, where it is handled.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the state.
    #[error("{path} is in use by another sosik (process {pid})")]
    Locked {
        /// The database.
        path: String,
        /// The process that holds it; 0 where it cannot be read.
        pid: u32,
    },
    /// Nothing says here where the state is.
    #[error("the URL of the state cannot be read: {reason}")]
    Unread {
        /// Why.
        reason: String,
    },
    /// The file was written by a newer version.
    #[error("{path} has schema {found}, this sosik knows up to {known}")]
    TooNew {
        /// The database.
        path: String,
        /// Its schema.
        found: i64,
        /// The newest schema of this version.
        known: i64,
    },
    /// The file is no database of ours, or a damaged one.
    #[error("{path} is not a state of sosik: {reason}")]
    NotOurs {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The state is damaged: what it held before cannot be read any more.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It takes another state in and is not whole yet.
    #[error("{path} is not whole: a state is being moved into it")]
    Unfinished {
        /// The database.
        path: String,
    },
    /// What was exported cannot be taken in.
    #[error("line {line} of the export: {reason}")]
    Unreadable {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The file or its folder cannot be opened or written.
    #[error("cannot open the state at {path}")]
    Open {
        /// The database.
        path: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk is full, fails, or was made read-only: that may pass.
    #[error("the disk let the state not {action}")]
    Disk {
        /// What was being done, as a verb with its object.
        action: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database cannot be reached now: that may pass.
    #[error("the database was not there to {action}")]
    Away {
        /// What was being done, as a verb with its object.
        action: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The URL of a database says something else than it can.
    #[error("the store's URL cannot be read: {reason}")]
    BadUrl {
        /// What is wrong with it.
        reason: String,
    },
    /// A database cannot be opened.
    #[error("cannot connect to {server}: {reason}")]
    Unreached {
        /// Its URL without the password.
        server: String,
        /// Why.
        reason: String,
    },
    /// The database's server is older than what is known to work.
    #[error("{server} is PostgreSQL {found}, and {oldest} is the oldest that works")]
    ServerTooOld {
        /// Its URL without the password.
        server: String,
        /// Its major version.
        found: i64,
        /// The oldest one that works.
        oldest: i64,
    },
    /// What only a state in a file can do.
    #[error("the state is in {server}, not in a file")]
    NotHere {
        /// Its URL without the password.
        server: String,
    },
    /// A statement failed.
    #[error("the state could not {action}")]
    Database {
        /// What was being done, as a verb with its object.
        action: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stored value cannot be read.
    #[error("the state holds a {what} that cannot be read: {value:?}")]
    Corrupt {
        /// What it should be.
        what: &'static str,
        /// The beginning of what it is.
        value: String,
    },
}

impl StoreError {
    /// Whether it may pass by itself: a disk that is full, a server that is started anew.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Disk { .. } | Self::Away { .. })
    }
}
