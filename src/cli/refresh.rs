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
use crate::model::source::SourceId;
use crate::poll::Progress;
use crate::run::order::Walking;
use crate::run::refresh::{RefreshReport, SourceReport};
use crate::run::shape::Refreshed;
use crate::store::Store;
use crate::store::stored::Standing;

/// Blogs seen for the first time whose feeds are all listed: nobody reads more.
const LISTED_AT_ONCE: usize = 20;

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
    if config.sources.is_empty() && !config.store.is_there() {
        return Err(nothing_to_look_at(&config));
    }
    let mut app = match Hand::on(common, config.clone()).await? {
        Hand::Ours(app) => app,
        Hand::Daemon(remote) => {
            // A state that we may not read is its daemon's, which is asked for what the configuration names.
            let store = App::read(config.clone(), Common::clock(), &env).await.ok().map(|app| app.store);
            let only = choose(store.as_deref(), &config, &args.sources).await?;
            return beside(common, config, &remote, &only, args.json).await;
        }
    };
    let only = choose(Some(&*app.store), &config, &args.sources).await?;
    usable(config)?;
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

fn nothing_to_look_at(config: &Config) -> CliError {
    CliError::Usage {
        message: "no sources are configured".to_owned(),
        help: match &config.file {
            Some(file) => format!(
                "add one with `sosik add URL`, or write it into {}:\n  [[source]]\n  url = \"https://slow-dev.tistory.com/category\"",
                file.display()
            ),
            None => {
                "add one: `sosik add https://slow-dev.tistory.com`; or name a configuration with --config".to_owned()
            }
        },
    }
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

/// The sources to look at, of the configuration and of the state alone: those that were named, or all that neither rest nor
/// are gone for good. `None`: only the configuration can be asked.
async fn choose(store: Option<&dyn Store>, config: &Config, named: &[String]) -> Result<Vec<SourceId>, CliError> {
    let standings = match store {
        None => Vec::new(),
        Some(store) if named.is_empty() => {
            store.odd_standings(config.sources.len().saturating_add(MOST_AT_ONCE + 1)).await?
        }
        Some(store) => {
            let ids: Vec<SourceId> = named.iter().filter_map(|name| SourceId::try_from(name.clone()).ok()).collect();
            store.standings(&ids).await?
        }
    };
    let stored: Vec<&Standing> = standings.iter().filter(|one| one.stored && !one.removed).collect();
    if stored.len() > MOST_AT_ONCE {
        return Err(CliError::Usage {
            message: format!("the state has more than {MOST_AT_ONCE} sources of its own"),
            help: "name those to look at; `sosik run` looks at each in its time".to_owned(),
        });
    }
    if config.sources.is_empty() && stored.is_empty() {
        return Err(nothing_to_look_at(config));
    }
    let of_file = config.sources.iter().map(|source| (source.id.clone(), source.paused));
    let known: Vec<(SourceId, bool)> =
        of_file.chain(stored.into_iter().map(|one| (one.id.clone(), one.paused))).collect();
    let mut only = chosen(&known, named)?;
    if let (Some(store), true) = (store, named.is_empty()) {
        pass_over_gone(store, config, &standings, &mut only).await?;
    }
    Ok(only)
}

/// Takes out what is gone for good, and tells of it.
async fn pass_over_gone(
    store: &dyn Store,
    config: &Config,
    standings: &[Standing],
    only: &mut Vec<SourceId>,
) -> Result<(), CliError> {
    let gone: Vec<SourceId> =
        standings.iter().filter(|one| one.gone && !one.paused).map(|one| one.id.clone()).collect();
    let gone = still_gone(store, config, &gone).await?;
    only.retain(|id| !gone.contains(id));
    for id in &gone {
        err(&format!("{} {id} is gone for good (410) and is not asked", "note:".dim()));
        err(&format!("  {} set `url` to its new address, or look again: sosik refresh {id}", "help:".help()));
    }
    Ok(())
}

/// Those of these sources, whose servers said that they are gone for good, for which the configuration names no other url
/// by now: they are looked at by name only.
async fn still_gone(store: &dyn Store, config: &Config, ids: &[SourceId]) -> Result<Vec<SourceId>, CliError> {
    let mut gone = store.sources_named(ids).await?;
    gone.retain(|stored| {
        let now = config.sources.iter().find(|source| source.id == stored.source.id);
        now.is_none_or(|now| now.url == stored.source.url)
    });
    Ok(gone.into_iter().map(|overview| overview.source.id).collect())
}

/// The sources that were named, or all that are not paused.
pub(crate) fn chosen(known: &[(SourceId, bool)], named: &[String]) -> Result<Vec<SourceId>, CliError> {
    if named.is_empty() {
        return Ok(known.iter().filter(|(_, paused)| !paused).map(|(id, _)| id.clone()).collect());
    }
    let by_name: HashMap<&str, &SourceId> = known.iter().map(|(id, _)| (id.as_str(), id)).collect();
    named
        .iter()
        .map(|name| {
            by_name.get(name.as_str()).map(|id| (*id).clone()).ok_or_else(|| CliError::Usage {
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
    if ids.len() > LISTED_AT_ONCE {
        return out_lines(&[
            String::new(),
            format!(
                "{} {} blogs have feeds now; `sosik feeds SOURCE` lists those of one",
                "Subscribe:".bold(),
                ids.len()
            ),
        ]);
    }
    let mut lines = Vec::new();
    for id in ids {
        lines.extend([String::new(), format!("{} feeds of {id}", "Subscribe:".bold())]);
        lines.extend(Tree::of(&listed(app, Some(id)).await?, app).lines());
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
