//! What a database must give so that a store can stand on it.

use std::future::Future;
use std::path::Path;

use jiff::Timestamp;

use super::fault::Outcome;
use super::tx::Tx;
use super::{claim, record};
use crate::store::contract::{Claim, Claimed, Fenced, Recorded, StoreError};

/// A database. A job is one transaction; it may run more than once, as long as nothing of the earlier run was kept.
pub(in crate::store) trait Backend: Send + Sync {
    /// Runs a job that only reads, as of one moment.
    fn read<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send;

    /// Runs a job that only reads and cannot begin anew.
    fn read_once<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send;

    /// Runs a job that writes.
    fn write<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl Fn(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send;

    /// Leases hosts.
    fn lease_hosts(&self, claim: Claim) -> impl Future<Output = Result<Claimed, StoreError>> + Send {
        self.write("lease hosts", move |tx| claim::claim(tx, &claim))
    }

    /// Takes a batch of reports.
    fn take_reports(
        &self,
        batch: Vec<Recorded>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<Fenced>, StoreError>> + Send {
        self.write("record reports", move |tx| record::record(tx, &batch, now))
    }

    /// Writes all that is stored into a file that is not there yet.
    fn copy(&self, file: &Path) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A file of the database, beside which there is room for what comes in.
    fn near(&self) -> Option<&Path>;

    /// Whether other processes may work on it at the same time.
    fn is_shared(&self) -> bool {
        false
    }

    /// What the database's own clock shows, where it is not this machine's.
    fn own_time(&self) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send {
        std::future::ready(Ok(None))
    }
}
