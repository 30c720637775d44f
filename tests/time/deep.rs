//! The weekly walk through the whole of a blog.

use sosik::model::failure::PollOutcome;
use sosik::store::contract::Window;

use super::house::*;
use crate::support::blog::{Blog, Fault};

#[tokio::test]
async fn a_week_later_edits_and_forgotten_posts_beyond_the_first_page_are_found() {
    let blog = Blog::with_posts(60);
    let forgotten = blog.post(25).unwrap();
    blog.remove(25);
    let house = House::with(&watching(&blog, "")).await;
    assert_eq!(house.refresh().await.posts, 59);
    blog.put_back(forgotten);
    blog.edit(20);
    blog.remove(11);
    let deep_due = house.blog().await.state.deep.unwrap().due;
    assert!((hours(6 * 24)..=hours(7 * 24)).contains(&house.now().duration_until(deep_due)), "{deep_due}");
    house.clock.advance(hours(6 * 24));
    let before = house.refresh().await;
    assert_eq!((before.new, before.edited, before.pages), (0, 0, 1), "not yet, though the index is read in full");
    house.clock.advance(hours(25));
    let found = house.refresh().await;
    assert_eq!((found.new, found.edited, found.posts, found.pages), (1, 1, 60, 6));
    assert_eq!(found.outcome, PollOutcome::Changed);
    let posts = house.store().posts(Some(&id("blog")), Window { offset: 0, limit: None }).await.unwrap();
    assert!(posts.iter().any(|post| post.url.ends_with("/11")), "what is gone stays");
    let place = posts.iter().position(|post| post.url.ends_with("/25")).unwrap();
    assert!(posts[place - 1].url.ends_with("/26") && posts[place + 1].url.ends_with("/24"), "in its place");
    assert_eq!(house.store().outbox().await.unwrap().owed, 0);
    assert_eq!(house.refresh().await.pages, 0, "the next one is a week away");
}

#[tokio::test]
async fn a_long_walk_goes_on_with_the_next_poll_and_tells_only_what_is_new_at_the_top() {
    let blog = Blog::start();
    let house = House::with(&watching(&blog, "")).await;
    assert_eq!(house.refresh().await.posts, 136);
    house.clock.advance(hours(8 * 24));
    blog.edit(1);
    blog.publish(1, "일상");
    let first = house.refresh().await;
    assert_eq!((first.new, first.edited, first.pages), (1, 0, 11), "the index and ten pages");
    let state = house.blog().await.state;
    assert!(state.deep.unwrap().cursor.is_some_and(|cursor| cursor.url.as_str().ends_with("page=12")));
    assert!(state.next_check.unwrap() <= house.now() + hours(1), "it goes on soon");
    blog.forget_requests();
    let second = house.refresh().await;
    assert_eq!((second.new, second.edited, second.pages), (0, 1, 3));
    let asked: Vec<String> = blog.log().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/category", "/category?page=12", "/category?page=13", "/category?page=14"]);
    assert!(house.blog().await.state.deep.unwrap().cursor.is_none());
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_no_failure_and_is_tried_once_more() {
    let blog = Blog::with_posts(60);
    let house = House::with(&watching(&blog, "")).await;
    house.refresh().await;
    house.clock.advance(hours(8 * 24));
    blog.fault_at("/category?page=4", Fault::ServerError);
    let broken = house.refresh().await;
    assert_eq!((broken.outcome, broken.pages), (PollOutcome::Unchanged, 3));
    assert_eq!(house.refresh().await.requests, 1, "not at once");
    house.clock.advance(hours(25));
    blog.forget_requests();
    house.refresh().await;
    assert!(blog.log().iter().any(|request| request.path == "/category?page=4"));
    let deep = house.blog().await.state.deep.unwrap();
    assert!(deep.cursor.is_none() && deep.due > house.now() + hours(6 * 24), "{deep:?}");
    blog.fault_at("/category?page=2", Fault::TooManyRequests("7200"));
    house.clock.advance(hours(8 * 24));
    house.refresh().await;
    assert_eq!(house.store().hosts(house.now()).await.unwrap()[0].blocked_until, Some(house.now() + hours(2)));
}

#[tokio::test]
async fn a_bounded_backfill_bounds_it_too() {
    let blog = Blog::with_posts(60);
    let house = House::with(&watching(&blog, "backfill = 2\n")).await;
    assert_eq!(house.refresh().await.posts, 20);
    house.clock.advance(hours(8 * 24));
    let deep = house.refresh().await;
    assert_eq!((deep.posts, deep.pages), (20, 2));
}
