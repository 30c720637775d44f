//! Shows messages on the desktop.
//!
//! Only `show_async` is used: `show` starts a runtime inside tokio and panics. What is shown lives as long as the process;
//! a reload changes the words and not what stands there.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use notify_rust::{Hint, Notification, Timeout, Urgency};
use tokio::sync::mpsc;
use tracing::debug;

use super::browser::is_web;
use super::bus::{Bus, BusError, bounded};
use super::shown::{Act, Growing, Meaning, OPEN, QUIET, SEEN, Shown};
use crate::model::failure::with_causes;
use crate::notify::compose::digest_of;
use crate::notify::contract::{Message, MessageKind, Notifier, Refusal};
use crate::notify::notice::{Words, labels};

/// How notifications look and sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The language of their buttons.
    pub words: Words,
    /// The name of a sound of the desktop's theme.
    pub sound: Option<String>,
}

/// This person's desktop.
#[derive(Debug)]
pub struct Desktop {
    look: Mutex<Look>,
    /// Held while one is shown: they come in order.
    bus: tokio::sync::Mutex<Bus>,
    shown: Arc<Shown>,
    acts: tokio::sync::Mutex<mpsc::UnboundedReceiver<Act>>,
}

impl Desktop {
    /// A desktop on which nothing stands yet.
    pub fn new(look: Look) -> Self {
        let (sender, acts) = mpsc::unbounded_channel();
        Self {
            look: Mutex::new(look),
            bus: tokio::sync::Mutex::default(),
            shown: Shown::new(sender),
            acts: tokio::sync::Mutex::new(acts),
        }
    }

    /// Shows what comes from now on in another look.
    pub fn set_look(&self, look: Look) {
        *self.look.lock().unwrap_or_else(PoisonError::into_inner) = look;
    }

    /// Looks who shows notifications, so that the first message need not wait for it. Trouble is told with that message.
    pub async fn get_ready(&self) {
        let met = self.bus.lock().await.server().await;
        if let Err(error) = met {
            debug!(error = %with_causes(&error), "the desktop is not there yet");
        }
    }

    /// The next thing that a person does with a notification; waits for it.
    pub async fn next_act(&self) -> Act {
        match self.acts.lock().await.recv().await {
            Some(act) => act,
            // The sender lives as long as this.
            None => std::future::pending().await,
        }
    }

    /// What a person did and nobody heard of yet.
    pub async fn unheard_act(&self) -> Option<Act> {
        self.acts.lock().await.try_recv().ok()
    }

    /// Waits until nothing that stands on the screen can be clicked.
    pub async fn all_ended(&self) {
        self.shown.all_ended().await;
    }

    async fn show(&self, message: &Message) -> Result<(), BusError> {
        let look = self.look.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut bus = self.bus.lock().await;
        let (server, is_same) = bus.server().await?;
        if !is_same {
            self.shown.forget();
        }
        // What stands there and is told again with more: the digest of one source, or of many together.
        let place = message.source.as_ref().map(|source| source.id.clone()).unwrap_or_default();
        let is_digest = message.kind == MessageKind::Digest;
        let earlier = is_digest.then(|| self.shown.growing(&place)).flatten();
        let mut digest = digest_of(message, look.words);
        let mut messages = vec![message.id.clone()];
        let mut notice = message.notice.clone();
        let mut notification = Notification::new();
        if let Some(earlier) = &earlier {
            digest = digest.after(&earlier.digest);
            messages.extend(earlier.messages.iter().cloned());
            notice = digest.notice(look.words);
            notification.id(earlier.number);
        }
        let (summary, body) = server.abilities.shown(&notice);
        let link = notice.link.filter(|link| is_web(link));
        notification
            .appname("sosik")
            .summary(&summary)
            .body(&body)
            .icon("sosik")
            .hint(Hint::DesktopEntry("sosik".to_owned()))
            .hint(Hint::Category("network.message".to_owned()))
            .hint(Hint::Custom("x-sosik-message".to_owned(), message.id.clone()))
            .urgency(Urgency::Normal)
            .timeout(Timeout::Default);
        if let Some(sound) = &look.sound {
            notification.hint(Hint::SoundName(sound.clone()));
        }
        if server.abilities.actions && message.kind != MessageKind::Test {
            let labels = labels(look.words);
            if link.is_some() {
                // Some desktops show no way to the default action.
                notification.action("default", labels.open).action(OPEN, labels.open);
            }
            notification.action(SEEN, labels.seen).action(QUIET, labels.quiet);
        }
        let handle = bounded(notification.show_async()).await?.map_err(|error| BusError::Refused(Box::new(error)))?;
        if is_digest {
            self.shown.grew(place, Growing { number: handle.id(), digest, messages: messages.clone() });
        }
        self.shown.keep(handle, Meaning { link, messages });
        Ok(())
    }
}

#[async_trait]
impl Notifier for Desktop {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        self.show(message).await.map_err(|error| Refusal::passing(with_causes(&error), error.help()))
    }
}
