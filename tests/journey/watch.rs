//! `sosik status`: in detail, with hosts, and for as long as somebody looks.

use std::fs::{self, File};
use std::process::{Child, Stdio};

use crate::daemon::Daemon;
use crate::support::blog::{Blog, Fault};
use crate::support::sosik::Sosik;
use crate::support::until;

/// A running command that is ended with its test.
struct Running(Child);

impl Running {
    fn interrupt(&mut self, pid: &str) -> Option<i32> {
        assert!(std::process::Command::new("kill").args(["-INT", pid]).status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_source_is_told_in_detail_and_a_host_with_its_pace() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    let before = sosik.run(&["status"]).success().stdout;
    assert!(before.contains("not looked at yet") && before.contains("due at the next refresh"), "{before}");
    sosik.refresh();
    blog.fault(Fault::ServerError);
    let _ = sosik.run(&["refresh"]).exits(4);
    let all = sosik.run(&["status"]).success().stdout;
    for told in ["failed 1 times in a row", "help:", "next in ", "gap 0 s", "8 at a time", "none waiting"] {
        assert!(all.contains(told), "{told:?} is not in\n{all}");
    }
    let one = sosik.run(&["status", "blog"]).success().stdout;
    for told in ["25 of 25 posts", "read by", "cadence", "15 min to 24 h", "failed:", "it may pass by itself"] {
        assert!(one.contains(told), "{told:?} is not in\n{one}");
    }
    let json = sosik.run(&["status", "--json"]).success().json();
    let host = &json["hosts"][0];
    assert_eq!(host["name"], json["sources"][0]["host"]);
    let expected = serde_json::json!([0, 8, 0, 1, null, null]);
    let found: Vec<_> =
        ["gap_ms", "width", "queue", "sources", "crawl_delay_ms", "blocked_until"].map(|key| host[key].clone()).into();
    assert_eq!(serde_json::Value::from(found), expected, "{host}");
    let nobody = sosik.run(&["status", "nobody"]).exits(2);
    assert!(nobody.stderr.contains("known are: blog"), "{}", nobody.stderr);
}

#[test]
fn into_a_file_only_what_changes_is_told() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let file = sosik.path("told");
    let mut command = sosik.command(&["status", "--watch"]);
    let child = command.stdout(File::create(&file).unwrap()).stderr(Stdio::null()).spawn().unwrap();
    let mut watch = Running(child);
    let told = |what: &str| {
        until(what, || fs::read_to_string(&file).unwrap().contains(what).then_some(()));
    };
    told("not looked at yet");
    let daemon = Daemon::start(&sosik);
    told(&format!("a daemon runs (process {})", daemon.pid()));
    told("12 of 12 posts, baseline");
    assert_eq!(daemon.stop(), Some(0));
    told("has ended");
    let pid = watch.0.id().to_string();
    assert_eq!(watch.interrupt(&pid), Some(0));
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_terminal_is_drawn_anew_and_given_back_as_it_was() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let (seen, pid) = (sosik.path("seen"), sosik.path("pid"));
    // `script` gives the command a terminal and writes down what it shows.
    let watch = format!("echo $$ >{}; exec {} status --watch", pid.display(), env!("CARGO_BIN_EXE_sosik"));
    let like = sosik.command(&[]);
    let mut command = std::process::Command::new("script");
    command.args(["--quiet", "--flush", "--return", "--command", &watch]).arg(&seen).env_clear();
    for (name, value) in like.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.env("TERM", "xterm-256color").env("SHELL", "/bin/sh").stdin(Stdio::null());
    let mut watch = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let shown = || String::from_utf8_lossy(&fs::read(&seen).unwrap_or_default()).into_owned();
    until("a first page", || shown().contains("not looked at yet").then_some(()));
    sosik.refresh();
    until("the page after it", || shown().contains("12 of 12 posts").then_some(()));
    let pid = fs::read_to_string(&pid).unwrap();
    assert_eq!(watch.interrupt(pid.trim()), Some(0));
    let shown = shown();
    let (enter, leave) = (shown.find("\u{1b}[?1049h").unwrap(), shown.rfind("\u{1b}[?1049l").unwrap());
    assert!(enter < leave && shown[leave - 6..].starts_with("\u{1b}[?25h"), "{shown:?}");
    assert!(shown.matches("\u{1b}[H").count() >= 2, "it was drawn again");
}
