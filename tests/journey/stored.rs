//! Sources that the state alone has: many at once, one by one, beside those of the configuration and beside a daemon.

use std::fmt::Write as _;

use serde_json::json;

use crate::daemon::{Daemon, status};
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;
use crate::support::until;

fn ids(sosik: &Sosik) -> Vec<String> {
    let sources = status(sosik)["sources"].as_array().unwrap().clone();
    sources.iter().map(|source| source["id"].as_str().unwrap().to_owned()).collect()
}

/// Runs a command, which must succeed.
fn done(sosik: &Sosik, arguments: &[&str]) {
    let _ = sosik.run(arguments).success();
}

#[test]
fn a_source_is_added_changed_renamed_and_removed() {
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog);
    let other = Blog::with_posts(3);
    let url = other.url("/category");
    done(&sosik, &["source", "add", &url, "--id", "java", "preset=tistory", "title=Java posts"]);
    let before = std::fs::read_to_string(sosik.config_file()).unwrap();
    let refreshed = sosik.refresh();
    assert_eq!(refreshed["sources"].as_array().unwrap().len(), 2, "{refreshed}");
    assert!(sosik.feed("java.atom").contains("Java posts"));
    let listed = sosik.run(&["source", "list", "--json"]).success().json();
    assert_eq!(
        listed["sources"][1],
        json!({
            "id": "java", "url": url, "paused": false, "preset": "tistory", "recipe": false, "stored": true,
        })
    );
    done(&sosik, &["source", "set", "java", "title=About Java"]);
    done(&sosik, &["source", "pause", "java"]);
    assert_eq!(sosik.refresh()["sources"].as_array().unwrap().len(), 1, "it rests");
    assert!(sosik.feed("java.atom").contains("About Java"));
    done(&sosik, &["source", "resume", "java"]);
    done(&sosik, &["source", "rename", "java", "coffee"]);
    assert!(sosik.feed("coffee.atom").contains("About Java") && !sosik.publish_dir().join("java.atom").exists());
    assert_eq!(ids(&sosik), ["blog", "coffee"]);
    done(&sosik, &["source", "remove", "coffee"]);
    assert_eq!(ids(&sosik), ["blog"]);
    done(&sosik, &["source", "prune", "--yes"]);
    assert!(!sosik.publish_dir().join("coffee.atom").exists() && sosik.publish_dir().join("blog.atom").exists());
    assert_eq!(std::fs::read_to_string(sosik.config_file()).unwrap(), before, "the file is another's");
}

#[test]
fn what_cannot_be_is_said() {
    let blog = Blog::with_posts(1);
    let sosik = Sosik::watching(&blog);
    let check = |arguments: &[&str], said: &str| {
        let run = sosik.run(arguments);
        assert!(run.code == Some(2) && run.stderr.contains(said), "{arguments:?}: {} {}", run.stderr, run.stdout);
    };
    check(
        &["source", "add", "file:/etc/passwd", "base_url=https://x.example/"],
        "is no source that the state alone can have",
    );
    check(&["source", "add", "https://x.example/", "intervall=30m"], "unknown key \"intervall\"");
    check(&["source", "add", "https://x.example/", "interval"], "is no key with a value");
    check(&["source", "add", "https://x.example/", "--id", "blog"], "stands in");
    check(&["source", "set", "blog", "title=x"], "stands in");
    check(&["source", "set", "none", "title=x"], "there is no source \"none\"");
    check(&["source", "remove", "none"], "there is no source \"none\"");
    check(&["source", "rename", "none", "other"], "there is no source \"none\"");
}

