//! What a person chooses: which feeds there are, which posts stand in them, feeds over several blogs, their titles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sosik::feed::check::check;
use sosik::model::feed::Format;

use crate::daemon::{Daemon, status};
use crate::feeds::{assert_holds, ids, paths};
use crate::support::blog::{Blog, Row};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::{Published, Sosik};
use crate::support::until;

/// The published files whose name holds this text.
fn files(sosik: &Sosik, text: &str) -> Vec<String> {
    sosik.published().into_keys().filter(|path| path.contains(text)).collect()
}

fn bytes(files: &BTreeMap<String, Published>) -> BTreeMap<&String, &Vec<u8>> {
    files.iter().map(|(path, file)| (path, &file.bytes)).collect()
}

/// The paths of what `sosik feeds` lists.
fn listed(sosik: &Sosik) -> Vec<String> {
    let feeds = sosik.run(&["feeds", "--json"]).success().json();
    feeds["feeds"].as_array().unwrap().iter().map(|feed| feed["path"].as_str().unwrap().to_owned()).collect()
}

/// Every published document keeps the rules of its format.
fn assert_rules(sosik: &Sosik) {
    for (path, file) in sosik.published() {
        let format = Format::from_extension(path.rsplit_once('.').unwrap().1).unwrap();
        assert_eq!(check(format, &file.bytes), [], "{path}");
    }
}

#[test]
fn feeds_that_are_not_chosen_go_and_come_back_as_they_were() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    let listed_before = listed(&sosik);
    sosik.reconfigure("entries = 0", "entries = 0\nfeeds = [\"categories\"]");
    sosik.refresh();
    assert_eq!(files(&sosik, "_uncategorized"), [""; 0]);
    assert!(!sosik.published().contains_key("blog.atom"));
    assert!(sosik.published().contains_key("blog/big-data/kafka.atom"));
    let listed_now = listed(&sosik);
    assert!(!listed_now.contains(&"blog".to_owned()) && listed_now.len() == listed_before.len() - 2, "{listed_now:?}");
    let refused = sosik.run(&["feed", "blog.atom"]).exits(2);
    assert!(refused.stderr.contains("no longer offered"), "{}", refused.stderr);
    let _ = sosik.run(&["feeds", "check"]).success();
    // The blog's own word wins over the one for all.
    sosik.reconfigure(
        "preset = \"tistory\"",
        "preset = \"tistory\"\nfeeds = [\"all\", \"categories\", \"uncategorized\"]",
    );
    sosik.refresh();
    assert_eq!(bytes(&sosik.published()), bytes(&before));
    assert_eq!(listed(&sosik), listed_before);
}

#[test]
fn a_category_may_stand_without_its_children() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    sosik.reconfigure("preset = \"tistory\"", "preset = \"tistory\"\nchildren = false");
    sosik.refresh();
    let own: Vec<Row> =
        blog.truth("Big Data").into_iter().filter(|row| row.category.as_deref() == Some("Big Data")).collect();
    assert_holds(&sosik, "blog/big-data", &own);
    assert_holds(&sosik, "blog/big-data/kafka", &blog.truth("Big Data/Kafka"));
    sosik.reconfigure("children = false", "children = true");
    sosik.refresh();
    assert_eq!(bytes(&sosik.published()), bytes(&before));
}

#[test]
fn what_is_excluded_is_stored_and_shown_nowhere_until_it_is_let_in() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    let ids_before = ids(&sosik, "blog.atom");
    let is_out = |row: &Row| blog.whole_truth(Some("Big Data")).iter().any(|out| out.path == row.path);
    sosik.reconfigure("preset = \"tistory\"", "preset = \"tistory\"\n[source.exclude]\ncategory = [\"big data\"]");
    let report = sosik.refresh();
    assert_eq!(report["sources"][0]["outcome"], "not-modified");
    assert_eq!(report["notified"], 0);
    let rest: Vec<Row> = blog.truth("").into_iter().filter(|row| !is_out(row)).collect();
    assert!(rest.len() < 136 && rest.len() > 50);
    assert_holds(&sosik, "blog", &rest);
    assert_eq!(paths(&sosik, "blog/big-data.atom"), [""; 0]);
    let untouched = |path: &str| path.starts_with("blog/devops") || path.starts_with("blog/_uncategorized");
    for (path, file) in sosik.published().into_iter().filter(|(path, _)| untouched(path)) {
        assert_eq!(Some(&file), before.get(&path), "{path} was written again");
    }
    let stored = sosik.run(&["status", "--json"]).success().json();
    assert_eq!(stored["sources"][0]["posts"], 136);
    // What comes meanwhile is judged as it comes.
    blog.publish(1, "Big Data/Kafka");
    blog.publish(1, "Java");
    assert_eq!(sosik.refresh()["sources"][0]["new"], 2);
    let rest: Vec<Row> = blog.truth("").into_iter().filter(|row| !is_out(row)).collect();
    assert_holds(&sosik, "blog", &rest);
    assert_rules(&sosik);
    sosik.reconfigure("[source.exclude]\ncategory = [\"big data\"]", "");
    sosik.refresh();
    assert_holds(&sosik, "blog", &blog.truth(""));
    let ids_after = ids(&sosik, "blog.atom");
    assert!(ids_before.iter().all(|(path, id)| ids_after.get(path) == Some(id)));
    assert_eq!(
        bytes(&sosik.published()).get(&"blog/devops.atom".to_owned()),
        bytes(&before).get(&"blog/devops.atom".to_owned())
    );
}

