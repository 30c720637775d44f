//! Ten thousand new posts at once, and kills at any moment: few notifications, none lost, none anew.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::store::sqlite::SqliteStore;

use crate::daemon::{Daemon, posts_in, status};
use crate::given::{key, minute, new, poll, post, sources};
use crate::support::blog::Blog;
use crate::support::desktop::{Behaviour, Recorder, SessionBus};
use crate::support::sosik::Sosik;
use crate::support::until;

/// More than any person reads.
const FLOOD: usize = 10_000;

/// Kilobytes that a daemon of this build may take for it: a hundred thousand posts would not fit.
const MOST_KB: u64 = 200_000;

#[test]
fn ten_thousand_posts_are_one_notification() {
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::new().source("a", "https://a.example/", "paused = true").on_bus(bus.address());
    let store = SqliteStore::open(&sosik.path("state/sosik.db")).unwrap();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        sources(&store, &["a"]).await;
        let names: Vec<String> = (0..FLOOD).map(|number| format!("/{number}")).collect();
        poll(&store, "a", minute(1), |report| {
            report.changes = new(names.iter().map(|name| post(name, 1, &["Big Data/Kafka"])).collect());
            let owed = names.iter().map(|name| NewDelivery {
                kind: DeliveryKind::Post,
                key: Some(key(name)),
                channel: "desktop".to_owned(),
                text: None,
            });
            report.owed = owed.collect();
        })
        .await;
    });
    drop(store);
    let daemon = Daemon::start(&sosik);
    let told = desktop.wait_for(1);
    assert!(told[0].summary.starts_with("10000 new posts · "), "{}", told[0].summary);
    assert_eq!(told[0].body.lines().count(), 6, "{}", told[0].body);
    until("all told", || (status(&sosik)["outbox"]["owed"] == 0).then_some(()));
    let memory = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let peak = memory.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak: u64 = peak.unwrap().parse().unwrap();
    assert!(peak < MOST_KB, "{peak} kB");
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(desktop.notifications().len(), 1);
}

/// Moments at which the program is killed.
const KILLS: u64 = 50;

#[test]
fn fifty_kills_lose_no_notification_and_make_none_anew() {
    let blog = Blog::with_posts(12);
    let bus = SessionBus::start();
    let desktop = Recorder::start(&bus, Behaviour::Shows);
    let sosik = Sosik::watching(&blog).on_bus(bus.address()).with("[notify.desktop]\nat_most = \"1000/h\"");
    sosik.refresh();
    blog.publish(1, "일상");
    let started = tokio::time::Instant::now();
    sosik.refresh();
    let whole_run = started.elapsed().max(Duration::from_millis(20));
    let mut wanted = 1;
    for kill in 0..KILLS {
        let posts = u32::try_from(kill % 3).unwrap();
        wanted += posts;
        blog.publish(posts, "Big Data/Kafka");
        let mut child = sosik.spawn(&["refresh"]);
        let part = u32::try_from((kill * 37) % KILLS).unwrap();
        let after = whole_run.mul_f64(f64::from(part) / 50.0 * 1.2);
        #[expect(clippy::disallowed_methods, reason = "the moment of a kill is what this test is about")]
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sosik.refresh();
    assert_eq!(status(&sosik)["outbox"]["owed"], 0);
    let told = desktop.notifications();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for notification in &told {
        *shown.entry(notification.message()).or_default() += 1;
    }
    let of_message: BTreeMap<&str, &str> = told.iter().map(|one| (one.message(), one.summary.as_str())).collect();
    // A digest that grew in the place of an earlier one counts that one's posts too.
    let mut standing: BTreeMap<u32, usize> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for notification in &told {
        let count = posts_in(&notification.summary);
        let earlier = if notification.replaces == 0 { 0 } else { standing[&notification.replaces] };
        sizes.entry(notification.message()).or_insert(count - earlier);
        standing.insert(notification.id, count);
    }
    let posts: usize = sizes.values().sum();
    assert_eq!(posts, usize::try_from(wanted).unwrap(), "each post is told, in one message: {told:#?}");
    let titles: BTreeSet<&str> =
        of_message.values().copied().filter(|summary| !summary.contains(" new posts")).collect();
    let alone = of_message.values().filter(|summary| !summary.contains(" new posts")).count();
    assert_eq!(titles.len(), alone, "a post was told anew: {of_message:#?}");
    // A claim that nobody confirmed is shown once more, and a kill leaves one of them at most.
    let again: usize = shown.values().map(|times| times - 1).sum();
    assert!(again <= usize::try_from(KILLS).unwrap(), "{shown:?}");
}
