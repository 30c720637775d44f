//! What the daemon tells whoever started it, word by word: `sd_notify(3)` on a socket of the test's own.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};

use crate::support::PATIENCE;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// A service manager that only listens, and the daemon that it started.
struct Started {
    inbox: UnixDatagram,
    daemon: Child,
}

impl Started {
    fn new(sosik: &Sosik, watchdog_usec: &str) -> Self {
        let path = sosik.path("run/notify");
        let inbox = UnixDatagram::bind(&path).unwrap();
        inbox.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut command = sosik.command(&["run"]);
        let daemon = command
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", watchdog_usec)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { inbox, daemon }
    }

    /// The next message, as its lines.
    fn next(&self) -> Vec<String> {
        let mut bytes = [0; 4096];
        let length = self.inbox.recv(&mut bytes).expect("the daemon says something");
        std::str::from_utf8(&bytes[..length]).unwrap().lines().map(str::to_owned).collect()
    }

    /// Every message up to the first that holds this line.
    fn until(&self, wanted: &str) -> Vec<Vec<String>> {
        let mut heard = Vec::new();
        while !heard.last().is_some_and(|message: &Vec<String>| message.iter().any(|line| line.starts_with(wanted))) {
            assert!(heard.len() < 1_000, "{wanted} never came: {heard:?}");
            heard.push(self.next());
        }
        heard
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.daemon.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn says(message: &[String], line: &str) -> bool {
    message.iter().any(|said| said == line)
}

/// Whether the status counts one source. When it is looked at next is not known while what was read is being stored.
fn counts_one_source(message: &[String]) -> bool {
    message.iter().any(|line| line == "STATUS=1 source" || line.starts_with("STATUS=1 source, "))
}

#[test]
fn ready_is_the_first_word_and_comes_with_a_status() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let mut started = Started::new(&sosik, "60000000");
    let first = started.next();
    assert!(says(&first, "READY=1") && says(&first, "WATCHDOG=1"), "{first:?}");
    assert!(counts_one_source(&first), "{first:?}");
    let read = started.until("STATUS=1 source, next check ").pop().unwrap();
    assert!(!says(&read, "READY=1"), "it is said once: {read:?}");
    started.signal("-TERM");
    let last = started.until("STOPPING=1").pop().unwrap();
    assert!(says(&last, "STATUS=stopping after the polls under way"), "{last:?}");
    assert_eq!(started.daemon.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reload_is_announced_and_ends_with_ready() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let started = Started::new(&sosik, "60000000");
    started.until("READY=1");
    let sosik = sosik.source("rests", &blog.url("/category"), "paused = true\n");
    started.signal("-HUP");
    let reloading = started.until("RELOADING=1").pop().unwrap();
    let at = reloading.iter().find_map(|line| line.strip_prefix("MONOTONIC_USEC=")).expect("the time of the reload");
    assert!(at.parse::<u64>().unwrap() > 0);
    let ready = started.until("READY=1").pop().unwrap();
    assert!(counts_one_source(&ready), "a resting one is not watched: {ready:?}");

    let good = fs::read_to_string(sosik.config_file()).unwrap();
    fs::write(sosik.config_file(), good.replace("listen = []", "listen = [\"203.0.113.1:80\"]")).unwrap();
    started.signal("-HUP");
    let refused = started.until("READY=1").pop().unwrap();
    assert!(
        refused.iter().any(|line| line.starts_with("STATUS=the changed configuration is refused: ")),
        "{refused:?}"
    );
    fs::write(sosik.config_file(), good).unwrap();
    started.signal("-HUP");
    let healed = started.until("READY=1").pop().unwrap();
    assert!(!healed.iter().any(|line| line.contains("refused")), "{healed:?}");
}

#[test]
fn the_watchdog_is_fed_twice_in_its_time() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let started = Started::new(&sosik, "400000");
    started.until("STATUS=1 source, next check ");
    // Nothing is due for minutes: what comes now comes for the watchdog.
    for _ in 0..5 {
        assert_eq!(started.next(), ["WATCHDOG=1"]);
    }
}

#[test]
fn what_stops_a_start_is_its_last_word() {
    let sosik = Sosik::new().tables("[serve]\nlisten = 7\n");
    let mut started = Started::new(&sosik, "60000000");
    let only = started.next();
    assert!(only[0].starts_with("STATUS=") && only[0].contains("sosik.toml:2"), "{only:?}");
    assert_eq!(started.daemon.wait().unwrap().code(), Some(3));
}
