//! `sosik migrate-store`: the same feeds from a file, from a server and from whoever serves what is on it; killed and
//! carried on.

use std::time::Duration;

use serde_json::Value;

use crate::crash::kill_at;
use crate::daemon::Daemon;
use crate::postgres::Database;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;
use crate::support::until;

/// A home that watches this blog, with its state at a URL.
fn home(store: &str, blog: &Blog) -> Sosik {
    let sosik = Sosik::new();
    let tables = format!(
        "language = \"en\"\n[store]\nurl = \"{store}\"\n[fetch]\nallow_private_addresses = true\n\
         [[fetch.host]]\nname = \"127.0.0.1\"\ngap = \"0s\"\nwidth = 8\n[serve]\nlisten = [\"{}\"]\n",
        sosik.path("http.sock").display()
    );
    sosik.tables(&tables).source("blog", &blog.url("/category"), "preset = \"tistory\"\n")
}

fn moved(sosik: &Sosik, from: &str, to: &str) -> Value {
    sosik.run(&["migrate-store", from, to, "--json"]).success().json()
}

/// What a daemon answers at a path, but for the day.
fn served(sosik: &Sosik, path: &str) -> String {
    let mut curl = std::process::Command::new("curl");
    curl.args(["-s", "-i", "--unix-socket"]).arg(sosik.path("http.sock")).arg(format!("http://localhost/feeds/{path}"));
    let answer = String::from_utf8(curl.output().unwrap().stdout).unwrap();
    answer.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:")).collect::<Vec<_>>().join("\n")
}

/// Every feed as a daemon of these homes serves it.
fn all_served(homes: &[&Sosik], paths: &[String]) -> Vec<Vec<String>> {
    let daemons: Vec<Daemon> = homes.iter().map(|home| Daemon::start_with(home, &["run", "--role", "serve"])).collect();
    let answers = homes.iter().map(|home| {
        until("a feed", || served(home, &paths[0]).contains("200 OK").then_some(()));
        paths.iter().map(|path| served(home, path)).collect()
    });
    let answers = answers.collect();
    for daemon in daemons {
        assert_eq!(daemon.stop(), Some(0));
    }
    answers
}

#[test]
fn the_same_feeds_from_a_file_from_a_server_and_back() {
    let (database, blog) = (Database::bare(), Blog::with_posts(60));
    let first = home("sqlite:state/first.db", &blog);
    first.refresh();
    blog.publish(2, "Big Data/Kafka");
    first.refresh();
    let there = moved(&first, "config", &database.url());
    assert!(there["tables"]["post"]["rows"] == 62 && there["carried_on"] == false, "{there}");
    std::fs::write(first.path("url"), database.url()).unwrap();
    let back = moved(&first, "@url", "sqlite:state/back.db");
    assert_eq!(back["tables"], there["tables"]);
    let shared = [home(&database.url(), &blog), home(&database.url(), &blog)];
    let restored = home(&format!("sqlite:{}", first.path("state/back.db").display()), &blog);
    let printed = first.run(&["feeds", "--json"]).success().json();
    let paths: Vec<String> =
        printed["feeds"].as_array().unwrap().iter().map(|feed| feed["path"].as_str().unwrap().to_owned()).collect();
    let paths: Vec<String> =
        paths.iter().flat_map(|path| ["atom", "rss", "json"].map(|ending| format!("{path}.{ending}"))).collect();
    assert!(paths.len() > 20, "{paths:?}");
    let of_file = all_served(&[&first], &paths).remove(0);
    assert!(of_file.iter().all(|answer| answer.contains("200 OK")), "{of_file:#?}");
    for (name, answers) in ["one server", "another", "back in a file"]
        .iter()
        .zip(all_served(&[&shared[0], &shared[1]], &paths).into_iter().chain(all_served(&[&restored], &paths)))
    {
        for (path, (one, other)) in paths.iter().zip(of_file.iter().zip(&answers)) {
            assert_eq!(one, other, "{path} of {name}");
        }
    }
    assert_eq!(shared[0].refresh()["sources"][0]["new"], 0);
}

#[test]
fn a_move_that_is_killed_at_any_moment_is_carried_on() {
    let (database, other, blog) = (Database::bare(), Database::bare(), Blog::with_posts(136));
    let sosik = home("sqlite:state/first.db", &blog);
    sosik.refresh();
    let began = tokio::time::Instant::now();
    let straight = moved(&sosik, "config", &other.url());
    let whole = began.elapsed().max(Duration::from_millis(50));
    for share in 1..=8 {
        let mut moving = sosik.spawn(&["migrate-store", "config", &database.url()]);
        kill_at(whole.mul_f64(f64::from(share) / 10.0), &mut moving);
    }
    // One that was killed behind its end left a state that is whole: that is not taken for an empty one.
    let end = sosik.run(&["migrate-store", "config", &database.url(), "--json"]);
    if end.code == Some(0) {
        assert_eq!(end.json()["tables"], straight["tables"]);
    } else {
        assert!(end.stderr.contains("is not empty"), "{}", end.stderr);
    }
    let back = moved(&sosik, &database.url(), "sqlite:back.db");
    assert_eq!(back["tables"], straight["tables"]);
}

#[test]
fn a_state_that_is_in_use_or_not_whole_is_refused() {
    let (database, blog) = (Database::fresh(), Blog::with_posts(3));
    let shared = home(&database.url(), &blog);
    let daemon = Daemon::start_with(&shared, &["run", "--role", "poll"]);
    let refused = shared.run(&["migrate-store", "config", "sqlite:other.db"]).exits(2);
    let pid = format!("process {}", daemon.pid());
    assert!(refused.stderr.contains(&pid) && !shared.path("other.db").exists(), "{}", refused.stderr);
    assert_eq!(daemon.stop(), Some(0));
    let file = home("sqlite:state/first.db", &blog);
    file.refresh();
    let daemon = Daemon::start_with(&file, &["run"]);
    let refused = file.run(&["migrate-store", "config", "sqlite:other.db"]).exits(6);
    assert!(refused.stderr.contains(&daemon.pid().to_string()), "{}", refused.stderr);
    assert_eq!(daemon.stop(), Some(0));
    let taken = file.run(&["migrate-store", "config", &database.url()]).exits(2);
    assert!(taken.stderr.contains("is not empty"), "{}", taken.stderr);
    database.execute("INSERT INTO note (name, value) VALUES ('moving in', 'x')");
    for command in ["status", "refresh", "run"] {
        let refused = shared.run(&[command]).exits(5);
        assert!(refused.stderr.contains("migrate-store"), "{command}: {}", refused.stderr);
    }
}