#[test]
fn full_pages_lose_what_is_excluded_and_nothing_else() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("entries = 0", "entries = 10");
    sosik.refresh();
    let before = sosik.published();
    let oldest = paths(&sosik, "blog/_archive/1.atom");
    assert_eq!(oldest.len(), 50);
    // One post of the first page.
    let gone = &oldest[7];
    let excluded = format!("[source.exclude]\nregex = ['^{}$']", title(&blog, gone));
    sosik.reconfigure("preset = \"tistory\"", &format!("preset = \"tistory\"\n{excluded}"));
    sosik.refresh();
    let rest: Vec<String> = oldest.iter().filter(|path| *path != gone).cloned().collect();
    assert_eq!(paths(&sosik, "blog/_archive/1.atom"), rest);
    let after = sosik.published();
    assert_eq!(after.get("blog/_archive/2.atom"), before.get("blog/_archive/2.atom"), "other pages stay as they are");
    assert_rules(&sosik);
    sosik.reconfigure(&excluded, "");
    sosik.refresh();
    assert_eq!(paths(&sosik, "blog/_archive/1.atom"), rest, "a page never gets a post back");
    let everywhere: Vec<String> = ["blog", "blog/_archive/3", "blog/_archive/2", "blog/_archive/1"]
        .into_iter()
        .flat_map(|path| paths(&sosik, &format!("{path}.atom")))
        .collect();
    let truth: BTreeSet<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(everywhere.len(), 136);
    assert_eq!(everywhere.into_iter().collect::<BTreeSet<_>>(), truth, "the walk finds every post once");
}

/// A post's title as an expression that finds nothing else.
fn title(blog: &Blog, path: &str) -> String {
    let row = blog.truth("").into_iter().find(|row| row.path == path).unwrap();
    row.title.chars().map(|letter| if letter.is_alphanumeric() || letter == ' ' { letter } else { '.' }).collect()
}

const MERGED: &str = "[[feed]]\nid = \"kafka\"\ntitle = \"Kafka & co\"\nlanguage = \"ko\"\ncategories = [\"*kafka\"]\n\
    [[feed]]\nid = \"everything\"\n[[feed]]\nid = \"just-two\"\nsources = [\"two\"]\n[feed.exclude]\ncategory = [\"Java\"]\n\
    [[feed]]\nid = \"nothing\"\ncategories = [\"no such\"]\n";

