//! What happens after the first look: nothing, a post, an edit, a burst, a pinned post.

use crate::feeds::{entries, ids, paths};
use crate::support::blog::{Blog, Request, Skin};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

/// A blog that was looked at once, by someone with a desktop.
struct Watched {
    blog: Blog,
    sosik: Sosik,
    desktop: Recorder,
    _bus: SessionBus,
}

impl Watched {
    fn new() -> Self {
        Self::in_skin(Skin::PlainList)
    }

    fn in_skin(skin: Skin) -> Self {
        let blog = Blog::start();
        blog.skin(skin);
        let bus = SessionBus::start();
        let desktop = Recorder::start(&bus, Behaviour::Shows);
        let sosik = Sosik::watching(&blog).on_bus(bus.address());
        sosik.refresh();
        blog.forget_requests();
        Self { blog, sosik, desktop, _bus: bus }
    }
}

#[test]
fn nothing_new_is_one_conditional_request_and_no_write() {
    let Watched { blog, sosik, desktop, _bus } = Watched::new();
    let before = sosik.published();
    let report = sosik.refresh();
    let requests: Vec<Request> = blog.log();
    assert_eq!(requests.len(), 1, "{requests:#?}");
    assert_eq!((requests[0].path.as_str(), requests[0].status), ("/category", 304));
    assert!(requests[0].headers.contains_key("if-none-match"));
    assert_eq!(report["sources"][0]["outcome"], "not-modified");
    assert_eq!(report["feeds_written"], 0);
    assert!(sosik.published() == before, "a file was touched");
    assert_eq!(desktop.notifications(), []);
}

#[test]
fn a_new_post_is_in_exactly_its_feeds_and_told_once() {
    let Watched { blog, sosik, desktop, _bus } = Watched::new();
    let before = sosik.published();
    blog.publish(1, "Big Data/Kafka");
    let report = sosik.refresh();
    let source = &report["sources"][0];
    assert_eq!((&source["outcome"], &source["new"], &source["posts"]), (&"changed".into(), &1.into(), &137.into()));
    assert_eq!((&report["feeds_written"], &report["notified"]), (&3.into(), &1.into()));

    let after = sosik.published();
    let changed: Vec<&str> =
        after.iter().filter(|(path, file)| before.get(*path) != Some(*file)).map(|(path, _)| path.as_str()).collect();
    let expected: Vec<String> = ["blog", "blog/big-data", "blog/big-data/kafka"]
        .iter()
        .flat_map(|path| ["atom", "json", "rss"].map(|extension| format!("{path}.{extension}")))
        .collect();
    let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(changed, expected);
    assert_eq!(paths(&sosik, "blog/big-data/kafka.atom")[0], "/137");

    let told = desktop.notifications();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].summary, blog.post(137).unwrap().title);
    assert_eq!(told[0].app_name, "sosik");
    assert!(told[0].body.contains("Big Data/Kafka"), "{}", told[0].body);

    sosik.refresh();
    assert_eq!(desktop.notifications().len(), 1, "never announced anew");
}

#[test]
fn an_edit_moves_title_and_updated_and_nothing_else() {
    let Watched { blog, sosik, desktop, _bus } = Watched::new();
    let find = |sosik: &Sosik| entries(sosik, "blog.atom").into_iter().find(|(path, _)| path == "/130").unwrap().1;
    let before = find(&sosik);
    blog.edit(130);
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["edited"], &report["sources"][0]["new"]), (&1.into(), &0.into()));
    let after = find(&sosik);
    assert!(after.title.as_ref().unwrap().content.ends_with("(수정)"));
    assert_eq!((&after.id, after.published), (&before.id, before.published));
    assert!(after.updated > before.updated);
    assert_eq!(desktop.notifications(), []);
}

#[test]
fn a_burst_is_read_to_its_end_and_told_as_one() {
    for pinned in [false, true] {
        let Watched { blog, sosik, desktop, _bus } = Watched::new();
        if pinned {
            blog.pin(5);
        }
        blog.publish(25, "일상");
        let report = sosik.refresh();
        let source = &report["sources"][0];
        assert_eq!(
            (&source["new"], &source["pages"], &source["posts"]),
            (&25.into(), &3.into(), &161.into()),
            "{pinned}"
        );
        let told = desktop.notifications();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(told[0].summary.starts_with("25 new posts"), "{}", told[0].summary);
        let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
        assert_eq!(paths(&sosik, "blog.atom"), wanted);
    }
}

