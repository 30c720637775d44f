//! Polls, delivers and publishes until it is told to stop.
//!
//! Loops over one store, each woken by the one before: what is recorded may owe a notification and make a feed stale.
//! Every channel has a loop of its own, so that a slow one delays no other. Each also looks by itself once a minute, so
//! that a lost wake-up, a sleeping laptop or a clock that was set costs a minute at most. A refresh by hand makes its
//! sources due and waits for their reports, like everyone else's (`waiting.rs`).

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, MutexGuard, Notify, broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::dispatch::{Dispatcher, Pulse};
use super::keeping::Keeping;
use super::lifecycle::Beat;
use super::looked::Look;
use super::refresh::{RefreshReport, conclude};
use super::vigil::Vigil;
use super::waiting;
use crate::announce::Announcer;
use crate::clock::Clock;
use crate::deliver::{Delivered, Deliverer, Haste};
use crate::model::failure::with_causes;
use crate::model::source::SourceId;
use crate::model::worker::Worker;
use crate::poll::Progress;
use crate::publish::{PublishError, Published, Publisher};
use crate::serve::Metrics;
use crate::store::{Store, StoreError};

/// The longest sleep of the loops that deliver and publish.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_mins(1);

/// The same where other workers owe what is to be told here, and nobody wakes us.
pub(super) const AMONG_OTHERS: SignedDuration = SignedDuration::from_secs(2);

/// How long those loops leave the news of a refresh by hand to the refresh, which tells them in one go at its end.
const LONGEST_HOLD: Duration = Duration::from_secs(30);

/// How long a refresh by hand waits for channels that are slow.
const TELLING_BY_HAND: Duration = Duration::from_secs(15);

/// How long what is being told may still take when all is to end.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How soon a state that could not be written is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Reports that a slow listener may lag behind by.
const BACKLOG: usize = 1_024;

/// Pages read by walks that somebody watches.
pub type Walks = broadcast::Sender<(SourceId, Progress)>;

/// A running daemon.
pub struct Daemon {
    pub(super) store: Arc<dyn Store>,
    pub(super) dispatcher: Dispatcher,
    deliverer: Arc<Deliverer>,
    pub(super) publisher: Publisher,
    pub(super) keeping: Keeping,
    pub(super) announcer: Announcer,
    /// Who we are among those that work on the state.
    pub(super) worker: Worker,
    pub(super) clock: Clock,
    pub(super) wake: Notify,
    /// Counts what is recorded: every channel looks at it.
    to_deliver: watch::Sender<u64>,
    pub(super) to_publish: Notify,
    /// Nobody wakes what only waits for its time.
    pub(super) never: Notify,
    pub(super) to_announce: Notify,
    pub(super) reports: broadcast::Sender<Arc<Look>>,
    counts: Counts,
    /// Held while files are written: how many feeds were since the start.
    outlet: Mutex<u32>,
    /// Messages that arrived since the start.
    notified: AtomicU32,
    /// Refreshes by hand that are under way.
    by_hand: watch::Sender<usize>,
    /// Whether the state could not be written when it was last tried.
    is_stuck: AtomicBool,
    vigil: Vigil,
}

/// Where it is told what happens.
pub struct Counts {
    /// Told of every page by the dispatcher's poller.
    pub walks: Walks,
    /// Counts every delivery.
    pub metrics: Arc<Metrics>,
}

/// A refresh by hand that is under way, as long as this lives.
struct Hold<'a>(&'a watch::Sender<usize>);

impl<'a> Hold<'a> {
    fn of(by_hand: &'a watch::Sender<usize>) -> Self {
        by_hand.send_modify(|refreshes| *refreshes += 1);
        Self(by_hand)
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|refreshes| *refreshes -= 1);
    }
}

/// The ways that what is stored takes out of the house.
pub struct Outlets {
    /// To people.
    pub deliverer: Arc<Deliverer>,
    /// To files.
    pub publisher: Publisher,
    /// To the hub.
    pub announcer: Announcer,
}

