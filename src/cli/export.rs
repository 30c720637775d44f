//! `sosik export`: sources, posts, categories, feeds and recipes as JSON lines (docs/export.md), in one moment, beside a
//! running daemon too.
//!
//! What lets anybody in anywhere stays here: headers of the configuration and tokens.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::common::{Common, env};
use super::paint::{Paint, err};
use super::report::{CliError, Exit};
use crate::app::App;
use crate::config::{Config, sources_as_written};
use crate::model::date::rfc3339;

/// The version of the form of lines; another one is another form.
pub(super) const FORM: i64 = 1;

/// What `--help` adds.
const EXAMPLES: &str = "\
Examples:
  sosik export sosik.jsonl            all of it
  sosik export | gzip > sosik.jsonl.gz
  sosik export | jq -r 'select(.post) | .post.url'
On the other machine: sosik import sosik.jsonl. The feeds there have the same ids and the same paths.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The file to make [default: standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

type Out = BufWriter<Box<dyn Write + Send>>;

pub(crate) async fn run(common: &Common, args: Args) -> Result<Exit, CliError> {
    let config = common.load()?;
    let (written, had_headers) = configured(&config)?;
    let app = App::read(config, Common::clock(), &env).await?;
    let out: Box<dyn Write + Send> = match &args.file {
        None => Box::new(std::io::stdout()),
        Some(file) => {
            let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
            Box::new(made.map_err(|error| CliError::Usage {
                message: format!("{} cannot be made: {error}", file.display()),
                help: "name a file that is not there yet, in a folder that you may write to".to_owned(),
            })?)
        }
    };
    let out = Arc::new(Mutex::new(BufWriter::new(out)));
    let head = json!({ "sosik": {
        "export": FORM, "schema": app.store.schema(), "version": env!("CARGO_PKG_VERSION"), "made": rfc3339(app.now(), 0),
    } });
    line(&out, &head).map_err(CliError::Output)?;
    for source in written {
        line(&out, &json!({ "configured": source })).map_err(CliError::Output)?;
    }
    let rows = Arc::clone(&out);
    let count = app.store.export(Box::new(move |(table, row)| line(&rows, &json!({ table: row })))).await?;
    line(&out, &json!({ "end": { "rows": count } })).map_err(CliError::Output)?;
    out.lock().unwrap_or_else(PoisonError::into_inner).flush().map_err(CliError::Output)?;
    if had_headers {
        err(&format!(
            "{} headers of sources are secrets and are left out: write them into the other configuration by hand",
            "note:".dim()
        ));
    }
    Ok(Exit::Fine)
}

fn line(out: &Arc<Mutex<Out>>, value: &Value) -> std::io::Result<()> {
    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The sources as the configuration's file says them, but for their headers; and whether there were any.
fn configured(config: &Config) -> Result<(Vec<Map<String, Value>>, bool), CliError> {
    let mut had_headers = false;
    let mut sources = Vec::new();
    for (mut written, source) in
        sources_as_written(config).map_err(CliError::Config)?.into_iter().zip(config.sources.iter())
    {
        had_headers |= written.remove("headers").is_some();
        written.insert("id".to_owned(), source.id.as_str().into());
        let Ok(Value::Object(keys)) = serde_json::to_value(&written) else { continue };
        sources.push(keys);
    }
    Ok((sources, had_headers))
}
