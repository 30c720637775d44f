//! What commands do beside a running daemon: all that they do without one, at once, through its control socket.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::daemon::{Daemon, status};
use crate::support::blog::{Blog, Skin};
use crate::support::sosik::Sosik;
use crate::support::until;

/// Two sources of one blog, both looked at, and the daemon that watches them.
fn watched() -> (Blog, Sosik, Daemon) {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "preset = \"tistory\"   # by its marks\n").source(
        "kafka",
        &blog.url("/category/Big%20Data/Kafka"),
        "preset = \"tistory\"\n",
    );
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    (blog, sosik, daemon)
}

fn source<'a>(status: &'a Value, id: &str) -> &'a Value {
    status["sources"].as_array().unwrap().iter().find(|source| source["id"] == id).unwrap_or(&Value::Null)
}

#[test]
fn a_pause_holds_at_once_and_keeps_the_comments() {
    let (blog, sosik, daemon) = watched();
    let text = fs::read_to_string(sosik.config_file()).unwrap();
    let _ = sosik.run(&["source", "pause", "blog"]).success();
    assert_eq!(source(&status(&sosik), "blog")["paused"], true, "the command has waited for it");
    blog.publish(1, "일상");
    let report = sosik.refresh();
    assert_eq!(source(&report, "blog"), &Value::Null, "{report}");
    let _ = sosik.run(&["source", "resume", "blog"]).success();
    assert_eq!(source(&status(&sosik), "blog")["paused"], false);
    until("the look that was due", || (source(&status(&sosik), "blog")["posts"] == 26).then_some(()));
    assert_eq!(fs::read_to_string(sosik.config_file()).unwrap(), text);
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.pid());
}

#[test]
fn a_source_is_renamed_removed_and_pruned() {
    let (_blog, sosik, daemon) = watched();
    let posts = |id: &str| {
        let listed = sosik.run(&["posts", id, "--limit", "0", "--json"]).success().json();
        listed["posts"].as_array().unwrap().iter().map(|post| post["id"].clone()).collect::<Vec<_>>()
    };
    let before = posts("blog");
    let _ = sosik.run(&["source", "rename", "blog", "slow"]).success();
    assert_eq!(posts("slow"), before);
    assert!(sosik.publish_dir().join("slow.atom").exists() && !sosik.publish_dir().join("blog.atom").exists());
    assert_eq!(source(&sosik.refresh(), "slow")["outcome"], "not-modified");

    let _ = sosik.run(&["source", "remove", "slow"]).success();
    assert_eq!(source(&status(&sosik), "slow"), &Value::Null);
    let taken = sosik.run(&["source", "rename", "kafka", "slow"]).exits(2);
    assert!(taken.stderr.contains("sosik source prune slow --yes"), "{}", taken.stderr);
    assert!(sosik.run(&["source", "prune"]).success().stdout.contains("25 posts"));
    assert!(sosik.run(&["source", "prune", "--yes"]).success().stdout.contains("deleted"));
    assert!(!sosik.publish_dir().join("slow.atom").exists());
    let _ = sosik.run(&["source", "rename", "kafka", "slow"]).success();
    assert_eq!(source(&sosik.refresh(), "slow")["outcome"], "not-modified");
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.pid());
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(sosik.refresh()["feeds_written"], 0, "the state, the files and the configuration agree");
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let (_blog, sosik, _daemon) = watched();
    let made = sosik.run(&["token", "add", "phone"]).success();
    assert!(made.stdout.starts_with("sosik_"), "{}", made.stdout);
    let _ = sosik.run(&["token", "add", "phone"]).exits(2);
    let listed = sosik.run(&["token", "list", "--json"]).success().json();
    assert_eq!(listed["tokens"][0]["name"], "phone");
    let _ = sosik.run(&["token", "revoke", "phone"]).success();
    let unknown = sosik.run(&["token", "revoke", "phone"]).exits(2);
    assert!(unknown.stderr.contains("\"phone\""), "{}", unknown.stderr);
    assert_eq!(sosik.run(&["token", "list", "--json"]).success().json()["tokens"], serde_json::json!([]));
}

