//! What makes two links one post: the canonical URL, the key, the entry id.
//!
//! http and https, `www.`, a trailing slash, `index.html`, tracking parameters and whatever a preset names
//! (`?category=`, `/m/`) make no new post. The path keeps its case: `/Tree/` and `/tree/` may be two posts.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// Query parameters that say where a reader came from and never which post is meant.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_ga",
    "_gl",
    "fromrss",
    "trackingcode",
    "ref_src",
    "ref_url",
    "spm",
    "share_token",
];

/// Bytes of a key at most. `PostgreSQL` takes no row of more than 2,704 into an index; servers take addresses of 8,000.
const LONGEST_KEY: usize = 2_000;

/// Bytes that a longer key begins with.
const KEPT_OF_KEY: usize = 1_900;

/// Every byte but RFC 3986 unreserved ones is escaped inside a path segment or a query part.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a family of sites adds to the rules: data of a preset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkRules {
    /// Query parameters that make no new post.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop_query: Vec<String>,
    /// Leading path segments that make no new post (`/m` of a mobile page).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop_prefix: Vec<String>,
}

/// A post's identity within its source.
///
/// A path (`/136`, with its query where one is left) on the blog's own host, `//host/path` elsewhere: so a blog
/// that moves to another domain and keeps its paths keeps its posts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PostKey(String);

impl PostKey {
    /// Wraps a stored key.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PostKey {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for PostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host of `url` without `www.`, with its port where that is not the scheme's own.
pub fn bare_host(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", plain_host(url)),
        None => plain_host(url).to_owned(),
    }
}

/// Whether the [`bare_host`] of `url` is `host`.
pub fn is_on(url: &Url, host: &str) -> bool {
    match url.port() {
        Some(_) => bare_host(url) == host,
        None => plain_host(url) == host,
    }
}

fn plain_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// Host, path and query that identify a post, without scheme: `slow-dev.tistory.com/136`.
pub fn canonical(url: &Url, rules: &LinkRules) -> String {
    format!("{}{}", bare_host(url), canonical_path(url, rules))
}

/// The key of a post, seen by a source whose own hosts (without `www.`) are `own_hosts`.
pub fn post_key(url: &Url, rules: &LinkRules, own_hosts: &[String]) -> PostKey {
    let host = bare_host(url);
    let path = canonical_path(url, rules);
    PostKey(bounded(if own_hosts.contains(&host) { path } else { format!("//{host}{path}") }))
}

/// A key that every database takes into its indexes: of one that is longer, its beginning and a hash of the whole.
fn bounded(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let hash = xxhash_rust::xxh3::xxh3_128(key.as_bytes());
    format!("{}~{hash:032x}", &key[..key.floor_char_boundary(KEPT_OF_KEY)])
}

/// The link that people get: without fragment and without the parameters that make no new post.
pub fn clean(url: &Url, rules: &LinkRules) -> Url {
    let mut clean = url.clone();
    clean.set_fragment(None);
    if url.query().is_some() {
        let kept: Vec<&str> = url
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| {
                let name = pair.split('=').next().unwrap_or_default();
                !name.is_empty() && !is_dropped(&percent_decode_str(name).decode_utf8_lossy(), rules)
            })
            .collect();
        clean.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
    }
    clean
}

/// The id that a post carries in every feed for ever: `urn:uuid`, version 5 of its canonical URL (RFC 9562 §5.5).
pub fn mint_entry_id(url: &Url, rules: &LinkRules) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("https://{}", canonical(url, rules)).as_bytes()).urn().to_string()
}

fn canonical_path(url: &Url, rules: &LinkRules) -> String {
    let mut segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    if segments.len() > 1 && rules.drop_prefix.iter().any(|prefix| segments.first() == Some(&prefix.trim_matches('/')))
    {
        segments.remove(0);
    }
    if matches!(segments.last(), Some(&("index.html" | "index.htm" | "index.php"))) {
        segments.pop();
    }
    let mut path = String::with_capacity(url.path().len() + 1);
    for segment in &segments {
        path.push('/');
        if is_escaped(segment) {
            path.push_str(segment);
        } else {
            path.push_str(&escaped(segment));
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    let mut query: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !is_dropped(name, rules))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    query.sort();
    for (index, (name, value)) in query.iter().enumerate() {
        path.push(if index == 0 { '?' } else { '&' });
        path.push_str(&utf8_percent_encode(name, ESCAPED).to_string());
        if !value.is_empty() {
            path.push('=');
            path.push_str(&utf8_percent_encode(value, ESCAPED).to_string());
        }
    }
    path
}

/// Whether a path segment is in the form that [`escaped`] gives it.
fn is_escaped(segment: &str) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let digit = |sign: &u8| matches!(sign, b'0'..=b'9' | b'A'..=b'F').then(|| char::from(*sign).to_digit(16)).flatten();
    let mut rest = segment.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = match (first, behind) {
            (b'%', [high, low, behind @ ..]) => {
                let byte = digit(high).zip(digit(low)).and_then(|(high, low)| u8::try_from(16 * high + low).ok());
                if byte.is_none_or(|byte| is_plain(&byte)) {
                    return false;
                }
                behind
            }
            _ if is_plain(first) => behind,
            _ => return false,
        };
    }
    true
}

/// One form for every spelling of a path segment: decoded, then escaped again.
fn escaped(segment: &str) -> String {
    let bytes: Vec<u8> = percent_decode_str(segment).collect();
    percent_encoding::percent_encode(&bytes, ESCAPED).to_string()
}

