//! `sosik notify`: what was told, what is owed, and a test of the ways to tell it.

mod channel;
mod history;
mod quiet;
mod replay;
mod show;
mod test;

use super::common::Common;
use super::report::{CliError, Exit};

pub(super) use show::hand;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik notify test                  one real notification over every channel
  sosik notify history --dead        what was given up, and why
  sosik notify replay                send it again, under the same ids
  sosik notify quiet 2h              nothing on the desktop for two hours";

#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum Command {
    /// Send one real notification
    Test(test::Args),
    /// Show what was told, what is owed and what was given up
    History(history::Args),
    /// Send again what was given up
    Replay(replay::Args),
    /// Tell nothing for a while
    Quiet(quiet::Args),
    /// Show what stands on standard input, and wait for clicks
    #[command(hide = true)]
    Show,
}

pub(crate) async fn run(common: &Common, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Test(args) => test::run(common, &args).await,
        Command::History(args) => history::run(common, args).await,
        Command::Replay(args) => replay::run(common, args).await,
        Command::Quiet(args) => quiet::run(common, args).await,
        Command::Show => show::run(common).await,
    }
}
