//! `sosik import`: what another sosik exported, or the subscriptions of another program.
//!
//! Sources go into the configuration's file, whose every byte stays; what an export holds beside them goes into the
//! state, under the ids that it had. A source of which posts are stored here already stays as it is.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use super::add::configuration;
use super::common::{Common, env, writable};
use super::lines::{Exported, Input};
use super::paint::{Paint, counted, err, out, out_json};
use super::remote::Remote;
use super::report::{self, CliError, Exit};
use super::stocking;
use crate::app::{App, configure_text};
use crate::config::edit;
use crate::config::foreign::{self, Foreign, Found};
use crate::config::{Config, ConfigError, Draft};
use crate::model::slug;
use crate::model::source::SourceId;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik import sosik.jsonl                 what `sosik export` wrote
  sosik import subscriptions.opml          of any reader; what it reads is watched
  sosik import --pages subscriptions.opml  the blogs' pages instead of their feeds, where they are named
  sosik import --to-store blogs.jsonl      a million sources, a line each: {\"url\": \"https://…\", \"interval\": \"1h\"}
  sosik import ~/.newsboat/urls            newsboat; also rsspls' feeds.toml and CSV with url, title, id";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person sets")]
pub(crate) struct Args {
    /// The file, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// What it is [default: known by its content]
    #[arg(long, value_enum, value_name = "FORM")]
    pub(super) form: Option<Form>,
    /// Watch the blog's page instead of its feed, where OPML names both
    #[arg(long)]
    pub(super) pages: bool,
    /// Put the sources into the state, and none into the configuration: for thousands and millions of them
    #[arg(long)]
    to_store: bool,
    /// Show what would be taken in, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// What `sosik export` wrote.
    Export,
    /// A JSON object a line with the keys of `[[source]]`, for --to-store.
    Lines,
    /// OPML.
    Opml,
    /// A table with commas.
    Csv,
    /// newsboat's urls.
    Newsboat,
    /// rsspls' feeds.toml.
    Rsspls,
}

impl Form {
    /// A form of other programs.
    pub(super) fn foreign(self) -> Option<Foreign> {
        match self {
            Self::Opml => Some(Foreign::Opml),
            Self::Csv => Some(Foreign::Csv),
            Self::Newsboat => Some(Foreign::Newsboat),
            Self::Rsspls => Some(Foreign::Rsspls),
            Self::Export | Self::Lines => None,
        }
    }
}

/// What was done.
#[derive(Debug, Default)]
struct Done {
    /// Sources that are in the file now.
    added: Vec<SourceId>,
    /// Those that were.
    known: Vec<String>,
    /// What was not taken, and why.
    left_out: Vec<String>,
    /// Sources whose posts were taken in.
    taken: Vec<SourceId>,
    /// Sources whose posts here stayed as they were.
    kept: Vec<SourceId>,
}

/// A source that is to be written down.
struct Wanted {
    id: Option<String>,
    table: toml::Table,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    if args.to_store {
        return Box::pin(stocking::run(common, &args)).await;
    }
    let input = Input::open(&args.file)?;
    let done = if args.form.map_or(input.is_export(), |form| form == Form::Export) {
        Box::pin(exported(common, &args, Exported::read(input)?)).await?
    } else {
        let text = input.text()?;
        let form = match args.form {
            Some(form) => form.foreign(),
            None => foreign::form_of(&text),
        };
        let unknown = |message: String| CliError::Usage {
            message,
            help: "say what it is: --form export, opml, csv, newsboat or rsspls".to_owned(),
        };
        let form = form.ok_or_else(|| unknown(format!("{} is of no form that is known", args.file.display())))?;
        let read = foreign::read(form, &text);
        let read = read.map_err(|reason| unknown(format!("{} cannot be read: {reason}", args.file.display())))?;
        let wanted = read.found.into_iter().map(|found| Wanted::of(found, args.pages)).collect();
        let mut planned = Plan::of(common, wanted)?;
        planned.done.left_out.extend(read.left_out);
        if !args.dry_run {
            let after = planned.write()?;
            Remote::told(common, &after).await?;
        }
        planned.done
    };
    tell(&args, &done)?;
    Ok(Exit::Fine)
}

async fn exported(common: &Common, args: &Args, exported: Exported) -> Result<Done, CliError> {
    let wanted = exported.configured.iter().map(|table| Wanted {
        id: table.get("id").and_then(toml::Value::as_str).map(str::to_owned),
        table: table.clone(),
    });
    let mut plan = Plan::of(common, wanted.collect())?;
    if args.dry_run {
        return Ok(plan.done);
    }
    // The state is ours before anything changes: beside a daemon nothing is done by halves.
    let app = App::open(writable(plan.before.clone())?, Common::clock(), &env).await?;
    let after = writable(plan.write()?)?;
    let app = app.reconfigure(after.clone(), &env).await?;
    let imported = app.store.import(exported.schema, exported.rows).await?;
    // What was taken in is compared with what the file says of it.
    let app = app.reconfigure(after, &env).await?;
    app.publisher.publish().await?;
    (plan.done.taken, plan.done.kept) = (imported.taken, imported.kept);
    Ok(plan.done)
}

impl Wanted {
    fn of(found: Found, pages: bool) -> Self {
        let url = found.page.filter(|_| pages).unwrap_or(found.url);
        let mut table = toml::Table::new();
        table.insert("url".to_owned(), url.as_str().into());
        if let Some(title) = found.title {
            table.insert("title".to_owned(), title.into());
        }
        if !found.recipe.is_empty() {
            table.insert("recipe".to_owned(), found.recipe.into());
        }
        Self { id: found.id, table }
    }

    fn url(&self) -> &str {
        self.table.get("url").and_then(toml::Value::as_str).unwrap_or_default()
    }
}

/// A change of the configuration's file that was tried on its text.
struct Plan {
    before: Config,
    after: Config,
    draft: Option<Draft>,
    text: String,
    done: Done,
}

impl Plan {
    fn of(common: &Common, wanted: Vec<Wanted>) -> Result<Self, CliError> {
        let wrong = |problem| CliError::Config(ConfigError { problems: vec![problem] });
        let (before, file) = configuration(common)?;
        let draft = Draft::of_new(&file).map_err(wrong)?;
        let mut done = Done::default();
        let mut text = draft.text().to_owned();
        let mut ids: BTreeSet<String> = before.sources.iter().map(|source| source.id.to_string()).collect();
        let mut urls: BTreeSet<String> = before.sources.iter().map(|source| source.url.to_string()).collect();
        for mut source in wanted {
            let url = source.url().to_owned();
            let is_known = urls.contains(&url) || source.id.as_ref().is_some_and(|id| ids.contains(id));
            if is_known {
                done.known.push(url);
                continue;
            }
            let id = id_for(&source, &ids)?;
            let mut table = toml::Table::new();
            table.insert("id".to_owned(), id.as_str().into());
            source.table.remove("id");
            table.extend(source.table);
            let added = edit::add_table(&text, &id, &table).map_err(|error| CliError::Usage {
                message: error.to_string(),
                help: "`sosik check` tells what is wrong with the configuration".to_owned(),
            })?;
            // What this version cannot read is left out alone, and all else is taken.
            match configure_text(&added, &file, &common.overrides(), &env) {
                Ok(_) => {
                    text = added;
                    ids.insert(id.to_string());
                    urls.insert(url);
                    done.added.push(id);
                }
                Err(error) => {
                    let why = error.problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
                    done.left_out.push(format!("{url}: {why}"));
                }
            }
        }
        let after = configure_text(&text, &file, &common.overrides(), &env).map_err(CliError::Config)?;
        let kept = before.sources.iter().all(|source| after.sources.contains(source));
        if !kept || after.sources.len() != before.sources.len() + done.added.len() {
            return Err(CliError::Usage {
                message: "these cannot be written down without changing another source".to_owned(),
                help: "give every source of the file an id first; `sosik source list` shows them".to_owned(),
            });
        }
        Ok(Self { before, after, draft: Some(draft), text, done })
    }

    /// Writes the file, and gives the configuration that it holds now.
    fn write(&mut self) -> Result<Config, CliError> {
        report::warnings(&self.after.warnings);
        if let Some(draft) = self.draft.take() {
            draft.write(&self.text).map_err(|problem| CliError::Config(ConfigError { problems: vec![problem] }))?;
        }
        Ok(self.after.clone())
    }
}

/// The id that a source had, or one that its address suggests.
fn id_for(source: &Wanted, ids: &BTreeSet<String>) -> Result<SourceId, CliError> {
    if let Some(id) = source.id.as_ref().and_then(|id| SourceId::try_from(id.clone()).ok()) {
        return Ok(id);
    }
    let url = url::Url::parse(source.url()).map_err(|error| CliError::Usage {
        message: format!("{:?} is no address: {error}", source.url()),
        help: "an export names the address of every source".to_owned(),
    })?;
    let id = slug::unique(SourceId::suggested(&url).as_str(), |taken| ids.contains(taken));
    Ok(SourceId::try_from(id).expect("a suggested id stays plain with a number behind it"))
}

fn tell(args: &Args, done: &Done) -> Result<(), CliError> {
    if args.json {
        return out_json(&json!({
            "added": done.added, "known": done.known, "left_out": done.left_out, "taken": done.taken, "kept": done.kept,
        }));
    }
    for line in &done.left_out {
        err(&format!("{} {line}", "left out:".dim()));
    }
    let of = |count: usize| counted(count, "source");
    let known =
        if done.known.is_empty() { String::new() } else { format!(", {} configured already", done.known.len()) };
    let would = if args.dry_run { " would be" } else { "" };
    out(&format!("{}{would} added{known}", of(done.added.len()).bold()))?;
    if !done.taken.is_empty() {
        out(&format!("the posts of {} are here now, under the ids that they had", of(done.taken.len())))?;
    }
    for id in &done.kept {
        err(&format!("{} posts of {id} are stored here already: they stay as they are", "note:".dim()));
        err(&format!(
            "  {} to have those of the export: `sosik source remove {id}`, `sosik source prune {id} --yes`, import again",
            "help:".help()
        ));
    }
    if !args.dry_run && !done.added.is_empty() && done.taken.is_empty() {
        out("`sosik refresh` looks at them now")?;
    }
    Ok(())
}
