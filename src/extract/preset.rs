//! Presets: recipes for families of sites, as data in `config/presets/NAME.toml`, embedded in the binary.
//!
//! A preset knows its pages by their markup, since blogs live on domains of their own, and by the platform's
//! hosts. To add one: write the file, name it in `EMBEDDED`, add fixture pages (docs/adding.md).

use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;
use url::Url;

use super::budget::Budget;
use super::contract::ExtractError;
use super::css::Css;
use super::document::Document;
use super::json::{Address, Template, encoded};
use super::recipe::CompiledRecipe;
use crate::model::host::Host;
use crate::model::json::{JsonRecipe, JsonRules};
use crate::model::link::LinkRules;
use crate::model::page::Page;
use crate::model::source::{CategoryRules, HtmlRecipe, Layout, Recipe, SiteRules};

/// A file and its name.
macro_rules! embedded {
    ($name:literal) => {
        ($name, include_str!(concat!("../../config/presets/", $name, ".toml")))
    };
}

/// The files, by name. The first that knows a page reads it.
const EMBEDDED: &[(&str, &str)] = &[
    embedded!("tistory"),
    embedded!("astro"),
    embedded!("blogger"),
    embedded!("brunch"),
    embedded!("cnblogs"),
    embedded!("csdn"),
    embedded!("dev-to"),
    embedded!("docusaurus"),
    embedded!("gatsby"),
    embedded!("ghost"),
    embedded!("habr"),
    embedded!("hashnode"),
    embedded!("hexo"),
    embedded!("hugo"),
    embedded!("jekyll"),
    embedded!("medium"),
    embedded!("naver-blog"),
    embedded!("note"),
    embedded!("qiita"),
    embedded!("substack"),
    embedded!("velog"),
    embedded!("wordpress"),
    embedded!("wordpress-api"),
    embedded!("zenn"),
];

static PRESETS: [OnceLock<Preset>; EMBEDDED.len()] = [const { OnceLock::new() }; EMBEDDED.len()];

/// By what each preset knows its pages, in their order: told without making the presets ready.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let known = EMBEDDED.iter().map(|(name, text)| Known::of(text).unwrap_or_else(|error| panic!("{name}: {error}")));
    known.collect()
});

/// By what a preset knows its pages.
struct Known {
    hosts: Vec<String>,
    addresses: Vec<Address>,
    markup: Vec<Css>,
    /// Whether its posts come from an endpoint and not from the page.
    is_json: bool,
}

/// A recipe for a family of sites.
#[derive(Debug)]
pub struct Preset {
    /// Its name in a configuration: `tistory`.
    pub name: String,
    /// Its name for people: `Tistory`.
    pub title: String,
    /// How its pages are read.
    pub recipe: Recipe,
    /// What it is known by, in its file's words.
    pub signs: Signs,
    /// Whether each blog looks as its theme makes it: what a layout leaves out, the page's structure fills in.
    pub themes: bool,
    /// Where its blogs have feeds of their own: `{origin}/feed/`, see [`Preset::feed_of`].
    pub feed: Option<String>,
    compiled: CompiledRecipe,
    addresses: Vec<Address>,
    feed_template: Option<Template>,
}

/// The shape of a preset's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(rename = "match")]
    signs: Signs,
    #[serde(default)]
    themes: bool,
    page_query: Option<String>,
    time_zone: Option<String>,
    /// What holds a post's full text on its own page.
    content: Option<String>,
    #[serde(default)]
    links: LinkRules,
    #[serde(default)]
    categories: CategoryRules,
    #[serde(default)]
    site: SiteRules,
    /// A blog's own feed: a template that may name parts of its address.
    feed: Option<String>,
    /// How its pages are read: layouts of HTML, or a JSON endpoint.
    #[serde(default)]
    layout: Vec<Layout>,
    json: Option<JsonRules>,
}

/// A file of which only this is read.
#[derive(Debug, Deserialize)]
struct Match {
    #[serde(rename = "match")]
    signs: Signs,
}

/// What a page of the family is known by; one sign is enough.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signs {
    /// Registrable domains of the platform.
    pub hosts: Vec<String>,
    /// Addresses of blogs, with names for their parts: `velog.io/@{user}`.
    pub addresses: Vec<String>,
    /// Selectors that match something on every page of the family and on no other.
    pub markup: Vec<String>,
}

/// All presets.
pub fn all() -> impl ExactSizeIterator<Item = &'static Preset> {
    (0..EMBEDDED.len()).map(numbered)
}

/// The names of all presets.
pub fn names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(name, _)| *name)
}

/// The preset of that name.
pub fn named(name: &str) -> Option<&'static Preset> {
    EMBEDDED.iter().position(|(known, _)| *known == name).map(numbered)
}

/// The preset of that place in the list, made ready when it is asked for the first time.
fn numbered(at: usize) -> &'static Preset {
    let (name, text) = EMBEDDED[at];
    PRESETS[at].get_or_init(|| parse(name, text).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The preset that reads the blog at `address` by its endpoint, so that the page itself need not be fetched.
pub(super) fn of_address(address: &Url) -> Option<&'static Preset> {
    let known = KNOWN.iter().enumerate().filter(|(_, known)| known.is_json && known.is_at(address));
    known
        .map(|(at, _)| numbered(at))
        .find(|preset| preset.compiled.json.as_ref().is_some_and(|json| json.knows(address)))
}

/// The preset that knows the page; `None` also for a page that cannot be parsed.
pub fn matching(page: &Page) -> Option<&'static Preset> {
    let document = Document::parse(page, &Budget::default()).ok()?;
    matching_document(page, &document).ok()?
}

