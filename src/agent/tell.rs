//! What an agent got → the person's desktop.
//!
//! A notification is noted before it is shown and settled after, each with the place in the server's log. Where nobody
//! shows notifications all of it waits, and comes as a digest.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{debug, warn};

use super::error::AgentError;
use super::gather::{Situation, gather};
use super::options::{Manner, Setting};
use super::state::{Keeper, Owed, State};
use crate::clock::Clock;
use crate::notify::contract::{Notifier, Refusal, TELLING_TAKES_AT_MOST};
use crate::notify::desktop::{Act, Desktop};
use crate::notify::notice::Words;

/// How long a person's wish for quiet holds.
const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// First wait after the desktop refused, and the longest: who logs in need not wait for long.
const FIRST_ABSENCE: SignedDuration = SignedDuration::from_secs(5);
const LONGEST_ABSENCE: SignedDuration = SignedDuration::from_mins(2);

/// Events that wait here; more stay with the server until there is room.
const MOST_OWED: usize = 1_000;

/// Shows, and keeps what is to be shown.
pub(super) struct Teller {
    clock: Clock,
    manner: Manner,
    pub(super) words: Words,
    pub(super) desktop: Arc<Desktop>,
    notifier: Arc<dyn Notifier>,
    keeper: Keeper,
    state: State,
    /// The file does not say what `state` does.
    is_unsaved: bool,
    /// Refusals in a row, the last one, and until when the desktop is left alone.
    refusals: u32,
    refusal: Option<Refusal>,
    rests_until: Option<Timestamp>,
    /// When what is held back is looked at again.
    looks_at: Option<Timestamp>,
}

impl Teller {
    pub(super) fn new(clock: Clock, setting: Setting, keeper: Keeper, state: State) -> Self {
        let Setting { whom: _, manner, words, desktop, notifier } = setting;
        Self {
            clock,
            manner,
            words,
            desktop,
            notifier,
            keeper,
            state,
            is_unsaved: false,
            refusals: 0,
            refusal: None,
            rests_until: None,
            looks_at: None,
        }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// The state, to be changed: it is written before anything is shown, or with [`Teller::save`].
    pub(super) fn state_mut(&mut self) -> &mut State {
        self.is_unsaved = true;
        &mut self.state
    }

    /// Whether nothing more should be asked for.
    pub(super) fn is_full(&self) -> bool {
        self.state.owed.len() >= MOST_OWED
    }

    /// Why what is owed was not shown, where it was not.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Whether the time has come for something that waits.
    pub(super) fn is_due(&self) -> bool {
        let now = self.clock.now();
        let is_owed = self.state.claimed.is_some() || !self.state.owed.is_empty();
        is_owed && self.rests_until.or(self.looks_at).is_some_and(|at| at <= now)
    }

    /// Keeps a message that is to be shown.
    pub(super) fn owe(&mut self, owed: Owed) {
        self.state_mut().owed.push(owed);
    }

    /// Shows all that is owed and may be shown now.
    pub(super) async fn tell(&mut self) -> Result<(), AgentError> {
        let now = self.clock.now();
        // A clock that was set back must not put it off.
        if self.rests_until.is_some_and(|until| until > now && until <= now + LONGEST_ABSENCE) {
            return self.save();
        }
        self.rests_until = None;
        // What may have been shown before is shown as it was.
        if self.state.claimed.is_some() && !self.show().await? {
            return Ok(());
        }
        loop {
            let now = self.clock.now();
            let State { sent, quiet_until, .. } = &self.state;
            let situation = Situation { manner: self.manner, sent, quiet_until: *quiet_until, words: self.words, now };
            let mut gathered = gather(&self.state.owed, &situation);
            self.looks_at = gathered.until;
            if gathered.show.is_empty() {
                for place in gathered.wait {
                    let owed = &mut self.state.owed[place];
                    self.is_unsaved |= !std::mem::replace(&mut owed.waited, true);
                }
                return self.save();
            }
            let (message, places) = gathered.show.swap_remove(0);
            self.state_mut().claim(message, &places);
            self.save()?;
            if !self.show().await? {
                return Ok(());
            }
        }
    }

    /// Shows what is claimed. `false`: nobody took it, and the desktop is left alone for a while.
    async fn show(&mut self) -> Result<bool, AgentError> {
        let Some(claimed) = &self.state.claimed else { return Ok(true) };
        let limit = Duration::try_from(TELLING_TAKES_AT_MOST).unwrap_or(Duration::MAX);
        let told = tokio::time::timeout(limit, self.notifier.tell(&claimed.message)).await;
        let told = told.unwrap_or_else(|_| Err(Refusal::passing("the desktop does not answer", "restart its daemon")));
        let now = self.clock.now();
        match told {
            Ok(()) => {
                debug!(message = %claimed.message.id, "shown");
                self.state_mut().settle(now);
                (self.refusals, self.refusal) = (0, None);
                Ok(true)
            }
            Err(refusal) => {
                self.state_mut().give_back();
                self.refusals += 1;
                let wait = FIRST_ABSENCE.checked_mul(1 << (self.refusals - 1).min(6)).unwrap_or(LONGEST_ABSENCE);
                self.rests_until = Some(now + wait.min(LONGEST_ABSENCE));
                if self.refusals == 1 {
                    let owed = self.state.owed.len();
                    warn!(error = %refusal.message, "{owed} notifications wait: {}", refusal.help);
                }
                self.refusal = Some(refusal);
                self.save()?;
                Ok(false)
            }
        }
    }

    /// Does what a click asks for.
    pub(super) fn heed(&mut self, act: &Act) -> Result<(), AgentError> {
        match act {
            // The log is the server's, and nothing is written there by who reads.
            Act::Seen(_) => Ok(()),
            Act::Quiet => {
                let until = self.clock.now() + QUIET;
                self.state_mut().quiet_until = Some(until);
                self.save()
            }
        }
    }

    /// Writes the state where it changed.
    pub(super) fn save(&mut self) -> Result<(), AgentError> {
        if self.is_unsaved {
            self.keeper.save(&self.state)?;
            self.is_unsaved = false;
        }
        Ok(())
    }
}
