//! What is read: compression, charset, redirects, connections.

use std::io::Write;

use crate::server::{Reply, Server, error, get, get_as, page, plain_fetcher};
use sosik::clock::Clock;
use sosik::fetch::{Access, FetchError, Fetcher, Options};

const TEXT: &str = "<p>소식</p>";
/// TEXT twenty times, packed by the formats' own tools.
const BROTLI: &str = "1b0301f81d076e2ccda8e546f651f31876b24b9f45c67a818b01a38163b45f08";
const ZSTD: &str = "28b52ffd0458a50000683c703eec868cec8b9d3c2f703e010074a0e6172b42bd46";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let server = Server::start(|request| match request.target.as_str() {
        "/gzip" => Reply::page(gzip(TEXT.repeat(20).as_bytes())).with("content-encoding", "gzip"),
        "/br" => Reply::page(bytes(BROTLI)).with("content-encoding", "br"),
        "/zstd" => Reply::page(bytes(ZSTD)).with("content-encoding", "zstd"),
        _ => Reply::page(TEXT.repeat(20)),
    })
    .await;
    let fetcher = plain_fetcher();
    let mut digests = Vec::new();
    for path in ["/gzip", "/br", "/zstd", "/plain"] {
        let page = page(get(&fetcher, &server.url(path)).await);
        assert_eq!(page.text, TEXT.repeat(20), "{path}");
        digests.push(page.validators.digest.unwrap());
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "the digest is that of the page, however it was packed");
    let accepted = server.requests()[0].header("accept-encoding").unwrap().to_owned();
    for coding in ["gzip", "br", "zstd"] {
        assert!(accepted.contains(coding), "{accepted}");
    }
}

#[tokio::test]
async fn a_second_page_comes_over_the_same_connection() {
    let server = Server::start(|_| Reply::page("<p>ok</p>")).await;
    let fetcher = plain_fetcher();
    for path in ["/1", "/2", "/3"] {
        page(get(&fetcher, &server.url(path)).await);
    }
    assert_eq!(server.connections(), 1);
    assert!(server.requests().iter().all(|request| request.connection == 0));
}

#[tokio::test]
async fn the_page_tells_where_it_was_found_and_what_it_is() {
    let server = Server::start(|request| match request.target.as_str() {
        "/old" => Reply::redirect("/new#top"),
        "/new" => {
            Reply::Answer(200, vec![("content-type", "Application/XHTML+xml; charset=utf-8".into())], b"x".into())
        }
        _ => Reply::status(404),
    })
    .await;
    let page = page(get(&plain_fetcher(), &server.url("/old")).await);
    assert_eq!(page.url, server.url("/new"));
    assert_eq!(page.media_type.as_deref(), Some("application/xhtml+xml"));
}

#[tokio::test]
async fn a_page_is_read_in_its_own_charset() {
    let body = encoding_rs::EUC_KR.encode("<meta charset=euc-kr><p>한글").0.into_owned();
    let server = Server::start(move |_| {
        Reply::Answer(200, vec![("content-type", "text/html; charset=utf-8".into())], body.clone())
    })
    .await;
    assert_eq!(page(get(&plain_fetcher(), &server.url("/")).await).text, "<meta charset=euc-kr><p>한글");
}

#[tokio::test]
async fn a_source_sends_its_headers_and_its_password_to_its_own_origin_only() {
    let other = Server::start(|_| Reply::page("<p>ok</p>")).await;
    let elsewhere = other.url("/end").to_string();
    let server = Server::start(move |request| match request.target.as_str() {
        "/start" => Reply::redirect("/middle"),
        _ => Reply::redirect(elsewhere.clone()),
    })
    .await;
    let mut url = server.url("/start");
    url.set_username("me").unwrap();
    url.set_password(Some("p%40ss")).unwrap();
    let mut access = Access::default();
    access.headers.insert("Cookie".into(), "session=1".into());
    access.headers.insert("X-Key".into(), "2".into());
    let page = page(get_as(&plain_fetcher(), &url, &access).await);
    assert_eq!(page.url, other.url("/end"));
    let own = server.requests();
    assert_eq!(own.len(), 2);
    for request in &own {
        assert_eq!(request.header("cookie"), Some("session=1"));
        assert_eq!(request.header("x-key"), Some("2"));
        assert_eq!(request.header("authorization"), Some("Basic bWU6cEBzcw=="));
    }
    let foreign = &other.requests()[0];
    for name in ["cookie", "x-key", "authorization", "referer"] {
        assert_eq!(foreign.header(name), None, "{name}");
    }
    assert_eq!(foreign.header("user-agent"), Some(Options::default().user_agent.as_str()));
}

#[tokio::test]
async fn headers_that_steer_the_connection_are_not_the_sources() {
    let server = Server::start(|_| Reply::page("<p>ok</p>")).await;
    for (name, value) in [("Host", "x"), ("range", "bytes=0-"), ("bad name", "x"), ("X-Line", "a\r\nb: c")] {
        let access = Access { headers: [(name.to_owned(), value.to_owned())].into(), ..Access::default() };
        let error = error(get_as(&plain_fetcher(), &server.url("/"), &access).await);
        assert!(matches!(&error, FetchError::BadHeader { name: told } if told == name), "{error:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn statuses_are_told_with_their_wishes() {
    let server = Server::start(|request| {
        let status = request.target[1..].parse().unwrap();
        Reply::status(status).with("retry-after", "3600").with("cache-control", "max-age=60")
    })
    .await;
    let fetcher = plain_fetcher();
    for status in [201, 204, 300, 304, 400, 401, 403, 404, 410, 429, 451, 500, 502, 503] {
        let error = error(get(&fetcher, &server.url(&format!("/{status}"))).await);
        assert_eq!(error.status(), Some(status), "{error:?}");
        let told = matches!(status, 429 | 503);
        assert_eq!(error.wishes().retry_at.is_some(), told, "{status}");
        if told {
            assert_eq!(error.wishes().retry_at.unwrap().to_string(), "2026-11-22T13:00:00Z");
        }
    }
}

#[tokio::test]
async fn a_proxy_gets_the_request_and_the_resolver_is_left_alone() {
    let proxy = Server::start(|_| Reply::page("<p>through</p>")).await;
    let options = Options { proxy: Some(proxy.url("/").to_string()), ..crate::server::options() };
    let fetcher = Fetcher::open(&options, Clock::System).unwrap();
    let url = url::Url::parse("http://blog.invalid/posts").unwrap();
    let result = get(&fetcher, &url).await;
    // A client that can speak to proxies needs certificate authorities, which a bare machine may lack.
    if !matches!(result, Err(FetchError::Client { .. })) {
        assert_eq!(page(result).text, "<p>through</p>");
        assert_eq!(proxy.requests()[0].target, "http://blog.invalid/posts");
    }
}