/// As [`matching`], for a page that is parsed.
pub(super) fn matching_document(page: &Page, document: &Document) -> Result<Option<&'static Preset>, ExtractError> {
    let host = Host::of(&page.url);
    // One walk through the page for the marks of all of them.
    let mut found = None;
    for (at, known) in KNOWN.iter().enumerate().filter(|(_, known)| !known.is_json) {
        if known.hosts.iter().any(|known| known == host.name()) || known.is_at(&page.url) {
            return Ok(Some(numbered(at)));
        }
        if found.is_none() {
            let marks: Vec<&Css> = KNOWN.iter().flat_map(|known| &known.markup).collect();
            found = Some(document.matches(&marks, 1)?);
        }
        let before: usize = KNOWN[..at].iter().map(|known| known.markup.len()).sum();
        let own = found.iter().flatten().skip(before).take(known.markup.len());
        if own.into_iter().any(|found| !found.is_empty()) {
            return Ok(Some(numbered(at)));
        }
    }
    Ok(None)
}

impl Known {
    /// Reads the table `[match]` of a preset's file, and no other.
    fn of(toml: &str) -> Result<Self, String> {
        let table = toml.find("\n[match]\n").map(|at| &toml[at + 1..]).ok_or("it has no [match]")?;
        let end = table[1..].find("\n[").map_or(table.len(), |end| end + 1);
        let file: Match = toml::from_str(&table[..end]).map_err(|error| error.to_string())?;
        let (addresses, markup) = file.signs.compile()?;
        Ok(Self { hosts: file.signs.hosts, addresses, markup, is_json: toml.contains("\n[json]\n") })
    }

    fn is_at(&self, address: &Url) -> bool {
        self.addresses.iter().any(|known| known.read(address).is_some())
    }
}

impl Signs {
    /// Makes them ready; else says what is wrong with them.
    fn compile(&self) -> Result<(Vec<Address>, Vec<Css>), String> {
        let wrong = |css: &str, reason: String| format!("`match.markup` is wrong: {reason} (it says {css:?})");
        let markup = self.markup.iter().map(|css| Css::parse(css).map_err(|reason| wrong(css, reason)));
        let markup = markup.collect::<Result<_, String>>()?;
        let addresses = self.addresses.iter().map(|text| {
            Address::parse(text).map_err(|reason| format!("`match.addresses` is wrong: {reason} ({text:?})"))
        });
        Ok((addresses.collect::<Result<_, String>>()?, markup))
    }
}

/// Reads a preset's file; else says what is wrong with it.
pub fn parse(name: &str, toml: &str) -> Result<Preset, String> {
    let file: File = toml::from_str(toml).map_err(|error| error.to_string())?;
    let (addresses, _) = file.signs.compile()?;
    let mut names: Vec<String> = addresses.iter().flat_map(Address::names).map(str::to_owned).collect();
    names.push("origin".to_owned());
    let feed_template = file.feed.as_deref().map(|feed| Template::parse(feed, &names, false));
    let feed_template = feed_template.transpose().map_err(|reason| format!("`feed` is wrong: {reason}"))?;
    let recipe = match file.json {
        None if file.layout.is_empty() => return Err("a preset needs [json] or at least one [[layout]]".to_owned()),
        None => Recipe::Html(HtmlRecipe {
            preset: Some(name.to_owned()),
            layouts: file.layout,
            links: file.links,
            categories: file.categories,
            site: file.site,
            page_query: file.page_query,
            time_zone: file.time_zone,
            content: file.content,
        }),
        Some(_) if !file.layout.is_empty() => return Err("a preset has [json] or [[layout]], not both".to_owned()),
        Some(rules) => Recipe::Json(Box::new(JsonRecipe {
            preset: Some(name.to_owned()),
            addresses: file.signs.addresses.clone(),
            rules,
            links: file.links,
            categories: file.categories,
            time_zone: file.time_zone,
            content: file.content,
        })),
    };
    let compiled = CompiledRecipe::compile(&recipe).map_err(|error| error.to_string())?;
    let (title, signs, themes, feed) = (file.title, file.signs, file.themes, file.feed);
    Ok(Preset { name: name.to_owned(), title, recipe, signs, themes, feed, compiled, addresses, feed_template })
}

impl Preset {
    /// Its recipe made ready.
    pub fn compiled(&self) -> &CompiledRecipe {
        &self.compiled
    }

    /// The feed that the platform itself makes of the blog at `address`; `None`: it makes none, or the address does
    /// not say whose it would be.
    pub fn feed_of(&self, address: &Url) -> Option<Url> {
        let mut names = self.addresses.iter().find_map(|known| known.read(address)).unwrap_or_default();
        names.insert("origin".to_owned(), address.origin().ascii_serialization());
        let feed = self.feed_template.as_ref()?.fill(None, &names, encoded)?;
        Url::parse(&feed).ok().filter(|feed| matches!(feed.scheme(), "http" | "https"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_preset_can_be_read() {
        assert_eq!(all().len(), EMBEDDED.len());
        assert!(all().all(|preset| !preset.title.is_empty() && preset.recipe.preset() == Some(&preset.name)));
        for (preset, known) in all().zip(KNOWN.iter()) {
            assert_eq!(known.hosts, preset.signs.hosts, "{}", preset.name);
            assert_eq!(known.addresses.len(), preset.signs.addresses.len(), "{}", preset.name);
            assert_eq!(known.markup.len(), preset.signs.markup.len(), "{}", preset.name);
            assert_eq!(known.is_json, preset.compiled.json.is_some(), "{}", preset.name);
        }
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
