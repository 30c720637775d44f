//! What the index does not show: the site's feed, its category pages, the posts' own pages. Never news.

use std::collections::BTreeMap;

use crate::feeds::{assert_holds, entries};
use crate::support::blog::{Blog, Fault, Skin};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

/// Requests by what they are for, since the log was emptied.
fn asked(blog: &Blog) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for request in blog.log() {
        let kind = match request.path.as_str() {
            "/robots.txt" => "robots",
            "/rss" => "feed",
            path if path.starts_with("/category/") => "category",
            path if path.starts_with("/category") => "index",
            _ => "post",
        };
        *counts.entry(kind).or_default() += 1;
    }
    blog.forget_requests();
    counts
}

fn holds_every_category(sosik: &Sosik, blog: &Blog) {
    for (category, _) in blog.tree() {
        let slug = category.to_lowercase().replace(' ', "-");
        let mut wanted: Vec<String> = blog.whole_truth(Some(&category)).into_iter().map(|row| row.path).collect();
        let mut found: Vec<String> =
            entries(sosik, &format!("blog/{slug}.atom")).into_iter().map(|(path, _)| path).collect();
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{category}");
    }
}

/// How many posts bear their true day, and what each post's `updated` is.
fn days_and_updates(sosik: &Sosik, blog: &Blog) -> (usize, BTreeMap<String, i64>) {
    let found = entries(sosik, "blog.atom");
    let updates =
        found.iter().map(|(path, entry)| (path.clone(), entry.updated.expect("updated").timestamp())).collect();
    let days: BTreeMap<String, String> = found
        .into_iter()
        .filter_map(|(path, entry)| {
            let at = jiff::Timestamp::from_second(entry.published?.timestamp()).unwrap();
            Some((path, at.in_tz("Asia/Seoul").unwrap().date().to_string()))
        })
        .collect();
    let right = blog.whole_truth(Some("")).into_iter().filter(|row| days.get(&row.path) == row.date.as_ref()).count();
    (right, updates)
}

#[test]
fn cards_without_category_and_date_get_both() {
    let blog = Blog::start();
    blog.skin(Skin::Cards);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["posts"], &source["pages"]), (&136.into(), &14.into()));
    holds_every_category(&sosik, &blog);
    let (mut right, updates) = days_and_updates(&sosik, &blog);
    assert!(right >= 50 + 20, "the feed's and the first twenty: {right}");
    let lists: usize = blog
        .tree()
        .iter()
        .filter(|(path, _)| path.contains('/') || path == "일상")
        .map(|(_, posts)| posts.div_ceil(10))
        .sum();
    let first = asked(&blog);
    assert!(first["category"] <= lists, "{first:?}");
    assert_eq!((first["feed"], first["post"]), (1, 20), "{first:?}");

    while right < 136 {
        let source = &sosik.refresh()["sources"][0];
        assert_eq!((&source["new"], &source["edited"]), (&0.into(), &0.into()));
        let counts = asked(&blog);
        assert!(counts["post"] <= 20 && !counts.contains_key("category"), "{counts:?}");
        let (now, same) = days_and_updates(&sosik, &blog);
        assert!(now >= (right + 20).min(136), "{now} after {right}");
        assert_eq!(same, updates, "an `updated` moved");
        right = now;
    }
    assert_holds(&sosik, "blog", &blog.whole_truth(Some("")));
    // Posts that have no category are asked once, too; then nothing is.
    sosik.refresh();
    asked(&blog);
    sosik.refresh();
    assert_eq!(asked(&blog), BTreeMap::from([("index", 1)]));
    assert_eq!(desktop.notifications(), []);
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["sources"][0]["declared"], 136);
    assert!(sosik.run(&["status"]).success().stdout.contains("136 of 136 posts"));
}

#[test]
fn what_appears_later_is_whole_when_it_is_told() {
    let blog = Blog::with_posts(12);
    blog.skin(Skin::Cards);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    sosik.refresh();
    asked(&blog);
    blog.publish(2, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["sources"][0]["new"], 2);
    assert_holds(&sosik, "blog/big-data/kafka", &blog.whole_truth(Some("Big Data/Kafka")));
    let counts = asked(&blog);
    assert_eq!(counts.get("feed"), Some(&1), "{counts:?}");
    assert!(counts.get("category").is_none_or(|pages| *pages <= 2), "{counts:?}");
}

#[test]
fn the_budget_is_a_key() {
    let blog = Blog::start();
    blog.skin(Skin::Cards);
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("[fetch]\n", "[fetch]\npermalinks = 3\n");
    sosik.refresh();
    assert_eq!(asked(&blog)["post"], 3);
    sosik.reconfigure("permalinks = 3", "permalinks = 0");
    sosik.refresh();
    assert_eq!(asked(&blog).get("post"), None);
}

#[test]
fn a_feed_that_is_missing_is_not_asked_for_again() {
    let blog = Blog::start();
    blog.fault_at("/rss", Fault::Gone);
    blog.skin(Skin::Cards);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    assert_eq!(asked(&blog)["feed"], 1);
    sosik.refresh();
    assert_eq!(asked(&blog).get("feed"), None);
}

#[test]
fn a_server_that_is_asked_too_much_is_left_alone() {
    let blog = Blog::start();
    blog.skin(Skin::Cards);
    blog.fault_at("/rss", Fault::TooManyRequests("3600"));
    let sosik = Sosik::watching(&blog);
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["outcome"], &source["posts"]), (&"baseline".into(), &136.into()));
    let counts = asked(&blog);
    assert_eq!((counts.get("category"), counts.get("post")), (None, None), "{counts:?}");
    assert_eq!(sosik.refresh()["sources"][0]["outcome"], "deferred");
}

#[test]
fn posts_pages_that_are_no_posts_say_nothing() {
    let blog = Blog::start();
    for id in 1..=136 {
        blog.fault_at(&format!("/{id}"), Fault::Captcha);
    }
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let posts = asked(&blog)["post"];
    sosik.refresh();
    sosik.refresh();
    sosik.refresh();
    assert_eq!(asked(&blog)["post"], posts * 2, "three times each");
    assert_holds(&sosik, "blog", &blog.truth(""));
}

#[test]
fn a_feed_and_a_sitemap_are_sources() {
    let blog = Blog::start();
    let sosik = Sosik::new().source("blog", &blog.url("/rss"), "preset = \"tistory\"\n").source(
        "map",
        &blog.url("/sitemap.xml"),
        "preset = \"tistory\"\n",
    );
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["posts"], &report["sources"][0]["outcome"]), (&50.into(), &"baseline".into()));
    assert_holds(&sosik, "blog", &blog.whole_truth(Some(""))[..50]);
    assert_eq!(report["sources"][1]["posts"], 136);
    let titled = entries(&sosik, "map.atom")
        .into_iter()
        .filter(|(_, entry)| entry.title.as_ref().is_some_and(|title| title.content.starts_with('[')));
    assert!(titled.count() >= 20, "titles come from the posts' own pages");
    blog.publish(1, "일상");
    assert_eq!(sosik.refresh()["sources"][0]["new"], 1);
}
