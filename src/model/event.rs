//! What agents on other machines are told: a log that is read from any place in it.
//!
//! A place is what an agent gives back as `Last-Event-ID`: the name of the log and the number of the last event that
//! it got. Numbers rise and are never given twice, also after old events went; another database has another name.

use std::fmt;

use jiff::Timestamp;

/// One event as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its number; each is above the one before.
    pub number: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What it tells, in JSON.
    pub data: String,
}

/// A log and its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLog {
    /// Its name: no two databases have the same.
    pub name: String,
    /// The number of the oldest event that is kept; that of the next one where none is.
    pub oldest: i64,
    /// The number of the newest event that was ever written; 0: none was.
    pub newest: i64,
}

/// Where a reader goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// After that event, with nothing in between.
    After(i64),
    /// What follows its place is not kept any more: at the oldest event.
    Lost,
    /// Its place is none of this log, which is another one or was put back: at the oldest event.
    Elsewhere,
}

impl EventLog {
    /// The place after the event with that number.
    pub fn place(&self, number: i64) -> String {
        Place { log: &self.name, number }.to_string()
    }

    /// Where a reader goes on whose last place was this; a new one begins with what comes next.
    pub fn start(&self, last: Option<&str>) -> Start {
        let Some(last) = last.map(str::trim).filter(|last| !last.is_empty()) else { return Start::After(self.newest) };
        match Place::parse(last) {
            Some(place) if place.log != self.name || place.number > self.newest => Start::Elsewhere,
            Some(place) if place.number + 1 < self.oldest => Start::Lost,
            Some(place) => Start::After(place.number),
            None => Start::Elsewhere,
        }
    }
}

/// A place in a log, as text `LOG-NUMBER`.
struct Place<'a> {
    log: &'a str,
    number: i64,
}

impl<'a> Place<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (log, number) = text.rsplit_once('-')?;
        Some(Self { log, number: number.parse().ok().filter(|number| (0..i64::MAX).contains(number))? })
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.log, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_goes_on_where_it_was() {
        let log = EventLog { name: "a1b2".into(), oldest: 10, newest: 20 };
        let check = |last: Option<&str>, expected: Start| assert_eq!(log.start(last), expected, "{last:?}");
        check(None, Start::After(20));
        check(Some(""), Start::After(20));
        check(Some("a1b2-20"), Start::After(20));
        check(Some("a1b2-15"), Start::After(15));
        check(Some("a1b2-9"), Start::After(9));
        check(Some("a1b2-8"), Start::Lost);
        check(Some("a1b2-0"), Start::Lost);
        check(Some("a1b2-21"), Start::Elsewhere);
        check(Some("c3d4-15"), Start::Elsewhere);
        for odd in ["15", "a1b2-", "a1b2-x", "a1b2--1", "a1b2-9223372036854775807"] {
            check(Some(odd), Start::Elsewhere);
        }
        assert_eq!(log.start(Some(&log.place(17))), Start::After(17));
        let empty = EventLog { name: "e".into(), oldest: 1, newest: 0 };
        assert_eq!((empty.start(None), empty.start(Some("e-0"))), (Start::After(0), Start::After(0)));
    }
}
