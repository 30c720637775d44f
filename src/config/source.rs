//! `[[source]]` → [`Source`]: defaults, presets and paths worked in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use toml::de::DeValue;
use url::Url;

use crate::model::slug;
use crate::model::source::{Backfill, Cadence, Recipe, Source, SourceId};
use crate::schedule::Times;
use crate::{feed, fetch};

use super::choice::choice;
use super::document::{Lines, quoted};
use super::entry::Entry;
use super::kind::{duration, integer};
use super::problem::Fault;
use super::recipe::{Catalogue, assemble};
use super::text::page_url;

/// Whoever asks more often than this is told that it may be too often.
const IMPATIENT: SignedDuration = SignedDuration::from_mins(5);

/// What the sources of a file depend on.
pub(super) struct Setting<'a> {
    pub(super) lines: &'a Lines,
    /// The file's folder, absolute.
    pub(super) folder: &'a Path,
    pub(super) fetch: &'a fetch::Options,
    pub(super) feeds: &'a feed::Options,
    pub(super) catalogue: &'a Catalogue<'a>,
}

/// The sources of a file.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) good: Vec<Source>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

/// Sources as they are read, list after list: those that cannot be read leave their faults.
pub(super) struct Reading<'a> {
    setting: &'a Setting<'a>,
    read: Sources,
    /// Where the URL of each good source stands.
    places: Vec<usize>,
    /// Ids that were written, and where first.
    written: HashMap<String, usize>,
    /// Ids that were written again, and where, and where first.
    again: Vec<(String, usize, usize)>,
    /// The good sources that were given no id.
    nameless: Vec<usize>,
    /// The recipe that sources share.
    recipe: Option<Arc<Recipe>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(setting: &'a Setting<'a>) -> Self {
        Self {
            setting,
            read: Sources::default(),
            places: Vec::new(),
            written: HashMap::new(),
            again: Vec::new(),
            nameless: Vec::new(),
            recipe: None,
        }
    }

    /// Reads the sources of a list.
    pub(super) fn add(&mut self, entries: &[Entry<'_>]) {
        for entry in entries {
            let id = entry.text_at("id");
            if let Some((id, at)) = id {
                match self.written.get(id) {
                    Some(first) => self.again.push((id.to_owned(), at, *first)),
                    None => drop(self.written.insert(id.to_owned(), at)),
                }
            }
            let Some((mut source, at)) = source(entry, self.setting, &mut self.read) else { continue };
            source.share_recipe(&mut self.recipe);
            if id.is_none() {
                self.nameless.push(self.read.good.len());
            }
            self.places.push(at);
            self.read.good.push(source);
        }
    }

    /// All that was read. Ids that were written come first: a suggested one makes way, wherever it stands.
    pub(super) fn end(self) -> Sources {
        let Self { setting, mut read, places, written, again, nameless, recipe: _ } = self;
        for (id, at, first) in again {
            let free = slug::unique(&id, |taken| written.contains_key(taken));
            read.faults.push(Fault::new(
                at,
                format!("the id {id:?} is taken by the source in line {}", setting.lines.line(first)),
                format!("give one of the two another id: {free:?}"),
            ));
        }
        let mut ids: BTreeSet<String> =
            if nameless.is_empty() { BTreeSet::new() } else { written.into_keys().collect() };
        for place in nameless {
            let source = &mut read.good[place];
            source.id = suggested(&source.url, source.base_url.as_ref(), &mut ids);
        }
        let mut urls: HashMap<&str, usize> = HashMap::with_capacity(places.len());
        for (source, at) in read.good.iter().zip(places) {
            let Some(first) = urls.insert(source.url.as_str(), at) else { continue };
            read.warnings.push(Fault::new(
                at,
                format!(
                    "the source in line {} has the same url: {}",
                    setting.lines.line(first),
                    quoted(source.url.as_str())
                ),
                "every post will be told twice; remove one of the two",
            ));
        }
        read
    }
}

