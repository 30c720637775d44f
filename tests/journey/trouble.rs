//! What goes wrong in the world costs no post and touches no feed.

use crate::feeds::paths;
use crate::support::blog::{Blog, Fault};
use crate::support::sosik::Sosik;

#[test]
fn a_walk_that_breaks_goes_on_where_it_broke() {
    let blog = Blog::start();
    let sosik = Sosik::watching(&blog);
    blog.fault_at("/category?page=5", Fault::ServerError);
    let report = sosik.run(&["refresh", "--json"]).exits(4).json();
    let source = &report["sources"][0];
    assert_eq!((&source["outcome"], &source["posts"]), (&"failed".into(), &40.into()));
    assert_eq!(source["error"]["step"], "fetch");
    blog.fault(None);
    blog.publish(3, "일상");
    blog.forget_requests();
    let report = sosik.refresh();
    assert_eq!(report["sources"][0]["posts"], 139);
    let asked: Vec<String> = blog.log().into_iter().map(|request| request.path).collect();
    assert_eq!(asked[..2], ["/category", "/category?page=5"], "{asked:?}");
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
}

#[test]
fn a_burst_that_breaks_is_read_to_its_end_and_told() {
    let blog = Blog::start();
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.publish(25, "일상");
    blog.fault_at("/category?page=2", Fault::Cut);
    assert_eq!(sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["new"], 10);
    blog.fault(None);
    let source = &sosik.refresh()["sources"][0];
    assert_eq!((&source["new"], &source["posts"]), (&15.into(), &161.into()));
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(paths(&sosik, "blog.atom"), wanted);
}

#[test]
fn no_fault_touches_a_feed_and_all_end_with_it() {
    let faults = [
        Fault::ServerError,
        Fault::Unavailable("1"),
        Fault::Captcha,
        Fault::Empty,
        Fault::Cut,
        Fault::RedirectLoop,
        Fault::Huge,
        Fault::Bomb,
    ];
    for fault in faults {
        let blog = Blog::with_posts(25);
        let sosik = Sosik::watching(&blog);
        sosik.refresh();
        let before = sosik.published();
        blog.publish(1, "일상");
        blog.fault(fault.clone());
        let run = sosik.run(&["refresh", "--json"]).exits(4);
        let error = run.json()["sources"][0]["error"].clone();
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{fault:?} {error}");
        assert!(error["help"].as_str().is_some_and(|text| !text.is_empty()), "{fault:?} {error}");
        assert!(sosik.published() == before, "{fault:?} touched a feed");
        let status = sosik.run(&["status", "--json"]).success().json();
        assert_eq!(
            (&status["sources"][0]["failures"], &status["sources"][0]["posts"]),
            (&1.into(), &25.into()),
            "{fault:?}"
        );
        blog.fault(None);
        assert_eq!(sosik.refresh()["sources"][0]["new"], 1, "{fault:?}");
    }
}

#[test]
fn a_host_that_says_429_is_left_alone() {
    let blog = Blog::with_posts(25);
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.fault(Fault::TooManyRequests("3600"));
    let failed = sosik.run(&["refresh"]).exits(4);
    assert!(failed.stderr.contains("429"), "{}", failed.stderr);
    blog.fault(None);
    blog.forget_requests();
    let report = sosik.refresh();
    assert_eq!(report["sources"][0]["outcome"], "deferred");
    assert_eq!(blog.log(), []);
}

#[test]
fn legacy_charsets_are_read_declared_or_not() {
    for fault in [Fault::CharsetEucKr, Fault::CharsetUndeclared] {
        let blog = Blog::with_posts(25);
        blog.fault(fault.clone());
        let sosik = Sosik::watching(&blog);
        assert_eq!(sosik.refresh()["sources"][0]["posts"], 25, "{fault:?}");
        let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.title).collect();
        let titles: Vec<String> = crate::feeds::entries(&sosik, "blog.atom")
            .into_iter()
            .map(|(_, entry)| entry.title.unwrap().content)
            .collect();
        assert_eq!(titles, wanted, "{fault:?}");
    }
}
