//! `/events`: who follows gets all of it, at once, and takes nobody's place.

use std::sync::Arc;
use std::time::Duration;

use sosik::serve::Limits;
use sosik::serve::tokens::mint;
use sosik::store::{Events, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::given::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// Limits under which nothing is told but what happens.
fn quiet() -> Limits {
    Limits { heartbeat: Duration::from_hours(1), trusted: Duration::ZERO, ..Limits::default() }
}

async fn serving(limits: Limits) -> (Served, watch::Sender<i64>) {
    let (bell, events) = watch::channel(0);
    (served_with(&Wishes { limits, events: Some(events), ..Wishes::default() }).await, bell)
}

async fn log(served: &Served, message: &str) -> i64 {
    served.store.log_event(message, &format!("{{\"id\":\"{message}\"}}"), now()).await.unwrap()
}

async fn place(served: &Served, number: i64) -> String {
    served.store.event_log().await.unwrap().place(number)
}

/// A connection that follows.
struct Following {
    stream: TcpStream,
    text: String,
}

impl Following {
    async fn start(served: &Served, path: &str, headers: &str) -> Self {
        let mut stream = served.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self { stream, text: String::new() }
    }

    /// Waits until all of it says that.
    async fn wait_for(&mut self, said: &str) -> &str {
        while !self.text.contains(said) {
            assert!(self.read().await > 0, "it ended before {said:?}:\n{}", self.text);
        }
        &self.text
    }

    async fn read(&mut self) -> usize {
        let mut chunk = vec![0; 4096];
        let read = timeout(PATIENCE, self.stream.read(&mut chunk)).await.expect("something is said").unwrap_or(0);
        self.text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        read
    }

    async fn end(mut self) -> String {
        while self.read().await > 0 {}
        self.text
    }
}

#[tokio::test]
async fn a_new_reader_begins_now_and_hears_at_once() {
    let (served, bell) = serving(quiet()).await;
    log(&served, "before").await;
    let mut reader = Following::start(&served, "/events", "").await;
    let begin = place(&served, 1).await;
    let said = reader.wait_for("event: current").await.to_lowercase();
    for header in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
        assert!(said.contains(header), "{said}");
    }
    assert!(!said.contains("content-encoding") && !said.contains("before"), "{said}");
    assert!(said.contains("retry: 500\n\n") && said.contains(&format!("id: {begin}\n\n")), "{said}");
    bell.send_replace(log(&served, "after").await);
    let event = format!("id: {}\ndata: {{\"id\":\"after\"}}\n\n", place(&served, 2).await);
    reader.wait_for(&event).await;
}

#[tokio::test]
async fn who_was_away_gets_the_rest() {
    let (served, _bell) = serving(quiet()).await;
    for number in 0..120 {
        log(&served, &format!("m{number}")).await;
    }
    let last = format!("Last-Event-ID: {}\r\n", place(&served, 3).await);
    let mut reader = Following::start(&served, "/events", &last).await;
    let said = reader.wait_for("event: current").await;
    let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("data: {\"id\":\"")).collect();
    let wanted: Vec<String> = (3..120).map(|number| format!("m{number}\"}}")).collect();
    assert_eq!(told, wanted);
    assert!(!said.contains("event: gap"), "{said}");
}

#[tokio::test]
async fn a_place_that_is_not_here_is_told_and_all_that_is_kept_comes() {
    let (served, _bell) = serving(quiet()).await;
    log(&served, "kept").await;
    let elsewhere = place(&served, 9).await;
    for last in ["other-1", &elsewhere] {
        let mut reader = Following::start(&served, "/events", &format!("Last-Event-ID: {last}\r\n")).await;
        let said = reader.wait_for("event: current").await;
        let gap = format!("event: gap\nid: {}\ndata: {{\"why\":\"elsewhere\"}}\n\n", place(&served, 0).await);
        assert!(said.contains(&gap) && said.contains("kept"), "{said}");
    }
}

#[tokio::test]
async fn a_revoked_token_ends_the_stream() {
    let (bell, events) = watch::channel(0);
    let store = blog().await;
    let (secret, token) = mint("laptop", now()).unwrap();
    let (_, other) = mint("phone", now()).unwrap();
    store.put_token(&token).await.unwrap();
    store.put_token(&other).await.unwrap();
    let limits = Limits { heartbeat: Duration::from_millis(30), ..quiet() };
    let served = served_over(Arc::clone(&store), &Wishes { limits, events: Some(events), ..Wishes::default() }).await;
    assert_eq!(served.get("/events").await.status, 401);
    let bearer = format!("Authorization: Bearer {secret}\r\n");
    let mut reader = Following::start(&served, "/events", &bearer).await;
    // The connection is kept alive meanwhile.
    reader.wait_for(":\n\n").await;
    assert!(reader.text.to_lowercase().contains("cache-control: private, no-store"), "{}", reader.text);
    store.revoke_token("laptop").await.unwrap();
    reader.end().await;
    drop(bell);
}

#[tokio::test]
async fn followers_keep_their_seats_and_leave_others_theirs() {
    let (served, bell) = serving(Limits { connections: 3, followers: 2, ..quiet() }).await;
    let mut readers = Vec::new();
    for _ in 0..2 {
        let mut reader = Following::start(&served, "/events", "").await;
        reader.wait_for("event: current").await;
        readers.push(reader);
    }
    let third = served.get("/events").await;
    assert_eq!((third.status, third.header("retry-after")), (503, "30"));
    // Whoever only waits makes room for others; who follows does not.
    let mut half_open = Vec::new();
    for _ in 0..5 {
        let mut stream = served.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
        half_open.push(stream);
    }
    assert_eq!(served.get("/feeds/slow.rss").await.status, 200);
    bell.send_replace(log(&served, "news").await);
    for reader in &mut readers {
        reader.wait_for("news").await;
    }
    // A seat is free again once its reader is gone.
    drop(readers.pop());
    bell.send_replace(log(&served, "more").await);
    readers[0].wait_for("more").await;
    drop(half_open);
    loop {
        let mut again = Following::start(&served, "/events", "").await;
        again.read().await;
        if again.text.starts_with("HTTP/1.1 200") {
            break;
        }
    }
}

#[tokio::test]
async fn a_server_that_stops_lets_its_followers_go() {
    let (mut served, _bell) = serving(Limits { drain: PATIENCE, ..quiet() }).await;
    let mut reader = Following::start(&served, "/events", "").await;
    reader.wait_for("event: current").await;
    served.stop.take().unwrap().send(()).unwrap();
    let said = reader.end().await;
    assert!(said.ends_with("0\r\n\r\n"), "to the last byte: {said}");
    timeout(PATIENCE / 2, served.running.take().unwrap()).await.unwrap().unwrap();
}

#[tokio::test]
async fn where_nobody_is_told_there_is_nothing_to_follow() {
    let answer = served().await.get("/events").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("[notify.agents] enabled = true"), "{}", answer.text());
}
