//! A notification on a real bus: shown by a daemon that people use, waiting where nobody answers.

use crate::support::blog::Blog;
use crate::support::desktop::{Behaviour, Dunst, Recorder, SessionBus};
use crate::support::sosik::Sosik;

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
    if let Some(folder) = std::env::var_os("SOSIK_SCREENSHOTS") {
        desktop.screenshot(&std::path::Path::new(&folder).join("one-post.png"));
    }
    let shown = desktop.close_all();
    assert_eq!(shown.len(), 1, "{shown:#?}");
    assert_eq!(shown[0].summary, blog.post(26).unwrap().title);
    assert_eq!(shown[0].app_name, "sosik");
}

#[test]
fn without_a_bus_nothing_is_owed_by_default() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.publish(2, "일상");
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["new"], &report["notified"]), (&2.into(), &0.into()));
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"], 0);
}

#[test]
fn a_person_who_insists_is_owed_until_there_is_a_desktop() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog).with("[notify.desktop]\nenabled = true");
    sosik.refresh();
    blog.publish(2, "일상");
    let run = sosik.run(&["refresh"]).success();
    assert_eq!(run.stderr.lines().filter(|line| line.contains("notifications wait")).count(), 1, "{}", run.stderr);
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"], 2);
}

#[test]
fn a_daemon_that_refuses_or_hangs_costs_no_notification() {
    for trouble in [Behaviour::Refuses, Behaviour::Hangs] {
        let blog = Blog::with_posts(25);
        let bus = SessionBus::start();
        let desktop = Recorder::start(&bus, trouble);
        let sosik = Sosik::watching(&blog).on_bus(bus.address());
        sosik.refresh();
        blog.publish(1, "일상");
        assert_eq!(sosik.refresh()["notified"], 0, "{trouble:?}");
        assert_eq!(sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"], 1, "{trouble:?}");
        assert_eq!(desktop.notifications().len(), 1, "{trouble:?}");
    }
}

#[test]
fn a_test_notification_arrives_or_says_why_not() {
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let said = Sosik::new().on_bus(bus.address()).run(&["notify", "test"]).success();
    assert!(said.stdout.contains("took the notification"), "{}", said.stdout);
    assert_eq!(desktop.notifications().len(), 1);
    let without = Sosik::new().run(&["notify", "test"]).exits(4);
    assert!(without.stderr.contains("help:"), "{}", without.stderr);
}
