//! 410: the blog says that it is gone for good.

use jiff::SignedDuration;
use sosik::model::failure::PollOutcome;

use super::house::*;
use crate::support::blog::{Blog, Fault};
use crate::support::sosik::Sosik;

#[tokio::test]
async fn it_is_asked_no_more_until_somebody_wants_it() {
    let blog = Blog::with_posts(12);
    let house = House::with(&watching(&blog, "interval = \"1h\"\n")).await;
    house.refresh().await;
    blog.fault(Fault::Gone);
    let gone = house.refresh().await;
    assert!(matches!(gone.outcome, PollOutcome::Gone(_)), "{:?}", gone.outcome);
    let state = house.blog().await.state;
    assert_eq!((state.next_check, state.is_gone()), (None, true));
    let help = state.failure.unwrap().help;
    assert!(help.contains("`url`") && help.contains("sosik refresh"), "{help}");

    blog.fault(None);
    blog.forget_requests();
    let daemon = house.daemon();
    house.clock.advance(hours(400 * 24));
    assert_eq!(house.store().next_due().await.unwrap(), None);
    daemon.stop().await;
    assert_eq!(blog.log(), []);
    let again = house.refresh().await;
    assert_eq!(again.posts, 12);
    assert!(
        house.blog().await.state.next_check.is_some_and(|next| next <= house.now() + SignedDuration::from_mins(64))
    );
}

#[test]
fn a_person_is_told_what_to_do_and_another_url_starts_anew() {
    let blog = Blog::with_posts(12);
    let mut sosik = Sosik::watching(&blog);
    sosik.refresh();
    blog.fault(Fault::Gone);
    let gone = sosik.run(&["refresh", "--json"]).exits(4).json();
    assert_eq!(gone["sources"][0]["outcome"], "gone");
    assert!(gone["sources"][0]["error"]["message"].as_str().unwrap().contains("410"), "{gone}");
    blog.forget_requests();
    let left = sosik.run(&["refresh"]).success();
    assert!(left.stderr.contains("gone for good") && left.stderr.contains("sosik refresh blog"), "{}", left.stderr);
    assert_eq!(blog.log(), []);
    let status = sosik.run(&["status"]).success().stdout;
    assert!(status.contains("gone for good (410)") && status.contains("help:"), "{status}");
    assert!(sosik.run(&["refresh", "blog"]).exits(4).stderr.contains("410"));
    assert_eq!(blog.log().len(), 1);

    let elsewhere = Blog::with_posts(12);
    sosik.reconfigure(&blog.url("/category"), &elsewhere.url("/category"));
    assert_eq!(sosik.refresh()["sources"][0]["posts"], 12);
    assert_eq!(sosik.run(&["status", "--json"]).success().json()["sources"][0]["error"], serde_json::Value::Null);
}
