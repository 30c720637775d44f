//! The keys of `[source.recipe]` that read a JSON endpoint (`format = "json"`).

use crate::model::json::{JsonRecipe, JsonRules};
use crate::model::source::Recipe;

use super::entry::Entry;
use super::problem::Fault;
use super::recipe::Catalogue;
use super::reference::{Key, TABLES};

/// The keys that mean something for an endpoint only, and the one that says that there is one.
pub(super) const KEYS: &[&str] = &["format", "endpoint", "body", "embedded", "total"];

/// Puts every key of `own` into its place. Each is judged by itself, so that all mistakes are found.
pub(super) fn override_rules(
    rules: &mut JsonRules,
    own: &Entry<'_>,
    catalogue: &Catalogue<'_>,
    faults: &mut Vec<Fault>,
) {
    let keys = TABLES.iter().find(|table| table.path == "source.recipe").map_or(&[][..], |table| table.keys);
    let mut places = Vec::new();
    for key in keys.iter().filter(|key| !matches!(key.name, "format" | "content")) {
        let Some((value, at)) = own.text_at(key.name) else { continue };
        let mut alone = JsonRules { post: "[]".to_owned(), ..JsonRules::default() };
        set(&mut alone, key, value);
        // A cursor and what it comes from are judged together below.
        let together = alone.endpoint.is_some() || alone.body.is_some();
        alone.next = alone.next.or_else(|| together.then(|| "next".to_owned()));
        match check(alone, catalogue) {
            Ok(()) => {
                set(rules, key, value);
                places.push((key.name, at));
            }
            Err(message) => faults.push(Fault::new(
                at,
                format!("{:?} cannot be read: {message}", key.name),
                format!("write {}", example(key.name)),
            )),
        }
    }
    let at = places.iter().find(|(name, _)| *name == "endpoint" || *name == "body").map_or(own.at, |(_, at)| *at);
    let whole =
        if rules.post.is_empty() { JsonRules { post: "[]".to_owned(), ..rules.clone() } } else { rules.clone() };
    if let Err(message) = check(whole, catalogue) {
        faults.push(Fault::new(at, message, "write next = \"…\", the path of the cursor in the answer"));
    }
}

/// What stands in a recipe of HTML and means nothing there.
pub(super) fn refuse(own: &Entry<'_>, faults: &mut Vec<Fault>) {
    for name in KEYS.iter().filter(|name| **name != "format") {
        if let Some((_, at)) = own.text_at(name) {
            faults.push(Fault::new(
                at,
                format!("{name:?} is read for a JSON endpoint only"),
                "write format = \"json\" beside it, or leave the key out",
            ));
        }
    }
}

fn check(rules: JsonRules, catalogue: &Catalogue<'_>) -> Result<(), String> {
    let recipe = Recipe::Json(Box::new(JsonRecipe { rules, ..JsonRecipe::default() }));
    (catalogue.check_recipe)(&recipe).map_err(|fault| fault.message)
}

fn example(name: &str) -> &'static str {
    match name {
        "post" => "a path, such as post = \"data.posts[]\"",
        "link" => "a path or a template, such as link = \"https://blog.example/{slug}\"",
        "endpoint" => "an address, such as endpoint = \"{origin}/api/posts?page={page}\"",
        "body" => "JSON, such as body = '{\"page\": \"{page}\"}'",
        "embedded" => "a selector, such as embedded = \"script#__NEXT_DATA__\"",
        "date_format" => "a format of strptime, such as date_format = \"%Y.%m.%d\"",
        _ => "a path, such as title = \"attributes.title\"",
    }
}

fn set(rules: &mut JsonRules, key: &Key, value: &str) {
    let value = value.trim().to_owned();
    let field = match key.name {
        "post" => {
            rules.post = value;
            return;
        }
        "endpoint" => &mut rules.endpoint,
        "body" => &mut rules.body,
        "embedded" => &mut rules.embedded,
        "total" => &mut rules.total,
        "title" => &mut rules.title,
        "link" => &mut rules.link,
        "excerpt" => &mut rules.excerpt,
        "category" => &mut rules.category,
        "tag" => &mut rules.tag,
        "date" => &mut rules.date,
        "author" => &mut rules.author,
        "image" => &mut rules.image,
        "enclosure" => &mut rules.enclosure,
        "next" => &mut rules.next,
        "date_format" => &mut rules.date_format,
        other => unreachable!("the reference names {other:?} in [source.recipe]"),
    };
    *field = Some(value);
}
