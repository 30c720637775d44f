//! A refresh, or a daemon in the middle of one, that is killed at any moment loses nothing and doubles nothing.
//!
//! `scripts/crash` has each killed a thousand times.

use std::collections::BTreeSet;
use std::process::Child;
use std::time::Duration;

use crate::daemon::Daemon;
use crate::feeds::paths;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// Moments at which a refresh is killed; `SOSIK_KILLS` is another number.
const KILLS: u64 = 50;

/// Kills after which all is held against what must be there.
const ROUND: u64 = 50;

/// How many there are.
fn kills() -> u64 {
    std::env::var("SOSIK_KILLS").map_or(KILLS, |kills| kills.parse().expect("SOSIK_KILLS is a number"))
}

/// The moment of a kill within what takes `whole`. Another stride in every round, so that no moment is met twice.
fn moment(kill: u64, kills: u64, whole: Duration) -> Duration {
    let moment = (kill * 37 + kill / ROUND * 11) % ROUND * 1_000 + kill / ROUND * 1_000 / (kills / ROUND).max(1);
    let share = f64::from(u32::try_from(moment).unwrap()) / f64::from(u32::try_from(ROUND * 1_000).unwrap());
    whole.mul_f64(share * 1.2)
}

/// Waits for that moment, and kills.
pub(crate) fn kill_at(moment: Duration, child: &mut Child) {
    #[expect(clippy::disallowed_methods, reason = "the moment of a kill is what these tests are about")]
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn kills_at_any_moment_lose_nothing_and_double_nothing() {
    let kills = kills();
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    // The spread of moments covers a whole refresh of this machine, from before the start to after the end.
    let started = tokio::time::Instant::now();
    Sosik::watching(&blog).refresh();
    let whole = started.elapsed().max(Duration::from_millis(20));
    for kill in 0..kills {
        blog.publish(u32::try_from(kill % 3).unwrap(), "Big Data/Kafka");
        kill_at(moment(kill, kills, whole), &mut sosik.spawn(&["refresh"]));
        if kill % ROUND == ROUND - 1 || kill + 1 == kills {
            holds_all(&sosik, &blog);
        }
    }
}

#[test]
fn kills_at_any_moment_of_a_daemon_lose_nothing_and_double_nothing() {
    let kills = kills();
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let mut whole = Duration::ZERO;
    for kill in 0..kills {
        let mut daemon = Daemon::start(&sosik);
        blog.publish(u32::try_from(kill % 3).unwrap(), "Big Data/Kafka");
        if kill == 0 {
            let started = tokio::time::Instant::now();
            sosik.refresh();
            whole = started.elapsed().max(Duration::from_millis(20));
        }
        let mut asking = sosik.spawn(&["refresh"]);
        kill_at(moment(kill, kills, whole), daemon.child());
        // Whoever asked a daemon that is gone is told so, and does not wait for ever.
        asking.wait().unwrap();
        if kill % ROUND == ROUND - 1 || kill + 1 == kills {
            holds_all(&sosik, &blog);
        }
    }
}

/// After one undisturbed refresh every post is there once, in the blog's order, in every format, and no file is stale.
fn holds_all(sosik: &Sosik, blog: &Blog) {
    sosik.refresh();
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    for file in ["blog.atom", "blog.rss", "blog.json"] {
        let found = paths(sosik, file);
        assert_eq!(found, wanted, "{file}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{file}");
    }
    let kafka: Vec<String> = blog.whole_truth(Some("Big Data/Kafka")).into_iter().map(|row| row.path).collect();
    assert_eq!(paths(sosik, "blog/big-data/kafka.atom"), kafka);
    for (path, file) in sosik.published() {
        let printed = sosik.run(&["feed", &path]).success();
        assert!(printed.stdout.as_bytes() == file.bytes, "{path} is stale");
    }
    let before = sosik.published();
    assert_eq!(sosik.refresh()["feeds_written"], 0);
    assert!(sosik.published() == before);
}
