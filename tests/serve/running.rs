//! How a server comes and goes.

use std::time::Duration;

use sosik::serve::{Limits, Listener, Options, Server, Sockets};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::given::*;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_stopped_server_lets_go_of_everybody() {
    let mut served = served().await;
    let mut idle = served.connect().await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    served.stop.take().unwrap().send(()).unwrap();
    timeout(PATIENCE, served.running.take().unwrap()).await.unwrap().unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, idle.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn who_has_just_come_in_is_still_answered() {
    let mut served = served().await;
    let mut fresh = served.connect().await;
    assert_eq!(served.get("/healthz").await.status, 200, "so the one before it is in");
    served.stop.take().unwrap().send(()).unwrap();
    fresh.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_eq!(timeout(PATIENCE, Answer::read(&mut fresh)).await.unwrap().status, 200);
    timeout(PATIENCE, served.running.take().unwrap()).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_never_finishes_does_not_hold_a_stopping_server() {
    let limits = Limits { drain: Duration::from_millis(50), ..Limits::default() };
    let mut served = served_with(&Wishes { limits, ..Wishes::default() }).await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
    assert_eq!(served.get("/healthz").await.status, 200);
    served.stop.take().unwrap().send(()).unwrap();
    timeout(PATIENCE, served.running.take().unwrap()).await.unwrap().unwrap();
}

#[tokio::test]
async fn several_places_are_served_unix_sockets_among_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    let listen = vec!["127.0.0.1:0".to_owned(), path.display().to_string()];
    let wishes = Wishes { options: Options { listen, ..Options::default() }, ..Wishes::default() };
    let store = blog().await;
    let listeners = Sockets::default().listeners(&wishes.options).await.unwrap();
    assert_eq!(listeners.iter().map(Listener::is_local).collect::<Vec<_>>(), [true, true]);
    let address = listeners[0].address().unwrap();
    let server = Server::open(setup(&store, &wishes), listeners).await.unwrap();
    tokio::spawn(async move { server.serve(std::future::pending()).await });
    let request = b"GET /feeds/slow.rss HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let (mut by_unix, mut by_tcp) = (Vec::new(), Vec::new());
    let mut unix = UnixStream::connect(&path).await.unwrap();
    unix.write_all(request).await.unwrap();
    unix.read_to_end(&mut by_unix).await.unwrap();
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(request).await.unwrap();
    tcp.read_to_end(&mut by_tcp).await.unwrap();
    let body = |answer: &[u8]| answer[answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap()..].to_vec();
    assert!(by_unix.starts_with(b"HTTP/1.1 200 OK\r\n") && body(&by_unix) == body(&by_tcp));
}

#[tokio::test]
async fn a_place_that_is_taken_says_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let options = Options { listen: vec![address.clone()], ..Options::default() };
    let error = Sockets::default().listeners(&options).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    assert!(error.help().contains("stop it"), "{}", error.help());
}
