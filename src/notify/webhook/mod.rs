//! Webhooks: a message as one HTTP request to a URL that a person named.
//!
//! The body is the message's JSON, a template of one's own, or what a chat service takes. The request carries the
//! message's id, the same over all tries, and where a `secret` is set an HMAC-SHA256 of the body, as GitHub signs:
//! `X-Sosik-Signature-256: sha256=…`.

mod bodies;
mod letter;
mod options;
mod request;
mod template;

use async_trait::async_trait;
use url::Url;

use super::contract::{Message, Notifier, Refusal};
use super::courier::Courier;
use crate::model::secret::Secret;
use request::{SECRETS, request};

pub use options::{Format, Options, Verb};

/// A webhook that is open.
pub struct Webhook {
    options: Options,
    courier: Courier,
}

impl Webhook {
    /// The webhook of these options, which have no faults.
    pub fn new(options: &Options, courier: &Courier) -> Self {
        Self { options: options.clone(), courier: courier.clone() }
    }
}

#[async_trait]
impl Notifier for Webhook {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let posting = request(&self.options, message).map_err(|fault| Refusal::lasting(fault.message, fault.help))?;
        let parts = parts(&posting.url);
        let mut secrets = self.options.secrets.known(SECRETS);
        secrets.extend(self.options.headers.values());
        secrets.extend(&parts);
        self.courier.bring(posting, &secrets).await
    }
}

/// What a server may repeat of a URL: its path, its query, and each part of them that is long enough for a secret.
fn parts(url: &Url) -> Vec<Secret> {
    /// No key to anything is shorter.
    const SHORTEST: usize = 8;
    let (path, query) = (url.path(), url.query().unwrap_or_default());
    let whole = [path, query].into_iter().filter(|part| part.len() > 1);
    let parts = path.split('/').chain(query.split(['&', '='])).filter(|part| part.len() >= SHORTEST);
    whole.chain(parts).map(Secret::new).collect()
}