#[test]
fn a_daemon_takes_stored_sources_up_without_a_restart() {
    let blog = Blog::with_posts(2);
    let sosik = Sosik::watching(&blog);
    let other = Blog::with_posts(2);
    let daemon = Daemon::start(&sosik);
    done(&sosik, &["source", "add", &other.url("/category"), "--id", "java", "preset=tistory"]);
    until("its first look", || {
        status(&sosik)["sources"].as_array().unwrap().iter().find(|source| source["id"] == "java")?["last_success"]
            .as_str()
            .map(drop)
    });
    let refreshed = sosik.run(&["refresh", "java", "--json"]).success().json();
    assert_eq!(refreshed["sources"][0]["id"], "java");
    done(&sosik, &["source", "rename", "java", "coffee"]);
    until("its feeds under the new id", || sosik.publish_dir().join("coffee.atom").exists().then_some(()));
    done(&sosik, &["source", "set", "coffee", "paused=true"]);
    let paused = status(&sosik)["sources"].as_array().unwrap().iter().find(|source| source["id"] == "coffee").cloned();
    assert_eq!(paused.unwrap()["paused"], true);
    done(&sosik, &["source", "remove", "coffee"]);
    assert_eq!(ids(&sosik), ["blog"]);
    let lines = format!("{{\"url\": \"{}\", \"id\": \"many\", \"preset\": \"tistory\"}}\n", blog.url("/category"));
    std::fs::write(sosik.path("many.jsonl"), lines).unwrap();
    done(&sosik, &["import", "--to-store", sosik.path("many.jsonl").to_str().unwrap()]);
    assert_eq!(ids(&sosik), ["blog", "many"]);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn many_come_in_and_bad_lines_stop_no_other() {
    let sosik = Sosik::new().source("blog-3-example", "https://blog-3.example/", "paused = true\n");
    let mut lines = String::new();
    for number in 0..2_000 {
        match number {
            7 => lines.push_str("{\"url\": \"https://blog-7.example/\", \"intervall\": \"30m\"}\n"),
            9 => lines.push_str("no JSON\n"),
            _ => writeln!(lines, "{{\"url\": \"https://blog-{number}.example/\", \"paused\": true}}").unwrap(),
        }
    }
    let file = sosik.path("blogs.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let import = || sosik.run(&["import", "--to-store", "--json", file.to_str().unwrap()]);
    let first = import();
    assert_eq!(first.code, Some(4), "{}", first.stderr);
    let told = first.json();
    assert_eq!((told["added"].clone(), told["left_out"].clone()), (1997.into(), 2.into()));
    assert_eq!(told["of_file"], json!(["blog-3-example"]));
    let problems = told["problems"].as_array().unwrap();
    assert!(problems[0].as_str().unwrap().starts_with("line 8: unknown key \"intervall\""), "{problems:?}");
    assert!(problems[1].as_str().unwrap().starts_with("line 10: it is no object of JSON"), "{problems:?}");
    let again = import().json();
    assert_eq!((again["added"].clone(), again["same"].clone()), (0.into(), 1997.into()));
    let listed = sosik.run(&["source", "list", "--json"]).success().json();
    assert_eq!(listed["sources"].as_array().unwrap().len(), 1998);
    std::fs::write(&file, "url,title,id\nhttps://one.example/,One,one\nnot an address,Two,two\n").unwrap();
    let table = import();
    assert_eq!((table.code, table.json()["added"].clone()), (Some(4), 1.into()), "{}", table.stderr);
    assert!(table.json()["problems"][0].as_str().unwrap().starts_with("line 3: "), "{}", table.stdout);
}

#[test]
fn an_export_brings_them_back() {
    let blog = Blog::with_posts(3);
    let sosik = Sosik::new();
    done(&sosik, &["source", "add", &blog.url("/category"), "--id", "java", "preset=tistory"]);
    sosik.refresh();
    let export = sosik.path("export.jsonl");
    done(&sosik, &["export", export.to_str().unwrap()]);
    let other = Sosik::new();
    done(&other, &["import", export.to_str().unwrap()]);
    assert_eq!(other.feed("java.atom"), sosik.feed("java.atom"));
    done(&other, &["source", "set", "java", "title=Mine"]);
    assert_eq!(other.refresh()["sources"][0]["posts"], 3);
}
