//! The names under which we answer.
//!
//! A page of somebody else's can make a browser ask us under that somebody's name (DNS rebinding), and would then
//! read what we say. So a name that is neither this machine's nor ours gets 421 (RFC 9110 §15.5.20).

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use url::Url;

use super::listen::{is_loopback, is_path};

/// The names that are ours.
#[derive(Debug)]
pub(super) struct Hosts {
    names: HashSet<String>,
    addresses: HashSet<IpAddr>,
    /// Whether we listen on every address, so that any of them may be ours. An address cannot be rebound.
    every_address: bool,
}

impl Hosts {
    /// Ours are the base URL's host, what we were told to listen on, and what that came to.
    pub(super) fn new(base_url: &Url, listen: &[String], bound: impl Iterator<Item = SocketAddr>) -> Self {
        let mut hosts = Self { names: HashSet::new(), addresses: HashSet::new(), every_address: false };
        let configured =
            listen.iter().filter(|address| !is_path(address)).filter_map(|address| address.rsplit_once(':'));
        for host in configured.map(|(host, _)| host).chain(base_url.host_str()) {
            hosts.add(host);
        }
        for address in bound {
            hosts.add(&address.ip().to_string());
        }
        hosts
    }

    fn add(&mut self, host: &str) {
        let Some(address) = address(host) else {
            self.names.insert(plain(host));
            return;
        };
        if address.is_unspecified() {
            self.every_address = true;
        } else {
            self.addresses.insert(address);
        }
    }

    /// What is wrong with the host that a request names.
    pub(super) fn judge(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), StatusCode> {
        let mut named = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else { return Err(StatusCode::BAD_REQUEST) };
        let host: Authority = host.to_str().ok().and_then(|host| host.parse().ok()).ok_or(StatusCode::BAD_REQUEST)?;
        for authority in uri.authority().into_iter().chain([&host]) {
            if authority.as_str().contains('@') {
                return Err(StatusCode::BAD_REQUEST);
            }
            if !self.is_ours(authority.host()) {
                return Err(StatusCode::MISDIRECTED_REQUEST);
            }
        }
        Ok(())
    }

    fn is_ours(&self, host: &str) -> bool {
        if let Some(address) = address(host) {
            return is_loopback(address) || self.every_address || self.addresses.contains(&address);
        }
        let name = plain(host);
        name == "localhost" || name.ends_with(".localhost") || self.names.contains(&name)
    }
}

/// The address that a host is, in brackets or not.
fn address(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listen: &[&str], host: &str, expected: u16) {
        let listen: Vec<String> = listen.iter().map(ToString::to_string).collect();
        let base = Url::parse("https://Feeds.Example.org/sub").unwrap();
        let hosts = Hosts::new(&base, &listen, std::iter::empty());
        let mut headers = HeaderMap::new();
        for host in host.split_terminator('|') {
            headers.append(header::HOST, host.parse().unwrap());
        }
        let judged = hosts.judge(&headers, &Uri::from_static("/"));
        assert_eq!(judged.map_or_else(|status| status.as_u16(), |()| 200), expected, "{host:?}");
    }

    #[test]
    fn only_our_own_names_are_answered() {
        for (host, expected) in [
            ("localhost", 200),
            ("LOCALHOST.:7878", 200),
            ("sosik.localhost", 200),
            ("127.0.0.1:1", 200),
            ("127.5.5.5", 200),
            ("[::1]:7878", 200),
            ("feeds.example.org", 200),
            ("192.168.0.7:7878", 200),
            ("box.lan", 200),
            ("192.168.0.8", 421),
            ("evil.example", 421),
            ("localhost.evil.example", 421),
            ("127.0.0.1.evil.example", 421),
            ("0.0.0.0", 421),
            ("", 400),
            ("a@localhost", 400),
            ("localhost|localhost", 400),
            ("local host", 400),
        ] {
            check(&["192.168.0.7:7878", "box.lan:7878", "/run/evil.example:1"], host, expected);
        }
        check(&["0.0.0.0:7878"], "192.168.0.8", 200);
        check(&["[::]:7878"], "evil.example", 421);
    }

    #[test]
    fn the_target_may_not_name_another_host() {
        let hosts = Hosts::new(&Url::parse("http://x.org").unwrap(), &[], std::iter::empty());
        let headers = HeaderMap::from_iter([(header::HOST, "x.org".parse().unwrap())]);
        assert_eq!(hosts.judge(&headers, &Uri::from_static("http://x.org/")), Ok(()));
        let judged = hosts.judge(&headers, &Uri::from_static("http://evil.example/"));
        assert_eq!(judged, Err(StatusCode::MISDIRECTED_REQUEST));
    }
}
