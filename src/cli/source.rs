//! `sosik source`: the sources of the configuration, changed in its file, whose comments and layout stay.
//!
//! The file alone says which sources rest: no second place could say otherwise. A running daemon is made to take it at
//! once; without one the state follows at the next refresh. A rename is the file and the state in one
//! (`run/rename.rs`).

use serde_json::json;

use super::common::{Common, env, writable};
use super::paint::{Paint, out, out_json, table};
use super::prune;
use super::remote::{Hand, Remote};
use super::report::{CliError, Exit};
use crate::app::configure_text;
use crate::config::edit::{self, EditError};
use crate::config::{Config, ConfigError, Draft, Problem};
use crate::model::source::{Recipe, Source, SourceId};
use crate::run::rename::{self, Rename};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the sources of the configuration
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Let a source rest: its posts and feeds stay, nothing is fetched
    Pause {
        #[arg(value_name = "SOURCE")]
        source: String,
    },
    /// Wake a source that rests
    Resume {
        #[arg(value_name = "SOURCE")]
        source: String,
    },
    /// Take a source out of the configuration: its posts and feeds stay until they are pruned
    Remove {
        #[arg(value_name = "SOURCE")]
        source: String,
    },
    /// Give a source another id: its feeds move there, its posts stay
    Rename {
        /// The id that it has
        #[arg(value_name = "SOURCE")]
        source: String,
        /// The id that it gets: small letters, digits and hyphens
        #[arg(value_name = "NEW")]
        new: String,
    },
    /// Delete the posts and feeds of sources that the configuration no longer names
    Prune(prune::Args),
}

pub(crate) async fn run(common: &Common, command: Command) -> Result<Exit, CliError> {
    match command {
        Command::List { json } => list(&common.load()?.sources, json)?,
        Command::Pause { source } => {
            pause(common, &source, true).await?;
            out(&format!("{source} rests; `sosik source resume {source}` wakes it"))?;
        }
        Command::Resume { source } => {
            pause(common, &source, false).await?;
            out(&format!("{source} is looked at again"))?;
        }
        Command::Remove { source } => {
            let change = Change::of(
                common,
                |text| edit::remove(text, &source),
                |sources| sources.retain(|other| other.id.as_str() != source),
            )?;
            let after = change.write()?;
            Remote::told(common, &after).await?;
            out(&format!("{source} is removed; its posts and feeds stay until `sosik source prune {source} --yes`"))?;
        }
        Command::Rename { source, new } => rename(common, &source, &new).await?,
        Command::Prune(args) => return prune::run(common, args).await,
    }
    Ok(Exit::Fine)
}

fn list(sources: &[Source], json: bool) -> Result<(), CliError> {
    if json {
        return out_json(&json!({ "sources": sources.iter().map(json_of).collect::<Vec<_>>() }));
    }
    if sources.is_empty() {
        return out("no sources are configured: add one with `sosik add URL`");
    }
    for line in table(&sources.iter().map(row).collect::<Vec<_>>()) {
        out(&line)?;
    }
    Ok(())
}

/// The preset that is named, and whether there is a recipe of the source's own instead.
fn how(source: &Source) -> (Option<&str>, bool) {
    let preset = source.recipe.preset();
    let own = match &source.recipe {
        Recipe::Html(recipe) => !recipe.layouts.is_empty(),
        Recipe::Json(_) => true,
    };
    (preset, preset.is_none() && own)
}

fn json_of(source: &Source) -> serde_json::Value {
    let (preset, recipe) = how(source);
    json!({ "id": source.id, "url": source.url, "paused": source.paused, "preset": preset, "recipe": recipe })
}

fn row(source: &Source) -> Vec<String> {
    let how = match how(source) {
        (Some(preset), _) => format!("preset {preset}"),
        (None, true) => "its own recipe".to_owned(),
        (None, false) => "read by its marks".to_owned(),
    };
    let rests = if source.paused { "paused" } else { "active" };
    vec![source.id.to_string().bold(), rests.to_owned(), how, source.url.to_string().dim()]
}

