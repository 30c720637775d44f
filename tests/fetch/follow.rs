//! Following a stream of events: as far as a person named it, and not a step further.

use crate::server::{Reply, Server, plain_fetcher};
use sosik::fetch::{Access, FetchError, Follow};
use url::Url;

const STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n";

async fn follow(url: &Url, last: Option<&str>) -> Result<Follow, FetchError> {
    let headers = [("authorization".to_owned(), "Bearer s3cret".to_owned())].into();
    plain_fetcher().follow(url, &Access { headers, ..Access::default() }, last).await
}

async fn refused(url: &Url) -> FetchError {
    let error = follow(url, None).await.expect_err("it is refused");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    error
}

#[tokio::test]
async fn a_stream_comes_in_pieces_to_its_end() {
    let server = Server::start(|_| Reply::Raw(format!("{STREAM}id: a-1\n\ndata: x\n\n").into_bytes())).await;
    let mut stream = follow(&server.url("/events"), Some("a-7")).await.unwrap();
    let mut read = Vec::new();
    while let Some(bytes) = stream.next().await.unwrap() {
        read.extend(bytes);
    }
    assert_eq!(read, b"id: a-1\n\ndata: x\n\n");
    let request = server.requests().remove(0);
    for (name, value) in [
        ("accept", "text/event-stream"),
        ("accept-encoding", "identity"),
        ("last-event-id", "a-7"),
        ("authorization", "Bearer s3cret"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn what_is_no_stream_is_an_error_and_a_token_goes_nowhere_else() {
    let elsewhere = Server::start(|_| Reply::Raw(STREAM.into())).await;
    let there = elsewhere.url("/events").to_string();
    let server = Server::start(move |request| match request.target.as_str() {
        "/moved" => Reply::redirect(there.clone()),
        "/page" => Reply::page("log in"),
        _ => Reply::status(401),
    })
    .await;
    let moved = refused(&server.url("/moved")).await;
    let to = elsewhere.url("/events").to_string();
    assert!(matches!(&moved, FetchError::BadRedirect { location, .. } if *location == to), "{moved:?}");
    assert_eq!(elsewhere.requests().len(), 0);
    let page = refused(&server.url("/page")).await;
    assert!(matches!(page, FetchError::NoStream { .. }) && !page.help().is_empty(), "{page:?}");
    assert_eq!(refused(&server.url("/")).await.status(), Some(401));
}

#[tokio::test]
async fn secrets_of_clouds_are_not_asked_for() {
    let url = Url::parse("http://169.254.169.254/events").unwrap();
    let error = refused(&url).await;
    assert!(matches!(error, FetchError::Address { .. }), "{error:?}");
}
