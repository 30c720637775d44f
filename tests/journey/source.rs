//! `sosik source`: the configuration's file changes, its comments and layout stay, the state and the files follow.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sosik::config::SYSTEM_FILE;
use sosik::model::source::SourceId;
use sosik::run::rename::{Rename, begin};
use sosik::store::sqlite::SqliteStore;

use crate::support::blog::{Blog, Fault};
use crate::support::sosik::{Run, Sosik};

/// Two sources of one blog, in a file as people write it; both were looked at.
fn watched() -> (Blog, Sosik) {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::new()
        .source("blog", &blog.url("/category"), "preset = \"tistory\"   # by its marks\n# end\n")
        .source("kafka", &blog.url("/category/Big%20Data/Kafka"), "\n");
    let text = config(&sosik).replacen("[[source]]", "# The whole blog.\n[[source]]   # first", 1);
    fs::write(sosik.config_file(), text).unwrap();
    sosik.refresh();
    blog.forget_requests();
    (blog, sosik)
}

fn config(sosik: &Sosik) -> String {
    fs::read_to_string(sosik.config_file()).unwrap()
}

/// Runs `sosik source` with these words, which must exit so.
fn source(sosik: &Sosik, words: &str, code: i32) -> Run {
    let arguments: Vec<&str> = ["source"].into_iter().chain(words.split(' ')).collect();
    sosik.run(&arguments).exits(code)
}

/// The published files below a source's id, the id cut off.
fn files_of(sosik: &Sosik, id: &str) -> Vec<String> {
    let below = |path: String| path.strip_prefix(id).filter(|rest| rest.starts_with(['.', '/'])).map(str::to_owned);
    sosik.published().into_keys().filter_map(below).collect()
}

fn ids(report: &Value) -> Vec<&str> {
    report["sources"].as_array().unwrap().iter().map(|source| source["id"].as_str().unwrap()).collect()
}

fn id(id: &str) -> SourceId {
    SourceId::try_from(id.to_owned()).unwrap()
}

/// The ids of a source's posts, and the URNs of its feeds by their paths below its id.
fn identity(sosik: &Sosik, source: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let posts = sosik.run(&["posts", source, "--limit", "0", "--json"]).success().json();
    let ids = posts["posts"].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()).collect();
    let urn = |path: &String| {
        let document = sosik.feed(&format!("{source}{path}"));
        let start = document.find("<id>").unwrap();
        document[start..start + 60].split(['<', '>']).nth(2).unwrap().to_owned()
    };
    let feeds = files_of(sosik, source).into_iter().filter(|path| path.strip_suffix(".atom").is_some());
    (ids, feeds.map(|path| (path.clone(), urn(&path))).collect())
}

#[test]
fn sources_are_listed() {
    let (blog, sosik) = watched();
    let listed = source(&sosik, "list --json", 0).json();
    let first = json!({
        "id": "blog", "url": blog.url("/category"), "paused": false, "preset": "tistory", "recipe": false,
    });
    assert_eq!((&listed["sources"][0], &listed["sources"][1]["preset"]), (&first, &Value::Null));
    let table = source(&sosik, "list", 0).stdout;
    assert!(table.lines().count() == 2 && table.contains("preset tistory"), "{table}");
}

#[test]
fn a_paused_source_is_passed_over_until_it_is_resumed() {
    let (blog, sosik) = watched();
    let before = config(&sosik);
    source(&sosik, "pause blog", 0);
    let paused = before.replace("# by its marks\n", "# by its marks\npaused = true\n");
    assert_eq!(config(&sosik), paused);
    assert_eq!(ids(&sosik.refresh()), ["kafka"]);
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["sources"][0]["paused"], true);
    source(&sosik, "pause blog", 0);
    assert_eq!(config(&sosik), paused);
    blog.publish(1, "일상");
    source(&sosik, "resume blog", 0);
    assert_eq!(config(&sosik), before);
    assert_eq!(sosik.refresh()["sources"][0]["new"], 1);
}

