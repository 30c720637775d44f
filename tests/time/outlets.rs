//! What becomes of messages that a channel takes late, refuses or holds up, over hours and restarts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sosik::clock::Clock;
use sosik::deliver::{Delivered, Deliverer, Haste, Setting};
use sosik::model::delivery::{Chosen, DeliveryKind, NewDelivery, Stands};
use sosik::model::rule::Rule;
use sosik::notify::Channel;
use sosik::notify::contract::{Message, MessageKind, Notifier, Refusal};
use sosik::notify::desktop::{Act, Desktop, Look};
use sosik::notify::notice::Words;
use sosik::rules::{Manner, Rules};
use sosik::store::Store;
use sosik::store::contract::OutboxCounts;
use sosik::store::sqlite::SqliteStore;
use tokio::sync::Notify;

use crate::given::{id, key, minute, new, poll, post, sources};

const MANNER: Manner = Manner { apart: 20, at_once: None, most: 100, cap: None };

/// A channel that answers as it was told to, and takes everything after that.
#[derive(Default)]
struct Line {
    answers: Mutex<VecDeque<Refusal>>,
    heard: Mutex<Vec<Message>>,
    /// It takes nothing until somebody lets it.
    blocked: Option<Notify>,
}

#[async_trait]
impl Notifier for Line {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        if let Some(blocked) = &self.blocked {
            blocked.notified().await;
        }
        self.heard.lock().unwrap().push(message.clone());
        self.answers.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

impl Line {
    fn answering(answers: impl IntoIterator<Item = Refusal>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() })
    }

    /// The summaries of what it heard since it was last asked.
    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap()).into_iter().map(|message| message.notice.summary).collect()
    }

    fn messages(&self) -> Vec<Message> {
        self.heard.lock().unwrap().clone()
    }
}

/// A state that owes, by a clock that the test moves.
struct Post {
    store: Arc<dyn Store>,
    clock: Clock,
    rules: Vec<Rule>,
}

impl Post {
    async fn new(names: &[&str], rules: Vec<Rule>) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
        sources(&*store, names).await;
        Self { store, clock: Clock::manual(minute(0)), rules }
    }

    /// Owes new posts of a source to channels.
    async fn owes(&self, source: &str, posts: &[&str], channels: &[&str]) {
        let now = self.clock.now();
        poll(&*self.store, source, now, |report| {
            report.changes = new(posts.iter().map(|name| post(name, 1, &[])).collect());
            let owed = posts.iter().flat_map(|name| channels.iter().map(move |channel| (*name, *channel)));
            report.owed = owed
                .map(|(name, channel)| NewDelivery {
                    kind: DeliveryKind::Post,
                    key: Some(key(name)),
                    channel: channel.to_owned(),
                    text: None,
                })
                .collect();
        })
        .await;
        // Two polls of a source are never at the same moment.
        self.clock.advance(SignedDuration::from_millis(1));
    }

    /// A process that serves these channels, as after a start.
    async fn serving(&self, channels: &[(&str, &Arc<Line>)], manner: Manner) -> Deliverer {
        self.store.release_held().await.unwrap();
        let names = channels.iter().map(|(name, _)| (*name).to_owned()).collect();
        let open = |(name, line): &(&str, &Arc<Line>)| {
            let notifier: Arc<dyn Notifier> = Arc::clone(line) as _;
            (Channel { name: (*name).to_owned(), notifier }, manner)
        };
        let setting = Setting {
            channels: channels.iter().map(open).collect(),
            rules: Arc::new(Rules::new(&self.rules, names, &TimeZone::UTC).unwrap()),
            words: Words::English,
            give_up: SignedDuration::from_hours(24),
            desktop: Arc::new(Desktop::new(Look::default())),
        };
        Deliverer::new(Arc::clone(&self.store), self.clock.clone(), setting)
    }

    async fn counts(&self) -> (u32, u32) {
        let OutboxCounts { owed, dead } = self.store.outbox().await.unwrap();
        (owed, dead)
    }
}

async fn deliver(deliverer: &Deliverer) -> Delivered {
    deliverer.deliver_over(0, Haste::None).await.unwrap()
}

fn titles(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("Title of {name}")).collect()
}

