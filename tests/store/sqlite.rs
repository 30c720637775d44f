//! What only the embedded store has: a file, a lock, a neighbour that reads.

use std::fs;
use std::path::{Path, PathBuf};

use sosik::store::sqlite::SqliteStore;
use sosik::store::{Deliveries, Store, StoreError};
use tempfile::TempDir;

use super::given::*;

#[tokio::test]
async fn a_copy_holds_what_is_stored() {
    for backend in [super::backends::in_memory(), super::backends::on_disk()] {
        super::keeping::a_copy_holds_what_is_stored(&*backend.store).await;
    }
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("deep/er/sosik.db");
    (folder, path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

async fn with_posts(store: &SqliteStore) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.changes = new(vec![post("/1", 1, &["Java"])])).await;
}

#[tokio::test]
async fn a_closed_state_opens_again_from_one_file() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    with_posts(&store).await;
    let lease = leases(&store, minute(70)).await.remove(0);
    drop(store);
    assert!(!beside(&path, "-wal").exists() && !beside(&path, "-shm").exists());
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(keys(&store, "a/java").await, ["/1"]);
    let again = leases(&store, minute(70)).await;
    assert_eq!(names(&again), [["a"]], "the lease of a process that is gone is void");
    assert!(again[0].number > lease.number);
}

#[tokio::test]
async fn a_second_opening_names_the_process() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    match SqliteStore::open(&path).unwrap_err() {
        StoreError::Locked { path: named, pid } => {
            assert_eq!((named, pid), (path.display().to_string(), std::process::id()));
        }
        other => panic!("{other:?}"),
    }
    drop(store);
    SqliteStore::open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_to_the_state_has_the_same_lock() {
    let (folder, path) = folder();
    let _store = SqliteStore::open(&path).unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(SqliteStore::open(&link), Err(StoreError::Locked { .. })));
}

#[tokio::test]
async fn a_state_of_the_first_schema_keeps_what_it_owes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let first = rusqlite::Connection::open(&path).unwrap();
    first.execute_batch(include_str!("../../src/store/migrations/sqlite/0001.sql")).unwrap();
    first.pragma_update(None, "application_id", i32::from_be_bytes(*b"sosk")).unwrap();
    first.pragma_update(None, "user_version", 1).unwrap();
    first
        .execute_batch(
            "INSERT INTO source (shard, source_id, host_id, id, url, definition, definition_hash, added_at)
                 VALUES (0, 1, 1, 'a', 'https://a.example/', '{}', 0, 0);
             INSERT INTO source_state (shard, source_id, host_id, rests) VALUES (0, 1, 1, 0);
             INSERT INTO outbox (id, shard, source_id, kind, channel, text, owed_at, place, not_before)
                 VALUES ('x', 0, 1, 'failure', 'desktop', 'cannot be read', 0, 0, 0);",
        )
        .unwrap();
    first.close().unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let owed = store.claim_deliveries("desktop", 9, minute(1), minute(2)).await.unwrap();
    assert_eq!((owed.len(), owed[0].text.as_deref(), owed[0].message.as_deref()), (1, Some("cannot be read"), None));
}

#[test]
fn a_newer_schema_is_refused_and_stays_as_it_is() {
    let (_folder, path) = folder();
    drop(SqliteStore::open(&path).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    let bytes = fs::read(&path).unwrap();
    for opened in [SqliteStore::open(&path), SqliteStore::open_read_only(&path)] {
        assert!(matches!(opened, Err(StoreError::TooNew { found: 99, known: 2.., .. })), "{opened:?}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_foreign_file_is_refused_and_stays_as_it_is() {
    let (folder, _) = folder();
    let text = folder.path().join("text.db");
    fs::write(&text, "a diary, and no database\n".repeat(100)).unwrap();
    let other = folder.path().join("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("PRAGMA application_id = 7; CREATE TABLE mine (x);").unwrap();
    connection.close().unwrap();
    let nameless = folder.path().join("nameless.db");
    let connection = rusqlite::Connection::open(&nameless).unwrap();
    connection.execute_batch("CREATE TABLE mine (x);").unwrap();
    connection.close().unwrap();
    for (path, expected) in [(text, "no SQLite"), (other, "another application"), (nameless, "another application")] {
        let bytes = fs::read(&path).unwrap();
        match SqliteStore::open(&path) {
            Err(StoreError::NotOurs { reason, .. }) => assert!(reason.contains(expected), "{reason}"),
            opened => panic!("{opened:?}"),
        }
        assert!(matches!(SqliteStore::open_read_only(&path), Err(StoreError::NotOurs { .. })));
        assert_eq!(fs::read(&path).unwrap(), bytes);
        for suffix in ["-wal", "-shm", ".lock"] {
            assert!(!beside(&path, suffix).exists(), "{suffix} is left beside {}", path.display());
        }
    }
}

#[test]
fn an_empty_file_is_a_new_state_unless_it_was_one_before() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    drop(SqliteStore::open(&path).unwrap());
    fs::write(&path, "").unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Damaged { .. })), "its lock file remembers");
    assert_eq!(fs::read(&path).unwrap(), b"");
    fs::remove_file(beside(&path, ".lock")).unwrap();
    fs::write(beside(&path, "-wal"), "left").unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Damaged { .. })), "its log is left");
}

