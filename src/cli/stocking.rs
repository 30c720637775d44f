//! `sosik import --to-store`: many sources into the state, and none into the configuration's file.
//!
//! They are read and judged on a thread of their own while the ones before them are stored, a few hundred in a transaction. One
//! that cannot be used is named by its line and stops no other; whoever asks again with the same file changes nothing.

use std::fmt::Write as _;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::common::Common;
use super::import::{Args, Form};
use super::lines::Input;
use super::paint::{Paint, counted, err, out, out_json};
use super::report::{CliError, Exit};
use super::shelf::Shelf;
use crate::app::stored_sources;
use crate::config::Config;
use crate::config::foreign::{self, Foreign, Found};
use crate::store::stored::{Offered, Put};

/// Sources in one transaction: a daemon polls in between.
const BATCH: usize = 500;

/// Batches that may wait to be stored.
const AHEAD: usize = 4;

/// What is wrong is shown so many times; all of it is counted.
const SHOWN: usize = 20;

/// Without a terminal it is said once in so many sources how far it is.
const SOURCES_A_LINE: u64 = 50_000;

/// Some of the sources.
#[derive(Debug, Default)]
struct Batch {
    offered: Vec<Offered>,
    left_out: Vec<String>,
}

/// What came of them.
#[derive(Debug, Default)]
struct Tally {
    added: u64,
    changed: u64,
    same: u64,
    of_file: Vec<String>,
    left_out: u64,
    shown: Vec<String>,
}

pub(super) async fn run(common: &Common, args: &Args) -> Result<Exit, CliError> {
    let config = common.load_for_writing()?;
    let input = Input::open(&args.file)?;
    if input.is_export() {
        return Err(CliError::Usage {
            message: format!("{} is an export, which holds more than sources", args.file.display()),
            help: "import it without --to-store: the sources that the state had come back into it".to_owned(),
        });
    }
    let shelf = if args.dry_run { None } else { Some(Shelf::on(common, config.clone()).await?) };
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let (form, pages) = (args.form, args.pages);
    let reading = tokio::task::spawn_blocking(move || read(input, form, pages, &config, &sender));
    let (mut tally, bar) = (Tally::default(), bar(args.json));
    while let Some(batch) = batches.recv().await {
        let Batch { offered, left_out } = batch;
        tally.left_out(left_out);
        match &shelf {
            Some(shelf) => tally.put(shelf.put(&offered).await?),
            None => tally.added += offered.len() as u64,
        }
        tally.show(&bar, offered.len() as u64);
    }
    reading
        .await
        .map_err(|error| std::panic::resume_unwind(error.into_panic()))
        .unwrap_or_else(|never: ()| Ok(never))?;
    bar.finish_and_clear();
    tally.tell(args)?;
    Ok(if tally.left_out > 0 { Exit::SomeFailed } else { Exit::Fine })
}

/// Reads the sources and hands them over, until there is nobody who takes them.
fn read(
    input: Input,
    form: Option<Form>,
    pages: bool,
    config: &Config,
    sender: &mpsc::Sender<Batch>,
) -> Result<(), CliError> {
    let mut make = stored_sources(config);
    let mut batch = Batch::default();
    let mut take = |place: &dyn std::fmt::Display, keys: Result<Map<String, Value>, String>| {
        let made = keys.and_then(|keys| make(keys).map_err(|bad| format!("{bad}; {}", bad.help)));
        match made {
            Ok(offered) => batch.offered.push(offered),
            Err(why) => batch.left_out.push(format!("{place}: {why}")),
        }
        batch.offered.len() + batch.left_out.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
    };
    if form.is_none_or(|form| form == Form::Lines) && input.begins_with_object() {
        for line in input.lines() {
            let (number, line) = line?;
            let keys = serde_json::from_slice(&line).map_err(|error| format!("it is no object of JSON: {error}"));
            if !take(&format_args!("line {number}"), keys) {
                return Ok(());
            }
        }
    } else {
        let name = input.name().to_owned();
        let text = input.text()?;
        let unknown = |message: String| CliError::Usage {
            message,
            help: "say what it is: --form lines, opml, csv, newsboat or rsspls".to_owned(),
        };
        let form = match form {
            Some(form) => form.foreign(),
            None => foreign::form_of(&text),
        };
        let form: Foreign = form.ok_or_else(|| unknown(format!("{name} is of no form that is known")))?;
        let read = foreign::read(form, &text);
        let read = read.map_err(|reason| unknown(format!("{name} cannot be read: {reason}")))?;
        for found in read.found {
            let url = found.url.to_string();
            if !take(&url, Ok(keys_of(found, pages))) {
                return Ok(());
            }
        }
        batch.left_out.extend(read.left_out);
    }
    // Nobody takes it where the state failed, which is told.
    let _ = sender.blocking_send(batch);
    Ok(())
}

fn keys_of(found: Found, pages: bool) -> Map<String, Value> {
    let url = found.page.filter(|_| pages).unwrap_or(found.url);
    let recipe = if found.recipe.is_empty() { Value::Null } else { json!(found.recipe) };
    let keys = json!({ "id": found.id, "url": url, "title": found.title, "recipe": recipe });
    keys.as_object().cloned().unwrap_or_default()
}

fn bar(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} sources, {per_sec}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

impl Tally {
    fn left_out(&mut self, left_out: Vec<String>) {
        self.left_out += left_out.len() as u64;
        let room = SHOWN.saturating_sub(self.shown.len());
        self.shown.extend(left_out.into_iter().take(room));
    }

    fn put(&mut self, put: Vec<Put>) {
        for put in put {
            match put {
                Put::Added(_) => self.added += 1,
                Put::Changed(_) => self.changed += 1,
                Put::Same(_) => self.same += 1,
                Put::OfFile(id) => self.of_file.push(id.to_string()),
            }
        }
    }

    /// How far it is.
    fn show(&self, bar: &ProgressBar, more: u64) {
        bar.inc(more);
        let done = self.added + self.changed + self.same;
        if bar.is_hidden()
            && !std::io::stderr().is_terminal()
            && done / SOURCES_A_LINE != (done - more.min(done)) / SOURCES_A_LINE
        {
            err(&format!("{done} sources so far"));
        }
    }

    fn tell(&self, args: &Args) -> Result<(), CliError> {
        let Self { added, changed, same, of_file, left_out, shown } = self;
        if args.json {
            return out_json(&json!({
                "added": added, "changed": changed, "same": same, "of_file": of_file, "left_out": left_out,
                "problems": shown,
            }));
        }
        for line in shown {
            err(&format!("{} {line}", "left out:".dim()));
        }
        if *left_out > shown.len() as u64 {
            err(&format!("{} and {} more", "left out:".dim(), left_out - shown.len() as u64));
        }
        if let Some(first) = of_file.first() {
            let of = counted(of_file.len() as u64, "source");
            err(&format!(
                "{} {of} stand in the configuration's file, and what that says holds: {first} …",
                "note:".dim()
            ));
        }
        let would = if args.dry_run { " would be" } else { "" };
        let mut said = format!("{}{would} added to the state", counted(*added, "source").bold());
        for (count, what) in [(changed, "changed"), (same, "there already"), (left_out, "left out")] {
            if *count > 0 {
                let _ = write!(said, ", {count} {what}");
            }
        }
        out(&said)
    }
}