fn busy() -> Refusal {
    Refusal::passing("500", "wait")
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn a_refused_message_holds_up_its_own_source_alone() {
    let post = Post::new(&["a", "b"], Vec::new()).await;
    post.owes("a", &["/1", "/2"], &["team"]).await;
    post.owes("b", &["/9"], &["team"]).await;
    let line = Line::answering([busy()]);
    let team = post.serving(&[("team", &line)], MANNER).await;
    let delivered = deliver(&team).await;
    assert_eq!((delivered.notified, delivered.waiting), (1, 2));
    assert_eq!(delivered.trouble, Some(("500".into(), "wait".into())));
    assert_eq!(line.heard(), titles(&["/1", "/9"]));
    deliver(&team).await;
    assert_eq!(line.heard(), titles(&[]), "not before its time");
    post.clock.advance(seconds(30));
    deliver(&team).await;
    assert_eq!(line.heard(), titles(&["/1", "/2"]));
    assert_eq!(post.counts().await, (0, 0));
}

#[tokio::test]
async fn a_retry_is_the_same_message_also_after_a_restart() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1", "/2", "/3"], &["team"]).await;
    let line = Line::answering([busy(), busy()]);
    let manner = Manner { apart: 1, ..MANNER };
    deliver(&post.serving(&[("team", &line)], manner).await).await;
    post.clock.advance(seconds(30));
    // Another post would make another digest, were it not one already.
    post.owes("a", &["/4"], &["team"]).await;
    deliver(&post.serving(&[("team", &line)], manner).await).await;
    post.clock.advance(seconds(60));
    deliver(&post.serving(&[("team", &line)], manner).await).await;
    let told: Vec<_> = line.messages().into_iter().map(|one| (one.id, one.count)).collect();
    assert_eq!(told.len(), 4);
    assert!(told[..3].iter().all(|one| *one == told[0]) && told[0].1 == 3, "{told:?}");
    assert_ne!(told[3].0, told[0].0);
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_left_alone() {
    let post = Post::new(&["a", "b"], Vec::new()).await;
    post.owes("a", &["/1"], &["team"]).await;
    post.owes("b", &["/9"], &["team"]).await;
    let line = Line::answering([busy().after(Some(seconds(600)))]);
    let team = post.serving(&[("team", &line)], MANNER).await;
    deliver(&team).await;
    assert_eq!(line.heard(), titles(&["/1"]), "nothing else of the channel is tried");
    post.clock.advance(seconds(599));
    let resting = deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!((resting.waiting, resting.trouble.unwrap().0.as_str()), (2, "500"));
    assert_eq!(line.heard(), titles(&[]));
    post.clock.advance(seconds(1));
    deliver(&team).await;
    assert_eq!(line.heard(), titles(&["/1", "/9"]));
    assert!(post.store.channel("team").await.unwrap().error.is_none());
}

#[tokio::test]
async fn several_refusals_in_a_row_tire_a_channel() {
    let names = ["a", "b", "c", "d", "e"];
    let post = Post::new(&names, Vec::new()).await;
    for name in names {
        post.owes(name, &[&format!("/{name}")], &["team"]).await;
    }
    let line = Line::answering(std::iter::repeat_with(busy).take(6));
    let team = post.serving(&[("team", &line)], MANNER).await;
    deliver(&team).await;
    assert_eq!(line.heard().len(), 3, "the others are not tried in vain");
    assert_eq!(post.counts().await, (5, 0));
    post.clock.advance(seconds(30));
    deliver(&team).await;
    post.clock.advance(seconds(3_600));
    deliver(&team).await;
    post.clock.advance(seconds(3_600));
    deliver(&team).await;
    assert_eq!(post.counts().await, (0, 0));
}

#[tokio::test]
async fn what_no_retry_mends_is_given_up_at_once_and_replayed_under_its_id() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1", "/2"], &["team"]).await;
    let line = Line::answering([Refusal::lasting("404", "the address is wrong")]);
    let team = post.serving(&[("team", &line)], MANNER).await;
    let delivered = deliver(&team).await;
    assert_eq!((delivered.notified, delivered.dead), (1, 1));
    assert_eq!(post.counts().await, (0, 1));
    let dead = Chosen { stands: Some(Stands::Dead), ..Chosen::default() };
    let past = post.store.deliveries(&dead, 9).await.unwrap();
    assert_eq!((past[0].title.as_str(), past[0].error.as_deref()), ("Title of /1", Some("404")));
    assert_eq!(post.store.replay(&dead, post.clock.now()).await.unwrap(), 1);
    deliver(&team).await;
    let told = line.messages();
    assert_eq!((told.len(), &told[2].id), (3, &told[0].id));
    assert_eq!(past[0].message, told[0].id);
}

