//! Who reads pages: threads where parsing may take its time, few at a time.
//!
//! Pages wait in a line, and who has read one takes the next from it without having gone to sleep: where many wait, to
//! wake a thread for each costs as much as a part of reading it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Something to be read.
type Job = Box<dyn FnOnce() + Send>;

/// Those who read.
pub(super) struct Readers {
    line: Arc<Mutex<Line>>,
    most: usize,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Job>,
    at_work: usize,
}

impl Readers {
    /// At most so many at the same time.
    pub(super) fn new(most: usize) -> Self {
        Self { line: Arc::default(), most }
    }

    /// Reads, when it is its turn; `None`: reading broke. What nobody waits for any more is not read.
    pub(super) async fn read<T: Send + 'static>(&self, read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.add(Box::new(move || {
            if !answer.is_closed() {
                // Whoever asked may have gone away meanwhile.
                let _ = answer.send(read());
            }
        }));
        answered.await.ok()
    }

    fn add(&self, job: Job) {
        let mut line = locked(&self.line);
        line.waiting.push_back(job);
        if line.at_work == self.most {
            return;
        }
        line.at_work += 1;
        drop(line);
        let line = Arc::clone(&self.line);
        tokio::task::spawn_blocking(move || {
            while let Some(job) = next(&line) {
                // A page on which reading breaks takes only its own answer along.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
        });
    }
}

/// The next in the line; without one there is one fewer at work.
fn next(line: &Mutex<Line>) -> Option<Job> {
    let mut line = locked(line);
    let job = line.waiting.pop_front();
    line.at_work -= usize::from(job.is_none());
    job
}

fn locked(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Waker};

    #[tokio::test]
    async fn so_many_read_at_a_time_and_no_more() {
        let readers = Readers::new(2);
        let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        // Each waits for another: it would never end were there only one.
        let pair = Arc::new(Barrier::new(2));
        let reads = (0..20).map(|number| {
            let (at_work, most, pair) = (Arc::clone(&at_work), Arc::clone(&most), Arc::clone(&pair));
            readers.read(move || {
                most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                pair.wait();
                at_work.fetch_sub(1, Ordering::SeqCst);
                number
            })
        });
        let read = futures_util::future::join_all(reads).await;
        assert_eq!(read, (0..20).map(Some).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn one_that_breaks_takes_no_other_along() {
        let readers = Readers::new(1);
        let broken = readers.read(|| panic!("a page that breaks"));
        let whole = readers.read(|| 1);
        let (broken, whole): (Option<()>, _) = futures_util::future::join(broken, whole).await;
        assert_eq!((broken, whole), (None, Some(1)));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_read() {
        let readers = Readers::new(1);
        let was_read = Arc::new(AtomicUsize::new(0));
        let (begin, begun) = std::sync::mpsc::channel::<()>();
        let first = readers.read(move || begun.recv());
        let counted = Arc::clone(&was_read);
        let given_up = readers.read(move || counted.fetch_add(1, Ordering::SeqCst));
        let mut first = Box::pin(first);
        assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut given_up = Box::pin(given_up);
        assert!(given_up.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(given_up);
        begin.send(()).unwrap();
        assert!(first.await.is_some());
        assert_eq!(readers.read(|| 2).await, Some(2));
        assert_eq!(was_read.load(Ordering::SeqCst), 0);
    }
}
