//! Opens every part once, from a configuration.
//!
//! `App::open` holds the state alone and can poll; `App::read` only looks, beside whoever holds it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing::warn;

use crate::announce::{self, Announcer};
use crate::clock::Clock;
use crate::config::{self, Catalogue, Config, ConfigError, Language, Overrides, RecipeFault};
use crate::deliver::Deliverer;
use crate::extract::{CompiledRecipe, preset};
use crate::fetch::{Access, Fetcher, OpenError};
use crate::learn::Learner;
use crate::model::failure::with_causes;
use crate::model::source::SourceId;
use crate::notify::desktop::{self, Desktop};
use crate::notify::notice::Words;
use crate::notify::options::Enabled;
use crate::poll::{self, OnProgress, Poller};
use crate::publish::{self, Publisher};
use crate::run::daemon::{Counts, Daemon, Outlets, Walks};
use crate::run::dispatch::Dispatcher;
use crate::run::refresh::{RefreshReport, refresh};
use crate::run::rename;
use crate::run::retention::tidy;
use crate::serve::{self, Limits, Metrics, ServeError, Server, Setup, Sockets};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};

/// Pages of one blog that the daemon reads in a poll: a long history never holds a host longer than its lease.
const PAGES_A_POLL: u32 = 10;

/// A refresh by hand waits so long for a hub.
const HUB_MAY_TAKE: std::time::Duration = std::time::Duration::from_secs(10);

/// Pages of which whoever watches a refresh may not have heard yet.
const WALKED_PAGES: usize = 256;

/// Looks up an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why the parts could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The state.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client.
    #[error(transparent)]
    Fetch(#[from] OpenError),
    /// The server.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Reads the configuration with the presets and the selectors of this program at hand.
pub fn configure(overrides: &Overrides, env: Env<'_>) -> Result<Config, ConfigError> {
    config::load(overrides, env, &catalogue())
}

/// Reads a text as [`configure`] would read it from that file.
pub fn configure_text(text: &str, file: &Path, overrides: &Overrides, env: Env<'_>) -> Result<Config, ConfigError> {
    config::parse(text, file, overrides, env, &catalogue())
}

fn catalogue() -> Catalogue<'static> {
    Catalogue {
        named: &|name| preset::named(name).map(|preset| preset.recipe.clone()),
        names: preset::all().iter().map(|preset| preset.name.clone()).collect(),
        check_recipe: &|recipe| {
            let checked = CompiledRecipe::compile(recipe);
            checked.map(drop).map_err(|error| RecipeFault { key: error.key.clone(), message: error.reason.clone() })
        },
    }
}

/// All parts, open.
pub struct App {
    /// The configuration that they were opened from.
    pub config: Config,
    /// The state.
    pub store: Arc<dyn Store>,
    /// Writes feeds.
    pub publisher: Publisher,
    /// Whether the desktop is told of new posts.
    pub tells_desktop: bool,
    clock: Clock,
    /// Counts from the opening on, whatever configurations come after it.
    metrics: Arc<Metrics>,
}

impl App {
    /// Opens the state for writing and makes its sources those of the configuration.
    pub async fn open(config: Config, clock: Clock, env: Env<'_>) -> Result<Self, AppError> {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(config.store.path())?);
        let metrics = Arc::new(Metrics::default());
        metrics.started(clock.now());
        Self::hold(config, store, clock, metrics, env).await
    }

    /// The same state under another configuration.
    pub async fn reconfigure(self, config: Config, env: Env<'_>) -> Result<Self, AppError> {
        Self::hold(config, self.store, self.clock, self.metrics, env).await
    }

    /// Whether another configuration can be put to work beside the one that is: everything but the state is opened.
    pub async fn try_on(&self, config: Config, sockets: &mut Sockets, env: Env<'_>) -> Result<(), AppError> {
        let next = Self::over(config, Arc::clone(&self.store), self.clock.clone(), Arc::clone(&self.metrics), env);
        next.daemon()?;
        next.server(sockets).await?;
        Ok(())
    }

    async fn hold(
        config: Config,
        store: Arc<dyn Store>,
        clock: Clock,
        metrics: Arc<Metrics>,
        env: Env<'_>,
    ) -> Result<Self, AppError> {
        let renamed = rename::follow(&*store, &config.sources).await?;
        store.sync_sources(&config.sources, clock.now()).await?;
        store.sync_merged(&config.merged, clock.now()).await?;
        let app = Self::over(config, store, clock, metrics, env);
        if let Some(renamed) = renamed {
            // What stands in the way of files is told by whoever publishes; the next opening tries again.
            if let Err(error) = rename::settle(&*app.store, &app.publisher, &renamed).await {
                warn!(error = with_causes(&error), "the feeds of {} keep their old files too", renamed.to);
            }
        }
        Ok(app)
    }

    /// Looks for the blog behind an address; nothing of it is kept.
    pub fn learner(config: &Config, clock: Clock, allow_private_addresses: bool) -> Result<Learner, AppError> {
        let fetcher = Fetcher::open(&config.fetch, clock.clone())?;
        let allow_private_addresses = allow_private_addresses || config.fetch.allow_private_addresses;
        Ok(Learner::new(fetcher, clock, Access { allow_private_addresses, ..Access::default() }))
    }

