//! Presets: recipes for families of sites. Data: one TOML file each in `config/presets/`, embedded in the binary.

use std::sync::LazyLock;

use scraper::{Html, Selector};
use serde::Deserialize;
use url::Url;

use super::recipe::Rules;
use crate::model::link::LinkRules;
use crate::model::source::{CategoryRules, HtmlRecipe, Layout, SiteRules};

/// The files, by name. A test holds this list against the folder.
const FILES: &[(&str, &str)] = &[("tistory", include_str!("../../config/presets/tistory.toml"))];

/// A recipe for a family of sites, and how its pages are recognised.
#[derive(Debug)]
pub struct Preset {
    /// Its name in configurations.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// How to read its pages.
    pub recipe: HtmlRecipe,
    marks: Vec<Selector>,
    hosts: Vec<String>,
    compiled: Rules,
}

/// A preset's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    page_query: Option<String>,
    #[serde(rename = "match")]
    marks: Marks,
    #[serde(default)]
    links: LinkRules,
    #[serde(default)]
    categories: CategoryRules,
    #[serde(default)]
    site: SiteRules,
    layout: Vec<Layout>,
}

/// How pages of the family are recognised: any one is enough.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Marks {
    /// Selectors of which one finds something.
    selectors: Vec<String>,
    /// Domains under which its blogs live.
    hosts: Vec<String>,
}

static ALL: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, text)| parse(name, text).unwrap_or_else(|error| panic!("preset {name}: {error}")))
        .collect()
});

/// Every preset.
pub fn all() -> &'static [Preset] {
    &ALL
}

/// The preset with that name.
pub fn named(name: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.name == name)
}

/// The preset whose marks the page bears.
pub(super) fn matching(document: &Html, url: &Url) -> Option<&'static Preset> {
    let host = url.host_str().unwrap_or_default();
    let of_host = |preset: &&Preset| {
        preset.hosts.iter().any(|domain| host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.')))
    };
    let root = document.root_element();
    let marked = |preset: &&Preset| preset.marks.iter().any(|mark| root.select(mark).next().is_some());
    ALL.iter().find(of_host).or_else(|| ALL.iter().find(marked))
}

impl Preset {
    pub(super) fn compiled(&self) -> &Rules {
        &self.compiled
    }
}

/// Reads a preset's file.
///
/// # Errors
/// What is wrong with it.
pub fn parse(name: &str, text: &str) -> Result<Preset, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let recipe = HtmlRecipe {
        preset: Some(name.to_owned()),
        layouts: file.layout,
        links: file.links,
        categories: file.categories,
        site: file.site,
        page_query: file.page_query,
        time_zone: file.time_zone,
    };
    let marks =
        file.marks.selectors.iter().map(|mark| Selector::parse(mark).map_err(|error| format!("{mark}: {error}")));
    Ok(Preset {
        name: name.to_owned(),
        title: file.title,
        marks: marks.collect::<Result<_, _>>()?,
        hosts: file.marks.hosts,
        compiled: Rules::compile(&recipe).map_err(|error| error.to_string())?,
        recipe,
    })
}
