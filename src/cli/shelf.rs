//! Sources that the state alone has, changed by whoever can: we, or the daemon that holds the state.

use serde_json::{Map, Value, json};

use super::common::{Common, env};
use super::paint::{Paint, err, out};
use super::remote::Hand;
use super::report::CliError;
use crate::app::App;
use crate::config::{BadKeys, Config};
use crate::model::source::SourceId;
use crate::run::rename::{self, Rename};
use crate::store::contract::Renamed;
use crate::store::stored::{Offered, Put};

/// Who keeps them.
pub(super) struct Shelf {
    config: Config,
    hand: Hand,
}

impl Shelf {
    pub(super) async fn on(common: &Common, config: Config) -> Result<Self, CliError> {
        Ok(Self { hand: Box::pin(Hand::on(common, config.clone())).await?, config })
    }

    /// Puts sources into the state; the daemon looks at them at once.
    pub(super) async fn put(&self, sources: &[Offered]) -> Result<Vec<Put>, CliError> {
        Ok(match &self.hand {
            Hand::Ours(app) => app.store.put_sources(sources, app.now()).await?,
            Hand::Daemon(remote) => remote.client.put_sources(sources).await?,
        })
    }

    /// Adds one, by its keys.
    pub(super) async fn add(&self, keys: Map<String, Value>) -> Result<(), CliError> {
        let offered = crate::app::stored_source(keys, &self.config).map_err(wrong)?;
        let url = offered.source.url.clone();
        match self.put(&[offered]).await?.pop() {
            Some(Put::Added(id)) => out(&format!("{} is watched: {url}", id.to_string().bold())),
            Some(Put::Changed(id)) => out(&format!("{} was there and is another now: {url}", id.to_string().bold())),
            Some(Put::Same(id)) => out(&format!("{} is there as it is", id.to_string().bold())),
            Some(Put::OfFile(id)) => Err(of_file(&self.config, &id)),
            None => Ok(()),
        }
    }

    /// Gives a source other keys; one that is null goes. `false`: the state has none of that id.
    pub(super) async fn set(&self, id: &SourceId, changes: Map<String, Value>) -> Result<bool, CliError> {
        if self.config.sources.iter().any(|source| source.id == *id) {
            return Err(of_file(&self.config, id));
        }
        let Some(mut keys) = self.keys(id).await? else { return Ok(false) };
        merge(&mut keys, changes);
        keys.insert("id".to_owned(), json!(id));
        let offered = crate::app::stored_source(keys, &self.config).map_err(wrong)?;
        match self.put(&[offered]).await?.pop() {
            Some(Put::OfFile(id)) => Err(of_file(&self.config, &id)),
            Some(_) | None => Ok(true),
        }
    }

    async fn keys(&self, id: &SourceId) -> Result<Option<Map<String, Value>>, CliError> {
        let written = match &self.hand {
            Hand::Ours(app) => app.store.written(id).await?,
            Hand::Daemon(_) => {
                let app = Box::pin(App::read(self.config.clone(), Common::clock(), &env)).await?;
                app.store.written(id).await?
            }
        };
        let keys = written.map(|written| serde_json::from_str(&written)).transpose();
        keys.map_err(|_| CliError::Failed {
            message: format!("what the state says of {id} cannot be read"),
            help: format!("remove it and add it anew: `sosik source remove {id}`"),
            chain: Vec::new(),
        })
    }

    /// Takes one out. `false`: the state has none of that id.
    pub(super) async fn remove(&self, id: &SourceId) -> Result<bool, CliError> {
        Ok(match &self.hand {
            Hand::Ours(app) => app.store.remove_stored(id, app.now()).await?,
            Hand::Daemon(remote) => remote.client.remove_stored(id).await?,
        })
    }

    /// Gives one another id; its feeds' files follow.
    pub(super) async fn rename(&self, rename: &Rename) -> Result<(), CliError> {
        match &self.hand {
            Hand::Ours(app) => match app.store.rename_source(&rename.from, &rename.to).await? {
                Renamed::Done => {
                    if let Err(error) = rename::settle(&*app.store, &app.publisher, rename).await {
                        err(&format!("{} the feeds of {} keep their old files too: {error}", "note:".dim(), rename.to));
                    }
                    Ok(())
                }
                Renamed::Taken => Err(CliError::Refused(rename::taken(&rename.to))),
                Renamed::Unknown => Err(unknown(&rename.from)),
            },
            Hand::Daemon(remote) => Ok(remote.client.rename_stored(rename).await?),
        }
    }
}

