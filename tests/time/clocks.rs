//! A clock that jumps.

use jiff::SignedDuration;

use super::house::*;
use crate::support::blog::Blog;

#[tokio::test]
async fn a_clock_a_month_ahead_and_back_loses_no_look_and_no_post() {
    let blog = Blog::with_posts(25);
    let house = House::with(&watching(&blog, "interval = \"1h\"\n")).await;
    house.refresh().await;
    let daemon = house.daemon();
    let month = hours(30 * 24);
    house.clock.advance(month);
    blog.publish(1, "일상");
    until("the post of the wrong month", || async { house.blog().await.posts == 26 }).await;
    house.clock.advance(-month);
    until("a look that is set right", || async {
        house.blog().await.state.next_check.is_some_and(|next| next <= house.now() + SignedDuration::from_mins(64))
    })
    .await;
    blog.publish(1, "일상");
    house.clock.advance(SignedDuration::from_mins(65));
    until("the post of the right month", || async { house.blog().await.posts == 27 }).await;
    daemon.stop().await;
}

#[tokio::test]
async fn a_refresh_after_a_clock_was_set_back_looks() {
    let blog = Blog::with_posts(12);
    let house = House::with(&watching(&blog, "")).await;
    house.clock.advance(hours(30 * 24));
    house.refresh().await;
    house.clock.advance(hours(-30 * 24));
    blog.publish(1, "일상");
    assert_eq!(house.refresh().await.new, 1);
    let state = house.blog().await.state;
    assert!(state.next_check.unwrap() <= house.now() + hours(25) && state.last_poll <= Some(house.now()));
}
