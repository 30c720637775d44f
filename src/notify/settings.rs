//! What the tables of all channels have in common: a name, secrets that may stand elsewhere, and checks of their own.
//!
//! The configuration reads secrets and makes paths absolute; what a channel's keys mean together only the channel
//! knows, so it judges itself ([`Settings::faults`]) and the configuration says in which line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::secret::Secret;

/// Where a secret may stand, by what is appended to its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `token`: in the configuration itself.
    Here,
    /// `token_file`: in a file.
    File,
    /// `token_env`: in a variable of the environment.
    Env,
    /// `token_credential`: in a credential of the service manager.
    Credential,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Here, Self::File, Self::Env, Self::Credential];

    /// The key that holds a secret in this form.
    pub fn key(self, secret: &str) -> String {
        let suffix = match self {
            Self::Here => "",
            Self::File => "_file",
            Self::Env => "_env",
            Self::Credential => "_credential",
        };
        format!("{secret}{suffix}")
    }
}

/// The secrets of a channel, by the keys in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    /// The secret itself, once it was read.
    pub fn get(&self, secret: &str) -> Option<&Secret> {
        self.0.get(secret)
    }

    /// The forms in which it is written: one, or a person made a mistake. Once it was read, itself as well.
    pub fn written(&self, secret: &str) -> Vec<(Form, &str)> {
        let found = |form: Form| Some((form, self.0.get(&form.key(secret))?.expose()));
        Form::ALL.into_iter().filter_map(found).collect()
    }

    /// Puts the secret itself beside where it was found.
    pub fn set(&mut self, secret: &str, value: Secret) {
        self.0.insert(secret.to_owned(), value);
    }

    /// Whether the secret stands in the configuration itself.
    pub fn is_here(&self, secret: &str) -> bool {
        matches!(self.written(secret).as_slice(), [(Form::Here, _)])
    }

    /// Whether it is written anywhere, readable or not.
    pub fn mention(&self, secret: &str) -> bool {
        !self.written(secret).is_empty()
    }

    /// All that were read.
    pub fn known(&self, secrets: &[&str]) -> Vec<&Secret> {
        secrets.iter().filter_map(|secret| self.get(secret)).collect()
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Secrets {
    fn from(written: [(&str, &str); N]) -> Self {
        Self(written.into_iter().map(|(key, value)| (key.to_owned(), Secret::new(value))).collect())
    }
}

/// Something that is wrong with a key of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFault {
    /// The key; where it is not written it is about the whole table.
    pub key: &'static str,
    /// What is wrong, without secrets.
    pub message: String,
    /// What to write.
    pub help: String,
}

impl KeyFault {
    pub(super) fn new(key: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { key, message: message.into(), help: help.into() }
    }

    /// Of a secret that the channel cannot do without.
    pub(super) fn missing(key: &'static str, what: &str) -> Self {
        Self::new(
            key,
            format!("there is no {key:?}: {what}"),
            format!("write {key}_file = \"PATH\" of a file that holds it, or {key}_env, or {key}_credential"),
        )
    }
}

/// A path that a channel needs.
#[derive(Debug)]
pub struct Path<'a> {
    /// Its key.
    pub key: &'static str,
    /// The path, which starts at the configuration's folder.
    pub path: &'a mut String,
    /// What it is for.
    pub need: Need,
}

/// What a path is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A file that is read.
    Readable,
    /// A file that is written to, and made where it is not there.
    Writable,
    /// A program; without a `/` it is looked for in `$PATH`.
    Program,
}

/// The table of one channel.
pub trait Settings {
    /// What the channel is called.
    fn name(&self) -> &str;

    /// The keys that its secrets may have, and what is written there.
    fn secrets(&self) -> Option<(&'static [&'static str], &Secrets)> {
        None
    }

    /// The same, for whoever reads them.
    fn secrets_mut(&mut self) -> Option<(&'static [&'static str], &mut Secrets)> {
        None
    }

    /// Secrets that are written as being elsewhere and were not read from there.
    fn unread(&self) -> Vec<&'static str> {
        let Some((keys, secrets)) = self.secrets() else { return Vec::new() };
        keys.iter().copied().filter(|key| secrets.mention(key) && secrets.get(key).is_none()).collect()
    }

    /// Whether what stands in that key lets whoever reads it do harm.
    fn is_sensitive(&self, _key: &str) -> bool {
        true
    }

    /// Its path, where it needs one.
    fn path(&mut self) -> Option<Path<'_>> {
        None
    }

    /// What is wrong with it, once its secrets are read. One that could not be read is none of it.
    fn faults(&self) -> Vec<KeyFault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_in_one_form_and_read_into_another() {
        let mut secrets = Secrets::from([("token_file", "/etc/token"), ("url", "https://x.org")]);
        assert_eq!(secrets.written("token"), [(Form::File, "/etc/token")]);
        assert!(secrets.mention("token") && secrets.get("token").is_none());
        secrets.set("token", Secret::new("s3cret"));
        assert!(!secrets.is_here("token") && Secrets::from([("token", "s3cret")]).is_here("token"));
        assert_eq!(secrets.known(&["token", "password"]), [&Secret::new("s3cret")]);
        assert!(!secrets.mention("password"));
    }
}
