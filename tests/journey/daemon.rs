//! `sosik run`: polls, tells, writes; takes orders, reloads, stops.

use std::process::Child;

use crate::feeds::paths;
use crate::support::blog::{Blog, Fault};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;
use crate::support::until;

/// A running daemon; it is told to stop when dropped.
pub(crate) struct Daemon(Child);

impl Daemon {
    /// Starts it and waits until it answers.
    pub(crate) fn start(sosik: &Sosik) -> Self {
        Self::start_with(sosik, &["run"])
    }

    /// The same with other arguments.
    pub(crate) fn start_with(sosik: &Sosik, arguments: &[&str]) -> Self {
        Self::answering(sosik, sosik.spawn(arguments))
    }

    /// The same with its log, as JSON, in a file.
    pub(crate) fn start_logging(sosik: &Sosik) -> Self {
        let log = std::fs::File::create(sosik.path("log")).unwrap();
        let mut command = sosik.command(&["run", "--log", "json"]);
        Self::answering(sosik, command.stdout(std::process::Stdio::null()).stderr(log).spawn().unwrap())
    }

    pub(crate) fn log(sosik: &Sosik) -> String {
        std::fs::read_to_string(sosik.path("log")).unwrap()
    }

    fn answering(sosik: &Sosik, child: Child) -> Self {
        until("a daemon that answers", || {
            let status = sosik.run(&["status", "--json"]);
            (status.code == Some(0) && !status.json()["daemon"].is_null()).then_some(())
        });
        Self(child)
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Its process, to be killed at a moment of the caller's.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Asks it to stop and gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.0.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn status(sosik: &Sosik) -> serde_json::Value {
    sosik.run(&["status", "--json"]).success().json()
}

#[test]
fn it_reads_a_whole_blog_by_itself_and_stops_when_told() {
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 60).then_some(()));
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.0.id());
    until("its feeds", || sosik.publish_dir().join("blog/_uncategorized.atom").exists().then_some(()));
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(paths(&sosik, "blog.atom").len(), 60);
    assert!(status(&sosik)["daemon"].is_null());
    assert!(!sosik.path("run/sosik.sock").exists());
}

#[test]
fn a_refresh_beside_it_answers_as_one_alone_does() {
    let blog = Blog::with_posts(25);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    blog.publish(1, "Big Data/Kafka");
    let beside = sosik.refresh();
    assert_eq!(desktop.wait_for(1)[0].summary, blog.post(26).unwrap().title);
    assert_eq!(daemon.stop(), Some(0));
    blog.publish(1, "Big Data/Kafka");
    let alone = sosik.refresh();
    let expected = |posts: u32| {
        serde_json::json!({
            "sources": [{
                "id": "blog", "outcome": "changed", "new": 1, "edited": 0, "posts": posts, "pages": 1, "requests": 2,
                "error": null,
            }],
            "feeds_written": 3, "notified": 1,
        })
    };
    assert_eq!(beside, expected(26));
    assert_eq!(alone, expected(27));
    assert_eq!(desktop.notifications().len(), 2);
}

#[test]
fn a_refresh_beside_it_tells_failures_and_unknown_sources() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let _daemon = Daemon::start(&sosik);
    blog.fault(Fault::ServerError);
    let failed = sosik.run(&["refresh"]).exits(4);
    assert!(failed.stderr.contains("500") && failed.stderr.contains("help:"), "{}", failed.stderr);
    assert_eq!(sosik.run(&["refresh", "nobody"]).code, Some(2));
}

#[test]
fn a_second_daemon_is_told_who_runs() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let daemon = Daemon::start(&sosik);
    let second = sosik.run(&["run"]).exits(6);
    assert!(second.stderr.contains(&daemon.0.id().to_string()), "{}", second.stderr);
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.0.id(), "the first still answers");
}

