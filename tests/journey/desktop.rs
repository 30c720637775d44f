//! A notification on a real bus: shown by a daemon that people use, waiting where nobody answers.

use crate::daemon::{Daemon, status};
use crate::support::blog::{Blog, Post};
use crate::support::desktop::{Behaviour, Dunst, Recorder, SessionBus};
use crate::support::sosik::Sosik;
use crate::support::until;

/// A picture for a person to look at, where one asks for it.
fn picture(desktop: &Dunst<'_>, name: &str) {
    if let Some(folder) = std::env::var_os("SOSIK_SCREENSHOTS") {
        desktop.screenshot(&std::path::Path::new(&folder).join(name));
    }
}

/// What is owed.
fn owed(sosik: &Sosik) -> serde_json::Value {
    status(sosik)["outbox"]["owed"].clone()
}

#[test]
fn dunst_shows_the_new_post() {
    let blog = Blog::with_posts(25);
    let bus = SessionBus::start();
    let desktop = Dunst::start(&bus);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    blog.publish(1, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["notified"], 1);
    desktop.wait_for(1);
    picture(&desktop, "one-post.png");
    let shown = desktop.close_all();
    assert_eq!(shown.len(), 1, "{shown:#?}");
    assert_eq!(shown[0].summary, blog.post(26).unwrap().title);
    assert_eq!(shown[0].app_name, "sosik");
    assert!(shown[0].body.starts_with("Big Data/Kafka · "), "{}", shown[0].body);
}

#[test]
fn dunst_shows_three_apart_and_more_as_a_digest_that_grows() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Dunst::start(&bus);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.publish(3, "일상");
    assert_eq!(sosik.refresh()["notified"], 3);
    desktop.wait_for(3);
    picture(&desktop, "three-posts.png");
    blog.publish(25, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["notified"], 1);
    desktop.wait_for(4);
    picture(&desktop, "digest.png");
    blog.publish(5, "일상");
    assert_eq!(sosik.refresh()["notified"], 1);
    assert_eq!(desktop.on_screen(), 4, "the digest has grown in its place");
    picture(&desktop, "digest-grown.png");
    let shown = desktop.close_all();
    let digest = shown.iter().find(|one| one.summary.contains("new posts")).unwrap();
    assert!(digest.summary.starts_with("30 new posts · "), "{}", digest.summary);
    assert!(digest.body.ends_with("… and 25 more"), "{}", digest.body);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn what_looks_like_markup_is_shown_as_it_is() {
    const TITLE: &str = "<b>bold</b> & \"quoted\" <script>";
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Dunst::start(&bus);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let post = |id: u32, title: &str| Post { id, title: title.to_owned(), ..blog.post(12).unwrap() };
    for id in 100..104 {
        blog.put_back(post(id, TITLE));
    }
    sosik.refresh();
    desktop.wait_for(1);
    picture(&desktop, "markup-digest.png");
    blog.put_back(post(104, TITLE));
    sosik.refresh();
    desktop.wait_for(2);
    picture(&desktop, "markup.png");
    let shown = desktop.close_all();
    assert!(shown.iter().any(|one| one.summary == TITLE), "{shown:#?}");
    // dunst keeps bodies as markup: what it was told, and not what it made of it.
    let digest = shown.iter().find(|one| one.summary.starts_with("4 new posts")).unwrap();
    let first = digest.body.lines().next().unwrap().to_owned();
    let escaped = "• &lt;b&gt;bold&lt;/b&gt; &amp; \"quoted\" &lt;script&gt;";
    assert_eq!(first, escaped);
}

#[test]
fn a_daemon_without_markup_and_buttons_gets_plain_text() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    blog.publish(1, "C & <b>");
    sosik.refresh();
    desktop.is_able(&["body"]);
    blog.publish(1, "C & <b>");
    sosik.refresh();
    let told = desktop.wait_for(2);
    assert!(told[0].body.starts_with("C &amp; &lt;b&gt; · "), "{}", told[0].body);
    assert!(told[1].body.starts_with("C & <b> · "), "{}", told[1].body);
    assert_eq!((told[0].actions.is_empty(), told[1].actions.is_empty()), (false, true));
    assert_eq!(told[0].hints["desktop-entry"], "\"sosik\"");
}

