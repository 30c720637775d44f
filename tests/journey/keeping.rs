//! Backups, restoring, taking everything to another machine, and a state that is found damaged.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::daemon::Daemon;
use crate::feeds::paths;
use crate::support::blog::Blog;
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::{Run, Sosik};

/// Runs a command with this on standard input.
fn fed(sosik: &Sosik, arguments: &[&str], input: &str) -> Run {
    let mut command = sosik.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It need not read to the end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Run::from(child.wait_with_output().unwrap())
}

fn backups(sosik: &Sosik) -> Vec<String> {
    let entries = fs::read_dir(sosik.path("state/backups")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.path().display().to_string()).collect();
    names.sort();
    names
}

/// Overwrites pages in the middle of the state.
fn damage(sosik: &Sosik) {
    let path = sosik.path("state/sosik.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(0x5a);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_backup_comes_back_and_nothing_is_told_twice() {
    let blog = Blog::with_posts(30);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    assert_eq!(backups(&sosik).len(), 1, "the first refresh of a day makes one");
    let said = sosik.run(&["backup", "mine.db"]).success().stdout;
    assert!(said.contains("1 source and 30 posts"), "{said}");
    let _ = sosik.run(&["backup", "mine.db"]).exits(2);
    blog.publish(2, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["notified"], 2);
    let told = desktop.notifications().len();

    let said = sosik.run(&["restore", "mine.db"]).success().stdout;
    assert!(said.contains("30 posts again") && said.contains("sosik-replaced-"), "{said}");
    assert_eq!(paths(&sosik, "blog.atom").len(), 30, "files follow the state");
    blog.publish(1, "Big Data/Kafka");
    let look = sosik.refresh();
    assert_eq!((&look["sources"][0]["outcome"], &look["notified"]), (&"baseline".into(), &0.into()));
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
    assert_eq!(desktop.notifications().len(), told);
    blog.publish(1, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["notified"], 1, "then all is as ever");
    let _ = sosik.run(&["restore", "missing.db"]).exits(2);
    fs::write(sosik.path("diary.db"), "dear diary\n".repeat(99)).unwrap();
    assert!(sosik.run(&["restore", "diary.db"]).exits(5).stderr.contains("no SQLite database"));
}

#[test]
fn beside_a_daemon_a_backup_is_made_and_none_is_restored() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    let _ = sosik.run(&["backup", "mine.db"]).success();
    let refused = sosik.run(&["restore", "mine.db"]).exits(6).stderr;
    assert!(refused.contains(&daemon.pid().to_string()), "{refused}");
    let lines = sosik.run(&["export"]).success().stdout;
    assert!(lines.lines().last().unwrap().starts_with("{\"end\":{\"rows\":"), "{lines}");
    let _ = fed(&sosik, &["import", "-"], &lines).exits(6);
}

#[test]
fn a_damaged_state_is_put_right_and_told_once() {
    let blog = Blog::with_posts(30);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    blog.publish(2, "Big Data/Kafka");
    sosik.refresh();
    let told = desktop.notifications().len();
    damage(&sosik);
    blog.publish(1, "");
    let look = sosik.run(&["refresh"]).success();
    assert!(look.stderr.contains("took its place") && look.stderr.contains("sosik-damaged-"), "{}", look.stderr);
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
    // One notice tells of the damage, none of posts.
    let shown = desktop.notifications();
    assert_eq!(shown.len(), told + 1, "{shown:?}");
    assert!(shown.last().unwrap().summary.contains("damaged"), "{shown:?}");
    let status = sosik.run(&["status", "--json"]).success().json();
    assert!(status["rescue"]["aside"].as_str().unwrap().contains("sosik-damaged-"), "{status}");
    assert!(sosik.run(&["status"]).success().stdout.contains("the state could not be used"));
    let again = sosik.run(&["refresh"]).success();
    assert!(!again.stderr.contains("took its place"), "{}", again.stderr);
    assert_eq!(desktop.notifications().len(), told + 1);
}

