//! A JSON recipe made ready.

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::address::Address;
use super::field::{Field, Template};
use super::path::Path;
use crate::extract::css::Css;
use crate::model::json::JsonRecipe;

/// Names that every endpoint may use.
const COMMON: &[&str] = &["origin", "host", "page", "offset", "cursor"];

/// How an endpoint's pages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    /// By a number in the request; it goes on until a page is empty or all posts were seen.
    Counted,
    /// By what the page before says.
    Cursor,
    /// By the address that the page before names.
    Linked,
    /// There is one page.
    Single,
}

/// What leads to the next page.
#[derive(Debug, Clone)]
pub(super) struct Next {
    pub(super) field: Field,
    /// Whether it says the opposite: that this page is the last.
    pub(super) says_last: bool,
}

/// A JSON recipe made ready.
#[derive(Debug, Clone)]
pub(in crate::extract) struct CompiledJson {
    pub(super) addresses: Vec<Address>,
    pub(super) patterns: Vec<String>,
    /// Names that only an address of the platform says, and without which nothing can be asked.
    pub(super) needed: Vec<String>,
    /// Other names that an address may say.
    pub(super) optional: Vec<String>,
    pub(super) defaults: Vec<(String, String)>,
    pub(super) endpoint: Option<Template>,
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(String, Template)>,
    pub(super) embedded: Option<Css>,
    pub(super) embedded_text: String,
    pub(super) post: Path,
    pub(super) title: Option<Field>,
    pub(super) link: Field,
    pub(super) excerpt: Option<Field>,
    pub(super) category: Option<Field>,
    pub(super) tag: Option<Field>,
    pub(super) date: Option<Field>,
    pub(super) author: Option<Field>,
    pub(super) image: Option<Field>,
    pub(super) enclosure: Option<Field>,
    pub(super) next: Option<Next>,
    pub(super) total: Option<Field>,
    pub(super) site_title: Option<Field>,
    pub(super) date_format: Option<String>,
    pub(super) paging: Paging,
}

