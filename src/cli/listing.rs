//! `sosik source list`: the sources of the configuration, then those that the state alone has.

use std::sync::Arc;

use serde_json::json;

use super::common::{Common, env};
use super::paint::{Paint, out, out_bytes, table};
use super::report::CliError;
use crate::app::App;
use crate::model::source::{Recipe, Source};

/// Sources that are read from the state at a time.
const PAGE: usize = 1_000;

/// Lists them, a page at a time: the state may have millions.
pub(super) async fn list(common: &Common, json: bool) -> Result<(), CliError> {
    let config = common.load()?;
    let mut sources = config.sources.clone();
    let is_there = config.store.is_there();
    // A state that we may not read is another user's; the file can be shown.
    let app = if is_there { App::read(config, Common::clock(), &env).await.ok() } else { None };
    let (mut after, mut is_first, mut is_stored) = (None, true, false);
    if json {
        out_raw("{\"sources\":[")?;
    }
    loop {
        if json {
            let shown: Vec<String> = sources.iter().map(|source| json_of(source, is_stored).to_string()).collect();
            if !shown.is_empty() {
                let comma = if is_first { "" } else { "," };
                out_raw(&format!("{comma}{}", shown.join(",")))?;
            }
        }
        is_first &= sources.is_empty();
        if !json {
            for line in table(&sources.iter().map(|source| row(source, is_stored)).collect::<Vec<_>>()) {
                out(&line)?;
            }
        }
        let Some(app) = &app else { break };
        let page = app.store.sources_after(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.source.id.clone());
        is_stored = true;
        let stored = page.into_iter().filter(|overview| overview.stored);
        sources = Arc::new(stored.map(|overview| overview.source).collect());
    }
    match (json, is_first) {
        (true, _) => out_raw("]}\n"),
        (false, true) => out("no sources are configured: add one with `sosik add URL`"),
        (false, false) => Ok(()),
    }
}

fn out_raw(text: &str) -> Result<(), CliError> {
    out_bytes(text.as_bytes())
}

/// The preset that is named, and whether there is a recipe of the source's own instead.
fn how(source: &Source) -> (Option<&str>, bool) {
    let preset = source.recipe.preset();
    let own = match &*source.recipe {
        Recipe::Html(recipe) => !recipe.layouts.is_empty(),
        Recipe::Json(_) => true,
    };
    (preset, preset.is_none() && own)
}

fn json_of(source: &Source, is_stored: bool) -> serde_json::Value {
    let (preset, recipe) = how(source);
    let mut shown =
        json!({ "id": source.id, "url": source.url, "paused": source.paused, "preset": preset, "recipe": recipe });
    if is_stored {
        shown["stored"] = true.into();
    }
    shown
}

fn row(source: &Source, is_stored: bool) -> Vec<String> {
    let how = match how(source) {
        (Some(preset), _) => format!("preset {preset}"),
        (None, true) => "its own recipe".to_owned(),
        (None, false) => "read by its marks".to_owned(),
    };
    let rests = if source.paused { "paused" } else { "active" };
    let mut row = vec![source.id.to_string().bold(), rests.to_owned(), how, source.url.to_string().dim()];
    row.extend(is_stored.then(|| "in the state".to_owned()));
    row
}
