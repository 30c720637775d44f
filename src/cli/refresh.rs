//! `sosik refresh`: one look at every source, or at some.

use std::collections::HashMap;

use super::common::{Common, env, usable};
use super::feeds::{Tree, listed};
use super::notify;
use super::paint::{Paint, err, out, out_json, out_lines, table};
use super::progress::Watch;
use super::remote::{Hand, Remote};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::config::Config;
use crate::model::failure::{Failure, PollOutcome};
use crate::model::feed::Listed;
use crate::model::source::SourceId;
use crate::poll::Progress;
use crate::run::order::Walking;
use crate::run::refresh::{RefreshReport, SourceReport};
use crate::run::shape::Refreshed;
use crate::store::contract::SourceOverview;

/// Sources of the state that are read at a time.
const PAGE: usize = 1_000;

/// Nobody waits for more than this.
const MOST_AT_ONCE: usize = 10_000;

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
    let stored = stored(&config, &args.sources).await?;
    if config.sources.is_empty() && stored.is_empty() {
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
        &config.sources.iter().map(|source| (source.id.clone(), source.paused)).chain(stored).collect::<Vec<_>>(),
        &args.sources,
    )?;
    let gone = if args.sources.is_empty() { gone(&config).await? } else { Vec::new() };
    let only: Vec<SourceId> = only.into_iter().filter(|id| !gone.contains(id)).collect();
    for id in &gone {
        err(&format!("{} {id} is gone for good (410) and is not asked", "note:".dim()));
        err(&format!("  {} set `url` to its new address, or look again: sosik refresh {id}", "help:".help()));
    }
    let mut app = match Hand::on(common, config.clone()).await? {
        Hand::Ours(app) => {
            usable(config)?;
            app
        }
        Hand::Daemon(remote) => return beside(common, config, &remote, &only, args.json).await,
    };
    notify::hand(common, &mut app);
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
    let failed = report.sources.iter().any(|source| {
        matches!(source.outcome, PollOutcome::Failed(_) | PollOutcome::Gone(_) | PollOutcome::Offline(_))
    });
    Ok(if failed { Exit::SomeFailed } else { Exit::Fine })
}

/// Those of the named sources, or all, that the state alone has, and whether each rests.
async fn stored(config: &Config, named: &[String]) -> Result<Vec<(SourceId, bool)>, CliError> {
    if !config.store.is_there() {
        return Ok(Vec::new());
    }
    // A state that we may not read is its daemon's; a damaged one is put right by whoever opens it for writing.
    let Ok(app) = App::read(config.clone(), Common::clock(), &env).await else { return Ok(Vec::new()) };
    let of = |overview: SourceOverview| (overview.source.id, overview.source.paused);
    if !named.is_empty() {
        let ids: Vec<SourceId> = named.iter().filter_map(|name| SourceId::try_from(name.clone()).ok()).collect();
        let found = app.store.sources_named(&ids).await.unwrap_or_default().into_iter();
        return Ok(found.filter(|overview| overview.stored && !overview.removed).map(of).collect());
    }
    let mut after = None;
    let mut found = Vec::new();
    loop {
        let page = app.store.sources_after(after.as_ref(), PAGE).await.unwrap_or_default();
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.source.id.clone());
        found.extend(page.into_iter().filter(|overview| overview.stored).map(of));
        if found.len() > MOST_AT_ONCE {
            return Err(CliError::Usage {
                message: format!("the state has more than {MOST_AT_ONCE} sources of its own"),
                help: "name those to look at; `sosik run` looks at each in its time".to_owned(),
            });
        }
    }
}

