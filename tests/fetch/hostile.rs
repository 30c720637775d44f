//! Servers that mean ill or are ill. Each ends in an error of its own, soon and without much memory.

use std::time::Duration;

use crate::pages::gzip;
use crate::server::{Reply, Server, error, fetcher, get, options, plain_fetcher};
use jiff::SignedDuration;
use sosik::fetch::{FetchError, Fetcher, Options};
use tokio::net::TcpListener;
use url::Url;

const SHORT: Duration = Duration::from_millis(300);

/// A fetcher that loses patience soon.
fn hasty(total: bool) -> Fetcher {
    let short = SignedDuration::try_from(SHORT).unwrap();
    let options = options();
    let options =
        if total { Options { timeout: short, ..options } } else { Options { idle_timeout: short, ..options } };
    fetcher(&options, |_| None)
}

async fn fetch(fetcher: &Fetcher, reply: Reply) -> (FetchError, Server) {
    let server = Server::start(move |_| reply.clone()).await;
    let error = error(get(fetcher, &server.url("/")).await);
    (error, server)
}

/// The most memory that this process has held, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn a_bomb_is_stopped_at_the_limit() {
    let member = gzip(&vec![0; 16 << 20]);
    let bomb = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let zeros = vec![0; 1 << 20];
        for _ in 0..512 {
            std::io::Write::write_all(&mut encoder, &zeros).unwrap();
        }
        encoder.finish().unwrap()
    };
    let before = peak_memory();
    for body in [bomb, member.repeat(32)] {
        let (error, _server) = fetch(&plain_fetcher(), Reply::page(body).with("content-encoding", "gzip")).await;
        assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
        assert!(error.to_string().ends_with("is larger than 1.0 MiB"), "{error}");
    }
    let grown = peak_memory() - before;
    assert!(grown < 128 << 10, "grew by {grown} KiB for a page of at most 1024");
}

#[tokio::test]
async fn an_endless_body_is_stopped_at_the_limit() {
    let (error, server) = fetch(&plain_fetcher(), Reply::Endless).await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
    // What is beyond the limit stood in the sockets' buffers.
    assert!(server.written() < 32 << 20, "{}", server.written());
}

#[tokio::test]
async fn a_length_beyond_the_limit_is_believed() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    let (error, _server) = fetch(&plain_fetcher(), Reply::Hang(head)).await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn silence_is_told_apart_from_slowness() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_vec();
    for reply in [Reply::Hang(Vec::new()), Reply::Hang(b"HTTP/1.1 200".to_vec()), Reply::Hang(head.clone())] {
        let (error, _server) = fetch(&hasty(false), reply).await;
        assert!(matches!(error, FetchError::Idle { after, .. } if after == SHORT), "{error:?}");
        assert!(error.is_transient());
    }
    for reply in [Reply::Drip(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec()), Reply::Drip(head)] {
        let (error, _server) = fetch(&hasty(true), reply).await;
        assert!(matches!(error, FetchError::Timeout { after, .. } if after == SHORT), "{error:?}");
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_told() {
    let huge = format!("HTTP/1.1 200 OK\r\nX-Big: {}\r\ncontent-length: 0\r\n\r\n", "h".repeat(2 << 20));
    let many = "X-One: 1\r\n".repeat(5000);
    for head in [huge, format!("HTTP/1.1 200 OK\r\n{many}content-length: 0\r\n\r\n")] {
        let (error, _server) = fetch(&plain_fetcher(), Reply::Raw(head.into_bytes())).await;
        assert!(matches!(error, FetchError::HeadTooLarge { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_packed_wrongly_is_told() {
    let bad = Reply::page(b"\x1f\x8b\x08\0garbage".to_vec()).with("content-encoding", "gzip");
    let (error, _server) = fetch(&plain_fetcher(), bad).await;
    assert!(matches!(error, FetchError::BadEncoding { .. } | FetchError::Cut { .. }), "{error:?}");
    let plain = Reply::page("<p>not packed</p>").with("content-encoding", "zstd");
    let (error, _server) = fetch(&plain_fetcher(), plain).await;
    assert!(matches!(error, FetchError::BadEncoding { .. }), "{error:?}");
    assert_eq!(error.failure().chain.len(), 1);
}

#[tokio::test]
async fn what_breaks_off_is_told() {
    for bytes in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhello".to_vec(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n".to_vec(),
        b"HTTP/1.1 200".to_vec(),
        Vec::new(),
    ] {
        let (error, _server) = fetch(&plain_fetcher(), Reply::Raw(bytes)).await;
        assert!(matches!(error, FetchError::Cut { .. }), "{error:?}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn what_is_no_http_is_told() {
    let (error, _server) = fetch(&plain_fetcher(), Reply::Raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec())).await;
    assert!(matches!(error, FetchError::BadAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn redirects_end() {
    let (error, server) = fetch(&plain_fetcher(), Reply::redirect("/loop")).await;
    assert!(matches!(error, FetchError::TooManyRedirects { limit: 5, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 6);
    let (error, _server) = fetch(&plain_fetcher(), Reply::Answer(301, Vec::new(), Vec::new())).await;
    assert!(matches!(error, FetchError::BadRedirect { .. }), "{error:?}");
}

#[tokio::test]
async fn a_closed_port_and_a_name_that_nobody_knows() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let refused = error(get(&plain_fetcher(), &closed).await);
    assert!(matches!(refused, FetchError::Connect { .. }), "{refused:?}");
    assert!(refused.failure().chain[0].contains("refused"), "{:?}", refused.failure());
    let unknown = error(get(&plain_fetcher(), &Url::parse("http://nobody.example/").unwrap()).await);
    assert!(matches!(&unknown, FetchError::Dns { host, .. } if host == "nobody.example"), "{unknown:?}");
    assert_eq!(unknown.failure().chain, ["no such name"]);
}

#[tokio::test]
async fn secrets_of_a_url_are_not_told() {
    let server = Server::start(|_| Reply::status(500)).await;
    let mut url = server.url("/?page=2&token=s3cret");
    url.set_username("me").unwrap();
    url.set_password(Some("hunter2")).unwrap();
    let error = error(get(&plain_fetcher(), &url).await);
    let told = format!("{error} {error:?} {:?}", error.failure());
    assert!(told.contains("page=2") && !told.contains("s3cret") && !told.contains("hunter2"), "{told}");
}
