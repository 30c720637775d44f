//! States of earlier schemas, with data in them, are brought up by the newest version: all of it is there afterwards.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rusqlite::types::ValueRef;
use sosik::model::delivery::Chosen;
use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;

use super::given::*;
use crate::postgres::Database;

/// What was in the state of schema 1 is there.
async fn is_whole(store: &dyn Store, schema: usize) {
    let blog = overview(store, "blog").await;
    assert_eq!((blog.posts, blog.removed), (138, false), "schema {schema}");
    assert!(blog.state.last_success.is_some() && blog.state.profile.is_some() && blog.state.rhythm.is_some());
    assert!(overview(store, "gone").await.removed);
    let feeds = store.feeds(None).await.unwrap();
    assert_eq!(feeds.len(), 18, "schema {schema}");
    for feed in &feeds {
        let posts = store.feed_posts(feed, ALL).await.unwrap();
        assert_eq!(posts.len(), usize::try_from(feed.posts).unwrap(), "schema {schema}: {}", feed.path);
        assert_eq!(feed.version, feed.published_version, "schema {schema}: no file is written anew: {}", feed.path);
    }
    let all = feed(store, "blog").await;
    assert_eq!(all.archived, 2);
    assert_eq!(store.archive_page(&all, 2).await.unwrap().unwrap().posts.len(), 50);
    assert_eq!(store.tokens().await.unwrap()[0].name, "phone");
    assert_eq!(store.side_pages(blog.at).await.unwrap().len(), 13);
    let owed = store.claim_deliveries("desktop", 10, minute(999_999), minute(1_000_000)).await.unwrap();
    assert_eq!(owed.len(), 2, "schema {schema}");
    assert_eq!(owed[0].post.as_ref().map(|post| post.categories.len()), Some(1));
}

/// What was in the state of schema 5 is there.
async fn is_chosen(store: &dyn Store, schema: usize) {
    let blog = overview(store, "blog").await;
    assert_eq!((blog.posts, blog.state.declared), (27, Some(26)), "schema {schema}");
    // Four posts are of a category that was excluded.
    let all = feed(store, "blog").await;
    assert_eq!(store.feed_posts(&all, ALL).await.unwrap().len(), 23, "schema {schema}");
    let both = store.merged_feeds().await.unwrap();
    assert_eq!(both.len(), 1, "schema {schema}");
    let both = feed(store, "_merged/both").await;
    let posts = store.feed_posts(&both, ALL).await.unwrap();
    assert_eq!((posts.len(), both.version), (27, both.published_version), "schema {schema}");
    let asked: Vec<_> = posts.iter().map(|post| (post.key.clone(), post.entry_id.clone())).collect();
    assert_eq!(store.full_texts(&both, &asked).await.unwrap().len(), 23, "schema {schema}: one source wants them");
    let told = store.deliveries(&Chosen::default(), 10).await.unwrap();
    assert_eq!(told.len(), 3, "schema {schema}");
}

fn newest() -> usize {
    usize::try_from(SqliteStore::in_memory().unwrap().schema()).unwrap()
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
    let newest = newest();
    for schema in 1..=newest {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sosik.db");
        of_schema(1, schema, &path);
        let store = SqliteStore::open(&path).unwrap();
        is_whole(&store, schema).await;
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
    let newest = newest();
    for schema in 5..=newest {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sosik.db");
        of_schema(5, schema, &path);
        let store = SqliteStore::open(&path).unwrap();
        is_chosen(&store, schema).await;
    }
}

/// The same state in a database that is shared, of the same schema.
fn shared_of_schema(from: usize, schema: usize) -> Database {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("sosik.db");
    of_schema(from, schema, &path);
    let mut sql = String::new();
    for step in 1..=schema {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let migration = folder.join(format!("src/store/migrations/postgres/{step:04}.sql"));
        sql += &fs::read_to_string(migration).unwrap();
    }
    sql += "CREATE TABLE sosik_schema (only_one bigint PRIMARY KEY CHECK (only_one = 1), number bigint NOT NULL);";
    write!(sql, "INSERT INTO sosik_schema VALUES (1, {schema}); DELETE FROM note;").unwrap();
    let state = rusqlite::Connection::open(&path).unwrap();
    let mut tables =
        state.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for table in tables {
        let mut asked = state.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names = asked.column_names().join(", ");
        let width = asked.column_count();
        let mut rows = asked.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<String> = (0..width).map(|column| literal(row.get_ref(column).unwrap())).collect();
            write!(sql, "INSERT INTO {table} ({names}) VALUES ({});", values.join(", ")).unwrap();
        }
    }
    let database = Database::bare();
    database.execute(&sql);
    database
}

/// A value as the shared database reads it.
fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("'{}'", std::str::from_utf8(text).unwrap().replace('\'', "''")),
        ValueRef::Blob(bytes) => {
            let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
                write!(digits, "{byte:02x}").unwrap();
                digits
            });
            format!("CAST('\\x{digits}' AS bytea)")
        }
    }
}

#[tokio::test]
async fn a_shared_state_of_every_schema_is_brought_up_with_all_that_is_in_it() {
    for schema in 1..=newest() {
        let database = shared_of_schema(1, schema);
        let store = database.open();
        is_whole(&store, schema).await;
        let told = database.texts("SELECT CAST(number AS text) FROM sosik_schema");
        assert_eq!(told, [[newest().to_string()]], "schema {schema}");
        // What is due is handed out, and what comes of it is taken.
        let at = minute(1_000_000);
        let waiting = leases(&store, at).await;
        assert_eq!(names(&waiting), [["blog"]], "schema {schema}");
        let mut report = report(at);
        report.changes = new(vec![post("/after", 1_000_000, &[])]);
        store.record(vec![recorded(&waiting[0], 0, report)], at).await.unwrap();
        assert_eq!(overview(&store, "blog").await.posts, 139, "schema {schema}");
        assert_eq!(names(&leases(&store, minute(1_000_060)).await), [["blog"]], "schema {schema}");
    }
}

#[tokio::test]
async fn what_a_person_chose_is_brought_up_where_it_is_shared() {
    for schema in 5..=newest() {
        let database = shared_of_schema(5, schema);
        let store = database.open();
        is_chosen(&store, schema).await;
        // Of the two sources of one host one leads; both are due.
        assert_eq!(names(&leases(&store, minute(1_000_000)).await)[0].len(), 2, "schema {schema}");
    }
}
