//! The steps of an installation: done and told one by one, or only told.

use std::path::PathBuf;

use super::super::paint::{Paint, out};
use super::super::report::CliError;
use super::site::{Site, cannot_touch, refused};
use crate::service::files;
use crate::service::manager::Manager;
use crate::service::units::Unit;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Move what a person wrote out of the way.
    SetAside(PathBuf),
    /// Write a unit.
    Write(PathBuf, Unit),
    /// Remove a unit.
    Remove(PathBuf),
    /// Run `systemctl`.
    Ask(Vec<&'static str>),
    /// Run `systemctl`, and no matter what it says.
    Try(Vec<&'static str>),
}

impl Step {
    /// Does it and says what was done.
    pub(super) fn take(&self, site: &Site, manager: &Manager) -> Result<(), CliError> {
        match self {
            Self::SetAside(path) => {
                let aside = files::set_aside(path).map_err(cannot_touch)?;
                out(&format!("{} {} as {}", "kept".good(), path.display(), aside.display()))
            }
            Self::Write(path, unit) => {
                files::write(path, unit).map_err(cannot_touch)?;
                out(&format!("{} {}", "wrote".good(), path.display()))
            }
            Self::Remove(path) => {
                files::remove(path).map_err(cannot_touch)?;
                out(&format!("{} {}", "removed".good(), path.display()))
            }
            Self::Ask(arguments) => {
                manager.ask(arguments).map_err(|error| refused(&error, site))?;
                out(&format!("{} {}", "ran".good(), manager.shown(arguments)))
            }
            Self::Try(arguments) => {
                if manager.ask(arguments).is_ok() {
                    out(&format!("{} {}", "ran".good(), manager.shown(arguments)))?;
                }
                Ok(())
            }
        }
    }

    /// Says what would be done; a unit in full.
    pub(super) fn tell(&self, manager: &Manager) -> Result<(), CliError> {
        match self {
            Self::SetAside(path) => out(&format!("would keep your {} beside it", path.display())),
            Self::Write(path, unit) => {
                out(&format!("would write {}:", path.display()))?;
                unit.text.lines().try_for_each(|line| out(format!("    {line}").trim_end()))
            }
            Self::Remove(path) => out(&format!("would remove {}", path.display())),
            Self::Ask(arguments) | Self::Try(arguments) => out(&format!("would run {}", manager.shown(arguments))),
        }
    }
}
