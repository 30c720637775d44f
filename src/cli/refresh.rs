//! `sosik refresh`: one look at every source, or at some.

use super::common::{Common, env};
use super::feeds::{Tree, listed};
use super::paint::{Paint, err, out, out_json, table};
use super::progress::Watch;
use super::remote;
use super::report::{CliError, Exit};
use crate::app::{App, AppError};
use crate::model::failure::{Failure, PollOutcome};
use crate::model::source::SourceId;
use crate::run::refresh::{RefreshReport, SourceReport};
use crate::run::shape::Refreshed;
use crate::store::StoreError;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik refresh                every source
  sosik refresh slow kafka     these two
  sosik refresh --json | jq '.sources[] | select(.new > 0)'";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Sources to look at [default: all that are not paused]
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    if config.sources.is_empty() {
        return Err(CliError::Usage {
            message: "no sources are configured".to_owned(),
            help: match &config.file {
                Some(file) => format!(
                    "add one with `sosik add URL`, or write it into {}:\n  [[source]]\n  url = \"https://slow-dev.tistory.com/category\"",
                    file.display()
                ),
                None => "add one: `sosik add https://slow-dev.tistory.com`; or name a configuration with --config"
                    .to_owned(),
            },
        });
    }
    let only = chosen(
        &config.sources.iter().map(|source| (source.id.clone(), source.paused)).collect::<Vec<_>>(),
        &args.sources,
    )?;
    let state = config.store.path().to_owned();
    let app = match App::open(config, Common::clock(), &env).await {
        Err(AppError::Store(StoreError::Locked { path, pid })) => {
            let Some(answer) = remote::refresh(&state, &only).await? else {
                return Err(StoreError::Locked { path, pid }.into());
            };
            return show_remote(&answer, args.json);
        }
        opened => opened?,
    };
    let (watch, on_progress) = Watch::new(args.json);
    let report = app.refresh(&only, on_progress).await?;
    drop(watch);
    if args.json {
        out_json(&Refreshed::from(&report))?;
    } else {
        return conclude(&app, report, common.verbose).await;
    }
    exit(report)
}

/// Shows what a look came to, and gives the exit code.
pub(crate) async fn conclude(app: &App, report: RefreshReport, verbose: bool) -> Result<Exit, CliError> {
    show(app, &report, verbose).await?;
    exit(report)
}

fn exit(report: RefreshReport) -> Result<Exit, CliError> {
    if let Err(error) = report.published {
        return Err(error.into());
    }
    let failed =
        report.sources.iter().any(|source| matches!(source.outcome, PollOutcome::Failed(_) | PollOutcome::Gone));
    Ok(if failed { Exit::SomeFailed } else { Exit::Fine })
}

