//! Where the server is and how it is spoken to: the URL as libpq means it.
//!
//! `sslmode` and what belongs to it are ours to read; all else the client knows (`host`, `port`, `user`, `password`,
//! `application_name`, `target_session_attrs`, several hosts …).

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::refusal::with_causes;
use super::tls::{self, Roots, Trust};

/// When a server that says nothing is given up, as the kernel sees it.
const SILENCE: Duration = Duration::from_secs(10);

/// A server.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    /// Its URL without what is secret in it.
    pub(super) shown: String,
}

/// What of a URL is about TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ssl {
    mode: Option<String>,
    root: Option<String>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Target {
    /// Reads a URL; an error says what is wrong with it.
    pub(super) fn read(url: &str) -> Result<Self, String> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut ssl = Ssl::default();
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "sslmode" => ssl.mode = Some(value.into_owned()),
                "sslrootcert" => ssl.root = Some(value.into_owned()),
                "sslcert" => ssl.cert = Some(PathBuf::from(&*value)),
                "sslkey" => ssl.key = Some(PathBuf::from(&*value)),
                _ => {
                    rest.append_pair(&name, &value);
                }
            }
        }
        // What the client reads knows %20 and no +.
        let rest = rest.finish().replace('+', "%20");
        let mut config: Config = format!("{address}?{rest}").parse().map_err(|error| with_causes(&error))?;
        let (mode, trust) = ssl.means()?;
        let client = match (&ssl.cert, &ssl.key) {
            (Some(cert), Some(key)) => Some((cert.as_path(), key.as_path())),
            (None, None) => None,
            _ => return Err("sslcert and sslkey go together".to_owned()),
        };
        config
            .ssl_mode(mode)
            .keepalives_idle(SILENCE)
            .keepalives_interval(SILENCE / 3)
            .keepalives_retries(3)
            .tcp_user_timeout(SILENCE)
            .connect_timeout(SILENCE / 2);
        if config.get_application_name().is_none() {
            config.application_name("sosik");
        }
        Ok(Self { config, tls: tls::connector(trust, client)?, shown: without_secrets(address) })
    }
}

impl Ssl {
    /// Whether TLS is spoken, and what certificate is taken: `require` alone takes any, as in libpq.
    fn means(&self) -> Result<(SslMode, Trust), String> {
        let roots = match self.root.as_deref() {
            None | Some("system") => Roots::System,
            Some(file) => Roots::File(PathBuf::from(file)),
        };
        // A root that is named is meant.
        let unless_named = if self.root.is_some() { Trust::Chain(roots.clone()) } else { Trust::Anyone };
        Ok(match self.mode.as_deref() {
            None if self.root.as_deref() == Some("system") => (SslMode::Require, Trust::Name(roots)),
            None | Some("allow" | "prefer") => (SslMode::Prefer, Trust::Anyone),
            Some("disable") => (SslMode::Disable, Trust::Anyone),
            Some("require") => (SslMode::Require, unless_named),
            Some("verify-ca") => (SslMode::Require, Trust::Chain(roots)),
            Some("verify-full") => (SslMode::Require, Trust::Name(roots)),
            Some(other) => {
                return Err(format!(
                    "sslmode {other:?} is none of disable, allow, prefer, require, verify-ca, verify-full"
                ));
            }
        })
    }
}

/// An address without the password, and without a user where it cannot be told from one.
fn without_secrets(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return "postgres://".to_owned() };
    match rest.rsplit_once('@') {
        Some((who, place)) => {
            let user = who.split_once(':').map_or(who, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        fn check(address: &str, shown: &str) {
            assert_eq!(without_secrets(address), shown);
        }
        check("postgres://u:p@h:1/d", "postgres://u@h:1/d");
        check("postgres://u:p@q@h/d", "postgres://u@h/d");
        check("postgresql://h1:1,h2/d", "postgresql://h1:1,h2/d");
        check("postgres:///d", "postgres:///d");
    }

    #[test]
    fn sslmode_means_what_it_means_to_libpq() {
        fn check(query: &str, mode: SslMode, trust: &Trust) {
            let mut ssl = Ssl::default();
            for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
                match &*name {
                    "sslmode" => ssl.mode = Some(value.into_owned()),
                    "sslrootcert" => ssl.root = Some(value.into_owned()),
                    other => panic!("{other}"),
                }
            }
            let meant = ssl.means().unwrap();
            assert_eq!(format!("{meant:?}"), format!("{:?}", (mode, trust)), "{query}");
        }
        let file = Roots::File(PathBuf::from("/ca.pem"));
        check("", SslMode::Prefer, &Trust::Anyone);
        check("sslmode=disable", SslMode::Disable, &Trust::Anyone);
        check("sslmode=require", SslMode::Require, &Trust::Anyone);
        check("sslmode=require&sslrootcert=/ca.pem", SslMode::Require, &Trust::Chain(file.clone()));
        check("sslmode=verify-ca&sslrootcert=/ca.pem", SslMode::Require, &Trust::Chain(file));
        check("sslmode=verify-full", SslMode::Require, &Trust::Name(Roots::System));
        check("sslrootcert=system", SslMode::Require, &Trust::Name(Roots::System));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_told() {
        fn check(url: &str, told: &str) {
            let error = Target::read(url).err().unwrap_or_default();
            assert!(error.contains(told), "{url}: {error}");
        }
        check("postgres://h/d?sslmode=full", "\"full\"");
        check("postgres://h/d?sslcert=/a.pem", "go together");
        check("postgres://h/d?colour=red", "colour");
        check("postgres://h:x/d", "port");
        check("postgres://h/d?sslmode=verify-ca&sslrootcert=/nowhere.pem", "/nowhere.pem");
    }
}
