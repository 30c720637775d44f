//! Every preset reads its fixture pages right, and none is without.
//!
//! `config/presets/NAME.toml` goes with `tests/fixtures/presets/NAME/*.html` (`*.answer` for what a JSON endpoint
//! answers), each beside a `.json` that says what a right reading is. Each layout of a preset needs a page. The pages
//! are written by us. `UPDATE=1` writes the readings and docs/presets.md anew: read what changed before it is kept.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sosik::extract::preset::Preset;
use sosik::extract::{CompiledRecipe, Context, extract, preset};
use sosik::model::page::{Page, Validators};
use sosik::model::post::Candidates;
use sosik::model::source::{HtmlRecipe, Recipe};
use url::Url;

/// Where fixture pages are said to come from, unless the preset is known by its address: a domain of its own, so
/// markup alone tells the platform.
const PAGE: &str = "https://blog.example.org/category";

/// The moment at which all fixture pages are read.
const NOW: &str = "2021-03-02T12:00:00Z";

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fixture pages of a preset.
fn pages(preset: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/fixtures/presets").join(preset);
    [files(&folder, "html"), files(&folder, "answer")].concat()
}

/// Where a preset's fixture pages are: the last of its addresses with a name put in.
fn address(preset: &Preset) -> Url {
    let Some(pattern) = preset.signs.addresses.last() else { return Url::parse(PAGE).unwrap() };
    let mut address = format!("https://{pattern}");
    while let (Some(open), Some(close)) = (address.find('{'), address.find('}')) {
        address.replace_range(open..=close, "someone");
    }
    Url::parse(&address).unwrap()
}

/// A recipe that leaves the choice to the presets' own signs, unless the preset has none.
fn recipe(preset: &Preset) -> CompiledRecipe {
    let signs = &preset.signs;
    let by_itself = !signs.hosts.is_empty() || !signs.addresses.is_empty() || !signs.markup.is_empty();
    let recipe = if by_itself { Recipe::Html(HtmlRecipe::default()) } else { preset.recipe.clone() };
    CompiledRecipe::compile(&recipe).unwrap()
}

/// Reads a fixture page as a poll would.
fn read(preset: &Preset, path: &Path) -> Candidates {
    let media_type = if path.extension().is_some_and(|end| end == "html") { "text/html" } else { "application/json" };
    let page = Page {
        url: address(preset),
        text: fs::read_to_string(path).unwrap(),
        media_type: Some(media_type.to_owned()),
        validators: Validators::default(),
    };
    extract(&page, &recipe(preset), &Context::at(NOW.parse().unwrap()))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn as_json(read: &Candidates) -> Value {
    let posts: Vec<Value> = read
        .posts
        .iter()
        .map(|post| {
            json!({
                "url": post.url,
                "title": post.title,
                "published": post.published.map(|date| date.to_string()),
                "categories": post.categories.iter().map(|path| path.labels().join(" > ")).collect::<Vec<_>>(),
                "excerpt": post.excerpt,
                "author": post.author,
                "image": post.image,
                "pinned": post.pinned,
            })
        })
        .collect();
    let tree: Vec<Value> =
        read.site.tree.iter().map(|node| json!([node.path.labels().join(" > "), node.count])).collect();
    json!({
        "how": read.how,
        "title": read.site.title,
        "language": read.site.language,
        "total": read.site.declared,
        "next": read.next,
        "tree": tree,
        "posts": posts,
    })
}

#[test]
fn every_preset_is_embedded_and_has_a_page_for_each_layout() {
    let presets = files(&root().join("config/presets"), "toml");
    assert_eq!(presets.len(), preset::all().len(), "config/presets and the list in src/extract/preset.rs differ");
    for path in presets {
        let name = name(&path);
        let preset =
            preset::named(&name).unwrap_or_else(|| panic!("{name}.toml is not embedded: src/extract/preset.rs"));
        let fixtures = pages(&name);
        assert!(!fixtures.is_empty(), "preset {name} has no page in tests/fixtures/presets/{name}");
        let read: BTreeSet<String> = fixtures.iter().map(|page| read(preset, page).how).collect();
        let Recipe::Html(recipe) = &preset.recipe else { continue };
        for layout in &recipe.layouts {
            let how = format!("preset:{name}/{}", layout.name);
            assert!(read.contains(&how), "layout {} of preset {name} has no fixture page", layout.name);
        }
    }
}

#[test]
fn every_page_is_read_as_it_says() {
    for preset in preset::all() {
        for page in pages(&preset.name) {
            let mut read = as_json(&read(preset, &page));
            if page.extension().is_some_and(|end| end == "answer") {
                let request = recipe(preset).request(&address(preset)).unwrap();
                let body = request.body.map(|body| serde_json::from_str::<Value>(&body).unwrap());
                read["asked"] = json!({ "url": request.url, "body": body, "headers": request.headers });
            }
            let file = page.with_extension("json");
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&file, format!("{read:#}\n")).unwrap();
            }
            let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
            let expected: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read, expected, "{}:\n{read:#}", page.display());
        }
    }
}

