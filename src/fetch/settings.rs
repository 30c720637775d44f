//! From what a person wrote in `[fetch]` to values that work.
//!
//! Everything that can be wrong about them is found here, before the first request.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Proxy};
use url::Url;

use super::options::Options;
use super::pace::Paces;

/// Longest time that a connection may take to come about, name lookup and TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Schemes that the client speaks to proxies.
const PROXY_SCHEMES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// What is wrong with the `[fetch]` table.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The user agent cannot be sent.
    #[error("`fetch.user_agent` is {0:?}, which cannot be sent")]
    UserAgent(String),
    /// A duration is not above zero.
    #[error("`fetch.{key}` is {value:#}, which leaves no time")]
    Duration {
        /// The key.
        key: &'static str,
        /// What it is set to.
        value: SignedDuration,
    },
    /// Nothing fits into no bytes.
    #[error("`fetch.max_body` is 0")]
    MaxBody,
    /// The proxy is none. Its text may hold a password and is not shown.
    #[error("`fetch.proxy` is not the address of a proxy")]
    Proxy,
    /// The authorities cannot be read.
    #[error("`fetch.ca_file` {path:?} cannot be read")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An entry names no host.
    #[error("`name` of a `[[fetch.host]]` is {0:?}, which is no host")]
    HostName(String),
    /// An entry lets nothing through.
    #[error("`width` of the `[[fetch.host]]` {0:?} is 0")]
    HostWidth(String),
}

impl OpenError {
    /// What to write instead.
    pub fn help(&self) -> String {
        match self {
            Self::UserAgent(_) => {
                "write one line of plain letters, such as `user_agent = \"sosik (me@example.com)\"`, or leave it out"
                    .into()
            }
            Self::Duration { key, .. } => format!("write a time above zero, such as `{key} = \"20s\"`"),
            Self::MaxBody => "write the size of the largest page, such as `max_body = \"5 MiB\"`".into(),
            Self::Proxy => {
                "write `proxy = \"http://host:port\"` or `proxy = \"socks5h://host:port\"`, or leave it out".into()
            }
            Self::CaFile { .. } => "name a PEM file that holds `-----BEGIN CERTIFICATE-----`".into(),
            Self::HostName(_) => {
                "write a name or an address without scheme and path, such as `name = \"127.0.0.1\"`".into()
            }
            Self::HostWidth(_) => "write how many requests it takes at a time, such as `width = 4`".into(),
        }
    }
}

/// The options, checked.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) user_agent: HeaderValue,
    pub(super) timeout: Duration,
    pub(super) idle: Duration,
    pub(super) connect: Duration,
    pub(super) max_body: usize,
    pub(super) robots: bool,
    pub(super) allow_private: bool,
    pub(super) proxy: Option<Proxy>,
    pub(super) proxy_host: Option<String>,
    pub(super) authorities: Vec<Certificate>,
    pub(super) paces: Paces,
}

impl Settings {
    /// Checks the options. Reads `ca_file`.
    pub(super) fn of(options: &Options) -> Result<Self, OpenError> {
        let agent = options.user_agent.trim();
        let user_agent = HeaderValue::from_str(agent).ok().filter(|_| !agent.is_empty() && agent.is_ascii());
        let idle = above_zero("idle_timeout", options.idle_timeout)?;
        let proxy_url = options.proxy.as_deref().map(proxy_url).transpose()?;
        if let Some(entry) = options.host.iter().find(|entry| entry.width == Some(0)) {
            return Err(OpenError::HostWidth(entry.name.clone()));
        }
        let gap = options.host_gap.max(SignedDuration::ZERO).unsigned_abs();
        Ok(Self {
            user_agent: user_agent.ok_or_else(|| OpenError::UserAgent(options.user_agent.clone()))?,
            timeout: above_zero("timeout", options.timeout)?,
            idle,
            connect: CONNECT_TIMEOUT.min(idle),
            max_body: match usize::try_from(options.max_body.as_u64()).unwrap_or(usize::MAX) {
                0 => return Err(OpenError::MaxBody),
                bytes => bytes,
            },
            robots: options.robots,
            allow_private: options.allow_private_addresses,
            proxy_host: proxy_url.as_ref().and_then(Url::host_str).map(str::to_owned),
            proxy: proxy_url.map(Proxy::all).transpose().map_err(|_| OpenError::Proxy)?,
            authorities: options.ca_file.as_deref().map(authorities).transpose()?.unwrap_or_default(),
            paces: Paces::new(gap, &options.host).map_err(OpenError::HostName)?,
        })
    }
}

fn above_zero(key: &'static str, value: SignedDuration) -> Result<Duration, OpenError> {
    if value.is_positive() { Ok(value.unsigned_abs()) } else { Err(OpenError::Duration { key, value }) }
}

fn proxy_url(text: &str) -> Result<Url, OpenError> {
    let good = |url: &Url| url.has_host() && PROXY_SCHEMES.contains(&url.scheme());
    Url::parse(text).ok().filter(good).ok_or(OpenError::Proxy)
}

fn authorities(path: &Path) -> Result<Vec<Certificate>, OpenError> {
    let broken = |source| OpenError::CaFile { path: path.to_owned(), source };
    let pem = std::fs::read(path).map_err(|error| broken(error.into()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| broken(error.into()))?;
    if certificates.is_empty() { Err(broken("it holds no certificate".into())) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::super::options::HostOptions;
    use super::*;

    fn check(change: impl FnOnce(&mut Options), expected: &str) {
        let mut options = Options::default();
        change(&mut options);
        let error = Settings::of(&options).expect_err(expected);
        assert_eq!(error.to_string(), expected);
        assert!(!error.help().is_empty());
    }

    #[test]
    fn the_defaults_are_good() {
        assert_eq!(Settings::of(&Options::default()).unwrap().connect, CONNECT_TIMEOUT);
    }

    #[test]
    fn each_mistake_names_its_key() {
        check(|o| o.user_agent = " ".into(), "`fetch.user_agent` is \" \", which cannot be sent");
        check(|o| o.user_agent = "a\nb".into(), "`fetch.user_agent` is \"a\\nb\", which cannot be sent");
        check(|o| o.timeout = SignedDuration::ZERO, "`fetch.timeout` is 0s, which leaves no time");
        check(
            |o| o.idle_timeout = SignedDuration::from_secs(-1),
            "`fetch.idle_timeout` is 1s ago, which leaves no time",
        );
        check(|o| o.max_body = bytesize::ByteSize(0), "`fetch.max_body` is 0");
        for proxy in ["", "127.0.0.1:9050", "ftp://proxy:21", "http://", "me:secret@proxy"] {
            check(|o| o.proxy = Some(proxy.into()), "`fetch.proxy` is not the address of a proxy");
        }
        check(|o| o.ca_file = Some("/nonexistent.pem".into()), "`fetch.ca_file` \"/nonexistent.pem\" cannot be read");
        let host = |name: &str, width| vec![HostOptions { name: name.into(), gap: None, width }];
        check(|o| o.host = host("http://x/", None), "`name` of a `[[fetch.host]]` is \"http://x/\", which is no host");
        check(|o| o.host = host("x.org", Some(0)), "`width` of the `[[fetch.host]]` \"x.org\" is 0");
    }

    #[test]
    fn a_file_without_certificates_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_owned();
        check(|o| o.ca_file = Some(path.clone()), &format!("`fetch.ca_file` {path:?} cannot be read"));
    }
}
