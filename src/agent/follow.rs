//! Follows a server's events, again and again from where it was.
//!
//! A connection that was cut is made anew within a moment; a server that is away is asked ever more rarely, a minute
//! apart at most. What comes within a moment is shown together: after a night away that is one look at all of it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{debug, info, warn};
use url::Url;

use super::error::{AgentError, help, is_lasting};
use super::options::{Setting, events_of};
use super::state::{Keeper, Owed};
use super::stream::{Parser, Said, TooLong};
use super::tell::Teller;
use crate::clock::Clock;
use crate::fetch::{Access, FetchError, Fetcher, Follow};
use crate::model::failure::with_causes;
use crate::notify::agents::Event;
use crate::notify::contract::{Message, MessageKind};
use crate::notify::desktop::Act;
use crate::notify::notice;

/// A server says that it lives every quarter of a minute: three misses are a dead connection.
const SILENCE: Duration = Duration::from_secs(45);

/// What comes within so much of each other is shown together, and how long it waits for more at most: live, and while a
/// server tells what it kept.
const LULL: Duration = Duration::from_millis(200);
const LONGEST_LULL: Duration = Duration::from_secs(2);
const LONGEST_BACKLOG: Duration = Duration::from_secs(10);

/// How often an idle agent looks at the clock.
const NAP: Duration = Duration::from_secs(5);

/// The longest wait for a server that is away.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The longest wish of a server to be left alone that is heeded.
const LONGEST_WISH: Duration = Duration::from_hours(1);

/// Connections in a row that may end at once and bring nothing before the waits between them grow.
const IDLE_CUTS: u32 = 8;

/// The machine slept where its clock went so much farther than the timers did.
const SLEPT: SignedDuration = SignedDuration::from_secs(10);

/// How long an agent goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Until what the server kept is shown.
    Once,
    /// Until it is told to stop.
    ForEver,
}

/// An agent at work.
pub struct Agent {
    fetcher: Fetcher,
    clock: Clock,
    url: Url,
    access: Access,
    teller: Teller,
    /// The first wait after a cut, as the server wishes.
    retry: Duration,
    /// Whether the server has let it in since the start.
    was_let_in: bool,
    awake: Awake,
    /// The trouble that was told last: the same is not told again.
    trouble: Option<String>,
}

/// A connection.
struct Connection {
    stream: Follow,
    parser: Parser,
    began: Instant,
    heard: Instant,
    /// The first and the last of what came and was not shown.
    fresh: Option<(Instant, Instant)>,
    /// All that the server kept has come.
    is_current: bool,
    brought: bool,
}

/// How a connection ended.
enum Ended {
    Stopped,
    Current,
    Slept,
    /// It was cut, having brought something or lived for a while, or not.
    Cut {
        brought: bool,
        error: Option<FetchError>,
    },
    /// It did not come about.
    Failed(FetchError),
}

/// What happened next.
enum Step {
    Stop,
    Act(Act),
    Bytes(Result<Option<Vec<u8>>, FetchError>),
    Nap,
}

/// What a gap says.
#[derive(Deserialize)]
struct Gap {
    why: String,
}

impl Agent {
    /// An agent that goes on where the one before it ended.
    pub fn open(fetcher: Fetcher, clock: Clock, setting: Setting) -> Result<Self, AgentError> {
        let (keeper, state) = Keeper::open(&setting.whom.folder, &setting.whom.server)?;
        let mut access = Access { allow_private_addresses: true, ..Access::default() };
        if let Some(token) = &setting.whom.token {
            access.headers.insert("authorization".to_owned(), format!("Bearer {}", token.expose().trim()));
        }
        Ok(Self {
            fetcher,
            url: events_of(&setting.whom.server),
            access,
            awake: Awake { wall: clock.now(), timers: Instant::now() },
            teller: Teller::new(clock.clone(), setting, keeper, state),
            clock,
            retry: Duration::from_secs(1),
            was_let_in: false,
            trouble: None,
        })
    }

    /// Whether it never followed this server before: then it begins with what comes next.
    pub fn is_new(&self) -> bool {
        self.teller.state().place.is_none()
    }

