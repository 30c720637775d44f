//! Opens every part once, from a configuration.
//!
//! `App::open` holds the state alone and can poll; `App::read` only looks, beside whoever holds it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tracing::{error, warn};

use crate::agent::{self, Agent, AgentError};
use crate::announce::{self, Announcer};
use crate::clock::Clock;
use crate::config::{self, BadKeys, Catalogue, Config, ConfigError, Language, Overrides, RecipeFault};
use crate::deliver::{self, Deliverer, Events};
use crate::extract::{CompiledRecipe, preset};
use crate::fetch::{self, Access, Fetcher, OpenError};
use crate::learn::Learner;
use crate::model::failure::with_causes;
use crate::model::posting::Unsent;
use crate::model::rescue::Rescue;
use crate::model::source::{Recipe, SourceId};
use crate::model::worker::{Roles, Worker};
use crate::notify::contract::Notifier;
use crate::notify::courier::Courier;
use crate::notify::desktop::{CHANNEL as DESKTOP, Desktop, Handed, Look};
use crate::notify::notice::Words;
use crate::notify::{self, BadChannel, Channel};
use crate::poll::{self, OnProgress, Poller};
use crate::publish::{self, Publisher};
use crate::rules::cap::Cap;
use crate::rules::{Manner, Rules};
use crate::run::attendance::{keep_time, worker};
use crate::run::backup::Backup;
use crate::run::daemon::{Counts, Daemon, Outlets, Walks};
use crate::run::dispatch::Dispatcher;
use crate::run::elsewhere::{self, Hands};
use crate::run::keeping::Keeping;
use crate::run::refresh::{RefreshReport, refresh};
use crate::run::rename;
use crate::run::retention::tidy;
use crate::serve::{self, Limits, Metrics, ServeError, Server, Setup, Sockets};
use crate::store::moving;
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::backups::Backups;
use crate::store::stored::Offered;
use crate::store::{Store, StoreError};

/// Pages of one blog that the daemon reads in a poll: a long history never holds a host longer than its lease.
const PAGES_A_POLL: u32 = 10;

/// A refresh by hand waits so long for a hub.
const HUB_MAY_TAKE: std::time::Duration = std::time::Duration::from_secs(10);

/// Pages of which whoever watches a refresh may not have heard yet.
const WALKED_PAGES: usize = 256;

/// Notifications about new posts that come up on the desktop at the same time; of more, one tells all.
const AT_ONCE: usize = 8;

/// A program reads every message, or a person scrolls: posts come apart, and a burst in messages that a program takes.
const ELSEWHERE: Manner = Manner { apart: 20, at_once: None, most: notify::contract::MOST_POSTS, cap: None };

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
    /// A channel of notifications.
    #[error(transparent)]
    Channel(#[from] BadChannel),
    /// The agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
}

/// Reads the configuration with the presets and the selectors of this program at hand.
pub fn configure(overrides: &Overrides, env: Env<'_>) -> Result<Config, ConfigError> {
    config::load(overrides, env, &catalogue())
}

/// Reads a text as [`configure`] would read it from that file.
pub fn configure_text(text: &str, file: &Path, overrides: &Overrides, env: Env<'_>) -> Result<Config, ConfigError> {
    config::parse(text, file, overrides, env, &catalogue())
}

/// A source for the state alone, from its keys.
pub fn stored_source(keys: Map<String, Value>, config: &Config) -> Result<Offered, BadKeys> {
    config::stored_source(keys, config, &catalogue())
}

/// The same for many.
pub fn stored_sources(config: &Config) -> impl FnMut(Map<String, Value>) -> Result<Offered, BadKeys> {
    let catalogue = catalogue();
    move |keys| config::stored_source(keys, config, &catalogue)
}

fn catalogue() -> Catalogue<'static> {
    Catalogue {
        named: &|name| preset::named(name).map(|preset| preset.recipe.clone()),
        names: preset::names().map(str::to_owned).collect(),
        check_recipe: &check_recipe,
    }
}

thread_local! {
    /// The last recipe that was good: the sources of one platform stand together, and have one.
    static GOOD: RefCell<Option<Recipe>> = const { RefCell::new(None) };
}

fn check_recipe(recipe: &Recipe) -> Result<(), RecipeFault> {
    if GOOD.with_borrow(|good| good.as_ref() == Some(recipe)) {
        return Ok(());
    }
    let checked = CompiledRecipe::compile(recipe);
    checked.map_err(|error| RecipeFault { key: error.key.clone(), message: error.reason.clone() })?;
    GOOD.set(Some(recipe.clone()));
    Ok(())
}

