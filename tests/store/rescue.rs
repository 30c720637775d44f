//! What only the embedded store can meet: a damaged file, or a restored one.

use std::fs;
use std::path::{Path, PathBuf};

use sosik::model::delivery::{DeliveryKind, NewDelivery};
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
