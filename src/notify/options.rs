//! What a person can set about notifications: the `[notify]` tables.

use serde::{Deserialize, Serialize};

/// The `[notify]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Notifications on this desktop.
    pub desktop: DesktopOptions,
}

impl Options {
    /// Every channel that the configuration names, the desktop first.
    pub fn channels(&self) -> Vec<(&str, ChannelOptions<'_>)> {
        vec![(super::desktop::CHANNEL, ChannelOptions::Desktop(&self.desktop))]
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