#[test]
fn a_removed_source_keeps_its_feeds_until_it_is_pruned() {
    let (_blog, sosik) = watched();
    let (before, kafka) = (sosik.published(), files_of(&sosik, "kafka"));
    source(&sosik, "remove blog", 0);
    let text = config(&sosik);
    assert!(!text.contains("whole blog") && !text.contains("# end") && text.contains("id = \"kafka\""), "{text}");
    // What is not configured is seen before the state was told, and only shown.
    let shown = source(&sosik, "prune", 0).stdout;
    assert!(shown.contains("25 posts") && shown.contains("--yes"), "{shown}");
    assert_eq!(ids(&sosik.refresh()), ["kafka"]);
    assert!(sosik.published() == before, "a feed was touched");
    let taken = source(&sosik, "rename kafka blog", 2);
    assert!(taken.stderr.contains("sosik source prune blog --yes"), "{}", taken.stderr);
    assert_eq!(config(&sosik), text);

    let kept = source(&sosik, "prune kafka --yes", 2);
    assert!(kept.stderr.contains("sosik source remove kafka"), "{}", kept.stderr);
    source(&sosik, "prune nobody", 2);
    fs::write(sosik.path("publish/blog/mine.txt"), "").unwrap();
    source(&sosik, "prune blog --yes", 0);
    assert_eq!(files_of(&sosik, "blog"), ["/mine.txt"], "what sosik did not make stays");
    assert!(!sosik.path("publish/blog/big-data").exists());
    assert_eq!(files_of(&sosik, "kafka"), kafka);
    assert_eq!(ids(&sosik.run(&["status", "--json"]).success().json()), ["kafka"]);
    assert_eq!(ids(&sosik.refresh()), ["kafka"]);
    assert_eq!(files_of(&sosik, "kafka"), kafka);
    assert!(source(&sosik, "prune --yes", 0).stdout.contains("nothing"));
}

#[test]
fn a_renamed_source_keeps_its_posts_ids_and_urns() {
    let (blog, sosik) = watched();
    let (text, before) = (config(&sosik), identity(&sosik, "blog"));
    let (files, others) = (files_of(&sosik, "blog"), files_of(&sosik, "kafka"));
    assert!(before.0.len() == 25 && before.1.len() > 3, "{before:?}");
    source(&sosik, "rename blog slow", 0);
    assert_eq!(config(&sosik), text.replace("id = \"blog\"", "id = \"slow\""));
    assert_eq!(identity(&sosik, "slow"), before);
    assert_eq!(files_of(&sosik, "slow"), files);
    assert_eq!((files_of(&sosik, "blog"), files_of(&sosik, "kafka")), (Vec::new(), others));
    assert!(!sosik.path("publish/blog").exists());
    assert!(sosik.feed("slow.atom").contains("/feeds/slow.atom") && !sosik.feed("slow.atom").contains("/feeds/blog"));
    let report = sosik.refresh();
    assert_eq!(report["feeds_written"], 0);
    assert_eq!(ids(&report), ["kafka", "slow"]);
    assert_eq!(report["sources"][1]["outcome"], "not-modified", "its validators stay");
    blog.publish(1, "일상");
    assert_eq!(sosik.refresh()["sources"][1]["new"], 1);
}

