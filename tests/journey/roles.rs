//! `sosik run --role`: a worker does what it is told, and others see what it does.

use crate::daemon::{Daemon, status};
use crate::support::blog::{Blog, Fault};
use crate::support::sosik::Sosik;
use crate::support::until;

#[test]
fn a_worker_does_what_its_roles_say() {
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog);
    let daemon = Daemon::start_with(&sosik, &["run", "--role", "serve, deliver"]);
    let workers = until("a worker that is seen", || {
        let workers = status(&sosik)["workers"].clone();
        workers.is_array().then_some(workers)
    });
    assert_eq!(workers[0]["roles"], serde_json::json!(["serve", "deliver"]));
    assert_eq!((workers[0]["pid"].clone(), workers[0]["gone"].clone()), (daemon.pid().into(), false.into()));
    let shown = sosik.run(&["status"]).success().stdout;
    assert!(shown.contains("serve, deliver") && shown.contains("at work"), "{shown}");
    let refused = sosik.run(&["refresh"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("does not look at blogs"), "{}", refused.stderr);
    assert!(blog.log().is_empty(), "nobody asked the blog");
    assert_eq!(daemon.stop(), Some(0));
    assert!(status(&sosik)["workers"].is_null(), "who ends is no longer among them");
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 3, "the state is another's now");
}

#[test]
fn a_worker_that_only_polls_tells_nobody_and_writes_no_files() {
    let blog = Blog::with_posts(3);
    let sosik = Sosik::watching(&blog).with("[[notify.log]]\nname = \"log\"\nfile = \"../../told\"\n");
    sosik.refresh();
    let written = sosik.published();
    blog.publish(1, "Big Data/Kafka");
    let daemon = Daemon::start_with(&sosik, &["run", "--role", "poll"]);
    let _ = sosik.refresh();
    assert_eq!(status(&sosik)["sources"][0]["posts"], 4);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(status(&sosik)["outbox"]["owed"], 1);
    assert_eq!(sosik.published(), written);
    let daemon = Daemon::start_with(&sosik, &["run", "--role", "serve,deliver"]);
    until("what is owed is told", || (status(&sosik)["outbox"]["owed"] == 0).then_some(()));
    until("the files follow", || (sosik.published() != written).then_some(()));
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn roles_that_are_none_are_named() {
    let sosik = Sosik::new();
    for (roles, said) in [("polls", "no role \"polls\""), (",", "no role is named")] {
        let run = sosik.run(&["run", "--role", roles]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(said) && run.stderr.contains("poll, serve, deliver"), "{}", run.stderr);
    }
}

#[test]
fn a_worker_that_is_told_to_stop_gives_its_leases_back() {
    let blog = Blog::with_posts(3);
    blog.fault(Fault::Slow);
    let sosik = Sosik::watching(&blog).source("other", &blog.url("/category/Java"), "");
    let daemon = Daemon::start(&sosik);
    until("a host that is asked", || (status(&sosik)["hosts"][0]["busy"] == true).then_some(()));
    assert_eq!(daemon.stop(), Some(0));
    let after = status(&sosik);
    assert_eq!(after["hosts"][0]["busy"], false, "{after}");
}
