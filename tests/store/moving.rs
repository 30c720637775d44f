//! A whole state into another database: all of it, from wherever it broke off, and into nothing that holds something else.

use std::cell::Cell;
use std::fmt::Write as _;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use sosik::model::beside::{Asked, Beside, TextAsked};
use sosik::model::delivery::{ChannelState, DeliveryKind, NewDelivery};
use sosik::model::merged::{MergedFeed, MergedId};
use sosik::model::report::{Because, Learnt, Met, WholeWalk};
use sosik::model::source::{HtmlRecipe, Layout, Recipe, Source};
use sosik::model::token::Token;
use sosik::run::moving::{MoveError, Moved, Stage, Step, copy};
use sosik::store::contract::RobotsFile;
use sosik::store::moving::{MARK, is_whole, tables};
use sosik::store::sqlite::SqliteStore;
use sosik::store::{Deliveries, Store, StoreError};

use super::given::*;

/// More posts than are handed over at once, several of them listed at the same minute.
const POSTS: i64 = 4_100;

/// Tables of which the state of [`fill`] holds nothing: what leaves them empty is told by tests of their own.
const EMPTY: &[&str] = &["archive_page", "archived_post", "page", "post_label", "edit", "tombstone", "missing"];

/// A state with something of nearly everything.
async fn fill(store: &dyn Store) {
    let wanting = Source { full_text: true, ..source("a") };
    store.sync_sources(&[wanting, source("b"), source("c https://a.example/c")], minute(0)).await.unwrap();
    let merged = MergedFeed {
        id: MergedId::try_from("both".to_owned()).unwrap(),
        title: None,
        description: None,
        language: None,
        sources: vec!["*".to_owned()],
        categories: Vec::new(),
        authors: Vec::new(),
        filter: sosik::model::filter::Filter::default(),
    };
    store.sync_merged(&[merged], minute(0)).await.unwrap();
    let categories = [&["Java"][..], &["Big Data/Kafka", "한글"], &[]];
    let many = (0..POSTS).map(|number| {
        let categories = categories[usize::try_from(number % 3).unwrap()];
        post(&format!("/{number}"), number / 700, categories)
    });
    let many: Vec<_> = many.collect();
    poll(store, "a", minute(1), |report| {
        report.changes = new(many);
        report.owed = ["/1", "/2"]
            .map(|name| NewDelivery {
                kind: DeliveryKind::Post,
                key: Some(key(name)),
                channel: "desktop".to_owned(),
                text: None,
            })
            .to_vec();
        let layout = Layout { name: "learnt".into(), post: "li".into(), ..Layout::default() };
        let recipe = Recipe::Html(HtmlRecipe { layouts: vec![layout], ..HtmlRecipe::default() });
        report.learnt = Some(Learnt { recipe, because: Because::Unread, at: minute(1) });
        report.met = Some(Met {
            begun: minute(1),
            anew: true,
            keys: (0..POSTS).filter(|number| *number != 2).map(|number| key(&format!("/{number}"))).collect(),
            end: Some(WholeWalk::Paged),
        });
    })
    .await;
    let beside = Beside {
        texts: vec![(key("/1"), TextAsked::Read("<p>하나</p>".to_owned())), (key("/2"), TextAsked::Failed)],
        asked: vec![(key("/4"), Asked::Failed)],
        ..Beside::default()
    };
    poll(store, "a", minute(70), |report| report.beside = beside).await;
    poll(store, "a", minute(80), |report| {
        report.met = Some(Met { begun: minute(80), anew: true, keys: vec![key("/1")], end: None });
    })
    .await;
    poll(store, "b", minute(1), |report| {
        report.changes = new(vec![post("/x", 1, &["Kafka"])]);
        report.changes.aliases = vec![(key("/y"), key("/x"))];
    })
    .await;
    let token = Token { name: "phone".to_owned(), digest: [7; 32], made_at: minute(1) };
    store.put_token(&token).await.unwrap();
    store.put_channel(&ChannelState { refusals: 2, ..channel("desktop") }).await.unwrap();
    let body = "User-agent: *\n".to_owned();
    store.put_robots("https://a.example:443", &RobotsFile { status: 200, body, fetched_at: minute(1) }).await.unwrap();
    store.put_note("published", "one").await.unwrap();
    for message in ["m", "n", "o"] {
        store.log_event(message, "{}", minute(1)).await.unwrap();
    }
    // Somebody was at work when it ended.
    assert_eq!(leases(store, minute(3)).await.len(), 1);
    store.claim_deliveries("desktop", 1, minute(3), minute(9)).await.unwrap();
}

fn channel(name: &str) -> ChannelState {
    ChannelState { name: name.to_owned(), ..ChannelState::default() }
}

fn elsewhere() -> SqliteStore {
    SqliteStore::in_memory().unwrap()
}

async fn moved(from: &dyn Store, to: &dyn Store) -> Moved {
    copy(from, to, |_| {}).await.unwrap()
}

