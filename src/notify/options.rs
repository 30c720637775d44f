//! What a person can set about notifications: the `[notify]` tables.

use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::{command, email, log, ntfy, webhook};

/// The `[notify]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Notifications on this desktop.
    pub desktop: DesktopOptions,
    /// Requests to URLs.
    pub webhook: Vec<webhook::Options>,
    /// Push notifications.
    pub ntfy: Vec<ntfy::Options>,
    /// Mails.
    pub email: Vec<email::Options>,
    /// Commands of one's own.
    pub command: Vec<command::Options>,
    /// Lines of a log.
    pub log: Vec<log::Options>,
}

impl Options {
    /// Every channel that the configuration names, the desktop first.
    pub fn channels(&self) -> Vec<(&str, ChannelOptions<'_>)> {
        let mut channels = vec![(super::desktop::CHANNEL, ChannelOptions::Desktop(&self.desktop))];
        channels.extend(self.webhook.iter().map(|options| (options.name(), ChannelOptions::Webhook(options))));
        channels.extend(self.ntfy.iter().map(|options| (options.name(), ChannelOptions::Ntfy(options))));
        channels.extend(self.email.iter().map(|options| (options.name(), ChannelOptions::Email(options))));
        channels.extend(self.command.iter().map(|options| (options.name(), ChannelOptions::Command(options))));
        channels.extend(self.log.iter().map(|options| (options.name(), ChannelOptions::Log(options))));
        channels
    }

    /// Every table of a channel that has a name, by the list that it stands in and its place there.
    pub fn tables(&mut self) -> Vec<(&'static str, usize, &mut dyn Settings)> {
        fn of<'a, O: Settings>(
            list: &'static str,
            options: &'a mut [O],
        ) -> impl Iterator<Item = (&'static str, usize, &'a mut dyn Settings)> {
            options.iter_mut().enumerate().map(move |(place, options)| (list, place, options as &mut dyn Settings))
        }
        let mut tables = Vec::new();
        tables.extend(of("webhook", &mut self.webhook));
        tables.extend(of("ntfy", &mut self.ntfy));
        tables.extend(of("email", &mut self.email));
        tables.extend(of("command", &mut self.command));
        tables.extend(of("log", &mut self.log));
        tables
    }
}

/// A channel's own options. There is one desktop; every other kind is a list of tables, `[[notify.webhook]]`, each with
/// a `name` that no other channel has.
#[derive(Debug, Clone, Copy)]
pub enum ChannelOptions<'a> {
    /// `[notify.desktop]`.
    Desktop(&'a DesktopOptions),
    /// `[[notify.webhook]]`.
    Webhook(&'a webhook::Options),
    /// `[[notify.ntfy]]`.
    Ntfy(&'a ntfy::Options),
    /// `[[notify.email]]`.
    Email(&'a email::Options),
    /// `[[notify.command]]`.
    Command(&'a command::Options),
    /// `[[notify.log]]`.
    Log(&'a log::Options),
}

/// The `[notify.desktop]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DesktopOptions {
    /// `"auto"`: where a session bus exists; `true`: owe until one does; `false`: never.
    pub enabled: Enabled,
}

/// Whether the desktop is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EnabledText", into = "EnabledText")]
pub enum Enabled {
    /// Where a session bus exists; elsewhere nothing is owed.
    #[default]
    Auto,
    /// Always; what cannot be shown waits.
    Yes,
    /// Never.
    No,
}

/// The forms in which a configuration writes [`Enabled`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum EnabledText {
    /// `true` or `false`.
    Flag(bool),
    /// `"auto"`.
    Word(String),
}

impl TryFrom<EnabledText> for Enabled {
    type Error = String;

    fn try_from(text: EnabledText) -> Result<Self, String> {
        match text {
            EnabledText::Flag(true) => Ok(Self::Yes),
            EnabledText::Flag(false) => Ok(Self::No),
            EnabledText::Word(word) if word == "auto" => Ok(Self::Auto),
            EnabledText::Word(word) => Err(format!("{word:?} is none of true, false and \"auto\"")),
        }
    }
}

impl From<Enabled> for EnabledText {
    fn from(enabled: Enabled) -> Self {
        match enabled {
            Enabled::Auto => Self::Word("auto".to_owned()),
            Enabled::Yes => Self::Flag(true),
            Enabled::No => Self::Flag(false),
        }
    }
}
