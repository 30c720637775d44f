//! Threads that own a connection each and take jobs from one queue.
//!
//! A job is one transaction. What two transactions did to each other, and what a connection that broke off before the end
//! lost, is done again. Where a connection breaks off while a transaction ends, the server is asked what became of it: no
//! job is done twice, whatever it does.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use super::session::Session;
use super::target::Target;
use crate::store::contract::StoreError;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::{Tx, params};

/// Jobs that may wait for a thread; who comes later waits to hand his over.
const WAITING_JOBS: usize = 64;

/// How long a job is tried again: a server that starts anew is back by then.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first and the longest wait between two tries.
const WAITS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// How a job is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It only reads, as of one moment.
    Read,
    /// As [`How::Read`], and takes as long as it takes.
    ReadLong,
    /// It writes.
    Write,
    /// It writes what may be lost with the server: then it is as if it had not been done.
    WriteLightly,
}

impl How {
    fn begin(self) -> &'static str {
        match self {
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            // Whoever takes the rows may pause: that is no silence of the network.
            Self::ReadLong => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0;
                 SET LOCAL tcp_user_timeout = 0"
            }
            // Asked with it: where the end is not heard of, the number tells what became of it.
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id()",
            Self::WriteLightly => "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = off",
        }
    }
}

/// A thread's own: where it is to connect, and its connection.
pub(super) struct Hand {
    target: Arc<Target>,
    runtime: Rc<Runtime>,
    session: Option<Session>,
}

impl Hand {
    /// A hand that connects when it has something to do.
    pub(super) fn new(target: Arc<Target>) -> std::io::Result<Self> {
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build()?);
        Ok(Self { target, runtime, session: None })
    }

    /// Its connection.
    pub(super) fn session(&mut self) -> Outcome<&Session> {
        if self.session.as_ref().is_none_or(Session::is_over) {
            self.session = None;
            self.session = Some(Session::connect(&self.runtime, &self.target)?);
        }
        Ok(self.session.as_ref().expect("it was just made"))
    }

    /// Runs a job until it is done, or fails for good.
    pub(super) fn run<T>(&mut self, how: How, job: impl Fn(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        let began = Instant::now();
        let mut wait = WAITS.0;
        loop {
            let fault = match self.once(how, &job) {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            if !fault.may_pass() || began.elapsed() > PATIENCE {
                return Err(fault);
            }
            tracing::debug!(%fault, "a transaction is tried again");
            self.pause(wait);
            wait = (wait * 2).min(WAITS.1);
        }
    }

    /// Runs a job once.
    pub(super) fn once<T>(&mut self, how: How, job: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        let done = self.session().and_then(|session| {
            session.begin(how.begin());
            let done = job(&Tx::postgres(session))?;
            if session.is_untouched() || session.has_ended() {
                return Ok((done, Ok(())));
            }
            let number = session.number();
            let ended = session.plain("COMMIT").map_err(|fault| (fault, number));
            Ok((done, ended))
        });
        match done {
            Ok((done, Ok(()))) => Ok(done),
            Ok((done, Err((fault, Some(number))))) if fault.breaks_off() => {
                self.session = None;
                if self.was_taken(&number)? { Ok(done) } else { Err(fault) }
            }
            Ok((_, Err((fault, _)))) | Err(fault) => {
                self.give_up(&fault);
                Err(fault)
            }
        }
    }

    /// Ends a transaction that failed.
    fn give_up(&mut self, fault: &Fault) {
        let Some(session) = &self.session else { return };
        session.forget_sent();
        if fault.breaks_off() || session.is_over() || (!session.is_untouched() && session.plain("ROLLBACK").is_err()) {
            self.session = None;
        }
    }

    /// Whether the server took a transaction of whose end nothing was heard.
    fn was_taken(&mut self, number: &str) -> Outcome<bool> {
        let began = Instant::now();
        loop {
            let fate = self.session().and_then(|session| {
                let sql = "SELECT pg_xact_status(CAST(?1 AS xid8))";
                Tx::postgres(session).one(sql, params![number], |row| row.get::<Option<String>>(0))
            });
            match fate {
                Ok(Some(fate)) if fate == "committed" => return Ok(true),
                Ok(Some(fate)) if fate == "aborted" => return Ok(false),
                // It is still under way over there: the server has not noticed yet that we are gone.
                Ok(Some(_)) => {}
                Err(fault) if fault.may_pass() => self.session = None,
                Ok(None) | Err(_) => return Err(Fault::Unknown),
            }
            if began.elapsed() > PATIENCE {
                return Err(Fault::Unknown);
            }
            self.pause(WAITS.1 / 4);
        }
    }

    fn pause(&self, wait: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(wait).await });
    }
}

type Job = Box<dyn FnOnce(&mut Hand) + Send>;

/// What waits for a thread.
#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    ends: bool,
}

/// The queue, and who is told of it.
#[derive(Default)]
struct Desk {
    queue: Mutex<Queue>,
    more: Condvar,
}

impl Desk {
    /// The next job, once there is one; `None`: all is done and no more comes.
    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.ends {
                return None;
            }
            queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Threads with a connection each, which they make when they are first needed. Dropping it lets the waiting jobs run.
pub(super) struct Pool {
    desk: Arc<Desk>,
    room: Arc<Semaphore>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts so many threads.
    pub(super) fn start(target: &Arc<Target>, threads: usize) -> std::io::Result<Self> {
        let desk = Arc::new(Desk::default());
        let mut pool =
            Self { desk: Arc::clone(&desk), room: Arc::new(Semaphore::new(WAITING_JOBS)), threads: Vec::new() };
        for number in 0..threads.max(1) {
            let (desk, target) = (Arc::clone(&desk), Arc::clone(target));
            let thread = std::thread::Builder::new().name(format!("store-{number}"));
            pool.threads.push(thread.spawn(move || match Hand::new(target) {
                Ok(mut hand) => {
                    while let Some(job) = desk.next() {
                        // A job that panics is told of where its answer does not come; the thread goes on.
                        if catch_unwind(AssertUnwindSafe(|| job(&mut hand))).is_err() {
                            hand.session = None;
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "a thread of the state has no runtime"),
            })?);
        }
        Ok(pool)
    }

    /// Has a thread run a job.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        job: impl FnOnce(&mut Hand) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Database { action, source: "its threads have ended".into() };
        let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| gone())?;
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |hand| {
            drop(room);
            // Whoever asked may have gone away: then nobody reads the answer.
            let _ = answer.send(job(hand));
        });
        self.desk.queue.lock().unwrap_or_else(PoisonError::into_inner).jobs.push_back(job);
        self.desk.more.notify_one();
        answered.await.map_err(|_| gone())?.map_err(|fault| fault.during(action))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.desk.queue.lock().unwrap_or_else(PoisonError::into_inner).ends = true;
        self.desk.more.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the state has panicked");
            }
        }
    }
}
