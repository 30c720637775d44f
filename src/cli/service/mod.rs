//! `sosik service`: sosik as a service of systemd, for a person's session or for the machine.
//!
//! `plan.rs` is the list of steps, told before or after they are done; `install.rs` and `uninstall.rs` make one,
//! `site.rs` is where units stand and who starts them.

mod install;
mod plan;
mod site;
mod uninstall;

use std::path::PathBuf;

use serde_json::json;

use super::common::Common;
use super::paint::{Paint, out, out_json, table};
use super::report::{CliError, Exit};
use crate::service::files::{Found, look};
use crate::service::units::{SERVICE, SOCKET, Scope};
use site::Site;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik service install                    for you: it starts with your session and notifies on your desktop
  sudo sosik service install --system      for the machine: a user of its own, /etc/sosik/sosik.toml, no desktop
  sosik service install --dry-run          what would be written and run
  sosik service status
  sosik service uninstall                  posts, feeds and the configuration stay

Your own settings belong into `systemctl --user edit sosik.service`: an install never touches them.";

#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Command {
    /// Write the units, start the service now and with every session
    Install(InstallArgs),
    /// Stop the service and remove its units
    Uninstall(UninstallArgs),
    /// Show what is installed and whether it runs
    Status(StatusArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Whose {
    /// The service of this user (the default)
    #[arg(long, conflicts_with = "system")]
    user: bool,
    /// The service of the machine
    #[arg(long)]
    system: bool,
}

impl Whose {
    fn scope(&self) -> Scope {
        if self.system { Scope::System } else { Scope::User }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    whose: Whose,
    /// Let systemd open the places of `[serve] listen`: readers wait while the daemon restarts
    #[arg(long)]
    socket: bool,
    /// Replace units that you edited, too; yours are kept beside
    #[arg(long)]
    force: bool,
    /// Only say what would be written and run
    #[arg(long)]
    dry_run: bool,
    /// Install into a system below this folder, which does not run: nothing is started
    #[arg(long, value_name = "DIR", requires = "system")]
    root: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UninstallArgs {
    #[command(flatten)]
    whose: Whose,
    /// Remove units that you edited, too
    #[arg(long)]
    force: bool,
    /// Only say what would be removed and run
    #[arg(long)]
    dry_run: bool,
    /// Uninstall from a system below this folder, which does not run
    #[arg(long, value_name = "DIR", requires = "system")]
    root: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    whose: Whose,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(common: &Common, command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Install(args) => install::run(common, args),
        Command::Uninstall(args) => uninstall::run(common, args),
        Command::Status(args) => status(args),
    }
}

fn status(args: &StatusArgs) -> Result<Exit, CliError> {
    let site = Site::of(args.whose.scope(), None)?;
    let manager = site.manager()?;
    let mut shown = Vec::new();
    for name in [SERVICE, SOCKET] {
        let path = site.path(name);
        let file = match look(&path, None).map_err(site::cannot_touch)? {
            Found::Absent => "absent",
            Found::Current | Found::Outdated => "installed",
            Found::Theirs => "edited",
        };
        let properties = manager.properties(
            name,
            &["LoadState", "ActiveState", "SubState", "UnitFileState", "StatusText", "FragmentPath", "NRestarts"],
        );
        let properties = properties.map_err(|error| site::refused(&error, &site))?;
        let of = |name: &str| properties.get(name).cloned().unwrap_or_default();
        shown.push(json!({
            "unit": name, "file": file, "path": of("FragmentPath"), "enabled": of("UnitFileState") == "enabled",
            "active": of("ActiveState"), "sub": of("SubState"), "status": of("StatusText"),
            "restarts": of("NRestarts").parse::<u64>().ok(),
        }));
    }
    if args.json {
        out_json(&json!({ "units": shown }))?;
        return Ok(Exit::Fine);
    }
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let rows = shown.iter().map(|unit| {
        let at_start = if unit["enabled"] == true { "enabled" } else { "not enabled" };
        let state = format!("{} ({})", word(&unit["active"]), word(&unit["sub"]));
        vec![word(&unit["unit"]).bold(), word(&unit["file"]), at_start.to_owned(), state, word(&unit["status"])]
    });
    for line in table(&rows.collect::<Vec<_>>()) {
        out(&line)?;
    }
    Ok(Exit::Fine)
}
