//! What a post's page says to machines: Open Graph, JSON-LD, microdata.

use std::sync::LazyLock;

use scraper::{Html, Selector};
use serde_json::Value;

use super::super::selector::text_of;

/// Values of JSON-LD that are looked at.
const MOST_VALUES: usize = 20_000;

/// What the page says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The post's title.
    pub(super) title: Option<String>,
    /// The title of the page's window, which often names the blog too.
    pub(super) window: Option<String>,
    /// Dates of publication, the surest first.
    pub(super) dates: Vec<String>,
    /// Sections that it belongs to.
    pub(super) sections: Vec<String>,
    /// The labels of the way to it, the outermost first.
    pub(super) trail: Vec<String>,
    /// Who wrote it.
    pub(super) author: Option<String>,
    /// Its picture.
    pub(super) image: Option<String>,
}

impl Told {
    /// What the page calls the post, the surest first.
    pub(super) fn titles(&self) -> Vec<&str> {
        self.title.iter().chain(&self.window).map(String::as_str).filter(|title| !title.trim().is_empty()).collect()
    }
}

/// Reads a page whose post has that title.
pub(super) fn told(html: &Html, title: &str) -> Told {
    let meta = |names: &[&str]| -> Option<String> {
        names.iter().find_map(|name| {
            let found = html.select(&META).take(500).find(|meta| {
                let named = meta.attr("property").or_else(|| meta.attr("name")).or_else(|| meta.attr("itemprop"));
                named.is_some_and(|named| named.eq_ignore_ascii_case(name))
            })?;
            found.attr("content").map(str::trim).filter(|content| !content.is_empty()).map(str::to_owned)
        })
    };
    let mut told = Told {
        title: meta(&["og:title", "twitter:title"]),
        window: html.select(&WINDOW).next().map(text_of),
        dates: meta(&[
            "article:published_time",
            "og:article:published_time",
            "datePublished",
            "dc.date.issued",
            "dc.date",
        ])
        .into_iter()
        .collect(),
        sections: meta(&["article:section"]).into_iter().collect(),
        trail: Vec::new(),
        author: meta(&["article:author_name", "author"]),
        image: meta(&["og:image", "twitter:image"]),
    };
    for script in html.select(&SCRIPTS).take(50) {
        let text: String = script.text().collect();
        if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
            gather(&value, &mut told);
        }
    }
    let stamped = html.select(&PUBLISHED).take(5);
    told.dates.extend(
        stamped.filter_map(|element| element.attr("datetime").or_else(|| element.attr("content")).map(str::to_owned)),
    );
    told.trail.extend(html.select(&TRAIL).take(10).map(|step| text_of(step).trim().to_owned()));
    told.trail.retain(|step| !step.is_empty() && step != title);
    told
}

static META: LazyLock<Selector> = LazyLock::new(|| Selector::parse("meta[content]").expect("a constant selector"));
static WINDOW: LazyLock<Selector> = LazyLock::new(|| Selector::parse("title").expect("a constant selector"));
static SCRIPTS: LazyLock<Selector> =
    LazyLock::new(|| Selector::parse("script[type='application/ld+json' i]").expect("a constant selector"));
static PUBLISHED: LazyLock<Selector> = LazyLock::new(|| {
    Selector::parse("[itemprop~='datePublished'], time[pubdate], article time.published[datetime], time.dt-published")
        .expect("a constant selector")
});
static TRAIL: LazyLock<Selector> = LazyLock::new(|| {
    Selector::parse(
        "nav[aria-label*='breadcrumb' i] a, .breadcrumb a, .breadcrumbs a, [itemtype*='BreadcrumbList'] [itemprop='name']",
    )
    .expect("a constant selector")
});

fn gather(value: &Value, told: &mut Told) {
    let mut waiting = vec![value];
    let mut left = MOST_VALUES;
    while let Some(value) = waiting.pop() {
        left -= 1;
        if left == 0 {
            return;
        }
        match value {
            Value::Array(values) => waiting.extend(values.iter().rev()),
            Value::Object(fields) => {
                if is_of_type(value, |name| name.ends_with("Article") || name.ends_with("Posting")) {
                    take_post(value, told);
                } else if is_of_type(value, |name| name == "BreadcrumbList") {
                    take_trail(value, told);
                } else {
                    waiting.extend(fields.values());
                }
            }
            _ => {}
        }
    }
}

fn take_post(post: &Value, told: &mut Told) {
    let said = |name: &str| post.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
    // A list of related posts comes after the post itself.
    if told.dates.is_empty() || post.get("mainEntityOfPage").is_some() {
        told.dates.extend(said("datePublished").or_else(|| said("dateCreated")));
    }
    if told.title.is_none() {
        told.title = said("headline").or_else(|| said("name"));
    }
    if told.sections.is_empty() {
        told.sections = names(post.get("articleSection"));
    }
    if told.author.is_none() {
        told.author = names(post.get("author")).into_iter().next();
    }
    if told.image.is_none() {
        told.image = said("image").or_else(|| said("thumbnailUrl"));
    }
}

fn take_trail(list: &Value, told: &mut Told) {
    let steps = list.get("itemListElement").and_then(Value::as_array).into_iter().flatten();
    let name = |step: &Value| {
        let name = step.get("name").or_else(|| step.get("item")?.get("name"))?;
        name.as_str().map(|name| name.trim().to_owned())
    };
    told.trail.extend(steps.take(10).filter_map(name));
}

/// A text, a list of texts, or things with names.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.trim().to_owned()],
        Some(Value::Array(values)) => values.iter().take(10).flat_map(|value| names(Some(value))).collect(),
        Some(Value::Object(fields)) => names(fields.get("name")),
        _ => Vec::new(),
    }
}

fn is_of_type(value: &Value, wanted: impl Fn(&str) -> bool) -> bool {
    match value.get("@type") {
        Some(Value::String(name)) => wanted(name),
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).any(wanted),
        _ => false,
    }
}
