//! An endpoint's answer → the posts in it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use url::Url;

use super::compile::{CompiledJson, Paging};
use super::field::{Field, Names, text};
use super::request::Place;
use crate::extract::category::{path_of, tags};
use crate::extract::contract::{Context, ExtractError};
use crate::extract::date::{is_plausible, order_of, read_in_order, read_with_format, zone_of};
use crate::extract::document::Document;
use crate::extract::link::{resolve, same_host};
use crate::extract::merge;
use crate::extract::recipe::CompiledRecipe;
use crate::extract::text::{EXCERPT_LENGTH, TITLE_LENGTH, clean_to};
use crate::model::date::{Precision, Published};
use crate::model::enclosure::Enclosure;
use crate::model::page::Page;
use crate::model::post::{Candidate, Candidates, SiteFacts};

/// What some endpoints put before their JSON, so that no other site can load it as a script.
const GUARDS: &[&str] = &[")]}',", ")]}'", "])}while(1);</x>", "while(1);", "for(;;);"];

/// Files of one post that are taken.
const MOST_ENCLOSURES: usize = 8;

/// Values in an answer, at most: each takes about 70 bytes of memory.
const MOST_VALUES: usize = 1_000_000;

/// Reads the posts of `page`, whose URL is the address that people know.
pub(in crate::extract) fn read(
    page: &Page,
    recipe: &CompiledRecipe,
    json: &CompiledJson,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    let root = parse(page, json, context)?;
    let bad_address = |reason: String| ExtractError::NoAddress { url: page.url.clone(), reason };
    let names = json.names(&page.url).map_err(bad_address)?;
    let place = Place::of(&page.url);
    let found = json.post.values(&root, context.budget.posts);
    // An empty page behind the first is the end of the list.
    if found.is_empty() && place == Place::default() {
        let path = json.post.text().into();
        return Err(ExtractError::NoPath { url: page.url.clone(), path, found: json.post.dead_end(&root).into() });
    }
    let mut base = context.link_base.unwrap_or(&page.url).clone();
    base.set_fragment(None);

    let zone = zone_of([context.time_zone, recipe.time_zone.as_deref()], context.language);
    let dates: Vec<Vec<String>> = found.iter().map(|post| texts(json.date.as_ref(), post, &names)).collect();
    let order = order_of(dates.iter().flatten().map(String::as_str), context.language);
    let when = |text: &String| {
        let by_format = json.date_format.as_deref().and_then(|format| read_with_format(text, format, &zone));
        by_format
            .or_else(|| epoch(text, &zone))
            .filter(|published| is_plausible(published, context.now))
            .or_else(|| read_in_order(text, &zone, context.now, order))
    };
    let mut posts = Vec::with_capacity(found.len());
    for (post, dates) in found.iter().zip(&dates) {
        let link = json.link.links(post, &names).into_iter().find_map(|link| resolve(&base, &link));
        let Some(url) = link else { continue };
        let published = dates.iter().find_map(when);
        posts.push(Candidate { published, ..candidate(post, url, json, recipe, &names, &base) });
    }
    if let Some(first) = found.first()
        && posts.is_empty()
    {
        let path = json.link.shown().into();
        return Err(ExtractError::NoPath { url: page.url.clone(), path, found: missing(first, found.len()).into() });
    }
    if let Some(title) = &json.title
        && let Some(first) = found.first()
        && posts.iter().all(|post| post.title.is_empty())
    {
        let path = title.shown().into();
        return Err(ExtractError::NoPath { url: page.url.clone(), path, found: missing(first, found.len()).into() });
    }
    let declared = json.total.as_ref().and_then(|total| total.texts(&root, &names).first()?.trim().parse().ok());
    let next = next(&root, json, &names, &place, found.len(), declared, page);
    let one = |field: &Option<Field>| texts(field.as_ref(), &root, &names).into_iter().next();
    let title = one(&json.site_title).map(|title| clean_to(&title, TITLE_LENGTH)).filter(|title| !title.is_empty());
    let named = title.is_some();
    let site = SiteFacts { title, named, home: Some(base), declared, ..SiteFacts::default() };
    let how = recipe.preset.as_ref().map_or_else(|| "recipe".to_owned(), |preset| format!("preset:{preset}"));
    Ok(Candidates { posts: merge::merge(posts, &recipe.links), next, site, how, ttl: None })
}

