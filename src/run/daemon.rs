//! Polls, delivers and publishes until it is told to stop.
//!
//! Three loops over one store, each woken by the one before: what is recorded may owe a notification and make a feed
//! stale. Each also looks by itself once a minute, so that a lost wake-up, a sleeping laptop or a clock that was set
//! costs a minute at most. A refresh by hand makes its sources due and waits for their reports, like everyone else's.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify, broadcast, watch};
use tracing::{error, info, warn};

use super::dispatch::{Dispatcher, Pulse, Round};
use super::refresh::{RefreshReport, conclude};
use crate::announce::Announcer;
use crate::clock::Clock;
use crate::deliver::{Delivered, Deliverer};
use crate::model::failure::with_causes;
use crate::model::source::SourceId;
use crate::notify::desktop::CHANNEL;
use crate::publish::Publisher;
use crate::serve::Metrics;
use crate::store::contract::{Recorded, SourceRef};
use crate::store::{Store, StoreError};

/// The longest sleep of the loops that deliver and publish.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_mins(1);

/// Reports that a slow listener may lag behind by.
const BACKLOG: usize = 16_384;

/// A running daemon.
pub struct Daemon {
    store: Arc<dyn Store>,
    dispatcher: Dispatcher,
    deliverer: Deliverer,
    publisher: Publisher,
    announcer: Announcer,
    clock: Clock,
    wake: Notify,
    to_deliver: Notify,
    to_publish: Notify,
    to_announce: Notify,
    reports: broadcast::Sender<Arc<Recorded>>,
    /// Held while people are told and files are written: a refresh by hand counts what itself brought about.
    outlet: Mutex<()>,
    metrics: Arc<Metrics>,
}

impl Daemon {
    /// A daemon over these parts, which counts every delivery.
    pub fn new(
        store: Arc<dyn Store>,
        dispatcher: Dispatcher,
        deliverer: Deliverer,
        publisher: Publisher,
        announcer: Announcer,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            dispatcher,
            deliverer,
            publisher,
            announcer,
            clock,
            wake: Notify::new(),
            to_deliver: Notify::new(),
            to_publish: Notify::new(),
            to_announce: Notify::new(),
            reports: broadcast::channel(BACKLOG).0,
            outlet: Mutex::new(()),
            metrics,
        })
    }

    /// Runs until `stop` turns true; then drains. `pulse` is told that it lives.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>, pulse: Pulse) -> Result<(), StoreError> {
        let told = Arc::clone(&self);
        let stored = move |recorded: Recorded| {
            tell(&recorded);
            told.to_deliver.notify_one();
            told.to_publish.notify_one();
            // Nobody listens unless a refresh waits.
            let _ = told.reports.send(Arc::new(recorded));
        };
        let (polled, last) = watch::channel(false);
        let polling = async {
            let ended = self.dispatcher.until(stop, &self.wake, &pulse, stored).await;
            // The last reports are stored: what they owe is still told and written.
            let _ = polled.send(true);
            ended
        };
        let (ended, delivered, published, announced) =
            tokio::join!(polling, self.delivering(last.clone()), self.publishing(last.clone()), self.announcing(last));
        ended.and(delivered).and(published).and(announced)
    }

    /// Makes these sources due, waits until each was looked at, and brings the news to people and files.
    pub async fn refresh(&self, only: &[SourceId]) -> Result<RefreshReport, StoreError> {
        let _outlet = self.outlet.lock().await;
        let mut reports = self.reports.subscribe();
        let mut waited: BTreeMap<SourceRef, SourceId> = self
            .store
            .sources()
            .await?
            .into_iter()
            .filter(|overview| only.contains(&overview.source.id) && !overview.source.paused && !overview.removed)
            .map(|overview| (overview.at, overview.source.id))
            .collect();
        let blocked = self.store.set_due(only, self.clock.now()).await?;
        waited.retain(|_, id| !blocked.iter().any(|(resting, _)| resting == id));
        self.wake.notify_one();
        let mut round = Round { recorded: Vec::new(), blocked };
        while !waited.is_empty() {
            match reports.recv().await {
                Ok(recorded) => {
                    if waited.remove(&recorded.at).is_some() {
                        round.recorded.push((*recorded).clone());
                    }
                }
                Err(broadcast::error::RecvError::Lagged(missed)) => warn!(missed, "a refresh missed {missed} reports"),
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
        let delivered = self.deliver().await?;
        let published = self.publisher.publish().await;
        self.to_announce.notify_one();
        conclude(&*self.store, round, delivered, published).await
    }

    async fn delivering(&self, stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        loop {
            let is_last = *stop.borrow();
            let outlet = self.outlet.lock().await;
            self.deliver().await?;
            drop(outlet);
            if is_last {
                return Ok(());
            }
            self.pause(stop.clone(), &self.to_deliver).await;
        }
    }

    async fn deliver(&self) -> Result<Delivered, StoreError> {
        let delivered = self.deliverer.deliver().await?;
        self.metrics.delivered(CHANNEL, delivered.told);
        self.metrics.not_delivered(CHANNEL, delivered.waiting);
        Ok(delivered)
    }

    async fn publishing(&self, stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        loop {
            let is_last = *stop.borrow();
            let outlet = self.outlet.lock().await;
            // What cannot be written stays stale and is tried again: polling goes on meanwhile.
            match self.publisher.publish().await {
                Ok(published) if published.feeds_written > 0 => {
                    info!(feeds = published.feeds_written, "{} feeds written", published.feeds_written);
                    self.to_announce.notify_one();
                }
                Ok(_) => self.to_announce.notify_one(),
                Err(problem) => error!(error = %with_causes(&problem), "feeds are not written: {problem}"),
            }
            drop(outlet);
            if is_last {
                return Ok(());
            }
            self.pause(stop.clone(), &self.to_publish).await;
        }
    }

    /// Holds nothing that others wait for, and is let go where it stands when all is to end: what the hub was not told
    /// of is known, and told after the next start.
    async fn announcing(&self, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        while !*stop.borrow() {
            tokio::select! {
                _ = stop.changed() => continue,
                announced = self.announcer.announce() => announced?,
            };
            self.pause(stop.clone(), &self.to_announce).await;
        }
        Ok(())
    }

    async fn pause(&self, mut stop: watch::Receiver<bool>, wake: &Notify) {
        if *stop.borrow() {
            return;
        }
        let latest: Timestamp = self.clock.now() + LONGEST_SLEEP;
        tokio::select! {
            _ = stop.changed() => {}
            () = wake.notified() => {}
            () = self.clock.sleep_until(latest) => {}
        }
    }
}

fn tell(recorded: &Recorded) {
    let report = &recorded.report;
    let (host, outcome) = (&recorded.host, report.outcome.word());
    match report.outcome.failure() {
        Some(failure) => warn!(%host, step = ?failure.step, "a source of {host} failed: {}", failure.message),
        None => {
            let (new, edited) = (report.changes.new.len(), report.changes.edited.len());
            info!(%host, outcome, new, edited, "{host}: {outcome}");
        }
    }
}
