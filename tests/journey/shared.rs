//! Several workers on one `PostgreSQL`, each the real binary with a home of its own.

use serde_json::json;

use crate::daemon::{Daemon, status};
use crate::postgres::Database;
use crate::support::blog::{Blog, Fault};
use crate::support::sosik::Sosik;
use crate::support::until;

/// A machine that shares this state.
fn machine(database: &Database, listen: &str) -> Sosik {
    Sosik::new().tables(&format!(
        "language = \"en\"\n[store]\nurl = \"{}\"\npool = 3\n[fetch]\nallow_private_addresses = true\n\
         [[fetch.host]]\nname = \"127.0.0.1\"\ngap = \"0s\"\nwidth = 8\n[serve]\nlisten = [{listen}]\n",
        database.url()
    ))
}

fn workers(sosik: &Sosik) -> Vec<serde_json::Value> {
    status(sosik)["workers"].as_array().cloned().unwrap_or_default()
}

#[test]
fn each_worker_does_its_part() {
    let (database, blog) = (Database::fresh(), Blog::with_posts(5));
    let socket = |sosik: &Sosik| sosik.path("config/sosik/http.sock");
    let poller = machine(&database, "");
    let servers = [machine(&database, "\"./http.sock\""), machine(&database, "\"./http.sock\"")];
    let done = |arguments: &[&str]| poller.run(arguments).success();
    let added = done(&["source", "add", &blog.url("/category"), "--id", "blog", "preset=tistory"]);
    assert!(added.stdout.contains("blog is watched"), "{}", added.stdout);
    let mut daemons = vec![Daemon::start_with(&poller, &["run", "--role", "poll"])];
    daemons.extend(servers.iter().map(|server| Daemon::start_with(server, &["run", "--role", "serve"])));
    until("three workers", || (workers(&poller).len() == 3).then_some(()));
    until("the first look", || (status(&poller)["sources"][0]["posts"] == 5).then_some(()));
    let get = |sosik: &Sosik| {
        let mut curl = std::process::Command::new("curl");
        curl.args(["-s", "-i", "--unix-socket"]).arg(socket(sosik)).arg("http://localhost/feeds/blog.atom");
        let answer = String::from_utf8(curl.output().unwrap().stdout).unwrap();
        answer.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:")).collect::<Vec<_>>().join("\n")
    };
    let first = until("a feed", || Some(get(&servers[0])).filter(|answer| answer.contains("200 OK")));
    assert!(first.to_ascii_lowercase().contains("etag:"), "{first}");
    assert_eq!(first, get(&servers[1]), "whoever is asked answers the same");
    blog.publish(1, "Big Data/Kafka");
    let refreshed = servers[0].run(&["refresh", "blog", "--json"]).success().json();
    assert_eq!(
        (refreshed["sources"][0]["outcome"].clone(), refreshed["sources"][0]["new"].clone()),
        ("changed".into(), 1.into())
    );
    let second = until("the new version", || Some(get(&servers[1])).filter(|answer| *answer != first));
    assert_eq!(until("the same there", || Some(get(&servers[0])).filter(|answer| *answer == second)), second);
    for daemon in daemons {
        assert_eq!(daemon.stop(), Some(0));
    }
    assert!(workers(&poller).is_empty(), "who ends is no longer among them");
    blog.publish(1, "Big Data/Kafka");
    let alone = servers[1].run(&["refresh", "blog", "--json"]).success().json();
    assert_eq!(alone["sources"][0]["new"], 1, "where nobody polls it looks by itself");
}