/// All parts, open.
pub struct App {
    /// The configuration that they were opened from.
    pub config: Config,
    /// The state.
    pub store: Arc<dyn Store>,
    /// Writes feeds.
    pub publisher: Publisher,
    /// Who can be told, or why that cannot be.
    channels: Result<Vec<Channel>, BadChannel>,
    rules: Arc<Rules>,
    /// What was done about a damaged state when it was opened.
    pub rescue: Option<Rescue>,
    clock: Clock,
    lasting: Lasting,
}

/// What outlives a configuration.
#[derive(Clone)]
struct Lasting {
    /// Counts from the opening on.
    metrics: Arc<Metrics>,
    /// What stands on the desktop can be clicked after a reload.
    desktop: Arc<Desktop>,
    /// The number of the newest event, for those who follow the log.
    bell: watch::Sender<i64>,
    /// What this process does on the state, and who it is there.
    worker: Worker,
}

impl Lasting {
    fn new(roles: Roles, now: Timestamp) -> Self {
        let desktop = Arc::new(Desktop::new(Look::default()));
        Self { metrics: Arc::default(), desktop, bell: watch::Sender::new(0), worker: worker(roles, false, now) }
    }
}

impl App {
    /// Opens the state for writing and makes its sources those of the configuration.
    pub async fn open(config: Config, clock: Clock, env: Env<'_>) -> Result<Self, AppError> {
        Self::open_as(Roles::NONE, config, clock, env).await
    }

    /// The same for a worker that stays.
    pub async fn open_as(roles: Roles, config: Config, clock: Clock, env: Env<'_>) -> Result<Self, AppError> {
        let (store, rescue) = config.store.open(clock.now()).await?;
        moving::is_whole(&*store, &config.store.shown()).await?;
        let clock = of_database(&*store, clock).await?;
        if let Some(rescue) = &rescue {
            error!(reason = rescue.reason, "{}; {}", rescue.message(), rescue.help());
            // One that came from a backup has it already: it went into the same transaction.
            let note = serde_json::to_string(rescue).expect("texts, paths and a moment are JSON");
            store.put_note(Rescue::NOTE, &note).await?;
        }
        let lasting = Lasting::new(roles, clock.now());
        lasting.metrics.started(clock.now());
        Ok(Self { rescue, ..Self::hold(config, store, clock, lasting, env).await? })
    }

    /// The same state under another configuration.
    pub async fn reconfigure(self, config: Config, env: Env<'_>) -> Result<Self, AppError> {
        Self::hold(config, self.store, self.clock, self.lasting, env).await
    }

    /// Whether another configuration can be put to work beside the one that is: everything but the state is opened.
    pub async fn try_on(&self, config: Config, sockets: &mut Sockets, env: Env<'_>) -> Result<(), AppError> {
        let next = Self::over(config, Arc::clone(&self.store), self.clock.clone(), self.lasting.clone(), env);
        next.daemon()?;
        next.server(sockets).await?;
        Ok(())
    }

