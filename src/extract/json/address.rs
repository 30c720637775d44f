//! Which blog an address names: `velog.io/@{user}`, `{user}.substack.com/archive`.
//!
//! `{name}` stands for one label of the host, or for what is between two texts in one segment of the path or in one
//! value of the query. `www.`, a slash at the end, and parameters that are not named make no difference.

use percent_encoding::percent_decode_str;
use url::Url;

use super::field::Names;
use crate::model::link::bare_host;

/// A compiled pattern of addresses.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Address {
    host: Vec<Part>,
    path: Vec<Part>,
    query: Vec<(String, Part)>,
}

/// Text around at most one name.
#[derive(Debug, Clone)]
struct Part {
    before: String,
    name: Option<String>,
    behind: String,
}

impl Address {
    /// Reads a pattern; else says what is wrong with it.
    pub(in crate::extract) fn parse(text: &str) -> Result<Self, String> {
        let (place, query) = text.trim().split_once('?').unwrap_or((text.trim(), ""));
        let (host, path) = place.split_once('/').unwrap_or((place, ""));
        let parts = |text: &str, between| {
            text.split(between).filter(|part| !part.is_empty()).map(Part::parse).collect::<Result<Vec<_>, _>>()
        };
        let host = parts(host, '.')?;
        if host.len() < 2 || host.iter().rev().take(2).any(|label| label.name.is_some()) {
            return Err("it names no host: write host/path without https://".to_owned());
        }
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or_else(|| format!("{pair:?} in its query has no value"))?;
            Ok::<_, String>((name.to_owned(), Part::parse(value)?))
        };
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect::<Result<_, _>>()?;
        Ok(Self { host, path: parts(path, '/')?, query })
    }

    /// The names in it.
    pub(in crate::extract) fn names(&self) -> impl Iterator<Item = &str> {
        let query = self.query.iter().map(|(_, part)| part);
        self.host.iter().chain(&self.path).chain(query).filter_map(|part| part.name.as_deref())
    }

    /// The parts that `url` names, if it is such an address.
    pub(in crate::extract) fn read(&self, url: &Url) -> Option<Names> {
        let host = bare_host(url);
        let segments = || url.path().split('/').filter(|segment| !segment.is_empty());
        if host.split('.').count() != self.host.len() || segments().count() != self.path.len() {
            return None;
        }
        let mut names = Names::new();
        for (part, label) in self.host.iter().zip(host.split('.')) {
            part.read(label, &mut names)?;
        }
        for (part, segment) in self.path.iter().zip(segments()) {
            part.read(&percent_decode_str(segment).decode_utf8_lossy(), &mut names)?;
        }
        for (name, part) in &self.query {
            let (_, value) = url.query_pairs().find(|(known, _)| known == name)?;
            part.read(&value, &mut names)?;
        }
        Some(names)
    }
}

impl Part {
    fn parse(text: &str) -> Result<Self, String> {
        let Some((before, rest)) = text.split_once('{') else {
            return Ok(Self { before: text.to_owned(), name: None, behind: String::new() });
        };
        let (name, behind) = rest.split_once('}').ok_or("a { is not closed")?;
        if name.is_empty() || behind.contains('{') {
            return Err(format!("{text:?} has a name that is empty, or more than one"));
        }
        Ok(Self { before: before.to_owned(), name: Some(name.to_owned()), behind: behind.to_owned() })
    }

    fn read(&self, text: &str, names: &mut Names) -> Option<()> {
        let Some(name) = &self.name else { return (text == self.before).then_some(()) };
        let value = text.strip_prefix(self.before.as_str())?.strip_suffix(self.behind.as_str())?;
        if value.is_empty() {
            return None;
        }
        names.insert(name.clone(), value.to_owned());
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, url: &str, expected: Option<&[(&str, &str)]>) {
        let names = Address::parse(pattern).unwrap().read(&Url::parse(url).unwrap());
        let expected = expected.map(|names| names.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        assert_eq!(names, expected, "{pattern} {url}");
    }

    #[test]
    fn addresses_name_their_blog() {
        check("velog.io/@{user}", "https://velog.io/@me", Some(&[("user", "me")]));
        check("velog.io/@{user}", "https://www.velog.io/@me/?tag=x#y", Some(&[("user", "me")]));
        check("velog.io/@{user}", "https://velog.io/@me/posts", None);
        check("velog.io/@{user}", "https://velog.io/trending", None);
        check("velog.io/@{user}", "https://velog.io/@", None);
        check("velog.io/@{user}", "https://velog.io.evil.org/@me", None);
        check("{user}.substack.com", "https://me.substack.com/", Some(&[("user", "me")]));
        check("{user}.substack.com", "https://a.me.substack.com/", None);
        check("b.org/list?id={id}", "https://b.org/list?x=1&id=%ED%95%9C", Some(&[("id", "한")]));
        check("b.org/list?id={id}", "https://b.org/list?x=1", None);
        check("b.org/{a}/{b}", "https://b.org/x%2Fy/z", Some(&[("a", "x/y"), ("b", "z")]));
    }

    #[test]
    fn a_bad_pattern_is_told() {
        for bad in ["", "x", "{user}.com", "https://x.org/", "x.org/{a", "x.org/{a}{b}", "x.org/{}", "x.org/?a"] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
    }
}
