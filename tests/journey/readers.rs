//! Readers that people use subscribe to a category of a blog: they see a published post once, and after that they are
//! told that nothing changed (RFC 9110 §15.4.5), as the daemon's own count of 304 says.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::blog::Blog;
use crate::support::node;
use crate::support::python;
use crate::support::served::Served;
use crate::support::sosik::Sosik;
use crate::support::until;

const CATEGORY: &str = "Big Data/Kafka";

/// A served blog with a category to subscribe to.
struct Subscribed {
    blog: Blog,
    sosik: Sosik,
    served: Served,
}

impl Subscribed {
    fn start() -> Self {
        let blog = Blog::with_posts(25);
        let mut sosik = Sosik::watching(&blog);
        sosik.refresh();
        let served = Served::start(&mut sosik);
        Self { blog, sosik, served }
    }

    fn url(&self, format: &str) -> String {
        self.served.url(&format!("/feeds/blog/big-data/kafka.{format}"))
    }

    /// The titles of the category's posts, sorted.
    fn titles(&self) -> Vec<String> {
        sorted(self.blog.truth_by_rows(Some(CATEGORY)).into_iter().map(|row| row.title).collect())
    }

    /// A new post in the category, and one elsewhere, as far as the served feed.
    fn publish(&self) {
        let [new] = self.blog.publish(1, CATEGORY)[..] else { panic!("one post") };
        self.blog.publish(1, "일상");
        self.sosik.refresh();
        // What the store said is taken for true for a moment, so each format comes in its own time.
        for format in ["atom", "rss", "json"] {
            until("the post in the served feed", || {
                let body = self.served.get(&format!("/feeds/blog/big-data/kafka.{format}")).body;
                body.contains(&format!("#{new}:")).then_some(())
            });
        }
    }

    /// Corrects a post's title, and waits until every served format shows it.
    fn edit(&self, id: u32) {
        self.blog.edit(id);
        self.sosik.refresh();
        for format in ["atom", "rss", "json"] {
            let path = format!("/feeds/blog/big-data/kafka.{format}");
            until("the edit in the served feed", || self.served.get(&path).body.contains("(수정)").then_some(()));
        }
    }

    /// How often readers of a format were told that nothing changed.
    fn not_modified(&self, format: &str) -> f64 {
        let name = format!("sosik_feed_requests_total{{format=\"{format}\",status=\"304\"}}");
        self.served.metric(&name).unwrap_or(0.0)
    }

    /// Runs a reader's program in a home of its own below this one's.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let home = self.sosik.path("reader");
        fs::create_dir_all(&home).unwrap();
        let output = Command::new(program)
            .args(arguments)
            .current_dir(&home)
            .env("HOME", &home)
            .env("TERM", "xterm")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .output()
            .unwrap_or_else(|error| panic!("{program} does not start ({error}); scripts/test installs it"));
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        said
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.sosik.path("reader").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn sorted(mut titles: Vec<String>) -> Vec<String> {
    titles.sort();
    titles
}

fn titles(found: &Value) -> Vec<String> {
    sorted(found["titles"].as_array().unwrap().iter().map(|title| title.as_str().unwrap().to_owned()).collect())
}

#[test]
fn feedparser() {
    let there = Subscribed::start();
    for format in ["atom", "rss"] {
        let read = |before: &Value| {
            let (etag, modified) = (&before["etag"], &before["modified"]);
            let url = there.url(format);
            let job = json!({ "reader": "feedparser", "url": url, "etag": etag, "modified": modified });
            let found = python::run("tests/journey/readers/read.py", &job);
            assert_eq!((&found["trouble"], &found["whole"]), (&Value::Null, &json!(true)), "{found}");
            found
        };
        let first = read(&json!({}));
        assert_eq!(titles(&first), there.titles());
        there.publish();
        let second = read(&first);
        assert_eq!((second["status"].as_u64(), titles(&second)), (Some(200), there.titles()));
        assert_eq!(read(&second)["status"], 304);
        let by_date = read(&json!({ "modified": second["modified"] }));
        assert_eq!(by_date["status"], 304, "its date alone says as much");
    }
}

#[test]
fn reader() {
    let there = Subscribed::start();
    let database = there.sosik.path("reader.sqlite");
    let read = |format: &str| {
        let job = json!({ "reader": "reader", "url": there.url(format), "database": database });
        python::run("tests/journey/readers/read.py", &job)
    };
    let first = read("json");
    assert_eq!((first["new"].as_u64(), titles(&first)), (Some(there.titles().len() as u64), there.titles()));
    there.publish();
    let second = read("json");
    assert_eq!((second["new"].as_u64(), titles(&second)), (Some(1), there.titles()));
    let third = read("json");
    assert_eq!((&third["new"], there.not_modified("json")), (&Value::Null, 1.0));
}

#[test]
fn newsboat() {
    let there = Subscribed::start();
    let urls = there.write("urls", &format!("{}\n", there.url("atom")));
    let log = there.write("errors", "");
    let config = there.write("config", &format!("error-log {log}\nshow-read-feeds yes\n"));
    let cache = there.sosik.path("reader/cache.db").display().to_string();
    let reload = || {
        there.run("newsboat", &["-u", &urls, "-c", &cache, "-C", &config, "-x", "reload"]);
        assert_eq!(fs::read_to_string(&log).unwrap(), "");
        titles(&python::run("tests/journey/readers/read.py", &json!({ "reader": "newsboat", "database": cache })))
    };
    assert_eq!(reload(), there.titles());
    there.publish();
    assert_eq!(reload(), there.titles());
    // It keeps a tag from its second visit on.
    let before = there.not_modified("atom");
    assert_eq!(reload(), there.titles());
    assert!(there.not_modified("atom") > before);
}

#[test]
fn rss2email() {
    let there = Subscribed::start();
    let mails = there.sosik.path("reader/mail");
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(mails.join(folder)).unwrap();
    }
    let mail = mails.display();
    let config = there.write(
        "r2e.cfg",
        &format!(
            "[DEFAULT]\nfrom = sosik@localhost\nto = me@localhost\nemail-protocol = maildir\nmaildir-path = {mail}\n\
             maildir-mailbox = .\nactive = True\n"
        ),
    );
    let data = there.sosik.path("reader/r2e.json").display().to_string();
    let r2e = |arguments: &[&str]| there.run("r2e", &[&["-c", &config, "-d", &data], arguments].concat());
    let received = || fs::read_dir(mails.join("new")).unwrap().count();
    r2e(&["add", "kafka", &there.url("rss")]);
    r2e(&["run"]);
    assert_eq!(received(), there.titles().len());
    there.publish();
    r2e(&["run"]);
    assert_eq!(received(), there.titles().len(), "one mail more");
    let before = there.not_modified("rss");
    r2e(&["run"]);
    assert_eq!((received(), there.not_modified("rss")), (there.titles().len(), before + 1.0));
    let newest = there.blog.truth_by_rows(Some(CATEGORY)).remove(0);
    there.edit(newest.path.trim_start_matches('/').parse().unwrap());
    r2e(&["run"]);
    // It tells edits by the content alone, and a corrected title is no new post.
    assert_eq!(received(), there.titles().len());
}