async fn pause(common: &Common, source: &str, paused: bool) -> Result<(), CliError> {
    let change = Change::of(
        common,
        |text| edit::set_paused(text, source, paused),
        |sources| {
            for it in sources.iter_mut().filter(|other| other.id.as_str() == source) {
                it.paused = paused;
            }
        },
    )?;
    let after = change.write()?;
    Remote::told(common, &after).await
}

async fn rename(common: &Common, old: &str, new: &str) -> Result<(), CliError> {
    let usage = |message: String, help: &str| CliError::Usage { message, help: help.to_owned() };
    let new = SourceId::try_from(new.to_owned())
        .map_err(|error| usage(error.to_string(), "write it like slow-dev or blog2; its feeds are found below it"))?;
    let change = Change::of(
        common,
        |text| edit::rename(text, old, &new),
        |sources| {
            for it in sources.iter_mut().filter(|other| other.id.as_str() == old) {
                it.id = new.clone();
            }
        },
    )?;
    let rename =
        Rename { from: SourceId::try_from(old.to_owned()).expect("the configuration names it"), to: new.clone() };
    if !change.before.store.path().exists() && Remote::of(common, &change.before).await.is_err() {
        change.write()?;
    } else {
        match Hand::on(common, writable(change.before.clone())?).await? {
            Hand::Ours(app) => {
                if app.store.source(&new).await?.is_some() {
                    return Err(CliError::Refused(rename::taken(&new)));
                }
                rename::begin(&*app.store, &rename).await?;
                let after = change.write()?;
                let app = app.reconfigure(after, &env).await?;
                // What kept the files from following is told here; nothing is left to write where nothing did.
                app.publisher.publish().await?;
            }
            Hand::Daemon(remote) => {
                remote.client.rename(&rename).await?;
                let after = change.write()?;
                remote.reload(&after).await?;
            }
        }
    }
    out(&format!("{old} is {new} now; its feeds are found under {new}, subscribe to them there"))
}

/// A change of the configuration's file that was tried on its text.
struct Change {
    draft: Draft,
    before: Config,
    text: String,
    after: Config,
}

impl Change {
    /// Tries a change; `expected` makes the same one to the sources. Nothing is written yet.
    fn of(
        common: &Common,
        edit: impl Fn(&str) -> Result<String, EditError>,
        expected: impl Fn(&mut Vec<Source>),
    ) -> Result<Self, CliError> {
        let Some(file) = common.load()?.file else {
            return Err(CliError::Usage {
                message: "there is no configuration".to_owned(),
                help: "make one with `sosik add URL`, or name a file with --config".to_owned(),
            });
        };
        let draft = Draft::of(&file).map_err(wrong)?;
        let read = |text: &str| configure_text(text, &file, &common.overrides(), &env).map_err(CliError::Config);
        let before = read(draft.text())?;
        let text = edit(draft.text()).map_err(|error| refused(&error))?;
        let after = read(&text)?;
        let mut sources = before.sources.clone();
        expected(&mut sources);
        if after.sources != sources {
            return Err(wrong(Problem {
                file,
                line: None,
                message: "this cannot be changed here without changing another source too".to_owned(),
                help: "edit the file by hand; `sosik check` tells whether it is right".to_owned(),
            }));
        }
        Ok(Self { draft, before, text, after })
    }

    /// Writes the file, and gives the configuration that it holds now.
    fn write(self) -> Result<Config, CliError> {
        self.draft.write(&self.text).map_err(wrong)?;
        Ok(self.after)
    }
}

fn wrong(problem: Problem) -> CliError {
    CliError::Config(ConfigError { problems: vec![problem] })
}

fn refused(error: &EditError) -> CliError {
    let help = match error {
        EditError::NotToml => "`sosik check` tells what is wrong with it".to_owned(),
        EditError::Unknown { known, .. } if known.is_empty() => {
            "no sources are configured: add one with `sosik add URL`".to_owned()
        }
        EditError::Unknown { known, .. } => format!("known are: {}", known.join(", ")),
        EditError::Taken { .. } => "take another one; `sosik source list` shows all".to_owned(),
    };
    CliError::Usage { message: error.to_string(), help }
}
