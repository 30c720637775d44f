//! What only the embedded store can meet: a damaged file, a restored one, one of an earlier schema.

use std::fs;
use std::path::{Path, PathBuf};

use sosik::model::delivery::{Chosen, DeliveryKind, NewDelivery};
use sosik::model::rescue::Rescue;
use sosik::store::deliveries::Deliveries;
use sosik::store::sqlite::SqliteStore;
use sosik::store::sqlite::backups::Backups;
use sosik::store::{Store, StoreError};
use tempfile::TempDir;

use super::given::*;

/// What is done to the file, in words and in deed.
type Harm<'h> = (&'h str, &'h dyn Fn(&Path));

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// A closed state with posts, of several pages, and a backup of it that lacks the last post.
async fn closed() -> (TempDir, PathBuf, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().canonicalize().unwrap().join("sosik.db");
    let store = SqliteStore::open(&path).unwrap();
    sources(&store, &["a"]).await;
    let posts = (0..200).map(|number| post(&format!("/{number}"), number, &["Java"])).collect();
    poll(&store, "a", minute(1), |report| report.changes = new(posts)).await;
    let owed = |name: &str| NewDelivery {
        kind: DeliveryKind::Post,
        key: Some(key(name)),
        channel: "desktop".into(),
        text: None,
    };
    poll(&store, "a", minute(2), |report| report.owed = vec![owed("/7")]).await;
    let backup = Backups::of(&path).daily(minute(3));
    store.copy_to(&backup).await.unwrap();
    poll(&store, "a", minute(4), |report| report.changes = new(vec![post("/late", 400, &[])])).await;
    drop(store);
    (home, path, backup)
}

/// Overwrites a part of a file, from its beginning or (negative) its end.
fn damage(path: &Path, from: i64, length: usize, with: u8) {
    let mut bytes = fs::read(path).unwrap();
    let from = if from < 0 { bytes.len() - usize::try_from(-from).unwrap() } else { usize::try_from(from).unwrap() };
    bytes[from..from + length].fill(with);
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, to: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(to).unwrap();
}

#[tokio::test]
async fn a_damaged_state_is_moved_aside_and_the_newest_backup_takes_its_place() {
    let kinds: [Harm; 6] = [
        ("the header", &|path| damage(path, 0, 100, 0)),
        ("the whole first page", &|path| damage(path, 0, 4096, 0xa5)),
        ("a page in the middle", &|path| damage(path, 4096 * 5, 4096, 0)),
        ("the last page", &|path| damage(path, -4096, 4096, 0xff)),
        ("half of it is gone", &|path| cut(path, fs::metadata(path).unwrap().len() / 2)),
        ("all of it is gone", &|path| cut(path, 0)),
    ];
    for (what, harm) in kinds {
        let (_home, path, backup) = closed().await;
        harm(&path);
        let bytes = fs::read(&path).unwrap();
        let strict = SqliteStore::open(&path).unwrap_err();
        assert!(matches!(strict, StoreError::Damaged { .. }), "{what}: {strict:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{what}: it is as it was");

        let (store, rescue) = SqliteStore::open_or_rescue(&path, minute(10)).unwrap();
        let rescue = rescue.unwrap_or_else(|| panic!("{what} is told"));
        assert_eq!(rescue.backup.as_ref(), Some(&backup), "{what}");
        assert_eq!(fs::read(rescue.aside.as_ref().unwrap()).unwrap(), bytes, "{what}: nothing is deleted");
        assert!(rescue.aside.as_ref().unwrap().ends_with("sosik-damaged-20260101T001000Z.db"), "{rescue:?}");
        assert_eq!(keys(&store, "a").await.len(), 200, "{what}");
        let kept: Rescue = serde_json::from_str(&store.note(Rescue::NOTE).await.unwrap().unwrap()).unwrap();
        assert_eq!(kept, rescue, "{what}");
        // It is quiet: the next look announces nothing, and what was owed may have been told since.
        let state = overview(&store, "a").await.state;
        assert_eq!((state.last_success, state.next_check), (None, Some(minute(10))), "{what}");
        let channels = store.channels().await.unwrap();
        let counts: Vec<_> = channels.iter().map(|channel| (channel.owed, channel.dead)).collect();
        assert_eq!(counts, [(0, 1)], "{what}");
        drop(store);
        assert_eq!(SqliteStore::open_or_rescue(&path, minute(11)).unwrap().1, None, "{what} is told once");
    }
}

#[tokio::test]
async fn without_a_good_backup_all_is_read_as_for_the_first_time() {
    let (_home, path, backup) = closed().await;
    damage(&path, 4096 * 5, 4096, 0);
    damage(&backup, 4096 * 5, 4096, 0);
    let (store, rescue) = SqliteStore::open_or_rescue(&path, minute(10)).unwrap();
    let rescue = rescue.unwrap();
    assert_eq!(rescue.backup, None);
    assert!(rescue.aside.unwrap().exists() && backup.exists());
    assert!(store.sources().await.unwrap().is_empty());
    assert!(store.note(Rescue::NOTE).await.unwrap().is_some());
}