/// One source and where its URL stands. One that was given no id has what its URL suggests, whoever else has that.
fn source(entry: &Entry<'_>, setting: &Setting<'_>, read: &mut Sources) -> Option<(Source, usize)> {
    let recipe = assemble(entry, setting.catalogue, &mut read.faults);
    let full_text = entry.flag("full_text").unwrap_or(false);
    if full_text && setting.fetch.permalinks == 0 {
        let at = entry.get("full_text").map_or(entry.at, |value| value.span().start);
        read.warnings.push(Fault::new(
            at,
            "full_text needs the posts' own pages, and `fetch.permalinks` is 0",
            "write [fetch] permalinks = 20, or full_text = false",
        ));
    }
    let (url_text, at) = entry.text_at("url")?;
    let url = page_url(url_text, setting.folder).ok()?;
    let base_url = entry.text("base_url").and_then(|text| Url::parse(text.trim()).ok());
    if url.scheme() == "file" {
        check_file(entry, &url, url_text, at, read);
    }
    let id = match entry.text("id") {
        Some(id) => SourceId::try_from(id.to_owned()).ok()?,
        None => SourceId::suggested(naming(&url, base_url.as_ref())),
    };
    let allow_private_addresses =
        entry.flag("allow_private_addresses").unwrap_or(setting.fetch.allow_private_addresses);
    let source = Source {
        id,
        url,
        base_url,
        title: entry.text("title").map(|title| title.trim().to_owned()),
        recipe: Arc::new(recipe),
        backfill: backfill(entry),
        cadence: cadence(entry, allow_private_addresses, read),
        schedule: schedule(entry, allow_private_addresses, read),
        language: entry.text("language").map(str::to_owned),
        time_zone: entry.text("time_zone").map(str::to_owned),
        headers: headers(entry),
        allow_private_addresses,
        robots: entry.flag("robots").unwrap_or(setting.fetch.robots),
        full_text,
        paused: entry.flag("paused").unwrap_or(false),
        choice: choice(entry, setting.feeds),
    };
    Some((source, at))
}

/// A page on the disk needs to know where its links lead. That it is not there yet may change any day.
fn check_file(entry: &Entry<'_>, url: &Url, written: &str, at: usize, read: &mut Sources) {
    if !entry.mentions("base_url") {
        read.faults.push(Fault::new(
            at,
            format!("{} is a file, and nothing says where its links lead", quoted(written)),
            "write base_url = \"https://…\", the address under which the page lives on the web",
        ));
    }
    if let Ok(path) = url.to_file_path()
        && !path.is_file()
    {
        read.warnings.push(Fault::new(
            at,
            format!("there is no file {}", path.display()),
            "a relative path starts at the folder of this configuration",
        ));
    }
}

/// The id that the URL suggests (a file's: that its base suggests), numbered where it is taken.
pub(super) fn suggested(url: &Url, base_url: Option<&Url>, ids: &mut BTreeSet<String>) -> SourceId {
    let id = slug::unique(SourceId::suggested(naming(url, base_url)).as_str(), |taken| ids.contains(taken));
    ids.insert(id.clone());
    SourceId::try_from(id).expect("a suggested id stays plain with a number behind it")
}

/// The URL that names a source.
fn naming<'a>(url: &'a Url, base_url: Option<&'a Url>) -> &'a Url {
    if url.scheme() == "file" { base_url.unwrap_or(url) } else { url }
}

fn backfill(entry: &Entry<'_>) -> Backfill {
    entry
        .get("backfill")
        .and_then(|value| integer(value.get_ref()))
        .and_then(|pages| u32::try_from(pages).ok())
        .map_or(Backfill::All, Backfill::Pages)
}

fn cadence(entry: &Entry<'_>, at_home: bool, read: &mut Sources) -> Cadence {
    let Some((text, at)) = entry.text_at("interval") else { return Cadence::default() };
    let Some(interval) = duration(text) else { return Cadence::default() };
    if interval < IMPATIENT && !at_home {
        read.warnings.push(Fault::new(
            at,
            format!("a look every {} may be more than the blog's host bears", quoted(text)),
            "write interval = \"15m\", or leave the key out: sosik finds the blog's own rhythm",
        ));
    }
    Cadence { shortest: interval, longest: interval }
}

/// The cron pattern, which stands instead of an interval and not beside one.
fn schedule(entry: &Entry<'_>, at_home: bool, read: &mut Sources) -> Option<String> {
    let (pattern, at) = entry.text_at("schedule")?;
    if entry.mentions("interval") {
        read.faults.push(Fault::new(
            at,
            "this source has both an \"interval\" and a \"schedule\"",
            "keep one of the two: interval = \"30m\" for a look every half an hour, schedule = \"0 9 * * *\" for one at nine",
        ));
    }
    let shortest = Times::parse(pattern, TimeZone::UTC).ok()?.shortest();
    if shortest < IMPATIENT && !at_home {
        read.warnings.push(Fault::new(
            at,
            format!("looks as often as {} may be more than the blog's host bears", quoted(pattern)),
            "write schedule = \"*/15 * * * *\", or leave the key out: sosik finds the blog's own rhythm",
        ));
    }
    Some(pattern.trim().to_owned())
}

fn headers(entry: &Entry<'_>) -> BTreeMap<String, String> {
    let table = entry.get("headers").and_then(|value| value.get_ref().as_table());
    let texts = table.into_iter().flatten().filter_map(|(name, value)| match value.get_ref() {
        DeValue::String(text) => Some((name.get_ref().to_string(), text.to_string())),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    });
    texts.collect()
}
