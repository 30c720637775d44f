//! The first look at a blog: all of its posts, a feed for each category, and silence.

use std::collections::BTreeSet;

use crate::feeds::{assert_holds, ids};
use crate::support::blog::{Blog, Skin};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

/// Category feeds that the issue names, with the category of each.
const NAMED: [(&str, &str); 3] =
    [("blog/big-data", "Big Data"), ("blog/big-data/kafka", "Big Data/Kafka"), ("blog/일상", "일상")];

fn look_at(skin: Skin) -> (Blog, Sosik) {
    let blog = Blog::start();
    blog.skin(skin);
    let sosik = Sosik::watching(&blog);
    let report = sosik.refresh();
    let source = &report["sources"][0];
    assert_eq!(
        (&source["outcome"], &source["posts"], &source["new"], &source["pages"], &source["error"]),
        (&"baseline".into(), &136.into(), &136.into(), &14.into(), &serde_json::Value::Null)
    );
    assert_eq!(report["notified"], 0);
    (blog, sosik)
}

fn every_category_has_its_posts(skin: Skin) {
    let (blog, sosik) = look_at(skin);
    assert_holds(&sosik, "blog", &blog.whole_truth(Some("")));
    for (path, category) in NAMED {
        assert_holds(&sosik, path, &blog.whole_truth(Some(category)));
    }
    for (category, _) in blog.tree() {
        let rows = blog.whole_truth(Some(&category));
        let slug = category.to_lowercase().replace(' ', "-");
        assert_holds(&sosik, &format!("blog/{slug}"), &rows);
    }
    assert_holds(&sosik, "blog/_uncategorized", &blog.whole_truth(None));
}

#[test]
fn plain_list() {
    every_category_has_its_posts(Skin::PlainList);
}

#[test]
fn articles() {
    every_category_has_its_posts(Skin::Articles);
}

#[test]
fn dates_stand_in_the_blogs_zone_and_ids_are_the_same_everywhere() {
    let (_blog, sosik) = look_at(Skin::PlainList);
    let atom = sosik.feed("blog.atom");
    let published = atom.lines().filter(|line| line.contains("<published>")).count();
    assert_eq!(published, 136);
    assert!(atom.lines().filter(|line| line.contains("<published>")).all(|line| line.contains("+09:00")), "{atom}");
    assert!(sosik.feed("blog.rss").contains(" +0900</pubDate>"));
    let all = ids(&sosik, "blog.atom");
    for file in ["blog.json", "blog.rss", "blog/big-data.rss", "blog/big-data/kafka.json", "blog/_uncategorized.atom"] {
        for (path, id) in ids(&sosik, file) {
            assert_eq!(all[&path], id, "{file} {path}");
        }
    }
    assert_eq!(all.values().collect::<BTreeSet<_>>().len(), 136);
}

#[test]
fn nobody_is_told_of_what_was_there_before() {
    let blog = Blog::start();
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    sosik.refresh();
    assert_eq!(desktop.notifications(), []);
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"], 0);
}

#[test]
fn a_bounded_backfill_reads_so_many_pages() {
    let blog = Blog::start();
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "preset = \"tistory\"\nbackfill = 3\n");
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["posts"], &source["pages"]), (&30.into(), &3.into()));
    let again = &sosik.refresh()["sources"][0];
    assert_eq!((&again["outcome"], &again["pages"]), (&"not-modified".into(), &0.into()));
    blog.publish(12, "일상");
    let later = &sosik.refresh()["sources"][0];
    assert_eq!((&later["new"], &later["pages"], &later["posts"]), (&12.into(), &2.into(), &42.into()));
}

#[test]
fn a_blog_without_a_preset_in_the_configuration_is_known_by_its_marks() {
    let blog = Blog::start();
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "");
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 136);
}
