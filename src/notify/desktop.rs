//! Notifications on this person's desktop (Desktop Notifications Specification 1.2).
//!
//! Only `show_async` is used: `show` starts a runtime inside tokio and panics. No call of the bus has a time limit
//! of its own, and a bus whose daemon hangs would hold us for ever, so every call is bounded here.
//!
//! Known gap: a click opens nothing yet; that needs a process that outlives the one-shot `refresh`.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use notify_rust::{Hint, Notification, NotificationHandle, Timeout, Urgency};

use super::contract::{Message, Notifier, Refusal};
use super::notice::Notice;
use crate::model::failure::with_causes;

/// The name of this channel in the outbox.
pub const CHANNEL: &str = "desktop";

/// Longest wait for the notification daemon: one that starts on demand answers within a second.
const CALL_LIMIT: Duration = Duration::from_secs(5);

/// Notifications whose connection is kept open: GNOME drops an application's notifications with it.
const KEPT: usize = 20;

/// Why the desktop could not be told.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// No session bus, or nobody on it who shows notifications.
    #[error("no notification daemon took the message")]
    Refused(#[source] Box<notify_rust::error::Error>),
    /// The daemon did not answer.
    #[error("the notification daemon did not answer within {} s", CALL_LIMIT.as_secs())]
    Silent,
}

impl DesktopError {
    /// What a person can do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Refused(_) => {
                "run sosik inside a desktop session (as a user unit, not as root), or set `[notify.desktop] enabled = false`"
            }
            Self::Silent => "restart the notification daemon (dunst, mako, gnome-shell); what is owed waits meanwhile",
        }
    }
}

/// This person's desktop.
#[derive(Debug, Default)]
pub struct Desktop {
    shown: Mutex<Vec<NotificationHandle>>,
}

impl Desktop {
    /// Shows one notice. Returns once the daemon took it.
    pub async fn show(&self, notice: &Notice) -> Result<(), DesktopError> {
        let mut notification = Notification::new();
        notification
            .appname("sosik")
            .summary(&notice.summary)
            .body(&escaped(&notice.body))
            .icon("sosik")
            .hint(Hint::DesktopEntry("sosik".to_owned()))
            .hint(Hint::Category("network.message".to_owned()))
            .urgency(Urgency::Normal)
            .timeout(Timeout::Default);
        let handle = tokio::time::timeout(CALL_LIMIT, notification.show_async())
            .await
            .map_err(|_| DesktopError::Silent)?
            .map_err(|error| DesktopError::Refused(Box::new(error)))?;
        let mut shown = self.shown.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if shown.len() < KEPT {
            shown.push(handle);
        }
        Ok(())
    }
}

#[async_trait]
impl Notifier for Desktop {
    async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let told = self.show(&message.notice).await;
        told.map_err(|error| Refusal::passing(with_causes(&error), error.help()))
    }
}

/// Whether a session bus is there to be asked, going by the environment alone.
pub fn has_session_bus(env: &dyn Fn(&str) -> Option<String>) -> bool {
    if env("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty()) {
        return true;
    }
    env("XDG_RUNTIME_DIR").is_some_and(|dir| PathBuf::from(dir).join("bus").exists())
}

/// The body is markup where the daemon says so and text elsewhere: escaped it is safe in the first and readable
/// in the second.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_cannot_bring_markup_along() {
        assert_eq!(escaped("<b>a & b</b>"), "&lt;b&gt;a &amp; b&lt;/b&gt;");
    }

    #[test]
    fn a_bus_is_found_by_its_address_or_its_socket() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = dir.path().display().to_string();
        let env = |name: &str| (name == "XDG_RUNTIME_DIR").then(|| runtime.clone());
        assert!(!has_session_bus(&env));
        std::fs::write(dir.path().join("bus"), "").unwrap();
        assert!(has_session_bus(&env));
        assert!(has_session_bus(&|name| (name == "DBUS_SESSION_BUS_ADDRESS").then(|| "unix:path=/x".to_owned())));
    }
}