/// What is wrong: the key, what it says, and why.
type Wrong = (&'static str, String, String);

impl CompiledJson {
    /// Makes `recipe` ready, or tells the first key that is wrong, what it says, and why.
    pub(in crate::extract) fn compile(recipe: &JsonRecipe) -> Result<Self, Wrong> {
        let rules = &recipe.rules;
        let addresses = recipe.addresses.iter().map(|text| Address::parse(text).map_err(wrong("addresses", text)));
        let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<String> = COMMON.iter().map(|name| (*name).to_owned()).collect();
        names.extend(addresses.iter().flat_map(Address::names).map(str::to_owned));
        names.sort();
        names.dedup();

        let template = |key, text: &str| Template::parse(text, &names, false).map_err(wrong(key, text));
        let field = |key, text: &Option<String>| {
            let parse = |text: &String| Field::parse(text, &names).map_err(wrong(key, text));
            text.as_ref().map(parse).transpose()
        };
        let endpoint = rules.endpoint.as_ref().map(|text| template("endpoint", text)).transpose()?;
        let body = rules.body.as_ref().map(|text| body(text, &names).map_err(wrong("body", text))).transpose()?;
        let next = rules.next.as_ref().map(|text| next(text, &names).map_err(wrong("next", text))).transpose()?;
        let says = |name: &str| {
            endpoint.as_ref().is_some_and(|endpoint| endpoint.names(name))
                || body.as_ref().is_some_and(|body| holds(body, &format!("{{{name}}}")))
        };
        let paging = match &next {
            Some(_) if says("cursor") => Paging::Cursor,
            None if says("cursor") => {
                return Err(("next", String::new(), "{cursor} needs a `next` to come from".into()));
            }
            _ if says("page") || says("offset") => Paging::Counted,
            Some(_) => Paging::Linked,
            None => Paging::Single,
        };
        let own = names.iter().filter(|name| !COMMON.contains(&name.as_str())).cloned();
        let everywhere = |name: &String| recipe_names(&addresses, name) && !rules.defaults.contains_key(name);
        let (needed, optional) = own.partition(|name| everywhere(name) && says(name));
        let link = rules.link.clone().unwrap_or_else(|| "url | link | permalink | canonical_url".to_owned());
        let format = rules.date_format.as_deref();
        if let Some(format) = format
            && let Err(error) =
                strtime::format(format, &DateTime::default().to_zoned(TimeZone::UTC).unwrap_or_default())
        {
            return Err(("date_format", format.to_owned(), error.to_string()));
        }
        let headers = rules.headers.iter().map(|(name, text)| Ok((name.clone(), template("headers", text)?)));
        let embedded = rules.embedded.as_ref().map(|css| Css::parse(css).map_err(wrong("embedded", css)));
        Ok(Self {
            patterns: recipe.addresses.clone(),
            needed,
            optional,
            defaults: rules.defaults.clone().into_iter().collect(),
            post: Path::parse(&rules.post).map_err(wrong("post", &rules.post))?,
            title: field("title", &rules.title)?,
            link: Field::parse(&link, &names).map_err(wrong("link", &link))?,
            excerpt: field("excerpt", &rules.excerpt)?,
            category: field("category", &rules.category)?,
            tag: field("tag", &rules.tag)?,
            date: field("date", &rules.date)?,
            author: field("author", &rules.author)?,
            image: field("image", &rules.image)?,
            enclosure: field("enclosure", &rules.enclosure)?,
            total: field("total", &rules.total)?,
            site_title: field("site_title", &rules.site_title)?,
            date_format: rules.date_format.clone(),
            headers: headers.collect::<Result<_, Wrong>>()?,
            embedded: embedded.transpose()?,
            embedded_text: rules.embedded.clone().unwrap_or_default(),
            addresses,
            endpoint,
            body,
            next,
            paging,
        })
    }
}

fn next(text: &str, names: &[String]) -> Result<Next, String> {
    let (says_last, text) = match text.trim().strip_prefix('!') {
        Some(text) => (true, text),
        None => (false, text),
    };
    Ok(Next { field: Field::parse(text, names)?, says_last })
}

/// Whether every address says `name`.
fn recipe_names(addresses: &[Address], name: &str) -> bool {
    addresses.iter().all(|address| address.names().any(|known| known == name))
}

/// What is wrong with `text`, which stands at `key`.
fn wrong(key: &'static str, text: &str) -> impl FnOnce(String) -> Wrong {
    move |reason| (key, text.to_owned(), reason)
}

/// A body: JSON in which a text that is nothing but `{name}` stands for the value of that name.
fn body(text: &str, names: &[String]) -> Result<Value, String> {
    let body: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    unknown_name(&body, names)
        .map_or(Ok(body), |name| Err(format!("nothing is called {name:?} here; known are {}", names.join(", "))))
}

fn unknown_name(value: &Value, names: &[String]) -> Option<String> {
    match value {
        Value::String(text) => name_in(text).filter(|name| !names.iter().any(|known| known == name)).map(str::to_owned),
        Value::Array(list) => list.iter().find_map(|value| unknown_name(value, names)),
        Value::Object(fields) => fields.values().find_map(|value| unknown_name(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The name that a text of a body stands for: `{user}`. A query of GraphQL is none.
pub(super) fn name_in(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

fn holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(list) => list.iter().any(|value| holds(value, wanted)),
        Value::Object(fields) => fields.values().any(|value| holds(value, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::JsonRules;

    fn compile(change: impl FnOnce(&mut JsonRules)) -> Result<CompiledJson, Wrong> {
        let mut rules = JsonRules { post: "posts[]".into(), ..JsonRules::default() };
        change(&mut rules);
        let addresses = vec!["x.org/@{user}".to_owned()];
        CompiledJson::compile(&JsonRecipe { addresses, rules, ..JsonRecipe::default() })
    }

    #[test]
    fn the_way_to_the_next_page_is_what_the_request_says() {
        let check = |endpoint: &str, body: Option<&str>, next: Option<&str>, expected| {
            let compiled = compile(|rules| {
                rules.endpoint = Some(endpoint.into());
                rules.body = body.map(str::to_owned);
                rules.next = next.map(str::to_owned);
            });
            assert_eq!(compiled.unwrap().paging, expected, "{endpoint} {body:?} {next:?}");
        };
        check("https://x.org/{user}", None, None, Paging::Single);
        check("https://x.org/{user}", None, Some("next"), Paging::Linked);
        check("https://x.org/{user}?page={page}", None, Some("!last"), Paging::Counted);
        check("https://x.org/?c={cursor}", None, Some("posts[-1].id"), Paging::Cursor);
        check("https://x.org/", Some(r#"{"v": {"c": "{cursor}"}}"#), Some("c"), Paging::Cursor);
        check("https://x.org/", Some(r#"{"q": "{ posts { page } }", "o": ["{offset}"]}"#), None, Paging::Counted);
    }

    #[test]
    fn the_wrong_key_is_named() {
        let check = |key: &str, change: &dyn Fn(&mut JsonRules)| {
            let (wrong, _, reason) = compile(change).unwrap_err();
            assert_eq!(wrong, key, "{reason}");
        };
        check("post", &|rules| rules.post = String::new());
        check("title", &|rules| rules.title = Some("a..b".into()));
        check("endpoint", &|rules| rules.endpoint = Some("https://x.org/{who}".into()));
        check("body", &|rules| rules.body = Some("{".into()));
        check("body", &|rules| rules.body = Some(r#"["{who}"]"#.into()));
        check("next", &|rules| rules.endpoint = Some("https://x.org/{cursor}".into()));
        check("embedded", &|rules| rules.embedded = Some("p >".into()));
        check("date_format", &|rules| rules.date_format = Some("%&".into()));
        check("headers", &|rules| rules.headers = [("Referer".to_owned(), "{".to_owned())].into());
    }
}
