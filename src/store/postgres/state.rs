//! A state in a database that other machines share.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::claims::{self, Crowd};
use super::pool::{Hand, How, Pool};
use super::refusal::with_causes;
use super::reports;
use super::schema;
use super::target::Target;
use crate::store::contract::{Claim, Claimed, Fenced, Recorded, StoreError};
use crate::store::sql::backend::Backend;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::Tx;

/// What a process takes of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at most, each made when it is first needed.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

/// A state in a `PostgreSQL`. Dropping it finishes what was handed in.
pub struct PostgresStore {
    pool: Pool,
    shown: String,
    crowd: Arc<Crowd>,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("PostgresStore").field("server", &self.shown).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the state at a URL of `PostgreSQL`, and brings its schema up. Other machines may have it open.
    pub fn open(url: &str, limits: Limits) -> Result<Self, StoreError> {
        let target = Target::read(url).map_err(|reason| StoreError::BadUrl { reason })?;
        let target = Arc::new(target);
        let shown = target.shown.clone();
        let unreached = |reason: String| StoreError::Unreached { server: shown.clone(), reason };
        // On a thread of its own: whoever opens may be within a runtime.
        let first = Arc::clone(&target);
        let opened = std::thread::spawn(move || -> Result<(), StoreError> {
            let mut hand = Hand::new(Arc::clone(&first))
                .map_err(|error| StoreError::Unreached { server: first.shown.clone(), reason: error.to_string() })?;
            let session = hand.session().map_err(|fault| StoreError::Unreached {
                server: first.shown.clone(),
                reason: match &fault {
                    Fault::Postgres(error) => with_causes(error),
                    other => other.to_string(),
                },
            })?;
            schema::bring_up(session, &first.shown)
        });
        opened.join().map_err(|_| unreached("the thread that opened it has panicked".to_owned()))??;
        let pool = Pool::start(&target, limits.connections).map_err(|error| unreached(error.to_string()))?;
        Ok(Self { pool, shown, crowd: Arc::default() })
    }
}

impl Backend for PostgresStore {
    async fn read<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.pool.run(action, move |hand| hand.run(How::Read, job)).await
    }

    async fn read_once<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.pool.run(action, move |hand| hand.once(How::ReadLong, job)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.pool.run(action, move |hand| hand.run(How::Write, job)).await
    }

    async fn lease_hosts(&self, claim: Claim) -> Result<Claimed, StoreError> {
        let crowd = Arc::clone(&self.crowd);
        self.pool.run("lease hosts", move |hand| claims::claim(hand, &claim, &crowd)).await
    }

    async fn take_reports(&self, batch: Vec<Recorded>, now: Timestamp) -> Result<Vec<Fenced>, StoreError> {
        self.pool.run("record reports", move |hand| reports::take(hand, &batch, now)).await
    }

    async fn copy(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::NotHere { server: self.shown.clone() })
    }

    fn near(&self) -> Option<&Path> {
        None
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn own_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let asked = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
        let ms = self.read("ask the time", move |tx| tx.one(asked, &[], |row| row.get::<i64>(0))).await?;
        let wrong = |error: jiff::Error| StoreError::Database { action: "ask the time", source: error.into() };
        Timestamp::from_millisecond(ms).map(Some).map_err(wrong)
    }
}
