//! Links as a page writes them → absolute http(s) URLs.

use url::Url;

use crate::model::link::{bare_host, is_on};

/// Longer addresses carry data, not a place.
const LONGEST: usize = 4096;

/// The address that `href` names under `base`: http or https, with a host, without user and password, without
/// fragment.
pub(super) fn resolve(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > LONGEST {
        return None;
    }
    let mut url = base.join(href).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if !plain || url.host_str().is_none_or(str::is_empty) || url.as_str().len() > LONGEST {
        return None;
    }
    url.set_fragment(None);
    Some(url)
}

/// Whether both lie on one host; `www.` makes no difference.
pub(super) fn same_host(one: &Url, other: &Url) -> bool {
    is_on(one, &bare_host(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(href: &str, expected: Option<&str>) {
        let base = Url::parse("https://x.org/category/a?page=2").unwrap();
        assert_eq!(resolve(&base, href).as_ref().map(Url::as_str), expected, "{href:?}");
    }

    #[test]
    fn only_web_addresses_are_links() {
        check("/136", Some("https://x.org/136"));
        check(" b \n", Some("https://x.org/category/b"));
        check("//y.org/1#comments", Some("https://y.org/1"));
        check("?p=1", Some("https://x.org/category/a?p=1"));
        check("/entry/카프카", Some("https://x.org/entry/%EC%B9%B4%ED%94%84%EC%B9%B4"));
        check("http://user:secret@y.org/", None);
        check("http://user@y.org/", None);
        check("javascript:alert(1)", None);
        check("java\nscript:alert(1)", None);
        check("data:text/html,x", None);
        check("mailto:a@x.org", None);
        check("file:///etc/passwd", None);
        check("#top", None);
        check("", None);
        check("https://", None);
        check(&format!("/{}", "a".repeat(5000)), None);
    }
}
