//! A server that says exactly what a test wants, byte by byte, and remembers what it was asked.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sosik::clock::Clock;
use sosik::fetch::{Access, Ask, FetchError, Fetched, Fetcher, HostOptions, Lookup, Options, Surroundings};
use sosik::model::page::{Page, Validators};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    /// What came along, as long as its head said.
    pub(crate) body: String,
    /// Which connection it came on.
    pub(crate) connection: usize,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What to do about a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A well-formed answer; the connection stays.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// These bytes, then the end.
    Raw(Vec<u8>),
    /// These bytes, then silence.
    Hang(Vec<u8>),
    /// These bytes, then one more every few milliseconds.
    Drip(Vec<u8>),
    /// A chunked body without end.
    Endless,
}

impl Reply {
    pub(crate) fn page(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, vec![("content-type", "text/html".to_owned())], body.into())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), b"<h1>error</h1>".to_vec())
    }

    pub(crate) fn redirect(location: impl Into<String>) -> Self {
        Self::Answer(302, Vec::new(), Vec::new()).with("location", location)
    }

    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    written: AtomicU64,
}

impl Server {
    /// A server on 127.0.0.1.
    pub(crate) async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(Ipv4Addr::LOCALHOST.into(), reply).await
    }

    /// A server on another loopback address.
    pub(crate) async fn start_on(ip: IpAddr, reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        tokio::spawn({
            let (seen, reply) = (Arc::clone(&seen), Arc::new(reply));
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let connection = seen.connections.fetch_add(1, Ordering::SeqCst);
                    let (seen, reply) = (Arc::clone(&seen), Arc::clone(&reply));
                    tokio::spawn(async move {
                        // An error here is a client that left, which is what most tests are about.
                        let _ = serve(stream, connection, &seen, reply.as_ref()).await;
                    });
                }
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// The same server under a name that a test's resolver knows.
    pub(crate) fn named(&self, name: &str, path: &str) -> Url {
        Url::parse(&format!("http://{name}:{}{path}", self.address.port())).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn written(&self) -> u64 {
        self.seen.written.load(Ordering::SeqCst)
    }
}

async fn serve(
    stream: TcpStream,
    connection: usize,
    seen: &Seen,
    reply: &(impl Fn(&Request) -> Reply + Sync),
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    while let Some(first) = lines.next_line().await? {
        let method = first.split(' ').next().unwrap_or_default().to_owned();
        let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        while let Some(line) = lines.next_line().await?.filter(|line| !line.is_empty()) {
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
        }
        let length = headers.get("content-length").and_then(|length: &String| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        lines.get_mut().read_exact(&mut body).await?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let request = Request { method, target, headers, body, connection };
        seen.requests.lock().unwrap().push(request.clone());
        match reply(&request) {
            Reply::Answer(status, headers, body) => {
                let mut head_lines = vec![format!("HTTP/1.1 {status} X")];
                head_lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
                let body = if matches!(status, 204 | 304) {
                    Vec::new()
                } else {
                    head_lines.push(format!("content-length: {}", body.len()));
                    body
                };
                let head = format!("{}\r\n\r\n", head_lines.join("\r\n"));
                writer.write_all(head.as_bytes()).await?;
                writer.write_all(&body).await?;
            }
            Reply::Raw(bytes) => {
                writer.write_all(&bytes).await?;
                return writer.shutdown().await;
            }
            Reply::Hang(bytes) => {
                writer.write_all(&bytes).await?;
                std::future::pending::<()>().await;
            }
            Reply::Drip(bytes) => {
                writer.write_all(&bytes).await?;
                let mut drops = tokio::time::interval(Duration::from_millis(20));
                loop {
                    drops.tick().await;
                    writer.write_all(b"z").await?;
                }
            }
            Reply::Endless => {
                writer.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
                loop {
                    writer.write_all(&chunk).await?;
                    seen.written.fetch_add(chunk.len() as u64, Ordering::SeqCst);
                }
            }
        }
    }
    Ok(())
}

pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Options for loopback: no gap, short times, pages of 1 MiB.
pub(crate) fn options() -> Options {
    Options {
        timeout: SignedDuration::from_secs(20),
        idle_timeout: SignedDuration::from_secs(10),
        max_body: bytesize::ByteSize::mib(1),
        host: vec![HostOptions { name: "127.0.0.1".into(), gap: Some(SignedDuration::ZERO), width: Some(8) }],
        host_gap: SignedDuration::ZERO,
        ..Options::default()
    }
}

/// A fetcher with these options that stands in for one on the internet: only 127.0.0.1 counts as public.
pub(crate) fn fetcher(
    options: &Options,
    answer: impl Fn(&str) -> Option<&'static str> + Send + Sync + 'static,
) -> Fetcher {
    let table = move |name: &str| match answer(name) {
        Some(address) => Ok(vec![address.parse().unwrap()]),
        None => Err(std::io::Error::other("no such name")),
    };
    let surroundings =
        Surroundings { lookup: Lookup::Table(Arc::new(table)), public: vec![Ipv4Addr::LOCALHOST.into()] };
    Fetcher::open_in(options, Clock::manual(now()), surroundings).unwrap()
}

pub(crate) fn plain_fetcher() -> Fetcher {
    fetcher(&options(), |_| None)
}

/// Fetches without validators as a source that may nothing special.
pub(crate) async fn get(fetcher: &Fetcher, url: &Url) -> Result<Fetched, FetchError> {
    get_as(fetcher, url, &Access::default()).await
}

pub(crate) async fn get_as(fetcher: &Fetcher, url: &Url, access: &Access) -> Result<Fetched, FetchError> {
    fetcher.fetch(&Ask { url, validators: &Validators::default(), access, unconditional: false }).await
}

pub(crate) fn page(fetched: Result<Fetched, FetchError>) -> Page {
    match fetched {
        Ok(Fetched::Page { page, .. }) => page,
        other => panic!("no page: {other:?}"),
    }
}

pub(crate) fn error(fetched: Result<Fetched, FetchError>) -> FetchError {
    let error = fetched.expect_err("this cannot be fetched");
    assert!(!error.help().is_empty());
    assert_eq!(error.failure().message, error.to_string());
    error
}
