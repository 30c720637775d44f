//! Recipes as they are read from what is stored: the word that tells what a recipe is stands first, so what follows is read
//! as it comes.
//!
//! A derived reader would gather everything first, for the word may stand anywhere, and read it a second time: with each
//! source that is polled a recipe is read, and that took half of its time.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
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

thread_local! {
    /// The recipe that this thread read last, and its text.
    static LAST: RefCell<Option<(Box<str>, Arc<Recipe>)>> = const { RefCell::new(None) };
}

/// Reads the recipe of a source from JSON text. The sources of one platform stand together and say the same: their recipe is
/// read once, and they share it.
pub(super) fn shared<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Recipe>, D::Error> {
    let text = <&RawValue>::deserialize(from)?.get();
    LAST.with_borrow_mut(|last| match last {
        Some((known, recipe)) if **known == *text => Ok(Arc::clone(recipe)),
        _ => {
            let recipe: Arc<Recipe> = Arc::new(serde_json::from_str(text).map_err(D::Error::custom)?);
            *last = Some((text.into(), Arc::clone(&recipe)));
            Ok(recipe)
        }
    })
}

thread_local! {
    /// The recipe that this thread wrote last, and its text.
    static WRITTEN: RefCell<Option<(Arc<Recipe>, Box<RawValue>)>> = const { RefCell::new(None) };
}

/// Writes the recipe of a source as JSON: one that many share is written once.
pub(super) fn written<S: Serializer>(recipe: &Arc<Recipe>, to: S) -> Result<S::Ok, S::Error> {
    WRITTEN.with_borrow_mut(|last| match last {
        Some((known, text)) if Arc::ptr_eq(known, recipe) => text.serialize(to),
        _ => {
            let text = to_raw_value(&**recipe).map_err(serde::ser::Error::custom)?;
            last.insert((Arc::clone(recipe), text)).1.serialize(to)
        }
    })
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
    use crate::model::source::Source;

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

    fn source(recipe: &str) -> Result<Source, serde_json::Error> {
        serde_json::from_str(&format!(
            r#"{{"id":"a","url":"https://a.example/","recipe":{recipe},"backfill":"all",
                "cadence":{{"shortest":"PT15M","longest":"PT24H"}},"headers":{{}},"allow_private_addresses":false,
                "robots":true,"paused":false}}"#
        ))
    }

    #[test]
    fn sources_share_a_recipe_that_says_the_same() {
        let usual = serde_json::to_string(&Recipe::Html(HtmlRecipe::default())).unwrap();
        let other = HtmlRecipe { page_query: Some("page".into()), ..HtmlRecipe::default() };
        let other = serde_json::to_string(&Recipe::Html(other)).unwrap();
        let read = [&usual, &usual, &other, &usual].map(|recipe| source(recipe).unwrap().recipe);
        assert!(Arc::ptr_eq(&read[0], &read[1]));
        assert_ne!(read[1], read[2]);
        assert_eq!(read[0], read[3]);
        assert!(source(r#"{"kind":"xml"}"#).unwrap_err().to_string().contains("unknown variant `xml`"));
        assert_eq!(source(&usual).unwrap().recipe, read[0]);
        for (recipe, text) in read.iter().zip([&usual, &usual, &other, &usual]) {
            let written =
                serde_json::to_string(&Source { recipe: Arc::clone(recipe), ..source(&usual).unwrap() }).unwrap();
            assert!(written.contains(&format!(r#""recipe":{text},"#)), "{written}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_written_and_may_have_been() {
        let usual = serde_json::to_string(
            &source(r#"{"kind":"html","layouts":[],"links":{},"categories":{},"site":{}}"#).unwrap(),
        );
        assert!(!usual.as_ref().unwrap().contains("null"), "{usual:?}");
        let before = r#"{"kind":"html","preset":null,"layouts":[],"links":{"drop_query":[],"drop_prefix":[]},
            "categories":{"separator":null,"levels":null,"none":[]},
            "site":{"title":null,"total":null,"feed":null,"tree":null,"tree_count":null,"tree_path":null},
            "page_query":null,"time_zone":null}"#;
        assert_eq!(*source(before).unwrap().recipe, Recipe::Html(HtmlRecipe::default()));
    }

    #[test]
    fn a_recipe_of_paths_is_read_as_it_was_written() {
        let recipe = Recipe::Json(Box::default());
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&written).unwrap(), recipe);
    }
}
