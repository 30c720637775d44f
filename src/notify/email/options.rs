//! The `[[notify.email]]` table.

use std::net::IpAddr;

use jiff::SignedDuration;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use crate::notify::settings::{KeyFault, Need, Path, Secrets, Settings};

/// Its secrets.
const SECRETS: &[&str] = &["password"];

/// One person's mailbox, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What it is called.
    pub name: String,
    /// The host of the SMTP server.
    pub server: String,
    /// Its port.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// PEM file of authorities to trust besides the system's.
    pub ca_file: Option<String>,
    /// Who logs in, where `password` is set.
    pub user: Option<String>,
    /// Who writes.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// The longest that a mail may take.
    pub timeout: SignedDuration,
    /// `password`, or where it is.
    #[serde(flatten)]
    pub secrets: Secrets,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From its first byte on (RFC 8314 §3.3).
    #[default]
    Tls,
    /// From the command STARTTLS on, which the server must know.
    StartTls,
    /// Not at all.
    None,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: String::new(),
            server: String::new(),
            port: None,
            tls: Tls::default(),
            ca_file: None,
            user: None,
            from: String::new(),
            to: Vec::new(),
            timeout: SignedDuration::from_secs(30),
            secrets: Secrets::default(),
        }
    }
}

impl Options {
    /// The port; by default the one that is registered for that way of encryption.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Tls => 465,
            Tls::StartTls => 587,
            Tls::None => 25,
        })
    }

    /// Whether the server is this machine, so that nobody listens in between.
    fn is_local(&self) -> bool {
        self.server == "localhost" || self.server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl Settings for Options {
    fn name(&self) -> &str {
        &self.name
    }

    fn secrets(&self) -> Option<(&'static [&'static str], &Secrets)> {
        Some((SECRETS, &self.secrets))
    }

    fn secrets_mut(&mut self) -> Option<(&'static [&'static str], &mut Secrets)> {
        Some((SECRETS, &mut self.secrets))
    }

    fn path(&mut self) -> Option<Path<'_>> {
        Some(Path { key: "ca_file", path: self.ca_file.as_mut()?, need: Need::Readable })
    }

    fn faults(&self) -> Vec<KeyFault> {
        let mut faults = Vec::new();
        let mut mailbox = |key: &'static str, text: &str| {
            if text.parse::<Mailbox>().is_err() {
                let help = "write an address, with or without a name: \"me@example.org\", \"Me <me@example.org>\"";
                faults.push(KeyFault::new(key, format!("{text:?} is no address of a mailbox"), help));
            }
        };
        mailbox("from", &self.from);
        self.to.iter().for_each(|to| mailbox("to", to));
        if self.to.is_empty() {
            faults.push(KeyFault::new("to", "\"to\" names nobody", "write to = [\"me@example.org\"]"));
        }
        let has_password = self.secrets.mention("password");
        if self.user.is_some() != has_password {
            let message = "\"user\" and \"password\" belong together";
            let help = "write both, or neither where the server lets this machine in without; password_file = \"PATH\"";
            faults.push(KeyFault::new("user", message, help));
        }
        if has_password && self.tls == Tls::None && !self.is_local() {
            let message = "the password would go to another machine for everybody in between to read";
            faults.push(KeyFault::new("tls", message, "write tls = \"tls\" or tls = \"starttls\""));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_keys_cannot_mean_is_told() {
        let check = |options: Options, expected: &[&str]| {
            let keys: Vec<_> = options.faults().iter().map(|fault| fault.key).collect();
            assert_eq!(keys, expected, "{options:?}");
        };
        let good = Options {
            server: "mail.example.org".into(),
            from: "소식 <sosik@example.org>".into(),
            to: vec!["me@example.org".into()],
            ..Options::default()
        };
        check(good.clone(), &[]);
        check(Options { to: vec![], ..good.clone() }, &["to"]);
        check(Options { to: vec!["me".into(), "you@example.org".into(), "@".into()], ..good.clone() }, &["to", "to"]);
        check(Options { from: "sosik".into(), ..good.clone() }, &["from"]);
        check(Options { user: Some("me".into()), ..good.clone() }, &["user"]);
        let login =
            Options { user: Some("me".into()), secrets: [("password_file", "/p")].into(), tls: Tls::None, ..good };
        check(login.clone(), &["tls"]);
        check(Options { server: "127.0.0.1".into(), ..login.clone() }, &[]);
        check(Options { tls: Tls::StartTls, ..login }, &[]);
    }

    #[test]
    fn each_way_has_its_port() {
        let port = |tls, port| Options { port, tls, ..Options::default() }.port();
        assert_eq!([port(Tls::Tls, None), port(Tls::StartTls, None), port(Tls::None, None)], [465, 587, 25]);
        assert_eq!(port(Tls::Tls, Some(2465)), 2465);
    }
}
