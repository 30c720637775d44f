//! How many polls a second a store hands out and takes back, where a poll does nothing: what is left of a machine's
//! time is for pages.
//!
//! `cargo bench --bench lease -- URL [n=SOURCES] [w=POLLERS] [secs=SECONDS] [server=PID] [init]`: URL is `sqlite:PATH` or that
//! of a `PostgreSQL`, whose processor time is told too where its first process is named. `init` puts sources into an empty
//! store first, half of them alone on their hosts and the rest on hosts of every size, all due since some time within the
//! last half hour, and each with a category and the two feeds of that. `scripts/bench-lease` does all of it.

#![allow(clippy::print_stdout, reason = "what it found")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use sosik::clock::Clock;
use sosik::model::category::CategoryPath;
use sosik::model::date::{Precision, Published};
use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::model::failure::PollOutcome;
use sosik::model::link::PostKey;
use sosik::model::page::Validators;
use sosik::model::post::{Post, SiteFacts};
use sosik::model::report::{Changes, PollReport, ValidatorsUpdate};
use sosik::model::source::{Backfill, Cadence, HtmlRecipe, Recipe, Source, SourceId};
use sosik::store::Store;
use sosik::store::contract::{Claim, DueSource, Fenced, Lease, Recorded};
use sosik::store::postgres::{Limits, PostgresStore};
use sosik::store::sqlite::SqliteStore;
use tokio::time::Instant;

/// That of the program itself: what is claimed and recorded is a multitude of small texts.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The category of every post.
const CATEGORY: &str = "Notes";

/// How far back and ahead sources are due.
const ROUND_MS: i64 = 1_800_000;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let Some(url) = given.first().filter(|url| url.contains(':')) else {
        println!("give a store: sqlite:PATH or postgres://…");
        return;
    };
    let number = |name: &str, usual: u64| {
        let found = given.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        found.map_or(usual, |value| value.parse().expect("a number"))
    };
    let (sources, pollers, seconds) = (number("n", 100_000), number("w", 1), number("secs", 10));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    if given.iter().any(|word| word == "init") {
        let began = Instant::now();
        drop(open(url, 1));
        runtime.block_on(fill(url, sources));
        println!("{url}: {sources} sources put in within {:.1} s", began.elapsed().as_secs_f64());
    }
    let store = open(url, usize::try_from(pollers).expect("few"));
    runtime.block_on(poll_all(store, pollers, Duration::from_secs(seconds), number("server", 0)));
}

fn open(url: &str, connections: usize) -> Arc<dyn Store> {
    match url.strip_prefix("sqlite:") {
        Some(path) => Arc::new(SqliteStore::open(path.as_ref()).expect("a state")),
        None => Arc::new(PostgresStore::open(url, Limits { connections }).expect("a server")),
    }
}

/// What the pollers did.
#[derive(Default)]
struct Tally {
    polls: u64,
    changed: u64,
    fenced: u64,
    claims_ms: Vec<f64>,
    records_ms: Vec<f64>,
}

async fn poll_all(store: Arc<dyn Store>, pollers: u64, time: Duration, server: u64) {
    let (began, cpu, of_server) = (Instant::now(), cpu_seconds(), cpu_of_server(server));
    let polling = (0..pollers).map(|poller| tokio::spawn(poll(Arc::clone(&store), poller, began + time)));
    let mut all = Tally::default();
    for one in join_all(polling).await {
        let one = one.expect("a poller that ends");
        all.polls += one.polls;
        all.changed += one.changed;
        all.fenced += one.fenced;
        all.claims_ms.extend(one.claims_ms);
        all.records_ms.extend(one.records_ms);
    }
    let seconds = began.elapsed().as_secs_f64();
    let (cpu, of_server) = (cpu_seconds() - cpu, cpu_of_server(server) - of_server);
    #[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let polls = all.polls as f64;
    println!(
        "w={pollers}: {:.0} polls/s, changed {}, fenced {} | claim p50 {:.1} p99 {:.1} ms, record p50 {:.1} p99 {:.1} ms | cpu {:.0} us/poll, the server's {:.0}",
        polls / seconds,
        all.changed,
        all.fenced,
        percentile(&mut all.claims_ms, 50),
        percentile(&mut all.claims_ms, 99),
        percentile(&mut all.records_ms, 50),
        percentile(&mut all.records_ms, 99),
        cpu / polls * 1e6,
        of_server / polls * 1e6
    );
}

