//! robots.txt, asked once a day and origin (RFC 9309 §2.4) and kept in the store between processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::clock::Clock;
use crate::fetch::robots::Rules;
use crate::fetch::{Access, Fetcher};
use crate::model::failure::{Failure, Step};
use crate::store::contract::RobotsFile;
use crate::store::{Store, StoreError};

/// RFC 9309 §2.4: not longer than 24 hours.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// While a server is in trouble, the rules that it gave before hold so long before it is asked again.
const FRESH_IN_TROUBLE: SignedDuration = SignedDuration::from_hours(1);

/// Origins whose rules stay in memory.
const KEPT: usize = 10_000;

/// What robots.txt says of one URL.
pub(super) struct Verdict {
    /// Why the URL may not be asked for.
    pub(super) refused: Option<Failure>,
    /// The pause between two requests that it wishes for.
    pub(super) crawl_delay: Option<SignedDuration>,
    /// Whether it had to be fetched.
    pub(super) fetched: bool,
}

/// Rules by origin.
pub(super) struct RobotsCache {
    store: Arc<dyn Store>,
    fetcher: Fetcher,
    clock: Clock,
    rules: Mutex<HashMap<String, (Arc<Rules>, Timestamp)>>,
    /// One request an origin, however many sources ask at once.
    asking: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl RobotsCache {
    pub(super) fn new(store: Arc<dyn Store>, fetcher: Fetcher, clock: Clock) -> Self {
        Self { store, fetcher, clock, rules: Mutex::default(), asking: Mutex::default() }
    }

    /// Whether `url` may be fetched.
    pub(super) async fn ask(&self, url: &Url, access: &Access) -> Result<Verdict, StoreError> {
        let origin = url.origin().ascii_serialization();
        if let Some(rules) = self.remembered(&origin) {
            return Ok(verdict(&rules, url, false));
        }
        let turn = Arc::clone(locked(&self.asking).entry(origin.clone()).or_default());
        let _one_at_a_time = turn.lock().await;
        if let Some(rules) = self.remembered(&origin) {
            return Ok(verdict(&rules, url, false));
        }
        let asked = self.ask_server(&origin, url, access).await;
        locked(&self.asking).remove(&origin);
        asked
    }

    async fn ask_server(&self, origin: &str, url: &Url, access: &Access) -> Result<Verdict, StoreError> {
        let now = self.clock.now();
        let known = self.store.robots(origin).await?;
        if let Some(file) = known.as_ref().filter(|file| now < file.fetched_at + FRESH) {
            return Ok(verdict(&self.remember(origin, file), url, false));
        }
        let answer = self.fetcher.robots(url, access).await;
        if answer.status != 0 && answer.status < 500 {
            let file = RobotsFile { status: answer.status, body: answer.body, fetched_at: now };
            self.store.put_robots(origin, &file).await?;
            return Ok(verdict(&self.remember(origin, &file), url, true));
        }
        // A server in trouble does not void the rules that it gave before. Without any, all is forbidden
        // (RFC 9309 §2.3.1.4) until it answers: that is asked anew with each poll.
        if let Some(known) = known {
            let held = RobotsFile { fetched_at: now - FRESH + FRESH_IN_TROUBLE, ..known };
            self.store.put_robots(origin, &held).await?;
            return Ok(verdict(&self.remember(origin, &held), url, true));
        }
        let refused = answer.error.map_or_else(|| unknown(url, answer.status), |error| error.failure());
        Ok(Verdict { refused: Some(refused), crawl_delay: None, fetched: true })
    }

    fn remembered(&self, origin: &str) -> Option<Arc<Rules>> {
        let rules = locked(&self.rules);
        let now = self.clock.now();
        // From a clock that was ahead they would hold for as long as it was.
        let holds = |until: &Timestamp| now < *until && *until <= now + FRESH;
        rules.get(origin).filter(|(_, until)| holds(until)).map(|(rules, _)| Arc::clone(rules))
    }

    fn remember(&self, origin: &str, file: &RobotsFile) -> Arc<Rules> {
        let parsed = Arc::new(Rules::parse(file.status, &file.body, self.fetcher.user_agent()));
        let mut rules = locked(&self.rules);
        if rules.len() >= KEPT {
            rules.clear();
        }
        rules.insert(origin.to_owned(), (Arc::clone(&parsed), file.fetched_at + FRESH));
        parsed
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn verdict(rules: &Rules, url: &Url, fetched: bool) -> Verdict {
    let refused = (!rules.allows(url)).then(|| Failure {
        step: Step::Fetch,
        message: format!("robots.txt of {} forbids {}", url.host_str().unwrap_or_default(), url.path()),
        help: "follow another page of the blog, or, for a blog of your own, set `robots = false` on the source"
            .to_owned(),
        transient: false,
        chain: Vec::new(),
        unreachable: false,
    });
    Verdict { refused, crawl_delay: rules.crawl_delay(), fetched }
}

fn unknown(url: &Url, status: u16) -> Failure {
    Failure {
        step: Step::Fetch,
        message: format!(
            "robots.txt of {} answers {status}, so nothing may be asked",
            url.host_str().unwrap_or_default()
        ),
        help: "wait until the server is well again, or, for a blog of your own, set `robots = false` on the source"
            .to_owned(),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    }
}