#[test]
fn a_pinned_post_stops_nothing_in_any_skin() {
    for skin in [Skin::PlainList, Skin::Articles, Skin::Cards] {
        let blog = Blog::start();
        blog.skin(skin);
        blog.pin(5);
        let sosik = Sosik::watching(&blog);
        assert_eq!(sosik.refresh()["sources"][0]["posts"], 136, "{skin:?}");
        blog.publish(1, "일상");
        let source = &sosik.refresh()["sources"][0];
        assert_eq!((&source["new"], &source["pages"]), (&1.into(), &1.into()), "{skin:?}");
        let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
        assert_eq!(paths(&sosik, "blog.atom"), wanted, "{skin:?}");
    }
}

#[test]
fn ids_survive_edits_and_other_recipes() {
    let Watched { blog, mut sosik, desktop, _bus } = Watched::new();
    let before = ids(&sosik, "blog.atom");
    blog.edit(136);
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["new"], &report["sources"][0]["edited"]), (&0.into(), &1.into()));
    assert_eq!(ids(&sosik, "blog.atom"), before, "after an edit");
    for recipe in [
        "preset = \"tistory\"\n[source.recipe]\ntitle = \".row-title\"\nauthor = \".row-info > a\"\n",
        "[source.recipe]\npost = \".list > .row\"\nlink = \"a.row-link\"\ntitle = \".row-title\"\n\
         category = \".row-info > a\"\nnext = \"a.next\"\n",
        "preset = \"tistory\"\n",
    ] {
        sosik.recipe(recipe);
        let report = sosik.refresh();
        assert_eq!(
            (&report["sources"][0]["new"], &report["sources"][0]["posts"]),
            (&0.into(), &136.into()),
            "{recipe}"
        );
        assert_eq!(ids(&sosik, "blog.atom"), before, "{recipe}");
    }
    assert_eq!(desktop.notifications(), []);
}

#[test]
fn ids_survive_another_skin_and_another_address_of_the_feeds() {
    let Watched { blog, mut sosik, desktop, _bus } = Watched::new();
    let before = ids(&sosik, "blog.atom");
    blog.skin(Skin::Articles);
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["new"], &report["sources"][0]["posts"]), (&0.into(), &136.into()));
    sosik.reconfigure("[feeds]", "base_url = \"https://feeds.example/\"\n[feeds]");
    sosik.reconfigure("base_url = \"https://feeds.example/\"\n[feeds]", "[feeds]");
    sosik.reconfigure("[publish]\n", "[publish]\nbase_url = \"https://feeds.example/\"\n");
    sosik.refresh();
    assert!(sosik.feed("blog.atom").contains("https://feeds.example/feeds/blog.atom"));
    assert_eq!(ids(&sosik, "blog.atom"), before);
    assert_eq!(desktop.notifications(), []);
}

#[test]
fn what_somebody_deleted_is_written_again() {
    let Watched { blog: _blog, sosik, .. } = Watched::new();
    let before = sosik.feed("blog/big-data.atom");
    std::fs::remove_file(sosik.publish_dir().join("blog/big-data.atom")).unwrap();
    sosik.refresh();
    assert_eq!(sosik.feed("blog/big-data.atom"), before);
}

#[test]
fn edits_are_ignored_or_told_as_the_configuration_says() {
    for (word, shown, told) in [("ignore", false, 0), ("update", true, 0), ("announce", true, 1)] {
        let Watched { blog, mut sosik, desktop, _bus } = Watched::new();
        sosik.reconfigure("[feeds]\n", &format!("[feeds]\nedits = \"{word}\"\n"));
        let newest = blog.truth("").remove(0);
        blog.edit(newest.path.trim_start_matches('/').parse().unwrap());
        for _ in 0..2 {
            sosik.refresh();
            assert_eq!(sosik.feed("blog.atom").contains("(수정)"), shown, "{word}");
            assert_eq!(desktop.notifications().len(), told, "{word}: once");
        }
    }
}
