//! In words what was found on a page, how sure that is, from what evidence, and what was left out; and a recipe to begin
//! with where a person is to write one.

use super::paint::{Paint, out};
use super::report::CliError;
use crate::extract::Detected;
use crate::extract::about::{About, Kind};
use crate::model::post::Candidates;
use crate::model::source::Layout;

/// Explains how a page was read.
pub(crate) fn explain(read: &Candidates, detected: Option<&Detected>) -> Result<(), CliError> {
    for line in lines(read, detected) {
        out(&line)?;
    }
    Ok(())
}

fn lines(read: &Candidates, detected: Option<&Detected>) -> Vec<String> {
    let mut lines = Vec::new();
    match detected {
        None => {
            let filled = |has: usize| format!("{has} of {}", read.posts.len());
            let count = |has: &dyn Fn(&crate::model::post::Candidate) -> bool| {
                read.posts.iter().filter(|post| has(post)).count()
            };
            lines.push(match read.how.strip_prefix("preset:") {
                Some(preset) => {
                    let (family, layout) = preset.split_once('/').unwrap_or((preset, ""));
                    let layout = if layout.is_empty() { String::new() } else { format!(", in its layout `{layout}`") };
                    format!("The page is one of {family}{layout}: a preset reads it, nothing had to be guessed.")
                }
                None => "A recipe of selectors reads the page, nothing had to be guessed.".to_owned(),
            });
            lines.push(format!(
                "{} posts have a title, {} a date, {} a category, {} an excerpt.",
                filled(count(&|post| !post.title.is_empty())),
                filled(count(&|post| post.published.is_some())),
                filled(count(&|post| !post.categories.is_empty())),
                filled(count(&|post| post.excerpt.is_some())),
            ));
        }
        Some(detected) => {
            if let Some(family) = read.how.strip_prefix("preset:").and_then(|how| how.split('/').next()) {
                lines.push(format!("The page is one of {family}, but none of its known layouts reads it."));
            }
            lines.extend(detected.explanation.to_string().lines().map(str::to_owned));
            lines.push(match (&detected.recipe, detected.untaught) {
                (Some(_), _) => "A recipe was learnt that reads the same from the page:".to_owned(),
                (None, why) => {
                    format!("No recipe reads the same ({}): each look detects anew.", why.unwrap_or("none was found"))
                }
            });
            let recipe = detected.recipe.as_ref().and_then(|recipe| recipe.layouts.first());
            lines.extend(recipe.into_iter().flat_map(recipe_lines).map(|line| format!("    {line}")));
        }
    }
    match &read.next {
        Some(next) => lines.push(format!("Older posts follow at {next}.")),
        None => lines.push("No link to a page of older posts was found.".to_owned()),
    }
    lines
}

/// The keys of `[source.recipe]` that say what a layout says.
pub(crate) fn recipe_lines(layout: &Layout) -> Vec<String> {
    let fields = [
        ("post", Some(&layout.post)),
        ("title", layout.title.as_ref()),
        ("link", layout.link.as_ref()),
        ("excerpt", layout.excerpt.as_ref()),
        ("category", layout.category.as_ref()),
        ("date", layout.date.as_ref()),
        ("author", layout.author.as_ref()),
        ("image", layout.image.as_ref()),
        ("next", layout.next.as_ref()),
    ];
    let written = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    written.map(|(name, value)| format!("{name} = {}", toml::Value::from(value.as_str()))).collect()
}

/// What a page without a list of posts looks like, in a sentence.
pub(crate) fn saw(about: &About) -> String {
    let title = about
        .title
        .as_deref()
        .filter(|title| !title.is_empty())
        .map(|title| format!("{title:?}: "))
        .unwrap_or_default();
    let what = match &about.kind {
        Kind::Feed { .. } => "a feed".to_owned(),
        _ if about.links < 5 && about.scripts > 0 && about.text < 400 => {
            format!(
                "{} links and {} scripts: the page is probably built in the browser, which sosik does not run",
                about.links, about.scripts
            )
        }
        Kind::Post => format!("one post, {} links, none of them a list of posts", about.links),
        Kind::Part | Kind::Page => {
            format!("{} links and {} letters of text, no list of posts among them", about.links, about.text)
        }
    };
    format!("{title}{what}")
}

/// A source with a recipe to begin with.
pub(crate) fn draft(url: &url::Url) -> Vec<String> {
    let layout = Layout {
        post: "article".to_owned(),
        title: Some("h2".to_owned()),
        link: Some("h2 a".to_owned()),
        date: Some("time".to_owned()),
        category: Some(".category".to_owned()),
        ..Layout::default()
    };
    let mut lines = vec![
        "[[source]]".to_owned(),
        format!("url = {}", toml::Value::from(url.as_str())),
        "[source.recipe]".to_owned(),
    ];
    let said = [
        "the element that holds one post",
        "in it, the title",
        "in it, the link",
        "in it, the category",
        "in it, the date",
    ];
    lines.extend(recipe_lines(&layout).into_iter().zip(said).map(|(line, what)| format!("{line:<24} # {what}")));
    lines.iter().map(Paint::dim).collect()
}