async fn poll(store: Arc<dyn Store>, poller: u64, until: Instant) -> Tally {
    let (mut tally, dice, mut turn) = (Tally::default(), RandomState::new(), poller << 40);
    while Instant::now() < until {
        let began = Instant::now();
        let now = Clock::System.now();
        let lease = SignedDuration::from_secs(30);
        let claim = Claim { hosts: 200, sources_per_host: 4, lease, now, only: None };
        let leases = store.claim(&claim).await.expect("a claim").leases;
        tally.claims_ms.push(began.elapsed().as_secs_f64() * 1e3);
        if leases.is_empty() {
            break;
        }
        let mut batch = Vec::with_capacity(leases.iter().map(|lease| lease.due.len()).sum());
        for lease in &leases {
            for (index, due) in lease.due.iter().enumerate() {
                turn += 1;
                let thrown = dice.hash_one(turn);
                tally.changed += u64::from(thrown % 20 == 0);
                batch.push(recorded(lease, index, report(due, now, thrown)));
            }
        }
        let began = Instant::now();
        let taken = store.record(batch, now).await.expect("a batch");
        tally.records_ms.push(began.elapsed().as_secs_f64() * 1e3);
        for one in taken {
            tally.polls += u64::from(one == Fenced::Recorded);
            tally.fenced += u64::from(one != Fenced::Recorded);
        }
    }
    tally
}

fn recorded(lease: &Lease, index: usize, report: PollReport) -> Recorded {
    Recorded {
        at: lease.due[index].at,
        host: lease.host.clone(),
        lease: lease.number,
        last_of_host: index + 1 == lease.due.len(),
        report,
    }
}

/// A poll that found nothing, or every twentieth time one new post that one channel is owed.
fn report(due: &DueSource, now: Timestamp, thrown: u64) -> PollReport {
    let mut report = PollReport {
        outcome: PollOutcome::NotModified,
        at: now,
        next_check: Some(
            now + SignedDuration::from_millis(
                ROUND_MS * 9 / 10 + i64::try_from(thrown >> 12).unwrap_or(0) % (ROUND_MS / 5),
            ),
        ),
        validators: ValidatorsUpdate::Keep,
        pages: 1,
        requests: 1,
        changes: Changes::default(),
        site: SiteFacts::default(),
        how: String::new(),
        gap: None,
        deep: None,
        ttl: None,
        learnt: None,
        profile: None,
        rhythm: None,
        beside: sosik::model::beside::Beside::default(),
        met: None,
        owed: Vec::new(),
        host_blocked_until: None,
        host_gap_ms: None,
    };
    if thrown.is_multiple_of(20) {
        let key = PostKey::from_stored(format!("/2026/11/22/{thrown:016x}"));
        report.outcome = PollOutcome::Changed;
        let etag = Some(format!("W/\"{thrown:032x}\""));
        report.validators = ValidatorsUpdate::Replace(Validators { etag, read_at: Some(now), ..Validators::default() });
        report.owed = vec![NewDelivery {
            kind: DeliveryKind::Post,
            key: Some(key.clone()),
            channel: "desktop".into(),
            text: None,
        }];
        report.changes.new = vec![Post {
            entry_id: format!("urn:uuid:{thrown:032x}"),
            url: format!("{}2026/11/22/{thrown:016x}", due.source.url),
            title: "A post title of ordinary length, perhaps sixty chars".into(),
            excerpt: None,
            author: None,
            image: None,
            enclosures: Vec::new(),
            published: Some(Published { at: now, offset_seconds: 0, precision: Precision::Second }),
            listed_at: now,
            offset_seconds: 0,
            first_seen: now,
            updated: now,
            tags: Vec::new(),
            categories: vec![CategoryPath::new([CATEGORY]).expect("a label")],
            full_text: None,
            key,
        }];
    }
    report
}

