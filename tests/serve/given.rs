//! What the tests begin with: a store with posts, a server over it on a port of its own, and clients.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sosik::clock::Clock;
use sosik::model::category::{CategoryPath, mint_categories};
use sosik::model::failure::{Failure, PollOutcome, Step};
use sosik::model::link::PostKey;
use sosik::model::post::{Post, SiteFacts};
use sosik::model::report::{Changes, PollReport, ValidatorsUpdate};
use sosik::model::source::{Backfill, Cadence, HtmlRecipe, Recipe, Source, SourceId};
use sosik::serve::{Language, Limits, Listener, Metrics, Options, Server, Setup};
use sosik::store::Store;
use sosik::store::contract::{Claim, Fenced, Recorded};
use sosik::store::sqlite::SqliteStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// The moment at which pages are shown.
pub(crate) fn now() -> Timestamp {
    "2026-03-15T12:00:00Z".parse().unwrap()
}

/// A server that runs until it is dropped, and the store behind it.
pub(crate) struct Served {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) running: Option<JoinHandle<()>>,
}

/// What a test wants to be otherwise.
pub(crate) struct Wishes {
    pub(crate) base_url: &'static str,
    pub(crate) hub: Option<&'static str>,
    pub(crate) entries: u32,
    pub(crate) language: Language,
    pub(crate) limits: Limits,
    pub(crate) options: Options,
    /// Rings with each event; without it nobody may follow them.
    pub(crate) events: Option<watch::Receiver<i64>>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            base_url: "http://feeds.example.org",
            hub: None,
            entries: 50,
            language: Language::English,
            limits: Limits { trusted: Duration::ZERO, ..Limits::default() },
            options: Options { listen: vec!["127.0.0.1:0".to_owned()], ..Options::default() },
            events: None,
        }
    }
}

pub(crate) fn setup(store: &Arc<SqliteStore>, wishes: &Wishes) -> Setup {
    Setup {
        store: Arc::clone(store) as Arc<dyn Store>,
        clock: Clock::manual(now()),
        options: wishes.options.clone(),
        base_url: wishes.base_url.parse().unwrap(),
        hub: wishes.hub.map(|hub| hub.parse().unwrap()),
        entries: wishes.entries,
        language: wishes.language,
        limits: wishes.limits,
        metrics: Arc::new(Metrics::default()),
        events: wishes.events.clone(),
    }
}

/// A server over a store.
pub(crate) async fn served_over(store: Arc<SqliteStore>, wishes: &Wishes) -> Served {
    let setup = setup(&store, wishes);
    let metrics = Arc::clone(&setup.metrics);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::open(setup, vec![Listener::Tcp(listener)]).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        server.serve(shutdown).await.unwrap();
    });
    Served { store, address, metrics, stop: Some(stop), running: Some(running) }
}

/// A server over a blog with three posts.
pub(crate) async fn served() -> Served {
    served_with(&Wishes::default()).await
}

pub(crate) async fn served_with(wishes: &Wishes) -> Served {
    served_over(blog().await, wishes).await
}

