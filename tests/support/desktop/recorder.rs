//! A notification daemon (Desktop Notifications 1.2) that shows nothing and forgets nothing.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use zbus::OwnedVariant;
use zbus::fdo;

use super::super::PATIENCE;
use super::super::background::Background;
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
    notifications: Vec<Notification>,
    closed: Vec<u32>,
}

impl Recorder {
    /// Starts a daemon on a bus and returns when it can be asked.
    pub fn start(bus: &SessionBus, behaviour: Behaviour) -> Self {
        let shared = Arc::new(Shared::default());
        shared.state().behaviour = behaviour;
        let service = Service(Arc::clone(&shared));
        let address = bus.address().to_owned();
        let (ready, wait) = mpsc::channel();
        let service = Background::start(move || async move {
            let _connection = zbus::connection::Builder::address(address.as_str())
                .serve_at("/org/freedesktop/Notifications", service)
                .name(NOTIFICATIONS)
                .build()
                .await
                .expect("the bus has room for a notification daemon");
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
    #[expect(clippy::too_many_arguments, reason = "the specification's call has eight")]
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
    ) -> fdo::Result<u32> {
        let hints = hints.into_iter().map(|(name, value)| (name, value.to_string())).collect();
        let asked = Notification { id: 0, app_name, replaces, icon, summary, body, actions, hints, expires };
        match self.0.record(asked) {
            (Behaviour::Shows, id) => Ok(id),
            (Behaviour::Refuses, _) => Err(fdo::Error::Failed("the desktop is in no mood".to_owned())),
            (Behaviour::Hangs, _) => pending().await,
        }
    }

    fn close_notification(&self, id: u32) {
        self.0.state().closed.push(id);
    }

    #[expect(clippy::unused_self, reason = "the bus calls a daemon's methods")]
    fn get_capabilities(&self) -> Vec<String> {
        ["body", "body-markup", "actions", "persistence"].map(str::to_owned).into()
    }

    #[expect(clippy::unused_self, reason = "the bus calls a daemon's methods")]
    fn get_server_information(&self) -> (String, String, String, String) {
        ("recorder".to_owned(), "sosik".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}