    /// Opens the state for looking. A state that is not there yet is an empty one that knows the configuration.
    pub async fn read(config: Config, clock: Clock, env: Env<'_>) -> Result<Self, AppError> {
        let store: Arc<dyn Store> = if config.store.path().exists() {
            Arc::new(SqliteStore::open_read_only(config.store.path())?)
        } else {
            let empty = SqliteStore::in_memory()?;
            empty.sync_sources(&config.sources, clock.now()).await?;
            empty.sync_merged(&config.merged, clock.now()).await?;
            Arc::new(empty)
        };
        Ok(Self::over(config, store, clock, Arc::default(), env))
    }

    fn over(config: Config, store: Arc<dyn Store>, clock: Clock, metrics: Arc<Metrics>, env: Env<'_>) -> Self {
        let publisher = publisher(&config, &store);
        let tells_desktop = match config.notify.desktop.enabled {
            Enabled::Auto => desktop::has_session_bus(env),
            Enabled::Yes => true,
            Enabled::No => false,
        };
        Self { config, store, publisher, tells_desktop, clock, metrics }
    }

    /// Looks at these sources once: posts, notifications, files.
    pub async fn refresh(&self, only: &[SourceId], on_progress: Option<OnProgress>) -> Result<RefreshReport, AppError> {
        let dispatcher = self.dispatcher(None, on_progress)?;
        let report = refresh(&*self.store, &dispatcher, &self.deliverer(), &self.publisher, only).await?;
        tidy(&*self.store, &self.config.retention, self.now()).await?;
        // What a slow hub was not told of is told the next time.
        match tokio::time::timeout(HUB_MAY_TAKE, self.announcer()?.announce()).await {
            Ok(announced) => drop(announced?),
            Err(_) => warn!("the hub takes longer than {} seconds", HUB_MAY_TAKE.as_secs()),
        }
        Ok(report)
    }

    /// All parts at work without end.
    pub fn daemon(&self) -> Result<Arc<Daemon>, AppError> {
        let walks = Walks::new(WALKED_PAGES);
        let told = walks.clone();
        let on_progress: OnProgress = Arc::new(move |id, progress| {
            // Nobody listens unless somebody refreshes by hand.
            if told.receiver_count() > 0 {
                let _ = told.send((id.clone(), progress));
            }
        });
        let dispatcher = self.dispatcher(Some(PAGES_A_POLL), Some(on_progress))?;
        let publisher = publisher(&self.config, &self.store);
        let (store, metrics, clock) = (Arc::clone(&self.store), Arc::clone(&self.metrics), self.clock.clone());
        let (retention, counts) = (self.config.retention, Counts { walks, metrics });
        let outlets = Outlets { deliverer: self.deliverer(), publisher, announcer: self.announcer()? };
        Ok(Daemon::new(store, dispatcher, outlets, retention, clock, counts))
    }

    /// The server for readers, at its places.
    pub async fn server(&self, sockets: &mut Sockets) -> Result<Server, AppError> {
        let options = self.config.serve.clone();
        let listeners = sockets.listeners(&options).await?;
        let setup = Setup {
            store: Arc::clone(&self.store),
            clock: self.clock.clone(),
            options,
            base_url: self.config.publish.base_url.clone(),
            hub: self.config.publish.hub.clone(),
            entries: self.config.feeds.entries,
            language: match self.config.language {
                Language::En => serve::Language::English,
                Language::Ko => serve::Language::Korean,
            },
            limits: Limits::default(),
            metrics: Arc::clone(&self.metrics),
        };
        Ok(Server::open(setup, listeners).await?)
    }

    fn announcer(&self) -> Result<Announcer, AppError> {
        let fetcher = Fetcher::open(&self.config.fetch, self.clock.clone())?;
        let publish::Options { hub, base_url, formats, .. } = self.config.publish.clone();
        let options = announce::Options { hub, base_url, formats };
        Ok(Announcer::new(Arc::clone(&self.store), fetcher, self.clock.clone(), options))
    }

    fn dispatcher(&self, pages_per_poll: Option<u32>, on_progress: Option<OnProgress>) -> Result<Dispatcher, AppError> {
        let fetcher = Fetcher::open(&self.config.fetch, self.clock.clone())?;
        let channels = self.tells_desktop.then(|| desktop::CHANNEL.to_owned()).into_iter().collect();
        let (permalinks, feeds) = (self.config.fetch.permalinks, &self.config.feeds);
        let (edits, removed) = (feeds.edits, feeds.removed);
        let options = poll::Options { channels, pages_per_poll, edits, removed, permalinks };
        let mut poller = Poller::new(Arc::clone(&self.store), fetcher, self.clock.clone(), options);
        if let Some(on_progress) = on_progress {
            poller = poller.with_progress(on_progress);
        }
        let (store, metrics) = (Arc::clone(&self.store), Arc::clone(&self.metrics));
        Ok(Dispatcher::new(store, Arc::new(poller), self.clock.clone(), metrics))
    }

    /// Brings what is owed to people.
    pub fn deliverer(&self) -> Deliverer {
        let words = match self.config.language {
            Language::En => Words::English,
            Language::Ko => Words::Korean,
        };
        let desktop = self.tells_desktop.then(Desktop::default);
        Deliverer::new(Arc::clone(&self.store), self.clock.clone(), desktop, words)
    }

    /// The present moment.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Where a feed's files are.
    pub fn files(&self, path: &crate::model::feed::FeedPath) -> Vec<PathBuf> {
        self.publisher.files(path)
    }
}

fn publisher(config: &Config, store: &Arc<dyn Store>) -> Publisher {
    Publisher::new(Arc::clone(store), config.publish.clone(), config.feeds.entries)
}
