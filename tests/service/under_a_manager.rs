//! The whole life of the service under a real `systemd --user`: installed, ready, reloaded, hung, asked by a socket,
//! stopped, removed; and a notification on the bus that this manager started.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::manager::Manager;
use crate::support::blog::Blog;
use crate::support::until;

const SERVICE: &str = "sosik.service";

/// Kills a hung daemon within seconds and starts it again at once: the unit's minute is for people.
const IMPATIENT: &str = "[Service]\nWatchdogSec=3\nRestartSec=100ms\n";

/// Starts a killed daemon again at once.
const QUICK: &str = "[Service]\nRestartSec=100ms\n";

fn serves(manager: &Manager, path: &str) -> bool {
    manager.get(path).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Waits until the blog was read.
fn wait_for_posts(manager: &Manager) {
    until("the feeds of the blog", || serves(manager, "/feeds/blog.atom").then_some(()));
}

#[test]
fn install_starts_it_and_uninstall_leaves_the_posts() {
    let blog = Blog::with_posts(12);
    let manager = Manager::start(&blog);
    let unit = manager.path(".config/systemd/user/sosik.service");

    let planned = manager.sosik(&["service", "install", "--dry-run"]).success();
    assert!(planned.stdout.contains("would run systemctl --user start sosik.service"), "{}", planned.stdout);
    assert!(!unit.exists());

    let installed = manager.sosik(&["service", "install"]).success();
    assert_eq!(manager.property(SERVICE, "ActiveState"), "active", "{}", installed.stdout);
    assert!(installed.stdout.contains(&format!("wrote {}", unit.display())), "{}", installed.stdout);
    assert!(installed.stdout.contains("it runs: 1 source"), "{}", installed.stdout);
    assert!(installed.stderr.contains("undo it with: sosik service uninstall"), "{}", installed.stderr);
    assert_eq!(manager.property(SERVICE, "UnitFileState"), "enabled");
    wait_for_posts(&manager);
    let status = manager.sosik(&["status", "--json"]).success().json();
    assert_eq!(status["daemon"]["pid"].to_string(), manager.property(SERVICE, "MainPID"), "commands find it");
    assert_eq!(manager.sosik(&["refresh", "--json"]).success().json()["sources"][0]["posts"], 12);
    let shown = manager.sosik(&["service", "status", "--json"]).success().json();
    assert_eq!((&shown["units"][0]["active"], &shown["units"][0]["enabled"]), (&"active".into(), &true.into()));

    let pid = manager.property(SERVICE, "MainPID");
    let again = manager.sosik(&["service", "install"]).success();
    assert!(again.stdout.starts_with("nothing to do:"), "{}", again.stdout);
    assert_eq!(manager.property(SERVICE, "MainPID"), pid, "nothing was restarted");

    let theirs = std::fs::read_to_string(&unit).unwrap().replace("Nice=10", "Nice=11");
    manager.write(".config/systemd/user/sosik.service", &theirs);
    let refused = manager.sosik(&["service", "install"]).exits(2);
    assert!(refused.stderr.contains("edited by somebody else"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(&unit).unwrap(), theirs);
    drop(manager.sosik(&["service", "install", "--force"]).success());
    assert_eq!(std::fs::read_to_string(manager.path(".config/systemd/user/sosik.service.yours-1")).unwrap(), theirs);
    assert_ne!(manager.property(SERVICE, "MainPID"), pid, "the new unit is in force");

    let removed = manager.sosik(&["service", "uninstall"]).success();
    assert!(removed.stderr.contains(".local/state/sosik/sosik.db: the state"), "{}", removed.stderr);
    assert!(!unit.exists());
    assert_eq!(manager.property(SERVICE, "LoadState"), "not-found");
    let status = manager.sosik(&["status", "--json"]).success().json();
    assert!(status["daemon"].is_null() && status["sources"][0]["posts"] == 12, "{status}");
    let nothing = manager.sosik(&["service", "uninstall"]).success();
    assert!(nothing.stdout.contains("nothing is installed"), "{}", nothing.stdout);
}

#[test]
fn it_is_active_only_once_it_is_ready_and_stops_cleanly() {
    let blog = Blog::with_posts(12);
    let manager = Manager::start(&blog);
    drop(manager.sosik(&["service", "install"]).success());
    drop(manager.systemctl(&["stop", SERVICE]).success());
    assert_eq!(manager.property(SERVICE, "Result"), "success");
    assert_eq!(manager.property(SERVICE, "ExecMainStatus"), "0");

    // A configuration that cannot be read to its end yet: a start that waits.
    let file = manager.path(".config/sosik/sosik.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(manager.command(Path::new("mkfifo"), &[file.to_str().unwrap()]).status().unwrap().success());
    drop(manager.systemctl(&["start", "--no-block", SERVICE]).success());
    manager.wait_for("MainPID", |pid| pid != "0");
    assert_eq!(manager.property(SERVICE, "ActiveState"), "activating");
    assert!(!serves(&manager, "/healthz"));
    std::fs::write(&file, &text).unwrap();
    manager.wait_for("ActiveState", |state| state == "active");
    assert!(serves(&manager, "/readyz"), "ready is ready");

    std::fs::remove_file(&file).unwrap();
    manager.watch(&[("blog", &blog)]);
    drop(manager.systemctl(&["stop", SERVICE]).success());
    assert_eq!(manager.property(SERVICE, "Result"), "success");
    assert!(!manager.path("run/sosik.sock").exists());
}

#[test]
fn a_reload_turns_no_reader_away_and_fails_where_the_configuration_does() {
    let (blog, other) = (Blog::with_posts(12), Blog::with_posts(15));
    let manager = Arc::new(Manager::start(&blog));
    drop(manager.sosik(&["service", "install"]).success());
    wait_for_posts(&manager);
    let pid = manager.property(SERVICE, "MainPID");

    let over = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let (manager, over) = (Arc::clone(&manager), Arc::clone(&over));
        move || {
            let mut asked = 0;
            while !over.load(Ordering::Relaxed) {
                let answer = manager.get("/feeds/blog.atom").expect("somebody always listens");
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                asked += 1;
            }
            asked
        }
    });
    manager.watch(&[("blog", &blog), ("other", &other)]);
    drop(manager.systemctl(&["reload", SERVICE]).success());
    manager.wait_for("StatusText", |status| status.starts_with("2 sources, "));
    until("the feeds of the second blog", || serves(&manager, "/feeds/other.atom").then_some(()));
    over.store(true, Ordering::Relaxed);
    assert!(reader.join().unwrap() > 0);

    manager.write(".config/sosik/sosik.toml", "[[source]]\nurl = 7\n");
    assert_ne!(manager.systemctl(&["reload", SERVICE]).code, Some(0));
    assert_eq!(manager.property(SERVICE, "ActiveState"), "active");
    assert!(serves(&manager, "/feeds/other.atom"), "the old configuration stays");
    assert_eq!(manager.property(SERVICE, "MainPID"), pid);
    assert_eq!(manager.property(SERVICE, "NRestarts"), "0");
}

#[test]
fn a_hung_daemon_is_killed_and_started_again() {
    let blog = Blog::with_posts(12);
    let manager = Manager::start(&blog);
    manager.write(".config/systemd/user/sosik.service.d/impatient.conf", IMPATIENT);
    drop(manager.sosik(&["service", "install"]).success());
    wait_for_posts(&manager);
    let pid = manager.property(SERVICE, "MainPID");
    assert!(manager.command(Path::new("kill"), &["-STOP", &pid]).status().unwrap().success());
    manager.wait_for("NRestarts", |restarts| restarts == "1");
    manager.wait_for("ActiveState", |state| state == "active");
    assert_ne!(manager.property(SERVICE, "MainPID"), pid);
    assert!(serves(&manager, "/feeds/blog.atom"), "its posts are there");
}

#[test]
fn who_asks_starts_it_and_waits_while_it_is_started_again() {
    let blog = Blog::with_posts(12);
    let manager = Manager::start(&blog);
    manager.write(".config/systemd/user/sosik.service.d/quick.conf", QUICK);
    drop(manager.sosik(&["service", "install"]).success());
    // A service that holds its places itself gives them to the socket.
    let installed = manager.sosik(&["service", "install", "--socket"]).success();
    assert!(installed.stdout.contains("ran systemctl --user restart sosik.socket"), "{}", installed.stdout);
    assert_eq!(manager.property("sosik.socket", "ActiveState"), "active");
    wait_for_posts(&manager);

    let pid = manager.property(SERVICE, "MainPID");
    assert!(manager.command(Path::new("kill"), &["-KILL", &pid]).status().unwrap().success());
    assert!(serves(&manager, "/feeds/blog.atom"), "who asks meanwhile waits");
    manager.wait_for("NRestarts", |restarts| restarts == "1");

    manager.wait_for("ActiveState", |state| state == "active");
    drop(manager.systemctl(&["reload", SERVICE]).success());
    assert!(serves(&manager, "/feeds/blog.atom"), "a reload keeps systemd's sockets");
    drop(manager.systemctl(&["stop", SERVICE]).success());
    assert_eq!(manager.property(SERVICE, "ActiveState"), "inactive");
    assert!(serves(&manager, "/feeds/blog.atom"), "the first request starts it");
    assert_eq!(manager.property(SERVICE, "ActiveState"), "active");
    drop(manager.sosik(&["service", "uninstall"]).success());
    assert_eq!(manager.property("sosik.socket", "LoadState"), "not-found");
    assert!(manager.get("/healthz").is_err(), "nobody listens any more");
}

/// A screen that nobody sees; it ends when dropped.
struct Screen(Child);

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_desktop_of_the_session_shows_the_new_post() {
    use std::io::{BufRead, BufReader};
    let blog = Blog::with_posts(12);
    let manager = Manager::start(&blog);
    let opened = manager.path("opened");
    manager.write("bin/xdg-open", &format!("#!/bin/sh\necho \"$1 $DISPLAY\" >> '{}'\n", opened.display()));
    std::fs::set_permissions(manager.path("bin/xdg-open"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("PATH={}:/usr/local/bin:/usr/bin:/bin", manager.path("bin").display());
    drop(manager.systemctl(&["set-environment", &path]).success());
    drop(manager.sosik(&["service", "install"]).success());
    wait_for_posts(&manager);

    // As at a login: the service runs already, now there is a screen; the bus starts the desktop's own daemon.
    let mut screen = Command::new("Xvfb");
    screen.args(["-displayfd", "1", "-ac", "-screen", "0", "640x480x24", "-nolisten", "tcp"]);
    let mut screen = screen.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("scripts/test installs Xvfb");
    let mut display = String::new();
    BufReader::new(screen.stdout.take().unwrap()).read_line(&mut display).unwrap();
    let _screen = Screen(screen);
    drop(manager.systemctl(&["set-environment", &format!("DISPLAY=:{}", display.trim())]).success());

    blog.publish(1, "Big Data/Kafka");
    let refreshed = manager.sosik(&["refresh", "--json"]).success().json();
    assert_eq!(refreshed["notified"], 1, "{refreshed}");
    let dunst = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.dunstproject.cmd0"];
    until("a pop-up", || {
        let shown = manager.busctl(&[&["get-property"], &dunst[..], &["displayedLength"]].concat());
        (shown.stdout.trim() == "u 1").then_some(())
    });
    // The browser runs beside the service, on the screen that came after it.
    drop(manager.busctl(&[&["call"], &dunst[..], &["NotificationAction", "u", "0"]].concat()).success());
    let address = format!("{} :{}\n", blog.url("/13"), display.trim());
    until("the browser with the post", || (std::fs::read_to_string(&opened).ok()? == address).then_some(()));
    let history = manager.busctl(&[&["--json=short", "call"], &dunst[..], &["NotificationListHistory"]].concat());
    let shown = history.success().json()["data"][0][0]["summary"]["data"].clone();
    assert_eq!(shown, blog.post(13).unwrap().title);

    // The refresh of the timer has ended, as far as systemd knows, when somebody clicks.
    drop(manager.systemctl(&["stop", SERVICE]).success());
    blog.publish(1, "Big Data/Kafka");
    let program = env!("CARGO_BIN_EXE_sosik");
    let oneshot = ["--user", "--wait", "--collect", "--quiet", "--property=Type=oneshot", program, "refresh"];
    assert!(manager.command(Path::new("systemd-run"), &oneshot).status().unwrap().success());
    let shown = || manager.busctl(&[&["get-property"], &dunst[..], &["displayedLength"]].concat());
    until("another pop-up", || (shown().stdout.trim() == "u 1").then_some(()));
    drop(manager.busctl(&[&["call"], &dunst[..], &["NotificationAction", "u", "0"]].concat()).success());
    until("a note that it was seen", || {
        let history = manager.sosik(&["notify", "history", "--json"]).success().json();
        (!history["deliveries"][0]["seen"].is_null()).then_some(())
    });
}
