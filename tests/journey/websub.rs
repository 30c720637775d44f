//! A `WebSub` hub is told of what changed, once it is published, and again when it did not listen.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// A hub that takes notes; it answers with a status that a test sets.
struct Hub {
    url: String,
    status: Arc<Mutex<&'static str>>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hub", listener.local_addr().unwrap());
        let hub = Self { url, status: Arc::new(Mutex::new("202 Accepted")), told: Arc::default() };
        let (status, told) = (Arc::clone(&hub.status), Arc::clone(&hub.told));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = String::new();
                let mut chunk = [0; 4096];
                while request.split_once("\r\n\r\n").is_none_or(|(head, body)| body.len() < length(head)) {
                    let read = stream.read(&mut chunk).unwrap();
                    request.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
                    assert!(read > 0, "a request was cut off: {request}");
                }
                let (head, body) = request.split_once("\r\n\r\n").unwrap();
                assert!(head.starts_with("POST /hub "), "{head}");
                assert!(head.to_ascii_lowercase().contains("content-type: application/x-www-form-urlencoded"));
                told.lock().unwrap().push(topic(body));
                let answer =
                    format!("HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status.lock().unwrap());
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        hub
    }

    fn answers(&self, status: &'static str) {
        *self.status.lock().unwrap() = status;
    }

    /// The topics that it was told of since the last time, sorted.
    fn told(&self) -> Vec<String> {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.sort();
        told
    }
}

fn length(head: &str) -> usize {
    let head = head.to_ascii_lowercase();
    head.split_once("content-length: ").map_or(0, |(_, rest)| rest.lines().next().unwrap().trim().parse().unwrap())
}

/// The path of the topic in a form that announces it.
fn topic(body: &str) -> String {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let [(mode, publish), (key, topic)] = &form[..] else { panic!("{body}") };
    assert_eq!((mode.as_str(), publish.as_str(), key.as_str()), ("hub.mode", "publish", "hub.url"));
    topic.strip_prefix("http://127.0.0.1:7878/feeds/").expect("a feed of ours").to_owned()
}

#[test]
fn a_hub_is_told_of_each_change_once_and_again_until_it_listens() {
    let blog = Blog::with_posts(5);
    let hub = Hub::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("[publish]\n", &format!("[publish]\nhub = \"{}\"\n", hub.url));
    sosik.refresh();
    let files: Vec<String> = sosik.published().into_keys().collect();
    let all: Vec<String> = {
        let mut all: Vec<String> = hub.told().iter().map(|topic| percent(topic)).collect();
        all.sort();
        all
    };
    assert_eq!(all, files, "each document once");
    assert!(
        sosik.feed("blog.atom").contains(&format!("href=\"{}\" rel=\"hub\"", hub.url)),
        "{}",
        sosik.feed("blog.atom")
    );
    sosik.refresh();
    assert_eq!(hub.told(), [""; 0], "nothing changed");

    hub.answers("503 Service Unavailable");
    blog.publish(1, "Big Data/Kafka");
    let report = sosik.refresh();
    assert_eq!(report["sources"][0]["new"], 1, "a hub that fails stops nothing");
    assert_eq!(hub.told().len(), 1, "it is left alone after the first failure");
    hub.answers("204 No Content");
    sosik.refresh();
    let paths = ["blog", "blog/big-data", "blog/big-data/kafka"];
    let mut changed: Vec<String> =
        paths.iter().flat_map(|path| ["atom", "json", "rss"].map(|format| format!("{path}.{format}"))).collect();
    changed.sort();
    assert_eq!(hub.told(), changed);
}

/// A path as it is on the disk.
fn percent(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
}