#[test]
fn sfeed() {
    let there = Subscribed::start();
    let folder = there.sosik.path("reader/feeds").display().to_string();
    // It fetches as its configuration says: this is the way with tags that its manual shows.
    let configuration = there.write(
        "sfeedrc",
        &format!(
            "sfeedpath={folder}\n\
             fetch() {{ curl -sf --etag-compare \"$HOME/tag\" --etag-save \"$HOME/tag\" \"$2\"; }}\n\
             feeds() {{ feed kafka {}; }}\n",
            there.url("atom")
        ),
    );
    let update = || {
        there.run("sfeed_update", &[&configuration]);
        let lines = fs::read_to_string(there.sosik.path("reader/feeds/kafka")).unwrap();
        // Time, title, link, content, its type, id …
        sorted(lines.lines().map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect())
    };
    assert_eq!(update(), there.titles());
    there.publish();
    assert_eq!(update(), there.titles());
    let before = there.not_modified("atom");
    assert_eq!(update(), there.titles());
    assert!(there.not_modified("atom") > before);
    let newest = there.blog.truth_by_rows(Some(CATEGORY)).remove(0);
    there.edit(newest.path.trim_start_matches('/').parse().unwrap());
    update();
    // It lists each id with each title: the edited post has a second line under its own id.
    let lines = fs::read_to_string(there.sosik.path("reader/feeds/kafka")).unwrap();
    let mut ids: Vec<&str> = lines.lines().map(|line| line.split('\t').nth(5).unwrap()).collect();
    assert_eq!(ids.len(), there.titles().len() + 1, "{lines}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), there.titles().len(), "{lines}");
}

/// What feedparser finds at a URL.
fn by_feedparser(url: &str) -> Value {
    python::run(
        "tests/journey/readers/read.py",
        &json!({ "reader": "feedparser", "url": url, "etag": null, "modified": null }),
    )
}

#[test]
fn feedparser_walks_back_to_the_first_post() {
    let blog = Blog::with_posts(70);
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("entries = 0", "entries = 10");
    sosik.refresh();
    let served = Served::start(&mut sosik);
    for format in ["atom", "rss"] {
        let mut walked: Vec<String> = Vec::new();
        let mut url = Some(served.url(&format!("/feeds/blog.{format}")));
        while let Some(next) = url {
            let found = by_feedparser(&next);
            assert_eq!((&found["trouble"], &found["whole"]), (&Value::Null, &json!(true)), "{found}");
            walked.extend(titles(&found));
            url = found["older"][0].as_str().map(str::to_owned);
        }
        let truth: Vec<String> = blog.truth("").into_iter().map(|row| row.title).collect();
        assert_eq!(sorted(walked), sorted(truth), "{format}");
    }
}

#[test]
fn an_edit_is_seen_as_an_edit() {
    let there = Subscribed::start();
    let database = there.sosik.path("reader.sqlite");
    let by_reader = || {
        let job = json!({ "reader": "reader", "url": there.url("json"), "database": database });
        python::run("tests/journey/readers/read.py", &job)
    };
    let urls = there.write("urls", &format!("{}\n", there.url("atom")));
    let cache = there.sosik.path("reader/cache.db").display().to_string();
    let by_newsboat = || {
        there.run("newsboat", &["-u", &urls, "-c", &cache, "-x", "reload"]);
        titles(&python::run("tests/journey/readers/read.py", &json!({ "reader": "newsboat", "database": cache })))
    };
    by_reader();
    by_newsboat();
    let before = by_feedparser(&there.url("atom"));
    let newest = there.blog.truth_by_rows(Some(CATEGORY)).remove(0);
    there.edit(newest.path.trim_start_matches('/').parse().unwrap());
    let read = by_reader();
    assert_eq!((&read["new"], &read["modified"], titles(&read)), (&json!(0), &json!(1), there.titles()));
    assert_eq!(by_newsboat(), there.titles(), "the same posts, one with its new title");
    let after = by_feedparser(&there.url("atom"));
    let entries = |found: &Value| found["entries"].as_object().unwrap().clone();
    let (before, after) = (entries(&before), entries(&after));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "ids stay");
    let changed: Vec<_> = after.iter().filter(|(id, entry)| before[*id] != **entry).map(|(id, _)| id).collect();
    let [id] = changed[..] else { panic!("{changed:?}") };
    assert_eq!(before[id][1], after[id][1], "when it was published stays");
    assert_ne!(before[id][2], after[id][2], "when it was updated moves");
}

