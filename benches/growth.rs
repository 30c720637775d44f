//! What a look costs by how much is stored: it grows with what changed, not with what there is.
//!
//! `cargo bench --bench growth` measures, with the program's own parts over a `SQLite` file,
//!
//! * a poll of one source that holds 100 to 100,000 posts, with its files: unchanged, and with one new post;
//! * the document of a category of so many posts;
//! * a pass over 100 to 100,000 sources, each a host of its own (addresses of 127.0.0.0/8, served by a process that is
//!   not counted), and what opening so many takes;
//!
//! tells the medians of the CPU time, and draws them into `docs/growth.svg`. Sources with many posts take turns, on one core.
//! An argument bounds how many posts and sources there are at most (`-- 10000`: then nothing is drawn).

#![allow(clippy::print_stdout, reason = "a benchmark tells figures")]

mod support;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use sosik::app::{App, configure_text};
use sosik::clock::Clock;
use sosik::config::{Config, Overrides};
use sosik::feed::render;
use sosik::fetch::Fetcher;
use sosik::model::category::{CategoryPath, mint_categories};
use sosik::model::date::Published;
use sosik::model::feed::{FeedPath, Format};
use sosik::model::link::PostKey;
use sosik::model::post::Post;
use sosik::model::report::{Changes, PollReport};
use sosik::model::source::SourceId;
use sosik::poll::{self, Poller};
use sosik::rules::Rules;
use sosik::run::dispatch::Dispatcher;
use sosik::store::contract::{Claim, Recorded};
use support::chart::{Chart, Line, svg};
use support::{median, micros, of_process};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// As in the product.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// By which this program knows that it is the server of all sources.
const SERVE: &str = "--serve";

/// How many posts one source holds, and how many sources there are.
const SIZES: [u32; 4] = [100, 1_000, 10_000, 100_000];

/// Looks of each kind at each source; the median counts.
const LOOKS: u32 = 41;

/// Documents of each source; the median counts.
const DOCUMENTS: u32 = 201;

/// Passes over all sources; the median counts.
const PASSES: u32 = 3;

/// Posts that one report brings.
const BATCH: u32 = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|first| first == SERVE) {
        return serve();
    }
    let most = arguments.first().map_or(u32::MAX, |most| most.parse().expect("a number"));
    let sizes: Vec<u32> = SIZES.into_iter().filter(|size| *size <= most).collect();
    let posts = on_one_core(|| of_posts(&runtime(), &sizes));
    let runtime = runtime();
    let sources: Vec<[f64; 3]> = sizes.iter().map(|size| of_sources(&runtime, *size)).collect();
    let line = |name, rows: &[[f64; 3]], column: usize| Line {
        name,
        points: sizes.iter().zip(rows).map(|(size, row)| (f64::from(*size), row[column])).collect(),
    };
    for (what, rows) in [("posts", &posts), ("sources", &sources)] {
        let ratio = |column: usize| rows[rows.len() - 1][column] / rows[0][column];
        println!("{what}: the most to the fewest: {:.2}, {:.2}, {:.2}", ratio(0), ratio(1), ratio(2));
    }
    if sizes.len() < SIZES.len() {
        return;
    }
    let charts = [
        Chart {
            title: "One look at a source, one feed",
            across: "posts that it holds",
            upwards: "ms of CPU",
            lines: vec![
                line("a poll, nothing new", &posts, 0),
                line("a poll with one new post, files written", &posts, 1),
                line("the document of a category", &posts, 2),
            ],
        },
        Chart {
            title: "A pass over all sources",
            across: "sources",
            upwards: "ms of CPU a source",
            lines: vec![
                line("a first pass", &sources, 0),
                line("nothing new", &sources, 1),
                line("opening the state and the configuration", &sources, 2),
            ],
        },
    ];
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/growth.svg");
    std::fs::write(&file, svg(&charts)).expect("the docs can be written");
    println!("drawn into {}", file.display());
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Runs this, and the threads that it starts, on one core. Each state has threads of its own: by chance one of them stands on
/// the core of whoever asks it or on another, and what is asked of it then costs half as much again.
fn on_one_core<T>(run: impl FnOnce() -> T) -> T {
    let all = sched_getaffinity(None).expect("the kernel says where we may run");
    let mut one = CpuSet::new();
    one.set((0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).expect("we run somewhere"));
    sched_setaffinity(None, &one).expect("a core of ours");
    let told = run();
    sched_setaffinity(None, &all).expect("the cores of before");
    told
}

