//! `sosik notify replay`: owes again what was given up, under the same ids.

use super::super::common::Common;
use super::super::paint::{Paint, err, out};
use super::super::remote::Hand;
use super::super::report::{CliError, Exit};
use super::channel::known;
use super::show;
use crate::deliver::{Delivered, Haste};
use crate::model::delivery::Chosen;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only the message whose id begins so; `sosik notify history --dead` shows them [default: all]
    #[arg(value_name = "MESSAGE")]
    message: Option<String>,
    /// Only this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
}

pub(super) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    if let Some(channel) = &args.channel {
        known(channel, &config)?;
    }
    let chosen = Chosen { channel: args.channel, message: args.message, stands: None };
    let (again, delivered) = match Hand::on(common, config).await? {
        Hand::Daemon(remote) => (remote.client.replay(&chosen).await?, None),
        Hand::Ours(mut app) => {
            let again = app.store.replay(&chosen, app.now()).await?;
            show::hand(common, &mut app);
            let rounds = app.deliverer()?.deliver(Haste::ByHand).await?;
            (again, Some(rounds.into_iter().map(|(_, round)| round).fold(Delivered::default(), Delivered::and)))
        }
    };
    if again == 0 {
        out("nothing was given up")?;
        return Ok(Exit::Fine);
    }
    out(&match delivered.as_ref().map(|delivered| delivered.notified) {
        Some(notified) => format!("{again} deliveries tried again, {notified} messages arrived"),
        None => format!("{again} deliveries are tried again by the daemon"),
    })?;
    if let Some((message, help)) = delivered.and_then(|delivered| delivered.trouble) {
        err(&format!("{} {message}", "note:".dim()));
        err(&format!("  {} {help}", "help:".help()));
        return Ok(Exit::SomeFailed);
    }
    Ok(Exit::Fine)
}
