//! Threads that own a connection each.
//!
//! A statement blocks, so no connection lives on the runtime: a thread owns it and takes jobs over a bounded channel,
//! each of them one transaction. One thread writes; the others only read and never wait for it (WAL). A caller
//! that goes away does not undo its job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::store::contract::StoreError;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::Tx;

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
    /// Jobs that were handed to it and are not done.
    under_way: Arc<AtomicUsize>,
    met_damage: Arc<AtomicBool>,
}

impl Hand {
    fn start(name: &str, mut connection: Connection, met_damage: &Arc<AtomicBool>) -> std::io::Result<Self> {
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
        let (jobs, thread, met_damage) = (Some(jobs), Some(thread), Arc::clone(met_damage));
        Ok(Self { jobs, thread, under_way: Arc::default(), met_damage })
    }

    async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        behavior: TransactionBehavior,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_bare(action, move |connection| transact(connection, behavior, job)).await
    }

    /// Runs a job that makes its own transactions.
    async fn run_bare<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Database { action, source: "its thread has ended".into() };
        let (answer, answered) = oneshot::channel();
        let met_damage = Arc::clone(&self.met_damage);
        let under_way = UnderWay::begin(&self.under_way);
        let job: Job = Box::new(move |connection| {
            let done = job(connection);
            drop(under_way);
            if done.as_ref().is_err_and(Fault::is_damage) {
                met_damage.store(true, Ordering::Relaxed);
            }
            // Whoever asked may have gone away: then nobody reads the answer.
            let _ = answer.send(done);
        });
        self.jobs.as_ref().ok_or_else(gone)?.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(|fault| fault.during(action))
    }
}

/// A job that is counted until it is done, or given up by whoever wanted it before it began.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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
    connection: &Connection,
    behavior: TransactionBehavior,
    job: impl FnOnce(&Tx<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let begin = match behavior {
        TransactionBehavior::Immediate => "BEGIN IMMEDIATE",
        _ => "BEGIN DEFERRED",
    };
    // As the library's own, but with statements that are kept: a look costs less than preparing them does.
    connection.prepare_cached(begin)?.execute([])?;
    let open = Begun(connection);
    let value = job(&Tx::sqlite(open.0))?;
    open.0.prepare_cached("COMMIT")?.execute([])?;
    Ok(value)
}

/// A transaction that was begun: rolled back when dropped, unless it has ended.
struct Begun<'c>(&'c Connection);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a transaction of the state was not rolled back");
        }
    }
}

/// All connections of an open store. The readers are declared, and so closed, before the writer.
#[derive(Debug)]
pub(super) struct Connections {
    readers: Vec<Hand>,
    writer: Option<Hand>,
    met_damage: Arc<AtomicBool>,
}

impl Connections {
    /// Starts a thread for each connection. Without readers the writer reads; without a writer nothing is written.
    pub(super) fn start(writer: Option<Connection>, readers: Vec<Connection>) -> std::io::Result<Self> {
        let met_damage = Arc::new(AtomicBool::new(false));
        let readers = readers.into_iter().map(|connection| Hand::start("store-read", connection, &met_damage));
        let readers = readers.collect::<Result<_, _>>()?;
        let writer = writer.map(|connection| Hand::start("store-write", connection, &met_damage)).transpose()?;
        Ok(Self { readers, writer, met_damage })
    }

    /// Whether any statement found the file damaged.
    pub(super) fn have_met_damage(&self) -> bool {
        self.met_damage.load(Ordering::Relaxed)
    }

    /// Runs a job that writes.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer(action)?.run(action, TransactionBehavior::Immediate, job).await
    }

    /// Runs a job that writes what may be lost with the machine: then it is as if it had not been done. Nobody waits for the
    /// disk, and what is written after it is there only along with it.
    pub(super) async fn write_lightly<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_bare(action, move |connection| {
            // Takes effect as it is read, so it is read anew each time.
            connection.execute_batch("PRAGMA synchronous = NORMAL")?;
            let done = transact(connection, TransactionBehavior::Immediate, job);
            connection.execute_batch("PRAGMA synchronous = FULL")?;
            done
        })
        .await
    }

    /// Runs a job on the connection that writes, which makes its own transactions.
    pub(super) async fn write_bare<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer(action)?.run_bare(action, job).await
    }

    fn writer(&self, action: &'static str) -> Result<&Hand, StoreError> {
        let reads_only = || Fault::Unstorable("it was opened for reading only".into()).during(action);
        self.writer.as_ref().ok_or_else(reads_only)
    }

    /// Runs a job that only reads, on the first reader that is free: what it read last is at hand there.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let hand = self.readers.iter().min_by_key(|reader| reader.under_way.load(Ordering::Relaxed));
        match hand.or(self.writer.as_ref()) {
            Some(hand) => hand.run(action, TransactionBehavior::Deferred, job).await,
            None => Err(Fault::Unstorable("it has no connection".into()).during(action)),
        }
    }
}
