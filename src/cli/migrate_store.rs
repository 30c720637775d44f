//! `sosik migrate-store`: the whole state into another database, compared with what it was, carried on where it broke off.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::common::{Common, env};
use super::paint::{Paint, counted, err, out, out_json, table};
use super::report::{CliError, Exit};
use crate::config::store_named;
use crate::run::moving::{self, MoveError, Moved, Stage, Step};
use crate::store::{Store, StoreLocation};

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik migrate-store config postgres://sosik@db.example/sosik   the state of the configuration to a server
  sosik migrate-store @/etc/sosik/db-url sqlite:./sosik.db       and back; the file holds the server's URL
Nobody may work on either meanwhile: stop `sosik run` everywhere first. FROM stays as it is. A run that was ended is
carried on by the same command. When it is done, name TO in the configuration: `[store] url`.";

/// The word for the state that the configuration names.
const CONFIGURED: &str = "config";

/// Without a terminal a line is written once in so many rows.
const ROWS_A_LINE: u64 = 250_000;

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The state that is there: `sqlite:PATH`, `postgres://…`, `@FILE` that holds such a URL, or `config`
    #[arg(value_name = "FROM")]
    from: String,
    /// The one that is to hold it: empty, or what an earlier run of this command left behind
    #[arg(value_name = "TO")]
    to: String,
    /// Print what was moved as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let (from, to) = (located(common, &args.from)?, located(common, &args.to)?);
    if from == to {
        return Err(CliError::Usage {
            message: "FROM and TO are the same state".to_owned(),
            help: "name two of them: `sosik migrate-store --help` shows how".to_owned(),
        });
    }
    let source = from.hold().await?;
    unused(&*source, &from.shown()).await?;
    let (target, _) = to.open(Common::clock().now()).await?;
    unused(&*target, &to.shown()).await?;
    let watch = Watch::new(args.json);
    let moved = moving::copy(&*source, &*target, |step| watch.show(step)).await;
    watch.end();
    let moved = moved.map_err(refused)?;
    tell(&args, &moved)?;
    Ok(Exit::Fine)
}

/// The state that an argument names.
fn located(common: &Common, named: &str) -> Result<StoreLocation, CliError> {
    if named == CONFIGURED {
        return Ok(common.load()?.store);
    }
    let wrong = |(message, help)| CliError::Usage { message, help };
    let folder = std::env::current_dir().unwrap_or_default();
    match named.strip_prefix('@') {
        None => store_named(named, &folder, &env).map_err(wrong),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| CliError::Usage {
                message: format!("{file} cannot be read: {error}"),
                help: "after @ comes a file whose only line is the URL of a state".to_owned(),
            })?;
            let folder = folder.join(Path::new(file).parent().unwrap_or(Path::new(".")));
            store_named(text.trim(), &folder, &env).map_err(wrong)
        }
    }
}

/// Refuses a state on which somebody works.
async fn unused(store: &dyn Store, shown: &str) -> Result<(), CliError> {
    let Some(now) = store.time().await? else { return Ok(()) };
    let workers = store.workers().await?.into_iter().filter(|worker| !worker.is_gone(now));
    let workers: Vec<String> =
        workers.map(|worker| format!("process {} on {} ({})", worker.pid, worker.host, worker.roles)).collect();
    if workers.is_empty() {
        return Ok(());
    }
    Err(CliError::Usage {
        message: format!("{shown} is in use: {}", workers.join(", ")),
        help: "stop them first; one that was killed counts as gone after half a minute".to_owned(),
    })
}

fn refused(error: MoveError) -> CliError {
    let help = match &error {
        MoveError::Store(_) => "",
        MoveError::Unfinished => "run that `sosik migrate-store` again first: it carries on",
        MoveError::Schemas { .. } => {
            "open each with this sosik first (`sosik status` with `[store] url`): that brings it up"
        }
        MoveError::Taken { .. } => "name an empty database; nothing was changed",
        MoveError::Differ { .. } => "stop whoever works on FROM, and run this again: it copies these anew",
    };
    match error {
        MoveError::Store(error) => CliError::Store(error),
        other => CliError::Usage { message: other.to_string(), help: help.to_owned() },
    }
}

fn tell(args: &Args, moved: &Moved) -> Result<(), CliError> {
    if args.json {
        let tables: BTreeMap<&str, serde_json::Value> = moved
            .tables
            .iter()
            .map(|(name, held)| (*name, json!({ "rows": held.rows, "digest": format!("{:032x}", held.hash) })))
            .collect();
        return out_json(&json!({ "carried_on": moved.carried_on, "tables": tables }));
    }
    let held = moved.tables.iter().filter(|(_, held)| held.rows > 0);
    let rows: Vec<Vec<String>> = held
        .map(|(name, held)| vec![(*name).to_owned(), held.rows.to_string(), format!("{:032x}", held.hash).dim()])
        .collect();
    for line in table(&rows) {
        out(&line)?;
    }
    let all: u64 = moved.tables.iter().map(|(_, held)| held.rows).sum();
    out(&format!("{} moved and compared: both states hold the same", counted(all, "row").bold()))?;
    out(&format!("{} write TO into the configuration (`[store] url`); FROM is as it was", "help:".help()))
}

/// How far it has come: a bar on a terminal, a line now and then elsewhere.
struct Watch {
    bar: Option<ProgressBar>,
    quiet: bool,
    last: std::cell::Cell<Option<(Stage, u64)>>,
}

impl Watch {
    fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg} {bar:30} {human_pos} of {human_len} rows, {eta}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, quiet, last: std::cell::Cell::default() }
    }

    fn show(&self, step: Step) {
        let Step { stage, table, done, all } = step;
        let doing = match stage {
            Stage::Copy => "copying",
            Stage::Compare => "comparing",
        };
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
            bar.set_message(format!("{doing} {table}"));
            bar.tick();
            return;
        }
        let now = Some((stage, done / ROWS_A_LINE));
        if !self.quiet && self.last.replace(now) != now {
            err(&format!("{doing} {table}: {done} of {} done", counted(all, "row")));
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