/// When it all begins.
fn beginning() -> Timestamp {
    Timestamp::from_second(1_767_225_600).expect("a moment")
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(count.into())
}

/// What is open over one folder.
struct House {
    app: App,
    dispatcher: Dispatcher,
    ids: Vec<SourceId>,
}

impl House {
    fn open(runtime: &Runtime, config: Config, clock: &Clock) -> Self {
        let ids = config.sources.iter().map(|source| source.id.clone()).collect();
        let fetcher = Fetcher::open(&config.fetch, clock.clone()).expect("a client");
        let options = poll::Options {
            rules: Arc::new(Rules::default()),
            lasts: 3,
            pages_per_poll: Some(10),
            edits: config.feeds.edits,
            removed: config.feeds.removed,
            permalinks: 0,
        };
        let app = runtime.block_on(App::open(config, clock.clone(), &|_| None)).expect("a state");
        let poller = Poller::new(Arc::clone(&app.store), fetcher, clock.clone(), options);
        let dispatcher = Dispatcher::new(Arc::clone(&app.store), Arc::new(poller), clock.clone(), Arc::default());
        Self { app, dispatcher, ids }
    }

    /// Looks at all sources and brings the files up to date, as the daemon does; gives how many posts were new.
    async fn look(&self) -> usize {
        let round = self.dispatcher.once(&self.ids).await.expect("the state is there");
        for look in &round.recorded {
            let failure = look.outcome.failure();
            assert!(failure.is_none(), "{failure:?}");
        }
        assert_eq!(round.recorded.len(), self.ids.len());
        self.app.publisher.publish_stale().await.expect("files can be written");
        round.recorded.iter().map(|look| usize::try_from(look.new).expect("few")).sum()
    }
}

fn configured(folder: &Path, toml: &str) -> Config {
    let overrides = Overrides { state: Some(folder.join("state")), ..Overrides::default() };
    configure_text(toml, &folder.join("sosik.toml"), &overrides, &|_| None).unwrap_or_else(|error| panic!("{error}"))
}

/// A page with so many posts, the newest of this number.
fn page(newest: u32, count: u32) -> String {
    let mut page = "<!doctype html><html lang=en><head><title>A blog</title></head><body><main>".to_owned();
    for number in (newest + 1 - count..=newest).rev() {
        let at = beginning() + minutes(number);
        let _ = write!(
            page,
            "<article class=post><h2><a href=/p/{number}>Post {number}, as it was written</a></h2>\
             <time datetime={at}></time> <a class=category href=/c/deep>Deep</a><p>What it tells, in short.</p></article>"
        );
    }
    page
}

/// One source that holds many posts, with its files.
struct Blog {
    house: House,
    clock: Clock,
    /// Its page, and the newest post there.
    index: PathBuf,
    newest: u32,
    _folder: TempDir,
}

impl Blog {
    /// Posts that its page shows.
    const SHOWN: u32 = 10;

    fn open(runtime: &Runtime, size: u32) -> Self {
        let folder = TempDir::new().expect("a folder");
        let (index, feeds) = (folder.path().join("index.html"), folder.path().join("feeds"));
        std::fs::write(&index, page(Self::SHOWN, Self::SHOWN)).expect("a file");
        let toml = format!(
            "[publish]\ndir = \"{}\"\nformats = [\"atom\"]\n[store]\nbackups = 0\n[[source]]\nid = \"one\"\nurl = \"file://{}\"\n\
             base_url = \"https://one.example/\"\n[source.recipe]\npost = \".post\"\ntitle = \"h2\"\nexcerpt = \"p\"\ndate = \"time\"\n\
             category = \".category\"\n",
            feeds.display(),
            index.display()
        );
        let clock = Clock::manual(beginning() + minutes(Self::SHOWN));
        let house = House::open(runtime, configured(folder.path(), &toml), &clock);
        runtime.block_on(house.look());
        runtime.block_on(fill(&house, &clock, size, beginning()));
        runtime.block_on(house.app.publisher.publish_stale()).expect("files can be written");
        Self { house, clock, index, newest: Self::SHOWN, _folder: folder }
    }