/// The answer as JSON, or the JSON that an HTML page holds.
fn parse(page: &Page, json: &CompiledJson, context: &Context<'_>) -> Result<Value, ExtractError> {
    let bad = |reason: String| ExtractError::NotJson { url: page.url.clone(), reason };
    let held;
    let text = match &json.embedded {
        Some(embedded) => {
            let document = Document::parse(page, &context.budget)?;
            let element = document.first(embedded)?;
            let nothing = || ExtractError::NoPath {
                url: page.url.clone(),
                path: json.embedded_text.as_str().into(),
                found: "no element of the page matches".into(),
            };
            held = element.ok_or_else(nothing)?.text().collect::<String>();
            held.as_str()
        }
        None => page.text.as_str(),
    };
    let text = text.trim_start_matches('\u{FEFF}').trim();
    let text = GUARDS.iter().find_map(|guard| text.strip_prefix(guard)).unwrap_or(text).trim_start();
    match text.chars().next() {
        None => return Err(ExtractError::Empty { url: page.url.clone() }),
        Some('<') => return Err(bad("it is a web page".to_owned())),
        Some(_) => {}
    }
    let values = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if values > MOST_VALUES {
        return Err(ExtractError::Budget { what: "values", limit: MOST_VALUES });
    }
    serde_json::from_str(text).map_err(|error| bad(error.to_string()))
}

fn candidate(
    post: &Value,
    url: Url,
    json: &CompiledJson,
    recipe: &CompiledRecipe,
    names: &Names,
    base: &Url,
) -> Candidate {
    let one = |field: &Option<Field>, length: usize| {
        let text = clean_to(texts(field.as_ref(), post, names).first()?, length);
        (!text.is_empty()).then_some(text)
    };
    let mut categories = Vec::new();
    for path in texts(json.category.as_ref(), post, names).iter().filter_map(|label| path_of(label, recipe, &[])) {
        if !categories.contains(&path) {
            categories.push(path);
        }
    }
    let tags = tags(texts(json.tag.as_ref(), post, names));
    let images = json.image.as_ref().map(|image| image.links(post, names)).unwrap_or_default();
    let files = json.enclosure.as_ref().map(|enclosure| enclosure.links(post, names)).unwrap_or_default();
    let files: Vec<Url> = files.iter().take(MOST_ENCLOSURES).filter_map(|file| resolve(base, file)).collect();
    Candidate {
        url,
        title: one(&json.title, TITLE_LENGTH).unwrap_or_default(),
        excerpt: one(&json.excerpt, EXCERPT_LENGTH),
        published: None,
        categories,
        tags,
        author: one(&json.author, TITLE_LENGTH),
        image: images.iter().find_map(|image| resolve(base, image)),
        enclosures: files.iter().map(|url| Enclosure::new(url, None, None)).collect(),
        pinned: false,
        no_category: None,
    }
}

/// The address of the next page, if there is one.
fn next(
    root: &Value,
    json: &CompiledJson,
    names: &Names,
    place: &Place,
    count: usize,
    declared: Option<u32>,
    page: &Page,
) -> Option<Url> {
    if count == 0 {
        return None;
    }
    let said = json.next.as_ref();
    let behind = match json.paging {
        Paging::Single => return None,
        Paging::Counted => {
            let goes_on = said.is_none_or(|next| next.field.value(root).is_some_and(truth) != next.says_last);
            let read = place.posts.saturating_add(count as u64);
            let all = declared.is_some_and(|declared| read >= u64::from(declared));
            place.then(count, None, None).filter(|_| goes_on && !all)?
        }
        Paging::Cursor => {
            let cursor = said?.field.texts(root, names).into_iter().next()?;
            place.then(count, Some(cursor), None).filter(|next| next.cursor != place.cursor)?
        }
        Paging::Linked => {
            let asked = json.request(&page.url).ok()?.url;
            let link = said?.field.links(root, names).into_iter().next()?;
            let link = resolve(&asked, &link).filter(|link| same_host(link, &asked) && *link != asked)?;
            place.then(count, None, Some(link.into()))?
        }
    };
    Some(behind.address(&page.url))
}

fn texts(field: Option<&Field>, value: &Value, names: &Names) -> Vec<String> {
    field.map(|field| field.texts(value, names)).unwrap_or_default()
}

/// What a person needs to see to mend a path.
fn missing(post: &Value, count: usize) -> String {
    let names: Vec<&str> = post.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).take(12).collect();
    let names = if names.is_empty() { "no fields".to_owned() } else { names.join(", ") };
    format!("none of the {count} posts has it; the first has {names}")
}

/// Whether a value says yes: `true`, a number but 0, a text that is not empty.
fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::Null => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        other => text(other).is_none_or(|text| !text.is_empty()),
    }
}

/// A moment as a number since 1970: seconds, milliseconds, micro- or nanoseconds, told apart by their length.
fn epoch(text: &str, zone: &TimeZone) -> Option<Published> {
    let digits = text.trim().split('.').next()?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let at = match digits.len() {
        9..=11 => Timestamp::from_second(number),
        12..=14 => Timestamp::from_millisecond(number),
        15..=17 => Timestamp::from_microsecond(number),
        18..=19 => Timestamp::from_nanosecond(i128::from(number)),
        _ => return None,
    };
    let at = at.ok()?;
    Some(Published { at, offset_seconds: zone.to_offset(at).seconds(), precision: Precision::Second })
}

#[cfg(test)]
mod tests;