/// Works changes into keys, tables within tables; what is null goes.
fn merge(keys: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (key, change) in changes {
        match (keys.get_mut(&key), change) {
            (Some(Value::Object(within)), Value::Object(changes)) => merge(within, changes),
            (_, Value::Null) => drop(keys.remove(&key)),
            (_, change) => drop(keys.insert(key, change)),
        }
    }
}

/// Keys as a command line says them: `interval=30m`, `recipe.post=li`, `title=` for one that goes.
pub(super) fn keys(written: &[String]) -> Result<Map<String, Value>, CliError> {
    let mut keys = Map::new();
    for text in written {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
            return Err(CliError::Usage {
                message: format!("{text:?} is no key with a value"),
                help: "write KEY=VALUE, such as interval=30m; the keys are those of [[source]]".to_owned(),
            });
        };
        let mut change = value_of(value.trim());
        let mut names: Vec<&str> = name.split('.').map(str::trim).collect();
        while names.len() > 1 {
            change = json!({ names.pop().unwrap_or_default(): change });
        }
        merge_all(&mut keys, names[0], change);
    }
    Ok(keys)
}

fn merge_all(keys: &mut Map<String, Value>, name: &str, change: Value) {
    match (keys.get_mut(name), change) {
        (Some(Value::Object(within)), Value::Object(changes)) => {
            for (key, change) in changes {
                merge_all(within, &key, change);
            }
        }
        (_, change) => drop(keys.insert(name.to_owned(), change)),
    }
}

/// A value as TOML would have it, else a text: a person need not quote twice.
fn value_of(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let written = toml::from_str::<toml::Table>(&format!("value = {text}"));
    let value = written.ok().and_then(|mut table| table.remove("value")).filter(|value| !value.is_datetime());
    value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_else(|| json!(text))
}

fn wrong(BadKeys { message, help }: BadKeys) -> CliError {
    CliError::Usage { message, help }
}

/// The configuration names it too, and holds.
pub(super) fn of_file(config: &Config, id: &SourceId) -> CliError {
    let file = config.file.as_deref().map(|file| file.display().to_string()).unwrap_or_default();
    CliError::Usage {
        message: format!("the source {id} stands in {file}, and what that says holds"),
        help: "change it there, or take it out first: `sosik source remove`".to_owned(),
    }
}

pub(super) fn unknown(id: &SourceId) -> CliError {
    CliError::Usage {
        message: format!("there is no source {:?}", id.as_str()),
        help: "`sosik source list` shows them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_toml_makes_of_them_else_texts() {
        let check = |written: &[&str], expected: Value| {
            let written: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(Value::Object(keys(&written).unwrap()), expected, "{written:?}");
        };
        check(
            &["interval=30m", "paused=true", "backfill=3"],
            json!({"interval": "30m", "paused": true, "backfill": 3}),
        );
        check(&["title=A = B", "language="], json!({"title": "A = B", "language": null}));
        check(&["title=\"2024\""], json!({"title": "2024"}));
        check(&["recipe.post=li.post", "recipe.link=a"], json!({"recipe": {"post": "li.post", "link": "a"}}));
        assert!(keys(&["interval".to_owned()]).is_err() && keys(&["=x".to_owned()]).is_err());
    }

    #[test]
    fn changes_reach_into_tables() {
        let Value::Object(mut before) = json!({"url": "u", "recipe": {"post": "li", "link": "a"}}) else {
            unreachable!()
        };
        let Value::Object(changes) = json!({"recipe": {"link": null, "title": "h2"}, "paused": true}) else {
            unreachable!()
        };
        merge(&mut before, changes);
        assert_eq!(Value::Object(before), json!({"url": "u", "recipe": {"post": "li", "title": "h2"}, "paused": true}));
    }
}
