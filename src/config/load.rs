//! Puts a configuration together: finds the file, reads it, works defaults, paths and presets in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use crate::model::merged::MergedFeed;
use crate::model::source::Source;
use crate::{agent, feed, fetch, notify, publish, serve};

use crate::store::contract::Retention;
use crate::store::location::StoreLocation;

use super::choice;
use super::document::{Lines, tree};
use super::entry::Entry;
use super::options::Language;
use super::paths;
use super::pieces::Pieces;
use super::problem::{ConfigError, Fault, Problem};
use super::recipe::Catalogue;
use super::shape::{self, Shape};
use super::source::{Reading, Setting, Sources};
use super::tables::Desk;

/// A configuration that can be used. Every path is absolute, every preset worked in.
#[derive(Debug, Clone)]
pub struct Config {
    /// The language of messages and pages.
    pub language: Language,
    /// The file that it was read from; `None`: there is none, all is default.
    pub file: Option<PathBuf>,
    /// Where the state is.
    pub store: StoreLocation,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// How many backups of days are kept; 0: none are made.
    pub backups: usize,
    /// What is published; `dir` is `None` where no files are wanted.
    pub publish: publish::Options,
    /// What a document holds.
    pub feeds: feed::Options,
    /// How pages are asked for.
    pub fetch: fetch::Options,
    /// Who is told.
    pub notify: notify::options::Options,
    /// What the agent follows; its file of a token is absolute.
    pub agent: agent::Options,
    /// Where the feeds are served; paths of sockets are absolute.
    pub serve: serve::Options,
    /// The blogs, in the order of the file: there may be ten thousand, so copies of a configuration share them.
    pub sources: Arc<Vec<Source>>,
    /// The feeds over several blogs, in the order of the file.
    pub merged: Vec<MergedFeed>,
    /// What may be used and is odd.
    pub warnings: Vec<Problem>,
    /// Folders of the state and the feeds that are there and cannot be written. Only a command that writes minds.
    pub unwritable: Vec<Problem>,
    /// Secrets and programs of channels that are not to be had here. Only a command that tells people minds.
    pub unusable: Vec<Problem>,
}

impl Config {
    /// Whether this is the same configuration as another, but for its sources.
    pub fn differs_in_sources_alone(&self, other: &Self) -> bool {
        let Self {
            language,
            file,
            store,
            retention,
            backups,
            publish,
            feeds,
            fetch,
            notify,
            agent: _,
            serve,
            sources: _,
            merged,
            warnings: _,
            unwritable: _,
            unusable: _,
        } = self;
        (language, file, store, publish) == (&other.language, &other.file, &other.store, &other.publish)
            && (feeds, fetch, notify, serve) == (&other.feeds, &other.fetch, &other.notify, &other.serve)
            && (retention, backups) == (&other.retention, &other.backups)
            && *merged == other.merged
    }
}

/// What arguments say over the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--state DIR`: the database is `DIR/sosik.db`.
    pub state: Option<PathBuf>,
    /// `--publish DIR`; empty: no files.
    pub publish: Option<PathBuf>,
}

/// The environment, as the caller sees it.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Finds and reads the configuration. That there is none is no error; that one is named and not there is.
///
/// # Errors
/// With every problem of the file at once.
pub fn load(overrides: &Overrides, env: Env<'_>, catalogue: &Catalogue<'_>) -> Result<Config, ConfigError> {
    let found = paths::find(overrides.config.as_deref(), env).map_err(|problem| only(vec![problem]))?;
    let Some((file, bytes)) = found else {
        let nowhere = paths::user_file(env).unwrap_or_else(|| PathBuf::from(paths::SYSTEM_FILE));
        return Ok(Config { file: None, ..parse("", &nowhere, overrides, env, catalogue)? });
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let line = Lines::of(&before).line(before.len());
        only(vec![Problem {
            file: file.clone(),
            line: Some(line),
            message: "this line is not written in UTF-8".to_owned(),
            help: "save the file as UTF-8; an old editor may have written EUC-KR or UTF-16".to_owned(),
        }])
    })?;
    parse(&text, &file, overrides, env, catalogue)
}

/// Reads the text of a configuration as if it stood in `file`.
///
/// # Errors
/// With every problem of the text at once.
pub fn parse(
    text: &str,
    file: &Path,
    overrides: &Overrides,
    env: Env<'_>,
    catalogue: &Catalogue<'_>,
) -> Result<Config, ConfigError> {
    let is_all_right =
        |config: &Config| [&config.warnings, &config.unwritable, &config.unusable].iter().all(|list| list.is_empty());
    if let Some(pieces) = Pieces::of(text)
        && let Ok(config) = read(&pieces.document, pieces.more(), &Lines::default(), file, overrides, env, catalogue)
        && is_all_right(&config)
    {
        return Ok(config);
    }
    let lines = Lines::of(text);
    let document = tree(text, &lines).map_err(|faults| only(told(faults, file, &lines)))?;
    read(&document, std::iter::empty(), &lines, file, overrides, env, catalogue)
}

