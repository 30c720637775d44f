//! Options → channels, each by its name.
//!
//! A new kind of channel is a file of its own with its `Options`, a list of those in [`options::Options`], a variant
//! of [`ChannelOptions`](super::options::ChannelOptions), and an arm in [`open`].

use std::sync::Arc;

use async_trait::async_trait;

use super::command::Command;
use super::contract::{Message, Notifier, Refusal};
use super::courier::Courier;
use super::desktop;
use super::email::Email;
use super::log::Log;
use super::ntfy::Ntfy;
use super::options::{ChannelOptions, Enabled, Options};
use super::settings::Settings;
use super::webhook::Webhook;

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
    /// The log that agents on other machines follow.
    pub agents: Arc<dyn Notifier>,
    /// What brings requests to servers.
    pub courier: Courier,
}

/// A channel whose options cannot be used where this program runs: the configuration told so, and a command that only
/// looks goes on. Whatever it is told waits.
struct Shut(Refusal);

#[async_trait]
impl Notifier for Shut {
    async fn tell(&self, _: &Message) -> Result<(), Refusal> {
        Err(self.0.clone())
    }
}

fn usable<N: Notifier + 'static>(options: &dyn Settings, open: impl FnOnce() -> Option<N>) -> Arc<dyn Notifier> {
    let unread = options.unread().into_iter().map(|key| format!("its {key} cannot be read"));
    let wrong = options.faults().into_iter().map(|fault| fault.message);
    let reasons: Vec<String> = unread.chain(wrong).collect();
    match open().filter(|_| reasons.is_empty()) {
        Some(notifier) => Arc::new(notifier),
        None => {
            let message = format!("the channel {:?} cannot be used: {}", options.name(), reasons.join("; "));
            Arc::new(Shut(Refusal::passing(message, "see `sosik check`")))
        }
    }
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
            ChannelOptions::Agents => Arc::clone(&setup.agents),
            ChannelOptions::Webhook(options) => usable(options, || Some(Webhook::new(options, &setup.courier))),
            ChannelOptions::Ntfy(options) => usable(options, || Some(Ntfy::new(options, &setup.courier))),
            ChannelOptions::Email(options) => usable(options, || Email::new(options)),
            ChannelOptions::Command(options) => usable(options, || Some(Command::new(options))),
            ChannelOptions::Log(options) => usable(options, || Some(Log::new(options))),
        };
        channels.push(Channel { name: name.to_owned(), notifier });
    }
    Ok(channels)
}