impl Daemon {
    /// A daemon over these parts.
    pub fn new(
        store: Arc<dyn Store>,
        dispatcher: Dispatcher,
        outlets: Outlets,
        keeping: Keeping,
        worker: Worker,
        clock: Clock,
        counts: Counts,
    ) -> Arc<Self> {
        let Outlets { deliverer, publisher, announcer } = outlets;
        Arc::new(Self {
            store,
            dispatcher,
            deliverer,
            publisher,
            keeping,
            announcer,
            worker,
            clock,
            wake: Notify::new(),
            to_deliver: watch::Sender::new(0),
            to_publish: Notify::new(),
            never: Notify::new(),
            to_announce: Notify::new(),
            reports: broadcast::channel(BACKLOG).0,
            counts,
            outlet: Mutex::default(),
            notified: AtomicU32::new(0),
            by_hand: watch::channel(0).0,
            is_stuck: AtomicBool::new(false),
            vigil: Vigil::default(),
        })
    }

    /// Runs until `stop` turns true or a loop fails; then drains.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>, pulse: Pulse) -> Result<(), StoreError> {
        let told = Arc::clone(&self);
        let stored = move |look: Look| {
            if told.is_stuck.swap(false, Ordering::Relaxed) {
                info!("the state can be written again");
            }
            told.to_deliver.send_modify(|recorded| *recorded += 1);
            told.to_publish.notify_one();
            // Nobody listens unless a refresh waits.
            let _ = told.reports.send(Arc::new(look));
        };
        let (polled, last) = watch::channel(false);
        let beats = pulse.beats.subscribe();
        // Tasks of their own: a disk that lets one wait holds up no other, and each is seen to get on.
        let mut loops = JoinSet::new();
        let roles = self.worker.roles;
        if roles.deliver {
            for place in 0..self.deliverer.channels().len() {
                loops.spawn(self.vigil.over("delivering", Arc::clone(&self).delivering(place, last.clone())));
            }
            // Nobody watches over it: a person may click nothing for days.
            loops.spawn(Arc::clone(&self).attending(last.clone()));
        }
        if roles.serve {
            loops.spawn(self.vigil.over("publishing", Arc::clone(&self).publishing(last.clone())));
            loops.spawn(self.vigil.over("telling the hub", Arc::clone(&self).announcing(last.clone())));
        }
        loops.spawn(self.vigil.over("tidying", Arc::clone(&self).tidying(last.clone())));
        loops.spawn(self.vigil.over("saying that it lives", Arc::clone(&self).saying_that_it_lives(last)));
        let (halt, halted) = watch::channel(false);
        let mut polling = pin!(async {
            loop {
                let ended = if roles.poll {
                    self.dispatcher.until(halted.clone(), &self.wake, &pulse, stored.clone()).await
                } else {
                    self.looking_on(halted.clone(), &pulse).await
                };
                let Err(error) = ended else { break Ok(()) };
                self.wait_out(error, halted.clone(), &pulse).await?;
            }
        });
        let mut backing_up = pin!(self.keeping.backing_up(&*self.store, &self.clock, beats));
        let mut trouble = None;
        let ended = loop {
            let is_halted = *halt.borrow();
            tokio::select! {
                ended = &mut polling => break ended,
                damaged = &mut backing_up, if !is_halted => {
                    trouble = trouble.or(Some(damaged));
                    halt.send_replace(true);
                }
                // An error: whoever could stop us is gone.
                _ = stop.wait_for(|stops| *stops), if !is_halted => drop(halt.send_replace(true)),
                Some(done) = loops.join_next() => {
                    trouble = trouble.or(done.expect("a loop does not panic").err());
                    halt.send_replace(true);
                }
            }
        };
        // The last reports are stored: what they owe is still told and written.
        polled.send_replace(true);
        while let Some(done) = loops.join_next().await {
            trouble = trouble.or(done.expect("a loop does not panic").err());
        }
        ended.and(trouble.map_or(Ok(()), Err))
    }

    /// Looks after nothing but that the state answers: others poll.
    async fn looking_on(&self, mut stop: watch::Receiver<bool>, pulse: &Pulse) -> Result<(), StoreError> {
        while !*stop.borrow() {
            self.store.workers().await?;
            pulse.beats.send_replace(Some(Beat { at: self.clock.now(), next_due: None, under_way: 0 }));
            tokio::select! {
                _ = stop.changed() => {}
                () = tokio::time::sleep(pulse.every) => {}
            }
        }
        Ok(())
    }

    /// What does not get on, if anything: then a new start is what helps.
    pub fn stuck(&self) -> Option<&'static str> {
        self.vigil.stuck(Instant::now())
    }

    /// Whether it looks at blogs.
    pub fn polls(&self) -> bool {
        self.worker.roles.poll
    }

    /// The pages that walks read from now on.
    pub fn walks(&self) -> broadcast::Receiver<(SourceId, Progress)> {
        self.counts.walks.subscribe()
    }

    /// Makes these sources due, waits until each was looked at, and brings the news to people and files. What is told
    /// and written meanwhile counts as this refresh's, as it does for one without a daemon.
    pub async fn refresh(&self, only: &[SourceId]) -> Result<RefreshReport, StoreError> {
        let hold = Hold::of(&self.by_hand);
        let feeds_before = *self.outlet().await;
        let told_before = self.notified.load(Ordering::Relaxed);
        let round = waiting::look(self, only).await?;
        // What others wait for meanwhile is watched as they are.
        let brought = self.bring_out(feeds_before, told_before);
        let (delivered, published) = self.vigil.over("a refresh by hand", brought).await?;
        drop(hold);
        conclude(&*self.store, round, delivered, published).await
    }

    /// Brings the news to people and files, and counts what was told and written since then with it.
    async fn bring_out(
        &self,
        feeds_before: u32,
        told_before: u32,
    ) -> Result<(Delivered, Result<Published, PublishError>), StoreError> {
        let roles = self.worker.roles;
        // What is not this worker's to bring is brought by others.
        let mut delivered = if roles.deliver { self.deliver_by_hand().await? } else { Delivered::default() };
        delivered.notified = self.notified.load(Ordering::Relaxed) - told_before;
        let mut feeds_written = self.outlet().await;
        let mut published = if roles.serve { self.publisher.publish().await } else { Ok(Published::default()) };
        self.to_announce.notify_one();
        if let Ok(published) = &mut published {
            *feeds_written += published.feeds_written;
            published.feeds_written = *feeds_written - feeds_before;
        }
        Ok((delivered, published))
    }

    /// Tells what is owed while somebody waits for it, but not for long: a slow channel goes on without us.
    async fn deliver_by_hand(&self) -> Result<Delivered, StoreError> {
        let mut rounds = JoinSet::new();
        for (place, name) in self.deliverer.channels().into_iter().enumerate() {
            let (deliverer, name) = (Arc::clone(&self.deliverer), name.to_owned());
            rounds.spawn(async move { (name, deliverer.deliver_over(place, Haste::ByHand).await) });
        }
        let mut total = Delivered::default();
        let deadline = Instant::now() + TELLING_BY_HAND;
        while let Ok(Some(round)) = tokio::time::timeout_at(deadline, rounds.join_next()).await {
            // A round that panics says so itself, and tells nothing.
            let Ok((name, delivered)) = round else { continue };
            let delivered = delivered?;
            self.count(&name, &delivered);
            total = total.and(delivered);
        }
        rounds.detach_all();
        Ok(total)
    }

    /// Has every channel look at what is owed to it.
    pub fn look_at_what_is_owed(&self) {
        self.to_deliver.send_modify(|recorded| *recorded += 1);
    }

    /// Tells what is owed over one channel, again and again.
    async fn delivering(self: Arc<Self>, place: usize, stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        let name = self.deliverer.channels()[place].to_owned();
        let mut recorded = self.to_deliver.subscribe();
        loop {
            let is_last = *stop.borrow();
            recorded.mark_unchanged();
            self.leave_to_refreshes(&stop).await;
            tokio::select! {
                delivered = self.deliverer.deliver_over(place, Haste::None) => {
                    if let Some(delivered) = self.endured(delivered)? {
                        self.count(&name, &delivered);
                    }
                }
                // What is cut off here is told once more after the next start, under the same id.
                () = over_since(stop.clone(), LAST_WORDS) => warn!(channel = %name, "{name} takes too long to wait for"),
            }
            if is_last || *stop.borrow() && recorded.has_changed().is_ok_and(|changed| !changed) {
                return Ok(());
            }
            tokio::select! {
                _ = recorded.changed() => {}
                () = self.pause(stop.clone(), &self.never) => {}
            }
        }
    }

    fn count(&self, channel: &str, delivered: &Delivered) {
        self.notified.fetch_add(delivered.notified, Ordering::Relaxed);
        self.counts.metrics.delivered(channel, delivered.told);
        self.counts.metrics.not_delivered(channel, delivered.failed);
    }

    /// Keeps what people do with notifications.
    async fn attending(self: Arc<Self>, mut stop: watch::Receiver<bool>) -> Result<(), StoreError> {
        while !*stop.borrow() {
            tokio::select! {
                _ = stop.changed() => {}
                kept = self.deliverer.attend() => kept?,
            }
        }
        Ok(())
    }

    /// What a full disk, one that was made read-only or a server that is away stops is done later; the feeds are served
    /// meanwhile.
    pub(super) fn endured<T>(&self, done: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error) if error.may_pass() => {
                if !self.is_stuck.swap(true, Ordering::Relaxed) {
                    error!(error = %with_causes(&error), "{}; what is stored is served, and it is tried again", with_causes(&error));
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Waits a while after the state could not be written, if it can still be read: whoever watches over us is told that
    /// we live.
    async fn wait_out(
        &self,
        error: StoreError,
        mut stop: watch::Receiver<bool>,
        pulse: &Pulse,
    ) -> Result<(), StoreError> {
        if *stop.borrow() {
            return Err(error);
        }
        let next_due = match self.store.next_due().await {
            Ok(next_due) => next_due,
            // A server that is started anew answers again.
            Err(other) if self.store.is_shared() && other.may_pass() => None,
            Err(_) => return Err(error),
        };
        self.endured::<()>(Err(error))?;
        pulse.beats.send_replace(Some(Beat { at: self.clock.now(), next_due, under_way: 0 }));
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(TRY_AGAIN.min(pulse.every)) => {}
        }
        Ok(())
    }

    /// The outlet, once nobody else has it. Who waits for long wakes now and then: it is the holder that may be stuck.
    pub(super) async fn outlet(&self) -> MutexGuard<'_, u32> {
        let mut free = pin!(self.outlet.lock());
        loop {
            if let Ok(outlet) = tokio::time::timeout(LONGEST_HOLD, &mut free).await {
                return outlet;
            }
        }
    }

    /// Waits while somebody refreshes by hand, but not for long.
    pub(super) async fn leave_to_refreshes(&self, stop: &watch::Receiver<bool>) {
        let (mut refreshes, mut stop) = (self.by_hand.subscribe(), stop.clone());
        let over = async {
            tokio::select! {
                _ = refreshes.wait_for(|refreshes| *refreshes == 0) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        };
        let _ = tokio::time::timeout(LONGEST_HOLD, over).await;
    }

    fn longest_sleep(&self) -> SignedDuration {
        if self.store.is_shared() { AMONG_OTHERS } else { LONGEST_SLEEP }
    }

    pub(super) async fn pause(&self, mut stop: watch::Receiver<bool>, wake: &Notify) {
        if *stop.borrow() {
            return;
        }
        let now: Timestamp = self.clock.now();
        tokio::select! {
            _ = stop.changed() => {}
            () = wake.notified() => {}
            () = self.clock.sleep_between(now, now + self.longest_sleep()) => {}
        }
    }
}

/// Waits until it was to end so long ago.
async fn over_since(mut stop: watch::Receiver<bool>, since: Duration) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody can say any more that it is to end.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(since).await;
}
