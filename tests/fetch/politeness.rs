//! robots.txt and turns, over the wire.

use std::sync::{Arc, OnceLock};

use crate::server::{Reply, Server, fetcher, get, now, options, page, plain_fetcher};
use jiff::SignedDuration;
use sosik::fetch::robots::{MAX_BYTES, Rules};
use sosik::fetch::{Access, FetchError, HostOptions, Options};
use sosik::model::host::Host;
use tokio::task::JoinSet;
use url::Url;

#[tokio::test]
async fn a_robots_txt_is_fetched_from_the_origin() {
    let server = Server::start(|request| match request.target.as_str() {
        "/robots.txt" => Reply::redirect("/robots-2.txt"),
        "/robots-2.txt" => Reply::page("User-agent: sosik\nDisallow: /private\nCrawl-delay: 3\n"),
        _ => Reply::status(404),
    })
    .await;
    let fetcher = plain_fetcher();
    let answer = fetcher.robots(&server.url("/blog?page=2#x"), &Access::default()).await;
    assert_eq!((answer.status, answer.fetched_at), (200, now()));
    let rules = Rules::parse(answer.status, &answer.body, fetcher.user_agent());
    assert!(rules.allows(&server.url("/blog")) && !rules.allows(&server.url("/private/1")));
    assert_eq!(rules.crawl_delay(), Some(SignedDuration::from_secs(3)));
    assert!(fetcher.heeds_robots());
}

#[tokio::test]
async fn what_is_no_robots_txt_has_a_meaning_too() {
    for (reply, status, allowed) in [
        (Reply::status(404), 404, true),
        (Reply::status(403), 403, true),
        (Reply::redirect("/robots.txt"), 404, true),
        (Reply::status(503), 503, false),
        (Reply::Raw(Vec::new()), 0, false),
        (Reply::redirect("http://169.254.169.254/"), 0, false),
    ] {
        let server = Server::start(move |_| reply.clone()).await;
        let fetcher = plain_fetcher();
        let answer = fetcher.robots(&server.url("/"), &Access::default()).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.error.is_some(), status == 0, "{answer:?}");
        assert_eq!(Rules::parse(answer.status, &answer.body, "sosik").allows(&server.url("/")), allowed, "{status}");
    }
}

#[tokio::test]
async fn of_an_endless_robots_txt_the_beginning_is_read() {
    let server = Server::start(|_| Reply::Endless).await;
    let answer = plain_fetcher().robots(&server.url("/"), &Access::default()).await;
    assert_eq!((answer.status, answer.body.len()), (200, MAX_BYTES));
}

#[tokio::test]
async fn a_host_is_asked_by_one_at_a_time_unless_it_takes_more() {
    for (width, at_first) in [(None, 1), (Some(4), 4)] {
        let server = Server::start(|_| Reply::Hang(Vec::new())).await;
        let own = HostOptions { name: "127.0.0.1".into(), gap: None, width };
        let hasty = Options { idle_timeout: SignedDuration::from_millis(300), host: vec![own], ..options() };
        let fetcher = fetcher(&hasty, |_| None);
        let mut asks: JoinSet<_> = (0..4)
            .map(|_| {
                let (fetcher, url) = (fetcher.clone(), server.url("/"));
                async move { get(&fetcher, &url).await }
            })
            .collect();
        // Each ask hangs until its patience ends; who waits outside has made no connection.
        let hung = asks.join_next().await.unwrap().unwrap();
        assert!(matches!(hung, Err(FetchError::Idle { .. })), "{hung:?}");
        let connections = server.connections();
        assert!((at_first..=at_first + 1).contains(&connections), "{width:?}: {connections}");
        while asks.join_next().await.is_some() {}
        assert_eq!(server.connections(), 4);
    }
}

#[tokio::test]
async fn walks_that_cross_do_not_wait_for_each_other() {
    let cell = Arc::new(OnceLock::<Url>::new());
    let one = Server::start({
        let cell = Arc::clone(&cell);
        move |request| match request.target.as_str() {
            "/go" => Reply::redirect(cell.get().unwrap().join("/end").unwrap()),
            _ => Reply::page("<p>one</p>"),
        }
    })
    .await;
    let back = one.url("/end").to_string();
    let two = Server::start(move |request| match request.target.as_str() {
        "/go" => Reply::redirect(back.clone()),
        _ => Reply::page("<p>two</p>"),
    })
    .await;
    cell.set(two.url("/")).unwrap();
    let fetcher = fetcher(&Options { host: Vec::new(), ..options() }, |_| None);
    for _ in 0..20 {
        let (from_one, from_two) = (one.url("/go"), two.url("/go"));
        let (first, second) = tokio::join!(get(&fetcher, &from_one), get(&fetcher, &from_two));
        assert_eq!((page(first).text, page(second).text), ("<p>two</p>".into(), "<p>one</p>".into()));
    }
}

#[tokio::test]
async fn waiting_for_a_turn_costs_no_time_of_the_request() {
    let server = Server::start(|_| Reply::page("<p>ok</p>")).await;
    let options = Options { host: Vec::new(), timeout: SignedDuration::from_millis(300), ..options() };
    let fetcher = fetcher(&options, |_| None);
    fetcher.set_gap(&Host::of(&server.url("/")), SignedDuration::from_millis(500));
    page(get(&fetcher, &server.url("/")).await);
    page(get(&fetcher, &server.url("/")).await);
}
