//! The configuration of rsspls: a page and the CSS selectors by which its posts are read.
//!
//! Its date formats are those of another library and have no counterpart: dates are found by the selector alone.

use toml::{Table, Value};

use super::found::{Found, Subscriptions};

/// Its keys and ours.
const KEYS: [(&str, &str); 4] = [("item", "post"), ("heading", "title"), ("link", "link"), ("summary", "excerpt")];

/// Reads the feeds.
pub(super) fn read(text: &str) -> Result<Subscriptions, String> {
    let file: Table = toml::from_str(text).map_err(|error| format!("it is no TOML: {}", error.message()))?;
    let feeds = file.get("feed").and_then(Value::as_array).ok_or("it has no [[feed]]")?;
    let mut read = Subscriptions::default();
    for feed in feeds.iter().filter_map(Value::as_table) {
        let title = feed.get("title").and_then(Value::as_str);
        let empty = Table::new();
        let config = feed.get("config").and_then(Value::as_table).unwrap_or(&empty);
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        let Some(url) = text("url") else {
            read.left_out.push(format!("the feed {:?} has no url", title.unwrap_or_default()));
            continue;
        };
        let mut recipe: Table =
            KEYS.iter().filter_map(|(theirs, ours)| Some(((*ours).to_owned(), text(theirs)?.into()))).collect();
        let date = match config.get("date") {
            Some(Value::Table(date)) => {
                if date.contains_key("format") {
                    read.left_out
                        .push(format!("the date format of {url}: dates are read in any way that people write them"));
                }
                date.get("selector").and_then(Value::as_str)
            }
            other => other.and_then(Value::as_str),
        };
        if let Some(date) = date {
            recipe.insert("date".to_owned(), date.into());
        }
        if let Some(image) = text("media") {
            recipe.insert("image".to_owned(), image.into());
        }
        let id = feed.get("filename").and_then(Value::as_str).and_then(|name| name.split('.').next());
        read.take(url, |url| Found { id: id.map(str::to_owned), recipe, ..Found::at(url, title) });
    }
    Ok(read)
}
