//! Store → hub: a `WebSub` hub is told of every feed whose published documents changed.
//!
//! A hub fetches the feed anew and hands it to readers that asked it to (W3C `WebSub` §6); who they are is its own. What
//! it was told of stands in the store: a hub that does not answer is told later, after ever longer waits, and nothing
//! else waits for it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tracing::{debug, warn};
use url::Url;

use crate::catalog;
use crate::clock::Clock;
use crate::fetch::{Access, FetchError, Fetcher};
use crate::model::failure::with_causes;
use crate::model::feed::{Feed, Format};
use crate::store::{Store, StoreError};

/// First wait after a hub did not take an announcement; it doubles up to an hour.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(1);

/// Feeds between two notes of what the hub knows.
const ROUND: usize = 32;

/// Whom the feeds are announced to, and as what.
#[derive(Debug, Clone)]
pub struct Options {
    /// The hub; `None`: nobody is told.
    pub hub: Option<Url>,
    /// Where the feeds are served.
    pub base_url: Url,
    /// The formats that are announced.
    pub formats: Vec<Format>,
}

/// Tells a hub.
pub struct Announcer {
    store: Arc<dyn Store>,
    fetcher: Fetcher,
    clock: Clock,
    options: Options,
    trouble: Mutex<Trouble>,
}

/// Failures in a row, and when to try again.
#[derive(Debug, Clone, Copy, Default)]
struct Trouble {
    failures: u32,
    until: Option<Timestamp>,
}

impl Announcer {
    /// Announces what is published to the hub of these options.
    pub fn new(store: Arc<dyn Store>, fetcher: Fetcher, clock: Clock, options: Options) -> Self {
        Self { store, fetcher, clock, options, trouble: Mutex::default() }
    }

    /// Whether there is anybody to tell.
    pub fn has_hub(&self) -> bool {
        self.options.hub.is_some()
    }

    /// Tells the hub of every feed that it was not told of, and gives how many. A hub that fails is left alone until its
    /// wait is over.
    pub async fn announce(&self) -> Result<u32, StoreError> {
        let mut told = 0;
        let Some(hub) = &self.options.hub else { return Ok(told) };
        if self.trouble().until.is_some_and(|until| self.clock.now() < until) {
            return Ok(told);
        }
        let mut after = None;
        loop {
            let feeds = self.store.unannounced_feeds(after.as_ref(), ROUND).await?;
            let Some(last) = feeds.last() else { return Ok(told) };
            after = Some(last.path.clone());
            let mut known = Vec::with_capacity(feeds.len());
            let mut failed = None;
            for feed in &feeds {
                match self.tell(hub, feed).await {
                    Ok(()) => known.push((feed.shard, feed.feed_id, feed.published_version)),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            self.store.mark_announced(&known).await?;
            told += u32::try_from(known.len()).unwrap_or(u32::MAX);
            if let Some(error) = failed {
                self.note_failure(hub, &error);
                return Ok(told);
            }
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Trouble::default();
        }
    }

    async fn tell(&self, hub: &Url, feed: &Feed) -> Result<(), FetchError> {
        // A hub is named by the configuration alone, so it may live at home.
        let access = Access { allow_private_addresses: true, ..Access::default() };
        for format in &self.options.formats {
            let topic = catalog::feed_url(&self.options.base_url, &feed.path, *format);
            let form = [("hub.mode", "publish"), ("hub.url", topic.as_str())];
            self.fetcher.submit(hub, &access, &form).await?;
            debug!(topic, "announced");
        }
        Ok(())
    }

    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_failure(&self, hub: &Url, error: &FetchError) {
        let failures = self.trouble().failures + 1;
        let wait = FIRST_RETRY.checked_mul(1 << (failures - 1).min(10)).unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY);
        let until = Some(self.clock.now() + wait);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Trouble { failures, until };
        warn!(error = %with_causes(error), failures, "the hub {hub} was not told of changes");
    }
}
