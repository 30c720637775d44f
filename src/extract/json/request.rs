//! What is asked for to read a page of a blog, and the address of the page behind it.

use std::collections::BTreeMap;

use serde_json::{Number, Value};
use url::Url;

use super::compile::{CompiledJson, name_in};
use super::field::{Names, encoded};
use crate::extract::link::{resolve, same_host};

/// Longest cursor: a longer one is no honest place in a list.
const LONGEST_CURSOR: usize = 1024;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub url: Url,
    /// The JSON that is posted; `None`: a GET.
    pub body: Option<String>,
    /// Headers that the platform wants.
    pub headers: BTreeMap<String, String>,
    /// Whether the answer is another place than the address that people know: it then stands for that.
    pub stands_in: bool,
}

impl Request {
    /// A GET of the page itself.
    pub fn page(url: &Url) -> Self {
        Self { url: url.clone(), body: None, headers: BTreeMap::new(), stands_in: false }
    }
}

/// The place of a page in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Pages before it.
    pub(super) pages: u64,
    /// Posts on these.
    pub(super) posts: u64,
    /// What the page before said.
    pub(super) cursor: Option<String>,
    /// The address that the page before named.
    pub(super) link: Option<String>,
}

impl Place {
    /// The place that an address names.
    pub(super) fn of(address: &Url) -> Self {
        let mut place = Self::default();
        for (name, value) in url::form_urlencoded::parse(address.fragment().unwrap_or_default().as_bytes()) {
            match &*name {
                "page" => place.pages = value.parse::<u64>().unwrap_or(1).clamp(1, u64::from(u32::MAX)) - 1,
                "offset" => place.posts = value.parse::<u64>().unwrap_or(0).min(u64::from(u32::MAX)),
                "cursor" if value.len() <= LONGEST_CURSOR => place.cursor = Some(value.into_owned()),
                "next" => place.link = Some(value.into_owned()),
                _ => {}
            }
        }
        place
    }

    /// The address of the page at this place; the first has no fragment.
    pub(super) fn address(&self, blog: &Url) -> Url {
        let mut fragment = url::form_urlencoded::Serializer::new(String::new());
        if self.pages > 0 {
            fragment.append_pair("page", &(self.pages + 1).to_string());
            fragment.append_pair("offset", &self.posts.to_string());
        }
        for (name, value) in [("cursor", &self.cursor), ("next", &self.link)] {
            if let Some(value) = value {
                fragment.append_pair(name, value);
            }
        }
        let fragment = fragment.finish();
        let mut address = blog.clone();
        address.set_fragment(Some(fragment.as_str()).filter(|fragment| !fragment.is_empty()));
        address
    }

    /// The place behind a page of so many posts that said this.
    pub(super) fn then(&self, posts: usize, cursor: Option<String>, link: Option<String>) -> Option<Self> {
        let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= LONGEST_CURSOR);
        let next = Self { pages: self.pages + 1, posts: self.posts + posts as u64, cursor, link };
        (short(&next.cursor) && short(&next.link)).then_some(next)
    }
}

impl CompiledJson {
    /// What is asked for to read the page at `address`; else why that cannot be said.
    pub(in crate::extract) fn request(&self, address: &Url) -> Result<Request, String> {
        let mut names = self.names(address)?;
        let place = Place::of(address);
        let body = self.body.as_ref().map(|body| filled(body, &names, &place).to_string());
        // A part that this address does not name is a parameter that is left out.
        for name in &self.optional {
            names.entry(name.clone()).or_default();
        }
        let mut url = match &self.endpoint {
            Some(endpoint) => {
                let filled = endpoint.fill(None, &names, encoded).ok_or("the endpoint names what is not known")?;
                Url::parse(&filled).map_err(|error| format!("the endpoint {filled:?} is no address: {error}"))?
            }
            None => address.clone(),
        };
        url.set_fragment(None);
        drop_empty(&mut url);
        if let Some(link) = place.link.as_deref() {
            let linked = resolve(&url, link).filter(|linked| same_host(linked, &url));
            url = linked.ok_or("the next page lies on another host")?;
        }
        let headers =
            self.headers.iter().filter_map(|(name, text)| Some((name.clone(), text.fill(None, &names, encoded)?)));
        Ok(Request { url, body, headers: headers.collect(), stands_in: true })
    }

    /// Whether it knows such addresses by itself.
    pub(in crate::extract) fn knows(&self, address: &Url) -> bool {
        self.addresses.iter().any(|known| known.read(address).is_some())
    }

