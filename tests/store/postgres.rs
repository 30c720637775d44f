//! What only the shared store has: a server that starts, breaks and is shared with others.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use sosik::model::merged::{MergedFeed, MergedId};
use sosik::store::Events;
use sosik::store::contract::{RobotsFile, Store, StoreError};
use sosik::store::postgres::{Limits, PostgresStore};
use sosik::store::sqlite::SqliteStore;

use super::given::*;
use crate::postgres::Database;

/// Each column of each table, with its type.
type Columns = BTreeSet<(String, String, String)>;

fn columns_of_sqlite() -> Columns {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    drop(SqliteStore::open(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT t.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        let kind: String = row.get(2)?;
        let must: bool = row.get(3)?;
        let kind = kind.replace("INTEGER", "bigint").replace("TEXT", "text C").replace("BLOB", "bytea");
        Ok((row.get(0)?, row.get(1)?, format!("{kind} {}", if must { "NO" } else { "YES" })))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn both_stores_have_the_same_columns() {
    let told = Database::fresh().texts(
        "SELECT CAST(table_name AS text), CAST(column_name AS text),
             CAST(concat_ws(' ', data_type, CAST(collation_name AS text), is_nullable) AS text)
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> 'sosik_schema' AND is_generated = 'NEVER'",
    );
    let shared: Columns = told.into_iter().map(|row| (row[0].clone(), row[1].clone(), row[2].clone())).collect();
    let embedded = columns_of_sqlite();
    let differ: Vec<_> = embedded.symmetric_difference(&shared).collect();
    assert!(differ.is_empty() && embedded.len() > 150, "{differ:#?}");
}

#[test]
fn machines_that_start_at_once_make_one_schema() {
    let database = Database::bare();
    let starting: Vec<_> = (0..6)
        .map(|_| {
            let url = database.url();
            std::thread::spawn(move || PostgresStore::open(&url, Limits { connections: 1 }).map(drop))
        })
        .collect();
    for started in starting {
        started.join().unwrap().unwrap();
    }
    assert_eq!(database.texts("SELECT CAST(count(*) AS text) FROM note WHERE name = 'event log'"), [["1"]]);
}

#[test]
fn what_is_not_ours_is_refused_and_stays() {
    let newer = Database::fresh();
    newer.execute("UPDATE sosik_schema SET number = 99");
    let refused = PostgresStore::open(&newer.url(), Limits::default()).unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 99, known: 5.., .. }), "{refused:?}");
    let foreign = Database::bare();
    foreign.execute("CREATE TABLE host (name text)");
    let refused = PostgresStore::open(&foreign.url(), Limits::default()).unwrap_err();
    assert!(matches!(&refused, StoreError::NotOurs { reason, .. } if reason.contains("\"host\"")), "{refused:?}");
    assert_eq!(foreign.texts("SELECT CAST(count(*) AS text) FROM pg_tables WHERE schemaname = 'public'"), [["1"]]);
}

#[test]
fn a_server_that_is_not_there_is_told_without_the_password() {
    let refused = PostgresStore::open("postgres://me:secret@127.0.0.1:1/blogs", Limits::default()).unwrap_err();
    assert!(matches!(refused, StoreError::Unreached { .. }), "{refused:?}");
    let told = refused.to_string();
    assert!(told.contains("postgres://me@127.0.0.1:1/blogs") && told.contains("onnection refused"), "{told}");
    assert!(!format!("{refused:?}").contains("secret"));
    let bad = PostgresStore::open("postgres://me:secret@h/d?sslmode=maybe", Limits::default()).unwrap_err();
    assert!(matches!(&bad, StoreError::BadUrl { reason } if reason.contains("maybe") && !reason.contains("secret")));
}

#[tokio::test]
async fn a_copy_is_the_servers_own_business() {
    let (home, database) = (tempfile::tempdir().unwrap(), Database::fresh());
    let file = home.path().join("copy.db");
    let refused = database.open().copy_to(&file).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotHere { .. }) && !Path::new(&file).exists(), "{refused:?}");
}

/// Ends every other connection to the database.
const CUT: &str = "SELECT CAST(pg_terminate_backend(pid) AS text) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test]
async fn a_connection_that_breaks_off_is_made_anew() {
    let database = Database::fresh();
    let store = PostgresStore::open(&database.url(), Limits { connections: 1 }).unwrap();
    store.put_note("a", "1").await.unwrap();
    assert_eq!(database.texts(CUT), [["true"]]);
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(database.texts(CUT), [["true"]]);
    store.put_note("a", "2").await.unwrap();
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("2"));
}

