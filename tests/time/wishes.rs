//! What servers wish, and what they say in error.

use jiff::SignedDuration;
use sosik::model::failure::PollOutcome;

use super::house::*;
use crate::support::blog::{Blog, Fault};

#[tokio::test]
async fn a_503_lengthens_its_sources_wait_and_a_429_its_hosts() {
    let blog = Blog::with_posts(12);
    let house = House::with(&(watching(&blog, "") + &source("other", &blog.url("/category/일상"), ""))).await;
    house.refresh_all().await;
    house.clock.advance(SignedDuration::from_secs(1));
    blog.fault_at("/category", Fault::Unavailable("7200"));
    house.refresh_all().await;
    assert!(house.blog().await.state.next_check.unwrap() >= house.now() + hours(2));
    assert!(house.source("other").await.state.failures == 0);
    assert_eq!(house.store().hosts(house.now()).await.unwrap()[0].blocked_until, None);

    blog.fault(Fault::TooManyRequests("Fri, 01 Jan 2100 00:00:00 GMT"));
    house.clock.advance(SignedDuration::from_secs(1));
    house.app.refresh(&[id("blog")], None).await.unwrap();
    assert_eq!(house.store().hosts(house.now()).await.unwrap()[0].blocked_until, Some(house.now() + hours(24)));
    blog.fault(None);
    blog.forget_requests();
    house.clock.advance(hours(23));
    let report = house.app.refresh(&[id("other")], None).await.unwrap();
    assert!(matches!(report.sources[0].outcome, PollOutcome::Deferred { .. }));
    assert_eq!(blog.log(), []);
}

#[tokio::test]
async fn an_etag_that_lies_is_believed_for_a_day() {
    let blog = Blog::with_posts(12);
    blog.fault(Fault::LyingEtag);
    let house = House::with(&watching(&blog, "")).await;
    house.refresh().await;
    blog.publish(1, "일상");
    house.clock.advance(hours(20));
    assert_eq!(house.refresh().await.outcome, PollOutcome::NotModified);
    house.clock.advance(hours(5));
    assert_eq!(house.refresh().await.new, 1);
}

#[tokio::test]
async fn looks_come_at_the_moments_of_a_schedule() {
    let blog = Blog::with_posts(12);
    let keys = "schedule = \"30 7 * * *\"\ntime_zone = \"Asia/Seoul\"\n";
    let house = House::with(&watching(&blog, keys)).await;
    house.refresh().await;
    let next = house.blog().await.state.next_check.unwrap();
    let late = next.duration_since("2026-03-02T22:30:00Z".parse().unwrap());
    assert!((SignedDuration::ZERO..=SignedDuration::from_mins(1)).contains(&late), "{next}");
}
