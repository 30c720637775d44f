//! Notifications on this person's desktop (Desktop Notifications Specification 1.2).
//!
//! `screen` shows a message and knows what stands there; `watch` waits for clicks; `bus` asks the notification daemon
//! what it can; `browser` opens what is clicked; `handed` lets another process show, for a command that ends before
//! anybody can click.

mod body;
mod browser;
mod bus;
mod handed;
mod screen;
mod shown;

use std::path::PathBuf;

pub use handed::Handed;
pub use screen::{Desktop, Look};
pub use shown::Act;

/// The name of this channel in the outbox.
pub const CHANNEL: &str = "desktop";

/// Whether a session bus is there to be asked, going by the environment alone.
pub fn has_session_bus(env: &dyn Fn(&str) -> Option<String>) -> bool {
    if env("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty()) {
        return true;
    }
    env("XDG_RUNTIME_DIR").is_some_and(|dir| PathBuf::from(dir).join("bus").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

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