#[test]
fn every_fixture_has_a_page_and_every_page_a_preset() {
    for folder in fs::read_dir(root().join("tests/fixtures/presets")).unwrap().map(|entry| entry.unwrap().path()) {
        assert!(preset::named(&folder.file_name().unwrap().to_string_lossy()).is_some(), "{}", folder.display());
        for reading in files(&folder, "json") {
            let has_page = ["html", "answer"].iter().any(|end| reading.with_extension(end).is_file());
            assert!(has_page, "{} belongs to no page", reading.display());
        }
    }
}

/// docs/presets.md, as the presets' files say.
fn table() -> String {
    let code = |texts: &[String]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    let mut page = String::from(
        "# Presets\n\nHow families of blogs are read. A page chooses its preset by its address or its markup; `preset = \"NAME\"` in \
         a `[[source]]`\nnames one. What was confirmed, and where, stands at the top of each file in `config/presets/`. This \
         page is written by\n`UPDATE=1 cargo test --test presets`.\n\n| preset | for | known by | read from | its own feed |\n\
         |---|---|---|---|---|\n",
    );
    for preset in preset::all() {
        let signs = &preset.signs;
        let markup = (!signs.markup.is_empty()).then(|| "its markup".to_owned());
        let known = [code(&signs.addresses), code(&signs.hosts), markup.unwrap_or_default()];
        let known = known.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        let known = if known.is_empty() { "only where it is named".to_owned() } else { known };
        let from = match &preset.recipe {
            Recipe::Html(recipe) => {
                let names: Vec<String> = recipe.layouts.iter().map(|layout| layout.name.clone()).collect();
                format!("pages: {}", names.join(", "))
            }
            Recipe::Json(recipe) => {
                let method = if recipe.rules.body.is_some() { "POST" } else { "GET" };
                let endpoint = recipe.rules.endpoint.as_deref().unwrap_or_default();
                format!("{method} `{}`", endpoint.split('?').next().unwrap_or_default())
            }
        };
        let feed = preset.feed.as_ref().map_or_else(|| "-".to_owned(), |feed| format!("`{feed}`"));
        writeln!(page, "| `{}` | {} | {known} | {from} | {feed} |", preset.name, preset.title).unwrap();
    }
    page
}

#[test]
fn the_page_of_presets_is_what_their_files_say() {
    let file = root().join("docs/presets.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, table()).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == table(), "docs/presets.md is not what the presets say: UPDATE=1 writes it anew");
}

#[test]
fn a_preset_knows_the_feed_of_a_blog() {
    for (name, address, feed) in [
        ("wordpress", "https://blog.example.org/category/plants/", "https://blog.example.org/feed/"),
        ("medium", "https://medium.com/@someone", "https://medium.com/feed/@someone"),
        ("medium", "https://someone.medium.com/", "https://medium.com/feed/@someone"),
        ("substack", "https://someone.substack.com/archive", "https://someone.substack.com/feed"),
        ("naver-blog", "https://m.blog.naver.com/someone?categoryNo=7", "https://rss.blog.naver.com/someone.xml"),
        ("velog", "https://velog.io/@someone/posts", "https://v2.velog.io/rss/someone"),
    ] {
        let found = preset::named(name).unwrap().feed_of(&Url::parse(address).unwrap());
        assert_eq!(found.as_ref().map(Url::as_str), Some(feed), "{name} {address}");
    }
    let nobody = preset::named("medium").unwrap().feed_of(&Url::parse("https://medium.com/tag/rust").unwrap());
    assert_eq!(nobody, None);
}

#[test]
fn a_preset_says_what_was_confirmed_and_where() {
    for path in files(&root().join("config/presets"), "toml") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("Confirmed:"), "{} does not say what was confirmed, and where", path.display());
    }
}
