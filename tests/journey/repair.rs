//! A blog is redesigned: it is learnt anew with its own posts as labels, told once, and taken back by hand.

use serde_json::Value;

use crate::support::blog::{Blog, Fault, Skin};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

fn look(sosik: &Sosik) -> Value {
    sosik.refresh()["sources"][0].clone()
}

#[test]
fn a_redesign_is_learnt_anew_told_once_and_loses_nothing() {
    let blog = Blog::with_posts(25);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "").on_bus(bus.address());
    look(&sosik);
    blog.skin(Skin::Alien);
    let repaired = look(&sosik);
    assert_eq!(
        (&repaired["outcome"], &repaired["new"], &repaired["posts"]),
        (&"repaired".into(), &0.into(), &25.into())
    );
    assert_eq!(look(&sosik)["outcome"], "not-modified");
    let told = desktop.notifications();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].body.contains("sosik repair blog --undo"), "{}", told[0].body);
    let status = sosik.run(&["status"]).success().stdout;
    assert!(status.contains("a learnt recipe reads its new layout"), "{status}");

    blog.publish(1, "일상");
    let news = look(&sosik);
    assert_eq!((&news["outcome"], &news["new"], &news["posts"]), (&"changed".into(), &1.into(), &26.into()));
    // The old layout is read as well, should the blog go back to it or show both by turns.
    for skin in [Skin::PlainList, Skin::Alien, Skin::PlainList] {
        blog.skin(skin);
        let turn = look(&sosik);
        assert_eq!((&turn["outcome"], &turn["posts"]), (&"unchanged".into(), &26.into()), "{skin:?}");
    }
}

#[test]
fn a_repair_is_taken_back_and_stays_so() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    look(&sosik);
    blog.skin(Skin::Alien);
    assert_eq!(look(&sosik)["outcome"], "repaired");
    let _ = sosik.run(&["repair", "blog", "--undo"]).success();
    let failed = sosik.run(&["refresh", "--json"]).exits(4).json();
    assert_eq!(failed["sources"][0]["error"]["step"], "extract", "it is not learnt again by itself");
    let _ = sosik.run(&["repair", "blog", "--undo"]).exits(2);
    let told = sosik.run(&["repair", "blog"]).success().stdout;
    assert!(told.contains("repaired"), "{told}");
    assert_eq!(look(&sosik)["posts"], 25);
}

#[test]
fn what_only_looks_like_a_redesign_repairs_nothing() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::new().source("blog", &blog.url("/category"), "");
    look(&sosik);
    let before = sosik.published();
    for fault in [Fault::Captcha, Fault::Empty, Fault::ServerError] {
        blog.fault(fault.clone());
        let run = sosik.run(&["refresh", "--json"]).exits(4).json();
        assert_eq!(run["sources"][0]["outcome"], "failed", "{fault:?}");
    }
    blog.fault(None);
    assert_ne!(look(&sosik)["outcome"], "repaired");
    assert!(sosik.published() == before);
    assert!(!sosik.run(&["status"]).success().stdout.contains("repaired"));
}

#[test]
fn a_changed_recipe_voids_what_was_learnt() {
    let blog = Blog::with_posts(25);
    blog.skin(Skin::Alien);
    let mut sosik = Sosik::new().source("blog", &blog.url("/category"), "");
    look(&sosik);
    let keys = "\n[source.recipe]\npost = \"tr.q7\"\ntitle = \"a.q3\"\ncategory = \"td.q5\"\n";
    sosik.reconfigure(&format!("{}\"\n", blog.url("/category")), &format!("{}\"{keys}", blog.url("/category")));
    let source = look(&sosik);
    assert_eq!((&source["new"], &source["posts"]), (&0.into(), &25.into()));
    let page = sosik.run(&["posts", "--json"]).success();
    assert!(page.stdout.contains("Big Data"), "the new recipe names categories: {}", page.stdout);
}

#[test]
fn what_a_person_wrote_is_not_overruled() {
    for (keys, outcome) in [("", "repaired"), ("\n[source.recipe]\ntitle = \".row-title\"\n", "failed")] {
        let blog = Blog::with_posts(25);
        let sosik = Sosik::new().source("blog", &blog.url("/category"), &format!("preset = \"tistory\"\n{keys}"));
        assert_eq!(look(&sosik)["posts"], 25, "{keys}");
        blog.skin(Skin::Alien);
        let run = sosik.run(&["refresh", "--json"]).json();
        assert_eq!(run["sources"][0]["outcome"], outcome, "{keys}");
    }
}
