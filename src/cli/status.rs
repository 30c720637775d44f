//! `sosik status`: each source's last outcome, posts, next check, what is wrong and what to do.

use jiff::{SignedDuration, Timestamp};

use super::common::{Common, env};
use super::feeds::known_source;
use super::paint::{Paint, out, out_json, table};
use super::refresh::network_down;
use super::remote;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::report::Because;
use crate::run;
use crate::run::shape::Status;
use crate::store::contract::SourceOverview;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this source
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let mut sources = app.store.sources().await?;
    if let Some(name) = &args.source {
        let id = known_source(&app, name).await?;
        sources.retain(|overview| overview.source.id == id);
    }
    let outbox = app.store.outbox().await?;
    if args.json {
        out_json(&Status::of(remote::holder(app.config.store.path()).await, &sources, outbox))?;
        return Ok(Exit::Fine);
    }
    if sources.is_empty() {
        out("no sources are configured")?;
        return Ok(Exit::Fine);
    }
    let active = || sources.iter().filter(|overview| !overview.removed && !overview.source.paused);
    let down = run::refresh::network_down(active().map(|overview| overview.state.failure.as_ref()));
    if let Some(failure) = down {
        out(&network_down(active().count(), failure))?;
    }
    let rows: Vec<Vec<String>> = sources.iter().map(|overview| row(overview, app.now())).collect();
    for (line, overview) in table(&rows).into_iter().zip(&sources) {
        out(&line)?;
        if let Some(learnt) = overview.state.learnt.as_ref().filter(|learnt| learnt.because == Because::Broken) {
            let id = &overview.source.id;
            out(&format!(
                "    repaired {} ago: a learnt recipe reads its new layout; `sosik repair {id} --undo` takes that back",
                span(app.now().duration_since(learnt.at))
            ))?;
        }
        if let Some(failure) = overview.state.failure.as_ref().filter(|_| down.is_none()) {
            out(&format!("    {}", failure.message))?;
            for cause in failure.chain.iter().filter(|_| common.verbose) {
                out(&format!("    {} {cause}", "because:".dim()))?;
            }
            out(&format!("    {} {}", "help:".help(), failure.help))?;
        }
    }
    if outbox.owed > 0 || outbox.dead > 0 {
        out(&format!("notifications: {} owed, {} given up", outbox.owed, outbox.dead))?;
    }
    Ok(Exit::Fine)
}

fn row(overview: &SourceOverview, now: Timestamp) -> Vec<String> {
    let SourceOverview { source, state, posts, removed, .. } = overview;
    let posts = match state.declared {
        Some(declared) => format!("{posts} of {declared} posts"),
        None => format!("{posts} posts"),
    };
    let health = if *removed {
        "no longer configured".to_owned()
    } else if source.paused {
        "paused".to_owned()
    } else if state.failure.is_some() {
        format!("failed {} times in a row", state.failures).error()
    } else {
        state.outcome.clone().unwrap_or_else(|| "not looked at yet".to_owned()).good()
    };
    let seen = state
        .last_success
        .map_or_else(|| "never read".to_owned(), |at| format!("read {} ago", span(now.duration_since(at))));
    let next = match state.next_check {
        Some(next) if next > now => format!("next in {}", span(next.duration_since(now))),
        Some(_) | None => "due now".to_owned(),
    };
    vec![source.id.to_string().bold(), posts, health, seen, next, source.url.to_string().dim()]
}

/// A length of time in its largest unit.
fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
