//! Host: what is paced and leased together.
//!
//! The registrable domain by the ICANN section of the public suffix list, so `*.tistory.com` is one host and
//! so is `*.github.io` (whose suffix stands in the list's private section). An IP literal, or a name without a
//! public suffix such as `localhost`, is its own host together with its port.

use std::fmt;

use psl::{List, Psl, Type};
use serde::{Deserialize, Serialize};
use url::{Host as UrlHost, Url};

/// Number of shards in every key of the store (a host belongs to one).
pub const SHARDS: i64 = 256;

/// The name of a host, and through it its identity in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Host(String);

impl Host {
    /// The host that serves `url`. A `file:` URL belongs to a host of its own.
    pub fn of(url: &Url) -> Self {
        match url.host() {
            Some(UrlHost::Domain(name)) => match registrable(name.trim_end_matches('.')) {
                Some(domain) => Self(domain.to_owned()),
                None => Self(with_port(name, url)),
            },
            Some(address) => Self(with_port(&address.to_string(), url)),
            None => Self("file".to_owned()),
        }
    }

    /// Wraps a stored name.
    pub fn from_stored(name: String) -> Self {
        Self(name)
    }

    /// The name, such as `tistory.com` or `127.0.0.1:8089`.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// A stable 63-bit number of the host.
    pub fn id(&self) -> i64 {
        stable_id(self.0.as_bytes())
    }

    /// The shard that holds everything of this host.
    pub fn shard(&self) -> i64 {
        self.id() % SHARDS
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A non-negative 63-bit hash that is the same on every machine and in every version.
pub fn stable_id(bytes: &[u8]) -> i64 {
    (xxhash_rust::xxh3::xxh3_64(bytes) >> 1).cast_signed()
}

fn with_port(host: &str, url: &Url) -> String {
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The registrable domain under an ICANN suffix; `None` where no known public suffix applies.
fn registrable(name: &str) -> Option<&str> {
    let mut suffix = List.suffix(name.as_bytes())?;
    if !suffix.is_known() {
        return None;
    }
    // Step out of private suffixes (`github.io`) to the ICANN one (`io`) that they stand under.
    while suffix.typ() == Some(Type::Private) {
        let text = std::str::from_utf8(suffix.as_bytes()).ok()?;
        let (_, parent) = text.split_once('.')?;
        suffix = List.suffix(parent.as_bytes())?;
    }
    let suffix = std::str::from_utf8(suffix.as_bytes()).ok()?;
    let rest = &name[..name.len().checked_sub(suffix.len() + 1)?];
    Some(&name[rest.rfind('.').map_or(0, |dot| dot + 1)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blogs_of_one_platform_share_a_host() {
        for (url, host) in [
            ("https://slow-dev.tistory.com/category", "tistory.com"),
            ("https://someone.github.io/", "github.io"),
            ("https://blog.example.co.kr/x", "example.co.kr"),
            ("https://www.example.com:8443/", "example.com"),
            ("https://a.blogspot.com/", "blogspot.com"),
            ("http://127.0.0.1:8089/", "127.0.0.1:8089"),
            ("http://[::1]/", "[::1]:80"),
            ("http://localhost:81/", "localhost:81"),
            ("http://printer.lan/", "printer.lan:80"),
            ("file:///tmp/x.html", "file"),
        ] {
            assert_eq!(Host::of(&Url::parse(url).unwrap()).name(), host, "{url}");
        }
    }

    #[test]
    fn ids_are_stable_across_versions() {
        assert_eq!(Host("tistory.com".into()).id(), stable_id(b"tistory.com"));
        assert_eq!(stable_id(b"tistory.com"), 2_921_339_626_734_063_154);
    }
}
