//! A `WebSub` hub on loopback that notes what it is told of.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A hub that takes notes; it answers with a status that a test sets.
#[derive(Debug)]
pub struct Hub {
    /// Where it listens.
    pub url: String,
    status: Arc<Mutex<&'static str>>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    /// A hub that takes what it is told.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hub", listener.local_addr().unwrap());
        let hub = Self { url, status: Arc::new(Mutex::new("202 Accepted")), told: Arc::default() };
        let (status, told) = (Arc::clone(&hub.status), Arc::clone(&hub.told));
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
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
                let status = *status.lock().unwrap();
                if status.is_empty() {
                    unanswered.push(stream);
                    continue;
                }
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        hub
    }

    /// The status with which it answers from now on; without one it takes the request and never answers.
    pub fn answers(&self, status: &'static str) {
        *self.status.lock().unwrap() = status;
    }

    /// How often it was told something since the topics were last looked at.
    pub fn times(&self) -> usize {
        self.told.lock().unwrap().len()
    }

    /// The topics that it was told of since the last time, sorted.
    pub fn told(&self) -> Vec<String> {
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