#[test]
fn a_source_is_added_and_removed_under_hang_up() {
    let blog = Blog::with_posts(12);
    let other = Blog::with_posts(15);
    let sosik = Sosik::watching(&blog);
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    let file = sosik.config_file();
    let good = std::fs::read_to_string(&file).unwrap();

    std::fs::write(&file, format!("{good}\n[[source]]\nid = \"other\"\nurl = \"{}\"\n", other.url("/category")))
        .unwrap();
    daemon.signal("-HUP");
    until("the added source", || {
        let sources = status(&sosik)["sources"].clone();
        sources
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["id"] == "other" && one["posts"] == 15))
            .then_some(())
    });

    std::fs::write(&file, &good).unwrap();
    daemon.signal("-HUP");
    until("the removed source", || (status(&sosik)["sources"].as_array().map(Vec::len) == Some(1)).then_some(()));
    assert!(sosik.publish_dir().join("other.atom").exists(), "its feeds stay");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_broken_file_is_refused_and_the_old_one_stays_at_work() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let daemon = Daemon::start_logging(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    let good = std::fs::read_to_string(sosik.config_file()).unwrap();
    std::fs::write(sosik.config_file(), good.replace("id = \"blog\"", "id = \"blog\"\ninterval = \"often\"")).unwrap();
    daemon.signal("-HUP");
    until("the refusal with its place", || {
        let log = Daemon::log(&sosik);
        (log.contains("is refused, the old one stays") && log.contains("sosik.toml:") && log.contains("often"))
            .then_some(())
    });
    std::fs::write(sosik.config_file(), &good).unwrap();
    blog.publish(1, "일상");
    assert_eq!(sosik.refresh()["sources"][0]["new"], 1);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_moved_source_and_a_new_interval_are_taken_under_hang_up() {
    let (blog, new_home) = (Blog::with_posts(12), Blog::with_posts(14));
    let mut sosik = Sosik::watching(&blog);
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    sosik.reconfigure("preset = ", "interval = \"7h\"\npreset = ");
    daemon.signal("-HUP");
    until("the interval", || {
        let shown = sosik.run(&["status", "blog"]).success().stdout;
        shown.contains("every 7 h").then_some(())
    });
    sosik.reconfigure(&blog.url("/category"), &new_home.url("/category"));
    daemon.signal("-HUP");
    until("the posts of the new address beside the old ones", || {
        let source = status(&sosik)["sources"][0].clone();
        (source["url"] == new_home.url("/category") && source["posts"].as_u64() >= Some(14)).then_some(())
    });
    assert_eq!(status(&sosik)["daemon"]["pid"], daemon.pid(), "it is the same process");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_stop_in_the_middle_of_a_walk_is_quick_and_what_it_found_is_told_once() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    blog.publish(25, "일상");
    blog.fault_at("/category?page=2", Fault::Slow);
    let mut refresh = sosik.spawn(&["refresh"]);
    blog.wait_for_requests(3);
    let asked = tokio::time::Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    assert!(asked.elapsed() < std::time::Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_ne!(refresh.wait().unwrap().code(), Some(0), "whoever waited is told that it stops");
    blog.fault(None);
    sosik.refresh();
    sosik.refresh();
    let told: usize = desktop.notifications().iter().map(|shown| posts_in(&shown.summary)).sum();
    assert_eq!(told, 25, "every post is told, and none twice: {:#?}", desktop.notifications());
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
}

/// How many posts a notification tells of: `13 new posts · …`, or one, whose title it has.
pub(crate) fn posts_in(summary: &str) -> usize {
    summary.split_once(" new posts").map_or(1, |(count, _)| count.parse().unwrap())
}

#[test]
fn the_log_has_a_line_for_every_look_and_no_secret() {
    let blog = Blog::with_posts(12);
    let secret = "preset = \"tistory\"\nheaders = { Cookie = \"session=s3cr3t-c00kie\" }\n";
    let sosik = Sosik::new().source("blog", &blog.url("/category"), secret).env("SOSIK_LOG", "sosik=trace");
    let daemon = Daemon::start_logging(&sosik);
    let made = sosik.run(&["token", "add", "phone"]).success().stdout;
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.fault(Fault::ServerError);
    let _ = sosik.run(&["refresh"]).exits(4);
    assert_eq!(daemon.stop(), Some(0));
    let log = Daemon::log(&sosik);
    let looks: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["fields"]["outcome"].is_string())
        .collect();
    let first = &looks[0];
    assert_eq!((&first["fields"]["source.id"], &first["fields"]["outcome"]), (&"blog".into(), &"baseline".into()));
    assert!(first["fields"]["took_ms"].is_u64() && first["fields"]["host"].is_string(), "{first}");
    assert_eq!(first["span"]["name"], "poll");
    let last = looks.last().unwrap();
    assert_eq!((&last["level"], &last["fields"]["outcome"]), (&"WARN".into(), &"failed".into()));
    for secret in ["s3cr3t-c00kie", made.trim()] {
        assert!(!log.contains(secret), "{secret} stands in the log:\n{log}");
    }
}

#[test]
fn a_changed_file_is_noticed_without_a_signal() {
    let blog = Blog::with_posts(12);
    let sosik = Sosik::watching(&blog);
    let _daemon = Daemon::start(&sosik);
    let file = sosik.config_file();
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, good.replace("id = \"blog\"", "id = \"blog\"\npaused = true")).unwrap();
    until("the pause", || (status(&sosik)["sources"][0]["paused"] == true).then_some(()));
}