#[test]
fn a_feed_over_several_blogs_is_a_feed_like_any_other() {
    let (one, two) = (Blog::with_posts(30), Blog::with_posts(40));
    let sosik = Sosik::new()
        .source("one", &one.url("/category"), "preset = \"tistory\"\n")
        .source("two", &two.url("/category"), "preset = \"tistory\"\n")
        .with(MERGED);
    sosik.refresh();
    let kafka = one.truth("Big Data/Kafka").len() + two.truth("Big Data/Kafka").len();
    assert_eq!(paths(&sosik, "_merged/kafka.atom").len(), kafka);
    assert_eq!(paths(&sosik, "_merged/everything.rss").len(), 70);
    assert_rules(&sosik);
    let text = sosik.feed("_merged/kafka.atom");
    assert!(
        text.contains("<title>Kafka &#x26; co</title>") || text.contains("<title>Kafka &amp; co</title>"),
        "{text}"
    );
    assert!(text.contains("/feeds/_merged/kafka.atom\""), "{text}");
    assert_eq!(sosik.run(&["feed", "_merged/kafka.atom"]).success().stdout, text);
    assert_eq!(listed(&sosik).iter().filter(|path| path.starts_with("_merged/")).count(), 4);
    let opml = sosik.run(&["feeds", "--opml"]).success().stdout;
    assert!(opml.contains("xmlUrl=\"http://127.0.0.1:7878/feeds/_merged/everything.atom\""), "{opml}");
    assert!(sosik.run(&["feeds", "--newsboat"]).success().stdout.contains("/feeds/_merged/kafka.atom \"~Kafka & co\""));
    let _ = sosik.run(&["feeds", "check"]).success();

    // A poll writes the feeds that hold what it brought, and no others.
    let before = sosik.published();
    assert_eq!(sosik.refresh()["feeds_written"], 0);
    one.publish(1, "Java");
    sosik.refresh();
    let after = sosik.published();
    let written: BTreeSet<&str> = after
        .iter()
        .filter(|(path, file)| before.get(*path) != Some(*file))
        .map(|(path, _)| path.rsplit_once('.').unwrap().0)
        .collect();
    assert_eq!(written, BTreeSet::from(["one", "one/java", "_merged/everything"]));
    let everything = paths(&sosik, "_merged/everything.json");
    assert_eq!(everything.len(), 71);
}

#[test]
fn a_merged_feed_follows_its_sources_and_its_words() {
    let (one, two) = (Blog::with_posts(12), Blog::with_posts(14));
    let mut sosik = Sosik::new()
        .source("one", &one.url("/category"), "preset = \"tistory\"\n")
        .source("two", &two.url("/category"), "preset = \"tistory\"\n")
        .with("[[feed]]\nid = \"mix\"\nsources = [\"one\", \"two\"]\n");
    sosik.refresh();
    assert_eq!(paths(&sosik, "_merged/mix.atom").len(), 26);
    // The file names the source in two places, and both follow.
    let _ = sosik.run(&["source", "rename", "two", "second"]).success();
    let text = fs::read_to_string(sosik.config_file()).unwrap();
    assert!(text.contains("sources = [\"one\", \"second\"]") && text.contains("id = \"second\""), "{text}");
    let _ = sosik.run(&["refresh"]).success();
    assert_eq!(paths(&sosik, "_merged/mix.atom").len(), 26);
    let _ = sosik.run(&["source", "remove", "second"]).success();
    let text = fs::read_to_string(sosik.config_file()).unwrap();
    assert!(text.contains("sources = [\"one\"]"), "{text}");
    let _ = sosik.run(&["refresh"]).success();
    assert_eq!(paths(&sosik, "_merged/mix.atom").len(), 12);
    // Taken out: the file goes; put back: the same feed.
    let urn = |text: &str| text.split_once("<id>").unwrap().1[..45].to_owned();
    let before = urn(&sosik.feed("_merged/mix.atom"));
    fs::write(sosik.config_file(), text.replace("[[feed]]\nid = \"mix\"\nsources = [\"one\"]\n", "")).unwrap();
    let _ = sosik.run(&["refresh"]).success();
    assert_eq!(files(&sosik, "_merged"), [""; 0]);
    fs::write(sosik.config_file(), &text).unwrap();
    let _ = sosik.run(&["refresh"]).success();
    assert_eq!(urn(&sosik.feed("_merged/mix.atom")), before);
    sosik.reconfigure("sources = [\"one\", \"two\"]", "sources = [\"on\"]");
    let wrong = sosik.run(&["check"]).exits(3);
    assert!(
        wrong.stderr.contains("no source is called \"on\"") && wrong.stderr.contains("write \"one\""),
        "{}",
        wrong.stderr
    );
}

#[test]
fn titles_follow_a_template() {
    let blog = Blog::with_posts(40);
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let kafka = ids(&sosik, "blog/big-data/kafka.atom");
    sosik.reconfigure(
        "entries = 0",
        "entries = 0\ntitle = \"{blog} ({source})\"\ncategory_title = \"{label} @ {blog}\"",
    );
    sosik.reconfigure("preset = \"tistory\"", "preset = \"tistory\"\ntitle = \"B\"");
    sosik.refresh();
    let shows = |path: &str, title: &str| {
        let text = sosik.feed(path);
        assert!(text.contains(&format!("<title>{title}</title>")), "{path}: {}", &text[..600]);
    };
    shows("blog.atom", "B (blog)");
    shows("blog/big-data/kafka.rss", "Kafka @ B");
    shows("blog/_uncategorized.atom", "분류 없음 @ B");
    assert_eq!(ids(&sosik, "blog/big-data/kafka.atom"), kafka);
    sosik.reconfigure("title = \"B\"", "title = \"B\"\ncategory_title = \"{category}\"");
    sosik.refresh();
    let text = sosik.feed("blog/big-data/kafka.atom");
    assert!(text.contains("<title>Big Data/Kafka</title>"), "{}", &text[..600]);
}

