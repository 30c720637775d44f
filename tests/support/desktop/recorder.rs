//! A notification daemon (Desktop Notifications 1.2) that shows nothing and forgets nothing.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use zbus::OwnedVariant;
use zbus::fdo;

use super::super::PATIENCE;
use super::super::background::{self, Background};
use super::{NOTIFICATIONS, SessionBus};

/// How the daemon takes a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// It shows it.
    #[default]
    Shows,
    /// It answers with an error.
    Refuses,
    /// It never answers.
    Hangs,
}

/// A notification as it was asked for, whether it was shown or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The number that it got; 0 where it was not shown.
    pub id: u32,
    /// Who asks.
    pub app_name: String,
    /// The number of the one that it takes the place of, or 0.
    pub replaces: u32,
    /// The icon's name or address.
    pub icon: String,
    /// The title.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Keys and labels in turn.
    pub actions: Vec<String>,
    /// Each hint as D-Bus prints its value.
    pub hints: BTreeMap<String, String>,
    /// Milliseconds; -1 leaves it to the desktop.
    pub expires: i32,
    /// The connection that asked: clicks are told to it alone, as dunst does.
    pub sender: String,
}

impl Notification {
    /// The message that it shows.
    pub fn message(&self) -> &str {
        self.hints.get("x-sosik-message").map_or("", |id| id.trim_matches('"'))
    }
}

/// A running daemon; it leaves the bus when dropped.
#[derive(Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    _service: Background,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    asked: Condvar,
}

#[derive(Debug, Default)]
struct State {
    behaviour: Behaviour,
    abilities: Vec<String>,
    connection: Option<zbus::Connection>,
    notifications: Vec<Notification>,
    closed: Vec<u32>,
}

impl Recorder {
    /// Starts a daemon on a bus and returns when it can be asked.
    pub fn start(bus: &SessionBus, behaviour: Behaviour) -> Self {
        let shared = Arc::new(Shared::default());
        {
            let mut state = shared.state();
            state.behaviour = behaviour;
            state.abilities = ["body", "body-markup", "actions", "persistence"].map(str::to_owned).into();
        }
        let kept = Arc::clone(&shared);
        let service = Service(Arc::clone(&shared));
        let address = bus.address().to_owned();
        let (ready, wait) = mpsc::channel();
        let service = Background::start(move || async move {
            let connection = zbus::connection::Builder::address(address.as_str())
                .serve_at("/org/freedesktop/Notifications", service)
                .name(NOTIFICATIONS)
                .build()
                .await
                .expect("the bus has room for a notification daemon");
            kept.state().connection = Some(connection);
            let _ = ready.send(());
            pending::<()>().await;
        });
        wait.recv_timeout(PATIENCE).expect("the daemon comes up");
        Self { shared, _service: service }
    }

    /// Changes how the next notifications are taken.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.state().behaviour = behaviour;
    }

    /// Says that it can this and no more.
    pub fn is_able(&self, abilities: &[&str]) {
        self.shared.state().abilities = abilities.iter().map(|name| (*name).to_owned()).collect();
    }

    /// Clicks a notification: tells whoever asked for it last, and closes it.
    ///
    /// # Panics
    /// When none has that number.
    pub fn act(&self, number: u32, key: &str) {
        let key = key.to_owned();
        self.tell(number, move |number| vec![("ActionInvoked", Told::Key(number, key)), closed(number, 2)]);
    }

    /// Takes a notification from the screen, as a person does who wants no more of it.
    ///
    /// # Panics
    /// When none has that number.
    pub fn dismiss(&self, number: u32) {
        self.tell(number, |number| vec![closed(number, 2)]);
    }

    fn tell(&self, number: u32, signals: impl FnOnce(u32) -> Vec<(&'static str, Told)> + Send + 'static) {
        let state = self.shared.state();
        let asked = state.notifications.iter().rev().find(|one| one.id == number);
        let sender = asked.unwrap_or_else(|| panic!("no notification {number}")).sender.clone();
        let connection = state.connection.clone().expect("the daemon is there");
        drop(state);
        background::finish(move || async move {
            for (name, told) in signals(number) {
                let sender = Some(sender.as_str());
                let path = "/org/freedesktop/Notifications";
                match told {
                    Told::Key(number, key) => {
                        connection.emit_signal(sender, path, NOTIFICATIONS, name, &(number, key)).await
                    }
                    Told::Reason(number, reason) => {
                        connection.emit_signal(sender, path, NOTIFICATIONS, name, &(number, reason)).await
                    }
                }
                .expect("the bus carries signals");
            }
        });
    }

    /// All that was asked so far.
    pub fn notifications(&self) -> Vec<Notification> {
        self.shared.state().notifications.clone()
    }

    /// The numbers that were asked to be closed.
    pub fn closed(&self) -> Vec<u32> {
        self.shared.state().closed.clone()
    }

    /// Waits until so many notifications were asked for, and gives all.
    ///
    /// # Panics
    /// When they do not come.
    pub fn wait_for(&self, count: usize) -> Vec<Notification> {
        let (state, waited) = self
            .shared
            .asked
            .wait_timeout_while(self.shared.state(), PATIENCE, |state| state.notifications.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "waited for {count} notifications, got {:#?}", state.notifications);
        state.notifications.clone()
    }
}

/// What a signal says.
enum Told {
    Key(u32, String),
    Reason(u32, u32),
}

fn closed(number: u32, reason: u32) -> (&'static str, Told) {
    ("NotificationClosed", Told::Reason(number, reason))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a notification down, with a number when it is shown.
    fn record(&self, mut notification: Notification) -> (Behaviour, u32) {
        let mut state = self.state();
        if state.behaviour == Behaviour::Shows {
            let newest = state.notifications.iter().map(|earlier| earlier.id).max().unwrap_or(0);
            notification.id = if notification.replaces == 0 { newest + 1 } else { notification.replaces };
        }
        let answer = (state.behaviour, notification.id);
        state.notifications.push(notification);
        drop(state);
        self.asked.notify_all();
        answer
    }
}

/// The daemon as the bus sees it.
struct Service(Arc<Shared>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the specification's call has eight, and zbus adds the header")]
    async fn notify(
        &self,
        app_name: String,
        replaces: u32,
        icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedVariant>,
        expires: i32,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) -> fdo::Result<u32> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let hints = hints.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        let asked = Notification { id: 0, app_name, replaces, icon, summary, body, actions, hints, expires, sender };
        match self.0.record(asked) {
            (Behaviour::Shows, id) => Ok(id),
            (Behaviour::Refuses, _) => Err(fdo::Error::Failed("the desktop is in no mood".to_owned())),
            (Behaviour::Hangs, _) => pending().await,
        }
    }

    fn close_notification(&self, id: u32) {
        self.0.state().closed.push(id);
    }

    fn get_capabilities(&self) -> Vec<String> {
        self.0.state().abilities.clone()
    }

    #[expect(clippy::unused_self, reason = "the bus calls a daemon's methods")]
    fn get_server_information(&self) -> (String, String, String, String) {
        ("recorder".to_owned(), "sosik".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
