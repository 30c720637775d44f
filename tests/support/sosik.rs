//! The program itself, in a home of its own.
//!
//! A [`Sosik`] is a temporary home with a configuration; its commands run the real binary with nothing of the
//! tester's environment: no bus, no terminal, no other configuration. Two runs of one home share its state.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

use tempfile::TempDir;

use super::blog::Blog;

/// A home with a configuration, to run commands in.
#[derive(Debug)]
pub struct Sosik {
    home: TempDir,
    /// The configuration but for its sources.
    tables: String,
    sources: String,
    env: BTreeMap<String, String>,
}

/// A feed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it was last written.
    pub modified: SystemTime,
}

/// What a command said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Sosik {
    /// A home without sources, that may ask loopback as fast as it likes.
    pub fn new() -> Self {
        let home = tempfile::Builder::new().prefix("sosik-test-").tempdir().expect("a temporary folder");
        let mut sosik = Self { home, tables: String::new(), sources: String::new(), env: BTreeMap::new() };
        sosik.tables = format!(
            r#"language = "en"
[store]
url = "sqlite:{}"
[publish]
dir = "{}"
[fetch]
allow_private_addresses = true
[[fetch.host]]
name = "127.0.0.1"
gap = "0s"
width = 8
[feeds]
entries = 0
[serve]
listen = []
"#,
            sosik.path("state/sosik.db").display(),
            sosik.publish_dir().display(),
        );
        for folder in ["config/sosik", "data", "state", "cache", "run", "publish"] {
            fs::create_dir_all(sosik.path(folder)).expect("a folder in a temporary folder");
        }
        sosik.write_config();
        sosik
    }

    /// A home that watches one blog as `blog`, by the Tistory preset.
    pub fn watching(blog: &Blog) -> Self {
        Self::new().source("blog", &blog.url("/category"), "preset = \"tistory\"\n")
    }

    /// Adds a source; `keys` are further lines of its table.
    #[must_use]
    pub fn source(mut self, id: &str, url: &str, keys: &str) -> Self {
        let _ = write!(self.sources, "[[source]]\nid = \"{id}\"\nurl = \"{url}\"\n{keys}\n");
        self.write_config();
        self
    }

    /// Replaces all of the configuration but its sources.
    #[must_use]
    pub fn tables(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.tables);
        self.write_config();
        self
    }

    /// Adds tables to the configuration.
    #[must_use]
    pub fn with(mut self, toml: &str) -> Self {
        let _ = writeln!(self.tables, "{toml}");
        self.write_config();
        self
    }

    /// Replaces a text of the configuration, which must hold it.
    pub fn reconfigure(&mut self, from: &str, to: &str) {
        let found = self.tables.contains(from) || self.sources.contains(from);
        assert!(found, "the configuration has no {from:?}:\n{}{}", self.tables, self.sources);
        self.tables = self.tables.replace(from, to);
        self.sources = self.sources.replace(from, to);
        self.write_config();
    }

    /// Replaces what the configuration says of the source `blog` beyond its id and address.
    pub fn recipe(&mut self, keys: &str) {
        let end = self.sources.find("url = ").and_then(|at| self.sources[at..].find('\n').map(|end| at + end + 1));
        self.sources.truncate(end.expect("a source has an address"));
        self.sources.push_str(keys);
        self.write_config();
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Gives the program a session bus.
    #[must_use]
    pub fn on_bus(self, address: &str) -> Self {
        self.env("DBUS_SESSION_BUS_ADDRESS", address)
    }

    /// A path within the home.
    pub fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// The configuration's file.
    pub fn config_file(&self) -> PathBuf {
        self.path("config/sosik/sosik.toml")
    }

    /// The folder of the feeds.
    pub fn publish_dir(&self) -> PathBuf {
        self.path("publish")
    }

    fn write_config(&self) {
        let file = self.config_file();
        fs::create_dir_all(file.parent().expect("a file in a folder")).expect("a folder in a temporary folder");
        fs::write(file, format!("{}{}", self.tables, self.sources)).expect("a file in a temporary folder");
    }

    /// The command with these arguments, ready to be changed and run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sosik"));
        command
            .args(arguments)
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.home.path())
            .env("SOSIK_CONFIG", self.config_file())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .envs(&self.env);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().expect("the program starts"))
    }

    /// Starts a command and leaves it running; a test that kills it calls [`Child::kill`] and [`Child::wait`].
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    /// `sosik refresh --json`, which must succeed.
    pub fn refresh(&self) -> serde_json::Value {
        self.run(&["refresh", "--json"]).success().json()
    }

    /// Every published file by its path below the folder of the feeds, such as `blog/big-data.atom`.
    pub fn published(&self) -> BTreeMap<String, Published> {
        let root = self.publish_dir();
        let mut found = BTreeMap::new();
        collect(&root, &root, &mut found);
        found
    }

    /// One published feed as text.
    ///
    /// # Panics
    /// When it is not there; the message lists what is.
    pub fn feed(&self, path: &str) -> String {
        fs::read_to_string(self.publish_dir().join(path))
            .unwrap_or_else(|error| panic!("no feed {path:?} ({error}) among {:#?}", self.published().keys()))
    }
}

impl Default for Sosik {
    fn default() -> Self {
        Self::new()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Published>) {
    for entry in fs::read_dir(folder).expect("the folder of the feeds").map(|entry| entry.expect("its entry")) {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, found);
            continue;
        }
        let name = path.strip_prefix(root).expect("a path below its root").to_str().expect("a UTF-8 name").to_owned();
        let modified = entry.metadata().and_then(|data| data.modified()).expect("a file has a time");
        found.insert(name, Published { bytes: fs::read(&path).expect("a published file"), modified });
    }
}

impl Run {
    /// Itself, when the exit code is 0.
    ///
    /// # Panics
    /// When it is another; the message holds all that the command said.
    #[must_use]
    pub fn success(self) -> Self {
        self.exits(0)
    }

    /// Itself, when this is the exit code.
    ///
    /// # Panics
    /// When it is another.
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}; stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
