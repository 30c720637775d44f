//! The JSON that scripts rely on: what `refresh --json` and `status --json` print, here or through the control socket.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::refresh::RefreshReport;
use crate::model::date::rfc3339;
use crate::model::delivery::ChannelState;
use crate::model::failure::{Failure, Step};
use crate::model::pace::HostStanding;
use crate::model::rescue::Rescue;
use crate::model::worker::Worker;
use crate::store::contract::SourceOverview;
use crate::store::stored::Tally;
use crate::store::{Store, StoreError};

/// What a round came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refreshed {
    /// Every source that was asked for, by id.
    pub sources: Vec<RefreshedSource>,
    /// Feeds of which a file changed.
    pub feeds_written: u32,
    /// Notifications that were shown.
    pub notified: u32,
}

/// What one look at a source came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshedSource {
    /// The source.
    pub id: String,
    /// The word of the outcome.
    pub outcome: String,
    /// Posts that were not stored before.
    pub new: u32,
    /// Posts whose title or content changed.
    pub edited: u32,
    /// Posts stored now.
    pub posts: u32,
    /// Pages read.
    pub pages: u32,
    /// Requests made.
    pub requests: u32,
    /// What went wrong.
    pub error: Option<Trouble>,
}

/// A failure, as the contract shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Where it stopped.
    pub step: Step,
    /// What was seen.
    pub message: String,
    /// What a person can do.
    pub help: String,
    /// Whether it may pass by itself.
    pub transient: bool,
}

/// Who holds the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// When it started.
    pub since: String,
    /// Its version.
    pub version: String,
}

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The daemon, where one runs.
    pub daemon: Option<Holder>,
    /// How many sources there are, where they are too many to be listed: then only those are that fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
    /// Every source.
    pub sources: Vec<SourceStatus>,
    /// Every host of theirs.
    #[serde(default)]
    pub hosts: Vec<HostStatus>,
    /// What is owed and what was given up.
    pub outbox: Outbox,
    /// Those who work on the state, the ones that are gone for a day at most among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workers: Vec<WorkerStatus>,
    /// What was done about a damaged state, for a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Rescue>,
}

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// The source.
    pub id: String,
    /// Its index page.
    pub url: String,
    /// Posts stored.
    pub posts: u32,
    /// Posts that the blog says it has.
    pub declared: Option<u32>,
    /// The word of the last outcome.
    pub outcome: Option<String>,
    /// When it was last read.
    pub last_success: Option<String>,
    /// When it is looked at next.
    pub next_check: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure, until a success.
    pub error: Option<Trouble>,
    /// The host that is paced for it.
    pub host: String,
    /// Whether it rests.
    pub paused: bool,
}

/// How a host stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStatus {
    /// The host: what is paced together.
    pub name: String,
    /// Its sources that are not paused.
    pub sources: u32,
    /// Shortest time between two requests.
    pub gap_ms: u64,
    /// Of that, what its robots.txt wishes.
    pub crawl_delay_ms: Option<u64>,
    /// Requests at a time.
    pub width: usize,
    /// Sources that are due and not looked at yet.
    pub queue: u32,
    /// Since when the first of them waits.
    pub waits_since: Option<String>,
    /// When its next source is due.
    pub next_check: Option<String>,
    /// Until when it wants to be left alone.
    pub blocked_until: Option<String>,
    /// Whether it is asked now.
    pub busy: bool,
    /// How long a round takes over all of its sources, where its pace decides how often they are looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_ms: Option<u64>,
}

/// How a worker stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerStatus {
    /// What it is called; no other one is.
    pub name: String,
    /// Its machine.
    pub host: String,
    /// Its process there.
    pub pid: u32,
    /// What it does.
    pub roles: Vec<String>,
    /// Its version.
    pub version: String,
    /// When it started.
    pub since: String,
    /// When it last said that it lives.
    pub seen: String,
    /// Whether that is too long ago.
    pub gone: bool,
}

impl WorkerStatus {
    fn of(worker: &Worker, now: Timestamp) -> Self {
        Self {
            name: worker.name.clone(),
            host: worker.host.clone(),
            pid: worker.pid,
            roles: worker.roles.words().into_iter().map(str::to_owned).collect(),
            version: worker.version.clone(),
            since: rfc3339(worker.started_at, 0),
            seen: rfc3339(worker.seen_at, 0),
            gone: worker.is_gone(now),
        }
    }
}

/// What is owed to channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    /// Deliveries still to be made.
    pub owed: u32,
    /// Deliveries given up.
    pub dead: u32,
    /// Every channel of which there is something to say.
    #[serde(default)]
    pub channels: Vec<ChannelStatus>,
}