    /// Follows until it is told to stop, or once.
    pub async fn run(&mut self, extent: Extent, mut stop: watch::Receiver<bool>) -> Result<(), AgentError> {
        // What was owed, or being shown, when it ended last.
        self.teller.tell().await?;
        let (mut failures, mut idle_cuts) = (0_u32, 0_u32);
        loop {
            let wait = match self.follow(extent, &mut stop).await? {
                Ended::Stopped => return self.teller.save(),
                Ended::Current => return self.conclude(),
                Ended::Slept => {
                    debug!("this machine slept: the connection is made anew");
                    continue;
                }
                Ended::Cut { brought, error } => {
                    failures = 0;
                    idle_cuts = if brought { 0 } else { idle_cuts + 1 };
                    debug!(error = error.map(|error| with_causes(&error)), "the connection was cut");
                    doubled(self.retry, idle_cuts.saturating_sub(IDLE_CUTS)).mul_f64(share())
                }
                Ended::Failed(error) => {
                    let wish = error.wishes().retry_at.map(|at| self.clock.now().duration_until(at));
                    let wish = Duration::try_from(wish.unwrap_or_default()).unwrap_or_default();
                    self.judge(error, extent)?;
                    failures += 1;
                    // Agents that lost the same server do not come back in step.
                    doubled(self.retry, failures).mul_f64(0.5 + share() / 2.0).max(wish.min(LONGEST_WISH))
                }
            };
            if self.pause(wait, &mut stop).await? {
                return self.teller.save();
            }
        }
    }

    /// What stands at the end of the one time.
    fn conclude(&mut self) -> Result<(), AgentError> {
        self.teller.save()?;
        match self.teller.refusal() {
            Some(refusal) => Err(AgentError::Unshown(refusal.message.clone(), refusal.help.clone())),
            None => Ok(()),
        }
    }

    /// Whether it is any use to try again after this; says what is wrong, once.
    fn judge(&mut self, error: FetchError, extent: Extent) -> Result<(), AgentError> {
        let is_lasting = is_lasting(&error);
        if extent == Extent::Once {
            return Err(if is_lasting { AgentError::Refused(error) } else { AgentError::Unreached(error) });
        }
        // A login page of some network between us and a server that is known answers for it, too.
        let is_ours = matches!(
            error,
            FetchError::Status { code: 401, .. }
                | FetchError::Scheme { .. }
                | FetchError::Address { .. }
                | FetchError::BadHeader { .. }
                | FetchError::Client { .. }
        );
        if is_lasting && !self.was_let_in && (is_ours || self.is_new()) {
            return Err(AgentError::Refused(error));
        }
        let text = with_causes(&error);
        if self.trouble.as_ref() != Some(&text) {
            warn!(error = %text, "the server cannot be followed now, it is tried again: {}", help(&error));
            self.trouble = Some(text);
        }
        Ok(())
    }

