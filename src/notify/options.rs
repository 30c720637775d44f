//! What a person can set about notifications: the `[notify]` tables.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::{agents, command, email, log, ntfy, webhook};
use crate::model::rule::Rule;

/// Tries that a message gets at least before it is given up, however long they take.
pub const LEAST_TRIES: u32 = 10;

/// The `[notify]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// How long a message is tried before it is given up; the desktop waits for ever.
    pub give_up: Option<String>,
    /// The failure in a row with which a source's trouble is told.
    pub failures: u32,
    /// What is told to whom and when, the first that matches: `[[notify.rule]]`.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Notifications on this desktop.
    pub desktop: DesktopOptions,
    /// Agents on other machines.
    pub agents: agents::Options,
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

impl Default for Options {
    fn default() -> Self {
        Self {
            give_up: None,
            failures: 3,
            rules: Vec::new(),
            desktop: DesktopOptions::default(),
            agents: agents::Options::default(),
            webhook: Vec::new(),
            ntfy: Vec::new(),
            email: Vec::new(),
            command: Vec::new(),
            log: Vec::new(),
        }
    }
}

impl Options {
    /// Every channel that the configuration names, the desktop first.
    pub fn channels(&self) -> Vec<(&str, ChannelOptions<'_>)> {
        let mut channels = vec![(super::desktop::CHANNEL, ChannelOptions::Desktop(&self.desktop))];
        if self.agents.enabled {
            channels.push((agents::CHANNEL, ChannelOptions::Agents));
        }
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

    /// How long a message is tried before it is given up.
    pub fn gives_up_after(&self) -> SignedDuration {
        let written = self.give_up.as_deref().and_then(|text| text.trim().parse::<Span>().ok());
        let written = written.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
        written.unwrap_or(SignedDuration::from_hours(24))
    }
}

/// A channel's own options. There is one desktop; every other kind is a list of tables, `[[notify.webhook]]`, each with
/// a `name` that no other channel has.
#[derive(Debug, Clone, Copy)]
pub enum ChannelOptions<'a> {
    /// `[notify.desktop]`.
    Desktop(&'a DesktopOptions),
    /// `[notify.agents]`.
    Agents,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DesktopOptions {
    /// `"auto"`: where a session bus exists; `true`: owe until one does; `false`: never.
    pub enabled: Enabled,
    /// Posts of a source that are shown apart; more come as one digest.
    pub apart: u32,
    /// How many notifications in how long: `20/h`.
    pub at_most: String,
    /// The name of a sound of the desktop's theme; none by default.
    pub sound: Option<String>,
}

impl Default for DesktopOptions {
    fn default() -> Self {
        Self { enabled: Enabled::Auto, apart: 3, at_most: "20/h".to_owned(), sound: None }
    }
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
