//! Threads that own a connection each.
//!
//! A statement blocks, so no connection lives on the runtime: a thread owns it and takes jobs over a bounded channel,
//! each of them one transaction. One thread writes; the others only read and never wait for it (WAL). A caller
//! that goes away does not undo its job.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::fault::{Fault, Outcome};
use crate::store::contract::StoreError;

/// Jobs that may wait for a thread; who comes later waits to hand his over.
const WAITING_JOBS: usize = 64;

/// Statements that a connection keeps prepared: more than this backend has.
const CACHED_STATEMENTS: usize = 128;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A thread with its connection. Dropping it lets the waiting jobs run, then closes the connection.
#[derive(Debug)]
struct Hand {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Hand {
    fn start(name: &str, mut connection: Connection) -> std::io::Result<Self> {
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING_JOBS);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut connection);
            }
            // The last connection to close folds the write-ahead log into the database and removes it.
            connection.flush_prepared_statement_cache();
            if let Err((_, error)) = connection.close() {
                tracing::warn!(%error, "the state was not closed cleanly; nothing is lost");
            }
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        behavior: TransactionBehavior,
        job: impl FnOnce(&Transaction<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Database { action, source: "its thread has ended".into() };
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever asked may have gone away: then nobody reads the answer.
            let _ = answer.send(transact(connection, behavior, job));
        });
        self.jobs.as_ref().ok_or_else(gone)?.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(|fault| fault.during(action))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a thread of the state has panicked");
        }
    }
}

/// Runs a job within a transaction that ends with it.
fn transact<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    job: impl FnOnce(&Transaction<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let value = job(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// All connections of an open store. The readers are declared, and so closed, before the writer.
#[derive(Debug)]
pub(super) struct Connections {
    readers: Vec<Hand>,
    writer: Option<Hand>,
    turn: AtomicUsize,
}

impl Connections {
    /// Starts a thread for each connection. Without readers the writer reads; without a writer nothing is written.
    pub(super) fn start(writer: Option<Connection>, readers: Vec<Connection>) -> std::io::Result<Self> {
        let readers =
            readers.into_iter().map(|connection| Hand::start("store-read", connection)).collect::<Result<_, _>>()?;
        let writer = writer.map(|connection| Hand::start("store-write", connection)).transpose()?;
        Ok(Self { readers, writer, turn: AtomicUsize::new(0) })
    }

    /// Runs a job that writes.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Transaction<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(Fault::Unstorable("it was opened for reading only".into()).during(action));
        };
        writer.run(action, TransactionBehavior::Immediate, job).await
    }

    /// Runs a job that only reads, on the next reader.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Transaction<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let hand = match self.readers.len() {
            0 => self.writer.as_ref(),
            readers => self.readers.get(turn % readers),
        };
        match hand {
            Some(hand) => hand.run(action, TransactionBehavior::Deferred, job).await,
            None => Err(Fault::Unstorable("it has no connection".into()).during(action)),
        }
    }
}
