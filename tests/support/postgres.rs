//! A `PostgreSQL` of the tests' own: one for a test process, an empty database with our schema for each test.
//!
//! It listens on a socket in a temporary folder and nowhere else, unless it is told to. A shell waits for our end, however
//! we end, then stops it and removes the folder. As root it runs as nobody, for `PostgreSQL` refuses root.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sosik::store::postgres::{Limits, PostgresStore};

/// The folder, the programs' one, what the server is told beside, and what runs it as another user.
const SCRIPT: &str = r#"
T=$1; B=$2; O=$3; shift 3; cd /
"$@" "$B/initdb" -D "$T/d" -U sosik -A trust --locale=C -E UTF8 --no-sync >"$T/initdb" 2>&1 || { cat "$T/initdb"; exit 1; }
"$@" "$B/pg_ctl" -D "$T/d" -w -l "$T/log" -o "-c listen_addresses='' -c unix_socket_directories=$T -c fsync=off -c max_connections=200 $O" \
    start >"$T/start" 2>&1 || { cat "$T/start" "$T/log"; exit 1; }
echo ready
cat >/dev/null
"$@" "$B/pg_ctl" -D "$T/d" -m immediate stop >/dev/null 2>&1
rm -rf "$T"
"#;

/// A server.
pub(crate) struct Server {
    /// What it has: its socket too.
    pub(crate) folder: PathBuf,
    /// Its standard input is open as long as we live.
    _keeper: Child,
}

/// The URL of a database of a server.
pub(crate) fn url(folder: &Path, database: &str) -> String {
    format!("postgres://sosik@/{database}?host={}", folder.display())
}

/// Where `PostgreSQL`'s own programs are: the newest of them.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.filter_map(|entry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").exists().then_some((number, programs))
    });
    found.max().expect("PostgreSQL is not installed: scripts/test --only-install").1
}

impl Server {
    /// Starts one in a folder, with these options beside the usual ones.
    pub(crate) fn start(folder: PathBuf, options: &str) -> Self {
        let mut command = Command::new("sh");
        command.arg("-c").arg(SCRIPT).arg("postgres").arg(&folder).arg(programs()).arg(options);
        if rustix::process::geteuid().is_root() {
            command.args(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
            let given = Command::new("chown").args(["-R", "nobody"]).arg(&folder).status().unwrap();
            assert!(given.success());
        } else {
            command.arg("env");
        }
        let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(keeper.stdout.take().unwrap());
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        if line.trim() != "ready" {
            told.read_to_string(&mut line).unwrap();
            panic!("PostgreSQL did not start: {line}");
        }
        Self { folder, _keeper: keeper }
    }
}

/// A folder for one.
pub(crate) fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("sosik-postgres-").tempdir().unwrap().keep()
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = Server::start(folder(), "");
        // Every test begins with a copy of this.
        execute(&server.folder, "postgres", "CREATE DATABASE fresh");
        drop(PostgresStore::open(&url(&server.folder, "fresh"), Limits::default()).unwrap());
        server
    })
}

/// Runs statements in a database, by a client of its own.
fn execute(folder: &Path, database: &str, sql: &str) {
    let (url, sql) = (url(folder, database), sql.to_owned());
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&sql).await.unwrap();
        });
    };
    std::thread::spawn(run).join().unwrap();
}

/// The texts that a query gives, row by row.
pub(crate) fn texts(url: &str, sql: &str) -> Vec<Vec<String>> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let ask = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let rows = client.query(&sql, &[]).await.unwrap();
            rows.iter().map(|row| (0..row.len()).map(|column| row.get(column)).collect()).collect()
        })
    };
    std::thread::spawn(ask).join().unwrap()
}

/// A database of a test. It takes room on the disk, so it goes with this.
pub(crate) struct Database {
    name: String,
}

impl Database {
    /// One with our schema and nothing in it.
    pub(crate) fn fresh() -> Self {
        Self::made("TEMPLATE fresh")
    }

    /// One in which nothing was ever made.
    pub(crate) fn bare() -> Self {
        Self::made("TEMPLATE template0")
    }

    fn made(from: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        execute(&server().folder, "postgres", &format!("CREATE DATABASE {name} {from}"));
        Self { name }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        url(&server().folder, &self.name)
    }

    /// Runs statements in it.
    pub(crate) fn execute(&self, sql: &str) {
        execute(&server().folder, &self.name, sql);
    }

    /// The texts that a query gives, row by row.
    pub(crate) fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        texts(&self.url(), sql)
    }

    /// A store on it.
    pub(crate) fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.url(), Limits { connections: 3 }).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        execute(&server().folder, "postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