#[test]
fn without_a_backup_a_damaged_state_begins_anew_in_silence() {
    let blog = Blog::with_posts(30);
    let sosik = Sosik::watching(&blog).with("[notify.desktop]\nenabled = true");
    sosik.refresh();
    let ids = sosik.feed("blog.atom");
    fs::remove_dir_all(sosik.path("state/backups")).unwrap();
    damage(&sosik);
    let look = sosik.run(&["refresh", "--json"]).success();
    assert!(look.stderr.contains("no good backup was there"), "{}", look.stderr);
    assert_eq!(look.json()["sources"][0]["outcome"], "baseline");
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"], 0);
    // Ids are minted from addresses, so readers see no post twice.
    let minted = |atom: &str| {
        let ids = atom.lines().filter_map(|line| Some(line.trim().strip_prefix("<id>")?.to_owned()));
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(minted(&ids), minted(&sosik.feed("blog.atom")));
}

#[test]
fn another_machine_has_the_same_feeds() {
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog).with("[[source]]\nid = \"secret\"\nurl = \"http://127.0.0.1:9/\"\nheaders = { Cookie = \"session=s3cret\" }\npaused = true\n[source.recipe]\npost = \".x\"");
    sosik.refresh();
    blog.publish(1, "Big Data/Kafka");
    sosik.refresh();
    let exported = sosik.run(&["export", "all.jsonl"]).success();
    assert!(exported.stderr.contains("headers of sources are secrets"), "{}", exported.stderr);
    let lines = fs::read_to_string(sosik.path("all.jsonl")).unwrap();
    assert!(!lines.contains("s3cret"));
    let _ = sosik.run(&["export", "all.jsonl"]).exits(2);

    let there = Sosik::new();
    let before = fs::read_to_string(there.config_file()).unwrap();
    let said = fed(&there, &["import", "-", "--dry-run"], &lines).success().stdout;
    assert!(said.contains("2 sources would be added"), "{said}");
    assert_eq!(fs::read_to_string(there.config_file()).unwrap(), before);
    let done = fed(&there, &["import", "-", "--json"], &lines).success().json();
    assert_eq!(done["added"], serde_json::json!(["secret", "blog"]), "in the order of the file");
    assert_eq!(done["taken"], serde_json::json!(["blog", "secret"]));
    let after = fs::read_to_string(there.config_file()).unwrap();
    assert!(after.starts_with(&before) && after.contains("[source.recipe]\npost = \".x\""), "{after}");
    let (ours, theirs) = (sosik.published(), there.published());
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (path, file) in &ours {
        assert!(theirs[path].bytes == file.bytes, "{path} differs");
    }
    assert_eq!(there.refresh()["sources"][0]["outcome"], "not-modified", "nothing is read anew");
    let again = fed(&there, &["import", "-", "--json"], &lines).success().json();
    assert_eq!((&again["added"], &again["kept"]), (&serde_json::json!([]), &serde_json::json!(["blog"])));
    // Half of an export is none.
    let cut = &lines[..lines.floor_char_boundary(lines.len() / 2)];
    let empty = Sosik::new();
    let refused = fed(&empty, &["import", "-"], cut).exits(5).stderr;
    assert!(refused.contains("of the export"), "{refused}");
}

#[test]
fn subscriptions_of_other_programs_become_sources() {
    let sosik = Sosik::new();
    let before = fs::read_to_string(sosik.config_file()).unwrap();
    let opml = r#"<opml version="2.0"><body><outline text="개발">
        <outline type="rss" text="느린 개발자" xmlUrl="https://slow.example/rss" htmlUrl="https://slow.example/"/>
        <outline text="B" xmlUrl="https://b.example/feed"/></outline></body></opml>"#;
    let said = fed(&sosik, &["import", "-"], opml).success().stdout;
    assert!(said.contains("2 sources added"), "{said}");
    let after = fs::read_to_string(sosik.config_file()).unwrap();
    let entry = "[[source]]\nid = \"slow-example\"\nurl = \"https://slow.example/rss\"\ntitle = \"느린 개발자\"\n";
    assert!(after.starts_with(&before) && after.contains(entry), "{after}");
    let newsboat = "https://b.example/feed\nhttps://c.example/feed \"~C\"\n\"query:x:y\"\n";
    let again = fed(&sosik, &["import", "-"], newsboat).success();
    assert!(again.stdout.contains("1 source added, 1 configured already"), "{}", again.stdout);
    assert!(again.stderr.contains("made by newsboat"), "{}", again.stderr);
    let pages = fed(&sosik, &["import", "-", "--pages", "--json"], opml).success().json();
    assert_eq!(pages["added"], serde_json::json!(["slow-example-2"]));
    let bad = "[[feed]]\ntitle = \"x\"\n[feed.config]\nurl = \"https://d.example/\"\nitem = \"a[\"\n";
    let refused = fed(&sosik, &["import", "-"], bad).success();
    assert!(refused.stderr.contains("https://d.example/: "), "what cannot be read is left out: {}", refused.stderr);
    let _ = sosik.run(&["check"]).success();
    let _ = fed(&sosik, &["import", "-"], "a diary").exits(2);
}
