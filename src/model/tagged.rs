//! Recipes as they are read from what is stored: the word that tells what a recipe is stands first, so what follows is read
//! as it comes.
//!
//! A derived reader would gather everything first, for the word may stand anywhere, and read it a second time: with each
//! source that is polled a recipe is read, and that took half of its time.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::json::JsonRecipe;
use super::source::{HtmlRecipe, Recipe};

/// The key under which the word stands.
const KEY: &str = "kind";

/// What a recipe is.
#[derive(Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Html,
    Json,
}

impl Kind {
    fn read<'de, D: Deserializer<'de>>(self, rest: D) -> Result<Recipe, D::Error> {
        match self {
            Self::Html => HtmlRecipe::deserialize(rest).map(Recipe::Html),
            Self::Json => Box::<JsonRecipe>::deserialize(rest).map(Recipe::Json),
        }
    }
}

impl<'de> Deserialize<'de> for Recipe {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Recipe;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a recipe")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Recipe, M::Error> {
        let Some(first) = map.next_key::<String>()? else { return Err(Error::missing_field(KEY)) };
        if first == KEY {
            return map.next_value::<Kind>()?.read(MapAccessDeserializer::new(map));
        }
        // Whoever wrote it put it in an order of his own.
        let mut gathered = Map::from_iter([(first, map.next_value::<Value>()?)]);
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            gathered.insert(key, value);
        }
        let word = gathered.remove(KEY).ok_or_else(|| Error::missing_field(KEY))?;
        let kind = Kind::deserialize(word).map_err(Error::custom)?;
        kind.read(Value::Object(gathered)).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_read_wherever_its_word_stands() {
        fn check(text: &str, expected: Result<&Recipe, &str>) {
            let read: Result<Recipe, _> = serde_json::from_str(text);
            assert_eq!(
                read.as_ref().map_err(|error| error.to_string().split(" at ").next().unwrap().to_owned()),
                expected.map_err(str::to_owned),
                "{text}"
            );
        }
        let html = Recipe::Html(HtmlRecipe { page_query: Some("page".into()), ..HtmlRecipe::default() });
        let written = serde_json::to_string(&html).unwrap();
        assert!(written.starts_with(r#"{"kind":"html","#), "{written}");
        check(&written, Ok(&html));
        let without = written.replacen(r#""kind":"html","#, "", 1);
        let behind = format!(r#"{},"kind":"html"}}"#, without.strip_suffix('}').unwrap());
        check(&behind, Ok(&html));
        check("{}", Err("missing field `kind`"));
        check(r#"{"layouts":[]}"#, Err("missing field `kind`"));
        check(r#"{"kind":"xml"}"#, Err("unknown variant `xml`, expected `html` or `json`"));
        check(r#"{"kind":"html"}"#, Err("missing field `layouts`"));
    }

    #[test]
    fn a_recipe_of_paths_is_read_as_it_was_written() {
        let recipe = Recipe::Json(Box::default());
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&written).unwrap(), recipe);
    }
}
