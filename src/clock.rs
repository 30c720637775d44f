//! The time of day, and waiting for it.
//!
//! `Clock::System` is the machine's clock; `Clock::Kept` goes by another, such as a database's; `Clock::Manual` stands still
//! until a test moves it. The pure rooms
//! take `now` as a value and never see this type. Wall-clock time is right for schedules, which live longer
//! than a process; what lasts seconds (timeouts, gaps between requests) uses tokio's monotonic time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest that a timer trusts the monotonic clock, which stands still while a laptop sleeps.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// Tells the time and waits for a moment.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that a test moves by hand.
    Manual(Arc<ManualClock>),
    /// Another's, by which many machines go.
    Kept(Arc<KeptClock>),
}

/// What another's clock showed when it was last asked, and when that was by a clock that nobody sets: how far this machine's own is
/// off, and that it is set, makes no difference.
#[derive(Debug)]
pub struct KeptClock(Mutex<(Timestamp, Instant)>);

/// The state of a clock that only moves when told to.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
    moved: Notify,
}

impl Clock {
    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(ManualClock { now: Mutex::new(start), moved: Notify::new() }))
    }

    /// A clock that goes by another, which showed `at` just now.
    pub fn kept(at: Timestamp) -> Self {
        Self::Kept(Arc::new(KeptClock(Mutex::new((at, Instant::now())))))
    }

    /// Puts a clock that goes by another right: that one shows `at` now. Any other stays as it is.
    pub fn put_right(&self, at: Timestamp) {
        if let Self::Kept(clock) = self {
            *clock.0.lock().unwrap_or_else(PoisonError::into_inner) = (at, Instant::now());
        }
    }

    /// The present moment, cut to milliseconds: what the store keeps.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Self::System => whole_milliseconds(Timestamp::now()),
            Self::Manual(clock) => *clock.now.lock().unwrap_or_else(PoisonError::into_inner),
            Self::Kept(clock) => {
                let (at, then) = *clock.0.lock().unwrap_or_else(PoisonError::into_inner);
                whole_milliseconds(at.saturating_add(then.elapsed()).unwrap_or(at))
            }
        }
    }

    /// Moves a manual clock forward (or, with a negative duration, back). The machine's clock stays as it is.
    pub fn advance(&self, by: jiff::SignedDuration) {
        if let Self::Manual(clock) = self {
            let mut now = clock.now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = now.saturating_add(by).unwrap_or(*now);
            drop(now);
            clock.moved.notify_waiters();
        }
    }

    /// Waits until `deadline` has come. Returns at once when it is past, and within a minute when the clock is set back
    /// to before the wait began: what was to be waited for may be far away now, and the caller looks anew.
    pub async fn sleep_until(&self, deadline: Timestamp) {
        self.sleep_between(self.now(), deadline).await;
    }

    /// The same for a caller who reckoned `deadline` from the moment `began`: a clock that was set back since then ends
    /// the wait too.
    pub async fn sleep_between(&self, began: Timestamp, deadline: Timestamp) {
        loop {
            let now = self.now();
            let left = now.duration_until(deadline);
            if now < began || left.is_negative() || left.is_zero() {
                return;
            }
            match self {
                Self::System | Self::Kept(_) => {
                    let left = Duration::try_from(left).unwrap_or(LONGEST_SLEEP);
                    tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
                }
                Self::Manual(clock) => {
                    let moved = clock.moved.notified();
                    if self.now() == now {
                        moved.await;
                    }
                }
            }
        }
    }
}

/// Cuts a moment to whole milliseconds.
fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleeper_when_moved() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let deadline = Timestamp::from_second(60).unwrap();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(deadline).await }
        });
        while Arc::strong_count(match &clock {
            Clock::Manual(inner) => inner,
            Clock::System | Clock::Kept(_) => unreachable!(),
        }) < 2
        {
            tokio::task::yield_now().await;
        }
        clock.advance(SignedDuration::from_secs(59));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(SignedDuration::from_secs(1));
        sleeper.await.unwrap();
        assert_eq!(clock.now(), deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn a_kept_clock_shows_what_the_other_one_does() {
        let there = Timestamp::from_second(1_000_000).unwrap();
        let clock = Clock::kept(there);
        clock.sleep_until(there + SignedDuration::from_secs(90)).await;
        assert_eq!(clock.now(), there + SignedDuration::from_secs(90));
        clock.put_right(there + SignedDuration::from_secs(88));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.now(), there + SignedDuration::from_secs(90));
        Clock::System.put_right(there);
        assert_ne!(Clock::System.now(), there, "the machine's own is nobody's to put right");
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_ends_the_wait() {
        let clock = Clock::manual(Timestamp::from_second(1_000).unwrap());
        let sleeping = clock.sleep_until(Timestamp::from_second(1_060).unwrap());
        let back = async {
            tokio::task::yield_now().await;
            clock.advance(SignedDuration::from_secs(-900));
        };
        tokio::join!(sleeping, back);
        assert_eq!(clock.now(), Timestamp::from_second(100).unwrap());
    }
}