#[tokio::test]
async fn what_is_refused_for_a_day_is_given_up() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1"], &["team"]).await;
    let line = Line::answering(std::iter::repeat_with(busy).take(100));
    let team = post.serving(&[("team", &line)], MANNER).await;
    let mut hours = 0;
    while post.counts().await == (1, 0) {
        deliver(&team).await;
        post.clock.advance(SignedDuration::from_hours(1));
        hours += 1;
    }
    assert_eq!((post.counts().await, hours), ((0, 1), 25));
    assert!(line.heard().len() >= 10);
}

#[tokio::test]
async fn a_slow_channel_delays_no_other() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1"], &["slow", "quick"]).await;
    let slow = Arc::new(Line { blocked: Some(Notify::new()), ..Line::default() });
    let quick = Line::answering([]);
    let both = Arc::new(post.serving(&[("slow", &slow), ("quick", &quick)], MANNER).await);
    let waiting = tokio::spawn({
        let both = Arc::clone(&both);
        async move { both.deliver_over(0, Haste::None).await.unwrap() }
    });
    assert_eq!(both.deliver_over(1, Haste::None).await.unwrap().notified, 1);
    assert_eq!((quick.heard(), slow.heard()), (titles(&["/1"]), titles(&[])));
    assert!(!waiting.is_finished());
    slow.blocked.as_ref().unwrap().notify_one();
    assert_eq!(waiting.await.unwrap().notified, 1);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_never_answers_is_not_waited_for_for_ever() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1"], &["slow"]).await;
    let slow = Arc::new(Line { blocked: Some(Notify::new()), ..Line::default() });
    let delivered = deliver(&post.serving(&[("slow", &slow)], MANNER).await).await;
    assert_eq!((delivered.notified, delivered.waiting), (0, 1));
    assert_eq!(delivered.trouble.unwrap().0, "no answer within 60 s");
}

#[tokio::test]
async fn the_desktop_waits_for_ever_and_then_tells_once() {
    let post = Post::new(&["a", "b"], Vec::new()).await;
    let line = Line::answering(std::iter::repeat_with(busy).take(40));
    let desktop = post.serving(&[("desktop", &line)], Manner { apart: 3, at_once: Some(8), ..MANNER }).await;
    for day in 0..40 {
        post.owes(if day % 2 == 0 { "a" } else { "b" }, &[&format!("/{day}")], &["desktop"]).await;
        deliver(&desktop).await;
        post.clock.advance(SignedDuration::from_hours(24));
    }
    assert_eq!(post.counts().await, (40, 0));
    line.heard();
    deliver(&desktop).await;
    let told = line.messages();
    assert_eq!((told.len(), told[0].kind, told[0].count), (1, MessageKind::Digest, 40));
    assert_eq!(told[0].notice.summary, "40 new posts · 2 blogs");
    assert!(told[0].notice.body.starts_with("• Title of /39\n"), "the newest first: {}", told[0].notice.body);
    // Who is there again gets every post by itself.
    post.owes("a", &["/new"], &["desktop"]).await;
    deliver(&desktop).await;
    assert_eq!(line.messages()[1].notice.summary, "Title of /new");
}

#[tokio::test]
async fn a_person_at_the_desktop_need_not_wait_for_its_rest() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1"], &["desktop"]).await;
    let line = Line::answering([busy()]);
    let desktop = post.serving(&[("desktop", &line)], MANNER).await;
    deliver(&desktop).await;
    line.heard();
    deliver(&desktop).await;
    assert_eq!(line.heard(), titles(&[]));
    desktop.deliver_over(0, Haste::ByHand).await.unwrap();
    assert_eq!(line.heard(), titles(&["/1"]));
}

