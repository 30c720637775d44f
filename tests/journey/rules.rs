//! Rules of notifications in a configuration, from the file to the desktop.

use crate::daemon::status;
use crate::support::blog::{Blog, Fault};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;

#[test]
fn a_rule_silences_a_category_and_those_below_it() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog)
        .on_bus(bus.address())
        .with("[[notify.rule]]\nsources = [\"b*\"]\ncategories = [\"big data\"]\nchannels = []");
    sosik.refresh();
    blog.publish(1, "Big Data/Kafka");
    let post = blog.publish(1, "일상")[0];
    let report = sosik.refresh();
    assert_eq!((&report["sources"][0]["new"], &report["notified"]), (&2.into(), &1.into()));
    assert_eq!(desktop.notifications()[0].summary, blog.post(post).unwrap().title);
    assert_eq!(status(&sosik)["outbox"]["owed"], 0);
}

#[test]
fn what_a_digest_collects_waits_in_the_state_and_a_changed_rule_lets_it_go() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    // Once a week: between the two looks of this test that minute does not come.
    let weekly = "[[notify.rule]]\ndigest = \"weekly sun 03:03\"\ntime_zone = \"Asia/Seoul\"";
    let mut sosik = Sosik::watching(&blog).on_bus(bus.address()).with(weekly);
    sosik.refresh();
    blog.publish(2, "일상");
    assert_eq!(sosik.refresh()["notified"], 0);
    assert_eq!(desktop.notifications(), []);
    let history = sosik.run(&["notify", "history", "--owed"]).success().stdout;
    assert_eq!(history.matches("waits, ").count(), 2, "{history}");
    assert!(sosik.run(&["notify", "replay"]).success().stdout.contains("nothing was given up"));
    assert!(sosik.run(&["notify", "history", "--dead"]).success().stdout.starts_with("nothing"));
    sosik.reconfigure("digest = \"weekly sun 03:03\"\n", "");
    assert_eq!(sosik.refresh()["notified"], 1);
    assert!(desktop.notifications()[0].summary.starts_with("2 new posts"), "{:#?}", desktop.notifications());
}

#[test]
fn trouble_is_told_when_it_lasts_as_long_as_it_was_said() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address()).with("[notify]\nfailures = 2");
    sosik.refresh();
    blog.fault(Fault::Captcha);
    let _ = sosik.run(&["refresh"]).exits(4);
    assert_eq!(desktop.notifications(), []);
    let _ = sosik.run(&["refresh"]).exits(4);
    let _ = sosik.run(&["refresh"]).exits(4);
    let told = desktop.notifications();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].body.contains("since "), "{}", told[0].body);
    blog.fault(None);
    sosik.refresh();
    sosik.refresh();
    let told = desktop.notifications();
    assert!(told.len() == 2 && told[1].body.starts_with("reads again"), "{told:#?}");
}
