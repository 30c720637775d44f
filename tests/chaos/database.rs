//! A `PostgreSQL` of the test's own that keeps what it says it keeps (fsync), and can be killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tokio_postgres::SimpleQueryMessage;

use crate::support::until;

/// A lease that was taken that long ago, in milliseconds, is that of a worker that was killed or stopped: the others give
/// theirs back within a second or two. The test lets it end then, as time would, and does not wait for the rest of it.
pub(crate) const HELD: i64 = 15_000;

/// How long the program leases hosts and deliveries.
const LEASES: [(&str, i64); 2] = [("host", 90_000), ("outbox", 300_000)];

/// The running server.
pub(crate) struct Database {
    folder: PathBuf,
    programs: PathBuf,
    postmaster: Child,
}

/// A command that runs as nobody where we are root, which `PostgreSQL` refuses; it ends with us.
fn unprivileged(program: PathBuf) -> Command {
    if !rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig=QUIT"]).arg(program);
        return command;
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=QUIT"]).arg(program);
    command
}

fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.filter_map(|entry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").exists().then_some((number, programs))
    });
    found.max().expect("PostgreSQL is not installed: scripts/test --only-install").1
}

impl Database {
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("sosik-chaos-").tempdir().unwrap().keep();
        if rustix::process::geteuid().is_root() {
            assert!(Command::new("chown").arg("nobody").arg(&folder).status().unwrap().success());
        }
        let programs = programs();
        let made = unprivileged(programs.join("initdb"))
            .arg("-D")
            .arg(folder.join("d"))
            .args(["-U", "sosik", "-A", "trust", "--locale=C", "-E", "UTF8"])
            .current_dir("/")
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let postmaster = serve(&programs, &folder);
        let database = Self { folder, programs, postmaster };
        database.wait();
        database
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("postgres://sosik@/postgres?host={}", self.folder.display())
    }

    /// Kills the server as a machine without power does, and starts it anew.
    pub(crate) fn kill_and_start(&mut self) {
        self.postmaster.kill().unwrap();
        self.postmaster.wait().unwrap();
        // What it has left behind ends by itself; before, no other one begins.
        until("the server again", || {
            self.postmaster = serve(&self.programs, &self.folder);
            until("an answer", || {
                let has_ended = self.postmaster.try_wait().unwrap().is_some();
                (has_ended || self.ask("SELECT 1").is_ok()).then_some(())
            });
            self.postmaster.try_wait().unwrap().is_none().then_some(())
        });
    }

    fn wait(&self) {
        until("a server", || self.ask("SELECT 1").ok());
    }

    /// The rows of a query.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        self.ask(sql).unwrap()
    }

    /// The number that a query gives.
    pub(crate) fn number(&self, sql: &str) -> usize {
        self.rows(sql)[0][0].parse().unwrap()
    }

    /// See [`HELD`].
    pub(crate) fn let_leases_of_the_dead_end(&self) {
        for (table, lasts) in LEASES {
            self.rows(&format!(
                "UPDATE {table} SET lease_until = 0
                 WHERE lease_until > 0 AND lease_until < extract(epoch FROM clock_timestamp()) * 1000 + {}",
                lasts - HELD
            ));
        }
    }

    fn ask(&self, sql: &str) -> Result<Vec<Vec<String>>, tokio_postgres::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.url(), tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            let answer = client.simple_query(sql).await?;
            let rows = answer.into_iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
                }
                _ => None,
            });
            Ok(rows.collect())
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let pid = self.postmaster.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &pid]).status();
        let _ = self.postmaster.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn serve(programs: &std::path::Path, folder: &std::path::Path) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
    let folder = folder.display();
    unprivileged(programs.join("postgres"))
        .args(["-D", &format!("{folder}/d"), "-c", "listen_addresses=", "-c", "max_connections=100"])
        .args(["-c", &format!("unix_socket_directories={folder}"), "-c", "fsync=on", "-c", "synchronous_commit=on"])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}
