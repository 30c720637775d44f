//! What went wrong, as a person reads it: the error, its causes, the help. And the exit code, which is API.

use std::error::Error;

use crate::agent::AgentError;
use crate::app::AppError;
use crate::config::{ConfigError, Problem};
use crate::model::failure::{causes, with_causes};
use crate::publish::PublishError;
use crate::run::order::{Reason, Refusal};
use crate::store::StoreError;

use super::paint::{Paint, err};

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All went well.
    Fine = 0,
    /// Something that should not happen.
    Unexpected = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The configuration is wrong.
    Configuration = 3,
    /// The round ran and some sources failed.
    SomeFailed = 4,
    /// The state cannot be used.
    StateUnavailable = 5,
    /// Another sosik holds the state.
    Held = 6,
}

/// What stops a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The configuration.
    #[error("the configuration has mistakes")]
    Config(ConfigError),
    /// A part could not be opened or used.
    #[error(transparent)]
    App(#[from] AppError),
    /// The state.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The feeds.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// What was asked for does not exist or makes no sense.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// Another process holds the state, and no daemon answers for it.
    #[error("{path} is in use by another sosik (process {pid}), and it answers at no control socket")]
    Unreached {
        /// The database.
        path: String,
        /// The process that holds it.
        pid: u32,
        /// Where a daemon was looked for, and what was found there.
        tried: Vec<String>,
    },
    /// The daemon that holds the state says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was asked for was tried and failed.
    #[error("{message}")]
    Failed {
        /// What went wrong.
        message: String,
        /// What to do.
        help: String,
        /// The causes, outermost first.
        chain: Vec<String>,
    },
    /// Standard output was closed or full.
    #[error("cannot write to standard output")]
    Output(#[source] std::io::Error),
    /// The async runtime did not start.
    #[error("cannot start: threads or timers are not available")]
    Runtime(#[source] std::io::Error),
}

impl CliError {
    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::App(AppError::Fetch(_) | AppError::Serve(_) | AppError::Channel(_)) => {
                Exit::Configuration
            }
            Self::App(AppError::Agent(error)) => of_agent(error),
            Self::App(AppError::Store(error)) | Self::Store(error) | Self::Publish(PublishError::Store(error)) => {
                of_store(error)
            }
            Self::Publish(PublishError::Write { .. } | PublishError::Remove { .. }) => Exit::StateUnavailable,
            Self::Refused(refusal) => match refusal.reason {
                Reason::Usage => Exit::Usage,
                Reason::Configuration => Exit::Configuration,
                Reason::State => Exit::StateUnavailable,
                Reason::Stopping => Exit::Held,
            },
            Self::Unreached { .. } => Exit::Held,
            Self::Usage { .. } => Exit::Usage,
            Self::Failed { .. } => Exit::SomeFailed,
            Self::Output(_) | Self::Runtime(_) => Exit::Unexpected,
        }
    }

    /// What went wrong in one piece, causes included: for a log or a status.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Config(config) => config.to_string(),
            Self::Failed { message, chain, .. } => {
                [message].into_iter().chain(chain).map(String::as_str).collect::<Vec<_>>().join(": ")
            }
            other => with_causes(other),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Config(_) | Self::Output(_) | Self::Runtime(_) => None,
            Self::App(AppError::Fetch(error)) => Some(error.help()),
            Self::App(AppError::Serve(error)) => Some(error.help()),
            Self::App(AppError::Channel(bad)) => Some(bad.help.clone()),
            Self::App(AppError::Agent(error)) => Some(error.help()),
            Self::App(AppError::Store(error)) | Self::Store(error) | Self::Publish(PublishError::Store(error)) => {
                Some(help_for_store(error))
            }
            Self::Publish(PublishError::Write { .. } | PublishError::Remove { .. }) => {
                Some("make the folder writable, or name another one with `[publish] dir` or --publish".to_owned())
            }
            Self::Unreached { pid, .. } => Some(format!(
                "wait until process {pid} is done; if it is `sosik run`, ask as its user and with its XDG_RUNTIME_DIR"
            )),
            Self::Refused(refusal) => Some(refusal.help.clone()),
            Self::Usage { help, .. } | Self::Failed { help, .. } => Some(help.clone()),
        }
    }
}

