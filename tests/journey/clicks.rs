//! What a person does with notifications: clicks, marks them as seen, wants quiet.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::daemon::{Daemon, status};
use crate::support::blog::Blog;
use crate::support::desktop::{Behaviour, Dunst, Recorder, SessionBus};
use crate::support::sosik::Sosik;
use crate::support::until;

/// A home whose browser writes down what it is to open, and where.
fn with_browser(sosik: Sosik) -> (Sosik, PathBuf) {
    let folder = sosik.path("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let (browser, opened) = (folder.join("xdg-open"), sosik.path("opened"));
    std::fs::write(&browser, format!("#!/bin/sh\nprintf '%s|%s\\n' \"$#\" \"$1\" >> '{}'\n", opened.display()))
        .unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    // A screen is named, or the opener would be started by systemd's manager, which has one.
    (sosik.env("PATH", &path).env("DISPLAY", ":0"), opened)
}

fn opened(file: &PathBuf) -> Vec<String> {
    std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn wait_until_opened(file: &PathBuf, address: &str) {
    until("a browser with the address", || (opened(file) == [format!("1|{address}")]).then_some(()));
}

#[test]
fn a_click_on_a_real_desktop_opens_the_post() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Dunst::start(&bus);
    let (sosik, file) = with_browser(Sosik::watching(&blog).on_bus(bus.address()));
    sosik.refresh();
    let posts = blog.publish(1, "일상");
    // The command has ended when somebody clicks.
    sosik.refresh();
    desktop.wait_for(1);
    desktop.click(0);
    wait_until_opened(&file, &blog.url(&format!("/{}", posts[0])));
    desktop.wait_for(0);
    let history = || sosik.run(&["notify", "history", "--json"]).success().json();
    let seen = until("a note that it was seen", || {
        let told = history()["deliveries"][0].clone();
        (!told["seen"].is_null()).then_some(told)
    });
    assert_eq!((&seen["state"], &seen["title"]), (&"sent".into(), &blog.post(posts[0]).unwrap().title.into()));
}

#[test]
fn a_digest_opens_the_blog_and_only_once() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let (sosik, file) = with_browser(Sosik::watching(&blog).on_bus(bus.address()));
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.publish(4, "일상");
    sosik.refresh();
    blog.publish(5, "일상");
    sosik.refresh();
    let told = desktop.wait_for(2);
    let summaries: Vec<&str> = told.iter().map(|one| one.summary.split(" · ").next().unwrap()).collect();
    assert_eq!(summaries, ["4 new posts", "9 new posts"]);
    assert_eq!((told[0].replaces, told[1].replaces, told[1].id), (0, told[0].id, told[0].id), "it grows in its place");
    assert_eq!(
        told[0].actions,
        ["default", "Open", "open", "Open", "seen", "Mark as seen", "quiet", "Quiet for an hour"]
    );
    desktop.act(told[1].id, "open");
    until("a browser", || (!opened(&file).is_empty()).then_some(()));
    let address = opened(&file).remove(0);
    assert!(address.starts_with(&format!("1|{}", blog.url("/"))), "{address}");
    let all_seen = || {
        let history = sosik.run(&["notify", "history", "--json"]).success().json();
        let told = history["deliveries"].as_array().unwrap().clone();
        told.len() == 9 && told.iter().all(|one| !one["seen"].is_null())
    };
    until("a note that all were seen", || all_seen().then_some(()));
    // What was clicked away is not there to grow.
    blog.publish(4, "일상");
    sosik.refresh();
    assert_eq!(desktop.wait_for(3)[2].replaces, 0);
    assert_eq!(opened(&file).len(), 1);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_digest_that_was_taken_away_begins_anew() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let (sosik, file) = with_browser(Sosik::watching(&blog).on_bus(bus.address()));
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.publish(4, "일상");
    sosik.refresh();
    desktop.dismiss(desktop.wait_for(1)[0].id);
    // What is told after it was heard of: a refresh takes longer than a signal of the bus.
    sosik.refresh();
    blog.publish(5, "일상");
    sosik.refresh();
    let told = desktop.wait_for(2);
    assert!(told[1].replaces == 0 && told[1].summary.starts_with("5 new posts"), "{told:#?}");
    let history = sosik.run(&["notify", "history", "--json"]).success().json();
    assert!(history["deliveries"].as_array().unwrap().iter().all(|one| one["seen"].is_null()), "{history}");
    assert!(opened(&file).is_empty());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn quiet_lasts_over_a_restart_and_ends_in_a_digest() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address());
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    blog.publish(1, "일상");
    sosik.refresh();
    desktop.act(desktop.wait_for(1)[0].id, "quiet");
    until("quiet", || (!status(&sosik)["outbox"]["channels"][0]["quiet_until"].is_null()).then_some(()));
    blog.publish(1, "일상");
    assert_eq!(sosik.refresh()["notified"], 0);
    assert_eq!(daemon.stop(), Some(0));
    blog.publish(1, "일상");
    assert_eq!(sosik.refresh()["notified"], 0, "also without the daemon");
    let shown = sosik.run(&["status"]).success().stdout;
    assert!(shown.contains("notifications: 2 owed, 0 given up") && shown.contains("quiet for"), "{shown}");
    let daemon = Daemon::start(&sosik);
    assert_eq!(desktop.notifications().len(), 1);
    let said = sosik.run(&["notify", "quiet", "off"]).success().stdout;
    assert!(said.contains("told again"), "{said}");
    assert!(desktop.wait_for(2)[1].summary.starts_with("2 new posts"), "{:#?}", desktop.notifications());
    assert_eq!(daemon.stop(), Some(0));
    let _ = sosik.run(&["notify", "quiet", "2 months"]).exits(2);
    let _ = sosik.run(&["notify", "quiet", "--channel", "nobody"]).exits(2);
}

#[test]
fn a_notification_outlives_a_reload() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let (sosik, file) = with_browser(Sosik::watching(&blog).on_bus(bus.address()));
    let mut sosik = sosik.with("[notify.desktop]\nsound = \"bell\"");
    let daemon = Daemon::start(&sosik);
    until("the first look", || (status(&sosik)["sources"][0]["posts"] == 12).then_some(()));
    let posts = blog.publish(1, "일상");
    sosik.refresh();
    let told = desktop.wait_for(1)[0].clone();
    assert_eq!(told.hints["sound-name"], "\"bell\"");
    sosik.reconfigure("language = \"en\"", "language = \"ko\"");
    sosik.refresh();
    desktop.act(told.id, "default");
    wait_until_opened(&file, &blog.url(&format!("/{}", posts[0])));
    blog.publish(1, "일상");
    sosik.refresh();
    assert_eq!(desktop.wait_for(2)[1].actions[1], "열기");
    assert_eq!(daemon.stop(), Some(0));
}
