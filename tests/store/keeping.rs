//! The state as a file of its own, and as lines that another one takes in.

use std::sync::{Arc, Mutex};

use sosik::store::contract::{ExportedRow, Imported, Rows};
use sosik::store::sqlite::SqliteStore;
use sosik::store::{Store, StoreError};

use super::given::*;

async fn with_history(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    let posts = vec![post("/1", 1, &["Big Data/Kafka"]), post("/2", 2, &[]), post("/3", 3, &["C++", "C"])];
    poll(store, "a", minute(1), |report| report.changes = new(posts)).await;
    let all = feed(store, "a").await;
    let posts = store.feed_posts(&all, ALL).await.unwrap();
    let head = sosik::model::feed::FeedHead {
        id: all.urn.clone(),
        title: "A".into(),
        description: String::new(),
        home_url: "https://a.example/".into(),
        self_urls: Vec::new(),
        history: sosik::model::feed::History::default(),
        hub: None,
        language: None,
        updated: minute(1),
        offset_seconds: 0,
        author: "A".into(),
    };
    store.freeze_pages(&all, &[sosik::model::feed::ArchivePage { head, posts }]).await.unwrap();
}

async fn rows(store: &dyn Store) -> Vec<ExportedRow> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let sink = Box::new(move |row| {
        keep.lock().unwrap().push(row);
        Ok(())
    });
    let count = store.export(sink).await.unwrap();
    let rows = std::mem::take(&mut *kept.lock().unwrap());
    assert_eq!(count, u64::try_from(rows.len()).unwrap());
    rows
}

fn handed(rows: Vec<ExportedRow>) -> Rows {
    Box::new(rows.into_iter().zip(1..).map(|(row, line)| Ok((line, row))))
}

pub(crate) async fn a_copy_holds_what_is_stored(store: &dyn Store) {
    with_history(store).await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("new/copy.db");
    store.copy_to(&file).await.unwrap();
    let examined = SqliteStore::examine(&file).unwrap();
    assert_eq!((examined.schema, examined.sources, examined.posts), (store.schema(), 2, 3));
    let copy = SqliteStore::open_read_only(&file).unwrap();
    assert_eq!(feed_table(&copy).await, feed_table(store).await);
    let again = store.copy_to(&file).await.unwrap_err();
    assert!(matches!(again, StoreError::Open { .. }), "a file that is there stays: {again}");
    // Only the file itself is there, and it is its owner's alone.
    let names: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["copy.db"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

pub(crate) async fn what_is_exported_makes_the_same_feeds(store: &dyn Store) {
    with_history(store).await;
    store
        .put_token(&sosik::model::token::Token { name: "phone".into(), digest: [7; 32], made_at: minute(1) })
        .await
        .unwrap();
    let exported = rows(store).await;
    let text = format!("{exported:?}");
    assert!(!text.contains("phone") && !exported.iter().any(|(table, _)| table == "outbox" || table == "token"));
    let there = SqliteStore::in_memory().unwrap();
    let sources = sources(&there, &["a"]).await;
    let imported = there.import(store.schema(), handed(exported)).await.unwrap();
    assert_eq!(imported, Imported { taken: vec![id("a"), id("b")], kept: Vec::new() });
    there.sync_sources(&sources, minute(2)).await.unwrap();
    for (path, _, _) in feed_table(store).await {
        let (ours, theirs) = (feed(store, &path).await, feed(&there, &path).await);
        assert_eq!(
            (ours.urn, ours.archived, ours.posts),
            (theirs.urn.clone(), theirs.archived, theirs.posts),
            "{path}"
        );
        assert_eq!(theirs.published_version, 0, "its files are not there");
        let posts = async |store: &dyn Store| store.feed_posts(&feed(store, &path).await, ALL).await.unwrap();
        assert_eq!(posts(store).await, posts(&there).await, "{path}");
    }
    let page = async |store: &dyn Store| store.archive_page(&feed(store, "a").await, 1).await.unwrap();
    assert_eq!(page(store).await, page(&there).await);
    assert!(overview(&there, "b").await.removed, "the configuration there does not name it");
    // A poll there goes on as one here would: what is known is not new.
    assert!(!leases(&there, minute(90)).await.is_empty());
}

pub(crate) async fn headers_stay_where_they_are(store: &dyn Store) {
    let mut source = source("a");
    source.headers.insert("Cookie".into(), "session=s3cret".into());
    store.sync_sources(std::slice::from_ref(&source), minute(0)).await.unwrap();
    let exported = rows(store).await;
    assert!(!format!("{exported:?}").contains("s3cret"));
    let there = SqliteStore::in_memory().unwrap();
    there.import(store.schema(), handed(exported)).await.unwrap();
    // The configuration there may know them: then they hold.
    there.sync_sources(std::slice::from_ref(&source), minute(1)).await.unwrap();
    assert_eq!(overview(&there, "a").await.source, source);
}

pub(crate) async fn a_source_with_posts_stays_as_it_is(store: &dyn Store) {
    with_history(store).await;
    let there = SqliteStore::in_memory().unwrap();
    sources(&there, &["a", "b"]).await;
    poll(&there, "a", minute(5), |report| report.changes = new(vec![post("/9", 9, &[])])).await;
    let imported = there.import(store.schema(), handed(rows(store).await)).await.unwrap();
    assert_eq!(imported, Imported { taken: vec![id("b")], kept: vec![id("a")] });
    assert_eq!(keys(&there, "a").await, ["/9"]);
}

pub(crate) async fn what_cannot_be_read_is_not_taken_in(store: &dyn Store) {
    with_history(store).await;
    let exported = rows(store).await;
    let broken = |change: &dyn Fn(&mut ExportedRow)| {
        let mut rows = exported.clone();
        rows.iter_mut().for_each(change);
        rows
    };
    let set = |table: &'static str, column: &'static str, value: &'static str| {
        broken(&move |(name, row)| {
            if name == table {
                row.insert(column.to_owned(), value.into());
            }
        })
    };
    let there = SqliteStore::in_memory().unwrap();
    for (what, rows) in [
        ("another table", broken(&|(name, _)| "sqlite_schema".clone_into(name))),
        ("another column", set("post", "x); DROP TABLE post; --", "1")),
        ("a path out of the folder", set("feed", "path", "a/../../../etc/cron.d/x")),
        ("another source's path", set("feed", "path", "b/x")),
        ("a script", set("post", "url", "javascript:alert(1)")),
        ("a text for a number", set("post", "listed_at", "yesterday")),
        ("no JSON", set("post", "categories", "Java")),
    ] {
        let refused = there.import(store.schema(), handed(rows)).await;
        assert!(refused.is_err(), "{what}: {refused:?}");
        assert!(there.sources().await.unwrap().is_empty() && there.feeds(None).await.unwrap().is_empty(), "{what}");
    }
    let newer = there.import(store.schema() + 1, handed(exported.clone())).await;
    assert!(matches!(newer, Err(StoreError::TooNew { .. })), "{newer:?}");
    let mut torn =
        handed(exported[..3].to_vec()).chain([Err(StoreError::Unreadable { line: 4, reason: "cut".into() })]);
    let torn = there.import(store.schema(), Box::new(std::iter::from_fn(move || torn.next()))).await;
    assert!(matches!(torn, Err(StoreError::Unreadable { line: 4, .. })), "{torn:?}");
    assert!(there.sources().await.unwrap().is_empty());
}