#[tokio::test]
async fn what_breaks_off_at_the_end_is_done_again_if_it_was_not_taken() {
    let database = Database::fresh();
    let store = PostgresStore::open(&database.url(), Limits { connections: 1 }).unwrap();
    // The first transaction dies as it ends; a sequence remembers that whatever becomes of it.
    database.execute(
        "CREATE SEQUENCE deaths;
         CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('deaths') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die();",
    );
    store.put_note("a", "1").await.unwrap();
    assert_eq!(store.note("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(database.texts("SELECT CAST(last_value AS text) FROM deaths"), [["2"]], "it was done twice, kept once");
}

#[tokio::test]
async fn what_no_text_can_hold_is_left_out() {
    let database = Database::fresh();
    let store = database.open();
    let file = RobotsFile { status: 200, body: "User-agent: *\0\nDisallow:\0".to_owned(), fetched_at: minute(1) };
    store.put_robots("https://a.example:443", &file).await.unwrap();
    let kept = store.robots("https://a.example:443").await.unwrap().unwrap();
    assert_eq!(kept.body, "User-agent: *\nDisallow:");
}

#[tokio::test]
async fn a_page_that_says_too_much_holds_up_nobody() {
    let database = Database::fresh();
    let store = database.open();
    sources(&store, &["a", "b", "c"]).await;
    let waiting = leases(&store, minute(1)).await;
    let batch = waiting.iter().enumerate().map(|(index, lease)| {
        let mut report = report(minute(1));
        // No index takes a text of this length that cannot be compressed.
        let parts = (0..600_u64).map(|part| (part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let key = parts.map(|part| format!("{part:016x}")).collect::<Vec<_>>().concat();
        let name = if index == 1 { format!("/{key}") } else { "/1".to_owned() };
        report.changes = new(vec![post(&name, 1, &[])]);
        recorded(lease, 0, report)
    });
    let taken = store.record(batch.collect(), minute(1)).await.unwrap();
    assert_eq!(taken, [sosik::store::contract::Fenced::Recorded; 3]);
    let states = store.sources().await.unwrap();
    let mut posts: Vec<u32> = states.iter().map(|overview| overview.posts).collect();
    posts.sort_unstable();
    assert_eq!(posts, [0, 1, 1]);
    assert!(states.iter().all(|overview| overview.state.next_check == Some(minute(61))), "{states:?}");
    assert!(leases(&store, minute(2)).await.is_empty());
}

/// Two machines with one database.
fn machines(database: &Database) -> [Arc<PostgresStore>; 2] {
    [Arc::new(database.open()), Arc::new(database.open())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_host_is_leased_to_two_machines() {
    let database = Database::fresh();
    let machines = machines(&database);
    let names: Vec<String> = (0..200).map(|number| format!("blog-{number}")).collect();
    sources(&*machines[0], &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let claiming = machines.iter().cycle().take(8).map(|store| async move {
        let mut got = Vec::new();
        loop {
            let leases = leases(&**store, minute(0)).await;
            if leases.is_empty() {
                return got;
            }
            got.extend(leases.into_iter().map(|lease| lease.host));
        }
    });
    let all: Vec<_> = join_all(claiming).await.into_iter().flatten().collect();
    let different: BTreeSet<String> = all.iter().map(|host| host.name().to_owned()).collect();
    assert_eq!((all.len(), different.len()), (200, 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hosts_come_from_every_shard_where_there_is_a_crowd() {
    let database = Database::fresh();
    let store = database.open();
    let names: Vec<String> = (0..300).map(|number| format!("blog-{number}")).collect();
    sources(&store, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut seen = BTreeSet::new();
    // Claims that are filled tell of a crowd; one begins in some shard then, and goes on in all.
    for expected in [60, 60, 60, 60, 60, 0] {
        let mut claim = claim(minute(0));
        claim.hosts = 60;
        let leases = store.claim(&claim).await.unwrap().leases;
        assert_eq!(leases.len(), expected);
        seen.extend(leases.into_iter().map(|lease| lease.host.name().to_owned()));
    }
    assert_eq!(seen.len(), 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_post_that_two_machines_bring_at_once_is_shown_once() {
    let database = Database::fresh();
    let machines = machines(&database);
    let stored = [source("a"), source("b")];
    machines[0].sync_sources(&stored, minute(0)).await.unwrap();
    let merged = MergedFeed {
        id: MergedId::try_from("all".to_owned()).unwrap(),
        title: None,
        description: None,
        language: None,
        sources: vec!["*".to_owned()],
        categories: Vec::new(),
        authors: Vec::new(),
        filter: sosik::model::filter::Filter::default(),
    };
    machines[0].sync_merged(&[merged], minute(0)).await.unwrap();
    for round in 0..20 {
        let at = minute(round * 70);
        let mut waiting = leases(&*machines[0], at).await;
        assert_eq!(waiting.len(), 2, "round {round}");
        let recording = machines.iter().map(|store| {
            let lease = waiting.pop().unwrap();
            async move {
                let mut report = report(at);
                // Both blogs have the same post, under the same id.
                report.changes = new((0..5).map(|number| post(&format!("/{round}/{number}"), round, &[])).collect());
                store.record(vec![recorded(&lease, 0, report)], at).await.unwrap()
            }
        });
        join_all(recording).await;
        let feed = feed(&*machines[0], "_merged/all").await;
        let shown = machines[0].feed_posts(&feed, ALL).await.unwrap().len();
        assert_eq!((i64::from(feed.posts), shown), ((round + 1) * 5, usize::try_from((round + 1) * 5).unwrap()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_reads_an_event_misses_none_before_it() {
    let database = Database::fresh();
    let machines = machines(&database);
    let writing = machines.iter().cycle().take(4).enumerate().map(|(writer, store)| async move {
        for number in 0..25 {
            store.log_event(&format!("{writer}-{number}"), "{}", minute(number)).await.unwrap();
        }
    });
    let reading = async {
        let mut place = 0;
        while place < 100 {
            for event in machines[1].events(place, 1000).await.unwrap() {
                assert_eq!(event.number, place + 1);
                place = event.number;
            }
        }
    };
    tokio::join!(join_all(writing), reading);
}
