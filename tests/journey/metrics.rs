//! `/metrics` of a running daemon: what its polls and deliveries came to.

use sosik::clock::Clock;

use crate::support::blog::{Blog, Fault};
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::served::Served;
use crate::support::sosik::Sosik;

const SENT: &str = "sosik_deliveries_total{channel=\"desktop\",outcome=\"sent\"}";
const FAILED: &str = "sosik_deliveries_total{channel=\"desktop\",outcome=\"failed\"}";

fn polls(outcome: &str) -> String {
    format!("sosik_polls_total{{outcome=\"{outcome}\"}}")
}

#[test]
fn polls_and_deliveries_are_counted_over_a_reload() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let _desktop = Recorder::start(&bus, Behaviour::Shows);
    let mut sosik = Sosik::watching(&blog).on_bus(bus.address());
    let before = Clock::System.now().as_duration().as_secs_f64();
    let daemon = Served::start(&mut sosik);
    daemon.wait_for_metric("sosik_posts", 12.0);
    assert_eq!(daemon.metric(&polls("baseline")), Some(1.0));
    assert_eq!(daemon.metric("sosik_sources_due"), Some(0.0));
    let started = daemon.metric("sosik_start_time_seconds").unwrap();
    assert!((before..before + 60.0).contains(&started), "{before} {started}");
    assert_eq!(daemon.metric(SENT), None, "a first look tells nobody");

    blog.publish(2, "Big Data/Kafka");
    sosik.refresh();
    daemon.wait_for_metric(SENT, 2.0);
    assert_eq!(daemon.metric(&polls("changed")), Some(1.0));
    sosik.refresh();
    blog.fault(Fault::ServerError);
    let failed = sosik.run(&["refresh"]).exits(4);
    assert!(failed.stderr.contains("500"), "{}", failed.stderr);
    daemon.wait_for_metric(&polls("failed"), 1.0);
    assert_eq!(daemon.metric(&polls("not-modified")), Some(1.0));
    assert_eq!(daemon.metric("sosik_sources_failing"), Some(1.0));
    for histogram in ["sosik_poll_seconds", "sosik_poll_lateness_seconds"] {
        assert_eq!(daemon.metric(&format!("{histogram}_count")), Some(4.0), "{histogram}");
        let sum = daemon.metric(&format!("{histogram}_sum")).unwrap();
        assert!((0.0..60.0).contains(&sum), "{histogram} {sum}");
    }

    // The same process under a new configuration goes on counting, at the same port.
    let paused = std::fs::read_to_string(sosik.config_file()).unwrap();
    std::fs::write(sosik.config_file(), paused.replace("id = \"blog\"", "id = \"blog\"\ntitle = \"Renewed\"")).unwrap();
    daemon.signal("-HUP");
    crate::support::until("the new title", || daemon.get("/").body.contains("Renewed").then_some(()));
    assert_eq!(daemon.metric(&polls("baseline")), Some(1.0));
    assert_eq!(daemon.metric("sosik_start_time_seconds"), Some(started));
}

#[test]
fn what_does_not_reach_its_channel_is_counted_and_owed() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let _desktop = Recorder::start(&bus, Behaviour::Refuses);
    let mut sosik = Sosik::watching(&blog).on_bus(bus.address());
    sosik.refresh();
    let daemon = Served::start(&mut sosik);
    assert_eq!(daemon.metric("sosik_deliveries_owed"), Some(0.0));
    blog.publish(3, "일상");
    sosik.run(&["refresh"]);
    daemon.wait_for_metric(FAILED, 3.0);
    assert_eq!((daemon.metric(SENT), daemon.metric("sosik_deliveries_owed")), (None, Some(3.0)));
}
