//! E-mail: a message as a mail, handed to the SMTP server of the person's own provider or machine.
//!
//! One message is one mail; each opens a connection of its own, since mails are minutes apart. The connection is
//! encrypted unless the configuration says otherwise, and a password never goes over one that is not.

mod mail;
mod options;

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as Layer, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::time::timeout;

use super::contract::{Message, Notifier, Refusal};
use super::text::cut;
use mail::mail;

pub use options::{Options, Tls};

/// Letters of what a server says.
const LONGEST_REASON: usize = 300;

/// A mailbox that is open.
pub struct Email {
    options: Options,
    from: Mailbox,
    to: Vec<Mailbox>,
    /// Made at the first mail: reading the machine's certificate authorities takes a while.
    transport: OnceLock<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Email {
    /// The mailbox of these options; `None` where they have faults.
    pub fn new(options: &Options) -> Option<Self> {
        let from = options.from.parse().ok()?;
        let to = options.to.iter().map(|to| to.parse().ok()).collect::<Option<Vec<Mailbox>>>()?;
        Some(Self { options: options.clone(), from, to, transport: OnceLock::new() })
    }

    fn transport(&self) -> Result<&AsyncSmtpTransport<Tokio1Executor>, Refusal> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport);
        }
        let transport = self.connectable()?;
        Ok(self.transport.get_or_init(|| transport))
    }

    fn connectable(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, Refusal> {
        let options = &self.options;
        let layer = match options.tls {
            Tls::Tls => Layer::Wrapper(self.parameters()?),
            Tls::StartTls => Layer::Required(self.parameters()?),
            Tls::None => Layer::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.server)
            .port(options.port())
            .tls(layer)
            .timeout(Some(limit(options)));
        let password = options.secrets.get("password").map(|password| password.expose().trim_end_matches(['\r', '\n']));
        Ok(match (&options.user, password) {
            (Some(user), Some(password)) => builder.credentials(Credentials::new(user.clone(), password.to_owned())),
            (Some(_) | None, _) => builder,
        }
        .build())
    }

    fn parameters(&self) -> Result<TlsParameters, Refusal> {
        let mut parameters = TlsParameters::builder(self.options.server.clone());
        if let Some(file) = &self.options.ca_file {
            let bad = |reason: String| {
                let help = "`ca_file` names a PEM file with the certificate of the authority that signed the server's";
                Refusal::passing(format!("{file} cannot be used: {reason}"), help)
            };
            let pem = std::fs::read(file).map_err(|error| bad(error.to_string()))?;
            let certificate = Certificate::from_pem(&pem).map_err(|error| bad(error.to_string()))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build().map_err(|error| {
            let help = "install the package `ca-certificates`, or set `ca_file` of the channel";
            Refusal::passing(format!("no secure connection can be made from this machine: {error}"), help)
        })
    }

    fn refused(&self, error: &SmtpError) -> Refusal {
        let server = &self.options.server;
        let code = error.status().map(u16::from);
        let mut said = cut(&innermost(error), LONGEST_REASON);
        if let Some(password) = self.options.secrets.get("password") {
            said = password.cover(&said);
        }
        let said = code.map_or_else(|| said.clone(), |code| format!("{code} {said}"));
        let message = format!("{server} did not take the mail: {said}");
        let help = match code {
            Some(530 | 534 | 535 | 538) => {
                "see `user` and `password` of the channel; some providers want a password of its own for each program"
            }
            Some(550..=553) => "see `from` and `to` of the channel: the server takes no mail from or to one of them",
            Some(_) => "the server has trouble of its own; it is tried again",
            None if error.is_tls() || said.contains("certificate") => {
                "see `server` and `tls` of the channel; for a server of your own name its authority with `ca_file`"
            }
            None if error.is_client() => {
                "see `tls` and `user` of the channel: the server does not offer what they ask for"
            }
            None => "see whether the server runs and can be reached at that `port`; it is tried again",
        };
        // 5xx (RFC 5321 §4.2.1): the same mail would get it again.
        if error.is_permanent() { Refusal::lasting(message, help) } else { Refusal::passing(message, help) }
    }
}

#[async_trait]
impl Notifier for Email {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let help = "this is a fault of sosik: please tell us";
        let mail = mail(&self.from, &self.to, message).map_err(|reason| Refusal::lasting(reason, help))?;
        let transport = self.transport()?;
        match timeout(limit(&self.options), transport.send(mail)).await {
            Ok(sent) => sent.map(drop).map_err(|error| self.refused(&error)),
            Err(_) => {
                let (server, limit) = (&self.options.server, self.options.timeout);
                let help = "it is tried again; for a slow server raise `timeout` of the channel";
                Err(Refusal::passing(format!("{server} took longer than {limit:#}"), help))
            }
        }
    }
}

/// The cause that says something: the layers above it only say "connection error".
fn innermost(error: &SmtpError) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |cause| cause.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

fn limit(options: &Options) -> Duration {
    Duration::try_from(options.timeout).unwrap_or_default()
}
