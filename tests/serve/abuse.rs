//! Slow clients, greedy clients, strange paths, other people's names.

use std::time::Duration;

use sosik::serve::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::given::*;

/// Longer than anything here takes on a slow machine; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

fn limits(limits: Limits) -> Wishes {
    Wishes { limits: Limits { trusted: Duration::ZERO, ..limits }, ..Wishes::default() }
}

async fn half_open(served: &Served) -> TcpStream {
    let mut stream = served.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-a").await.unwrap();
    stream
}

#[tokio::test]
async fn half_open_clients_do_not_stop_a_good_one() {
    let served = served().await;
    let mut slow = Vec::new();
    for _ in 0..500 {
        slow.push(half_open(&served).await);
    }
    let begun = Instant::now();
    let answer = timeout(PATIENCE, served.get("/feeds/slow.atom")).await.unwrap();
    assert_eq!(answer.status, 200);
    // They hold their seats for 5 seconds: a good client does not wait for that.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_request_that_is_never_finished_is_refused() {
    let served = served_with(&limits(Limits { head: Duration::from_millis(100), ..Limits::default() })).await;
    let mut slow = half_open(&served).await;
    let answer = timeout(PATIENCE, Answer::read(&mut slow)).await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (408, "close"));
    let mut silent = served.connect().await;
    let answer = timeout(PATIENCE, Answer::read(&mut silent)).await.unwrap();
    assert_eq!(answer.status, 0, "who has asked nothing is told nothing");
}

#[tokio::test]
async fn a_kept_connection_that_is_silent_is_closed() {
    let served = served_with(&limits(Limits { head: Duration::from_millis(300), ..Limits::default() })).await;
    let mut kept = served.connect().await;
    kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let answer = timeout(PATIENCE, Answer::read(&mut kept)).await.unwrap();
    assert_eq!((answer.status, answer.text()), (200, "ok\n"), "and no 408 after it");
}

#[tokio::test]
async fn who_has_waited_longest_makes_room() {
    let served = served_with(&limits(Limits { connections: 3, ..Limits::default() })).await;
    let mut first = half_open(&served).await;
    let _others = [half_open(&served).await, half_open(&served).await];
    assert_eq!(served.get("/healthz").await.status, 200);
    let mut rest = Vec::new();
    let read = timeout(PATIENCE, first.read_to_end(&mut rest)).await.unwrap();
    assert!(rest.is_empty(), "{read:?}: who has waited longest made room");
}

#[tokio::test]
async fn heads_are_bounded() {
    let served = served().await;
    let head = |middle: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{middle}\r\n");
    let many = (0..5000).fold(String::new(), |all, number| all + &format!("X{number}: 1\r\n"));
    for (request, expected) in [
        (head(&format!("X: {}\r\n", "a".repeat(1 << 20))), 431),
        (head(&format!("X: {}\r\n", "a".repeat(40_000))), 431),
        (head(&many), 431),
        (head(&format!("X: {}\r\n", "a".repeat(20_000))), 200),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(9_000)), 414),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(70_000)), 414),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n".to_owned(), 400),
        ("nonsense\r\n\r\n".to_owned(), 400),
    ] {
        let answer = timeout(PATIENCE, served.raw(request.as_bytes())).await.unwrap();
        assert_eq!(answer.status, expected, "{}", &request[..60.min(request.len())]);
    }
}

#[tokio::test]
async fn strange_paths_are_nothing() {
    let served = served().await;
    for path in [
        "/../etc/passwd",
        "/feeds/../../etc/passwd",
        "/feeds/..%2f..%2fetc%2fpasswd",
        "/feeds/..%2f..%2fetc%2fpasswd.rss",
        "/feeds/%2e%2e/slow.rss",
        "/feeds//slow.rss",
        "/feeds/slow//big-data.rss",
        "/feeds/./slow.rss",
        "/feeds/slow.rss/",
        "/feeds/%00.rss",
        "/feeds/slow%00.rss",
        "/feeds/%c0%ae%c0%ae/x.rss",
        "/feeds/%zz.rss",
        "/feeds/.rss",
        "/feeds/",
        "/feeds",
        "//evil.example",
        "//evil.example/feeds/slow.rss",
        "/sources/../slow",
        "/sources/%00",
        "/sources/",
        "/view/%ff",
        "/view/",
        "/STYLE.CSS",
        "/style.css/x",
    ] {
        let answer = served.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.headers.contains_key("location"), "{path}");
    }
}

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let served = served().await;
    let ask = |hosts: &str| format!("GET /feeds/slow.rss HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    for (hosts, expected) in [
        ("Host: localhost\r\n", 200),
        ("Host: 127.0.0.1:7878\r\n", 200),
        ("Host: [::1]\r\n", 200),
        ("Host: feeds.example.org\r\n", 200),
        ("Host: evil.example\r\n", 421),
        ("Host: feeds.example.org.evil.example\r\n", 421),
        ("Host: 192.168.7.7\r\n", 421),
        ("Host: localhost\r\nHost: localhost\r\n", 400),
        ("Host:\r\n", 400),
        ("", 400),
    ] {
        assert_eq!(served.raw(ask(hosts).as_bytes()).await.status, expected, "{hosts:?}");
    }
    let absolute = b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(served.raw(absolute).await.status, 421);
}

#[tokio::test]
async fn nothing_can_be_done_here() {
    let served = served().await;
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        for path in ["/", "/feeds/slow.rss", "/nothing", "/healthz"] {
            let answer = served.ask(method, path, &[("Origin", "https://evil.example"), ("Content-Length", "0")]).await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{method} {path}");
        }
    }
    let smuggled =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = timeout(PATIENCE, served.raw(smuggled.as_bytes())).await.unwrap();
    assert!(matches!(answer.status, 400 | 405), "{answer:?}");
}

#[tokio::test]
async fn a_feed_needs_no_more_than_a_host() {
    let served = served().await;
    let answer = served.raw(b"GET /feeds/slow.rss HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(answer.status, 200);
}