#[test]
fn a_running_daemon_follows_another_choice_and_tells_nothing_by_it() {
    let blog = Blog::with_posts(30);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let mut sosik = Sosik::watching(&blog).on_bus(bus.address());
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 30).then_some(()));
    until("its feeds", || sosik.publish_dir().join("blog/일상.atom").exists().then_some(()));
    let whole = paths(&sosik, "blog.atom");
    sosik.reconfigure("preset = \"tistory\"", "preset = \"tistory\"\n[source.exclude]\ncategory = [\"일상\"]");
    let fewer = until("the filter", || Some(paths(&sosik, "blog.atom")).filter(|paths| paths.len() < whole.len()));
    let daily: Vec<String> = blog.whole_truth(Some("일상")).into_iter().map(|row| row.path).collect();
    assert!(fewer.iter().all(|path| !daily.contains(path)) && fewer.len() + daily.len() == 30);
    // Of two new posts, one is wanted.
    blog.publish(1, "일상");
    let wanted = blog.publish(1, "Big Data")[0];
    let report = sosik.run(&["refresh", "--json"]).success().json();
    assert_eq!((&report["sources"][0]["new"], &report["notified"]), (&2.into(), &1.into()));
    assert_eq!(desktop.notifications().len(), 1, "{:?}", desktop.notifications());
    // A merged feed is taken in, too.
    sosik.reconfigure("[feeds]", "[[feed]]\nid = \"mix\"\n[feeds]");
    until("the merged feed", || sosik.publish_dir().join("_merged/mix.atom").exists().then_some(()));
    let mixed = paths(&sosik, "_merged/mix.atom");
    assert_eq!((mixed.len(), mixed[0].as_str()), (fewer.len() + 1, format!("/{wanted}").as_str()));
    sosik.reconfigure("\n[source.exclude]\ncategory = [\"일상\"]", "");
    until("all posts", || (paths(&sosik, "_merged/mix.atom").len() == 32).then_some(()));
    assert_eq!(desktop.notifications().len(), 1, "{:?}", desktop.notifications());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn tags_have_feeds_where_they_are_chosen() {
    let blog = Blog::with_posts(30);
    for id in [28, 29] {
        blog.tag(id, &["Kafka Streams", "번역"]);
    }
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    let before = sosik.published();
    assert_eq!(files(&sosik, "_tag"), [""; 0]);
    sosik.reconfigure("entries = 0", "entries = 0\nfeeds = [\"all\", \"categories\", \"uncategorized\", \"tags\"]");
    // What the blog's own feed says of its newest posts is known with the next of them.
    let new = blog.publish(1, "Big Data/Kafka")[0];
    blog.tag(new, &["번역"]);
    assert_eq!(sosik.refresh()["sources"][0]["edited"], 0);
    let expected = [new, 29, 28].map(|id| format!("/{id}"));
    assert_eq!(paths(&sosik, "blog/_tag/번역.atom"), expected);
    assert_eq!(paths(&sosik, "blog/_tag/kafka-streams.json"), expected[1..]);
    assert!(sosik.feed("blog/_tag/번역.atom").contains("<title>번역 · "));
    assert_eq!(listed(&sosik).iter().filter(|path| path.contains("/_tag/")).count(), 2, "a category is no tag");
    // A tag is no category: the feeds of those hold what they held.
    assert_eq!(files(&sosik, "blog/번역"), [""; 0]);
    assert_eq!(
        bytes(&sosik.published()).get(&"blog/_uncategorized.rss".to_owned()),
        bytes(&before).get(&"blog/_uncategorized.rss".to_owned())
    );
    assert_rules(&sosik);
    sosik.reconfigure("preset = \"tistory\"", "preset = \"tistory\"\n[source.exclude]\ntag = [\"번*\"]");
    sosik.refresh();
    assert_eq!(paths(&sosik, "blog.atom").len(), 28);
    assert_eq!(paths(&sosik, "blog/_tag/번역.atom"), [""; 0]);
}
