//! The daemon and its hub: told after what it tells of is published, again when it failed, and never waited for.

use jiff::SignedDuration;

use super::house::*;
use crate::support::blog::Blog;
use crate::support::hub::Hub;

#[tokio::test]
async fn a_hub_that_fails_is_told_again_and_holds_nothing_up() {
    let blog = Blog::with_posts(5);
    let hub = Hub::start();
    hub.answers("503 Service Unavailable");
    let house = House::announcing(&hub.url, &watching(&blog, "interval = \"1h\"\n")).await;
    let daemon = house.daemon();
    until("it is asked", async || hub.times() == 1).await;
    assert!(house.feed("blog.atom").contains("/5\""), "what it is told of is there");
    // One that takes the request and never answers.
    hub.answers("");
    // Nothing tells when its wait began, so time goes on until it is over.
    let later = |over: bool| {
        house.clock.advance(SignedDuration::from_secs(10));
        over
    };
    until("it is asked again", async || later(hub.times() == 2)).await;
    let [new] = blog.publish(1, "일상")[..] else { panic!("one post") };
    until("news is published meanwhile", async || later(house.feed("blog.atom").contains(&format!("/{new}\"")))).await;
    hub.told();
    hub.answers("202 Accepted");
    // The request that hangs ends by its own time, which no clock of ours moves.
    until("it is told all", async || later(house.store().unannounced_feeds(None, 100).await.unwrap().is_empty())).await;
    let told = hub.told();
    for format in ["atom", "rss", "json"] {
        assert!(told.contains(&format!("blog.{format}")), "{told:?}");
    }
    daemon.stop().await;
}
