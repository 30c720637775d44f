//! A process of the program with one role, which can be killed, stopped and started anew.

use std::process::{Child, Command, Stdio};

use crate::support::sosik::Sosik;

/// What stands for the name of a worker, by which the blogs know who asks.
const NAME: &str = "NAME";

/// The configuration of every worker.
pub(crate) fn configured(store: &str, hook: &str) -> String {
    format!(
        r#"language = "en"
[store]
url = "{store}"
pool = 4
[fetch]
allow_private_addresses = true
host_gap = "1ms"
user_agent = "{NAME}"
[serve]
listen = []
[[notify.webhook]]
name = "hook"
url = "{hook}"
[[notify.rule]]
channels = ["hook"]
"#
    )
}

/// A worker.
pub(crate) struct Worker {
    sosik: Sosik,
    role: &'static str,
    number: usize,
    tables: String,
    /// How often it was started.
    lives: usize,
    child: Child,
    is_asleep: bool,
    /// The names of those lives in which it was stopped.
    stopped: Vec<String>,
}

impl Worker {
    /// Starts one.
    pub(crate) fn new(role: &'static str, number: usize, tables: &str) -> Self {
        let (sosik, lives) = (Sosik::new(), 1);
        let name = named(role, number, lives);
        let sosik = sosik.tables(&tables.replace(NAME, &name));
        let child = spawn(&sosik, role, &name);
        Self { sosik, role, number, tables: tables.to_owned(), lives, child, is_asleep: false, stopped: Vec::new() }
    }

    fn name(&self) -> String {
        named(self.role, self.number, self.lives)
    }

    /// Kills it, and starts it anew under another name.
    pub(crate) fn kill_and_start(&mut self) {
        self.end();
        self.lives += 1;
        let name = self.name();
        self.sosik = std::mem::take(&mut self.sosik).tables(&self.tables.replace(NAME, &name));
        self.child = spawn(&self.sosik, self.role, &name);
    }

    /// Stops it where it is.
    pub(crate) fn stop(&mut self) {
        self.signal("-STOP");
        self.is_asleep = true;
        self.stopped.push(self.name());
    }

    /// Lets it go on.
    pub(crate) fn go_on(&mut self) {
        if self.is_asleep {
            self.signal("-CONT");
            self.is_asleep = false;
        }
    }

    /// Whether it is stopped.
    pub(crate) fn is_asleep(&self) -> bool {
        self.is_asleep
    }

    /// The names of those lives in which it was stopped.
    pub(crate) fn stopped(&self) -> &[String] {
        &self.stopped
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {name}");
    }

    fn end(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            let log = std::fs::read_to_string(self.sosik.path(&self.name())).unwrap_or_default();
            panic!("{} has ended by itself ({status}): {log}", self.name());
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn named(role: &str, number: usize, lives: usize) -> String {
    format!("{role}-{number}-{lives}")
}

fn spawn(sosik: &Sosik, role: &str, name: &str) -> Child {
    let log = std::fs::File::create(sosik.path(name)).unwrap();
    let mut command = sosik.command(&["run", "--role", role]);
    command.env("SOSIK_LOG", "sosik=warn").stdout(Stdio::null()).stderr(log).spawn().unwrap()
}
