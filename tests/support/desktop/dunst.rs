//! A notification daemon that people use, on a screen that nobody sees.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use zbus::OwnedVariant;

use super::super::until;
use super::{NOTIFICATIONS, Process, SessionBus};

/// How pop-ups look: large enough for a person to read the screenshot, and never gone by themselves.
const CONFIGURATION: &str = "[global]
    font = Noto Sans CJK KR 12
    origin = top-right
    width = (300, 500)
    markup = full
    history_length = 100
    notification_limit = 20
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
";

/// A running dunst with its screen; both end when dropped.
#[derive(Debug)]
pub struct Dunst<'a> {
    bus: &'a SessionBus,
    display: String,
    daemon: Process,
    _screen: Process,
    _folder: TempDir,
}

/// A pop-up as dunst remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who showed it.
    pub app_name: String,
    /// The title.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Where the icon was found; empty when it was not.
    pub icon_path: String,
    /// The category of the specification's list.
    pub category: String,
}

impl<'a> Dunst<'a> {
    /// Starts a screen and dunst on it, and returns when it takes notifications.
    pub fn start(bus: &'a SessionBus) -> Self {
        let folder = tempfile::Builder::new().prefix("dunst-").tempdir().expect("a temporary folder");
        let file = folder.path().join("dunstrc");
        fs::write(&file, CONFIGURATION).expect("a file in a temporary folder");
        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1024x600x24", "-nolisten", "tcp"]);
        let (screen, number) = Process::start_and_read_line(screen);
        let display = format!(":{number}");
        let daemon = Process::start(
            Command::new("dunst")
                .arg("-conf")
                .arg(&file)
                .env("DISPLAY", &display)
                .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
                .env("HOME", folder.path())
                .env_remove("WAYLAND_DISPLAY"),
        );
        bus.wait_for_owner(NOTIFICATIONS);
        Self { bus, display, daemon, _screen: screen, _folder: folder }
    }

    /// How many pop-ups are on the screen.
    pub fn on_screen(&self) -> u32 {
        self.bus.talk(|bus| async move {
            let dunst = proxy(&bus).await;
            dunst.get_property::<u32>("displayedLength").await.expect("dunst counts its pop-ups")
        })
    }

    /// Waits until so many pop-ups are on the screen.
    pub fn wait_for(&self, count: u32) {
        until(&format!("{count} pop-ups"), || (self.on_screen() == count).then_some(()));
    }

    /// Writes a picture of the screen, for a person to look at.
    pub fn screenshot(&self, file: &Path) {
        let mut import = Command::new("import");
        let taken = import.args(["-display", &self.display, "-window", "root"]).arg(file).status();
        assert!(taken.is_ok_and(|status| status.success()), "import takes a picture; scripts/test installs it");
    }

    /// Clicks a pop-up, counted from the newest: its default action, as a middle click does.
    pub fn click(&self, place: u32) {
        self.bus.talk(move |bus| async move {
            proxy(&bus).await.call::<_, _, ()>("NotificationAction", &(place,)).await.expect("dunst clicks pop-ups");
        });
    }

    /// Ends it now, as a crash does.
    pub fn kill(&mut self) {
        self.daemon.stop();
    }

    /// Closes every pop-up and gives all that were shown, the newest first.
    pub fn close_all(&self) -> Vec<Shown> {
        let shown = self.on_screen();
        self.bus.talk(|bus| async move {
            proxy(&bus).await.call::<_, _, ()>("NotificationCloseAll", &()).await.expect("dunst closes pop-ups");
        });
        until("a history of what was closed", || {
            let history = self.history();
            (history.len() >= shown as usize).then_some(history)
        })
    }

    fn history(&self) -> Vec<Shown> {
        let entries: Vec<HashMap<String, OwnedVariant>> = self.bus.talk(|bus| async move {
            proxy(&bus).await.call("NotificationListHistory", &()).await.expect("dunst keeps a history")
        });
        entries.iter().map(Shown::read).collect()
    }
}

impl Shown {
    fn read(entry: &HashMap<String, OwnedVariant>) -> Self {
        let text = |name: &str| {
            entry.get(name).and_then(|value| value.downcast_ref::<&str>().ok()).unwrap_or_default().to_owned()
        };
        Self {
            app_name: text("appname"),
            summary: text("summary"),
            body: text("body"),
            icon_path: text("icon_path"),
            category: text("category"),
        }
    }
}

async fn proxy(bus: &zbus::Connection) -> zbus::Proxy<'static> {
    zbus::Proxy::new(bus, NOTIFICATIONS, "/org/freedesktop/Notifications", "org.dunstproject.cmd0")
        .await
        .expect("dunst is on the bus")
}