#[tokio::test]
async fn quiet_hours_outlive_a_restart() {
    let night = Rule { quiet_hours: Some("22:00-08:00".into()), ..Rule::default() };
    let post = Post::new(&["a", "b"], vec![night]).await;
    // 2026-01-01T00:00Z is in the night.
    post.owes("a", &["/1", "/2"], &["team"]).await;
    let line = Line::answering([]);
    assert_eq!(deliver(&post.serving(&[("team", &line)], MANNER).await).await, Delivered::default());
    post.owes("b", &["/9"], &["team"]).await;
    post.clock.advance(SignedDuration::from_mins(8 * 60 - 1));
    deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!(line.heard(), titles(&[]));
    post.clock.advance(SignedDuration::from_mins(1));
    deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!(line.heard(), ["3 new posts · 2 blogs"]);
    post.owes("a", &["/3"], &["team"]).await;
    deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!(line.heard(), titles(&["/3"]));
}

#[tokio::test]
async fn a_cap_outlives_a_restart_and_ends_in_a_digest() {
    let few = Rule { at_most: Some("2/h".into()), ..Rule::default() };
    let post = Post::new(&["a"], vec![few]).await;
    let line = Line::answering([]);
    for number in 0..6 {
        post.owes("a", &[&format!("/{number}")], &["team"]).await;
        deliver(&post.serving(&[("team", &line)], MANNER).await).await;
        post.clock.advance(SignedDuration::from_mins(5));
    }
    assert_eq!(line.heard(), titles(&["/0", "/1"]));
    assert_eq!(post.counts().await, (4, 0));
    post.clock.advance(SignedDuration::from_mins(31));
    deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!(line.heard(), ["4 new posts · a"]);
}

#[tokio::test]
async fn a_digest_comes_once_a_day() {
    let daily = Rule { digest: Some("daily 08:00".into()), ..Rule::default() };
    let post = Post::new(&["a"], vec![daily]).await;
    let line = Line::answering([]);
    let team = post.serving(&[("team", &line)], MANNER).await;
    let mut told = Vec::new();
    for hour in 0..48 {
        post.owes("a", &[&format!("/{hour}")], &["team"]).await;
        deliver(&team).await;
        told.extend(line.heard().into_iter().map(|summary| (hour, summary)));
        post.clock.advance(SignedDuration::from_hours(1) - SignedDuration::from_millis(1));
    }
    assert_eq!(told, [(8, "8 new posts · a".to_owned()), (32, "24 new posts · a".to_owned())]);
}

#[tokio::test]
async fn a_wish_for_quiet_is_kept() {
    let post = Post::new(&["a"], Vec::new()).await;
    let line = Line::answering([]);
    sosik::deliver::keep(&*post.store, &Act::Quiet, post.clock.now()).await.unwrap();
    post.owes("a", &["/1", "/2"], &["desktop"]).await;
    deliver(&post.serving(&[("desktop", &line)], MANNER).await).await;
    assert_eq!(line.heard(), titles(&[]));
    post.clock.advance(SignedDuration::from_hours(1));
    deliver(&post.serving(&[("desktop", &line)], MANNER).await).await;
    assert_eq!(line.heard(), ["2 new posts · a"]);
}

#[tokio::test]
async fn a_burst_comes_in_messages_that_a_program_takes() {
    let post = Post::new(&["a"], Vec::new()).await;
    let names: Vec<String> = (0..1_050).map(|number| format!("/{number}")).collect();
    post.owes("a", &names.iter().map(String::as_str).collect::<Vec<_>>(), &["team"]).await;
    let line = Line::answering([]);
    let delivered = deliver(&post.serving(&[("team", &line)], MANNER).await).await;
    assert_eq!((delivered.notified, delivered.told), (11, 1_050));
    let told: usize = line.messages().iter().map(|message| message.posts.len()).sum();
    assert_eq!(told, 1_050, "each post stands in one of them");
}

#[tokio::test]
async fn a_channel_that_nobody_names_gives_up() {
    let post = Post::new(&["a"], Vec::new()).await;
    post.owes("a", &["/1"], &["gone", "team"]).await;
    let now: Timestamp = post.clock.now();
    assert_eq!(post.store.give_up_unknown(&["team".into()], "no such channel", now).await.unwrap(), 1);
    assert_eq!(post.counts().await, (1, 1));
    assert_eq!(post.store.source(&id("a")).await.unwrap().unwrap().posts, 1);
}