/// What a reader for Node finds in the category's feed; its posts by their ids.
fn by_node(reader: &str, there: &Subscribed, format: &str, etag: &Value) -> (Value, BTreeMap<String, Value>) {
    let job = json!({ "reader": reader, "url": there.url(format), "etag": etag });
    let found = node::run("tests/journey/readers/read.mjs", &job);
    let posts = found["posts"].as_array().unwrap();
    let by_id: BTreeMap<_, _> =
        posts.iter().map(|post| (post["id"].as_str().unwrap().to_owned(), post.clone())).collect();
    assert_eq!(by_id.len(), posts.len(), "no id twice: {found}");
    (found, by_id)
}

#[test]
fn readers_for_node() {
    const READERS: [(&str, &[&str]); 3] =
        [("rss-parser", &["rss", "atom"]), ("feedsmith", &["rss", "atom", "json"]), ("feedparser", &["rss", "atom"])];
    let there = Subscribed::start();
    let read_all = || {
        let each = READERS.iter().flat_map(|(reader, formats)| formats.iter().map(move |format| (*reader, *format)));
        each.map(|(reader, format)| by_node(reader, &there, format, &Value::Null)).collect::<Vec<_>>()
    };
    let title = |posts: &BTreeMap<String, Value>| {
        sorted(posts.values().map(|post| post["title"].as_str().unwrap().to_owned()).collect())
    };
    let first = read_all();
    for (found, posts) in &first {
        assert_eq!((title(posts), posts), (there.titles(), &first[0].1), "every reader finds the same: {found}");
    }
    there.publish();
    let second = read_all();
    for ((_, before), (found, after)) in first.iter().zip(&second) {
        let new: Vec<_> = after.keys().filter(|id| !before.contains_key(*id)).collect();
        assert_eq!((new.len(), after.len()), (1, before.len() + 1), "one new post: {found}");
        assert!(before.iter().all(|(id, post)| after[id] == *post), "the others are as they were");
    }
    let newest = there.blog.truth_by_rows(Some(CATEGORY)).remove(0);
    there.edit(newest.path.trim_start_matches('/').parse().unwrap());
    let third = read_all();
    for ((_, before), (found, after)) in second.iter().zip(&third) {
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "ids stay");
        let changed: Vec<_> = after.iter().filter(|(id, post)| before[*id] != **post).collect();
        let [(id, post)] = changed[..] else { panic!("one edit: {found}") };
        assert!(post["title"].as_str().unwrap().ends_with("(수정)"));
        assert_eq!(before[id]["published"], post["published"], "when it was published stays");
    }
    let mut visits = third.iter();
    for (reader, formats) in READERS {
        for format in formats {
            let (found, _) = visits.next().unwrap();
            let (again, _) = by_node(reader, &there, format, &found["etag"]);
            assert_eq!(again["status"], 304, "{reader}, {format}");
        }
    }
}
