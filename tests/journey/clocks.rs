//! Clocks that are set and processes that sleep, under a real daemon: nothing is lost, nothing told twice.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::daemon::{Daemon, status};
use crate::feeds::paths;
use crate::support::blog::Blog;
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;
use crate::support::until;

/// Longer than any wait of the schedule.
const MONTH_DAYS: i64 = 30;

/// libfaketime for programs with threads, where Debian puts it.
fn libfaketime() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").expect("a system with libraries");
    folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketimeMT.so.1")))
        .find(|library| library.exists())
        .expect("libfaketime is there; scripts/test installs it")
}

/// A home whose program believes the clock that stands in a file, as an offset to the true one.
fn in_a_time_of_its_own(blog: &Blog, bus: &SessionBus) -> (Sosik, PathBuf) {
    let rarely = "preset = \"tistory\"\ninterval = \"1d\"\n";
    let kafka = blog.url("/category/Big%20Data/Kafka");
    let sosik = Sosik::new().source("blog", &blog.url("/category"), rarely).source("kafka", &kafka, rarely);
    let clock = sosik.path("clock");
    set(&clock, 0);
    let sosik = sosik
        .on_bus(bus.address())
        .env("LD_PRELOAD", libfaketime().to_str().unwrap())
        .env("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap())
        .env("FAKETIME_NO_CACHE", "1")
        // Timers are the machine's own, as they are where somebody sets the clock.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
    (sosik, clock)
}

fn set(clock: &Path, days: i64) {
    // In its place at once: the program may look at any moment.
    let beside = clock.with_extension("new");
    fs::write(&beside, format!("{days:+}d\n")).unwrap();
    fs::rename(beside, clock).unwrap();
}

fn source(sosik: &Sosik) -> Value {
    status(sosik)["sources"][0].clone()
}

fn next_check(sosik: &Sosik) -> Timestamp {
    source(sosik)["next_check"].as_str().unwrap().parse().unwrap()
}

/// The source beside it, which nobody refreshes by hand.
fn next_check_of_the_other(sosik: &Sosik) -> Timestamp {
    status(sosik)["sources"][1]["next_check"].as_str().unwrap().parse().unwrap()
}

/// Looks at the blog alone, now.
fn refresh(sosik: &Sosik) -> Value {
    sosik.run(&["refresh", "blog", "--json"]).success().json()
}

/// The moment that it is for a test, far from which no set clock may leave a source.
#[expect(clippy::disallowed_methods, reason = "the machine's clock is what this is about")]
fn machine() -> Timestamp {
    Timestamp::now()
}

#[test]
fn a_clock_that_is_set_forward_and_back_a_month_loses_and_doubles_nothing() {
    let blog = Blog::with_posts(25);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let (sosik, clock) = in_a_time_of_its_own(&blog, &bus);
    let daemon = Daemon::start(&sosik);
    until("the first look", || {
        let status = status(&sosik);
        (status["sources"][0]["posts"] == 25 && status["sources"][1]["outcome"] == "baseline").then_some(())
    });

    // A month ahead all is due; the timers sleep a minute at most, a refresh by hand does not wait for them.
    blog.publish(1, "일상");
    set(&clock, MONTH_DAYS);
    assert_eq!(refresh(&sosik)["sources"][0]["posts"], 26);
    assert!(next_check(&sosik) > machine() + SignedDuration::from_hours(24 * (MONTH_DAYS - 1)));
    until("the other's look", || {
        (next_check_of_the_other(&sosik) > machine() + SignedDuration::from_hours(24 * (MONTH_DAYS - 1))).then_some(())
    });
    assert_eq!(desktop.wait_for(1).len(), 1);

    // Back again: what was planned a month ahead is no reason to be silent for a month.
    set(&clock, 0);
    blog.publish(1, "일상");
    assert_eq!(refresh(&sosik)["sources"][0]["posts"], 27);
    let soon = machine() + SignedDuration::from_hours(24 * 2);
    assert!(next_check(&sosik) < soon);
    until("the other's plan", || (next_check_of_the_other(&sosik) < soon).then_some(()));
    assert_eq!(desktop.wait_for(2).len(), 2);

    set(&clock, -MONTH_DAYS);
    blog.publish(1, "일상");
    assert_eq!(refresh(&sosik)["sources"][0]["posts"], 28);
    set(&clock, 0);
    refresh(&sosik);
    assert_eq!(daemon.stop(), Some(0));
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
    assert_eq!(desktop.notifications().len(), 3);
}

#[test]
fn a_start_after_the_clock_went_back_a_month_looks_within_a_day() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let (sosik, clock) = in_a_time_of_its_own(&blog, &bus);
    set(&clock, MONTH_DAYS);
    let daemon = Daemon::start(&sosik);
    until("the first look", || {
        (source(&sosik)["posts"] == 12 && status(&sosik)["sources"][1]["outcome"] == "baseline").then_some(())
    });
    assert_eq!(daemon.stop(), Some(0));
    set(&clock, 0);
    blog.publish(1, "일상");
    let daemon = Daemon::start(&sosik);
    until("another plan than one for the month after", || {
        (next_check(&sosik) < machine() + SignedDuration::from_hours(24 * 2)).then_some(())
    });
    assert_eq!(refresh(&sosik)["sources"][0]["posts"], 13);
    assert_eq!(daemon.stop(), Some(0));
}