#[tokio::test]
async fn a_state_that_is_gone_is_told() {
    let (_home, path, _backup) = closed().await;
    fs::remove_file(&path).unwrap();
    let (store, rescue) = SqliteStore::open_or_rescue(&path, minute(10)).unwrap();
    let rescue = rescue.unwrap();
    assert_eq!((rescue.aside, rescue.backup), (None, None));
    assert!(store.sources().await.unwrap().is_empty());
}

#[tokio::test]
async fn damage_that_a_statement_meets_is_looked_for_by_the_next_opening() {
    let (_home, path, _backup) = closed().await;
    let store = SqliteStore::open(&path).unwrap();
    // The posts' pages, behind the back of whoever has it open.
    damage(&path, 4096 * 8, 4096 * 4, 0x5a);
    let met = store.copy_to(&path.with_file_name("copy.db")).await.unwrap_err();
    assert!(matches!(met, StoreError::Damaged { .. }), "{met:?}");
    assert!(!path.with_file_name("copy.db").exists() && !path.with_file_name("copy.db.part").exists());
    assert!(store.posts(None, ALL).await.is_err());
    drop(store);
    assert!(fs::read_to_string(beside(&path, ".lock")).unwrap().ends_with("opened\nsuspect\n"));
    assert!(SqliteStore::open_or_rescue(&path, minute(10)).unwrap().1.is_some());
    assert!(fs::read_to_string(beside(&path, ".lock")).unwrap().ends_with("\nopened\n"));
}

#[tokio::test]
async fn a_backup_is_put_in_the_place_of_a_state_that_stays() {
    let (_home, path, backup) = closed().await;
    let store = SqliteStore::open(&path).unwrap();
    let refused = SqliteStore::restore(&path, &backup, minute(10)).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused:?}");
    drop(store);
    let (examined, aside) = SqliteStore::restore(&path, &backup, minute(10)).unwrap();
    assert_eq!(examined.posts, 200);
    let aside = SqliteStore::open_read_only(&aside.unwrap()).unwrap();
    assert_eq!(keys(&aside, "a").await.len(), 201);
    let (store, rescue) = SqliteStore::open_or_rescue(&path, minute(11)).unwrap();
    assert_eq!((rescue, store.note(Rescue::NOTE).await.unwrap()), (None, None), "nothing was damaged");
    assert_eq!(keys(&store, "a").await.len(), 200);
    assert_eq!(overview(&store, "a").await.state.last_success, None);
}

#[tokio::test]
async fn what_is_no_backup_changes_nothing() {
    let (home, path, backup) = closed().await;
    let bytes = fs::read(&path).unwrap();
    let text = home.path().join("text.db");
    fs::write(&text, "a diary\n".repeat(100)).unwrap();
    let newer = home.path().join("newer.db");
    fs::copy(&backup, &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    damage(&backup, 4096 * 5, 4096, 0);
    let before = fs::read_dir(home.path()).unwrap().count();
    for bad in [&text, &newer, &backup, &home.path().join("missing.db")] {
        let refused = SqliteStore::restore(&path, bad, minute(10));
        assert!(refused.is_err(), "{}", bad.display());
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), before, "nothing is left behind");
}

#[tokio::test]
async fn an_exchange_that_broke_off_anywhere_is_carried_on() {
    // What a kill leaves after each step of putting a backup in place: the files that were moved by then.
    for step in 0..3 {
        let (_home, path, backup) = closed().await;
        // A log that was not folded in is a part of the old state.
        fs::write(beside(&path, "-wal"), "left").unwrap();
        let next = beside(&path, ".next-replaced-20260101T001000Z");
        let aside = path.with_file_name("sosik-replaced-20260101T001000Z.db");
        fs::copy(&backup, &next).unwrap();
        fs::write(beside(&path, ".next-replaced-20260101T000900Z.part"), "half of another").unwrap();
        if step > 0 {
            fs::rename(&path, &aside).unwrap();
        }
        if step > 1 {
            fs::rename(beside(&path, "-wal"), beside(&aside, "-wal")).unwrap();
        }
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(keys(&store, "a").await.len(), 200, "step {step}");
        assert!(aside.exists() && !next.exists() && !beside(&path, ".next-replaced-20260101T000900Z.part").exists());
        assert_eq!(fs::read(beside(&aside, "-wal")).unwrap(), b"left", "step {step}");
    }
}