#[test]
fn a_repair_is_made_and_taken_back() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    let nothing = sosik.run(&["repair", "blog", "--undo"]).exits(2);
    assert!(nothing.stderr.contains("nothing to take back"), "{}", nothing.stderr);
    blog.skin(Skin::Alien);
    assert_eq!(source(&sosik.refresh(), "blog")["outcome"], "repaired");
    let undone = sosik.run(&["repair", "blog", "--undo"]).success().stdout;
    assert!(undone.contains("is not learnt again by itself"), "{undone}");
    let failed = sosik.run(&["refresh", "--json"]).exits(4).json();
    assert_eq!(source(&failed, "blog")["error"]["step"], "extract", "{failed}");
    let learnt = sosik.run(&["repair", "blog"]).success().stdout;
    assert!(learnt.contains("repaired") && learnt.contains("25 posts"), "{learnt}");
    let unknown = sosik.run(&["repair", "other"]).exits(2);
    assert!(unknown.stderr.contains("\"other\""), "{}", unknown.stderr);
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.pid());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_refresh_of_several_reads_to_the_end_as_one_alone_does() {
    let (blog, other) = (Blog::with_posts(25), Blog::with_posts(35));
    let home = || {
        let rest = "preset = \"tistory\"\ninterval = \"1d\"\n";
        Sosik::new().source("blog", &blog.url("/category"), rest).source("other", &other.url("/category"), rest)
    };
    let (alone, beside) = (home(), home());
    alone.refresh();
    beside.refresh();
    let daemon = Daemon::start(&beside);
    // More pages than a poll of the daemon's own reads at a time.
    blog.publish(130, "일상");
    other.publish(2, "Big Data/Kafka");
    let report = beside.refresh();
    assert_eq!((&source(&report, "blog")["new"], &source(&report, "blog")["pages"]), (&130.into(), &14.into()));
    assert_eq!(report, alone.refresh());
    assert_eq!(beside.run(&["refresh", "other", "--json"]).success().json()["sources"].as_array().unwrap().len(), 1);
    other.publish(1, "일상");
    let (shown, expected) = (beside.run(&["refresh"]).success(), alone.run(&["refresh"]).success());
    let lines =
        |text: &str| text.lines().filter(|line| !line.contains(" written to ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&shown.stdout), lines(&expected.stdout));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_refresh_shows_how_far_it_has_come() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "preset = \"tistory\"\ninterval = \"1d\"\n");
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    blog.publish(300, "일상");
    let shown = sosik.run(&["refresh"]).success();
    assert!(shown.stderr.contains("blog: page 25, "), "{}", shown.stderr);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn the_socket_is_its_owners_and_who_cannot_reach_it_is_told() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let socket = sosik.path("run/sosik.sock");
    // As a daemon that was killed leaves it.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let daemon = Daemon::start(&sosik);
    assert_eq!(fs::symlink_metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let elsewhere = sosik.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let mut command = sosik.command(&["token", "add", "phone"]);
    let said = command.env("XDG_RUNTIME_DIR", &elsewhere).output().unwrap();
    let text = String::from_utf8(said.stderr).unwrap();
    assert_eq!(said.status.code(), Some(6), "{text}");
    assert!(text.contains(&daemon.pid().to_string()) && text.contains("elsewhere"), "{text}");
    assert_eq!(daemon.stop(), Some(0));
    let _ = sosik.run(&["token", "add", "phone"]).success();
}

#[test]
fn two_daemons_of_one_person_keep_their_sockets() {
    let (blog, other) = (Blog::with_posts(12), Blog::with_posts(15));
    let (first, second) = (Sosik::watching(&blog), Sosik::watching(&other));
    let second = second.env("XDG_RUNTIME_DIR", first.path("run").to_str().unwrap());
    let (one, two) = (Daemon::start(&first), Daemon::start(&second));
    assert_eq!(status(&first)["daemon"]["pid"], one.pid());
    assert_eq!(status(&second)["daemon"]["pid"], two.pid());
    assert_eq!(second.refresh()["sources"][0]["posts"], 15);
}

#[test]
fn a_folder_that_others_can_write_to_is_refused() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    fs::set_permissions(sosik.path("run"), fs::Permissions::from_mode(0o777)).unwrap();
    let refused = sosik.run(&["run"]).exits(4);
    assert!(refused.stderr.contains("chmod 700"), "{}", refused.stderr);
}
