//! Options → channels, each by its name.
//!
//! A new kind of channel is a file of its own with its `Options`, a list of those in [`options::Options`], a variant
//! of [`ChannelOptions`](super::options::ChannelOptions), and an arm in [`open`].

use std::sync::Arc;

use super::contract::Notifier;
use super::desktop;
use super::options::{ChannelOptions, Enabled, Options};

/// A channel that is open.
#[derive(Clone)]
pub struct Channel {
    /// Its name: `desktop`, or what the configuration calls it.
    pub name: String,
    /// The way to it.
    pub notifier: Arc<dyn Notifier>,
}

/// Why a channel cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the channel {channel:?} cannot be used: {message}")]
pub struct BadChannel {
    /// Its name.
    pub channel: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What channels are opened with.
pub struct Setup<'a> {
    /// The environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The desktop, which outlives a configuration: what it shows can be clicked after a reload.
    pub desktop: Arc<dyn Notifier>,
}

/// Opens every channel that the configuration names; nothing is asked of anybody yet.
pub fn open(options: &Options, setup: &Setup<'_>) -> Result<Vec<Channel>, BadChannel> {
    let mut channels = Vec::new();
    for (name, kind) in options.channels() {
        let notifier: Arc<dyn Notifier> = match kind {
            ChannelOptions::Desktop(desktop) => {
                let is_told = match desktop.enabled {
                    Enabled::Auto => desktop::has_session_bus(setup.env),
                    Enabled::Yes => true,
                    Enabled::No => false,
                };
                if !is_told {
                    continue;
                }
                Arc::clone(&setup.desktop)
            }
        };
        channels.push(Channel { name: name.to_owned(), notifier });
    }
    Ok(channels)
}
