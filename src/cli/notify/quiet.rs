//! `sosik notify quiet`: tells nothing over a channel for a while; what comes meanwhile is told in a digest.

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::super::common::Common;
use super::super::paint::out;
use super::super::remote::Hand;
use super::super::report::{CliError, Exit};
use super::super::standing::span;
use super::channel::known;
use crate::deliver::QUIET;
use crate::notify::desktop::CHANNEL;

/// Longest quiet: whoever wants more takes the channel away.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 31);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// For how long, such as 2h; `off` ends it [default: 1h]
    #[arg(value_name = "TIME")]
    time: Option<String>,
    /// The channel
    #[arg(long, default_value = CHANNEL, value_name = "CHANNEL")]
    channel: String,
}

pub(super) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    known(&args.channel, &config)?;
    let length = match args.time.as_deref() {
        None => Some(QUIET),
        Some("off") => None,
        Some(text) => Some(length(text).ok_or_else(|| CliError::Usage {
            message: format!("{text:?} is no time of at most 31 days"),
            help: "write a number and its unit, such as 2h or 30m, or `off`".to_owned(),
        })?),
    };
    let until = length.map(|length| Common::clock().now() + length);
    match Hand::on(common, config).await? {
        Hand::Daemon(remote) => remote.client.quiet(&args.channel, until).await?,
        Hand::Ours(app) => app.store.quiet(&args.channel, until).await?,
    }
    out(&match length {
        Some(length) => format!("{} is quiet for {}; what comes meanwhile is told then", args.channel, span(length)),
        None => format!("{} is told again", args.channel),
    })?;
    Ok(Exit::Fine)
}

fn length(text: &str) -> Option<SignedDuration> {
    let span: Span = text.trim().parse().ok()?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (length > SignedDuration::ZERO && length <= LONGEST).then_some(length)
}
