//! `sosik run`: the daemon.
//!
//! It polls, delivers and serves until it is told to stop, takes orders through its control socket, and reads its
//! configuration again on SIGHUP or when the file changes. A configuration that is wrong is refused with its reason
//! and the old one stays.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tracing::{error, info, warn};

use super::common::{Common, env};
use super::refresh::chosen;
use super::remote::own_socket;
use super::report::{CliError, Exit};
use crate::app::{App, AppError, configure};
use crate::config::Config;
use crate::model::date::rfc3339;
use crate::model::failure::with_causes;
use crate::run::control::{Answer, Control, Order, Refusal};
use crate::run::daemon::Daemon;
use crate::run::dispatch::Pulse;
use crate::run::lifecycle::{Lifecycle, Wish};
use crate::run::shape::{Holder, Refreshed, Status};
use crate::serve::Sockets;
use crate::store::StoreError;

/// How often the configuration's file is looked at.
const LOOK_AT_FILE: Duration = Duration::from_secs(2);

/// What `--help` adds.
const EXAMPLES: &str = "\
Signals: SIGHUP reads the configuration again, SIGTERM and SIGINT stop after the polls under way.
While it runs, `sosik refresh` and `sosik status` ask it through its control socket.
As a service of systemd it says when it is ready and that it lives; `sosik service install` sets one up.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {}

/// Why one configuration's run ended.
enum Ended {
    Stopped,
    Reload(Box<Config>),
}

pub(crate) async fn run(common: &Common, _args: Args) -> Result<Exit, CliError> {
    let mut lifecycle = Lifecycle::open().map_err(CliError::Runtime)?;
    let ended = watch_over(common, &mut lifecycle).await;
    if let Err(error) = &ended {
        lifecycle.failed(&error.brief());
    }
    ended
}

async fn watch_over(common: &Common, lifecycle: &mut Lifecycle) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    let sockets = Sockets::from_systemd().map_err(AppError::from)?;
    if sockets.are_given() {
        info!("systemd's sockets are served, whatever `[serve] listen` says");
    }
    let mut app = App::open(config, Common::clock(), &env).await?;
    let mut office = Office::open(common, lifecycle, sockets, &app)?;
    loop {
        info!(sources = app.config.sources.len(), "watching {} sources", app.config.sources.len());
        match office.attend(&app).await? {
            Ended::Stopped => {
                info!("stopped");
                return Ok(Exit::Fine);
            }
            Ended::Reload(config) => {
                office.stamp = stamp(&config);
                office.sockets.keep(&config.serve);
                app = app.reconfigure(*config, &env).await?;
            }
        }
    }
}

/// Where signals, orders and a changed file arrive.
struct Office<'a> {
    common: &'a Common,
    lifecycle: &'a mut Lifecycle,
    sockets: Sockets,
    orders: mpsc::Receiver<Order>,
    _control: JoinSet<()>,
    stamp: Option<SystemTime>,
    since: String,
}

impl<'a> Office<'a> {
    fn open(common: &'a Common, lifecycle: &'a mut Lifecycle, sockets: Sockets, app: &App) -> Result<Self, CliError> {
        let (sender, orders) = mpsc::channel(16);
        let mut control = JoinSet::new();
        match own_socket() {
            Some(path) => {
                let socket = Control::open(&path).map_err(|source| cannot_listen(&path, &source))?;
                control.spawn(async move { socket.serve(sender).await });
            }
            None => warn!("no control socket: neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR is set"),
        }
        let (stamp, since) = (stamp(&app.config), rfc3339(app.now(), 0));
        Ok(Self { common, lifecycle, sockets, orders, _control: control, stamp, since })
    }