    /// One connection to its end.
    async fn follow(&mut self, extent: Extent, stop: &mut watch::Receiver<bool>) -> Result<Ended, AgentError> {
        let opened = tokio::select! {
            () = stopped(stop) => return Ok(Ended::Stopped),
            opened = self.fetcher.follow(&self.url, &self.access, self.teller.state().place.as_deref()) => opened,
        };
        let mut connection = match opened {
            Ok(stream) => Connection::new(stream),
            Err(error) => return Ok(Ended::Failed(error)),
        };
        self.was_let_in = true;
        if self.trouble.take().is_some() {
            info!("the server is followed again");
        }
        loop {
            let is_full = self.teller.is_full();
            let nap = if connection.fresh.is_some() { LULL } else { NAP };
            let step = tokio::select! {
                biased;
                () = stopped(stop) => Step::Stop,
                act = self.teller.desktop.next_act() => Step::Act(act),
                bytes = connection.stream.next(), if !is_full => Step::Bytes(bytes),
                () = sleep(nap) => Step::Nap,
            };
            let mut ended = None;
            match step {
                Step::Stop => return Ok(Ended::Stopped),
                Step::Act(act) => self.teller.heed(&act)?,
                Step::Bytes(Ok(Some(bytes))) => {
                    connection.heard = Instant::now();
                    match connection.parser.feed(&bytes) {
                        Ok(said) => said.into_iter().for_each(|said| self.hear(said, &mut connection)),
                        Err(TooLong) => {
                            warn!("the server sends what is no event: a line without end");
                            ended = Some(connection.cut(None));
                        }
                    }
                }
                Step::Bytes(Ok(None)) => ended = Some(connection.cut(None)),
                Step::Bytes(Err(error)) => ended = Some(connection.cut(Some(error))),
                Step::Nap if self.awake.has_slept(self.clock.now()) => ended = Some(Ended::Slept),
                Step::Nap if !is_full && connection.heard.elapsed() > SILENCE => ended = Some(connection.cut(None)),
                Step::Nap => {}
            }
            if ended.is_some() || is_full || connection.is_ripe() || self.teller.is_due() {
                connection.fresh = None;
                self.teller.tell().await?;
            } else if connection.fresh.is_none() {
                self.teller.save()?;
            }
            if let Some(ended) = ended {
                return Ok(ended);
            }
            if extent == Extent::Once && connection.is_current && connection.fresh.is_none() {
                return Ok(Ended::Current);
            }
        }
    }

    /// Takes in what the server says.
    fn hear(&mut self, said: Said, connection: &mut Connection) {
        let id = match said {
            Said::Retry(ms) => {
                self.retry = Duration::from_millis(ms).clamp(Duration::from_millis(100), LONGEST_WAIT);
                return;
            }
            Said::Place(id) => id,
            Said::Event { kind, data, id } => {
                match kind.as_str() {
                    "" | "message" => self.take(&data, connection),
                    "gap" => self.miss(&data, &id),
                    "current" => {
                        connection.is_current = true;
                        if self.teller.state().known_until.is_some() {
                            self.teller.state_mut().known_until = None;
                        }
                    }
                    _ => {}
                }
                id
            }
        };
        if id.is_empty() || self.teller.state().place.as_ref() == Some(&id) {
            return;
        }
        if self.is_new() {
            info!("following {}: what is told from now on is shown here", self.url.host_str().unwrap_or_default());
        }
        self.teller.state_mut().place = Some(id);
    }

    /// A message, unless it came before.
    fn take(&mut self, data: &str, connection: &mut Connection) {
        let event = match serde_json::from_str::<Event>(data) {
            Ok(event) => event,
            Err(error) => {
                warn!(%error, "an event of the server cannot be read: is it of another version?");
                return;
            }
        };
        let state = self.teller.state();
        let is_known = state.known_until.is_some_and(|until| event.logged <= until);
        if is_known || state.knows(&event.message.id) {
            debug!(message = %event.message.id, "came before");
            return;
        }
        let newest = state.newest.max(Some(event.logged));
        self.teller.state_mut().newest = newest;
        self.teller.owe(Owed { event, waited: false });
        let now = Instant::now();
        connection.brought = true;
        connection.fresh = Some((connection.fresh.map_or(now, |(first, _)| first), now));
    }

    /// The server does not have what follows our place.
    fn miss(&mut self, data: &str, id: &str) {
        let why = serde_json::from_str::<Gap>(data).map(|gap| gap.why).unwrap_or_default();
        let known_until = self.teller.state().newest;
        self.teller.state_mut().known_until = known_until;
        if why != "lost" {
            warn!("the server's log is not the one that was followed: it was put back, or is another one");
            return;
        }
        warn!("this machine was away for longer than the server keeps events: some are lost");
        let now = self.clock.now();
        let mut server = self.url.clone();
        server.set_path(self.url.path().trim_end_matches("events"));
        let _ = server.set_username("");
        let _ = server.set_password(None);
        let message = Message {
            id: format!("{:032x}", xxhash_rust::xxh3::xxh3_128(format!("lost\n{id}\n{now}").as_bytes())),
            kind: MessageKind::Failure,
            at: now,
            source: None,
            sources: Vec::new(),
            notice: notice::lost(server.as_str(), self.teller.words),
            posts: Vec::new(),
            count: 0,
        };
        let event = Event { message, homes: std::collections::BTreeMap::new(), logged: now };
        self.teller.owe(Owed { event, waited: false });
    }

