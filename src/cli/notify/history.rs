//! `sosik notify history`: what was told, what is owed and what was given up.

use serde_json::json;

use super::super::common::{Common, env};
use super::super::paint::{Paint, out, out_json, table};
use super::super::report::{CliError, Exit};
use super::super::standing::span;
use crate::app::App;
use crate::model::date::rfc3339;
use crate::model::delivery::{Chosen, DeliveryKind, PastDelivery, Stands};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this channel
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Only what is still to be told
    #[arg(long)]
    owed: bool,
    /// Only what was given up
    #[arg(long, conflicts_with = "owed")]
    dead: bool,
    /// How much to show, the last first
    #[arg(long, short = 'n', default_value_t = 20, value_name = "NUMBER")]
    limit: usize,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let stands = match (args.owed, args.dead) {
        (true, _) => Some(Stands::Owed),
        (_, true) => Some(Stands::Dead),
        (false, false) => None,
    };
    let chosen = Chosen { channel: args.channel, message: None, stands };
    let deliveries = app.store.deliveries(&chosen, args.limit).await?;
    if args.json {
        let deliveries: Vec<_> = deliveries.iter().map(shape).collect();
        out_json(&json!({ "deliveries": deliveries }))?;
        return Ok(Exit::Fine);
    }
    if deliveries.is_empty() {
        out("nothing")?;
    }
    let rows: Vec<Vec<String>> = deliveries.iter().map(|delivery| row(delivery, app.now())).collect();
    for (line, delivery) in table(&rows).iter().zip(&deliveries) {
        out(line)?;
        if let Some(error) = delivery.error.as_ref().filter(|_| delivery.stands != Stands::Sent) {
            out(&format!("    {error}"))?;
        }
    }
    if deliveries.iter().any(|delivery| delivery.stands == Stands::Dead) {
        out(&format!("{} `sosik notify replay` sends what was given up again", "help:".help()))?;
    }
    Ok(Exit::Fine)
}

fn row(delivery: &PastDelivery, now: jiff::Timestamp) -> Vec<String> {
    let ago = |at: jiff::Timestamp| format!("{} ago", span(now.duration_since(at)));
    let stands = match delivery.stands {
        Stands::Sent if delivery.seen.is_some() => format!("seen {}", ago(delivery.at)).good(),
        Stands::Sent => format!("told {}", ago(delivery.at)).good(),
        Stands::Dead => format!("given up {}", ago(delivery.at)).error(),
        Stands::Owed if delivery.at > now => format!("waits, {} left", span(delivery.at.duration_since(now))),
        Stands::Owed => "waits".to_owned(),
    };
    let title = match delivery.kind {
        DeliveryKind::Post | DeliveryKind::Digest => delivery.title.clone(),
        DeliveryKind::Edit => format!("edited: {}", delivery.title),
        DeliveryKind::Failure | DeliveryKind::Repair => delivery.title.lines().next().unwrap_or_default().to_owned(),
    };
    let message = delivery.message.chars().take(8).collect::<String>();
    vec![message.dim(), delivery.channel.clone(), stands, delivery.source.to_string().bold(), title]
}

fn shape(delivery: &PastDelivery) -> serde_json::Value {
    let time = |at| rfc3339(at, 0);
    json!({
        "message": delivery.message,
        "channel": delivery.channel,
        "source": delivery.source,
        "kind": delivery.kind,
        "title": delivery.title,
        "url": delivery.url,
        "state": delivery.stands,
        "owed": time(delivery.owed),
        "at": time(delivery.at),
        "seen": delivery.seen.map(time),
        "attempts": delivery.attempts,
        "error": delivery.error,
    })
}