#[test]
fn a_worker_whose_clock_is_wrong_makes_no_difference() {
    let (database, blog) = (Database::fresh(), Blog::with_posts(5));
    let right = machine(&database, "");
    let wrong = machine(&database, "")
        .env("LD_PRELOAD", "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
        .env("FAKETIME", "+400d")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let _ = wrong.run(&["source", "add", &blog.url("/category"), "--id", "blog", "preset=tistory"]).success();
    let daemon = Daemon::start_with(&wrong, &["run", "--role", "poll"]);
    until("the first look", || (status(&right)["sources"][0]["posts"] == 5).then_some(()));
    let after = status(&right);
    assert_eq!(after["workers"][0]["gone"], json!(false), "{after}");
    let year = |text: &serde_json::Value| text.as_str().unwrap()[..4].parse::<i16>().unwrap();
    let now = sosik::clock::Clock::System.now().to_zoned(jiff::tz::TimeZone::UTC).year();
    assert!(year(&after["sources"][0]["last_success"]) <= now, "{after}");
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(right.run(&["refresh", "--json"]).success().json()["sources"][0]["outcome"], "not-modified");
}

#[test]
fn what_a_worker_was_doing_is_anothers_at_once_when_it_stops() {
    let (database, blog) = (Database::fresh(), Blog::with_posts(5));
    blog.fault(Fault::Slow);
    let (one, other) = (machine(&database, ""), machine(&database, ""));
    let _ = one.run(&["source", "add", &blog.url("/category"), "--id", "blog", "preset=tistory"]).success();
    let daemon = Daemon::start_with(&one, &["run", "--role", "poll"]);
    until("a host that is asked", || (status(&other)["hosts"][0]["busy"] == true).then_some(()));
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(status(&other)["hosts"][0]["busy"], false);
    blog.fault(None);
    let daemon = Daemon::start_with(&other, &["run", "--role", "poll"]);
    until("the first look", || (status(&one)["sources"][0]["posts"] == 5).then_some(()));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn what_one_does_for_all_is_anothers_when_its_holder_dies() {
    let (database, blog) = (Database::fresh(), Blog::with_posts(5));
    let writing = || {
        let machine = machine(&database, "");
        let folder = machine.publish_dir();
        machine.with(&format!("[publish]\ndir = \"{}\"\n", folder.display()))
    };
    let (one, other) = (writing(), writing());
    let posts = |sosik: &Sosik| {
        let feed = std::fs::read_to_string(sosik.publish_dir().join("blog.atom")).unwrap_or_default();
        feed.matches("<entry>").count()
    };
    let _ = one.run(&["source", "add", &blog.url("/category"), "--id", "blog", "preset=tistory"]).success();
    let mut first = Daemon::start(&one);
    until("the files of the first", || (posts(&one) == 5).then_some(()));
    let second = Daemon::start(&other);
    blog.publish(1, "Big Data/Kafka");
    let _ = other.run(&["refresh", "blog"]).success();
    until("the files follow", || (posts(&one) == 6).then_some(()));
    assert_eq!(posts(&other), 0, "one worker writes at a time");
    let held = "SELECT d.worker, CAST(d.lease_until <= w.seen_at + 150000 AS text)
                FROM duty d JOIN worker w ON w.name = d.worker WHERE d.name = 'publish'";
    let holder = database.texts(held);
    assert_eq!(holder[0][1], "true", "for no longer than the two minutes of a duty: {holder:?}");
    first.child().kill().unwrap();
    let _ = first.child().wait().unwrap();
    // Nobody waits for two minutes here: the time of what the dead one holds goes by at once.
    database.execute(&format!("UPDATE duty SET lease_until = lease_until - 150000 WHERE worker = '{}'", holder[0][0]));
    blog.publish(1, "Big Data/Kafka");
    let _ = other.run(&["refresh", "blog"]).success();
    until("the files of the second", || (posts(&other) == 7).then_some(()));
    assert_eq!(posts(&one), 6);
    assert_ne!(database.texts(held)[0][0], holder[0][0]);
    assert_eq!(second.stop(), Some(0));
}

#[test]
fn what_only_a_state_in_a_file_can_do_says_what_to_use_instead() {
    let database = Database::fresh();
    let sosik = machine(&database, "");
    for (arguments, said) in [(vec!["backup"], "pg_dump"), (vec!["restore", "x.db"], "pg_restore")] {
        let run = sosik.run(&arguments);
        assert!(run.code == Some(2) && run.stderr.contains(said), "{} {}", run.stderr, run.stdout);
    }
}
