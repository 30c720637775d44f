//! `sosik notify test`: one real notification through a channel.

use super::common::{Common, env, usable};
use super::paint::out;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::failure::with_causes;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Send one real notification to this desktop
    Test,
}

pub(crate) async fn run(common: &Common, command: Command) -> Result<Exit, CliError> {
    let Command::Test = command;
    let app = App::read(usable(common.load()?)?, Common::clock(), &env).await?;
    match app.deliverer().test().await {
        Ok(()) => {
            out("the desktop took the notification")?;
            Ok(Exit::Fine)
        }
        Err(None) => Err(CliError::Failed {
            message: "notifications are off".to_owned(),
            help:
                "run this in a desktop session (there is no session bus here), or set `[notify.desktop] enabled = true`"
                    .to_owned(),
            chain: Vec::new(),
        }),
        Err(Some(error)) => {
            Err(CliError::Failed { message: with_causes(&error), help: error.help().to_owned(), chain: Vec::new() })
        }
    }
}