/// A state of a schema with the data in it that a landed one, `from`, left behind.
fn of_schema(from: usize, schema: usize, path: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dump = folder.join(format!("tests/store/schemas/{from:04}.sql"));
    let state = rusqlite::Connection::open(path).unwrap();
    state.execute_batch(&fs::read_to_string(dump).unwrap()).unwrap();
    for step in from + 1..=schema {
        let migration = folder.join(format!("src/store/migrations/sqlite/{step:04}.sql"));
        state.execute_batch(&fs::read_to_string(migration).unwrap()).unwrap();
    }
    state.pragma_update(None, "user_version", i64::try_from(schema).unwrap()).unwrap();
    state.close().unwrap();
}

#[tokio::test]
async fn a_state_of_every_schema_is_brought_up_with_all_that_is_in_it() {
    let newest = usize::try_from(SqliteStore::in_memory().unwrap().schema()).unwrap();
    for schema in 1..=newest {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sosik.db");
        of_schema(1, schema, &path);
        let store = SqliteStore::open(&path).unwrap();
        let blog = overview(&store, "blog").await;
        assert_eq!((blog.posts, blog.removed), (138, false), "schema {schema}");
        assert!(blog.state.last_success.is_some() && blog.state.profile.is_some() && blog.state.rhythm.is_some());
        assert!(overview(&store, "gone").await.removed);
        let feeds = store.feeds(None).await.unwrap();
        assert_eq!(feeds.len(), 18, "schema {schema}");
        for feed in &feeds {
            let posts = store.feed_posts(feed, ALL).await.unwrap();
            assert_eq!(posts.len(), usize::try_from(feed.posts).unwrap(), "schema {schema}: {}", feed.path);
            assert_eq!(feed.version, feed.published_version, "schema {schema}: no file is written anew: {}", feed.path);
        }
        let all = feed(&store, "blog").await;
        assert_eq!(all.archived, 2);
        assert_eq!(store.archive_page(&all, 2).await.unwrap().unwrap().posts.len(), 50);
        assert_eq!(store.tokens().await.unwrap()[0].name, "phone");
        assert_eq!(store.side_pages(blog.at).await.unwrap().len(), 13);
        let owed = store.claim_deliveries("desktop", 10, minute(999_999), minute(1_000_000)).await.unwrap();
        assert_eq!(owed.len(), 2, "schema {schema}");
        assert_eq!(owed[0].post.as_ref().map(|post| post.categories.len()), Some(1));
        drop(store);
        // The state of before the migration is kept.
        let before = home.path().join(format!("backups/sosik-schema-{schema}.db"));
        assert_eq!(before.exists(), schema < newest, "schema {schema}");
        if before.exists() {
            let kept = rusqlite::Connection::open(&before).unwrap();
            let version: i64 = kept.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            assert_eq!(usize::try_from(version).unwrap(), schema);
            assert_eq!(SqliteStore::examine(&before).unwrap().posts, 148);
        }
    }
}

#[tokio::test]
async fn what_a_person_chose_is_brought_up_from_every_schema_since() {
    let newest = usize::try_from(SqliteStore::in_memory().unwrap().schema()).unwrap();
    for schema in 5..=newest {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sosik.db");
        of_schema(5, schema, &path);
        let store = SqliteStore::open(&path).unwrap();
        let blog = overview(&store, "blog").await;
        assert_eq!((blog.posts, blog.state.declared), (27, Some(26)), "schema {schema}");
        // Four posts are of a category that was excluded.
        let all = feed(&store, "blog").await;
        assert_eq!(store.feed_posts(&all, ALL).await.unwrap().len(), 23, "schema {schema}");
        let both = store.merged_feeds().await.unwrap();
        assert_eq!(both.len(), 1, "schema {schema}");
        let both = feed(&store, "_merged/both").await;
        let posts = store.feed_posts(&both, ALL).await.unwrap();
        assert_eq!((posts.len(), both.version), (27, both.published_version), "schema {schema}");
        let asked: Vec<_> = posts.iter().map(|post| (post.key.clone(), post.entry_id.clone())).collect();
        assert_eq!(store.full_texts(&both, &asked).await.unwrap().len(), 23, "schema {schema}: one source wants them");
        let told = store.deliveries(&Chosen::default(), 10).await.unwrap();
        assert_eq!(told.len(), 3, "schema {schema}");
    }
}

#[test]
fn the_state_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("sosik.db");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(mode(), 0o600);
    for suffix in ["-wal", "-shm"] {
        assert_eq!(fs::metadata(beside(&path, suffix)).unwrap().permissions().mode() & 0o777, 0o600, "{suffix}");
    }
    drop(store);
    // One that an older version made by its umask; a group that was let in stays.
    for (before, after) in [(0o644, 0o640), (0o666, 0o660), (0o600, 0o600)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
        drop(SqliteStore::open(&path).unwrap());
        assert_eq!(mode(), after);
    }
}
