//! What is owed, over real channels that are in trouble: at least once under the same id, in order, and nobody waits
//! for anybody else.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use sosik::clock::Clock;
use sosik::deliver::{Deliverer, Haste, Setting};
use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::notify::contract::Message;
use sosik::notify::desktop::{Desktop, Look};
use sosik::notify::notice::Words;
use sosik::rules::{Manner, Rules};
use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;

use crate::given::{channels, configured};
use crate::state::{key, minute, new, poll, post, sources};
use crate::support::mail::MailServer;
use crate::support::receiver::{Received, Receiver, Reply};

const MANNER: Manner = Manner { apart: 20, at_once: None, most: 100, cap: None };

const POSTS: [(&str, &[&str]); 2] = [("a", &["/1", "/2", "/3", "/4"]), ("b", &["/9"])];

/// A state that owes every post over every channel of a configuration, and who delivers it.
async fn owing(toml: &str) -> (Arc<dyn Store>, Clock, Deliverer) {
    let config = configured(toml, Path::new("/blogs/sosik.toml"), &|name| std::env::var(name).ok()).unwrap();
    let channels = channels(&config);
    let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
    let clock = Clock::manual(minute(0));
    sources(&*store, &POSTS.map(|(source, _)| source)).await;
    for (source, posts) in POSTS {
        poll(&*store, source, clock.now(), |report| {
            report.changes = new(posts.iter().map(|name| post(name, 1, &[])).collect());
            let owed = posts.iter().flat_map(|name| channels.iter().map(move |channel| (*name, &channel.name)));
            report.owed = owed
                .map(|(name, channel)| NewDelivery {
                    kind: DeliveryKind::Post,
                    key: Some(key(name)),
                    channel: channel.clone(),
                    text: None,
                })
                .collect();
        })
        .await;
        clock.advance(SignedDuration::from_millis(1));
    }
    let names = channels.iter().map(|channel| channel.name.clone()).collect();
    let setting = Setting {
        channels: channels.into_iter().map(|channel| (channel, MANNER)).collect(),
        rules: Arc::new(Rules::new(&[], names, &TimeZone::UTC).unwrap()),
        words: Words::English,
        give_up: SignedDuration::from_hours(24),
        desktop: Arc::new(Desktop::new(Look::default())),
    };
    let deliverer = Deliverer::new(Arc::clone(&store), clock.clone(), setting);
    (store, clock, deliverer)
}

/// The tries of each message in the order in which the first ones came: its id and what it told.
fn tries(got: &[Received]) -> Vec<(String, String, usize)> {
    let mut tries: Vec<(String, String, usize)> = Vec::new();
    for received in got {
        let message: Message = serde_json::from_str(&received.body).unwrap();
        assert_eq!(received.header("x-sosik-delivery"), Some(message.id.as_str()));
        match tries.iter_mut().find(|(id, ..)| *id == message.id) {
            Some((_, told, count)) => {
                assert_eq!(*told, message.notice.summary, "one id is one message");
                *count += 1;
            }
            None => tries.push((message.id, message.notice.summary, 1)),
        }
    }
    tries
}

#[tokio::test]
async fn trouble_of_every_kind_loses_nothing_and_harms_nobody_else() {
    let (hook, chat, slow) = (Receiver::start(), Receiver::start(), Receiver::start());
    hook.next([
        Reply::status(500, ""),
        Reply::status(200, "ok"),
        Reply::status(503, "").with("retry-after", "120"),
        Reply::Cut,
        Reply::Silence,
    ]);
    chat.next([Reply::status(429, r#"{"error":"slow down","retry_after":90.5}"#), Reply::status(502, "<html>")]);
    slow.otherwise(Reply::Silence);
    let mut mail = MailServer::start("none", None);
    mail.replies(&["451 greylisted", "250 taken", "hang"]);
    let folder = tempfile::tempdir().unwrap();
    let (lines, ran, flag) = (folder.path().join("lines"), folder.path().join("ran"), folder.path().join("flag"));
    // Takes nothing the first time.
    let script =
        format!("if mkdir {} 2>/dev/null; then exit 1; fi; cat >>{1}; echo >>{1}", flag.display(), ran.display());
    let toml = format!(
        "[[notify.webhook]]\nname = \"hook\"\nurl = \"{}\"\ntimeout = \"500ms\"\n\
         [[notify.ntfy]]\nname = \"phone\"\nserver = \"{}\"\ntopic = \"t\"\n\
         [[notify.webhook]]\nname = \"slow\"\nurl = \"{}\"\ntimeout = \"500ms\"\n\
         [[notify.email]]\nname = \"mail\"\nserver = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ntimeout = \"2s\"\n\
         from = \"a@example.org\"\nto = [\"b@example.org\"]\n\
         [[notify.command]]\nname = \"program\"\nargv = [\"/bin/sh\", \"-c\", '{script}']\n\
         [[notify.log]]\nname = \"lines\"\nfile = \"{}\"\n",
        hook.url("/"),
        chat.url(""),
        slow.url("/"),
        mail.port,
        lines.display()
    );
    let (store, clock, deliverer) = owing(&toml).await;
    let read = |file: &Path| -> Vec<Message> {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    deliverer.deliver(Haste::None).await.unwrap();
    assert_eq!(read(&lines).len(), 5, "whoever is well has everything at once");
    for _ in 0..12 {
        clock.advance(SignedDuration::from_mins(3));
        deliverer.deliver(Haste::None).await.unwrap();
    }
    for channel in store.channels().await.unwrap() {
        assert_eq!((channel.owed > 0, channel.dead), (channel.name == "slow", 0), "{channel:?}");
    }

    let in_order = |told: &[String]| {
        let of_a: Vec<&String> = told.iter().filter(|told| !told.ends_with("/9")).collect();
        assert_eq!(of_a, ["Title of /1", "Title of /2", "Title of /3", "Title of /4"], "the order of a source");
        assert_eq!(told.len(), 5, "{told:?}");
    };
    let told = tries(&hook.got());
    in_order(&told.iter().map(|(_, told, _)| told.clone()).collect::<Vec<_>>());
    assert_eq!(told.iter().map(|(.., tries)| tries).sum::<usize>(), 5 + 4, "{told:?}");
    let phone: Vec<_> = chat.got().iter().map(|got| got.json()["sequence_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((phone.len(), phone.iter().collect::<BTreeSet<_>>().len()), (5 + 2, 5));
    let mails: Vec<_> = (0..5 + 2).map(|_| mail.next()).collect();
    let mut subjects: Vec<String> =
        mails.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap().to_owned()).collect();
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail["headers"]["message-id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 5);
    subjects.dedup();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), 5, "{subjects:?}");
    in_order(&read(&ran).iter().map(|message| message.notice.summary.clone()).collect::<Vec<_>>());
    assert!(!slow.got().is_empty());
}