/// Sources whose servers said that they are gone for good: they are looked at by name only, until their url changes.
async fn gone(config: &Config) -> Result<Vec<SourceId>, CliError> {
    if !config.store.is_there() {
        return Ok(Vec::new());
    }
    // A state that we may not read is its daemon's, which is asked for all.
    let Ok(app) = App::read(config.clone(), Common::clock(), &env).await else { return Ok(Vec::new()) };
    // A damaged one is put right by whoever opens it for writing.
    let ids: Vec<SourceId> = config.sources.iter().map(|source| source.id.clone()).collect();
    let Ok(stored) = app.store.sources_named(&ids).await else { return Ok(Vec::new()) };
    let stored = stored.into_iter();
    let is_same = |id: &SourceId, url: &url::Url| config.sources.iter().any(|one| one.id == *id && one.url == *url);
    let gone = stored.filter(|overview| overview.state.is_gone() && !overview.source.paused && !overview.removed);
    Ok(gone.filter(|one| is_same(&one.source.id, &one.source.url)).map(|overview| overview.source.id).collect())
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

/// Lets the running daemon look, and shows what it answers.
pub(crate) async fn beside(
    common: &Common,
    config: Config,
    remote: &Remote,
    only: &[SourceId],
    json: bool,
) -> Result<Exit, CliError> {
    // What stands in the file now is meant, though it was written a moment ago.
    remote.reload(&config).await?;
    let (watch, on_progress) = Watch::new(json);
    let on_page = |walking: Walking| {
        let Walking { id, pages, posts, declared } = walking;
        if let Some(tell) = &on_progress {
            tell(&id, Progress { pages, posts, declared });
        }
    };
    let (refreshed, trouble) = remote.client.refresh(only, on_page).await?;
    drop(watch);
    if json {
        out_json(&refreshed)?;
    } else {
        show_answer(common, config, &refreshed).await?;
    }
    match trouble {
        Some(refusal) => Err(CliError::Refused(refusal)),
        None if refreshed.sources.iter().any(|source| matches!(source.outcome.as_str(), "failed" | "gone")) => {
            Ok(Exit::SomeFailed)
        }
        None => Ok(Exit::Fine),
    }
}

async fn show_answer(common: &Common, config: Config, refreshed: &Refreshed) -> Result<(), CliError> {
    let app = App::read(config, Common::clock(), &env).await?;
    let mut rows = Vec::new();
    for source in &refreshed.sources {
        let id = SourceId::try_from(source.id.clone()).ok();
        let stored = match &id {
            Some(id) => app.store.source(id).await?,
            None => None,
        };
        let posts = of_declared(source.posts, stored.and_then(|overview| overview.state.declared));
        let said = match source.outcome.as_str() {
            "baseline" => "first look, nothing announced".to_owned(),
            "changed" => news(source.new, source.edited),
            "not-modified" | "unchanged" => "nothing new".to_owned(),
            "deferred" => "left alone for now".to_owned(),
            "gone" => "gone for good (410)".to_owned(),
            "repaired" => repaired(source.new),
            other => other.to_owned(),
        };
        rows.push(vec![source.id.clone(), said, posts, pages(source.pages)]);
    }
    out_lines(&table(&rows))?;
    for source in &refreshed.sources {
        if let Some(trouble) = &source.error {
            err(&format!("{} {}", format!("{}:", source.id).error(), trouble.message));
            err(&format!("  {} {}", "help:".help(), trouble.help));
        }
    }
    let first_seen = refreshed.sources.iter().filter(|source| source.outcome == "baseline");
    let first_seen: Vec<_> = first_seen.filter_map(|source| SourceId::try_from(source.id.clone()).ok()).collect();
    subscribe(&app, first_seen.iter()).await?;
    if refreshed.feeds_written > 0 {
        out("")?;
        out(&written(refreshed.feeds_written, &app))?;
    }
    if common.verbose && refreshed.notified > 0 {
        err(&format!("{} {} notifications were shown", "note:".dim(), refreshed.notified));
    }
    Ok(())
}

async fn show(app: &App, report: &RefreshReport, verbose: bool) -> Result<(), CliError> {
    let rows: Vec<Vec<String>> = report.sources.iter().map(row).collect();
    out_lines(&table(&rows))?;
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
        let (waiting, dead) = (report.delivered.waiting, report.delivered.dead);
        let what = if dead > 0 {
            format!("{dead} notifications are given up")
        } else {
            format!("{waiting} notifications wait")
        };
        err(&format!("{} {what}: {message}", "note:".dim()));
        err(&format!("  {} {help}", "help:".help()));
    }
    subscribe(app, report.sources.iter().filter(|one| one.outcome == PollOutcome::Baseline).map(|one| &one.id)).await?;
    if let Ok(published) = &report.published
        && published.feeds_written > 0
    {
        out("")?;
        out(&written(published.feeds_written, app))?;
    }
    Ok(())
}

/// The feeds of sources that were looked at for the first time.
async fn subscribe<'a>(app: &App, ids: impl Iterator<Item = &'a SourceId>) -> Result<(), CliError> {
    let ids: Vec<&SourceId> = ids.collect();
    // Of many all are read at once.
    let one = if ids.len() == 1 { ids.first().copied() } else { None };
    let mut feeds: HashMap<SourceId, Vec<Listed>> = HashMap::new();
    if !ids.is_empty() {
        for feed in listed(app, one).await? {
            if let Some(source) = feed.source.clone() {
                feeds.entry(source).or_default().push(feed);
            }
        }
    }
    let mut lines = Vec::new();
    for id in ids {
        lines.extend([String::new(), format!("{} feeds of {id}", "Subscribe:".bold())]);
        lines.extend(Tree::of(&feeds.remove(id).unwrap_or_default(), app).lines());
    }
    out_lines(&lines)
}

fn written(feeds: u32, app: &App) -> String {
    let dir = app.config.publish.dir.as_ref().map(|dir| dir.display().to_string()).unwrap_or_default();
    format!("{feeds} feeds written to {dir}")
}

/// One line for what is one thing.
pub(crate) fn network_down(sources: usize, failure: &Failure) -> String {
    let first =
        format!("{} none of {sources} sources could be reached: {}", "the network is down:".error(), failure.message);
    format!("{first}\n  {} check the connection; every source is tried again and nothing is lost", "help:".help())
}

fn row(source: &SourceReport) -> Vec<String> {
    vec![source.id.to_string(), said(source), of_declared(source.posts, source.declared), pages(source.pages)]
}

fn of_declared(posts: u32, declared: Option<u32>) -> String {
    match declared {
        Some(declared) => format!("{posts} of {declared} posts"),
        None => format!("{posts} posts"),
    }
}

fn pages(pages: u32) -> String {
    if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") }
}

fn news(new: u32, edited: u32) -> String {
    match (new, edited) {
        (new, 0) => format!("{new} new"),
        (0, edited) => format!("{edited} edited"),
        (new, edited) => format!("{new} new, {edited} edited"),
    }
}

fn repaired(new: u32) -> String {
    match new {
        0 => "repaired: a new layout is read".to_owned(),
        new => format!("repaired: a new layout is read, {new} new"),
    }
}

/// The outcome in words.
fn said(source: &SourceReport) -> String {
    match &source.outcome {
        PollOutcome::NotModified | PollOutcome::Unchanged => "nothing new".to_owned(),
        PollOutcome::Baseline => "first look, nothing announced".to_owned(),
        PollOutcome::Changed => news(source.new, source.edited),
        PollOutcome::Repaired => repaired(source.new),
        PollOutcome::Deferred { until } => format!("left alone until {}", until.strftime("%H:%M:%S UTC")),
        PollOutcome::Gone(_) => "gone for good (410)".to_owned(),
        PollOutcome::Failed(_) | PollOutcome::Offline(_) => "failed".to_owned(),
    }
}