    /// Runs one configuration until it is replaced or the daemon is stopped.
    async fn attend(&mut self, app: &App) -> Result<Ended, CliError> {
        let daemon = app.daemon()?;
        let watched = app.config.sources.iter().filter(|source| !source.paused).count();
        let (server, listeners) = app.server(&mut self.sockets).await?;
        for listener in &listeners {
            info!("serving feeds at {}", listener.name());
        }
        let (close, mut closed) = watch::channel(false);
        let mut serving = tokio::spawn(server.serve(listeners, async move {
            let _ = closed.wait_for(|closed| *closed).await;
        }));
        let (stop, stopped) = watch::channel(false);
        let (beats, mut heard) = watch::channel(None);
        let pulse = Pulse { every: Lifecycle::pulse(), beats };
        let mut running = tokio::spawn(Arc::clone(&daemon).run(stopped, pulse));
        let mut refreshes: JoinSet<()> = JoinSet::new();
        let mut looks = tokio::time::interval(LOOK_AT_FILE);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                ended = &mut running => {
                    ended.expect("the daemon does not panic").map_err(AppError::from)?;
                    return Ok(Ended::Stopped);
                }
                ended = &mut serving => {
                    ended.expect("the server does not panic").map_err(AppError::from)?;
                    return Ok(Ended::Stopped);
                }
                Ok(()) = heard.changed() => {
                    if let Some(beat) = *heard.borrow_and_update() { self.lifecycle.beat(&beat, watched); }
                }
                wish = self.lifecycle.wish() => match wish {
                    Wish::Stop => break Ended::Stopped,
                    Wish::Reload => {
                        self.lifecycle.reloading();
                        if let Ok(config) = self.reread(app).await { break Ended::Reload(config); }
                    }
                },
                _ = looks.tick() => {
                    if self.file_changed(&app.config) && let Ok(config) = self.reread(app).await {
                        self.lifecycle.reloading();
                        break Ended::Reload(config);
                    }
                }
                Some(order) = self.orders.recv() => {
                    if let Some(config) = self.carry_out(order, app, &daemon, &mut refreshes).await {
                        self.lifecycle.reloading();
                        break Ended::Reload(config);
                    }
                }
                Some(_) = refreshes.join_next() => {}
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

    async fn carry_out(
        &mut self,
        order: Order,
        app: &App,
        daemon: &Arc<Daemon>,
        refreshes: &mut JoinSet<()>,
    ) -> Option<Box<Config>> {
        match order {
            Order::Status(reply) => {
                let _ = reply.send(self.status(app).await.map_err(|error| refusal(&error)));
            }
            Order::Refresh(named, reply) => match start_refresh(&named, app, daemon, refreshes, reply) {
                Ok(()) => {}
                Err((reply, refusal)) => {
                    let _ = reply.send(Err(refusal));
                }
            },
            Order::Reload(reply) => {
                let read = self.reread(app).await;
                let answer = read.as_ref().map(|_| json!({ "reloaded": true })).map_err(|why| Refusal {
                    message: why.clone(),
                    help: "the old configuration stays in force; see `sosik check`".to_owned(),
                });
                let _ = reply.send(answer);
                return read.ok();
            }
        }
        None
    }

    async fn status(&self, app: &App) -> Result<serde_json::Value, StoreError> {
        let holder = Holder {
            pid: std::process::id(),
            since: self.since.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let status = Status::of(Some(holder), &app.store.sources().await?, app.store.outbox().await?);
        let mut status = serde_json::to_value(status).expect("our own values are JSON");
        let state = app.config.store.path();
        status["state"] = json!(state.canonicalize().unwrap_or_else(|_| state.to_owned()));
        Ok(status)
    }

    /// The configuration as it stands in its file now. One that is wrong, or with which nothing can be opened, is told
    /// and refused with the reason.
    async fn reread(&mut self, app: &App) -> Result<Box<Config>, String> {
        let tried = match configure(&self.common.overrides(), &env) {
            Ok(config) if config.store != app.config.store => {
                Err("the state stays where it is while the daemon runs: restart it to move".to_owned())
            }
            Ok(config) => match app.try_on(config.clone(), &mut self.sockets, &env).await {
                Ok(()) => Ok(config),
                Err(error) => Err(with_causes(&error)),
            },
            Err(problem) => Err(problem.to_string()),
        };
        match tried {
            Ok(config) => {
                info!(sources = config.sources.len(), "the configuration was read again");
                Ok(Box::new(config))
            }
            Err(why) => {
                error!("the new configuration is refused, the old one stays: {why}");
                self.sockets.keep(&app.config.serve);
                self.lifecycle.refused(&why);
                Err(why)
            }
        }
    }

    fn file_changed(&mut self, config: &Config) -> bool {
        let now = stamp(config);
        let changed = now.is_some() && now != self.stamp;
        self.stamp = now;
        changed
    }
}

fn start_refresh(
    named: &[String],
    app: &App,
    daemon: &Arc<Daemon>,
    refreshes: &mut JoinSet<()>,
    reply: oneshot::Sender<Answer>,
) -> Result<(), (oneshot::Sender<Answer>, Refusal)> {
    let known: Vec<_> = app.config.sources.iter().map(|source| (source.id.clone(), source.paused)).collect();
    let only = match chosen(&known, named) {
        Ok(only) => only,
        Err(error) => {
            let help = format!("known are: {}", known.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", "));
            return Err((reply, Refusal { message: error.to_string(), help }));
        }
    };
    let daemon = Arc::clone(daemon);
    refreshes.spawn(async move {
        let answer = match daemon.refresh(&only).await {
            Ok(report) => match &report.published {
                Ok(_) => Ok(serde_json::to_value(Refreshed::from(&report)).expect("our own values are JSON")),
                Err(error) => Err(Refusal { message: with_causes(error), help: "make the folder writable".to_owned() }),
            },
            Err(error) => Err(refusal(&error)),
        };
        let _ = reply.send(answer);
    });
    Ok(())
}

fn stamp(config: &Config) -> Option<SystemTime> {
    std::fs::metadata(config.file.as_deref()?).ok()?.modified().ok()
}

fn refusal(error: &StoreError) -> Refusal {
    Refusal { message: with_causes(error), help: "check that the disk is neither full nor failing".to_owned() }
}

fn cannot_listen(path: &Path, source: &std::io::Error) -> CliError {
    CliError::Failed {
        message: format!("cannot open the control socket {}", path.display()),
        help: "make its folder writable for this user".to_owned(),
        chain: vec![source.to_string()],
    }
}
