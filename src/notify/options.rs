//! What a person can set about notifications: the `[notify]` tables.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Serialize};

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
}

impl Default for Options {
    fn default() -> Self {
        Self { give_up: None, failures: 3, rules: Vec::new(), desktop: DesktopOptions::default() }
    }
}

impl Options {
    /// Every channel that the configuration names, the desktop first.
    pub fn channels(&self) -> Vec<(&str, ChannelOptions<'_>)> {
        vec![(super::desktop::CHANNEL, ChannelOptions::Desktop(&self.desktop))]
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
