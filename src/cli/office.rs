//! Where a daemon's signals, orders and changed file arrive.
//!
//! A configuration in which only sources changed is taken while everything goes on. Any other is taken between two
//! runs of the loops: refreshes by hand that are under way may end first, for a while. One that is wrong, or with which
//! nothing can be opened, is refused with its reason and the old one stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{error, info, warn};

use super::common::{Common, env, usable, writable};
use super::remote::{own_folder, settled};
use super::report::CliError;
use crate::app::{App, AppError, configure};
use crate::config::Config;
use crate::fetch::Budgets;
use crate::model::date::rfc3339;
use crate::model::failure::with_causes;
use crate::model::source::{Source, SourceId};
use crate::run::control::{self, Desk};
use crate::run::daemon::Daemon;
use crate::run::dispatch::Pulse;
use crate::run::lifecycle::{Lifecycle, Wish};
use crate::run::order::{Identity, News, Order, Pruned, Reason, Refusal, Walking};
use crate::run::prune;
use crate::run::rename::{self, Rename};
use crate::run::shape::{Holder, Refreshed};
use crate::run::socket::{Socket, SocketError, places};
use crate::serve::Sockets;
use crate::store::contract::Renamed;

/// How often the configuration's file is looked at.
const LOOK_AT_FILE: Duration = Duration::from_secs(2);

/// How long a new configuration waits for refreshes by hand.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long after it was announced a rename may come.
const PROMISE: Duration = Duration::from_secs(30);

/// What to do where feeds cannot be written or taken away.
const FOLDER_HELP: &str = "make the folder writable, or name another one with `[publish] dir`";

/// Why one configuration's run ended.
pub(super) enum Ended {
    Stopped,
    Reload(Box<Config>),
}

/// What tells whether a file is another one, or was written to.
type Stamp = (SystemTime, u64, u64);

pub(super) struct Office<'a> {
    common: &'a Common,
    lifecycle: &'a mut Lifecycle,
    sockets: Sockets,
    orders: mpsc::Receiver<Order>,
    _control: JoinSet<()>,
    stamp: Option<Stamp>,
    /// The configured sources, and whether each rests.
    known: BTreeMap<SourceId, bool>,
    budgets: Arc<RwLock<Budgets>>,
    /// A rename whose file is about to change, and when that was said.
    promised: Option<(Rename, Instant)>,
    /// Who waits for the configuration to be taken.
    waiting: Vec<oneshot::Sender<Result<(), Refusal>>>,
}

