//! What pace a person set for a host: `[[fetch.host]]`.
//!
//! An entry names a registrable domain (all of its hosts), one host or address (every port of it), or a host with a
//! port. The narrowest entry that matches counts. Entries for part of a domain have a turn of their own.

use std::net::Ipv6Addr;
use std::time::Duration;

use jiff::SignedDuration;
use url::Url;

use super::options::{HostOptions, Options};
use crate::model::host::Host;
use crate::model::pace::HostBudget;

/// The longest gap that a robots.txt is granted.
pub(super) const LONGEST_WISH: Duration = Duration::from_mins(1);

/// How a host is paced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// Shortest time between the starts of two requests.
    pub(super) gap: Duration,
    /// Requests at a time.
    pub(super) width: usize,
    /// The entry that says so; `None`: the default.
    pub(super) rule: Option<usize>,
}

/// What each host may be asked, by the configuration and its own wish: for who shows it.
#[derive(Debug, Clone)]
pub struct Budgets(Paces);

impl Budgets {
    /// The budgets of these options. An entry that names no host counts nothing: opening the fetcher tells of it.
    pub fn of(options: &Options) -> Self {
        let gap = options.host_gap.max(SignedDuration::ZERO).unsigned_abs();
        let named = options.host.iter().filter(|entry| host_and_port(&entry.name).is_some()).cloned();
        Self(Paces::new(gap, &named.collect::<Vec<_>>()).unwrap_or(Paces { gap, rules: Vec::new() }))
    }

    /// What the host of `url` may be asked where its robots.txt wishes this pause.
    pub fn budget(&self, url: &Url, crawl_delay: Option<SignedDuration>) -> HostBudget {
        let pace = self.0.of(url, &Host::of(url));
        let wish = crawl_delay.unwrap_or_default().max(SignedDuration::ZERO).unsigned_abs().min(LONGEST_WISH);
        let gap = SignedDuration::try_from(pace.gap.max(wish)).unwrap_or(SignedDuration::MAX);
        HostBudget { gap, width: pace.width }
    }
}

/// All paces.
#[derive(Debug, Clone)]
pub(super) struct Paces {
    gap: Duration,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    host: String,
    port: Option<u16>,
    gap: Option<Duration>,
    width: usize,
}

impl Paces {
    /// The paces of these entries, `gap` where none says another.
    ///
    /// # Errors
    /// The name of the first entry that names no host.
    pub(super) fn new(gap: Duration, hosts: &[HostOptions]) -> Result<Self, String> {
        let rules = hosts
            .iter()
            .map(|entry| {
                let (host, port) = host_and_port(&entry.name).ok_or_else(|| entry.name.clone())?;
                let gap = entry.gap.map(|gap| gap.max(SignedDuration::ZERO).unsigned_abs());
                Ok(Rule { host, port, gap, width: usize::from(entry.width.unwrap_or(1)) })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self { gap, rules })
    }

    /// The pace for a URL of this host.
    pub(super) fn of(&self, url: &Url, host: &Host) -> Pace {
        let name = url.host_str().unwrap_or_default().trim_end_matches('.');
        let port = url.port_or_known_default();
        let narrowness = |rule: &Rule| match rule.port {
            Some(wanted) => (rule.host == name && port == Some(wanted)).then_some(3),
            None if rule.host == host.name() => Some(1),
            None => (rule.host == name).then_some(2),
        };
        let best = self
            .rules
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| Some((narrowness(rule)?, index, rule)))
            .max_by_key(|(narrowness, index, _)| (*narrowness, *index));
        match best {
            Some((_, index, rule)) => Pace { gap: rule.gap.unwrap_or(self.gap), width: rule.width, rule: Some(index) },
            None => Pace { gap: self.gap, width: 1, rule: None },
        }
    }
}

/// Reads `example.com`, `example.com:8080`, `127.0.0.1`, `[::1]:80` or `::1` in the form that URLs have.
fn host_and_port(name: &str) -> Option<(String, Option<u16>)> {
    if let Ok(address) = name.parse::<Ipv6Addr>() {
        return Some((format!("[{address}]"), None));
    }
    // A URL drops the port that its scheme has anyway, so each scheme tells the other's.
    let http = Url::parse(&format!("http://{name}")).ok()?;
    let https = Url::parse(&format!("https://{name}")).ok()?;
    let bare = http.path() == "/" && http.query().is_none() && http.fragment().is_none() && http.username().is_empty();
    let host = http.host_str().filter(|_| bare && http.password().is_none())?;
    Some((host.trim_end_matches('.').to_owned(), http.port().or(https.port())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paces(names: &[&str]) -> Paces {
        let hosts: Vec<HostOptions> = names
            .iter()
            .map(|name| HostOptions { name: (*name).to_owned(), gap: Some(SignedDuration::ZERO), width: Some(64) })
            .collect();
        Paces::new(Duration::from_secs(1), &hosts).unwrap()
    }

    fn check(names: &[&str], url: &str, rule: Option<usize>) {
        let url = Url::parse(url).unwrap();
        assert_eq!(paces(names).of(&url, &Host::of(&url)).rule, rule, "{names:?} {url}");
    }

    #[test]
    fn the_narrowest_entry_counts() {
        check(&[], "https://x.org/", None);
        check(&["tistory.com"], "https://slow-dev.tistory.com/", Some(0));
        check(&["slow-dev.tistory.com"], "https://slow-dev.tistory.com/", Some(0));
        check(&["slow-dev.tistory.com"], "https://other.tistory.com/", None);
        check(&["tistory.com", "slow-dev.tistory.com"], "https://slow-dev.tistory.com/", Some(1));
        check(&["slow-dev.tistory.com", "tistory.com"], "https://slow-dev.tistory.com/", Some(0));
        check(&["127.0.0.1"], "http://127.0.0.1:8089/", Some(0));
        check(&["127.0.0.1:80", "127.0.0.1"], "http://127.0.0.1/", Some(0));
        check(&["127.0.0.1:80"], "http://127.0.0.1:81/", None);
        check(&["x.org:443"], "https://x.org/", Some(0));
        check(&["::1"], "http://[::1]:81/", Some(0));
        check(&["[::1]:81"], "http://[::1]:81/", Some(0));
        check(&["블로그.한국"], "http://블로그.한국/", Some(0));
        check(&["LocalHost"], "http://localhost:5/", Some(0));
    }

    #[test]
    fn a_budget_is_the_pace_lengthened_by_the_hosts_wish() {
        let own = HostOptions { name: "home.org".into(), gap: Some(SignedDuration::ZERO), width: Some(4) };
        let budgets = Budgets::of(&Options { host: vec![own], ..Options::default() });
        let seconds = |url: &str, wish: Option<i64>| {
            let budget = budgets.budget(&Url::parse(url).unwrap(), wish.map(SignedDuration::from_secs));
            (budget.gap.as_secs(), budget.width)
        };
        assert_eq!(seconds("https://x.org/", None), (1, 1));
        assert_eq!(seconds("https://x.org/", Some(20)), (20, 1));
        assert_eq!(seconds("https://x.org/", Some(3_600)), (60, 1));
        assert_eq!(seconds("https://blog.home.org/", Some(2)), (2, 4));
        assert_eq!(seconds("https://home.org/", None), (0, 4));
    }

    #[test]
    fn what_names_no_host_is_told() {
        for name in ["", "http://x.org/", "x.org/blog", "a b", "me@x.org", "x.org:99999"] {
            let entry = HostOptions { name: name.to_owned(), gap: None, width: None };
            assert_eq!(Paces::new(Duration::ZERO, &[entry]).unwrap_err(), name);
        }
    }
}
