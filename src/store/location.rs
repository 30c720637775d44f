//! Where the state is, and the one place that opens it there.
//!
//! A state in a file is one process's, and can be moved, copied and put right by it. One on a server is shared by any number
//! of processes and machines; what keeps it safe is the server's (`pg_dump`, replicas). The server's URL may hold a password, so
//! it is a secret and only [`Server::shown`] is for people.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::contract::{Store, StoreError};
use super::postgres::{Limits, PostgresStore};
use super::sqlite::SqliteStore;
use crate::model::rescue::Rescue;
use crate::model::secret::Secret;

/// What a server's URL may hold and nobody is shown.
const HIDDEN: [&str; 2] = ["password", "sslpassword"];

/// Connections to a server at most, where nobody says otherwise.
pub const POOL: u32 = 8;

/// Where the state is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// An `SQLite` database at this absolute path.
    Sqlite(PathBuf),
    /// A database of a `PostgreSQL` server.
    Postgres(Server),
}

/// A database on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its URL, or why that could not be read here.
    url: Result<Secret, String>,
    /// The URL without what nobody is shown.
    shown: String,
    /// Connections at most.
    pool: u32,
    /// The folder of what belongs to this machine alone.
    folder: PathBuf,
}

impl Server {
    /// The database at a URL that was judged before. What belongs to this machine alone is kept in `folder`.
    pub fn new(url: &str, pool: u32, folder: PathBuf) -> Self {
        Self { url: Ok(Secret::new(url)), shown: shown(url), pool, folder }
    }

    /// A database whose URL could not be read here: only who opens it minds.
    pub fn unread(why: String, pool: u32, folder: PathBuf) -> Self {
        Self { url: Err(why), shown: "postgres:".to_owned(), pool, folder }
    }

    /// Its URL.
    ///
    /// # Errors
    /// Where that could not be read here.
    pub fn url(&self) -> Result<&Secret, StoreError> {
        self.url.as_ref().map_err(|why| StoreError::Unread { reason: why.clone() })
    }

    /// What people are shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Connections at most.
    pub fn pool(&self) -> u32 {
        self.pool
    }
}

impl StoreLocation {
    /// The file of the database; `None`: it is on a server.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// Whether other processes and machines may work on it at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether there is anything to read: a file that nobody made yet is an empty state.
    pub fn is_there(&self) -> bool {
        self.file().is_none_or(Path::exists)
    }

    /// What it is known by on this machine: the path without links, or the server's URL as people are shown it.
    pub fn identity(&self) -> PathBuf {
        match self {
            Self::Sqlite(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
            Self::Postgres(server) => PathBuf::from(&server.shown),
        }
    }

    /// The folder of what belongs to this machine alone.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Sqlite(path) => path.parent().unwrap_or(Path::new("/")),
            Self::Postgres(server) => &server.folder,
        }
    }

    /// Opens it for writing. A file is held by this process alone, and one that is damaged is put right first: what was
    /// done about it is told.
    pub async fn open(&self, now: Timestamp) -> Result<(Arc<dyn Store>, Option<Rescue>), StoreError> {
        match self {
            Self::Sqlite(path) => {
                let (store, rescue) = SqliteStore::open_or_rescue(path, now)?;
                Ok((Arc::new(store), rescue))
            }
            Self::Postgres(server) => Ok((server.open().await?, None)),
        }
    }

    /// What people are shown.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(server) => server.shown.clone(),
        }
    }

    /// Opens what is moved to another place: a file for this process alone, and only to be read. Who may work on a server's
    /// meanwhile tells [`Workers`](super::Workers).
    pub async fn hold(&self) -> Result<Arc<dyn Store>, StoreError> {
        match self {
            Self::Sqlite(path) => Ok(Arc::new(SqliteStore::hold(path)?)),
            Self::Postgres(server) => server.open().await,
        }
    }

    /// Opens it for looking, beside whoever writes; `None`: nothing was ever stored there.
    pub async fn read(&self) -> Result<Option<Arc<dyn Store>>, StoreError> {
        match self {
            Self::Sqlite(path) if path.exists() => Ok(Some(Arc::new(SqliteStore::open_read_only(path)?))),
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(server) => Ok(Some(server.open().await?)),
        }
    }
}

impl Server {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let (url, shown) = (self.url()?.clone(), self.shown.clone());
        let limits = Limits { connections: usize::try_from(self.pool).unwrap_or(usize::MAX) };
        let opening = tokio::task::spawn_blocking(move || PostgresStore::open(url.expose(), limits));
        let opened =
            opening.await.map_err(|error| StoreError::Unreached { server: shown, reason: error.to_string() })?;
        Ok(Arc::new(opened?))
    }
}

/// The URL without passwords. It is read as libpq reads it, which takes a user without a host.
fn shown(url: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", ""));
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let authority = authority
        .rsplit_once('@')
        .map_or(authority.to_owned(), |(who, place)| format!("{}@{place}", who.split(':').next().unwrap_or_default()));
    let is_shown = |pair: &&str| !HIDDEN.contains(&pair.split('=').next().unwrap_or_default());
    let query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).filter(is_shown).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{scheme}://{authority}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_shown_a_password() {
        for (url, expected) in [
            ("postgres://sosik:s3cret@db.example/sosik", "postgres://sosik@db.example/sosik"),
            ("postgres://db.example:5433/s?sslmode=require", "postgres://db.example:5433/s?sslmode=require"),
            ("postgres:///s?host=/run/postgresql&password=s3cret", "postgres:///s?host=/run/postgresql"),
            ("postgres://u:p@q@/s?host=/run", "postgres://u@/s?host=/run"),
            ("postgresql://u@db/s?sslpassword=s3cret", "postgresql://u@db/s"),
        ] {
            let server = Server::new(url, POOL, PathBuf::new());
            assert_eq!(server.shown(), expected);
            assert!(!format!("{server:?}").contains("s3cret"), "{server:?}");
            assert_eq!(server.url().unwrap().expose(), url);
        }
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_told_by_whoever_opens_it() {
        let server = Server::unread("the variable DB is not set here".to_owned(), POOL, PathBuf::new());
        let location = StoreLocation::Postgres(server);
        let refused = location.open(Timestamp::UNIX_EPOCH).await.err().unwrap();
        assert!(refused.to_string().contains("DB is not set"), "{refused}");
    }
}