    async fn hold(
        config: Config,
        store: Arc<dyn Store>,
        clock: Clock,
        lasting: Lasting,
        env: Env<'_>,
    ) -> Result<Self, AppError> {
        let renamed = rename::follow(&*store, &config.sources).await?;
        // Of a state that is shared, a configuration that names none says nothing about those of others.
        let is_alone = !store.is_shared();
        if is_alone || !config.sources.is_empty() {
            store.sync_sources(&config.sources, clock.now()).await?;
        }
        if is_alone || !config.merged.is_empty() {
            store.sync_merged(&config.merged, clock.now()).await?;
        }
        let app = Self::over(config, store, clock, lasting, env);
        if is_alone || app.lasting.worker.roles.deliver {
            app.prepare_channels().await?;
        }
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

    /// Follows another sosik and shows on this desktop what is told there.
    pub fn agent(config: &Config, clock: Clock, whom: agent::Whom, hand: Option<Handed>) -> Result<Agent, AppError> {
        let desktop = Arc::new(Desktop::new(look(config)));
        let options = &config.notify.desktop;
        let manner = agent::Manner {
            apart: usize::try_from(options.apart).unwrap_or(usize::MAX),
            at_once: AT_ONCE,
            cap: Cap::parse(&options.at_most),
        };
        let notifier = match hand {
            Some(hand) => Arc::new(hand) as Arc<dyn Notifier>,
            None => Arc::clone(&desktop) as _,
        };
        let fetcher = Fetcher::open(&config.fetch, clock.clone())?;
        let setting = agent::Setting { whom, manner, words: words(config), desktop, notifier };
        Ok(Agent::open(fetcher, clock, setting)?)
    }

    /// Opens the state for looking. A state that is not there yet is an empty one that knows the configuration.
    pub async fn read(config: Config, clock: Clock, env: Env<'_>) -> Result<Self, AppError> {
        let (store, clock) = if let Some(store) = config.store.read().await? {
            moving::is_whole(&*store, &config.store.shown()).await?;
            let clock = of_database(&*store, clock).await?;
            (store, clock)
        } else {
            let empty = SqliteStore::in_memory()?;
            empty.sync_sources(&config.sources, clock.now()).await?;
            empty.sync_merged(&config.merged, clock.now()).await?;
            (Arc::new(empty) as Arc<dyn Store>, clock)
        };
        let lasting = Lasting::new(Roles::NONE, clock.now());
        Ok(Self::over(config, store, clock, lasting, env))
    }

    fn over(config: Config, store: Arc<dyn Store>, clock: Clock, lasting: Lasting, env: Env<'_>) -> Self {
        let publisher = publisher(&config, &store);
        let desktop: Arc<dyn Notifier> = Arc::clone(&lasting.desktop) as _;
        let agents = Arc::new(Events::new(Arc::clone(&store), clock.clone(), lasting.bell.clone()));
        let courier = courier(&config.fetch, clock.clone());
        let channels = notify::open(&config.notify, &notify::Setup { env, desktop, agents, courier });
        let open = channels.iter().flatten().map(|channel| channel.name.clone()).collect();
        #[expect(clippy::disallowed_methods, reason = "a person's quiet hours are those of the person's clock")]
        let zone = jiff::tz::TimeZone::system();
        let rules = Rules::new(&config.notify.rules, open, &zone).map_err(|bad| BadChannel {
            channel: DESKTOP.to_owned(),
            message: bad.to_string(),
            help: "see [[notify.rule]] in docs/configuration.md".to_owned(),
        });
        let (channels, rules) = match (channels, rules) {
            (Ok(channels), Ok(rules)) => (Ok(channels), rules),
            (Err(bad), _) | (_, Err(bad)) => (Err(bad), Rules::default()),
        };
        Self { config, store, publisher, channels, rules: Arc::new(rules), rescue: None, clock, lasting }
    }

    /// Lets another process show what is told on the desktop, for this one ends before anybody can click.
    pub fn hand_desktop(&mut self, to: Handed) {
        let to: Arc<dyn Notifier> = Arc::new(to);
        for channel in self.channels.iter_mut().flatten().filter(|channel| channel.name == DESKTOP) {
            channel.notifier = Arc::clone(&to);
        }
    }

    /// Rules may be others than those by which something was held back, and channels may be gone.
    async fn prepare_channels(&self) -> Result<(), AppError> {
        if let Err(bad) = &self.channels {
            return Err(bad.clone().into());
        }
        let known: Vec<String> = self.config.notify.channels().iter().map(|(name, _)| (*name).to_owned()).collect();
        let error = "the configuration names no such channel any more";
        let gone = self.store.give_up_unknown(&known, error, self.now()).await?;
        if gone > 0 {
            warn!("{gone} deliveries are given up: {error}");
        }
        self.store.release_held().await?;
        Ok(())
    }

    /// Looks at these sources once: posts, notifications, files.
    pub async fn refresh(&self, only: &[SourceId], on_progress: Option<OnProgress>) -> Result<RefreshReport, AppError> {
        let dispatcher = self.dispatcher(None, on_progress.clone())?;
        if self.store.is_shared() {
            let (deliverer, worker) = (self.deliverer().ok(), self.lasting.worker.name.as_str());
            let hands = Hands { dispatcher: &dispatcher, deliverer, publisher: &self.publisher, worker };
            return Ok(elsewhere::refresh(&*self.store, &self.clock, hands, only, on_progress.as_ref()).await?);
        }
        let report = refresh(&*self.store, &dispatcher, &self.deliverer()?, &self.publisher, only).await?;
        tidy(&*self.store, &self.config.retention, self.now()).await?;
        if let Some(backup) = self.backup() {
            backup.keep(&*self.store, self.now()).await?;
        }
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
        let (store, metrics, clock) = (Arc::clone(&self.store), Arc::clone(&self.lasting.metrics), self.clock.clone());
        let keeping = Keeping { retention: self.config.retention, backup: self.backup() };
        let counts = Counts { walks, metrics };
        let outlets = Outlets { deliverer: Arc::new(self.deliverer()?), publisher, announcer: self.announcer()? };
        let files = self.config.publish.dir.is_some();
        let worker = Worker { files, ..self.lasting.worker.clone() };
        Ok(Daemon::new(store, dispatcher, outlets, keeping, worker, clock, counts))
    }

    /// The backups of a state in a file; what is on a server is the server's to keep.
    fn backup(&self) -> Option<Backup> {
        Some(Backup { of: Backups::of(self.config.store.file()?), keep: self.config.backups })
    }

    /// The server for readers, at its places.
    pub async fn server(&self, sockets: &mut Sockets) -> Result<Server, AppError> {
        let options = self.config.serve.clone();
        let serves = self.lasting.worker.roles.serve;
        let listeners = if serves { sockets.listeners(&options).await? } else { Vec::new() };
        let kept_bytes = usize::try_from(options.cache.as_u64()).unwrap_or(usize::MAX);
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
            limits: Limits { kept_bytes, ..Limits::default() },
            metrics: Arc::clone(&self.lasting.metrics),
            events: self.config.notify.agents.enabled.then(|| self.lasting.bell.subscribe()),
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
        let (permalinks, feeds) = (self.config.fetch.permalinks, &self.config.feeds);
        let (edits, removed) = (feeds.edits, feeds.removed);
        let (rules, lasts) = (Arc::clone(&self.rules), self.config.notify.failures);
        let options = poll::Options { rules, lasts, pages_per_poll, edits, removed, permalinks };
        let mut poller = Poller::new(Arc::clone(&self.store), fetcher, self.clock.clone(), options);
        if let Some(on_progress) = on_progress {
            poller = poller.with_progress(on_progress);
        }
        let (store, metrics) = (Arc::clone(&self.store), Arc::clone(&self.lasting.metrics));
        Ok(Dispatcher::new(store, Arc::new(poller), self.clock.clone(), metrics))
    }

    /// Brings what is owed to people.
    pub fn deliverer(&self) -> Result<Deliverer, AppError> {
        let channels = self.channels.clone()?;
        let options = &self.config.notify;
        let desktop = Arc::clone(&self.lasting.desktop);
        desktop.set_look(look(&self.config));
        let manner = |channel: &Channel| if channel.name == DESKTOP { on_desktop(options) } else { ELSEWHERE };
        let channels = channels.into_iter().map(|channel| (channel.clone(), manner(&channel))).collect();
        let (rules, words, give_up) = (Arc::clone(&self.rules), words(&self.config), options.gives_up_after());
        let setting = deliver::Setting { channels, rules, words, give_up, desktop };
        Ok(Deliverer::new(Arc::clone(&self.store), self.clock.clone(), setting))
    }

    /// The desktop of this process.
    pub fn desktop(&self) -> Arc<Desktop> {
        self.lasting.desktop.set_look(look(&self.config));
        Arc::clone(&self.lasting.desktop)
    }

    /// The clock by which the state goes.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where a feed's files are.
    pub fn files(&self, path: &crate::model::feed::FeedPath) -> Vec<PathBuf> {
        self.publisher.files(path)
    }
}

/// What brings channels' requests to servers: by the proxy and the authorities of `[fetch]`. Where those cannot be used
/// whoever polls says so, and what is to be told waits.
pub fn courier(options: &fetch::Options, clock: Clock) -> Courier {
    match Fetcher::open(options, clock) {
        Ok(fetcher) => Courier::new(move |posting| {
            let fetcher = fetcher.clone();
            Box::pin(async move { fetcher.send(&posting).await })
        }),
        Err(error) => {
            let unsent = Unsent { message: with_causes(&error), help: error.help(), lasting: false };
            Courier::new(move |_| Box::pin(std::future::ready(Err(unsent.clone()))))
        }
    }
}

/// The database's clock, where it has one; else the one at hand.
async fn of_database(store: &dyn Store, clock: Clock) -> Result<Clock, StoreError> {
    let Some(at) = store.time().await? else { return Ok(clock) };
    let clock = Clock::kept(at);
    keep_time(store, &clock).await?;
    Ok(clock)
}

fn words(config: &Config) -> Words {
    match config.language {
        Language::En => Words::English,
        Language::Ko => Words::Korean,
    }
}

/// How notifications look on this desktop.
fn look(config: &Config) -> Look {
    Look { words: words(config), sound: config.notify.desktop.sound.clone() }
}

/// A person reads every notification: few at once.
fn on_desktop(options: &notify::options::Options) -> Manner {
    let apart = usize::try_from(options.desktop.apart).unwrap_or(usize::MAX);
    Manner { apart, at_once: Some(AT_ONCE), most: usize::MAX, cap: Cap::parse(&options.desktop.at_most) }
}

fn publisher(config: &Config, store: &Arc<dyn Store>) -> Publisher {
    Publisher::new(Arc::clone(store), config.publish.clone(), config.feeds.entries)
}
