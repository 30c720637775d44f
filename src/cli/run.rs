//! `sosik run`: the daemon.
//!
//! It polls, delivers and serves until it is told to stop. Signals, orders and a changed file come to its `Office`.

use tracing::info;

use super::common::{Common, env};
use super::office::{Ended, Office};
use super::paint::counted;
use super::report::{CliError, Exit};
use crate::app::{App, AppError};
use crate::model::worker::Roles;
use crate::run::lifecycle::Lifecycle;
use crate::serve::Sockets;

/// What `--help` adds.
const EXAMPLES: &str = "\
Signals: SIGHUP reads the configuration again, SIGTERM and SIGINT stop after the polls under way.
While it runs, `sosik refresh`, `repair`, `source`, `token` and `status` reach it through its control socket.
As a service of systemd it says when it is ready and that it lives; `sosik service install` sets one up.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What it does, of poll, serve and deliver, with commas. Several on one `PostgreSQL` share the work (docs/scale.md)
    #[arg(long, value_name = "ROLES", default_value_t = Roles::ALL)]
    role: Roles,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let mut lifecycle = Lifecycle::open().map_err(CliError::Runtime)?;
    let ended = watch_over(common, args.role, &mut lifecycle).await;
    if let Err(error) = &ended {
        lifecycle.failed(&error.brief());
    }
    ended
}

async fn watch_over(common: &Common, roles: Roles, lifecycle: &mut Lifecycle) -> Result<Exit, CliError> {
    let config = common.load_for_telling()?;
    let sockets = Sockets::from_systemd().map_err(AppError::from)?;
    if roles != Roles::ALL {
        info!(%roles, "this worker does {}", roles.words().join(" and "));
    }
    if roles.serve && sockets.are_given() {
        info!("systemd's sockets are served, whatever `[serve] listen` says");
    }
    let mut app = App::open_as(roles, config, Common::clock(), &env).await?;
    let mut office = Office::open(common, lifecycle, sockets, &app).await?;
    loop {
        let sources = app.config.sources.len();
        info!(sources, "watching {}", counted(sources, "source"));
        match office.attend(&mut app).await? {
            Ended::Stopped => {
                info!("stopped");
                return Ok(Exit::Fine);
            }
            Ended::Reload(config) => {
                office.turn_to(&config, &app).await?;
                app = app.reconfigure(*config, &env).await?;
            }
        }
    }
}
