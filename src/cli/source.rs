//! `sosik source`: the sources of the configuration, changed in its file, whose comments and layout stay; and those that the state
//! alone has, changed there (`shelf.rs`).
//!
//! The file alone says which of its sources rest: no second place could say otherwise. A running daemon is made to take it at
//! once; without one the state follows at the next refresh. A rename is the file and the state in one
//! (`run/rename.rs`).

use serde_json::json;

use super::common::{Common, env, writable};
use super::paint::out;
use super::remote::{Hand, Remote};
use super::report::{CliError, Exit};
use super::shelf::{self, Shelf};
use super::{listing, prune};
use crate::app::{App, configure_text};
use crate::config::edit::{self, EditError};
use crate::config::{Config, ConfigError, Draft, Problem};
use crate::model::source::{Source, SourceId};
use crate::run::rename::{self, Rename};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Watch a blog without writing it into the configuration: the state alone has it
    Add {
        #[arg(value_name = "URL")]
        url: String,
        /// Its id [default: from the URL's host]
        #[arg(long)]
        id: Option<String>,
        /// Keys of `[[source]]`: interval=30m, recipe.post=li
        #[arg(value_name = "KEY=VALUE")]
        keys: Vec<String>,
    },
    /// Change keys of a source that the state alone has
    Set {
        #[arg(value_name = "SOURCE")]
        source: String,
        /// Keys of `[[source]]`: interval=30m, recipe.post=li; without a value one goes: title=
        #[arg(value_name = "KEY=VALUE", required = true)]
        keys: Vec<String>,
    },
    /// List the sources of the configuration and of the state
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
    /// Take a source out of the configuration or the state: its posts and feeds stay until they are pruned
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
        Command::Add { url, id, keys } => {
            let mut keys = shelf::keys(&keys)?;
            keys.insert("url".to_owned(), json!(url));
            keys.extend(id.map(|id| ("id".to_owned(), json!(id))));
            Shelf::on(common, common.load_for_writing()?).await?.add(keys).await?;
        }
        Command::Set { source, keys } => {
            let (id, keys) = (id_of(&source)?, shelf::keys(&keys)?);
            if !Shelf::on(common, common.load_for_writing()?).await?.set(&id, keys).await? {
                return Err(shelf::unknown(&id));
            }
            out(&format!("{id} is changed"))?;
        }
        Command::List { json } => listing::list(common, json).await?,
        Command::Pause { source } => {
            pause(common, &source, true).await?;
            out(&format!("{source} rests; `sosik source resume {source}` wakes it"))?;
        }
        Command::Resume { source } => {
            pause(common, &source, false).await?;
            out(&format!("{source} is looked at again"))?;
        }
        Command::Remove { source } if !is_configured(common, &source)? => {
            let id = id_of(&source)?;
            if !Shelf::on(common, common.load_for_writing()?).await?.remove(&id).await? {
                return Err(nobodys(common, &source));
            }
            out(&format!("{id} is removed; its posts and feeds stay until `sosik source prune {id} --yes`"))?;
        }
        Command::Remove { source } => {
            let change = Change::of(
                common,
                |text| edit::remove(text, &source),
                |sources| sources.retain(|other| other.id.as_str() != source),
            )?;
            let after = change.write()?;
            Remote::told(common, &after).await?;
            if after.store.is_shared() && after.sources.is_empty() {
                // A configuration that names none says nothing of a state that others share, but for this once.
                let (store, _) = after.store.open(Common::clock().now()).await?;
                let now = store.time().await?.unwrap_or_else(|| Common::clock().now());
                store.sync_sources(&[], now).await?;
            }
            out(&format!("{source} is removed; its posts and feeds stay until `sosik source prune {source} --yes`"))?;
        }
        Command::Rename { source, new } => Box::pin(rename(common, &source, &new)).await?,
        Command::Prune(args) => return Box::pin(prune::run(common, args)).await,
    }
    Ok(Exit::Fine)
}

/// Whether the configuration's file has it.
fn is_configured(common: &Common, source: &str) -> Result<bool, CliError> {
    let config = common.load()?;
    Ok(config.sources.iter().any(|other| other.id.as_str() == source))
}

fn id_of(source: &str) -> Result<SourceId, CliError> {
    SourceId::try_from(source.to_owned()).map_err(|error| CliError::Usage {
        message: error.to_string(),
        help: "`sosik source list` shows the ids".to_owned(),
    })
}

/// Whether the state alone has it.
async fn stored(common: &Common, id: &SourceId) -> Result<bool, CliError> {
    let app = Box::pin(App::read(common.load()?, Common::clock(), &env)).await?;
    Ok(app.store.written(id).await?.is_some())
}

/// A source that neither the file nor the state has.
fn nobodys(common: &Common, source: &str) -> CliError {
    let known = common.load().map(|config| config.sources.iter().map(|source| source.id.to_string()).collect());
    refused(&EditError::Unknown { id: source.to_owned(), known: known.unwrap_or_default() })
}

async fn pause(common: &Common, source: &str, paused: bool) -> Result<(), CliError> {
    if !is_configured(common, source)?
        && let Ok(id) = SourceId::try_from(source.to_owned())
        && common.load()?.store.is_there()
    {
        let change = json!({ "paused": if paused { json!(true) } else { json!(null) } });
        let change = change.as_object().cloned().unwrap_or_default();
        if Shelf::on(common, common.load_for_writing()?).await?.set(&id, change).await? {
            return Ok(());
        }
    }
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
    if !is_configured(common, old)?
        && let Ok(from) = SourceId::try_from(old.to_owned())
        && stored(common, &from).await?
    {
        if is_configured(common, new.as_str())? {
            return Err(refused(&EditError::Taken { id: new.to_string() }));
        }
        let rename = Rename { from, to: new.clone() };
        Shelf::on(common, common.load_for_writing()?).await?.rename(&rename).await?;
        return out(&format!("{old} is {new} now; its feeds are found under {new}, subscribe to them there"));
    }
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
    if !change.before.store.is_there() && Remote::of(common, &change.before).await.is_err() {
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
        let mut sources = (*before.sources).clone();
        expected(&mut sources);
        if *after.sources != sources {
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