#[test]
fn it_stops_in_the_middle_of_a_walk_and_loses_nothing() {
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    blog.fault_at("/category?page=3", Fault::Slow);
    let daemon = Daemon::start(&sosik);
    blog.wait_for_requests(4);
    assert_eq!(daemon.stop(), Some(0));
    blog.fault(None);
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 60);
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
}

#[test]
fn a_daemon_that_slept_tells_nothing_twice() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let daemon = Daemon::start(&sosik);
    daemon.signal("-STOP");
    blog.publish(2, "일상");
    daemon.signal("-CONT");
    sosik.refresh();
    sosik.refresh();
    assert_eq!(desktop.wait_for(2).len(), 2);
    assert_eq!(daemon.stop(), Some(0));
    sosik.refresh();
    assert_eq!(desktop.notifications().len(), 2);
}

#[test]
fn it_serves_the_feeds_that_it_publishes() {
    let blog = Blog::with_posts(25);
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let socket = sosik.path("run/feeds.sock");
    sosik.reconfigure("listen = []", &format!("listen = [\"{}\"]", socket.display()));
    let _daemon = Daemon::start(&sosik);
    until("the socket", || socket.exists().then_some(()));
    let asked = std::os::unix::net::UnixStream::connect(&socket).and_then(|mut stream| {
        use std::io::{Read, Write};
        stream.write_all(
            b"GET /feeds/blog/big-data/kafka.atom HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let answer = asked.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(&sosik.feed("blog/big-data/kafka.atom")), "{answer}");
}

#[test]
fn a_week_later_it_walks_through_the_whole_blog() {
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.edit(5);
    // A week passes in the state: all that it knows is a week older.
    age(&sosik, 8 * 24);
    let daemon = Daemon::start(&sosik);
    until("the edit on the last page", || {
        let edited = crate::feeds::entries(&sosik, "blog.atom").into_iter().find(|(path, _)| path == "/5")?.1;
        (edited.title?.content == blog.post(5)?.title).then_some(())
    });
    assert!(blog.log().iter().any(|request| request.path == "/category?page=6"));
    assert_eq!(daemon.stop(), Some(0));
    blog.forget_requests();
    sosik.refresh();
    assert_eq!(blog.log().len(), 1, "the next one is a week away");
}

/// Makes the moments of every source's looks so many hours older.
fn age(sosik: &Sosik, hours: i64) {
    let ms = hours * 3_600_000;
    let state = rusqlite::Connection::open(sosik.path("state/sosik.db")).unwrap();
    let older = state.execute(
        "UPDATE source_state SET due_at = due_at - ?1, last_poll = last_poll - ?1, read_at = read_at - ?1,
             last_success = last_success - ?1, deep_at = deep_at - ?1",
        [ms],
    );
    assert!(older.unwrap() > 0);
    state.execute("UPDATE host SET next_at = next_at - ?1", [ms]).unwrap();
}

#[test]
fn a_state_that_fails_where_people_are_told_ends_the_daemon() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let _desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let mut daemon = Daemon::start(&sosik);
    let state = rusqlite::Connection::open(sosik.path("state/sosik.db")).unwrap();
    let broken = "CREATE TRIGGER broken BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'a broken disk'); END";
    state.execute_batch(broken).unwrap();
    blog.publish(1, "일상");
    let told = sosik.run(&["refresh"]).exits(5);
    assert!(told.stderr.contains("a broken disk"), "{}", told.stderr);
    // It would go on polling otherwise, and tell nobody of anything ever again.
    let code = until("its end", || daemon.0.try_wait().unwrap().map(|status| status.code()));
    assert_eq!(code, Some(5));
    state.execute_batch("DROP TRIGGER broken").unwrap();
    drop(state);
    assert_eq!(sosik.refresh()["notified"], 1, "it is still owed");
}