/// How a channel stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelStatus {
    /// Its name.
    pub name: String,
    /// Deliveries still to be made.
    pub owed: u32,
    /// Deliveries given up.
    pub dead: u32,
    /// Why its last message did not arrive.
    pub error: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Until when it is left alone.
    pub rests_until: Option<String>,
    /// Until when a person wants to hear nothing over it.
    pub quiet_until: Option<String>,
}

impl From<&Failure> for Trouble {
    fn from(failure: &Failure) -> Self {
        Self {
            step: failure.step,
            message: failure.message.clone(),
            help: failure.help.clone(),
            transient: failure.transient,
        }
    }
}

impl From<&RefreshReport> for Refreshed {
    fn from(report: &RefreshReport) -> Self {
        let sources = report.sources.iter().map(|source| RefreshedSource {
            id: source.id.to_string(),
            outcome: source.outcome.word().to_owned(),
            new: source.new,
            edited: source.edited,
            posts: source.posts,
            pages: source.pages,
            requests: source.requests,
            error: source.outcome.failure().map(Trouble::from),
        });
        Self {
            sources: sources.collect(),
            feeds_written: report.published.as_ref().map_or(0, |published| published.feeds_written),
            notified: report.delivered.notified,
        }
    }
}

impl Status {
    /// The status of these sources, those left out that the configuration no longer names.
    pub fn of(
        daemon: Option<Holder>,
        sources: &[SourceOverview],
        hosts: &[HostStanding],
        channels: &[ChannelState],
        now: Timestamp,
    ) -> Self {
        let sources = sources.iter().filter(|overview| !overview.removed).map(SourceStatus::of).collect();
        let hosts = hosts.iter().map(|host| HostStatus::of(host, now)).collect();
        let (owed, dead) = channels.iter().fold((0, 0), |(owed, dead), one| (owed + one.owed, dead + one.dead));
        let channels = channels.iter().map(|channel| ChannelStatus::of(channel, now)).collect();
        Self {
            daemon,
            tally: None,
            sources,
            hosts,
            outbox: Outbox { owed, dead, channels },
            workers: Vec::new(),
            rescue: None,
        }
    }

    /// With how many sources there are, where not all are listed.
    #[must_use]
    pub fn of_many(self, tally: Option<Tally>) -> Self {
        Self { tally, ..self }
    }

    /// With those who work on the state.
    pub async fn with_workers(self, store: &dyn Store, now: Timestamp) -> Result<Self, StoreError> {
        let workers = store.workers().await?.iter().map(|worker| WorkerStatus::of(worker, now)).collect();
        Ok(Self { workers, ..self })
    }

    /// With what was done about a damaged state, where that is less than a week ago.
    pub async fn with_rescue(self, store: &dyn Store, now: Timestamp) -> Result<Self, StoreError> {
        let note = store.note(Rescue::NOTE).await?;
        let rescue = note.and_then(|note| serde_json::from_str::<Rescue>(&note).ok());
        Ok(Self { rescue: rescue.filter(|rescue| rescue.is_recent(now)), ..self })
    }
}

impl ChannelStatus {
    fn of(state: &ChannelState, now: Timestamp) -> Self {
        let time = |at: Option<Timestamp>| at.filter(|at| *at > now).map(|at| rfc3339(at, 0));
        Self {
            name: state.name.clone(),
            owed: state.owed,
            dead: state.dead,
            error: state.error.clone(),
            help: state.help.clone(),
            rests_until: time(state.rests_until),
            quiet_until: time(state.quiet_until),
        }
    }
}

impl HostStatus {
    fn of(standing: &HostStanding, now: Timestamp) -> Self {
        let HostStanding { queue, budget } = standing;
        let ms = |length: SignedDuration| u64::try_from(length.as_millis()).unwrap_or(0);
        let time = |at: Option<Timestamp>| at.map(|at| rfc3339(at, 0));
        Self {
            name: queue.host.name().to_owned(),
            sources: queue.sources,
            gap_ms: ms(budget.gap),
            crawl_delay_ms: queue.crawl_delay.map(ms),
            width: budget.width,
            queue: queue.due,
            waits_since: time(queue.waits_since),
            next_check: time(queue.next_due),
            blocked_until: time(queue.blocked_until),
            busy: queue.is_leased,
            bound_ms: standing.is_bound(now).then(|| ms(standing.round())),
        }
    }
}

impl SourceStatus {
    fn of(overview: &SourceOverview) -> Self {
        let SourceOverview { source, state, posts, .. } = overview;
        let time = |at: Option<Timestamp>| at.map(|at| rfc3339(at, 0));
        Self {
            id: source.id.to_string(),
            url: source.url.to_string(),
            posts: *posts,
            declared: state.declared,
            outcome: state.outcome.clone(),
            last_success: time(state.last_success),
            next_check: time(state.next_check),
            failures: state.failures,
            error: state.failure.as_ref().map(Trouble::from),
            host: source.host().name().to_owned(),
            paused: source.paused,
        }
    }
}
