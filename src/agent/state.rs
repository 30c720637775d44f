//! What an agent knows of itself: its place in the server's log, what it got and has not shown, what it showed.
//!
//! One small JSON file a server, replaced whole and synced: a place moves only together with what was got up to it. What
//! is about to be shown is noted before (`claimed`), so a crash in between shows it once more, under the same id.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::warn;
use url::Url;

use super::error::AgentError;
use crate::notify::agents::Event;
use crate::notify::contract::Message;
use crate::rules::cap::Cap;

/// Ids of messages that are remembered after they were shown. A place says more; they count where a server's state was
/// put back.
const REMEMBERED: usize = 2_000;

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owed {
    /// What the server told.
    pub(super) event: Event,
    /// Whether it had to wait: then it comes as part of a digest.
    pub(super) waited: bool,
}

/// A notification that is being shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claimed {
    pub(super) message: Message,
    /// What it puts together.
    pub(super) parts: Vec<Owed>,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The server's own id of the last event that was got.
    pub(super) place: Option<String>,
    /// When the newest event was written that was got.
    pub(super) newest: Option<Timestamp>,
    /// Events that were written until then were got from another place: they come twice, and are passed over.
    pub(super) known_until: Option<Timestamp>,
    /// What was got and is not shown.
    pub(super) owed: Vec<Owed>,
    /// What may have been shown.
    pub(super) claimed: Option<Claimed>,
    /// Ids of what was shown lately.
    pub(super) shown: VecDeque<String>,
    /// When notifications came up, as far back as the cap looks.
    pub(super) sent: Vec<Timestamp>,
    /// The person wants to see nothing before that moment.
    pub(super) quiet_until: Option<Timestamp>,
}

impl State {
    /// Whether that message is shown, or will be.
    pub(super) fn knows(&self, message: &str) -> bool {
        let parts = self.claimed.iter().flat_map(|claimed| &claimed.parts);
        self.owed.iter().chain(parts).any(|owed| owed.event.message.id == message)
            || self.shown.iter().any(|shown| shown == message)
    }

    /// Notes what is being shown, of what is owed at these places.
    pub(super) fn claim(&mut self, message: Message, places: &[usize]) {
        let mut place = 0..;
        let is_part = |_: &mut Owed| place.next().is_some_and(|place| places.contains(&place));
        let parts = self.owed.extract_if(.., is_part).collect();
        self.claimed = Some(Claimed { message, parts });
    }

    /// What was claimed is shown.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let Some(claimed) = self.claimed.take() else { return };
        self.shown.extend(claimed.parts.into_iter().map(|part| part.event.message.id));
        let surplus = self.shown.len().saturating_sub(REMEMBERED);
        self.shown.drain(..surplus);
        let begin = now.checked_sub(Cap::LONGEST).unwrap_or(Timestamp::MIN);
        // A moment in a future that is not there any more counts for nothing.
        self.sent.retain(|at| *at > begin && *at <= now);
        self.sent.push(now);
    }

    /// What was claimed was not shown: it waits with the rest.
    pub(super) fn give_back(&mut self) {
        let Some(claimed) = self.claimed.take() else { return };
        self.owed.splice(..0, claimed.parts);
        self.wait();
    }

    /// All that is owed had to wait.
    pub(super) fn wait(&mut self) {
        self.owed.iter_mut().for_each(|owed| owed.waited = true);
    }
}

/// The state's file, held by this process alone.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    _lock: File,
}

impl Keeper {
    /// Takes the file of a server and reads it. What cannot be read is set aside: the agent begins anew.
    pub(super) fn open(folder: &Path, server: &Url) -> Result<(Self, State), AgentError> {
        fs::create_dir_all(folder).map_err(AgentError::state("make the folder", folder))?;
        let path = folder.join(format!("agent-{}.json", name_of(server)));
        let beside = path.with_extension("lock");
        let failed = AgentError::state("open", &beside);
        let lock = File::options().create(true).truncate(false).write(true).open(&beside).map_err(&failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(AgentError::Held { path: beside.display().to_string() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let state = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).or_else(|error| {
                let aside = path.with_extension("json.unreadable");
                warn!(%error, "{} cannot be read and is kept as {}", path.display(), aside.display());
                fs::rename(&path, &aside).map_err(AgentError::state("set aside", &path))?;
                Ok(State::default())
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => State::default(),
            Err(error) => return Err(AgentError::state("read", &path)(error)),
        };
        Ok((Self { path, _lock: lock }, state))
    }

    /// Writes the state, whole or not at all.
    pub(super) fn save(&self, state: &State) -> Result<(), AgentError> {
        let failed = AgentError::state("write", &self.path);
        let text = serde_json::to_vec(state).map_err(|error| failed(error.into()))?;
        let draft = self.path.with_extension("json.new");
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&draft, &self.path)?;
            // The name, too: else a power cut brings the old file back.
            self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        });
        written.map_err(failed)
    }
}

/// A file's name for a server: as a person knows it, and a digest of the rest.
fn name_of(server: &Url) -> String {
    let mut plain = server.clone();
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_fragment(None);
    let host = plain.host_str().unwrap_or_default().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let digest = xxhash_rust::xxh3::xxh3_64(plain.as_str().trim_end_matches('/').as_bytes());
    format!("{host}-{:08x}", digest >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Url {
        "https://feeds.example.org/sosik".parse().unwrap()
    }

    #[test]
    fn a_state_comes_back_as_it_was_and_has_one_holder() {
        let folder = tempfile::tempdir().unwrap();
        let (keeper, first) = Keeper::open(folder.path(), &server()).unwrap();
        assert_eq!(first, State::default());
        let state = State { place: Some("a-7".into()), shown: ["x".to_owned()].into(), ..State::default() };
        keeper.save(&state).unwrap();
        let held = Keeper::open(folder.path(), &server()).unwrap_err();
        assert!(matches!(held, AgentError::Held { .. }) && !held.help().is_empty(), "{held}");
        drop(keeper);
        assert_eq!(Keeper::open(folder.path(), &"https://feeds.example.org/sosik/".parse().unwrap()).unwrap().1, state);
        let other = Keeper::open(folder.path(), &"https://other.example.org".parse().unwrap()).unwrap();
        assert_eq!(other.1, State::default());
    }

    #[test]
    fn what_cannot_be_read_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let (keeper, _) = Keeper::open(folder.path(), &server()).unwrap();
        fs::write(&keeper.path, "{\"place\": 1").unwrap();
        let path = keeper.path.clone();
        drop(keeper);
        assert_eq!(Keeper::open(folder.path(), &server()).unwrap().1, State::default());
        assert_eq!(fs::read_to_string(path.with_extension("json.unreadable")).unwrap(), "{\"place\": 1");
    }

    #[test]
    fn a_server_without_its_password_has_its_name() {
        let with: Url = "https://me:pw@feeds.example.org/sosik".parse().unwrap();
        assert_eq!(name_of(&with), name_of(&server()));
        assert!(name_of(&server()).starts_with("feeds-example-org-"), "{}", name_of(&server()));
        assert_ne!(name_of(&server()), name_of(&"https://feeds.example.org:8443/sosik".parse().unwrap()));
    }
}
