//! Whether the loops get on: what else than the state a watchdog must know.
//!
//! A loop that delivers or publishes wakes at least once a minute by itself, and at every limit of time that what it
//! waits for has. One that has not been woken for far longer than any such limit waits for something that never comes,
//! and a new start is what helps. Slow is not stuck: a channel that takes minutes for a hundred messages wakes its loop
//! with each of them. See docs/adr/0006.
//!
//! Only time in which somebody looked counts: a machine that slept and a process that was stopped make no loop stuck.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A loop that was not woken for so long is stuck. Nothing that a loop waits for may take as long.
const LONGEST_SILENCE: Duration = Duration::from_mins(5);

/// Time between two looks counts up to this: beats are a minute apart at most.
const LONGEST_LOOK: Duration = Duration::from_mins(1);

/// Watches over loops.
#[derive(Debug, Default)]
pub(super) struct Vigil(Mutex<Watched>);

#[derive(Debug, Default)]
struct Watched {
    loops: Vec<Loop>,
    looked_at: Option<Instant>,
}

#[derive(Debug)]
struct Loop {
    name: &'static str,
    /// How often it was woken. Its future holds it as well, as long as it goes on.
    wakes: Arc<AtomicU64>,
    /// How often it had been at the last look.
    seen: u64,
    silent: Duration,
}

impl Vigil {
    /// The same work, watched from now on until it ends.
    pub(super) fn over<F: Future>(&self, name: &'static str, work: F) -> impl Future<Output = F::Output> + use<F> {
        let wakes = Arc::new(AtomicU64::new(0));
        let watched = Loop { name, wakes: Arc::clone(&wakes), seen: 0, silent: Duration::ZERO };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).loops.push(watched);
        async move {
            let mut work = pin!(work);
            poll_fn(|cx| {
                wakes.fetch_add(1, Ordering::Relaxed);
                work.as_mut().poll(cx)
            })
            .await
        }
    }

    /// The loop that is stuck, if one is.
    pub(super) fn stuck(&self, now: Instant) -> Option<&'static str> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = watched.looked_at.replace(now).map_or(Duration::ZERO, |before| now.duration_since(before));
        // What has ended is watched by nobody.
        watched.loops.retain(|one| Arc::strong_count(&one.wakes) > 1);
        for one in &mut watched.loops {
            let wakes = one.wakes.load(Ordering::Relaxed);
            one.silent = if wakes == one.seen { one.silent + since.min(LONGEST_LOOK) } else { Duration::ZERO };
            one.seen = wakes;
        }
        watched.loops.iter().find(|one| one.silent >= LONGEST_SILENCE).map(|one| one.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_is_never_woken_is_stuck_and_a_slow_one_is_not() {
        let vigil = Vigil::default();
        let slow = vigil.over("slow", async {
            for _ in 0..100 {
                tokio::time::sleep(4 * MINUTE).await;
            }
        });
        let slow = tokio::spawn(slow);
        let (answer, never) = tokio::sync::oneshot::channel::<()>();
        let hung = tokio::spawn(vigil.over("hung", never));
        let mut heard = Vec::new();
        for _ in 0..9 {
            heard.push(vigil.stuck(Instant::now()));
            tokio::time::sleep(MINUTE).await;
        }
        // Its first wake is seen at the second look, five minutes of silence follow.
        assert_eq!(heard, [[None; 6].as_slice(), &[Some("hung"); 3]].concat());
        answer.send(()).unwrap();
        hung.await.unwrap().unwrap();
        assert_eq!(vigil.stuck(Instant::now()), None, "it has ended");
        slow.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_looked_makes_no_loop_stuck() {
        let vigil = Vigil::default();
        let _never = tokio::spawn(vigil.over("hung", std::future::pending::<()>()));
        for _ in 0..4 {
            assert_eq!(vigil.stuck(Instant::now()), None);
            tokio::time::sleep(60 * MINUTE).await;
        }
    }
}