/// Rows of a table, each a line of COPY's text form.
type Lines = Vec<String>;

/// Puts sources into an empty store.
async fn fill(url: &str, sources: u64) {
    let (now, dice) = (Clock::System.now().as_millisecond(), RandomState::new());
    let throw = |turn: u64| i64::try_from(dice.hash_one(turn) >> 1).expect("63 bits");
    let (mut rows, mut states, mut categories, mut feeds): (Lines, Lines, Lines, Lines) = Default::default();
    let mut hosts: BTreeMap<(i64, i64), (String, i64)> = BTreeMap::new();
    // Nobody writes files of feeds from a shared state unless somebody names a folder.
    let published = u8::from(url.starts_with("sqlite:"));
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a spread of sizes")]
    let shared = |turn: u64| {
        let part = throw(turn) as f64 / i64::MAX as f64;
        (part * (sources as f64 / 10.0).ln()).exp() as i64
    };
    for number in 0..sources {
        let host = if number % 2 == 0 { 1_000_000_000 + i64::try_from(number).expect("few") } else { shared(number) };
        let source = named(number, host);
        let (host, due) = (source.host(), now - throw(number + (1 << 40)) % ROUND_MS);
        let (shard, host_id) = (host.shard(), host.id());
        let definition = serde_json::to_string(&source).expect("a source");
        rows.push(format!("{shard}\t{number}\t{host_id}\t{}\t{}\t{definition}\t0\t{now}", source.id, source.url));
        let polled = due - ROUND_MS;
        let leads = u8::from(!hosts.contains_key(&(shard, host_id)));
        states.push(format!(
            "{shard}\t{number}\t{host_id}\t0\t{due}\t{polled}\t{polled}\tnot-modified\tW/\"{number:032x}\"\t{polled}\t{leads}"
        ));
        categories.push(format!("{shard}\t{number}\t1\t{CATEGORY}\tnotes"));
        for (turn, (kind, of, below)) in [("all", "", ""), ("category", CATEGORY, "/notes")].into_iter().enumerate() {
            let feed = 2 * number + turn as u64;
            let id = &source.id;
            feeds.push(format!(
                "{shard}\t{feed}\t{number}\t{kind}\t{of}\t{id}{below}\turn:uuid:{feed:032x}\t1\t{published}\t{polled}\t0"
            ));
        }
        let known = hosts.entry((shard, host_id)).or_insert((host.name().to_owned(), due));
        known.1 = known.1.min(due);
    }
    let hosts: Lines = hosts.iter().map(|((shard, id), (name, due))| format!("{shard}\t{id}\t{name}\t{due}")).collect();
    let tables = HashMap::from([
        ("source (shard, source_id, host_id, id, url, definition, definition_hash, added_at)", rows),
        (
            "source_state (shard, source_id, host_id, rests, due_at, last_poll, last_success, outcome, etag, read_at, leads)",
            states,
        ),
        ("category (shard, source_id, category_id, path, slug_path)", categories),
        (
            "feed (shard, feed_id, source_id, kind, category, path, urn, version, published_version, updated_at, posts)",
            feeds,
        ),
        ("host (shard, host_id, name, next_at)", hosts),
    ]);
    match url.strip_prefix("sqlite:") {
        Some(path) => into_sqlite(path, &tables),
        None => into_postgres(url, &tables).await,
    }
}

fn named(number: u64, host: i64) -> Source {
    Source {
        id: SourceId::try_from(format!("blog-{number}")).expect("an id"),
        url: format!("https://blog-{host}.example/{number}/").parse().expect("an address"),
        base_url: None,
        title: None,
        recipe: Recipe::Html(HtmlRecipe::default()).into(),
        backfill: Backfill::All,
        cadence: Cadence::default(),
        schedule: None,
        language: None,
        time_zone: None,
        headers: BTreeMap::new(),
        allow_private_addresses: false,
        robots: true,
        full_text: false,
        paused: false,
        choice: sosik::model::choice::Choice::default(),
    }
}

