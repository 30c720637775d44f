//! Asking whether anything changed.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::{Reply, Server, error, get, now, page, plain_fetcher};
use sosik::fetch::{Access, Ask, FetchError, Fetched, Fetcher};
use sosik::model::page::Validators;
use url::Url;

const ETAG: &str = "W/\"a, b\"";
const LAST_MODIFIED: &str = "sun, 06 nov 1994  08:49:37 gmt";

async fn ask(
    fetcher: &Fetcher,
    url: &Url,
    validators: &Validators,
    unconditional: bool,
) -> Result<Fetched, FetchError> {
    fetcher.fetch(&Ask { url, validators, access: &Access::default(), unconditional }).await
}

#[tokio::test]
async fn validators_go_back_word_for_word_and_a_304_is_no_news() {
    let server = Server::start(|request| {
        let known = request.header("if-none-match").is_some();
        let reply = if known { Reply::Answer(304, Vec::new(), Vec::new()) } else { Reply::page("<p>ok</p>") };
        reply.with("etag", ETAG).with("last-modified", LAST_MODIFIED).with("cache-control", "max-age=600")
    })
    .await;
    let fetcher = plain_fetcher();
    let first = page(get(&fetcher, &server.url("/")).await).validators;
    assert_eq!(first.etag.as_deref(), Some(ETAG));
    assert_eq!(first.last_modified.as_deref(), Some(LAST_MODIFIED));
    assert_eq!(first.read_at, Some(now()));
    match ask(&fetcher, &server.url("/"), &first, false).await {
        Ok(Fetched::NotModified { wishes }) => assert_eq!(wishes.fresh_for_seconds, Some(600)),
        other => panic!("{other:?}"),
    }
    let requests = server.requests();
    assert_eq!(requests[0].header("if-none-match"), None);
    assert_eq!(requests[1].header("if-none-match"), Some(ETAG));
    assert_eq!(requests[1].header("if-modified-since"), Some(LAST_MODIFIED));
    assert_eq!(requests[1].connection, 0, "a 304 leaves the connection open");

    page(ask(&fetcher, &server.url("/"), &first, true).await);
    assert_eq!(server.requests()[2].header("if-none-match"), None);
}

#[tokio::test]
async fn the_same_bytes_are_no_news_either() {
    let turns = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let turn = turns.fetch_add(1, Ordering::SeqCst);
        Reply::page(if turn < 3 { "<p>one</p>" } else { "<p>two</p>" }).with("etag", format!("\"{turn}\""))
    })
    .await;
    let (fetcher, url) = (plain_fetcher(), server.url("/"));
    let first = page(ask(&fetcher, &url, &Validators::default(), false).await).validators;
    let second = match ask(&fetcher, &url, &first, false).await {
        Ok(Fetched::Same { validators, .. }) => validators,
        other => panic!("{other:?}"),
    };
    assert_eq!(second.etag.as_deref(), Some("\"1\""), "what to send along next time is of the newest answer");
    assert_eq!(second.digest, first.digest);
    page(ask(&fetcher, &url, &second, true).await);
    assert_eq!(page(ask(&fetcher, &url, &second, false).await).text, "<p>two</p>");
}

#[tokio::test]
async fn conditions_belong_to_the_url_that_was_asked_for() {
    let server = Server::start(|request| match request.target.as_str() {
        "/old" => Reply::redirect("/new"),
        _ => Reply::page("<p>ok</p>"),
    })
    .await;
    let validators = Validators { etag: Some("\"1\"".into()), ..Validators::default() };
    page(ask(&plain_fetcher(), &server.url("/old"), &validators, false).await);
    let requests = server.requests();
    assert_eq!(requests[0].header("if-none-match"), Some("\"1\""));
    assert_eq!(requests[1].header("if-none-match"), None);
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_an_error() {
    let server = Server::start(|request| match request.target.as_str() {
        "/old" => Reply::redirect("/"),
        _ => Reply::Answer(304, Vec::new(), Vec::new()),
    })
    .await;
    let fetcher = plain_fetcher();
    let validators = Validators { etag: Some("\"1\"".into()), ..Validators::default() };
    for result in [
        ask(&fetcher, &server.url("/"), &Validators::default(), false).await,
        ask(&fetcher, &server.url("/"), &validators, true).await,
        ask(&fetcher, &server.url("/old"), &validators, false).await,
    ] {
        assert_eq!(error(result).status(), Some(304));
    }
}