#[test]
fn a_rename_that_broke_off_is_done_or_not_done() {
    let (_blog, sosik) = watched();
    let (text, before) = (config(&sosik), identity(&sosik, "blog"));
    let begun = || {
        let store = SqliteStore::open(&sosik.path("state/sosik.db")).unwrap();
        let rename = Rename { from: id("blog"), to: id("slow") };
        tokio::runtime::Runtime::new().unwrap().block_on(begin(&store, &rename)).unwrap();
    };
    begun();
    assert_eq!(ids(&sosik.refresh()), ["blog", "kafka"]);
    assert_eq!(identity(&sosik, "blog"), before, "the file was not changed yet: nothing has happened");
    fs::write(sosik.config_file(), text.replace("id = \"blog\"", "id = \"slow\"")).unwrap();
    begun();
    assert_eq!(sosik.refresh()["sources"][1]["outcome"], "not-modified");
    assert_eq!(identity(&sosik, "slow"), before, "the file was changed: the rest follows");
    assert_eq!(files_of(&sosik, "blog"), [""; 0]);
    assert!(source(&sosik, "prune", 0).stdout.contains("nothing"));
}

#[test]
fn a_source_without_an_id_can_be_renamed_and_never_changes_another() {
    let blog = Blog::with_posts(12);
    let port = blog.base().rsplit(':').next().unwrap();
    let (first, second) = (format!("127-0-0-1-{port}"), format!("127-0-0-1-{port}-2"));
    let sosik = Sosik::new();
    let tables = config(&sosik);
    let block = |path: &str| format!("# {path}\n[[source]]\nurl = \"{}\"\n", blog.url(path));
    fs::write(sosik.config_file(), format!("{tables}{}\n{}", block("/category"), block("/category/일상"))).unwrap();
    sosik.refresh();
    let before = identity(&sosik, &second);
    source(&sosik, &format!("rename {first} one"), 0);
    let named = |path: &str, id: &str| block(path).replace("]]\n", &format!("]]\nid = \"{id}\"\n"));
    assert_eq!(config(&sosik), format!("{tables}{}\n{}", named("/category", "one"), named("/category/일상", &second)));
    assert_eq!(ids(&sosik.refresh()), [second.as_str(), "one"]);
    assert_eq!(identity(&sosik, &second), before);
}

#[test]
fn who_asks_for_what_is_not_there_is_told() {
    let (_blog, sosik) = watched();
    let text = config(&sosik);
    for arguments in
        [&["pause", "nobody"][..], &["resume", "nobody"], &["remove", "nobody"], &["rename", "nobody", "x"]]
    {
        let run = sosik.run(&[&["source"], arguments].concat()).exits(2);
        assert!(run.stderr.contains("\"nobody\"") && run.stderr.contains("blog, kafka"), "{}", run.stderr);
    }
    source(&sosik, "rename blog kafka", 2);
    source(&sosik, "rename blog Not-an-id", 2);
    assert_eq!(config(&sosik), text);
    fs::write(sosik.config_file(), format!("{text}\n[fetch]\n")).unwrap();
    source(&sosik, "pause blog", 3);
    assert_eq!(config(&sosik), format!("{text}\n[fetch]\n"), "a file with mistakes is left alone");
    // A machine on which sosik is installed has a configuration all the same.
    if !Path::new(SYSTEM_FILE).exists() {
        fs::remove_file(sosik.config_file()).unwrap();
        let mut nowhere = sosik.command(&["source", "prune"]);
        let said = nowhere.env_remove("SOSIK_CONFIG").output().unwrap();
        assert_eq!(said.status.code(), Some(2), "no file names no source");
    }
}

#[test]
fn only_what_changes_the_state_minds_who_holds_it() {
    let (blog, sosik) = watched();
    source(&sosik, "remove kafka", 0);
    let text = config(&sosik);
    blog.fault(Fault::Slow);
    let mut first = sosik.spawn(&["refresh"]);
    blog.wait_for_requests(1);
    for arguments in [&["source", "rename", "blog", "slow"][..], &["source", "prune", "--yes"]] {
        let held = sosik.run(arguments).exits(6);
        assert!(held.stderr.contains(&first.id().to_string()), "{}", held.stderr);
    }
    assert_eq!(config(&sosik), text);
    source(&sosik, "prune", 0);
    source(&sosik, "pause blog", 0);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(ids(&sosik.refresh()), [""; 0]);
}