#[test]
fn a_process_that_died_before_it_made_the_state_does_no_harm() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    fs::write(beside(&path, ".lock"), "4711\n").unwrap();
    SqliteStore::open(&path).unwrap();
}

#[tokio::test]
async fn a_reader_sees_what_a_writer_commits() {
    let (_folder, path) = folder();
    let writer = SqliteStore::open(&path).unwrap();
    let reader = SqliteStore::open_read_only(&path).unwrap();
    assert!(reader.sources().await.unwrap().is_empty());
    with_posts(&writer).await;
    assert_eq!(keys(&reader, "a/java").await, ["/1"]);
    let refused = reader.put_note("a", "b").await.unwrap_err();
    assert!(matches!(refused, StoreError::Database { action: "keep a note", .. }), "{refused:?}");
    drop(writer);
    assert_eq!(keys(&reader, "a/java").await, ["/1"]);
}

#[test]
fn a_missing_state_is_not_made_by_reading() {
    let (_folder, path) = folder();
    match SqliteStore::open_read_only(&path) {
        Err(StoreError::Open { source, .. }) => {
            let cause = source.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
            assert_eq!(cause, Some(std::io::ErrorKind::NotFound));
        }
        opened => panic!("{opened:?}"),
    }
    assert!(!path.parent().unwrap().exists());
}

#[tokio::test]
async fn what_was_recorded_survives_a_crash() {
    let (folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    with_posts(&store).await;
    // What a killed process leaves: the file and its log, neither closed nor folded.
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(beside(&path, "-wal"), beside(&copy, "-wal")).unwrap();
    assert!(fs::metadata(beside(&copy, "-wal")).unwrap().len() > 0);
    let crashed = SqliteStore::open(&copy).unwrap();
    assert_eq!(keys(&crashed, "a").await, ["/1"]);
    assert_eq!(overview(&crashed, "a").await.state, overview(&store, "a").await.state);
    drop(crashed);
    let check = rusqlite::Connection::open(&copy).unwrap();
    let verdict: String = check.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

#[tokio::test]
async fn an_unchanged_configuration_writes_nothing() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let all = sources(&store, &["a", "b"]).await;
    let log = fs::read(beside(&path, "-wal")).unwrap();
    store.sync_sources(&all, minute(9)).await.unwrap();
    assert_eq!(fs::read(beside(&path, "-wal")).unwrap(), log);
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_named() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    with_posts(&store).await;
    drop(store);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE post SET categories = 'Java'", []).unwrap();
    connection.close().unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let error = store.posts(None, ALL).await.unwrap_err();
    assert_eq!(error.to_string(), "the state holds a list of categories that cannot be read: \"Java\"");
}

/// A state of before feeds could be chosen, with a post of the source `a`.
fn an_old_state(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let old = rusqlite::Connection::open(path).unwrap();
    old.execute_batch(include_str!("../../src/store/migrations/sqlite/0001.sql")).unwrap();
    old.pragma_update(None, "application_id", i32::from_be_bytes(*b"sosk")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let definition = serde_json::to_string(&source("a")).unwrap();
    assert!(!definition.contains("choice"), "the usual choice is not written: {definition}");
    old.execute_batch(&format!(
        "INSERT INTO host (shard, host_id, name) VALUES (7, 1, 'a.example');
         INSERT INTO source (shard, source_id, host_id, id, url, definition, definition_hash, added_at)
             VALUES (7, 5, 1, 'a', 'https://a.example/', '{definition}', 0, 0);
         INSERT INTO source_state (shard, source_id, host_id, rests) VALUES (7, 5, 1, 0);
         INSERT INTO post (shard, source_id, key, entry_id, url, title, listed_at, listed_offset, first_seen, updated)
             VALUES (7, 5, '/1', 'urn:x', 'https://a.example/1', 'Old', 1, 0, 1, 1);
         INSERT INTO feed (shard, feed_id, source_id, kind, category, path, urn, version, published_version, updated_at, posts)
             VALUES (7, 1, 5, 'all', '', 'a', 'urn:a', 3, 3, 1, 1),
                    (7, 2, 5, 'uncategorized', '', 'a/_uncategorized', 'urn:u', 2, 2, 1, 1);"
    ))
    .unwrap();
}

#[tokio::test]
async fn an_older_state_is_brought_up_with_all_its_feeds() {
    let (_folder, path) = folder();
    an_old_state(&path);
    let store = SqliteStore::open(&path).unwrap();
    for feed in ["a", "a/_uncategorized"] {
        assert_eq!(keys(&store, feed).await, ["/1"]);
    }
    let all = feed(&store, "a").await;
    assert_eq!((all.chosen, all.version, all.urn.as_str()), (true, 3, "urn:a"));
    assert!(store.stale_feeds(None, 10).await.unwrap().is_empty(), "nothing is written anew");
    let mut chosen = source("a");
    chosen.choice = super::choice::without(&["old"]);
    store.sync_sources(&[chosen], minute(1)).await.unwrap();
    assert!(keys(&store, "a").await.is_empty() && keys(&store, "a/_uncategorized").await.is_empty());
    assert_eq!(overview(&store, "a").await.posts, 1);
}