impl<'a> Office<'a> {
    pub(super) async fn open(
        common: &'a Common,
        lifecycle: &'a mut Lifecycle,
        sockets: Sockets,
        app: &App,
    ) -> Result<Self, CliError> {
        let (sender, orders) = mpsc::channel(16);
        let mut control = JoinSet::new();
        let daemon = Holder {
            pid: std::process::id(),
            since: rfc3339(app.now(), 0),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let state = app.config.store.identity();
        let budgets = Arc::new(RwLock::new(Budgets::of(&app.config.fetch)));
        match own_folder() {
            Some(folder) => {
                let socket = Socket::open(&places(&folder, &state)).await.map_err(|error| cannot_listen(&error))?;
                info!(path = %socket.path().display(), "taking orders at {}", socket.path().display());
                let identity = Identity { daemon, state, config: app.config.file.as_deref().map(settled) };
                let (store, budgets) = (Arc::clone(&app.store), Arc::clone(&budgets));
                let desk = Desk { identity, store, budgets, clock: app.clock(), orders: sender };
                control.spawn(control::serve(socket, desk));
            }
            None => warn!("no control socket: neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR is set"),
        }
        let (stamp, known) = (stamp(&app.config), known(&app.config.sources));
        let (promised, waiting) = (None, Vec::new());
        Ok(Self { common, lifecycle, sockets, orders, _control: control, stamp, known, budgets, promised, waiting })
    }

    /// Runs one configuration until it is replaced or the daemon is stopped.
    pub(super) async fn attend(&mut self, app: &mut App) -> Result<Ended, CliError> {
        let daemon = app.daemon()?;
        // They are in the state now: ten thousand of them need not be here, too.
        app.config.sources = Arc::default();
        let server = app.server(&mut self.sockets).await?;
        let (close, mut closed) = watch::channel(false);
        let mut serving = tokio::spawn(server.serve(async move {
            let _ = closed.wait_for(|closed| *closed).await;
        }));
        let (stop, stopped) = watch::channel(false);
        let (beats, mut heard) = watch::channel(None);
        let pulse = Pulse { every: Lifecycle::pulse(), beats };
        let mut running = tokio::spawn(Arc::clone(&daemon).run(stopped, pulse));
        let mut refreshes: JoinSet<()> = JoinSet::new();
        let mut looks = tokio::time::interval(LOOK_AT_FILE);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next: Option<(Box<Config>, Instant)> = None;
        self.answer(&Ok(()));
        let ended = loop {
            if let Some((config, latest)) = next.take() {
                if refreshes.is_empty() || Instant::now() >= latest {
                    break Ended::Reload(config);
                }
                next = Some((config, latest));
            }
            let is_news = tokio::select! {
                ended = &mut running => {
                    ended.expect("the daemon does not panic").map_err(AppError::from)?;
                    return Ok(Ended::Stopped);
                }
                ended = &mut serving => {
                    ended.expect("the server does not panic").map_err(AppError::from)?;
                    return Ok(Ended::Stopped);
                }
                Ok(()) = heard.changed() => {
                    let watched = self.known.values().filter(|rests| !**rests).count();
                    match (*heard.borrow_and_update(), daemon.stuck()) {
                        (_, Some(what)) => self.lifecycle.stuck(what),
                        (Some(beat), None) => self.lifecycle.beat(&beat, watched),
                        (None, None) => {}
                    }
                    false
                }
                wish = self.lifecycle.wish() => match wish {
                    Wish::Stop => break Ended::Stopped,
                    Wish::Reload => true,
                },
                _ = looks.tick() => self.file_changed(&app.config),
                Some(order) = self.orders.recv() => self.carry_out(order, app, &daemon, &mut refreshes).await,
                Some(_) = refreshes.join_next() => false,
            };
            if is_news {
                // Whatever waited is old news: the file may have been put back, or be broken now.
                next = self.take(app, &daemon).await?.map(|config| (config, Instant::now() + LONGEST_WAIT));
            }
        };
        if matches!(ended, Ended::Stopped) {
            self.lifecycle.stopping();
            let _ = close.send(true);
        }
        // A refresh that waits for reports would wait for ever once nothing is polled any more.
        refreshes.shutdown().await;
        let _ = stop.send(true);
        running.await.expect("the daemon does not panic").map_err(AppError::from)?;
        // Before a reload readers are served until all is ready for the next server.
        let _ = close.send(true);
        serving.await.expect("the server does not panic").map_err(AppError::from)?;
        Ok(ended)
    }

    /// Gets ready for another configuration, which is taken next.
    pub(super) async fn turn_to(&mut self, config: &Config, app: &App) -> Result<(), CliError> {
        self.known = known(&config.sources);
        *self.budgets.write().unwrap_or_else(PoisonError::into_inner) = Budgets::of(&config.fetch);
        self.sockets.keep(&config.serve);
        self.keep_promise(app).await
    }

    /// Does what a command asks. `true`: the configuration is to be read again.
    async fn carry_out(&mut self, order: Order, app: &App, daemon: &Arc<Daemon>, refreshes: &mut JoinSet<()>) -> bool {
        match order {
            Order::Reload(reply) => {
                self.waiting.push(reply);
                return true;
            }
            Order::Refresh(_, news) if !daemon.polls() => {
                let message = "the running daemon does not look at blogs".to_owned();
                let help = "start one whose roles hold it: sosik run --role poll".to_owned();
                let _ = news.send(News::Refused(Refusal::usage(message, help))).await;
            }
            Order::Refresh(named, news) => match self.chosen(&named, app).await {
                Ok(only) => {
                    refreshes.spawn(refresh(Arc::clone(daemon), only, news));
                }
                Err(refusal) => {
                    let _ = news.send(News::Refused(refusal)).await;
                }
            },
            Order::Rename(rename, reply) => {
                let _ = reply.send(self.promise(rename, app).await);
            }
            Order::Look => daemon.look_at_sources(),
            Order::RenameStored(rename, reply) => {
                let _ = reply.send(rename_stored(&rename, daemon).await);
            }
            Order::Deliver => daemon.look_at_what_is_owed(),
            Order::Test(channel, reply) => {
                let _ = reply.send(test(app, channel).await);
            }
            Order::Prune(ids, reply) => {
                let _ = reply.send(self.prune(&ids, app, daemon).await);
            }
        }
        false
    }

    /// The sources that were named, or all that do not rest.
    async fn chosen(&self, named: &[String], app: &App) -> Result<Vec<SourceId>, Refusal> {
        if named.is_empty() {
            return Ok(self.known.iter().filter(|(_, rests)| !**rests).map(|(id, _)| id.clone()).collect());
        }
        let others: Vec<SourceId> = named.iter().filter_map(|name| SourceId::try_from(name.clone()).ok()).collect();
        let stored = app.store.sources_named(&others).await.map_err(of_store)?;
        let stored: BTreeSet<SourceId> =
            stored.into_iter().filter(|one| one.stored && !one.removed).map(|one| one.source.id).collect();
        let find = |name: &String| {
            let known = self.known.keys().chain(&stored).find(|id| id.as_str() == name);
            known.cloned().ok_or_else(|| {
                let known: Vec<&str> = self.known.keys().map(SourceId::as_str).collect();
                let help = format!("known are: {}", known.join(", "));
                Refusal::usage(format!("the running daemon knows no source {name:?}"), help)
            })
        };
        named.iter().map(find).collect()
    }

    /// Notes a rename before the configuration's file changes.
    async fn promise(&mut self, rename: Rename, app: &App) -> Result<(), Refusal> {
        if app.store.source(&rename.to).await.map_err(of_store)?.is_some() {
            return Err(rename::taken(&rename.to));
        }
        rename::begin(&*app.store, &rename).await.map_err(of_store)?;
        self.promised = Some((rename, Instant::now()));
        Ok(())
    }

    /// Notes it again: a look at the file in between has found the old name there, and held the note for void.
    async fn keep_promise(&mut self, app: &App) -> Result<(), CliError> {
        let Some((rename, at)) = &self.promised else { return Ok(()) };
        let is_late = at.elapsed() > PROMISE;
        let is_kept = self.known.contains_key(&rename.to);
        if is_kept && !is_late {
            rename::begin(&*app.store, rename).await?;
        }
        if is_kept || is_late {
            self.promised = None;
        }
        Ok(())
    }

    async fn prune(&self, ids: &[SourceId], app: &App, daemon: &Daemon) -> Result<Pruned, Refusal> {
        if let Some(id) = ids.iter().find(|id| self.known.contains_key(id)) {
            let help = format!("take it out first: `sosik source remove {id}`");
            return Err(Refusal::usage(format!("the running daemon has the source {id} in its configuration"), help));
        }
        let configured: BTreeSet<SourceId> = self.known.keys().cloned().collect();
        let mut remains = prune::remains(&*app.store, &configured).await.map_err(of_store)?;
        remains.retain(|left| ids.contains(&left.id));
        let files = daemon.prune(&remains).await.map_err(|error| Refusal::state(with_causes(&error), FOLDER_HELP))?;
        Ok(Pruned { sources: remains.into_iter().map(|left| left.id).collect(), files })
    }

    /// Takes the configuration as it stands in its file now, where only its sources changed; another is given back.
    async fn take(&mut self, app: &mut App, daemon: &Daemon) -> Result<Option<Box<Config>>, CliError> {
        self.stamp = stamp(&app.config);
        let mut config = match self.reread(app).await {
            Ok(config) => config,
            Err(why) => {
                error!("the new configuration is refused, the old one stays: {why}");
                self.sockets.keep(&app.config.serve);
                self.lifecycle.reloading();
                self.lifecycle.refused(&why);
                let help = "the old configuration stays in force; `sosik check` tells more".to_owned();
                self.answer(&Err(Refusal { reason: Reason::Configuration, message: why, help }));
                return Ok(None);
            }
        };
        info!(sources = config.sources.len(), "the configuration was read again");
        self.lifecycle.reloading();
        if !config.differs_in_sources_alone(&app.config) {
            return Ok(Some(config));
        }
        self.known = known(&config.sources);
        self.sockets.keep(&app.config.serve);
        self.keep_promise(app).await?;
        let synced = daemon.take_sources(&config.sources).await?;
        for (what, ids) in [("added", synced.added), ("moved", synced.moved), ("removed", synced.removed)] {
            for id in ids {
                info!(source.id = %id, "{id} is {what}");
            }
        }
        config.sources = Arc::default();
        app.config = *config;
        self.answer(&Ok(()));
        Ok(None)
    }

    /// The configuration as it stands in its file now, if all can be opened with it.
    async fn reread(&mut self, app: &App) -> Result<Box<Config>, String> {
        let config = configure(&self.common.overrides(), &env).map_err(|problem| problem.to_string())?;
        let mut config = writable(config).and_then(usable).map_err(|error| error.brief())?;
        if config.store != app.config.store {
            return Err("the state stays where it is while the daemon runs: restart it to move".to_owned());
        }
        if !config.differs_in_sources_alone(&app.config) {
            let sources = std::mem::take(&mut config.sources);
            let tried = app.try_on(config.clone(), &mut self.sockets, &env).await;
            tried.map_err(|error| with_causes(&error))?;
            config.sources = sources;
        }
        Ok(Box::new(config))
    }

    fn answer(&mut self, answer: &Result<(), Refusal>) {
        for reply in self.waiting.drain(..) {
            let _ = reply.send(answer.clone());
        }
    }

    fn file_changed(&mut self, config: &Config) -> bool {
        let now = stamp(config);
        let changed = now.is_some() && now != self.stamp;
        self.stamp = now;
        changed
    }
}

/// Gives a source another id that the state alone has.
async fn rename_stored(rename: &Rename, daemon: &Daemon) -> Result<(), Refusal> {
    match daemon.rename_stored(rename).await.map_err(of_store)? {
        Renamed::Done => Ok(()),
        Renamed::Taken => Err(rename::taken(&rename.to)),
        Renamed::Unknown => Err(Refusal::usage(
            format!("there is no source {:?}", rename.from.as_str()),
            "`sosik source list` shows them",
        )),
    }
}

/// Sends a test over one channel.
async fn test(app: &App, channel: String) -> Result<(), Refusal> {
    let told = app.deliverer().map_err(of_store)?.test(std::slice::from_ref(&channel)).await;
    match told.into_iter().next() {
        Some((_, Ok(()))) => Ok(()),
        Some((_, Err(refusal))) => Err(Refusal::state(refusal.message, refusal.help)),
        None => {
            let message = format!("the running daemon has no channel {channel:?}");
            Err(Refusal::usage(message, "let it read the configuration again: systemctl reload, or SIGHUP"))
        }
    }
}

/// Refreshes, and tells how it goes.
async fn refresh(daemon: Arc<Daemon>, only: Vec<SourceId>, news: mpsc::Sender<News>) {
    let wanted: BTreeSet<&SourceId> = only.iter().collect();
    let mut walks = daemon.walks();
    let mut work = std::pin::pin!(daemon.refresh(&only));
    let report = loop {
        tokio::select! {
            report = &mut work => break report,
            walk = walks.recv() => {
                if let Ok((id, progress)) = walk && wanted.contains(&id) {
                    let walking =
                        Walking { id, pages: progress.pages, posts: progress.posts, declared: progress.declared };
                    // Whoever is slow to hear misses a page.
                    let _ = news.try_send(News::Walking(walking));
                }
            }
        }
    };
    let trouble = match report {
        Ok(report) => {
            let _ = news.send(News::Refreshed(Refreshed::from(&report))).await;
            report.published.err().map(|error| Refusal::state(with_causes(&error), FOLDER_HELP))
        }
        Err(error) => Some(of_store(error)),
    };
    if let Some(refusal) = trouble {
        let _ = news.send(News::Refused(refusal)).await;
    }
}

fn known(sources: &[Source]) -> BTreeMap<SourceId, bool> {
    sources.iter().map(|source| (source.id.clone(), source.paused)).collect()
}

fn stamp(config: &Config) -> Option<Stamp> {
    let file = fs::metadata(config.file.as_deref()?).ok()?;
    Some((file.modified().ok()?, file.len(), file.ino()))
}

fn of_store(error: impl std::error::Error) -> Refusal {
    Refusal::state(with_causes(&error), "check that the disk is neither full nor failing")
}

fn cannot_listen(error: &SocketError) -> CliError {
    CliError::Failed { message: error.to_string(), help: error.help(), chain: crate::model::failure::causes(error) }
}
