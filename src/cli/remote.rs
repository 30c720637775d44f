//! A running daemon, asked through its control socket.
//!
//! There may be a daemon of this person and one of the machine. Ours is the one that holds our state, or, where no
//! state was named and none is here, the one that reads our configuration.

use std::path::{Path, PathBuf};

use super::common::{Common, env};
use super::paint::{Paint, err};
use super::report::CliError;
use super::standing::rescued;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::model::failure::causes;
use crate::run::client::{AskError, Client};
use crate::run::order::Identity;
use crate::run::shape::Holder;
use crate::run::socket::places;
use crate::store::StoreError;

/// Where systemd lets the machine's service listen.
const SYSTEM_FOLDER: &str = "/run/sosik";

/// How often, and after how long, a state is asked for again that somebody holds who answers no commands.
const BRIEF_TRIES: u32 = 3;
const BRIEFLY: std::time::Duration = std::time::Duration::from_millis(150);

/// A daemon that answers.
pub(crate) struct Remote {
    /// The way to it.
    pub(crate) client: Client,
    /// Who it is.
    pub(crate) identity: Identity,
}

/// Who can change the state.
pub(crate) enum Hand {
    /// We hold it.
    Ours(Box<App>),
    /// The daemon that holds it.
    Daemon(Remote),
}

impl Hand {
    /// Opens the state for writing, or finds the daemon that holds it.
    pub(crate) async fn on(common: &Common, config: Config) -> Result<Self, CliError> {
        // Nothing is here yet, and a daemon with our configuration keeps its state elsewhere: then that is meant.
        if !config.store.is_there()
            && let Ok(remote) = Remote::of(common, &config).await
        {
            return Ok(Self::Daemon(remote));
        }
        let mut tries = 0;
        loop {
            match App::open(config.clone(), Common::clock(), &env).await {
                Ok(app) => {
                    for line in rescued(app.rescue.as_ref()) {
                        err(&line);
                    }
                    return Ok(Self::Ours(Box::new(app)));
                }
                Err(AppError::Store(StoreError::Locked { path, pid })) => match Remote::of(common, &config).await {
                    Ok(remote) => return Ok(Self::Daemon(remote)),
                    Err(tried) if tries == BRIEF_TRIES => return Err(CliError::Unreached { path, pid, tried }),
                    // A click on a notification is written down within a moment.
                    Err(_) => tokio::time::sleep(BRIEFLY).await,
                },
                Err(error) => return Err(error.into()),
            }
            tries += 1;
        }
    }
}

impl Remote {
    /// Our daemon. Without one: where it was looked for, and what was found there.
    pub(crate) async fn of(common: &Common, config: &Config) -> Result<Self, Vec<String>> {
        let mut tried = Vec::new();
        let state = config.store.identity();
        let file = config.file.as_deref().filter(|_| common.state.is_none()).map(settled);
        let no_state = !config.store.is_there();
        let folders = own_folder().into_iter().chain([PathBuf::from(SYSTEM_FOLDER)]);
        for socket in folders.flat_map(|folder| places(&folder, &state)) {
            let client = Client::new(&socket);
            match client.identity().await {
                Ok(identity) if identity.state == state || (no_state && file.is_some() && identity.config == file) => {
                    return Ok(Self { client, identity });
                }
                Ok(identity) => {
                    tried.push(format!("the daemon at {} holds {}", socket.display(), identity.state.display()));
                }
                Err(error) if socket.exists() => {
                    let why = causes(&error);
                    let why = if why.is_empty() { error.to_string() } else { why.join(": ") };
                    tried.push(format!("{}: {why}", socket.display()));
                }
                Err(_) => {}
            }
        }
        if tried.is_empty() {
            let places = own_folder().into_iter().chain([PathBuf::from(SYSTEM_FOLDER)]);
            let places: Vec<String> = places.map(|folder| folder.display().to_string()).collect();
            tried.push(format!("there is no sosik.sock in {}", places.join(" and in ")));
        }
        Err(tried)
    }

    /// Lets our daemon, where one runs, take what now stands in the configuration's file, and waits until it has.
    pub(crate) async fn told(common: &Common, config: &Config) -> Result<(), CliError> {
        let Ok(remote) = Self::of(common, config).await else { return Ok(()) };
        remote.reload(config).await
    }

    /// Lets it take what now stands in the configuration's file, and waits until it has.
    pub(crate) async fn reload(&self, config: &Config) -> Result<(), CliError> {
        if let Some(theirs) =
            self.identity.config.as_ref().filter(|theirs| config.file.as_deref().map(settled).as_ref() != Some(*theirs))
        {
            err(&format!(
                "{} the running daemon (process {}) reads {}: there nothing has changed",
                "note:".dim(),
                self.identity.daemon.pid,
                theirs.display()
            ));
        }
        Ok(self.client.reload().await?)
    }
}

/// The daemon that holds this configuration's state, where one answers.
pub(crate) async fn holder(common: &Common, config: &Config) -> Option<Holder> {
    Some(Remote::of(common, config).await.ok()?.identity.daemon)
}

/// The folder in which a daemon that we start listens: systemd's for the service, else this person's.
pub(crate) fn own_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        let first = env(name).and_then(|dirs| dirs.split(':').next().map(PathBuf::from));
        first.filter(|folder| folder.is_absolute())
    };
    // A job of cron has no session's environment, but the session may be there.
    let of_session = || {
        let folder = PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw()));
        folder.is_dir().then_some(folder)
    };
    folder("RUNTIME_DIRECTORY").or_else(|| folder("XDG_RUNTIME_DIR")).or_else(of_session)
}

/// A path without links, as far as it is there.
pub(crate) fn settled(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

impl From<AskError> for CliError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused(refusal) => Self::Refused(refusal),
            AskError::Silent { .. } => Self::Failed {
                message: error.to_string(),
                help: "it may be stopping, or be of another version: restart it, or try again in a moment".to_owned(),
                chain: causes(&error),
            },
        }
    }
}