    /// Waits before the next connection; whether it is to stop.
    async fn pause(&mut self, wait: Duration, stop: &mut watch::Receiver<bool>) -> Result<bool, AgentError> {
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() && !self.teller.is_full() {
                return Ok(false);
            }
            let nap = if left.is_zero() { NAP } else { left.min(NAP) };
            let step = tokio::select! {
                () = stopped(stop) => Step::Stop,
                act = self.teller.desktop.next_act() => Step::Act(act),
                () = sleep(nap) => Step::Nap,
            };
            match step {
                Step::Stop => return Ok(true),
                Step::Act(act) => self.teller.heed(&act)?,
                Step::Bytes(_) | Step::Nap => {}
            }
            if self.teller.is_due() {
                self.teller.tell().await?;
            }
            // Whoever opens the lid has a network again in a moment.
            if self.awake.has_slept(self.clock.now()) && !self.teller.is_full() {
                return Ok(false);
            }
        }
    }
}

impl Connection {
    fn new(stream: Follow) -> Self {
        let now = Instant::now();
        let parser = Parser::default();
        Self { stream, parser, began: now, heard: now, fresh: None, is_current: false, brought: false }
    }

    /// Whether what came should be shown now.
    fn is_ripe(&self) -> bool {
        let Some((first, last)) = self.fresh else { return false };
        if self.is_current {
            last.elapsed() >= LULL || first.elapsed() >= LONGEST_LULL
        } else {
            first.elapsed() >= LONGEST_BACKLOG
        }
    }

    fn cut(&self, error: Option<FetchError>) -> Ended {
        Ended::Cut { brought: self.brought || self.began.elapsed() > NAP, error }
    }
}

/// Notices that the machine slept: its clock goes on then, timers stand still.
struct Awake {
    wall: Timestamp,
    timers: Instant,
}

impl Awake {
    fn has_slept(&mut self, wall: Timestamp) -> bool {
        let timers = Instant::now();
        let by_timers = SignedDuration::try_from(timers - self.timers).unwrap_or_default();
        let by_wall = wall.duration_since(self.wall);
        *self = Self { wall, timers };
        by_wall > by_timers + SLEPT
    }
}

/// The wait after so many failures.
fn doubled(first: Duration, failures: u32) -> Duration {
    first.saturating_mul(1 << failures.min(10)).min(LONGEST_WAIT)
}

/// Any share of one. It keeps agents apart and no secrets, so the hasher's own randomness will do.
fn share() -> f64 {
    let random = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    f64::from(random) / f64::from(u32::MAX)
}

/// Comes back once it is to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Whoever could say so is gone, which is the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_is_noticed() {
        let begin = Timestamp::UNIX_EPOCH;
        let mut awake = Awake { wall: begin, timers: Instant::now() };
        let mut wall = begin;
        let mut after = async |timers: u64, clock: i64| {
            tokio::time::advance(Duration::from_secs(timers)).await;
            wall += SignedDuration::from_secs(clock);
            awake.has_slept(wall)
        };
        assert!(!after(5, 5).await);
        assert!(!after(5, 12).await, "a clock that is put right");
        assert!(after(5, 3_600).await);
        assert!(!after(5, 5).await, "it is told once");
        assert!(!after(5, -3_600).await, "a clock that was set back is no sleep");
    }

    #[test]
    fn waits_grow_to_a_minute_and_differ() {
        let check = |failures: u32, expected: u64| {
            assert_eq!(doubled(Duration::from_millis(500), failures), Duration::from_millis(expected));
        };
        check(0, 500);
        check(3, 4_000);
        check(40, 60_000);
        let shares: Vec<f64> = (0..20).map(|_| share()).collect();
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
        assert!(shares.iter().any(|share| (share - shares[0]).abs() > f64::EPSILON), "{shares:?}");
    }
}
