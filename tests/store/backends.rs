//! A fresh, empty store of every kind.

use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;
use tempfile::TempDir;

use crate::postgres::Database;

/// A store with what it stands on.
pub(crate) struct Backend {
    pub(crate) store: Box<dyn Store>,
    // They go after the store.
    _folder: Option<TempDir>,
    _database: Option<Database>,
}

pub(crate) fn in_memory() -> Backend {
    Backend { store: Box::new(SqliteStore::in_memory().unwrap()), _folder: None, _database: None }
}

pub(crate) fn on_disk() -> Backend {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("state/sosik.db")).unwrap();
    Backend { store: Box::new(store), _folder: Some(folder), _database: None }
}

pub(crate) fn shared() -> Backend {
    let database = Database::fresh();
    Backend { store: Box::new(database.open()), _folder: None, _database: Some(database) }
}
