//! The daemon and whoever started it: signals come in, the state goes out.
//!
//! Out goes what `sd_notify(3)` defines, to the socket that `$NOTIFY_SOCKET` names and to nobody where it names none.
//! Ready is said at the first [`Beat`]: the dispatcher looks for due work, so the state answered. The watchdog
//! (`$WATCHDOG_USEC`) is fed by beats alone and never by a timer, so a state that hangs is a daemon that hangs; so is
//! one whose loops do not get on (`vigil.rs`).
//! A notice that cannot be sent is told once in the log: the work goes on.

use std::io;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, warn};

/// The longest time between two beats. Timers of this house sleep a minute at most.
const SLOWEST_PULSE: Duration = Duration::from_mins(1);

/// The longest status line: a socket takes more, a terminal shows no more.
const STATUS_BYTES: usize = 300;

/// The dispatcher has asked the state what is due, and the state has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// When it was.
    pub at: Timestamp,
    /// The earliest moment at which something is due that is not looked at now; `None`: nothing is.
    pub next_due: Option<Timestamp>,
    /// Hosts that are looked at now.
    pub under_way: usize,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To end (SIGTERM, SIGINT).
    Stop,
    /// To read the configuration again (SIGHUP).
    Reload,
}

/// The signals of this process, and what its starter knows of it.
#[derive(Debug)]
pub struct Lifecycle {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    is_ready: bool,
    status: String,
    /// What a person should know although all works: a refused configuration.
    remark: Option<String>,
    has_failed: bool,
}

impl Lifecycle {
    /// From here on signals are heard instead of ending the process.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            is_ready: false,
            status: String::new(),
            remark: None,
            has_failed: false,
        })
    }

    /// The next signal.
    pub async fn wish(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.hang_up.recv() => Wish::Reload,
        }
    }

    /// How often a beat is wanted: twice within the watchdog's time (`sd_watchdog_enabled(3)`), else once a minute.
    pub fn pulse() -> Duration {
        sd_notify::watchdog_enabled().map_or(SLOWEST_PULSE, |time| (time / 2).min(SLOWEST_PULSE))
    }

    /// The daemon lives and watches so many sources.
    pub fn beat(&mut self, beat: &Beat, sources: usize) {
        let mut line = outlook(beat, sources, &local_zone());
        if let Some(remark) = &self.remark {
            line = format!("{line}; {remark}");
        }
        let mut said = vec![NotifyState::Watchdog];
        if !self.is_ready {
            said.push(NotifyState::Ready);
            self.is_ready = true;
        }
        let is_news = line != self.status;
        if is_news {
            said.push(NotifyState::Status(&line));
        }
        let sent = sd_notify::notify(&said);
        self.note(sent);
        self.status = line;
    }

    /// The state answers, and this does not get on: the watchdog is left hungry, and starts the daemon anew where there
    /// is one.
    pub fn stuck(&mut self, what: &str) {
        let line = format!("{what} does not get on, though nothing may take this long");
        if line != self.status {
            error!("{line}: a new start is what helps, and the watchdog of a service sees to it");
            self.say(&[], &line);
        }
    }

    /// The configuration is being read again; [`Lifecycle::beat`] or [`Lifecycle::refused`] ends it.
    pub fn reloading(&mut self) {
        let mut said = vec![NotifyState::Reloading];
        // Without it (a manager before 253) reloading is told all the same.
        said.extend(NotifyState::monotonic_usec_now());
        self.is_ready = false;
        self.remark = None;
        self.say(&said, "reading the configuration again");
    }

    /// The new configuration is not taken: the old one is in force, and the status says so from now on.
    pub fn refused(&mut self, why: &str) {
        let remark = format!("the changed configuration is refused: {why}");
        self.is_ready = true;
        self.say(&[NotifyState::Ready], &remark);
        self.remark = Some(remark);
    }

    /// The daemon is stopping: polls under way end, what they owe is told and written.
    pub fn stopping(&mut self) {
        self.say(&[NotifyState::Stopping], "stopping after the polls under way");
    }

    /// The daemon ends because of this.
    pub fn failed(&mut self, why: &str) {
        self.say(&[], why);
    }

    fn say(&mut self, states: &[NotifyState<'_>], status: &str) {
        let line = one_line(status);
        let mut said = states.to_vec();
        said.push(NotifyState::Status(&line));
        let sent = sd_notify::notify(&said);
        self.note(sent);
        self.status = line;
    }

    fn note(&mut self, sent: io::Result<()>) {
        if let Err(error) = sent
            && !std::mem::replace(&mut self.has_failed, true)
        {
            warn!(%error, "the service manager cannot be told how the daemon is: {error}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "read by who sits at this machine; no feed holds it")]
fn local_zone() -> TimeZone {
    TimeZone::system()
}

/// What `systemctl status` shows: `136 sources, next check 12:04`.
fn outlook(beat: &Beat, sources: usize, zone: &TimeZone) -> String {
    let watched = match sources {
        0 => return "no sources: the configuration names none".to_owned(),
        1 => "1 source".to_owned(),
        _ => format!("{sources} sources"),
    };
    let at_work = match beat.under_way {
        0 => String::new(),
        1 => ", looking at 1 host".to_owned(),
        hosts => format!(", looking at {hosts} hosts"),
    };
    let next = match beat.next_due {
        None => String::new(),
        Some(due) if due <= beat.at => ", next check now".to_owned(),
        Some(due) => {
            let form = if due.duration_since(beat.at) < SignedDuration::from_hours(20) { "%H:%M" } else { "%a %H:%M" };
            format!(", next check {}", due.to_zoned(zone.clone()).strftime(form))
        }
    };
    format!("{watched}{at_work}{next}")
}

/// The protocol ends a value at the line's end.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = line.floor_char_boundary(STATUS_BYTES);
    if end == line.len() { line } else { format!("{}…", &line[..end]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_when_the_next_look_is() {
        let at: Timestamp = "2026-03-15T02:30:00Z".parse().unwrap();
        let seoul = TimeZone::get("Asia/Seoul").unwrap();
        let check = |sources, next_due: Option<&str>, under_way, expected: &str| {
            let beat = Beat { at, next_due: next_due.map(|due| due.parse().unwrap()), under_way };
            assert_eq!(outlook(&beat, sources, &seoul), expected);
        };
        check(136, Some("2026-03-15T03:04:59Z"), 0, "136 sources, next check 12:04");
        check(1, Some("2026-03-15T02:30:00Z"), 1, "1 source, looking at 1 host, next check now");
        check(9, None, 3, "9 sources, looking at 3 hosts");
        check(2, Some("2026-03-16T00:00:00Z"), 0, "2 sources, next check Mon 09:00");
        check(0, None, 0, "no sources: the configuration names none");
    }

    #[test]
    fn a_status_is_one_line_that_ends() {
        assert_eq!(one_line("a\n  b\tc "), "a b c");
        let long = one_line(&"소식 ".repeat(200));
        assert!(long.len() <= STATUS_BYTES + 3 && long.ends_with('…'), "{long}");
    }
}
