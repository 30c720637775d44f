//! A network that is down, and a server that is.

use std::net::SocketAddr;

use jiff::SignedDuration;
use sosik::run::network::down_since;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::house::*;
use crate::support::blog::Blog;

/// A cable to a blog: while it is pulled, its address takes no connections.
struct Cable {
    near: SocketAddr,
    far: SocketAddr,
    plugged: Option<JoinHandle<()>>,
}

impl Cable {
    async fn to(blog: &Blog) -> Self {
        let far = blog.base().trim_start_matches("http://").parse().unwrap();
        let mut cable = Self { near: "127.0.0.1:0".parse().unwrap(), far, plugged: None };
        cable.plug().await;
        cable
    }

    async fn plug(&mut self) {
        let listener = TcpListener::bind(self.near).await.unwrap();
        self.near = listener.local_addr().unwrap();
        let far = self.far;
        self.plugged = Some(tokio::spawn(async move {
            let mut lines = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                lines.spawn(async move {
                    let mut far = TcpStream::connect(far).await?;
                    tokio::io::copy_bidirectional(&mut near, &mut far).await
                });
            }
        }));
    }

    async fn pull(&mut self) {
        if let Some(plugged) = self.plugged.take() {
            plugged.abort();
            let _ = plugged.await;
        }
    }

    fn url(&self) -> String {
        format!("http://{}/category", self.near)
    }
}

#[tokio::test]
async fn it_counts_as_nobodys_failure_and_all_go_on_when_it_is_back() {
    let blogs = [Blog::with_posts(12), Blog::with_posts(12)];
    let (mut one, mut two) = (Cable::to(&blogs[0]).await, Cable::to(&blogs[1]).await);
    let keys = "interval = \"1h\"\n";
    let house = House::with(&(source("one", &one.url(), keys) + &source("two", &two.url(), keys))).await;
    assert_eq!(house.refresh_all().await.sources.len(), 2);
    one.pull().await;
    two.pull().await;
    let daemon = house.daemon();
    for _ in 0..3 {
        house.clock.advance(SignedDuration::from_mins(65));
        until("the network's failure", || async { down_since(&**house.store()).await.unwrap().is_some() }).await;
    }
    daemon.stop().await;
    for name in ["one", "two"] {
        let state = house.source(name).await.state;
        assert_eq!(state.failures, 0, "{name}");
        assert!(state.next_check.is_some_and(|next| next <= house.now() + SignedDuration::from_mins(3)), "{name}");
    }
    one.plug().await;
    two.plug().await;
    blogs[0].publish(1, "일상");
    blogs[1].publish(1, "일상");
    house.clock.advance(SignedDuration::from_mins(3));
    let daemon = house.daemon();
    until("both blogs' posts", || async {
        house.source("one").await.posts == 13 && house.source("two").await.posts == 13
    })
    .await;
    daemon.stop().await;
    assert_eq!(down_since(&**house.store()).await.unwrap(), None);
}

#[tokio::test]
async fn a_server_that_is_down_among_others_fails_as_ever() {
    let blogs = [Blog::with_posts(12), Blog::with_posts(12)];
    let (mut one, two) = (Cable::to(&blogs[0]).await, Cable::to(&blogs[1]).await);
    let house = House::with(&(source("one", &one.url(), "") + &source("two", &two.url(), ""))).await;
    house.refresh_all().await;
    one.pull().await;
    for failures in 1..=3 {
        house.clock.advance(hours(30));
        blogs[1].forget_requests();
        // Nobody else is asked for a page: a connection tells that the network works.
        let report = house.app.refresh(&[id("one")], None).await.unwrap();
        assert!(report.has_failures());
        assert_eq!(blogs[1].log(), []);
        assert_eq!(house.source("one").await.state.failures, failures);
    }
    let wait = house.now().duration_until(house.source("one").await.state.next_check.unwrap());
    assert!(wait > SignedDuration::from_mins(40), "the third failure waits longer: {wait:#}");
    assert_eq!(down_since(&**house.store()).await.unwrap(), None);
}

#[tokio::test]
async fn a_source_that_stands_alone_fails_and_is_soon_tried_again() {
    let blog = Blog::with_posts(12);
    let mut cable = Cable::to(&blog).await;
    let house = House::with(&source("blog", &cable.url(), "")).await;
    house.refresh().await;
    cable.pull().await;
    for failures in 1..=6 {
        house.clock.advance(hours(10));
        house.refresh().await;
        let state = house.blog().await.state;
        assert_eq!(state.failures, failures);
        assert!(state.next_check.unwrap() <= house.now() + SignedDuration::from_mins(15));
    }
}
