//! A source's recipe: its preset, overridden by `[source.recipe]`.
//!
//! Which presets there are and what a selector may be is another room's knowledge; the app hands it in.

use crate::model::json::JsonRecipe;
use crate::model::source::{HtmlRecipe, Layout, Recipe};

use super::document::{nearest, quoted};
use super::endpoint;
use super::entry::Entry;
use super::problem::Fault;
use super::reference::{Key, TABLES};

/// What the configuration must know of presets and selectors.
pub struct Catalogue<'a> {
    /// The recipe of the preset of that name.
    pub named: &'a dyn Fn(&str) -> Option<Recipe>,
    /// The names of all presets.
    pub names: Vec<String>,
    /// Whether a recipe's selectors can be read.
    pub check_recipe: &'a dyn Fn(&Recipe) -> Result<(), RecipeFault>,
}

/// What is wrong with a recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeFault {
    /// The key that holds it: `date`.
    pub key: String,
    /// What is wrong: lowercase, no full stop.
    pub message: String,
}

/// The recipe of a source. Without preset and `[source.recipe]` it has no layouts: the page itself chooses its preset.
pub(super) fn assemble(source: &Entry<'_>, catalogue: &Catalogue<'_>, faults: &mut Vec<Fault>) -> Recipe {
    let mut recipe = source.text_at("preset").map_or_else(none, |(name, at)| {
        (catalogue.named)(name).unwrap_or_else(|| {
            faults.push(unknown_preset(name, at, &catalogue.names));
            none()
        })
    });
    let Some(own) = source.table("recipe") else { return recipe };
    if let Some("json") = own.text("format")
        && !source.mentions("preset")
    {
        recipe = Recipe::Json(Box::<JsonRecipe>::default());
    }
    match &mut recipe {
        Recipe::Json(recipe) => {
            endpoint::override_rules(&mut recipe.rules, &own, catalogue, faults);
            if recipe.rules.post.is_empty() && !own.mentions("post") {
                faults.push(Fault::new(
                    own.at,
                    "this [source.recipe] has no \"post\"",
                    "write post = \"…\", the path of the posts in the answer, such as post = \"data.posts[]\"",
                ));
            }
        }
        Recipe::Html(recipe) => {
            endpoint::refuse(&own, faults);
            override_html(recipe, source, &own, catalogue, faults);
        }
    }
    override_content(&mut recipe, &own, catalogue, faults);
    recipe
}

/// Where full texts stand on posts' own pages, which are HTML whatever the list is.
fn override_content(recipe: &mut Recipe, own: &Entry<'_>, catalogue: &Catalogue<'_>, faults: &mut Vec<Fault>) {
    let Some((content, at)) = own.text_at("content") else { return };
    let content = Some(content.trim().to_owned());
    let alone = Recipe::Html(HtmlRecipe { content: content.clone(), ..HtmlRecipe::default() });
    if let Err(fault) = (catalogue.check_recipe)(&alone) {
        let message = format!("\"content\" cannot be read: {}", fault.message);
        faults.push(Fault::new(at, message, "write a selector, such as content = \".entry-content\""));
        return;
    }
    match recipe {
        Recipe::Html(recipe) => recipe.content = content,
        Recipe::Json(recipe) => recipe.content = content,
    }
}

fn none() -> Recipe {
    Recipe::Html(HtmlRecipe::default())
}

fn override_html(
    recipe: &mut HtmlRecipe,
    source: &Entry<'_>,
    own: &Entry<'_>,
    catalogue: &Catalogue<'_>,
    faults: &mut Vec<Fault>,
) {
    let layout = overrides(own, catalogue, faults);
    if source.mentions("preset") {
        recipe.layouts.iter_mut().for_each(|preset| override_layout(preset, &layout));
    } else if !layout.post.is_empty() {
        recipe.layouts.push(layout);
    } else if !own.mentions("post") && !own.says_only("content") {
        faults.push(Fault::new(
            own.at,
            "this [source.recipe] has no \"post\", and its source names no preset",
            "write post = \"…\", the selector of the element that holds one post, or preset = \"…\" in the [[source]]",
        ));
    }
}

fn unknown_preset(name: &str, at: usize, names: &[String]) -> Fault {
    let help = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("write preset = \"{near}\""),
        None if names.is_empty() => "leave the key out: the page itself chooses".to_owned(),
        None => format!("write one of {}, or leave the key out: the page itself chooses", names.join(", ")),
    };
    Fault::new(at, format!("no preset is called {}", quoted(name)), help)
}

/// The keys of `[source.recipe]` that can be read. Where they cannot all be, each is judged by itself, so that all mistakes
/// are found.
fn overrides(own: &Entry<'_>, catalogue: &Catalogue<'_>, faults: &mut Vec<Fault>) -> Layout {
    let mut layout = Layout { name: "recipe".to_owned(), ..Layout::default() };
    let keys = TABLES.iter().find(|table| table.path == "source.recipe").map_or(&[][..], |table| table.keys);
    let keys = keys.iter().filter(|key| key.name != "content" && !endpoint::KEYS.contains(&key.name));
    let written: Vec<_> = keys.filter_map(|key| Some((key, own.text_at(key.name)?))).collect();
    let judge = |layout: &Layout| {
        (catalogue.check_recipe)(&Recipe::Html(HtmlRecipe { layouts: vec![layout.clone()], ..HtmlRecipe::default() }))
    };
    let any = Layout { post: "*".to_owned(), ..layout.clone() };
    let mut whole = any.clone();
    for (key, (value, _)) in &written {
        set(&mut whole, key, value);
    }
    if judge(&whole).is_ok() {
        let post = if own.mentions("post") { whole.post } else { String::new() };
        return Layout { post, ..whole };
    }
    for (key, (value, at)) in written {
        let mut alone = any.clone();
        set(&mut alone, key, value);
        match judge(&alone) {
            Ok(()) => set(&mut layout, key, value),
            Err(fault) => faults.push(Fault::new(
                at,
                format!("{:?} cannot be read: {}", key.name, fault.message),
                format!("write a selector, such as {} = {}", key.name, key.example),
            )),
        }
    }
    layout
}

fn set(layout: &mut Layout, key: &Key, value: &str) {
    let value = value.trim().to_owned();
    let field = match key.name {
        "post" => {
            layout.post = value;
            return;
        }
        "title" => &mut layout.title,
        "link" => &mut layout.link,
        "excerpt" => &mut layout.excerpt,
        "category" => &mut layout.category,
        "tag" => &mut layout.tag,
        "date" => &mut layout.date,
        "author" => &mut layout.author,
        "image" => &mut layout.image,
        "enclosure" => &mut layout.enclosure,
        "next" => &mut layout.next,
        "date_format" => &mut layout.date_format,
        other => unreachable!("the reference names {other:?} in [source.recipe]"),
    };
    *field = Some(value);
}

/// Puts every field of `own` that is there into its place; the layout keeps its name.
fn override_layout(layout: &mut Layout, own: &Layout) {
    if !own.post.is_empty() {
        layout.post.clone_from(&own.post);
    }
    for (field, over) in [
        (&mut layout.title, &own.title),
        (&mut layout.link, &own.link),
        (&mut layout.excerpt, &own.excerpt),
        (&mut layout.category, &own.category),
        (&mut layout.tag, &own.tag),
        (&mut layout.date, &own.date),
        (&mut layout.author, &own.author),
        (&mut layout.image, &own.image),
        (&mut layout.enclosure, &own.enclosure),
        (&mut layout.next, &own.next),
        (&mut layout.date_format, &own.date_format),
    ] {
        if over.is_some() {
            field.clone_from(over);
        }
    }
}
