//! What stands on the screen: a waiter for each notification that can still be clicked.
//!
//! A handle is a connection to the bus, and GNOME drops all of an application's notifications with its first one, so the
//! first handle is kept for as long as its daemon lives.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify_rust::{NotificationHandle, NotificationResponse};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tracing::debug;

use super::browser;
use super::bus::bounded;
use crate::notify::notice::Digest;

/// Notifications that can be clicked at the same time: each holds a connection.
const KEPT: usize = 20;

/// Longest wait for a click: a daemon that died tells nobody.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What a person did with a notification, for whoever keeps the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// These messages were opened or marked as seen.
    Seen(Vec<String>),
    /// Nothing is to be told for an hour.
    Quiet,
}

/// Keys of the buttons.
pub(super) const OPEN: &str = "open";
pub(super) const SEEN: &str = "seen";
pub(super) const QUIET: &str = "quiet";

/// A digest on the screen.
#[derive(Debug, Clone)]
pub(super) struct Growing {
    /// The number of its notification.
    pub(super) number: u32,
    /// What it says.
    pub(super) digest: Digest,
    /// The messages that it tells.
    pub(super) messages: Vec<String>,
}

/// What a click on a notification means.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// What is opened.
    pub(super) link: Option<String>,
    /// The messages that it tells.
    pub(super) messages: Vec<String>,
}

/// All that stands on the screen.
#[derive(Debug)]
pub(super) struct Shown {
    state: Mutex<State>,
    acts: mpsc::UnboundedSender<Act>,
    /// How many notifications can be clicked.
    clickable: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<Kept>,
    /// By source; a digest over several has an empty name.
    growing: BTreeMap<String, Growing>,
    /// Holds the first connection.
    anchor: Option<AbortHandle>,
    serial: u64,
}

/// A notification that can be clicked. Dropping it ends the wait.
#[derive(Debug)]
struct Kept {
    serial: u64,
    number: u32,
    _ends: oneshot::Sender<()>,
}

impl Shown {
    pub(super) fn new(acts: mpsc::UnboundedSender<Act>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), acts, clickable: watch::Sender::new(0) })
    }

    /// Another daemon shows nothing of ours.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.kept.clear();
        state.growing.clear();
        if let Some(anchor) = state.anchor.take() {
            anchor.abort();
        }
        self.counted(&state);
    }

    /// The digest of a source that is still shown.
    pub(super) fn growing(&self, source: &str) -> Option<Growing> {
        self.state().growing.get(source).cloned()
    }

    /// Notes the digest of a source that is shown now.
    pub(super) fn grew(&self, source: String, growing: Growing) {
        self.state().growing.insert(source, growing);
    }

    /// Waits for what a person does with a notification, beside everything else.
    pub(super) fn keep(self: &Arc<Self>, handle: NotificationHandle, meaning: Meaning) {
        let number = handle.id();
        let (ends, ended) = oneshot::channel();
        let mut state = self.state();
        // What it takes the place of is not clicked any more.
        state.kept.retain(|kept| kept.number != number);
        while state.kept.len() >= KEPT {
            state.kept.pop_front();
        }
        state.serial += 1;
        let serial = state.serial;
        state.kept.push_back(Kept { serial, number, _ends: ends });
        let is_first = state.anchor.is_none();
        let shown = Arc::clone(self);
        let waiter = tokio::spawn(async move {
            let said = response(&handle, ended).await;
            let was_clicked = said.is_some();
            if let Some(said) = said {
                shown.act(&said, meaning);
            }
            // Whoever waits for the last of them to end has to hear of the click first.
            shown.ended(serial, number);
            if was_clicked {
                let _ = bounded(handle.close_async()).await;
            }
            if is_first {
                std::future::pending::<()>().await;
            }
        });
        if is_first {
            state.anchor = Some(waiter.abort_handle());
        }
        self.counted(&state);
    }

    /// Waits until nothing that stands on the screen can be clicked.
    pub(super) async fn all_ended(&self) {
        // The sender lives as long as this.
        let _ = self.clickable.subscribe().wait_for(|count| *count == 0).await;
    }

    fn ended(&self, serial: u64, number: u32) {
        let mut state = self.state();
        let was_kept = state.kept.iter().any(|kept| kept.serial == serial);
        if was_kept {
            state.kept.retain(|kept| kept.serial != serial);
            state.growing.retain(|_, growing| growing.number != number);
        }
        self.counted(&state);
    }

    fn act(&self, key: &str, meaning: Meaning) {
        debug!(%key, "a notification was clicked");
        let act = match key {
            OPEN => {
                if let Some(link) = &meaning.link {
                    browser::open(link);
                }
                Act::Seen(meaning.messages)
            }
            SEEN => Act::Seen(meaning.messages),
            QUIET => Act::Quiet,
            _ => return,
        };
        // Nobody listens while everything ends.
        let _ = self.acts.send(act);
    }

    fn counted(&self, state: &State) {
        let count = state.kept.len();
        self.clickable.send_if_modified(|known| std::mem::replace(known, count) != count);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of what was clicked. `None`: nothing was, and nothing will be.
async fn response(handle: &NotificationHandle, ended: oneshot::Receiver<()>) -> Option<String> {
    let mut said = None;
    tokio::select! {
        () = handle.wait_for_action_async(|response: &NotificationResponse| {
            said = match response {
                NotificationResponse::Default => Some(OPEN.to_owned()),
                NotificationResponse::Action(key) => Some(key.clone()),
                NotificationResponse::Reply(_) | NotificationResponse::Closed(_) => None,
            };
        }) => {}
        _ = ended => {}
        () = tokio::time::sleep(LONGEST_WAIT) => {}
    }
    said
}