fn of_agent(error: &AgentError) -> Exit {
    match error {
        AgentError::Held { .. } => Exit::Held,
        AgentError::State { .. } => Exit::StateUnavailable,
        AgentError::Refused(_) => Exit::Configuration,
        AgentError::Unreached(_) | AgentError::Unshown(..) => Exit::SomeFailed,
    }
}

fn of_store(error: &StoreError) -> Exit {
    match error {
        StoreError::Locked { .. } => Exit::Held,
        _ => Exit::StateUnavailable,
    }
}

fn help_for_store(error: &StoreError) -> String {
    match error {
        StoreError::Locked { pid, .. } => {
            format!("wait until process {pid} is done, or stop it; `sosik status` works meanwhile")
        }
        StoreError::Unread { .. } => {
            "hand the URL over as `[store] url_file`, `url_env` or `url_credential` says, or write `[store] url`"
                .to_owned()
        }
        StoreError::TooNew { .. } => "install the sosik that wrote it, or name another folder with --state".to_owned(),
        StoreError::Damaged { .. } => {
            "`sosik refresh` and `sosik run` put the newest good backup in its place; or name one: sosik restore FILE"
                .to_owned()
        }
        StoreError::Unfinished { .. } => {
            "run the same `sosik migrate-store` again: it carries on; or name another state with `[store] url`".to_owned()
        }
        StoreError::Unreadable { .. } => "export it anew: the file may have been cut or edited".to_owned(),
        StoreError::NotOurs { .. } => {
            "move the file away (sosik makes a new one), or name another place with `[store] url` or --state".to_owned()
        }
        StoreError::Open { .. } => {
            "make the folder writable for this user, or name another one with `[store] url` or --state".to_owned()
        }
        StoreError::Away { .. } => "see whether PostgreSQL runs and can be reached from here; sosik goes on when it does".to_owned(),
        StoreError::BadUrl { .. } => "write url = \"postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full\"".to_owned(),
        StoreError::Unreached { .. } => {
            "see whether PostgreSQL runs there, whether it lets this user in (pg_hba.conf), and whether the database was made (createdb)"
                .to_owned()
        }
        StoreError::ServerTooOld { oldest, .. } => format!("use PostgreSQL {oldest} or newer"),
        StoreError::NotHere { .. } => {
            "PostgreSQL has its own copies: pg_dump for one moment, pg_basebackup and its log for every moment".to_owned()
        }
        StoreError::Disk { .. } | StoreError::Database { .. } | StoreError::Corrupt { .. } => {
            "check that the disk is neither full nor failing; the state is as it was before".to_owned()
        }
    }
}

/// Prints an error: message, causes, help.
pub(crate) fn error(error: &CliError, verbose: bool) {
    // A closed pipe (`sosik posts | head`) is no news.
    if matches!(error, CliError::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe) {
        return;
    }
    if let CliError::Config(config) = error {
        problems(&config.problems);
        return;
    }
    err(&format!("{} {error}", "error:".error()));
    let chain = match error {
        CliError::Failed { chain, .. } if verbose => chain.clone(),
        CliError::Failed { .. } | CliError::Refused(_) => Vec::new(),
        CliError::Unreached { tried, .. } => tried.clone(),
        other => causes(other as &dyn Error),
    };
    for cause in chain {
        err(&format!("  {} {cause}", "because:".dim()));
    }
    if let Some(help) = error.help() {
        err(&format!("  {} {help}", "help:".help()));
    }
}

/// Prints mistakes of the configuration with file and line.
pub(crate) fn problems(problems: &[Problem]) {
    for problem in problems {
        err(&format!("{} {}", format!("{}:", problem.place()).error(), problem.message));
        err(&format!("  {} {}", "help:".help(), problem.help));
    }
}

/// Prints what deserves a line but stops nothing.
pub(crate) fn warnings(warnings: &[Problem]) {
    for warning in warnings {
        err(&format!("{} {} ({})", "note:".dim(), warning.message, warning.place()));
        err(&format!("  {} {}", "help:".help(), warning.help));
    }
}
