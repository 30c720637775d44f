//! A desktop to be notified on: a session bus of one's own, and who answers on it.
//!
//! [`Recorder`] is a notification daemon that writes down what it is asked, and can be slow to come, refuse, or
//! never answer. [`Dunst`] is a daemon that people use, on a screen that nobody sees. Nothing is started by the
//! bus itself: it knows no services, so a test decides who is there.

mod dunst;
mod recorder;

use std::fs;
use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::StreamExt;
use tempfile::TempDir;
use zbus::names::BusName;

use super::{PATIENCE, background};
pub use dunst::{Dunst, Shown};
pub use recorder::{Behaviour, Notification, Recorder};

/// The name under which a desktop takes notifications.
pub const NOTIFICATIONS: &str = "org.freedesktop.Notifications";

/// A session bus that starts no services by itself.
const BUS_CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:PLACE</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"#;

/// A running session bus; it ends when dropped.
#[derive(Debug)]
pub struct SessionBus {
    daemon: Process,
    address: String,
    _folder: TempDir,
}

impl SessionBus {
    /// Starts a bus on which nobody is.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("bus-").tempdir().expect("a temporary folder");
        let place = format!("dir={}", folder.path().display());
        Self::listening(folder, &place)
    }

    /// Starts a bus at a socket of that path, as a session does that begins now.
    pub fn start_at(socket: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("bus-").tempdir().expect("a temporary folder");
        Self::listening(folder, &format!("path={}", socket.display()))
    }

    fn listening(folder: TempDir, place: &str) -> Self {
        let file = folder.path().join("bus.conf");
        let text = BUS_CONFIGURATION.replace("PLACE", place);
        fs::write(&file, text).expect("a file in a temporary folder");
        let mut command = Command::new("dbus-daemon");
        command.arg("--config-file").arg(&file).args(["--print-address", "--nofork"]);
        let (daemon, address) = Process::start_and_read_line(command);
        Self { daemon, address, _folder: folder }
    }

    /// The address for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends the bus now, as a log-out does.
    pub fn stop(&mut self) {
        self.daemon.stop();
    }

    /// Waits until somebody owns a name.
    ///
    /// # Panics
    /// When nobody comes.
    pub fn wait_for_owner(&self, name: &'static str) {
        self.talk(move |bus| async move {
            let dbus = zbus::fdo::DBusProxy::new(&bus).await.expect("the bus talks about itself");
            let mut changes = dbus.receive_name_owner_changed().await.expect("the bus tells of owners");
            let wanted = BusName::try_from(name).expect("a bus name");
            while !dbus.name_has_owner(wanted.clone()).await.expect("the bus knows its names") {
                changes.next().await.expect("the bus stays");
            }
        });
    }

    /// Talks on the bus to the end of what `talk` makes, from a thread of its own.
    fn talk<T, F>(&self, talk: impl FnOnce(zbus::Connection) -> F + Send + 'static) -> T
    where
        T: Send + 'static,
        F: Future<Output = T>,
    {
        let address = self.address.clone();
        background::finish(move || async move {
            tokio::time::timeout(PATIENCE, async {
                let builder = zbus::connection::Builder::address(address.as_str());
                talk(builder.build().await.expect("the bus lets us in")).await
            })
            .await
            .expect("the bus answers in time")
        })
    }
}

/// Another program, which ends when dropped.
#[derive(Debug)]
struct Process(Child);

impl Process {
    /// Starts a program that belongs to what `scripts/test` installs.
    fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(started.unwrap_or_else(|error| {
            panic!("{} does not start ({error}); scripts/test installs it", command.get_program().display())
        }))
    }

    /// Starts a program and waits for the first line that it prints.
    fn start_and_read_line(mut command: Command) -> (Self, String) {
        let mut process = Self::start(command.stdout(Stdio::piped()));
        let stdout = process.0.stdout.take().expect("a pipe was asked for");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a readable pipe");
        assert!(!line.is_empty(), "{} ended at once", command.get_program().display());
        (process, line.trim().to_owned())
    }

    fn stop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}
