//! `sosik refresh`: one look at every source, or at some.

use serde_json::json;

use super::common::{Common, env};
use super::feeds::{Tree, listed};
use super::paint::{Paint, err, out, out_json, table};
use super::progress::Watch;
use super::report::{CliError, Exit};
use crate::app::App;
use crate::model::failure::PollOutcome;
use crate::model::source::SourceId;
use crate::run::refresh::{RefreshReport, SourceReport};

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
                    "add one to {}:\n  [[source]]\n  url = \"https://slow-dev.tistory.com/category\"",
                    file.display()
                ),
                None => "write ~/.config/sosik/sosik.toml, or name a file with --config".to_owned(),
            },
        });
    }
    let only = chosen(
        &config.sources.iter().map(|source| (source.id.clone(), source.paused)).collect::<Vec<_>>(),
        &args.sources,
    )?;
    let app = App::open(config, Common::clock(), &env).await?;
    let (watch, on_progress) = Watch::new(args.json);
    let report = app.refresh(&only, on_progress).await?;
    drop(watch);
    if args.json {
        out_json(&json_of(&report))?;
    } else {
        show(&app, &report, common.verbose).await?;
    }
    if let Err(error) = report.published {
        return Err(error.into());
    }
    let failed =
        report.sources.iter().any(|source| matches!(source.outcome, PollOutcome::Failed(_) | PollOutcome::Gone));
    Ok(if failed { Exit::SomeFailed } else { Exit::Fine })
}

/// The sources that were named, or all that are not paused.
fn chosen(known: &[(SourceId, bool)], named: &[String]) -> Result<Vec<SourceId>, CliError> {
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

fn json_of(report: &RefreshReport) -> serde_json::Value {
    let sources: Vec<_> = report
        .sources
        .iter()
        .map(|source| {
            json!({
                "id": source.id, "outcome": source.outcome.word(), "new": source.new, "edited": source.edited,
                "posts": source.posts, "pages": source.pages, "requests": source.requests,
                "error": source.outcome.failure(),
            })
        })
        .collect();
    let written = report.published.as_ref().map_or(0, |published| published.feeds_written);
    json!({ "sources": sources, "feeds_written": written, "notified": report.delivered.notified })
}

async fn show(app: &App, report: &RefreshReport, verbose: bool) -> Result<(), CliError> {
    let rows: Vec<Vec<String>> = report.sources.iter().map(row).collect();
    for line in table(&rows) {
        out(&line)?;
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
        PollOutcome::Repaired => "repaired".to_owned(),
        PollOutcome::Deferred { until } => format!("left alone until {}", until.strftime("%H:%M:%S UTC")),
        PollOutcome::Gone => "gone for good (410)".to_owned(),
        PollOutcome::Failed(_) => "failed".to_owned(),
    }
}