impl Served {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// GET without any header but those that HTTP asks for.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers).await
    }

    /// One request, written by hand: no client repairs the path or adds a header.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = headers.concat();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        self.raw(request.as_bytes()).await
    }

    /// What comes back for these bytes until the server closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        // A server that has refused may close while we still write.
        let _ = stream.write_all(request).await;
        Answer::read(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// An answer, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads to the end of the connection. Status 0: it closed without a word.
    pub(crate) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            bytes.extend_from_slice(&chunk[..read]);
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Self { status: 0, headers: BTreeMap::new(), body: bytes };
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

pub(crate) fn id(id: &str) -> SourceId {
    SourceId::try_from(id.to_owned()).unwrap()
}

pub(crate) fn source(name: &str, title: &str) -> Source {
    Source {
        id: id(name),
        url: format!("https://{name}.example/").parse().unwrap(),
        base_url: None,
        title: Some(title.to_owned()),
        recipe: Recipe::Html(HtmlRecipe::default()).into(),
        backfill: Backfill::All,
        cadence: Cadence::default(),
        schedule: None,
        language: Some("ko".to_owned()),
        time_zone: None,
        headers: BTreeMap::new(),
        allow_private_addresses: false,
        robots: true,
        full_text: false,
        paused: false,
        choice: sosik::model::choice::Choice::default(),
    }
}

pub(crate) fn post(path: &str, title: &str, hours_ago: i64, categories: &[&str]) -> Post {
    let at = now() - SignedDuration::from_hours(hours_ago);
    Post {
        key: PostKey::from_stored(path.to_owned()),
        entry_id: format!("urn:test:{path}"),
        url: format!("https://slow.example{path}"),
        title: title.to_owned(),
        excerpt: Some(format!("What {title} says.")),
        author: None,
        image: None,
        enclosures: Vec::new(),
        published: None,
        listed_at: at,
        offset_seconds: 32_400,
        first_seen: at,
        updated: at,
        tags: Vec::new(),
        categories: categories.iter().filter_map(|path| CategoryPath::new(path.split('/'))).collect(),
        full_text: None,
    }
}

/// A blog, 느린 기록, with posts in Big Data/Kafka and 여행, and one without a category.
pub(crate) async fn blog() -> Arc<SqliteStore> {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    store.sync_sources(&[source("slow", "느린 기록")], now() - SignedDuration::from_hours(9)).await.unwrap();
    let posts = vec![
        post("/1", "Kafka streams", 5, &["Big Data/Kafka"]),
        post("/2", "제주도", 4, &["여행"]),
        post("/3", "Nothing in particular", 3, &[]),
    ];
    poll(&*store, "slow", posts).await;
    store
}

/// A poll that found these posts.
pub(crate) async fn poll(store: &dyn Store, name: &str, posts: Vec<Post>) {
    let categories = mint_categories(&[], posts.iter().flat_map(|post| &post.categories));
    let changes = Changes { new: posts, categories, ..Changes::default() };
    record(store, name, PollOutcome::Changed, changes).await;
}

/// A poll that failed.
pub(crate) async fn fail(store: &dyn Store, name: &str, message: &str) {
    let failure = Failure {
        step: Step::Fetch,
        message: message.to_owned(),
        help: format!("help for {message}"),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    };
    record(store, name, PollOutcome::Failed(failure), Changes::default()).await;
}

async fn record(store: &dyn Store, name: &str, outcome: PollOutcome, changes: Changes) {
    // A source is claimed once for a moment.
    let polled = store.source(&id(name)).await.unwrap().and_then(|source| source.state.last_poll);
    let at = polled.map_or(now() - SignedDuration::from_hours(2), |last| last + SignedDuration::from_mins(1));
    let claim = Claim {
        hosts: 1,
        sources_per_host: 1,
        lease: SignedDuration::from_mins(10),
        now: at,
        only: Some(vec![id(name)]),
    };
    let lease = store.claim(&claim).await.unwrap().leases.remove(0);
    let report = PollReport {
        outcome,
        at,
        next_check: Some(now() + SignedDuration::from_mins(30)),
        validators: ValidatorsUpdate::Keep,
        pages: 1,
        requests: 1,
        changes,
        site: SiteFacts::default(),
        how: "recipe".to_owned(),
        gap: None,
        deep: None,
        ttl: None,
        learnt: None,
        rhythm: None,
        beside: sosik::model::beside::Beside::default(),
        profile: None,
        met: None,
        owed: Vec::new(),
        host_blocked_until: None,
        host_gap_ms: None,
    };
    let recorded =
        Recorded { at: lease.due[0].at, host: lease.host.clone(), lease: lease.number, last_of_host: true, report };
    assert_eq!(store.record(vec![recorded], at).await.unwrap(), [Fenced::Recorded]);
}
