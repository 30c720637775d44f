//! `sosik check`: is the configuration right?

use serde_json::json;

use super::common::Common;
use super::paint::{Paint, counted, out, out_json};
use super::report::{CliError, Exit};
use crate::config::Problem;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(common: &Common, args: &Args) -> Result<Exit, CliError> {
    match common.load_for_telling() {
        Ok(config) if args.json => {
            out_json(&json!({ "ok": true, "problems": config.warnings.iter().map(json_of).collect::<Vec<_>>() }))?;
            Ok(Exit::Fine)
        }
        Ok(config) => {
            let file = config.file.as_ref().map_or_else(|| "no file".to_owned(), |file| file.display().to_string());
            let merged = match config.merged.len() {
                0 => String::new(),
                feeds => format!(", {}", counted(feeds, "merged feed")),
            };
            out(&format!("{} {file}: {}{merged}", "fine:".good(), counted(config.sources.len(), "source")))?;
            Ok(Exit::Fine)
        }
        Err(CliError::Config(error)) if args.json => {
            out_json(&json!({ "ok": false, "problems": error.problems.iter().map(json_of).collect::<Vec<_>>() }))?;
            Ok(Exit::Configuration)
        }
        Err(error) => Err(error),
    }
}

fn json_of(problem: &Problem) -> serde_json::Value {
    json!({ "file": problem.file, "line": problem.line, "message": problem.message, "help": problem.help })
}