    /// Milliseconds of CPU of a look.
    fn look(&mut self, runtime: &Runtime, news: bool) -> f64 {
        self.newest += u32::from(news);
        std::fs::write(&self.index, page(self.newest, Self::SHOWN)).expect("a file");
        self.clock.advance(minutes(1));
        let (cost, new) = of_process(|| runtime.block_on(self.house.look()));
        assert_eq!(new, usize::from(news));
        micros(cost) / 1e3
    }

    /// Milliseconds of CPU of the document of its category.
    fn document(&self, runtime: &Runtime) -> f64 {
        let (cost, bytes) = of_process(|| {
            runtime.block_on(async {
                let path = FeedPath::from_text("one/deep");
                let feed = self.house.app.store.feed(&path).await.expect("a state").expect("the category's feed");
                let document = self.house.app.publisher.document(&feed).await.expect("a document");
                render(Format::Atom, &document).len()
            })
        });
        assert!(bytes > 10_000, "{bytes}");
        micros(cost) / 1e3
    }
}

/// Milliseconds of CPU of a poll without news, of one with a new post, and of a category's document, of sources that hold so
/// many posts. They take turns, so that what else the machine does meets all of them.
fn of_posts(runtime: &Runtime, sizes: &[u32]) -> Vec<[f64; 3]> {
    let mut blogs: Vec<Blog> = sizes.iter().map(|size| Blog::open(runtime, *size)).collect();
    let mut medians = |rounds: u32, of: &dyn Fn(&mut Blog) -> f64| -> Vec<f64> {
        let mut costs = vec![Vec::new(); blogs.len()];
        for _ in 0..rounds {
            blogs.iter_mut().zip(&mut costs).for_each(|(blog, costs)| costs.push(of(blog)));
        }
        costs.iter().map(|costs| median(costs)).collect()
    };
    let unchanged = medians(LOOKS, &|blog| blog.look(runtime, false));
    let changed = medians(LOOKS, &|blog| blog.look(runtime, true));
    let documents = medians(DOCUMENTS, &|blog| blog.document(runtime));
    let rows: Vec<[f64; 3]> = unchanged
        .into_iter()
        .zip(changed)
        .zip(documents)
        .map(|((same, new), document)| [same, new, document])
        .collect();
    for (size, [same, new, document]) in sizes.iter().zip(&rows) {
        println!("{size:>7} posts: unchanged {same:.2} ms, one new {new:.2} ms, a document {document:.2} ms");
    }
    rows
}

/// Fills the only source with older posts, until it holds so many.
async fn fill(house: &House, clock: &Clock, size: u32, before: Timestamp) {
    let store = &house.app.store;
    let path = CategoryPath::new(["Deep"]).expect("a label");
    let post = |number: u32| Post {
        key: PostKey::from_stored(format!("/old/{number}")),
        entry_id: format!("urn:old:{number}"),
        url: format!("https://one.example/old/{number}"),
        title: format!("Old post {number}, as it was written"),
        excerpt: Some("What it tells, in short.".to_owned()),
        author: None,
        image: None,
        enclosures: Vec::new(),
        published: Published::day(before.to_zoned(jiff::tz::TimeZone::UTC).date(), &jiff::tz::TimeZone::UTC),
        listed_at: before - minutes(number),
        offset_seconds: 0,
        first_seen: before,
        updated: before,
        tags: Vec::new(),
        categories: vec![path.clone()],
        full_text: None,
    };
    let numbers: Vec<u32> = (11..=size).collect();
    for batch in numbers.chunks(usize::try_from(BATCH).expect("few")) {
        clock.advance(minutes(1));
        let now = clock.now();
        let claim = Claim { hosts: 1, sources_per_host: 1, lease: minutes(10), now, only: Some(house.ids.clone()) };
        let lease = store.claim(&claim).await.expect("a state").leases.remove(0);
        let new: Vec<Post> = batch.iter().map(|number| post(*number)).collect();
        let known = store.categories(lease.due[0].at).await.expect("a state");
        let categories = mint_categories(&known, new.iter().flat_map(|post| &post.categories));
        let report = PollReport { changes: Changes { new, categories, ..Changes::default() }, ..report(now) };
        let (host, at) = (lease.host.clone(), lease.due[0].at);
        let recorded = Recorded { at, host, lease: lease.number, last_of_host: true, report };
        store.record(vec![recorded], now).await.expect("a state");
    }
}