#[test]
fn without_a_bus_nothing_is_owed_by_default() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.publish(2, "일상");
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["new"], &report["notified"]), (&2.into(), &0.into()));
    assert_eq!(owed(&sosik), 0);
}

#[test]
fn a_person_who_insists_is_owed_until_there_is_a_desktop() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog).with("[notify.desktop]\nenabled = true");
    let socket = sosik.path("run/bus");
    let sosik = sosik.on_bus(&format!("unix:path={}", socket.display()));
    sosik.refresh();
    blog.publish(2, "일상");
    let run = sosik.run(&["refresh"]).success();
    assert_eq!(run.stderr.lines().filter(|line| line.contains("notifications wait")).count(), 1, "{}", run.stderr);
    assert_eq!(owed(&sosik), 2);
    // The daemon starts without a desktop; somebody logs in.
    let daemon = Daemon::start(&sosik);
    blog.publish(3, "Big Data/Kafka");
    assert_eq!(sosik.refresh()["notified"], 0);
    let channel = status(&sosik)["outbox"]["channels"][0].clone();
    assert_eq!((&channel["name"], &channel["owed"]), (&"desktop".into(), &5.into()));
    assert!(channel["error"].as_str().unwrap().contains("no notification daemon"), "{channel}");
    assert!(channel["help"].as_str().unwrap().contains("desktop session"), "{channel}");
    let bus = SessionBus::start_at(&socket);
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    assert_eq!(sosik.refresh()["notified"], 1);
    let told = desktop.notifications();
    assert!(told.len() == 1 && told[0].summary.starts_with("5 new posts"), "{told:#?}");
    assert_eq!(owed(&sosik), 0);
    assert!(status(&sosik)["outbox"]["channels"][0]["error"].is_null());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_daemon_that_refuses_or_hangs_costs_no_notification() {
    for trouble in [Behaviour::Refuses, Behaviour::Hangs] {
        let blog = Blog::with_posts(25);
        let bus = SessionBus::start();
        let desktop = Recorder::start(&bus, trouble);
        let sosik = Sosik::watching(&blog).on_bus(bus.address());
        sosik.refresh();
        let posts = blog.publish(1, "일상");
        assert_eq!(sosik.refresh()["notified"], 0, "{trouble:?}");
        assert_eq!(owed(&sosik), 1, "{trouble:?}");
        assert_eq!(desktop.notifications().len(), 1, "{trouble:?}");
        desktop.behave(Behaviour::Shows);
        assert_eq!(sosik.refresh()["notified"], 1, "{trouble:?}");
        assert_eq!(desktop.notifications()[1].summary, blog.post(posts[0]).unwrap().title);
    }
}

#[test]
fn a_desktop_that_dies_in_between_costs_no_notification() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.publish(4, "일상");
    sosik.refresh();
    let shown = desktop.wait_for(1)[0].clone();
    // It takes no answer back: the message is under way when it goes.
    desktop.behave(Behaviour::Hangs);
    blog.publish(5, "일상");
    let mut refresh = sosik.spawn(&["refresh"]);
    desktop.wait_for(2);
    drop(desktop);
    refresh.wait().unwrap();
    assert_eq!(owed(&sosik), 5);
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    assert_eq!(sosik.refresh()["notified"], 1);
    let told = desktop.notifications();
    assert!(told.len() == 1 && told[0].summary.starts_with("5 new posts"), "{told:#?}");
    // The number that the first desktop gave means nothing to this one.
    assert_eq!((told[0].replaces, shown.id), (0, 1));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_test_notification_arrives_or_says_why_not() {
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::new().on_bus(bus.address());
    let said = sosik.run(&["notify", "test"]).success();
    assert!(said.stdout.contains("took the notification"), "{}", said.stdout);
    assert_eq!(desktop.notifications().len(), 1);
    let _ = sosik.run(&["notify", "test", "desktop"]).success();
    let unknown = sosik.run(&["notify", "test", "desk"]).exits(2);
    assert!(unknown.stderr.contains("known are: desktop"), "{}", unknown.stderr);
    let without = Sosik::new().run(&["notify", "test"]).exits(4);
    assert!(without.stderr.contains("help:"), "{}", without.stderr);
}
