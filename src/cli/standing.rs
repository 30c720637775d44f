//! How everything stands, from the state where we may read it, else from the daemon that holds it; and its words.

use jiff::{SignedDuration, Timestamp};

use super::common::{Common, env};
use super::paint::{Paint, counted, table};
use super::refresh::network_down;
use super::remote::{Remote, holder};
use super::report::CliError;
use crate::app::App;
use crate::fetch::Budgets;
use crate::model::failure::Failure;
use crate::model::report::Because;
use crate::model::rescue::Rescue;
use crate::model::source::SourceId;
use crate::model::worker::Roles;
use crate::run;
use crate::run::hosts::standings;
use crate::run::shape::{HostStatus, Outbox, SourceStatus, Status, WorkerStatus};
use crate::run::shown::{busiest, shown};
use crate::store::contract::SourceOverview;
use crate::store::stored::Tally;

/// How everything stands at a moment.
pub(super) struct Standing {
    pub(super) status: Status,
    /// What the state says beyond it; nothing where the daemon was asked.
    pub(super) overviews: Vec<SourceOverview>,
    /// Since when no source can be reached, by the daemon's word.
    pub(super) down_since: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Standing {
    /// Of that source, or of all.
    pub(super) async fn look(common: &Common, name: Option<&str>) -> Result<Self, CliError> {
        let config = common.load()?;
        let now = Common::clock().now();
        if !config.store.is_there()
            && let Ok(remote) = Remote::of(common, &config).await
        {
            return Ok(Self { status: remote.client.status().await?, overviews: Vec::new(), down_since: None, now });
        }
        let budgets = Budgets::of(&config.fetch);
        let daemon = holder(common, &config).await;
        let app = App::read(config, Common::clock(), &env).await?;
        let now = app.now();
        let id = name.and_then(|name| SourceId::try_from(name.to_owned()).ok());
        let named = app.store.sources_named(id.as_slice()).await?;
        let (overviews, tally) = if named.is_empty() { shown(&*app.store, now).await? } else { (named, None) };
        let hosts = busiest(standings(&*app.store, &overviews, &budgets, now).await?, tally.as_ref());
        let status = Status::of(daemon, &overviews, &hosts, &app.store.channels().await?, now).of_many(tally);
        let status = status.with_rescue(&*app.store, now).await?.with_workers(&*app.store, now).await?;
        let down_since = run::network::down_since(&*app.store).await?;
        Ok(Self { status, overviews, down_since, now })
    }

    /// This source alone, and its host.
    pub(super) fn only(mut self, name: &str) -> Result<Self, CliError> {
        let known: Vec<&str> = self
            .status
            .sources
            .iter()
            .map(|source| source.id.as_str())
            .chain(self.overviews.iter().map(|overview| overview.source.id.as_str()))
            .collect();
        if !known.contains(&name) {
            let mut known = known;
            known.sort_unstable();
            known.dedup();
            return Err(CliError::Usage {
                message: format!("there is no source {name:?}"),
                help: format!("known are: {}", known.join(", ")),
            });
        }
        self.status.sources.retain(|source| source.id == name);
        self.overviews.retain(|overview| overview.source.id.as_str() == name);
        let host = self.status.sources.first().map(|source| source.host.clone());
        self.status.hosts.retain(|there| Some(&there.name) == host.as_ref());
        Ok(self)
    }

    /// A line for each source with what is wrong, then the hosts, then what is owed.
    pub(super) fn lines(&self, verbose: bool) -> Vec<String> {
        let status = &self.status;
        let removed: Vec<&SourceOverview> = self.overviews.iter().filter(|overview| overview.removed).collect();
        if status.sources.is_empty() && removed.is_empty() && status.tally.is_none() {
            let mut lines = rescued(status.rescue.as_ref());
            lines.push("no sources are configured: add one with `sosik add URL`".to_owned());
            return lines;
        }
        let mut lines = rescued(status.rescue.as_ref());
        let active = || status.sources.iter().filter(|source| !source.paused);
        let failures = active().map(|source| self.failure(&source.id));
        let down = run::refresh::network_down(failures);
        if let Some(failure) = down {
            lines.push(network_down(active().count(), failure));
        } else if let Some(since) = self.down_since {
            let ago = span(self.now.duration_since(since));
            lines.push(format!("{} no source can be reached since {ago}", "the network is down:".error()));
            lines.push(format!(
                "  {} check the connection; one source is tried twice a minute, then all",
                "help:".help()
            ));
        }
        if let Some(tally) = &status.tally {
            let Tally { sources, stored, paused, failing, due, posts } = tally;
            lines.push(format!(
                "{} ({stored} of them in the state alone) with {posts} posts: {due} due, {paused} paused, {failing} failing",
                counted(*sources, "source").bold()
            ));
        }
        let mut rows: Vec<Vec<String>> = status.sources.iter().map(|source| self.row(source)).collect();
        rows.extend(removed.iter().map(|overview| {
            let id = overview.source.id.to_string().bold();
            let what = "no longer configured".to_owned();
            let url = overview.source.url.to_string().dim();
            vec![id, format!("{} posts", overview.posts), what, String::new(), String::new(), url]
        }));
        for (index, line) in table(&rows).into_iter().enumerate() {
            lines.push(line);
            let Some(source) = status.sources.get(index) else { continue };
            lines.extend(self.repaired(&source.id));
            if let Some(trouble) = source.error.as_ref().filter(|_| down.is_none() && !source.paused) {
                lines.push(format!("    {}", trouble.message));
                if verbose {
                    lines.extend(self.causes(&source.id));
                }
                lines.push(format!("    {} {}", "help:".help(), trouble.help));
            }
        }
        if !status.hosts.is_empty() {
            lines.push(String::new());
            lines.extend(table(&status.hosts.iter().map(|host| self.host(host)).collect::<Vec<_>>()));
        }
        lines.extend(self.workers());
        lines.extend(self.owed());
        lines
    }

    /// All that is known of a source.
    pub(super) fn detail(&self, verbose: bool) -> Vec<String> {
        let overview = self.overviews.first();
        let Some(source) = self.status.sources.first() else { return self.lines(verbose) };
        let mut rows = vec![vec!["source".dim(), source.id.bold()], vec!["address".dim(), source.url.clone()]];
        let mut tell = |name: &str, what: Option<String>| {
            rows.extend(what.map(|what| vec![name.dim(), what]));
        };
        let state = overview.map(|overview| &overview.state);
        tell("title", state.and_then(|state| state.site_title.clone()));
        tell("posts", Some(posts(source)));
        tell("read by", state.and_then(|state| state.how.clone()));
        tell("stands", Some(health(source)));
        tell("last look", state.and_then(|state| state.last_poll).map(|at| self.ago(at)));
        tell("last read", Some(self.read(source)));
        tell("next check", Some(self.next(source)));
        tell("cadence", overview.map(|overview| cadence(&overview.source)));
        let gap = state.and_then(|state| state.gap.as_ref());
        tell("older posts", gap.map(|gap| format!("still to be read, from {} on", gap.url)));
        let host = self.status.hosts.first().map(|host| self.host(host).join(", "));
        tell("host", host);
        let mut lines = table(&rows);
        lines.extend(self.repaired(&source.id));
        if let Some(trouble) = &source.error {
            lines.push(String::new());
            lines.push(format!("{} {}", "failed:".error(), trouble.message));
            lines.extend(self.causes(&source.id));
            lines.push(format!("  {} {}", "help:".help(), trouble.help));
            if trouble.transient {
                lines.push(
                    "  it may pass by itself: it is tried again, each time later, and nothing is lost".to_owned(),
                );
            }
        }
        lines
    }

    /// A source in one line, for a log.
    pub(super) fn line(&self, source: &SourceStatus) -> String {
        let mut parts = self.row(source);
        parts.pop();
        if let Some(trouble) = source.error.as_ref().filter(|_| !source.paused) {
            parts.push(trouble.message.clone());
        }
        parts.join(", ")
    }

    fn row(&self, source: &SourceStatus) -> Vec<String> {
        vec![source.id.bold(), posts(source), health(source), self.read(source), self.next(source), source.url.dim()]
    }

    fn host(&self, host: &HostStatus) -> Vec<String> {
        let sources = counted(host.sources, "source");
        let pace = match host.crawl_delay_ms {
            Some(wish) if wish == host.gap_ms => format!("gap {} (its robots.txt)", milliseconds(host.gap_ms)),
            Some(_) | None => format!("gap {}", milliseconds(host.gap_ms)),
        };
        let width = if host.width == 1 { "1 at a time".to_owned() } else { format!("{} at a time", host.width) };
        let queue = match (host.queue, host.waits_since.as_deref().and_then(moment)) {
            (0, _) => "none waiting".to_owned(),
            (waiting, Some(since)) => format!("{waiting} waiting for {}", span(self.now.duration_since(since))),
            (waiting, None) => format!("{waiting} waiting"),
        };
        let now = match host.blocked_until.as_deref().and_then(moment) {
            Some(until) => format!("wants to be left alone for {}", span(until.duration_since(self.now))).error(),
            None if host.busy => "being asked".good(),
            None => String::new(),
        };
        let mut row = vec![host.name.bold(), sources, pace, width, queue, now];
        row.extend(host.bound_ms.map(|ms| {
            let round = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
            format!("host-bound: a round takes {}", span(round)).error()
        }));
        row
    }

    fn read(&self, source: &SourceStatus) -> String {
        let at = source.last_success.as_deref().and_then(moment);
        at.map_or_else(|| "never read".to_owned(), |at| format!("read {}", self.ago(at)))
    }

    /// When it is looked at next, in words.
    fn next(&self, source: &SourceStatus) -> String {
        if source.paused {
            return "not looked at".to_owned();
        }
        let host = self.status.hosts.iter().find(|host| host.name == source.host);
        let blocked = host.and_then(|host| host.blocked_until.as_deref()).and_then(moment);
        match (source.next_check.as_deref().and_then(moment), blocked) {
            (None, _) if source.outcome.is_some() => "never by itself".to_owned(),
            (next, Some(until)) if next.is_none_or(|next| next < until) => {
                format!("next in {}", span(until.duration_since(self.now)))
            }
            (Some(next), _) if next > self.now => format!("next in {}", span(next.duration_since(self.now))),
            _ if self.status.daemon.is_none() => "due at the next refresh".to_owned(),
            _ => "due now".to_owned(),
        }
    }

    /// Those who share the work, where there are any beside a daemon that does all of it.
    fn workers(&self) -> Vec<String> {
        let workers = &self.status.workers;
        if workers.len() < 2 && workers.iter().all(|worker| worker.roles.len() == Roles::ALL.words().len()) {
            return Vec::new();
        }
        let row = |worker: &WorkerStatus| {
            let seen = moment(&worker.seen).map(|at| span(self.now.duration_since(at))).unwrap_or_default();
            let stands = if worker.gone { format!("gone for {seen}").error() } else { "at work".to_owned().good() };
            vec![worker.name.bold(), worker.roles.join(", "), stands, worker.version.dim()]
        };
        [String::new()].into_iter().chain(table(&workers.iter().map(row).collect::<Vec<_>>())).collect()
    }

    /// What is owed and what was given up, with each channel that has trouble or is quiet.
    fn owed(&self) -> Vec<String> {
        let Outbox { owed, dead, channels } = &self.status.outbox;
        let mut lines = Vec::new();
        if *owed > 0 || *dead > 0 {
            lines.push(format!("notifications: {owed} owed, {dead} given up"));
        }
        let left = |text: &Option<String>| text.as_deref().and_then(moment).map(|at| span(at.duration_since(self.now)));
        for channel in channels {
            let name = &channel.name;
            if let Some(left) = left(&channel.quiet_until) {
                lines.push(format!(
                    "{}: quiet for {left}; `sosik notify quiet off --channel {name}` ends it",
                    name.bold()
                ));
            }
            if let Some(error) = &channel.error {
                let next =
                    left(&channel.rests_until).map(|left| format!(", tried again in {left}")).unwrap_or_default();
                let (owed, dead) = (channel.owed, channel.dead);
                lines.push(format!("{}: {owed} owed, {dead} given up{next}: {error}", name.bold()));
                lines.push(format!("  {} {}", "help:".help(), channel.help.as_deref().unwrap_or_default()));
            }
        }
        if *dead > 0 {
            lines.push(format!(
                "  {} `sosik notify history --dead` shows why, `sosik notify replay` tries again",
                "help:".help()
            ));
        }
        lines
    }

    fn ago(&self, at: Timestamp) -> String {
        format!("{} ago", span(self.now.duration_since(at)))
    }

    fn failure(&self, id: &str) -> Option<&Failure> {
        self.overviews.iter().find(|overview| overview.source.id.as_str() == id)?.state.failure.as_ref()
    }

    fn repaired(&self, id: &str) -> Option<String> {
        let overview = self.overviews.iter().find(|overview| overview.source.id.as_str() == id)?;
        let learnt = overview.state.learnt.as_ref().filter(|learnt| learnt.because == Because::Broken)?;
        Some(format!(
            "    repaired {}: a learnt recipe reads its new layout; `sosik repair {id} --undo` takes that back",
            self.ago(learnt.at)
        ))
    }

    fn causes(&self, id: &str) -> Vec<String> {
        let causes = self.failure(id).map(|failure| failure.chain.as_slice()).unwrap_or_default();
        causes.iter().map(|cause| format!("    {} {cause}", "because:".dim())).collect()
    }
}

fn posts(source: &SourceStatus) -> String {
    match source.declared {
        Some(declared) => format!("{} of {declared} posts", source.posts),
        None => format!("{} posts", source.posts),
    }
}

fn health(source: &SourceStatus) -> String {
    if source.paused {
        "paused".to_owned()
    } else if source.outcome.as_deref() == Some("gone") {
        "gone for good (410)".to_owned().error()
    } else if source.error.is_some() {
        format!("failed {} times in a row", source.failures).error()
    } else {
        source.outcome.clone().unwrap_or_else(|| "not looked at yet".to_owned()).good()
    }
}

fn cadence(source: &crate::model::source::Source) -> String {
    if let Some(pattern) = &source.schedule {
        return format!("at {pattern}");
    }
    let (shortest, longest) = (source.cadence.shortest, source.cadence.longest);
    if shortest == longest {
        format!("every {}", span(shortest))
    } else {
        format!("{} to {}, as it publishes", span(shortest), span(longest))
    }
}

/// That the state was damaged.
pub(super) fn rescued(rescue: Option<&Rescue>) -> Vec<String> {
    let told = |rescue: &Rescue| {
        let line = format!("{} {}", format!("{}:", rescue.at.strftime("%Y-%m-%d")).error(), rescue.message());
        vec![line, format!("  {} {}", "help:".help(), rescue.help())]
    };
    rescue.map(told).unwrap_or_default()
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn milliseconds(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

/// A length of time in its largest unit.
pub(super) fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
