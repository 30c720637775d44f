//! Presets: recipes for families of sites, as data in `config/presets/NAME.toml`, embedded in the binary.
//!
//! A preset knows its pages by their markup, since blogs live on domains of their own, and by the platform's
//! hosts. To add one: write the file, name it in [`EMBEDDED`], add fixture pages (docs/adding.md).

use std::sync::LazyLock;

use serde::Deserialize;

use super::budget::Budget;
use super::contract::ExtractError;
use super::document::Document;
use super::recipe::CompiledRecipe;
use super::selector::parse_css;
use crate::model::host::Host;
use crate::model::link::LinkRules;
use crate::model::page::Page;
use crate::model::source::{CategoryRules, HtmlRecipe, Layout, SiteRules};
use scraper::Selector;

/// The files, by name.
const EMBEDDED: &[(&str, &str)] = &[("tistory", include_str!("../../config/presets/tistory.toml"))];

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    EMBEDDED.iter().map(|(name, text)| parse(name, text).unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
});

/// A recipe for a family of sites.
#[derive(Debug)]
pub struct Preset {
    /// Its name in a configuration: `tistory`.
    pub name: String,
    /// Its name for people: `Tistory`.
    pub title: String,
    /// How its pages are read.
    pub recipe: HtmlRecipe,
    compiled: CompiledRecipe,
    hosts: Vec<String>,
    markup: Vec<Selector>,
}

/// The shape of a preset's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(rename = "match")]
    signs: Signs,
    page_query: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    links: LinkRules,
    #[serde(default)]
    categories: CategoryRules,
    #[serde(default)]
    site: SiteRules,
    layout: Vec<Layout>,
}

/// What a page of the family is known by; one sign is enough.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Signs {
    /// Registrable domains of the platform.
    hosts: Vec<String>,
    /// Selectors that match something on every page of the family and on no other.
    markup: Vec<String>,
}

/// All presets.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// The preset of that name.
pub fn named(name: &str) -> Option<&'static Preset> {
    all().iter().find(|preset| preset.name == name)
}

/// The preset that knows the page; `None` also for a page that cannot be parsed.
pub fn matching(page: &Page) -> Option<&'static Preset> {
    let document = Document::parse(page, &Budget::default()).ok()?;
    matching_document(page, &document).ok()?
}

/// As [`matching`], for a page that is parsed.
pub(super) fn matching_document(page: &Page, document: &Document) -> Result<Option<&'static Preset>, ExtractError> {
    for preset in all() {
        if preset.knows(page, document)? {
            return Ok(Some(preset));
        }
    }
    Ok(None)
}

/// Reads a preset's file; else says what is wrong with it.
pub fn parse(name: &str, toml: &str) -> Result<Preset, String> {
    let file: File = toml::from_str(toml).map_err(|error| error.to_string())?;
    let markup = file
        .signs
        .markup
        .iter()
        .map(|css| parse_css(css).map_err(|reason| format!("`match.markup` is wrong: {reason} (it says {css:?})")));
    let markup = markup.collect::<Result<Vec<_>, _>>()?;
    if file.layout.is_empty() {
        return Err("a preset needs at least one [[layout]]".to_owned());
    }
    let recipe = HtmlRecipe {
        preset: Some(name.to_owned()),
        layouts: file.layout,
        links: file.links,
        categories: file.categories,
        site: file.site,
        page_query: file.page_query,
        time_zone: file.time_zone,
    };
    let compiled = CompiledRecipe::compile_html(&recipe).map_err(|error| error.to_string())?;
    Ok(Preset { name: name.to_owned(), title: file.title, recipe, compiled, hosts: file.signs.hosts, markup })
}

impl Preset {
    /// Its recipe made ready.
    pub fn compiled(&self) -> &CompiledRecipe {
        &self.compiled
    }

    fn knows(&self, page: &Page, document: &Document) -> Result<bool, ExtractError> {
        let host = Host::of(&page.url);
        if self.hosts.iter().any(|known| known == host.name()) {
            return Ok(true);
        }
        let signs: Vec<&Selector> = self.markup.iter().collect();
        Ok(document.matches(&signs, 1)?.iter().any(|found| !found.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_preset_can_be_read() {
        assert_eq!(all().len(), EMBEDDED.len());
        assert!(all().iter().all(|preset| !preset.recipe.layouts.is_empty() && !preset.title.is_empty()));
        assert!(named("tistory").is_some() && named("nothing").is_none());
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        for (toml, told) in [
            ("", "title"),
            ("title = 'X'\nlayout = []\n[match]", "[[layout]]"),
            ("title = 'X'\n[match]\nmarkup = ['p >']\n[[layout]]\npost = 'p'", "match.markup"),
            ("title = 'X'\n[match]\n[[layout]]\nname = 'a'\npost = 'p >'", "layout.a.post"),
            ("title = 'X'\n[match]\n[[layout]]\nposts = 'p'", "posts"),
        ] {
            let error = parse("x", toml).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
