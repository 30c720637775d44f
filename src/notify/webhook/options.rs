//! The `[[notify.webhook]]` table.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::model::secret::Secret;
use crate::notify::settings::{KeyFault, Secrets, Settings};

use super::request::{SECRETS, faults};

/// One webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What it is called.
    pub name: String,
    /// What its body is, where `body` makes none.
    pub format: Format,
    /// The chat or room, where the format wants one.
    pub to: Option<String>,
    /// A body of one's own: a template.
    pub body: Option<String>,
    /// The media type of `body`.
    pub content_type: Option<String>,
    /// The request's method.
    pub method: Option<Verb>,
    /// Headers of one's own; their values may be secrets.
    pub headers: BTreeMap<String, Secret>,
    /// The longest that a request may take.
    pub timeout: SignedDuration,
    /// `url`, `token` and `secret`, or where they are.
    #[serde(flatten)]
    pub secrets: Secrets,
}

/// What a webhook's body is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// The message as JSON.
    #[default]
    Json,
    /// What Slack's incoming webhooks take.
    Slack,
    /// What Discord's webhooks take.
    Discord,
    /// What Mattermost's incoming webhooks take.
    Mattermost,
    /// `sendMessage` of Telegram's Bot API.
    Telegram,
    /// A message in a room, by Matrix's Client-Server API.
    Matrix,
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verb {
    /// `POST`.
    #[serde(rename = "POST")]
    Post,
    /// `PUT`.
    #[serde(rename = "PUT")]
    Put,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: String::new(),
            format: Format::default(),
            to: None,
            body: None,
            content_type: None,
            method: None,
            headers: BTreeMap::new(),
            timeout: SignedDuration::from_secs(10),
            secrets: Secrets::default(),
        }
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

    /// The URL of a program of one's own is an address; that of a chat is a key to it.
    fn is_sensitive(&self, key: &str) -> bool {
        key != "url" || !matches!(self.format, Format::Json | Format::Matrix)
    }

    fn faults(&self) -> Vec<KeyFault> {
        faults(self)
    }
}
