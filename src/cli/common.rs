//! What every command takes, and what it asks of its surroundings.

use std::ffi::OsString;
use std::path::PathBuf;

use super::report::{self, CliError};
use crate::app::configure;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Overrides};

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Configuration file [default: `$SOSIK_CONFIG`, ~/.config/sosik/sosik.toml, /etc/sosik/sosik.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the state, instead of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Folder that gets the feeds, instead of the configuration's
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) publish: Option<PathBuf>,
    /// Say more: causes of failures, and what is being done
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Form of the log on standard error
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) log: LogFormat,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

impl Common {
    /// The configuration, and a line for each thing in it that deserves one.
    pub(crate) fn load(&self) -> Result<Config, CliError> {
        let config = configure(&self.overrides(), &env).map_err(CliError::Config)?;
        report::warnings(&config.warnings);
        Ok(config)
    }

    /// What the command line says before the configuration does.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { config: self.config.clone(), state: self.state.clone(), publish: self.publish.clone() }
    }

    /// The arguments of another command that takes what this one takes.
    pub(crate) fn arguments(&self, command: &[&str]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = command.iter().map(OsString::from).collect();
        for (name, path) in [("--config", &self.config), ("--state", &self.state), ("--publish", &self.publish)] {
            if let Some(path) = path {
                arguments.extend([name.into(), path.into()]);
            }
        }
        arguments
    }

    /// The configuration of a command that writes state and feeds: both must be writable.
    pub(crate) fn load_for_writing(&self) -> Result<Config, CliError> {
        writable(self.load()?)
    }

    /// The configuration of a command that tells people, too: what their channels need must be there.
    pub(crate) fn load_for_telling(&self) -> Result<Config, CliError> {
        usable(writable(self.load()?)?)
    }

    pub(crate) fn clock() -> Clock {
        Clock::System
    }
}

/// A configuration whose state and feeds can be written.
pub(crate) fn writable(config: Config) -> Result<Config, CliError> {
    if config.unwritable.is_empty() {
        Ok(config)
    } else {
        Err(CliError::Config(ConfigError { problems: config.unwritable }))
    }
}

/// A configuration whose channels have what they need here: secrets and programs.
pub(crate) fn usable(config: Config) -> Result<Config, CliError> {
    if config.unusable.is_empty() {
        Ok(config)
    } else {
        Err(CliError::Config(ConfigError { problems: config.unusable }))
    }
}

/// An environment variable, where it is set and readable.
pub(crate) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
