//! `removed = "drop"`: a post that its blog does not show any more leaves the feeds, and comes back as the one it was.

use sosik::model::feed::FeedPath;
use sosik::store::contract::Window;

use super::house::*;
use crate::support::blog::{Blog, Fault};

async fn dropping(blog: &Blog) -> House {
    House::dropping(&watching(blog, "")).await
}

/// The numbers of the posts that are stored, the newest first.
async fn numbers(house: &House) -> Vec<u32> {
    let posts = house.store().posts(Some(&id("blog")), Window { offset: 0, limit: None }).await.unwrap();
    posts.iter().map(|post| post.url.rsplit('/').next().unwrap().parse().unwrap()).collect()
}

/// Looks once a day for so many days.
async fn days(house: &House, count: u32) {
    for _ in 0..count {
        house.clock.advance(hours(24));
        house.refresh().await;
    }
}

async fn tombstones(house: &House) -> usize {
    let feed = house.store().feed(&FeedPath::from_text("blog")).await.unwrap().unwrap();
    house.store().tombstones(&feed, 10).await.unwrap().len()
}

#[tokio::test]
async fn a_post_that_is_gone_leaves_and_comes_back_untold() {
    let blog = Blog::with_posts(60);
    let house = dropping(&blog).await;
    house.refresh().await;
    let ids = |text: &str| {
        let at = text.find("/12<").or_else(|| text.find("/12\"")).unwrap();
        let entry = &text[text[..at].rfind("<entry>").unwrap()..];
        entry[entry.find("<id>").unwrap()..entry.find("</id>").unwrap()].to_owned()
    };
    let before = ids(&house.feed("blog.atom"));
    let gone = blog.post(12).unwrap();
    blog.remove(12);
    days(&house, 6).await;
    assert!(numbers(&house).await.contains(&12), "nothing looks beyond the first page yet");
    days(&house, 5).await;
    let left = numbers(&house).await;
    assert!(!left.contains(&12) && left.len() == 59, "{left:?}");
    assert_eq!(tombstones(&house).await, 1);
    let atom = house.feed("blog.atom");
    assert!(atom.contains("<at:deleted-entry ref=\"urn:uuid:") && !atom.contains("/12\""), "{atom}");
    blog.put_back(gone);
    days(&house, 8).await;
    assert!(numbers(&house).await.contains(&12));
    let atom = house.feed("blog.atom");
    assert!(!atom.contains("at:deleted-entry"));
    assert_eq!(ids(&atom), before, "the same id");
    assert_eq!(house.store().outbox().await.unwrap().owed, 0);
}

#[tokio::test]
async fn by_default_it_stays() {
    let blog = Blog::with_posts(15);
    let house = House::with(&watching(&blog, "")).await;
    house.refresh().await;
    blog.remove(12);
    days(&house, 20).await;
    assert_eq!(numbers(&house).await.len(), 15);
}

#[tokio::test]
async fn flapping_broken_and_unread_pages_take_nothing_away() {
    let blog = Blog::with_posts(60);
    let house = dropping(&blog).await;
    house.refresh().await;
    let flaps = blog.post(12).unwrap();
    for round in 0..6 {
        if round % 2 == 0 {
            blog.remove(12);
        } else {
            blog.put_back(flaps.clone());
        }
        days(&house, 8).await;
        if round % 2 == 0 {
            assert!(numbers(&house).await.len() >= 59);
        }
    }
    blog.put_back(flaps);
    days(&house, 9).await;
    assert_eq!(numbers(&house).await.len(), 60);
    // A page in the middle cannot be read: what stands behind it is not missed.
    blog.fault_at("/category?page=4", Fault::ServerError);
    blog.remove(12);
    days(&house, 20).await;
    assert_eq!(numbers(&house).await.len(), 60);
    blog.fault(Fault::Captcha);
    days(&house, 20).await;
    assert_eq!(numbers(&house).await.len(), 60);
    assert_eq!(tombstones(&house).await, 0);
}

#[tokio::test]
async fn what_lies_beyond_a_bounded_walk_is_not_missed() {
    let blog = Blog::with_posts(30);
    let bounded = House::dropping(&watching(&blog, "backfill = 2\n")).await;
    bounded.refresh().await;
    blog.publish(10, "일상");
    days(&bounded, 20).await;
    assert_eq!(numbers(&bounded).await.len(), 30, "the twenty oldest of its own stay");
}

#[tokio::test]
async fn a_large_part_of_a_blog_stays() {
    let blog = Blog::with_posts(60);
    let house = dropping(&blog).await;
    house.refresh().await;
    for number in 10..40 {
        blog.remove(number);
    }
    days(&house, 20).await;
    assert_eq!(numbers(&house).await.len(), 60);
}
