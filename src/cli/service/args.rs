//! What can be said to `sosik service`.

use std::path::PathBuf;

use crate::service::units::Scope;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik service install                    for you: it starts with your session and notifies on your desktop
  sudo sosik service install --system      for the machine: a user of its own, /etc/sosik/sosik.toml, no desktop
  sosik service install --agent            for you: shows on your desktop what `[agent] server` tells
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
    pub(super) user: bool,
    /// The service of the machine
    #[arg(long)]
    pub(super) system: bool,
}

impl Whose {
    pub(super) fn scope(&self) -> Scope {
        if self.system { Scope::System } else { Scope::User }
    }
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// The agent instead of the daemon: this desktop shows what a sosik on another machine tells
    #[arg(long, conflicts_with_all = ["system", "socket"])]
    pub(super) agent: bool,
    /// Let systemd open the places of `[serve] listen`: readers wait while the daemon restarts
    #[arg(long)]
    pub(super) socket: bool,
    /// Replace units that you edited, too; yours are kept beside
    #[arg(long)]
    pub(super) force: bool,
    /// Only say what would be written and run
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Install into a system below this folder, which does not run: nothing is started
    #[arg(long, value_name = "DIR", requires = "system")]
    pub(super) root: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UninstallArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// Remove units that you edited, too
    #[arg(long)]
    pub(super) force: bool,
    /// Only say what would be removed and run
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Uninstall from a system below this folder, which does not run
    #[arg(long, value_name = "DIR", requires = "system")]
    pub(super) root: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// Print it as JSON
    #[arg(long)]
    pub(super) json: bool,
}