/// Copies until `ends` says that it is over; `None`: it was.
async fn broken_off(from: &dyn Store, to: &dyn Store, ends: impl Fn(Step) -> bool) -> Option<Result<Moved, MoveError>> {
    let is_over = Cell::new(false);
    let mut copying = pin!(copy(from, to, |step| is_over.set(is_over.get() || ends(step))));
    poll_fn(|context| match copying.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if is_over.get() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// What readers, channels and agents see of a state.
async fn seen(store: &dyn Store) -> String {
    let mut all = format!("{:?}", store.feeds(None).await.unwrap());
    for feed in store.feeds(None).await.unwrap() {
        let posts = store.feed_posts(&feed, ALL).await.unwrap();
        write!(all, "{posts:?}").unwrap();
    }
    let sources = store.sources().await.unwrap();
    let states: Vec<_> = sources.iter().map(|source| (&source.source, &source.state, source.posts)).collect();
    let (tokens, channels) = (store.tokens().await.unwrap(), store.channels().await.unwrap());
    let (log, events) = (store.event_log().await.unwrap(), store.events(0, 9).await.unwrap());
    let published = store.note("published").await.unwrap();
    write!(all, "{states:?}{tokens:?}{channels:?}{log:?}{events:?}{published:?}").unwrap();
    all
}

pub(crate) async fn a_state_goes_elsewhere_whole(store: &dyn Store) {
    fill(store).await;
    let other = elsewhere();
    let first = moved(store, &other).await;
    assert!(!first.carried_on);
    let empty: Vec<&str> = first.tables.iter().filter(|(_, held)| held.rows == 0).map(|(name, _)| *name).collect();
    let expected: Vec<&str> = tables().filter(|table| EMPTY.contains(table)).collect();
    assert_eq!(empty, expected);
    assert!(seen(store).await == seen(&other).await);
    let third = elsewhere();
    assert_eq!(moved(&other, &third).await, first, "what was moved once is moved again as it is");
}

pub(crate) async fn a_state_that_came_in_works_on(store: &dyn Store) {
    let other = elsewhere();
    fill(&other).await;
    moved(&other, store).await;
    assert!(seen(store).await == seen(&other).await);
    is_whole(store, "here").await.unwrap();
    for at in [&other as &dyn Store, store] {
        let deliveries = at.claim_deliveries("desktop", 10, minute(20), minute(30)).await.unwrap();
        assert_eq!(deliveries.len(), 2, "a lease of a worker elsewhere is void, and one that ran out is nobody's");
        assert_eq!(at.log_event("p", "{}", minute(2)).await.unwrap(), 4);
    }
    let before = other.claim(&claim(minute(300))).await.unwrap().leases;
    let after = store.claim(&claim(minute(300))).await.unwrap().leases;
    assert_eq!(names(&before), names(&after));
    assert_eq!(
        before.iter().map(|lease| lease.number).collect::<Vec<_>>(),
        after.iter().map(|lease| lease.number).collect::<Vec<_>>(),
        "what fences reports goes on"
    );
    store.release(&after[0].host, after[0].number).await.unwrap();
    for lease in &after[1..] {
        store.release(&lease.host, lease.number).await.unwrap();
    }
    poll(store, "b", minute(301), |report| report.changes = new(vec![post("/z", 1, &["Kafka"])])).await;
    assert_eq!(keys(store, "b/kafka").await, ["/x", "/z"]);
}

pub(crate) async fn a_move_that_broke_off_is_carried_on(store: &dyn Store) {
    let other = elsewhere();
    fill(&other).await;
    let (mut tries, mut carried_on) = (0, false);
    loop {
        // A step further each time, and each time from where the last one was.
        let steps = Cell::new(0);
        let done = broken_off(&other, store, |_| {
            steps.set(steps.get() + 1);
            steps.get() > tries
        });
        match done.await {
            Some(done) => {
                carried_on |= done.unwrap().carried_on;
                break;
            }
            None => assert!(matches!(is_whole(store, "here").await, Err(StoreError::Unfinished { .. }))),
        }
        tries += 7;
        assert!(tries < 1_000, "it never came to an end");
    }
    assert!(carried_on && tries > 30, "{tries}");
    is_whole(store, "here").await.unwrap();
    assert!(seen(store).await == seen(&other).await);
}

pub(crate) async fn what_changed_meanwhile_is_copied_anew(store: &dyn Store) {
    let other = elsewhere();
    fill(&other).await;
    assert!(broken_off(&other, store, |step| step.stage == Stage::Compare).await.is_none());
    let token = Token { name: "desk".to_owned(), digest: [8; 32], made_at: minute(1) };
    other.put_token(&token).await.unwrap();
    other.revoke_token("phone").await.unwrap();
    other.put_channel(&ChannelState { refusals: 3, ..channel("desktop") }).await.unwrap();
    match copy(&other, store, |_| {}).await.unwrap_err() {
        MoveError::Differ { tables } => assert_eq!(tables, "token, channel"),
        error => panic!("{error}"),
    }
    assert!(is_whole(store, "here").await.is_err());
    assert!(moved(&other, store).await.carried_on);
    assert_eq!(store.tokens().await.unwrap(), [token]);
    assert!(seen(store).await == seen(&other).await);
}

pub(crate) async fn a_state_that_holds_something_is_left_as_it_is(store: &dyn Store) {
    let other = elsewhere();
    sources(&other, &["b"]).await;
    sources(store, &["a"]).await;
    let before = seen(store).await;
    match copy(&other, store, |_| {}).await.unwrap_err() {
        MoveError::Taken { what } => assert_eq!(what, "1 rows of host"),
        error => panic!("{error}"),
    }
    assert_eq!(seen(store).await, before);
    assert_eq!(store.note(MARK).await.unwrap(), None);
    // What was begun from one state is not carried on from another.
    let half = elsewhere();
    assert!(broken_off(&other, &half, |step| step.stage == Stage::Compare).await.is_none());
    assert!(matches!(copy(store, &half, |_| {}).await, Err(MoveError::Taken { .. })));
    assert!(matches!(copy(&half, &elsewhere(), |_| {}).await, Err(MoveError::Unfinished)));
    moved(&other, &half).await;
    assert_eq!(overview(&half, "b").await.state.next_check, Some(minute(0)));
}
