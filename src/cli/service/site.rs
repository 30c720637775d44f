//! Where the units of a scope stand, and who starts them.

use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::super::common::env;
use super::super::report::CliError;
use crate::app::Env;
use crate::model::failure::causes;
use crate::service::files::FileError;
use crate::service::manager::{Manager, ManagerError};
use crate::service::units::Scope;

/// A place for units.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) scope: Scope,
    /// The folder of the units.
    pub(super) folder: PathBuf,
    /// A system that does not run.
    pub(super) root: Option<PathBuf>,
}

impl Site {
    /// The place of a scope's units, in this system or in one below `root`.
    pub(super) fn of(scope: Scope, root: Option<&Path>) -> Result<Self, CliError> {
        let root = match root {
            Some(root) if !root.is_dir() => {
                return Err(CliError::Usage {
                    message: format!("there is no folder {}", root.display()),
                    help: "name the root folder of a system".to_owned(),
                });
            }
            root => root.map(|root| root.canonicalize().unwrap_or_else(|_| root.to_owned())),
        };
        let folder = match scope {
            Scope::System => root.as_deref().unwrap_or(Path::new("/")).join("etc/systemd/system"),
            Scope::User => config_home(&env).ok_or_else(no_home)?.join("systemd/user"),
        };
        Ok(Self { scope, folder, root })
    }

    /// The file of a unit.
    pub(super) fn path(&self, unit: &str) -> PathBuf {
        self.folder.join(unit)
    }

    /// Whether this user may change it; says what to do otherwise.
    pub(super) fn may_change(&self) -> Result<(), CliError> {
        let is_root = geteuid().is_root();
        match self.scope {
            Scope::System if !is_root && self.root.is_none() => Err(CliError::Usage {
                message: "the services of the machine belong to root".to_owned(),
                help: "say `sudo sosik service … --system`, or leave --system out for a service of your own".to_owned(),
            }),
            Scope::User if is_root && env("SUDO_USER").is_some() => Err(CliError::Usage {
                message: "with sudo this would be root's own service, not yours".to_owned(),
                help: "leave sudo out, or say --system for a service of the machine".to_owned(),
            }),
            Scope::System | Scope::User => Ok(()),
        }
    }

    /// Who starts the units; it must answer.
    pub(super) fn manager(&self) -> Result<Manager, CliError> {
        match &self.root {
            Some(root) => Ok(Manager::offline(root)),
            None => Manager::reach(self.scope).map_err(|error| refused(&error, self)),
        }
    }

    /// The option of `sosik service` and, for people, of `systemctl` and `journalctl`.
    pub(super) fn option(&self) -> &'static str {
        match self.scope {
            Scope::User => " --user",
            Scope::System => "",
        }
    }
}

/// `$XDG_CONFIG_HOME`, or where it is by default.
fn config_home(env: Env<'_>) -> Option<PathBuf> {
    let absolute = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))
}

fn no_home() -> CliError {
    CliError::Usage {
        message: "this user has no home: neither XDG_CONFIG_HOME nor HOME is an absolute path".to_owned(),
        help: "set HOME, or say --system for a service of the machine".to_owned(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands behind map_err")]
pub(super) fn cannot_touch(error: FileError) -> CliError {
    CliError::Failed {
        message: error.to_string(),
        help: "make its folder writable for this user".to_owned(),
        chain: causes(&error),
    }
}

pub(super) fn refused(error: &ManagerError, site: &Site) -> CliError {
    let option = site.option();
    let (message, chain) = (error.to_string(), causes(error));
    match (error, site.scope) {
        (ManagerError::NotInstalled, _) => CliError::Usage {
            message,
            help: "start `sosik run` with what starts programs on this machine; it needs no systemd".to_owned(),
        },
        (ManagerError::Silent { .. }, Scope::User) => CliError::Usage {
            message: format!("{message}: {}", chain.join(": ")),
            help: "log in as this user (a `su` or a container has no session), or say --system for a service of the \
                   machine; `sosik run` needs no systemd"
                .to_owned(),
        },
        (ManagerError::Silent { .. }, Scope::System) => CliError::Usage {
            message: format!("{message}: {}", chain.join(": ")),
            help: "start `sosik run` with what starts programs here; --root DIR writes units for a system that does \
                   not run"
                .to_owned(),
        },
        (ManagerError::Failed { .. }, _) => CliError::Failed {
            message: [message].into_iter().chain(chain.clone()).collect::<Vec<_>>().join(": "),
            help: format!("see why: systemctl{option} status sosik.service, journalctl{option} -u sosik.service -n 20"),
            chain,
        },
    }
}