/// A report without news.
fn report(at: Timestamp) -> PollReport {
    use sosik::model::beside::Beside;
    use sosik::model::failure::PollOutcome;
    use sosik::model::post::SiteFacts;
    use sosik::model::report::ValidatorsUpdate;
    PollReport {
        outcome: PollOutcome::Changed,
        at,
        next_check: Some(at + minutes(60)),
        validators: ValidatorsUpdate::Keep,
        pages: 1,
        requests: 1,
        changes: Changes::default(),
        site: SiteFacts::default(),
        how: String::new(),
        gap: None,
        deep: None,
        ttl: None,
        learnt: None,
        profile: None,
        rhythm: None,
        beside: Beside::default(),
        met: None,
        owed: Vec::new(),
        host_blocked_until: None,
        host_gap_ms: None,
    }
}

/// Milliseconds of CPU a source: of a first pass, of one without news, and of opening them all.
fn of_sources(runtime: &Runtime, size: u32) -> [f64; 3] {
    let server = Server::start();
    let folder = TempDir::new().expect("a folder");
    let mut toml =
        "[publish]\ndir = \"\"\n[store]\nbackups = 0\n[fetch]\nallow_private_addresses = true\nhost_gap = \"1ms\"\n"
            .to_owned();
    for number in 0..size {
        let [_, a, b, c] = (number + 1).to_be_bytes();
        let _ = write!(
            toml,
            "[[source]]\nid = \"s{number}\"\nurl = \"http://127.{a}.{b}.{c}:{}/\"\n[source.recipe]\npost = \".post\"\n\
             title = \"h2\"\ndate = \"time\"\ncategory = \".category\"\n",
            server.port
        );
    }
    let clock = Clock::manual(beginning() + minutes(10));
    let each = |cost: std::time::Duration| micros(cost) / 1e3 / f64::from(size);
    let (opening, house) = of_process(|| House::open(runtime, configured(folder.path(), &toml), &clock));
    let (first, new) = of_process(|| runtime.block_on(house.look()));
    assert_eq!(new, 3 * house.ids.len());
    let passes: Vec<f64> = (0..PASSES)
        .map(|_| {
            clock.advance(minutes(1));
            let (cost, new) = of_process(|| runtime.block_on(house.look()));
            assert_eq!(new, 0);
            each(cost)
        })
        .collect();
    let figures = [each(first), median(&passes), each(opening)];
    println!(
        "{size:>7} sources, a source: a first pass {:.3} ms, nothing new {:.3} ms, opening {:.3} ms",
        figures[0], figures[1], figures[2]
    );
    figures
}

/// A process that serves one page, under every address of 127.0.0.0/8.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let own: PathBuf = std::env::current_exe().expect("this program");
        let mut child = Command::new(own).arg(SERVE).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says its port");
        Self { child, port: line.trim().parse().expect("a port") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until it is killed.
fn serve() {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a port");
    println!("{}", listener.local_addr().expect("it is bound").port());
    let page = page(3, 3);
    for stream in listener.incoming().flatten() {
        let _ = answer(stream, &page);
    }
}

/// One request, one answer.
fn answer(mut stream: TcpStream, page: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut known = false;
    for line in lines {
        let line = line?;
        known |= line.to_ascii_lowercase().starts_with("if-none-match");
        if line.is_empty() {
            break;
        }
    }
    let (status, body) = match () {
        () if first.contains("/robots.txt") => ("404 Not Found", ""),
        () if known => ("304 Not Modified", ""),
        () => ("200 OK", page),
    };
    let length = if known { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    write!(
        stream,
        "HTTP/1.1 {status}\r\netag: \"1\"\r\ncontent-type: text/html\r\n{length}connection: close\r\n\r\n{body}"
    )
}
