//! What every answer is made from: the store, who we are, and what is kept between two requests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderValue;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use url::Url;

use crate::catalog::{PageFacts, SourceFacts};
use crate::clock::Clock;
use crate::store::contract::SourceOverview;
use crate::store::stored::Tally;
use crate::store::{Store, StoreError};

use super::doors::Doors;
use super::hosts::Hosts;
use super::limits::Limits;
use super::listen::Listener;
use super::metrics::Metrics;
use super::server::Setup;
use super::shelf::Shelf;
use super::words::Language;

/// Shared by all connections.
pub(super) struct House {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) base_url: Url,
    /// The `WebSub` hub.
    pub(super) hub: Option<Url>,
    /// The path of the base URL without its last `/`: what a proxy may leave in front of ours.
    pub(super) prefix: String,
    pub(super) language: Language,
    pub(super) limits: Limits,
    /// How long feeds may be kept without asking again.
    pub(super) cache_control: HeaderValue,
    pub(super) hosts: Hosts,
    pub(super) doors: Doors,
    pub(super) shelf: Shelf,
    pub(super) metrics: Arc<Metrics>,
    /// Rings with the number of each event.
    pub(super) events: Option<watch::Receiver<i64>>,
    /// Room for those who follow them.
    pub(super) followers: Arc<Semaphore>,
    /// Turns true when the server stops.
    pub(super) stopping: watch::Receiver<bool>,
    /// How many sources there were when they were last counted.
    counted: Mutex<Option<(Instant, Tally)>>,
}

/// More sources than this are counted and not listed: any visitor could have them all read again and again.
const MANY: u64 = 20_000;

/// So long a count is taken for true where there are many.
const COUNTED: Duration = Duration::from_mins(1);

impl House {
    pub(super) fn new(setup: Setup, listeners: &[Listener], stopping: watch::Receiver<bool>) -> Self {
        let Setup { store, clock, options, base_url, hub, entries, language, limits, metrics, events } = setup;
        let max_age_seconds = options.max_age.as_secs().max(0);
        let is_local = listeners.iter().all(Listener::is_local);
        Self {
            prefix: base_url.path().trim_end_matches('/').to_owned(),
            hosts: Hosts::new(&base_url, &options.listen, listeners.iter().filter_map(Listener::address)),
            doors: Doors::new(limits.trusted, is_local || options.public),
            shelf: Shelf::new(&limits, base_url.clone(), hub.clone(), entries),
            cache_control: HeaderValue::try_from(format!("max-age={max_age_seconds}, must-revalidate"))
                .expect("a number and letters can be sent"),
            store,
            clock,
            base_url,
            hub,
            language,
            followers: Arc::new(Semaphore::new(limits.followers)),
            limits,
            metrics,
            events,
            stopping,
            counted: Mutex::default(),
        }
    }
}

impl House {
    /// How many sources there are, where they are too many to be listed.
    pub(super) async fn crowd(&self) -> Result<Option<Tally>, StoreError> {
        let is_crowd = |tally: &Tally| tally.sources > MANY;
        let counted = *self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tally)) = counted.filter(|(at, tally)| is_crowd(tally) && at.elapsed() < COUNTED) {
            return Ok(Some(tally));
        }
        let tally = self.store.tally(self.clock.now()).await?;
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), tally));
        Ok(Some(tally).filter(is_crowd))
    }
}

/// What a person gave a source, else what its pages said.
pub(super) fn facts_of(overview: &SourceOverview) -> SourceFacts {
    let state = &overview.state;
    let said = PageFacts {
        title: state.site_title.as_deref(),
        language: state.language.as_deref(),
        home_url: state.home_url.as_deref(),
    };
    SourceFacts::of(&overview.source, said)
}
