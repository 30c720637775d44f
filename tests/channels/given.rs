//! Channels as a configuration makes them, and messages to tell.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use sosik::app::{configure_text, courier};
use sosik::clock::Clock;
use sosik::config::{Config, ConfigError, Overrides};
use sosik::fetch;
use sosik::notify::contract::{Message, MessageKind, Named, Notifier, Refusal, Told};
use sosik::notify::notice::Notice;
use sosik::notify::{Channel, Setup, open};

/// A desktop that nobody sits at.
struct Nobody;

#[async_trait]
impl Notifier for Nobody {
    async fn tell(&self, _: &Message) -> Result<(), Refusal> {
        panic!("the desktop is off");
    }
}

/// What a configuration says in this file's folder.
pub(crate) fn configured(toml: &str, file: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let home = |name: &str| env(name).or_else(|| (name == "HOME").then(|| "/home/reader".to_owned()));
    let toml = format!("[notify.desktop]\nenabled = false\n{toml}");
    configure_text(&toml, file, &Overrides::default(), &home)
}

/// The channels that a configuration makes.
pub(crate) fn channels(config: &Config) -> Vec<Channel> {
    let courier = courier(&fetch::Options::default(), Clock::System);
    open(&config.notify, &Setup { env: &|_| None, desktop: Arc::new(Nobody), agents: Arc::new(Nobody), courier })
        .unwrap()
}

/// The one channel that a configuration makes.
pub(crate) fn channel(toml: &str) -> Channel {
    let config = configured(toml, Path::new("/blogs/sosik.toml"), &|name| std::env::var(name).ok())
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.unusable, []);
    let [channel] = &channels(&config)[..] else { panic!("one channel: {toml}") };
    channel.clone()
}

/// A message with that id of so many posts.
pub(crate) fn message(id: u32, posts: u32) -> Message {
    let source = Named { id: "slow".to_owned(), title: "느린 개발자의 <기록>".to_owned() };
    let posts: Vec<Told> = (1..=posts)
        .map(|number| Told {
            entry_id: format!("urn:{number}"),
            url: format!("https://slow.example/{number}"),
            title: format!("글 <{number}> & \"끝\""),
            source: source.clone(),
            categories: vec!["Big Data/Kafka".to_owned()],
            excerpt: Some("첫 줄".to_owned()),
            author: None,
            image: None,
            published: Some("2020-07-10".to_owned()),
            edited: false,
        })
        .collect();
    let one = posts.len() == 1;
    Message {
        id: format!("{id:032x}"),
        kind: if one { MessageKind::Post } else { MessageKind::Digest },
        at: "2026-11-26T08:00:00Z".parse().unwrap(),
        source: Some(source.clone()),
        sources: vec![source],
        notice: Notice {
            summary: if one { posts[0].title.clone() } else { format!("{} new posts", posts.len()) },
            body: "Big Data/Kafka · 느린 개발자의 <기록>".to_owned(),
            link: one.then(|| posts[0].url.clone()),
        },
        count: u32::try_from(posts.len()).unwrap(),
        posts,
    }
}
