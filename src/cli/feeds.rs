//! `sosik feeds`: what can be subscribed to, as a tree, as JSON, as OPML, as newsboat's urls file.

use serde_json::json;

use super::common::{Common, env};
use super::feeds_check;
use super::paint::{Paint, out, out_bytes, out_json};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::catalog::{self, Listed, SourceFacts};
use crate::feed::opml;
use crate::model::date::rfc3339;
use crate::model::feed::Format;
use crate::model::source::SourceId;
use crate::publish::facts_of;
use crate::run::shown::shown;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik feeds                              a tree of categories
  sosik feeds slow --json                  one source
  sosik feeds --opml > subscriptions.opml  for any reader
  sosik feeds --newsboat >> ~/.newsboat/urls
  sosik feeds check                        do they keep every rule of readers and validators?";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Hold feeds against the rules of readers and validators
    Check(feeds_check::Args),
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only the feeds of this source
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// Print them as JSON
    #[arg(long, conflicts_with_all = ["opml", "newsboat"])]
    json: bool,
    /// Print them as OPML 2.0
    #[arg(long, conflicts_with = "newsboat")]
    opml: bool,
    /// Print them as lines of newsboat's urls file
    #[arg(long)]
    newsboat: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    if let Some(Command::Check(args)) = args.command {
        return feeds_check::run(common, args).await;
    }
    let app = App::read(common.load()?, Common::clock(), &env).await?;
    let source = match &args.source {
        None => None,
        Some(name) => Some(known_source(&app, name).await?),
    };
    let feeds = listed(&app, source.as_ref()).await?;
    if args.json {
        out_json(&json!({ "feeds": feeds.iter().map(|feed| json_of(feed, &app)).collect::<Vec<_>>() }))?;
    } else if args.opml {
        out_bytes(&opml::render("sosik", &feeds))?;
    } else if args.newsboat {
        out_bytes(opml::newsboat(&feeds).as_bytes())?;
    } else if feeds.is_empty() {
        out("no feeds yet: `sosik refresh` makes them")?;
    } else {
        for line in Tree::of(&feeds, &app).lines() {
            out(&line)?;
        }
    }
    Ok(Exit::Fine)
}

/// The id of a source that the state knows.
pub(crate) async fn known_source(app: &App, name: &str) -> Result<SourceId, CliError> {
    if let Ok(id) = SourceId::try_from(name.to_owned())
        && app.store.source(&id).await?.is_some()
    {
        return Ok(id);
    }
    let (sources, _) = shown(&*app.store, app.now()).await?;
    sources.iter().map(|overview| &overview.source.id).find(|id| id.as_str() == name).cloned().ok_or_else(|| {
        let known: Vec<&str> = sources.iter().map(|overview| overview.source.id.as_str()).collect();
        CliError::Usage {
            message: format!("there is no source {name:?}"),
            help: if known.is_empty() {
                "`sosik refresh` looks at what is configured".to_owned()
            } else {
                format!("known are: {}", known.join(", "))
            },
        }
    })
}

/// The feeds of a source, or of all and those over several, as people subscribe to them.
pub(crate) async fn listed(app: &App, source: Option<&SourceId>) -> Result<Vec<Listed>, CliError> {
    let sources = match source {
        Some(id) => app.store.sources_named(std::slice::from_ref(id)).await?,
        None => app.store.sources().await?,
    };
    let facts: Vec<SourceFacts> = sources.iter().map(facts_of).collect();
    let merged = if source.is_none() { app.store.merged_feeds().await? } else { Vec::new() };
    Ok(catalog::list(&app.store.feeds(source).await?, &facts, &merged, &app.config.publish.base_url))
}

fn json_of(feed: &Listed, app: &App) -> serde_json::Value {
    let url: serde_json::Map<String, serde_json::Value> =
        feed.urls.iter().map(|(format, url)| (format.extension().to_owned(), json!(url))).collect();
    json!({
        "source": feed.source, "category": feed.category, "path": feed.path.as_str(), "posts": feed.posts,
        "updated": rfc3339(feed.updated, 0), "url": url, "files": app.files(&feed.path),
    })
}

/// A tree of feeds for a terminal: indented by category, each with its number of posts and where it is.
pub(crate) struct Tree {
    rows: Vec<(usize, String, u32, String)>,
}

impl Tree {
    /// The tree of these feeds; where files are published they are shown, else the address.
    pub(crate) fn of(feeds: &[Listed], app: &App) -> Self {
        let rows = feeds
            .iter()
            .map(|feed| {
                let depth = match (&feed.source, &feed.tag, &feed.author) {
                    (None, _, _) => 0,
                    (Some(_), Some(_), _) | (Some(_), _, Some(_)) => 1,
                    (Some(_), None, None) => feed.path.as_str().matches('/').count(),
                };
                let name = match (&feed.category, &feed.tag, &feed.author, feed.uncategorized) {
                    (_, _, _, true) => "(no category)".to_owned(),
                    (Some(category), _, _, false) => category.clone(),
                    (None, Some(tag), _, false) => format!("#{tag}"),
                    (None, None, Some(author), false) => format!("by {author}"),
                    (None, None, None, false) => feed.source_title.clone(),
                };
                (depth, name, feed.posts, place(feed, app))
            })
            .collect();
        Self { rows }
    }

    /// The lines, columns aligned.
    pub(crate) fn lines(&self) -> Vec<String> {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|(depth, name, posts, place)| {
                vec![format!("{}{name}", "  ".repeat(*depth)), posts.to_string(), place.dim()]
            })
            .collect();
        super::paint::table(&cells)
    }
}

fn place(feed: &Listed, app: &App) -> String {
    if let Some(file) = app.files(&feed.path).into_iter().find(|file| file.exists()) {
        return file.display().to_string();
    }
    feed.urls.iter().find(|(format, _)| *format == Format::Atom).map(|(_, url)| url.clone()).unwrap_or_default()
}