    /// What the templates may name at `address`.
    pub(super) fn names(&self, address: &Url) -> Result<Names, String> {
        let mut names = match self.addresses.iter().find_map(|known| known.read(address)) {
            Some(names) => names,
            // The platform on a domain of one's own, where its address says nothing that is needed.
            None if self.needed.is_empty() => Names::new(),
            None => return Err(format!("it is no address like {}", self.patterns.join(" or "))),
        };
        for (name, value) in &self.defaults {
            names.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let place = Place::of(address);
        names.insert("host".to_owned(), address.host_str().unwrap_or_default().to_owned());
        names.insert("origin".to_owned(), address.origin().ascii_serialization());
        names.insert("page".to_owned(), (place.pages + 1).to_string());
        names.insert("offset".to_owned(), place.posts.to_string());
        names.insert("cursor".to_owned(), place.cursor.unwrap_or_default());
        Ok(names)
    }
}

/// Takes parameters without a value out of a query: the first page has no cursor.
fn drop_empty(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.ends_with('=')).collect();
    let kept = kept.join("&");
    url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
}

/// A body with its values; a page and an offset are numbers, a cursor that is not there is `null`.
fn filled(value: &Value, names: &Names, place: &Place) -> Value {
    match value {
        Value::String(text) => match name_in(text) {
            Some("page") => Value::Number(Number::from(place.pages + 1)),
            Some("offset") => Value::Number(Number::from(place.posts)),
            Some("cursor") => place.cursor.clone().map_or(Value::Null, Value::String),
            Some(name) => names.get(name).cloned().map_or(Value::Null, Value::String),
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(|value| filled(value, names, place)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), filled(value, names, place))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::{JsonRecipe, JsonRules};

    fn request(rules: JsonRules, address: &str) -> Result<Request, String> {
        let rules = JsonRules { post: "posts[]".into(), ..rules };
        let recipe = JsonRecipe { addresses: vec!["x.org/@{user}".into()], rules, ..JsonRecipe::default() };
        CompiledJson::compile(&recipe).unwrap().request(&Url::parse(address).unwrap())
    }

    fn check(endpoint: &str, next: Option<&str>, address: &str, expected: &str) {
        let rules =
            JsonRules { endpoint: Some(endpoint.into()), next: next.map(str::to_owned), ..JsonRules::default() };
        let asked = request(rules, address).map_or_else(|reason| reason, |request| request.url.to_string());
        assert_eq!(asked, expected, "{endpoint} {address}");
    }

    #[test]
    fn an_address_says_what_is_asked() {
        let counted = "https://api.x.org/{user}?page={page}&from={offset}";
        check(counted, None, "https://x.org/@me", "https://api.x.org/me?page=1&from=0");
        check(counted, None, "https://x.org/@me#page=3&offset=40", "https://api.x.org/me?page=3&from=40");
        check(counted, None, "https://x.org/@a%2F..%26b", "https://api.x.org/a%2F..%26b?page=1&from=0");
        check(counted, None, "https://x.org/me", "it is no address like x.org/@{user}");
        check("{origin}/api?c={cursor}", Some("c"), "https://x.org/@me", "https://x.org/api");
        check("{origin}/api?c={cursor}", Some("c"), "https://x.org/@me#cursor=a%26b", "https://x.org/api?c=a%26b");
        let linked = "https://api.x.org/posts";
        check(linked, Some("n"), "https://x.org/@me#next=%3Fp%3D2", "https://api.x.org/posts?p=2");
        let elsewhere = "https://x.org/@me#next=https%3A%2F%2Fy.org%2F";
        check(linked, Some("n"), elsewhere, "the next page lies on another host");
        check(
            "https://{user}.x.org/",
            None,
            "https://x.org/@y.org%2F",
            "the endpoint \"https://y.org%2F.x.org/\" is no address: invalid international domain name",
        );
    }

    #[test]
    fn a_body_holds_values_and_nothing_that_was_smuggled_in() {
        let body = r#"{"query": "{ posts }", "variables": {"u": "{user}", "c": "{cursor}", "p": "{page}"}}"#;
        let rules = JsonRules { body: Some(body.into()), next: Some("c".into()), ..JsonRules::default() };
        let posted = |address: &str| {
            serde_json::from_str::<Value>(&request(rules.clone(), address).unwrap().body.unwrap()).unwrap()["variables"]
                .clone()
        };
        assert_eq!(posted("https://x.org/@me"), serde_json::json!({ "u": "me", "c": null, "p": 1 }));
        assert_eq!(
            posted("https://x.org/@a%22%7D#page=2&offset=5&cursor=k"),
            serde_json::json!({ "u": "a\"}", "c": "k", "p": 2 })
        );
    }

    #[test]
    fn a_place_survives_its_address() {
        let blog = Url::parse("https://x.org/@me?tag=a").unwrap();
        for place in [
            Place::default(),
            Place { pages: 1, posts: 20, ..Place::default() },
            Place { pages: 2, posts: 40, cursor: Some("a&b=c#d 한".into()), link: Some("/x?y=z&w".into()) },
        ] {
            assert_eq!(Place::of(&place.address(&blog)), place);
        }
        assert_eq!(Place::default().address(&blog), blog);
        assert_eq!(Place::of(&Url::parse("https://x.org/#page=0&offset=-1").unwrap()), Place::default());
        assert_eq!(Place::default().then(1, Some("x".repeat(2000)), None), None);
    }
}