/// The sources that were named, or all that are not paused.
pub(crate) fn chosen(known: &[(SourceId, bool)], named: &[String]) -> Result<Vec<SourceId>, CliError> {
    if named.is_empty() {
        return Ok(known.iter().filter(|(_, paused)| !paused).map(|(id, _)| id.clone()).collect());
    }
    named
        .iter()
        .map(|name| {
            known.iter().find(|(id, _)| id.as_str() == name).map(|(id, _)| id.clone()).ok_or_else(|| CliError::Usage {
                message: format!("there is no source {name:?}"),
                help: format!("known are: {}", known.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ")),
            })
        })
        .collect()
}

/// Shows what a running daemon answered.
fn show_remote(answer: &serde_json::Value, json: bool) -> Result<Exit, CliError> {
    let refreshed: Refreshed = serde_json::from_value(answer.clone()).map_err(|error| CliError::Failed {
        message: "the running daemon answered in a way that this sosik does not understand".to_owned(),
        help: "restart the daemon: it may be of another version".to_owned(),
        chain: vec![error.to_string()],
    })?;
    if json {
        out_json(&refreshed)?;
    } else {
        let rows: Vec<Vec<String>> = refreshed
            .sources
            .iter()
            .map(|source| {
                let news = format!("{} new, {} edited", source.new, source.edited);
                vec![source.id.clone(), source.outcome.clone(), news, format!("{} posts", source.posts)]
            })
            .collect();
        for line in table(&rows) {
            out(&line)?;
        }
        for source in &refreshed.sources {
            if let Some(trouble) = &source.error {
                err(&format!("{} {}", format!("{}:", source.id).error(), trouble.message));
                err(&format!("  {} {}", "help:".help(), trouble.help));
            }
        }
    }
    let failed = refreshed.sources.iter().any(|source| matches!(source.outcome.as_str(), "failed" | "gone"));
    Ok(if failed { Exit::SomeFailed } else { Exit::Fine })
}

async fn show(app: &App, report: &RefreshReport, verbose: bool) -> Result<(), CliError> {
    let rows: Vec<Vec<String>> = report.sources.iter().map(row).collect();
    for line in table(&rows) {
        out(&line)?;
    }
    if let Some(failure) = report.network_down() {
        err(&network_down(report.sources.len(), failure));
        return Ok(());
    }
    for (id, failure) in report.failures() {
        err(&format!("{} {}", format!("{id}:").error(), failure.message));
        for cause in failure.chain.iter().filter(|_| verbose) {
            err(&format!("  {} {cause}", "because:".dim()));
        }
        err(&format!("  {} {}", "help:".help(), failure.help));
    }
    if let Some((message, help)) = &report.delivered.trouble {
        err(&format!("{} {} notifications wait: {message}", "note:".dim(), report.delivered.waiting));
        err(&format!("  {} {help}", "help:".help()));
    }
    for source in report.sources.iter().filter(|source| source.outcome == PollOutcome::Baseline) {
        out("")?;
        out(&format!("{} feeds of {}", "Subscribe:".bold(), source.id))?;
        for line in Tree::of(&listed(app, Some(&source.id)).await?, app).lines() {
            out(&line)?;
        }
    }
    if let Ok(published) = &report.published
        && published.feeds_written > 0
    {
        out("")?;
        let dir = app.config.publish.dir.as_ref().map(|dir| dir.display().to_string()).unwrap_or_default();
        out(&format!("{} feeds written to {dir}", published.feeds_written))?;
    }
    Ok(())
}

/// One line for what is one thing.
pub(crate) fn network_down(sources: usize, failure: &Failure) -> String {
    let first =
        format!("{} none of {sources} sources could be reached: {}", "the network is down:".error(), failure.message);
    format!("{first}\n  {} check the connection; every source is tried again and nothing is lost", "help:".help())
}

fn row(source: &SourceReport) -> Vec<String> {
    let posts = match source.declared {
        Some(declared) => format!("{} of {declared} posts", source.posts),
        None => format!("{} posts", source.posts),
    };
    let pages = if source.pages == 1 { "1 page".to_owned() } else { format!("{} pages", source.pages) };
    vec![source.id.to_string(), said(source), posts, pages]
}

/// The outcome in words.
fn said(source: &SourceReport) -> String {
    match &source.outcome {
        PollOutcome::NotModified | PollOutcome::Unchanged => "nothing new".to_owned(),
        PollOutcome::Baseline => "first look, nothing announced".to_owned(),
        PollOutcome::Changed => match (source.new, source.edited) {
            (new, 0) => format!("{new} new"),
            (0, edited) => format!("{edited} edited"),
            (new, edited) => format!("{new} new, {edited} edited"),
        },
        PollOutcome::Repaired => match source.new {
            0 => "repaired: a new layout is read".to_owned(),
            new => format!("repaired: a new layout is read, {new} new"),
        },
        PollOutcome::Deferred { until } => format!("left alone until {}", until.strftime("%H:%M:%S UTC")),
        PollOutcome::Gone => "gone for good (410)".to_owned(),
        PollOutcome::Failed(_) => "failed".to_owned(),
    }
}
