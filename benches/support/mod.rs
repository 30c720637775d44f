//! What benchmarks share: CPU time, medians, and a way to write down what came of it.
//!
//! CPU time and not wall time: other work on the machine changes it least.

#![allow(dead_code, unreachable_pub, reason = "each benchmark takes what it needs")]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss, reason = "a benchmark tells figures")]

pub mod chart;

use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use rustix::time::{ClockId, clock_gettime};

/// The CPU time that `work` takes of this thread.
pub fn of_thread<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    of_clock(ClockId::ThreadCPUTime, work)
}

/// The CPU time that `work` takes of all threads of this process.
pub fn of_process<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    of_clock(ClockId::ProcessCPUTime, work)
}

fn of_clock<T>(clock: ClockId, work: impl FnOnce() -> T) -> (Duration, T) {
    let now = || Duration::try_from(clock_gettime(clock)).expect("CPU time is never negative");
    let before = now();
    let done = work();
    (now().saturating_sub(before), done)
}

/// The CPU time of a program from its start to its end, that of its children included.
///
/// # Panics
/// Where it does not run or does not end well.
pub fn of_program(command: &mut Command) -> Duration {
    let used = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("it is known of every process");
        let micros = |time: nix::sys::time::TimeVal| {
            u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).expect("CPU time is never negative")
        };
        Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time()))
    };
    let before = used();
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    used().saturating_sub(before)
}

/// The one in the middle.
pub fn median<T: PartialOrd + Copy>(values: &[T]) -> T {
    quantile(values, 0.5)
}

/// The one below which so great a share stands.
pub fn quantile<T: PartialOrd + Copy>(values: &[T], share: f64) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_by(|one, other| one.partial_cmp(other).expect("figures"));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let place = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[place]
}

/// In microseconds.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
