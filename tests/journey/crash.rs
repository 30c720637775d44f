//! A refresh that is killed at any moment loses nothing and doubles nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::feeds::paths;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// Moments at which a refresh is killed.
const KILLS: u64 = 50;

#[test]
fn fifty_kills_lose_nothing_and_double_nothing() {
    let blog = Blog::with_posts(60);
    let sosik = Sosik::watching(&blog);
    // The spread of moments covers a whole refresh of this machine, from before the start to after the end.
    let started = tokio::time::Instant::now();
    Sosik::watching(&blog).refresh();
    let whole_run = started.elapsed().max(Duration::from_millis(20));
    for kill in 0..KILLS {
        blog.publish(u32::try_from(kill % 3).unwrap(), "Big Data/Kafka");
        let mut child = sosik.spawn(&["refresh"]);
        let after = whole_run.mul_f64(
            f64::from(u32::try_from((kill * 37) % KILLS).unwrap()) / f64::from(u32::try_from(KILLS).unwrap()) * 1.2,
        );
        #[expect(clippy::disallowed_methods, reason = "the moment of a kill is what this test is about")]
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sosik.refresh();
    let truth = blog.truth("");
    let wanted: Vec<String> = truth.iter().map(|row| row.path.clone()).collect();
    for file in ["blog.atom", "blog.rss", "blog.json"] {
        let found = paths(&sosik, file);
        assert_eq!(found, wanted, "{file}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{file}");
    }
    let kafka: Vec<String> = blog.whole_truth(Some("Big Data/Kafka")).into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog/big-data/kafka.atom"), kafka);
    // Every file is what the state holds: nothing stale.
    for (path, file) in sosik.published() {
        let printed = sosik.run(&["feed", &path]).success();
        assert!(printed.stdout.as_bytes() == file.bytes, "{path} is stale");
    }
    let before = sosik.published();
    assert_eq!(sosik.refresh()["feeds_written"], 0);
    assert!(sosik.published() == before);
}
