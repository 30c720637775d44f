//! `sosik notify test`: one real notification over one channel or over all.

use super::super::common::{Common, env, usable};
use super::super::paint::{Paint, err, out};
use super::super::remote::Hand;
use super::super::report::{CliError, Exit};
use super::channel::known;
use super::show;
use crate::app::App;
use crate::config::Config;
use crate::notify::agents::CHANNEL as AGENTS;
use crate::notify::contract::Refusal;
use crate::notify::desktop::CHANNEL;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this channel [default: all that are open]
    #[arg(value_name = "CHANNEL")]
    channel: Option<String>,
}

pub(super) async fn run(common: &Common, args: &Args) -> Result<Exit, CliError> {
    let config = usable(common.load()?)?;
    if let Some(channel) = &args.channel {
        known(channel, &config)?;
    }
    let mut app = App::read(config.clone(), Common::clock(), &env).await?;
    show::hand(common, &mut app);
    let deliverer = app.deliverer()?;
    let mut wanted: Vec<String> = deliverer.channels().into_iter().map(str::to_owned).collect();
    wanted.retain(|name| args.channel.as_ref().is_none_or(|channel| channel == name));
    if wanted.is_empty() {
        return Err(CliError::Failed {
            message: "notifications are off".to_owned(),
            help:
                "run this in a desktop session (there is no session bus here), or set `[notify.desktop] enabled = true`"
                    .to_owned(),
            chain: Vec::new(),
        });
    }
    let mut failed = None;
    let several = wanted.len() > 1;
    let to_agents = wanted.extract_if(.., |name| name == AGENTS).next();
    let mut tested = deliverer.test(&wanted).await;
    if let Some(channel) = to_agents {
        tested.push((channel, Box::pin(log(common, config)).await));
    }
    for (channel, told) in tested {
        match told {
            Ok(()) if channel == CHANNEL => out("the desktop took the notification")?,
            Ok(()) => out(&format!("{channel} took the notification"))?,
            Err(refusal) => {
                if several {
                    err(&format!("{} {}", format!("{channel}:").error(), refusal.message));
                    err(&format!("  {} {}", "help:".help(), refusal.help));
                }
                failed = Some(refusal);
            }
        }
    }
    match failed {
        None => Ok(Exit::Fine),
        Some(_) if several => Ok(Exit::SomeFailed),
        Some(refusal) => Err(CliError::Failed { message: refusal.message, help: refusal.help, chain: Vec::new() }),
    }
}

/// Tells agents. What they follow is written by whoever holds the state.
async fn log(common: &Common, config: Config) -> Result<(), Refusal> {
    let refused = |error: CliError| Refusal::passing(error.brief(), "see `sosik status`: the state must be writable");
    let channels = [AGENTS.to_owned()];
    match Hand::on(common, config).await.map_err(refused)? {
        Hand::Daemon(remote) => remote.client.test(AGENTS).await.map_err(|error| refused(error.into())),
        Hand::Ours(app) => {
            let deliverer = app.deliverer().map_err(|error| refused(error.into()))?;
            deliverer.test(&channels).await.into_iter().try_for_each(|(_, told)| told)
        }
    }
}
