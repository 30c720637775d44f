//! The program's parts in one process, over a state and a folder of their own, by a clock that the test moves.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sosik::app::{App, configure_text};
use sosik::clock::Clock;
use sosik::config::Overrides;
use sosik::model::source::SourceId;
use sosik::run::dispatch::Pulse;
use sosik::run::refresh::{RefreshReport, SourceReport};
use sosik::store::Store;
use sosik::store::contract::SourceOverview;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::blog::Blog;

/// A home with sources, and a time of its own.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    home: TempDir,
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn id(name: &str) -> SourceId {
    SourceId::try_from(name.to_owned()).unwrap()
}

/// One source named `blog`.
pub(crate) fn watching(blog: &Blog, keys: &str) -> String {
    source("blog", &blog.url("/category"), keys)
}

pub(crate) fn source(name: &str, url: &str, keys: &str) -> String {
    format!("[[source]]\nid = \"{name}\"\nurl = \"{url}\"\npreset = \"tistory\"\n{keys}\n")
}

impl House {
    /// A home in which posts that are gone leave the feeds.
    pub(crate) async fn dropping(sources: &str) -> Self {
        Self::configured("", "removed = \"drop\"\n", sources).await
    }

    /// A home that tells a hub what it publishes.
    pub(crate) async fn announcing(hub: &str, sources: &str) -> Self {
        Self::configured(&format!("hub = \"{hub}\"\n"), "", sources).await
    }

    pub(crate) async fn with(sources: &str) -> Self {
        Self::configured("", "", sources).await
    }

    /// With further keys of `[publish]` and `[feeds]`.
    async fn configured(publish: &str, feeds: &str, sources: &str) -> Self {
        let home = tempfile::Builder::new().prefix("sosik-test-").tempdir().unwrap();
        let text = format!(
            "language = \"en\"\n[store]\nurl = \"sqlite:sosik.db\"\n[publish]\ndir = \"feeds\"\n{publish}[feeds]\nentries = 0\n{feeds}\
             [fetch]\nallow_private_addresses = true\nidle_timeout = \"2s\"\n[[fetch.host]]\nname = \"127.0.0.1\"\ngap = \"0s\"\n\
             [notify.desktop]\nenabled = false\n{sources}"
        );
        let env = |_: &str| None;
        let config = configure_text(&text, &home.path().join("sosik.toml"), &Overrides::default(), &env);
        let clock = Clock::manual("2026-03-02T09:00:00Z".parse().unwrap());
        let app = App::open_as(
            sosik::model::worker::Roles::ALL,
            config.unwrap_or_else(|error| panic!("{error}")),
            clock.clone(),
            &env,
        )
        .await
        .unwrap();
        Self { app, clock, home }
    }

    /// A published feed.
    pub(crate) fn feed(&self, path: &str) -> String {
        std::fs::read_to_string(self.home.path().join("feeds").join(path)).unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.app.store
    }

    /// Looks at all sources now.
    pub(crate) async fn refresh_all(&self) -> RefreshReport {
        let all: Vec<SourceId> = self.app.config.sources.iter().map(|source| source.id.clone()).collect();
        self.app.refresh(&all, None).await.unwrap()
    }

    /// Looks at the source `blog` a moment later than before.
    pub(crate) async fn refresh(&self) -> SourceReport {
        self.clock.advance(SignedDuration::from_secs(1));
        self.app.refresh(&[id("blog")], None).await.unwrap().sources.remove(0)
    }

    /// What is stored of the source `blog`.
    pub(crate) async fn blog(&self) -> SourceOverview {
        self.source("blog").await
    }

    pub(crate) async fn source(&self, name: &str) -> SourceOverview {
        self.store().source(&id(name)).await.unwrap().unwrap()
    }

    /// The daemon at work, until it is told to stop.
    pub(crate) fn daemon(&self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let daemon = self.app.daemon().unwrap();
        let pulse = Pulse { every: std::time::Duration::from_mins(1), beats: watch::channel(None).0 };
        Running { task: tokio::spawn(async move { daemon.run(stopped, pulse).await.unwrap() }), stop }
    }
}

/// A daemon at work.
pub(crate) struct Running {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
    }
}

/// Asks again and again while the daemon works.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let comes = async {
        while !ask().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, comes).await.unwrap_or_else(|_| panic!("it never came: {what}"));
}