fn into_sqlite(path: &str, tables: &HashMap<&str, Lines>) {
    let mut connection = rusqlite::Connection::open(path).expect("the state");
    connection.execute_batch("PRAGMA cache_size = -256000").expect("a number");
    let transaction = connection.transaction().expect("nobody else writes");
    for (table, lines) in tables {
        // Made at the end, in the order that they are in: row by row they take minutes.
        let indexes: Vec<(String, String)> = transaction
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?1")
            .and_then(|mut found| found.query_map([name_of(table)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .expect("a schema");
        for (name, _) in &indexes {
            transaction.execute(&format!("DROP INDEX {name}"), []).expect("an index");
        }
        let width = lines[0].split('\t').count();
        let sql = format!("INSERT INTO {table} VALUES ({})", vec!["?"; width].join(", "));
        let mut statement = transaction.prepare(&sql).expect("the table");
        for line in lines {
            statement.execute(rusqlite::params_from_iter(line.split('\t'))).expect("a row");
        }
        for (_, sql) in &indexes {
            transaction.execute(sql, []).expect("the index that was there");
        }
    }
    transaction.commit().expect("room");
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("nobody else writes");
}

async fn into_postgres(url: &str, tables: &HashMap<&str, Lines>) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("the server");
    tokio::spawn(connection);
    for (table, lines) in tables {
        let found = client
            .query(
                "SELECT CAST(indexname AS text), indexdef FROM pg_indexes
                 WHERE tablename = CAST($1 AS text) AND indexname NOT LIKE '%_pkey'",
                &[&name_of(table)],
            )
            .await
            .expect("a schema");
        let indexes: Vec<(String, String)> = found.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (name, _) in &indexes {
            client.batch_execute(&format!("DROP INDEX {name}")).await.expect("an index");
        }
        let sink = client.copy_in(&format!("COPY {table} FROM STDIN")).await.expect("the table");
        let mut sink = std::pin::pin!(sink);
        for portion in lines.chunks(1000) {
            let mut text = String::new();
            for line in portion {
                writeln!(text, "{}", line.replace('\\', "\\\\")).expect("memory");
            }
            sink.send(bytes::Bytes::from(text)).await.expect("a row");
        }
        sink.as_mut().finish().await.expect("rows");
        for (_, sql) in &indexes {
            client.batch_execute(sql).await.expect("the index that was there");
        }
    }
    for end in ["VACUUM ANALYZE", "CHECKPOINT"] {
        client.batch_execute(end).await.expect("the right to");
    }
}

/// The name of a table whose columns stand behind it.
fn name_of(table: &str) -> &str {
    table.split_once(' ').map_or(table, |(name, _)| name)
}

fn percentile(values: &mut [f64], part: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * part / 100).min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// What this process used of the processor.
fn cpu_seconds() -> f64 {
    stat("/proc/self/stat").map_or(0.0, |fields| ticks(&fields[11..13]))
}

/// What a server, its processes and those that ended used of the processor.
fn cpu_of_server(first: u64) -> f64 {
    let Some(own) = stat(&format!("/proc/{first}/stat")).filter(|_| first > 0) else { return 0.0 };
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    let children = processes
        .filter_map(|process| stat(process.path().join("stat").to_str()?))
        .filter(|fields| fields[1] == first.to_string());
    ticks(&own[11..15]) + children.map(|fields| ticks(&fields[11..13])).sum::<f64>()
}

/// The fields of a process behind its name.
fn stat(path: &str) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(path).ok()?;
    Some(stat[stat.rfind(')')? + 2..].split(' ').map(str::to_owned).collect())
}

fn ticks(fields: &[String]) -> f64 {
    fields.iter().map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
}