fn is_dropped(name: &str, rules: &LinkRules) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("utm_")
        || TRACKING.contains(&lower.as_str())
        || rules.drop_query.iter().any(|dropped| dropped.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tistory() -> LinkRules {
        LinkRules { drop_query: vec!["category".into()], drop_prefix: vec!["/m".into()] }
    }

    #[test]
    fn spellings_of_one_post_meet() {
        for url in [
            "https://slow-dev.tistory.com/136",
            "http://www.slow-dev.tistory.com/136/",
            "https://slow-dev.tistory.com/m/136?category=151996",
            "https://slow-dev.tistory.com//136?utm_source=x&fbclid=1#comment",
            "https://slow-dev.tistory.com/136/index.html",
        ] {
            assert_eq!(canonical(&Url::parse(url).unwrap(), &tistory()), "slow-dev.tistory.com/136", "{url}");
        }
    }

    #[test]
    fn a_clean_link_keeps_what_names_the_post() {
        for (url, expected) in [
            ("https://x.tistory.com/136?category=151996#c", "https://x.tistory.com/136"),
            ("http://x.org/?utm_source=a&p=3", "http://x.org/?p=3"),
            ("https://x.org/%EC%B9%B4/", "https://x.org/%EC%B9%B4/"),
        ] {
            assert_eq!(clean(&Url::parse(url).unwrap(), &tistory()).as_str(), expected);
        }
    }

    #[test]
    fn different_posts_stay_apart() {
        let rules = LinkRules::default();
        let paths: Vec<_> = ["/?p=1", "/?p=2", "/Tree", "/tree", "/a%2Fb", "/a/b", "/m/1", "/"]
            .iter()
            .map(|path| canonical(&Url::parse(&format!("https://x.org{path}")).unwrap(), &rules))
            .collect();
        let mut distinct = paths.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), paths.len(), "{paths:?}");
    }

    #[test]
    fn a_key_is_never_longer_than_an_index_takes() {
        let key = |url: &str| post_key(&Url::parse(url).unwrap(), &LinkRules::default(), &["x.org".to_owned()]);
        let long = format!("https://x.org/{}", "글".repeat(900));
        let (one, other) = (key(&format!("{long}1")), key(&format!("{long}2")));
        assert!(one != other && one == key(&format!("{long}1/")), "{one}");
        assert!(one.as_str().len() < 2_000 && one.as_str().starts_with("/%EA%B8%80"), "{one}");
        let fits = format!("/{}", "a".repeat(1_999));
        assert_eq!(key(&format!("https://x.org{fits}")).as_str(), fits);
    }

    #[test]
    fn hangul_paths_have_one_key_however_they_are_written() {
        let own = ["x.org".to_owned()];
        let written = post_key(&Url::parse("https://x.org/entry/카프카").unwrap(), &LinkRules::default(), &own);
        let escaped = post_key(
            &Url::parse("https://x.org/entry/%EC%B9%B4%ED%94%84%EC%B9%B4").unwrap(),
            &LinkRules::default(),
            &own,
        );
        assert_eq!(written, escaped);
        assert_eq!(
            post_key(&Url::parse("https://y.org/1").unwrap(), &LinkRules::default(), &own).as_str(),
            "//y.org/1"
        );
    }

    #[test]
    fn entry_ids_never_change_in_a_later_version() {
        let id = mint_entry_id(&Url::parse("http://www.slow-dev.tistory.com/136?category=1").unwrap(), &tistory());
        assert_eq!(id, mint_entry_id(&Url::parse("https://slow-dev.tistory.com/136").unwrap(), &tistory()));
        assert_eq!(id, "urn:uuid:ba8f65ab-0761-55e8-9cab-c545be457644");
    }

    proptest::proptest! {
        #[test]
        fn a_canonical_url_is_its_own_and_nobody_elses(
            host in "(www\\.)?[a-z]{1,8}\\.(example|co\\.kr)", path in "(/[a-zA-Z0-9가-힣%._~ -]{0,8}){0,4}",
            query in "([a-z]{1,3}=[a-z0-9가]{0,3}&?){0,4}", noise in "(utm_source|fbclid|fromRss)=[a-z]{1,4}",
        ) {
            let rules = tistory();
            let Ok(url) = Url::parse(&format!("https://{host}{path}?{query}")) else { return Ok(()) };
            let own = [bare_host(&url)];
            let key = post_key(&url, &rules, &own);
            // Whatever makes no new post changes nothing, neither the key nor the id.
            let mut other = url.clone();
            other.set_scheme("http").unwrap();
            other.set_fragment(Some("comments"));
            let joined = [other.query().unwrap_or_default(), noise.as_str()].join("&");
            other.set_query(Some(&joined));
            proptest::prop_assert_eq!(&post_key(&other, &rules, &own), &key, "{} {}", url, other);
            proptest::prop_assert_eq!(mint_entry_id(&other, &rules), mint_entry_id(&url, &rules));
            // What is clean leads to the same post, and stays clean.
            let link = clean(&other, &rules);
            proptest::prop_assert_eq!(&post_key(&link, &rules, &own), &key);
            proptest::prop_assert_eq!(clean(&link, &rules), link);
            // The canonical form is canonical already.
            let canonical_url = Url::parse(&format!("https://{}", canonical(&url, &rules))).unwrap();
            proptest::prop_assert_eq!(canonical(&canonical_url, &rules), canonical(&url, &rules));
            // Another path is another post.
            let mut next = url.clone();
            next.set_path(&format!("{}/one-more", url.path().trim_end_matches('/')));
            proptest::prop_assert_ne!(&post_key(&next, &rules, &own), &key);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_segment_that_is_taken_for_escaped_is(segment in "([a-z.~+@-]|%[0-9A-Fa-f]{2}|%|%E[0-9A-F]%|가){0,6}") {
            proptest::prop_assert_eq!(is_escaped(&segment), escaped(&segment) == segment, "{:?}", segment);
        }
    }
}
