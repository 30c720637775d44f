//! Every preset reads its fixture pages right, and none is without.
//!
//! `config/presets/NAME.toml` goes with `tests/fixtures/presets/NAME/*.html`, each beside a `.json` that says what a
//! right reading is. Each layout of a preset needs a page. The pages are written by us.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sosik::extract::{CompiledRecipe, Context, extract, preset};
use sosik::model::page::{Page, Validators};
use sosik::model::post::Candidates;
use sosik::model::source::{HtmlRecipe, Recipe};
use url::Url;

/// Where all fixture pages are said to come from: a domain of its own, so markup alone tells the platform.
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

/// Reads a fixture page with a recipe that leaves the choice to the preset's own signs.
fn read(html: &Path) -> Candidates {
    let page = Page {
        url: Url::parse(PAGE).unwrap(),
        text: fs::read_to_string(html).unwrap(),
        media_type: Some("text/html".to_owned()),
        validators: Validators::default(),
    };
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    extract(&page, &recipe, &Context::at(NOW.parse().unwrap()))
        .unwrap_or_else(|error| panic!("{}: {error}", html.display()))
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
        let fixtures = files(&root().join("tests/fixtures/presets").join(&name), "html");
        assert!(!fixtures.is_empty(), "preset {name} has no page in tests/fixtures/presets/{name}");
        let read: BTreeSet<String> = fixtures.iter().map(|page| read(page).how).collect();
        for layout in &preset.recipe.layouts {
            let how = format!("preset:{name}/{}", layout.name);
            assert!(read.contains(&how), "layout {} of preset {name} has no fixture page", layout.name);
        }
    }
}

#[test]
fn every_page_is_read_as_it_says() {
    for preset in preset::all() {
        for html in files(&root().join("tests/fixtures/presets").join(&preset.name), "html") {
            let expected = html.with_extension("json");
            let text = fs::read_to_string(&expected).unwrap_or_else(|_| panic!("{} is missing", expected.display()));
            let expected: Value = serde_json::from_str(&text).unwrap();
            let read = as_json(&read(&html));
            assert_eq!(read, expected, "{}:\n{read:#}", html.display());
        }
    }
}