/// Reads the tree of a configuration, whose lines these are, with `more` of its sources. A text whose pieces cannot be read
/// apart is an error that says nothing: whoever reads it as a whole says what is wrong.
fn read<'text>(
    document: &DeTable<'_>,
    more: impl Iterator<Item = Option<DeTable<'text>>>,
    lines: &Lines,
    file: &Path,
    overrides: &Overrides,
    env: Env<'_>,
    catalogue: &Catalogue<'_>,
) -> Result<Config, ConfigError> {
    let mut desk = Desk {
        file,
        folder: paths::folder_of(file),
        lines,
        document,
        shape: shape::check(document),
        env,
        elsewhere: Vec::new(),
        unwritable: Vec::new(),
        unusable: Vec::new(),
        warnings: Vec::new(),
    };
    let store = desk.store(overrides.state.as_deref());
    let retention = desk.retention();
    let backups = desk.backups();
    let is_shared = store.as_ref().is_some_and(StoreLocation::is_shared);
    let publish = desk.publish(overrides.publish.as_deref(), is_shared);
    let fetch = desk.fetch();
    let serve = desk.serve();
    let feeds: feed::Options = desk.options("feeds");
    let notify = desk.notify();
    let agent = desk.agent();

    let Desk { shape: Shape { mut faults, bad, .. }, folder, elsewhere: mut problems, .. } = desk;
    let (unwritable, unusable, odd) = (desk.unwritable, desk.unusable, desk.warnings);
    let setting = Setting { lines, folder: &folder, fetch: &fetch, feeds: &feeds, catalogue };
    let mut reading = Reading::new(&setting);
    let of_sources = Entry::list(document, "source", &bad);
    reading.add(&of_sources);
    for piece in more {
        let Some(piece) = piece else { return Err(only(Vec::new())) };
        let shape = shape::check(&piece);
        faults.extend(shape.faults);
        reading.add(&Entry::list(&piece, "source", &shape.bad));
    }
    let Sources { good: sources, faults: more, mut warnings } = reading.end();
    faults.extend(more);
    warnings.extend(odd);
    let ids: Vec<&str> = of_sources.iter().filter_map(|entry| entry.text("id")).collect();
    let merged = choice::merged(&Entry::list(document, "feed", &bad), &sources, &ids, lines);
    faults.extend(merged.faults);
    warnings.extend(merged.warnings);
    problems.extend(told(faults, file, lines));
    let language = match document.get("language").and_then(|value| value.get_ref().as_str()) {
        Some("ko") => Language::Ko,
        Some(_) => Language::En,
        None => Language::of_locale(env),
    };
    match store {
        Some(store) if problems.is_empty() => Ok(Config {
            language,
            file: Some(std::path::absolute(file).unwrap_or_else(|_| file.to_owned())),
            store,
            retention,
            backups,
            publish,
            feeds,
            fetch,
            notify,
            agent,
            serve,
            sources: Arc::new(sources),
            merged: merged.good,
            warnings: told(warnings, file, lines),
            unwritable,
            unusable,
        }),
        Some(_) | None => Err(only(problems)),
    }
}

/// The sources as the configuration's file says them, in its order: keys and values, nothing worked in.
///
/// # Errors
/// When the file cannot be read any more.
pub fn sources_as_written(config: &Config) -> Result<Vec<toml::Table>, ConfigError> {
    let Some(file) = &config.file else { return Ok(Vec::new()) };
    let failed = |what: String| {
        only(vec![Problem {
            file: file.clone(),
            line: None,
            message: what,
            help: "it changed a moment ago: try again".to_owned(),
        }])
    };
    let text = std::fs::read_to_string(file).map_err(|error| failed(format!("this file cannot be read: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    let table: toml::Table = toml::from_str(text).map_err(|error| failed(error.message().to_owned()))?;
    let sources = table.get("source").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(sources.iter().filter_map(|source| source.as_table().cloned()).collect())
}

fn only(problems: Vec<Problem>) -> ConfigError {
    ConfigError { problems }
}

/// Gives faults their file and line, in the order of the lines.
fn told(mut faults: Vec<Fault>, file: &Path, lines: &Lines) -> Vec<Problem> {
    faults.sort_by_key(|fault| fault.at);
    faults
        .into_iter()
        .map(|Fault { at, wrong }| Problem { line: Some(lines.line(at)), ..wrong.of_file(file) })
        .collect()
}
