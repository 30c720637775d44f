//! The log of events.

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::rows::{moment, ms, plain};
use super::tx::{Tx, params};
use crate::model::event::{EventLog, LoggedEvent};

/// Writes an event, once for a message.
pub(super) fn log(tx: &Tx<'_>, message: &str, data: &str, now: Timestamp) -> Outcome<i64> {
    // A conflict would use up a number, and whoever is at the one before would seem to have missed something.
    tx.execute(
        "INSERT INTO event (message, at, data) SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM event WHERE message = ?1)",
        params![message, ms(now), data],
    )?;
    let number = tx.first("SELECT number FROM event WHERE message = ?1", params![message], |row| plain(row, 0))?;
    number.ok_or_else(|| Fault::corrupt("event of a message", message))
}

/// The events after a number.
pub(super) fn after(tx: &Tx<'_>, number: i64, limit: usize) -> Outcome<Vec<LoggedEvent>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(
        "SELECT number, at, data FROM event WHERE number > ?1 ORDER BY number LIMIT ?2",
        params![number, limit],
        |row| Ok(LoggedEvent { number: row.get(0)?, at: moment(row.get(1)?)?, data: row.get(2)? }),
    )
}

/// The log's name and its ends.
pub(super) fn ends(tx: &Tx<'_>) -> Outcome<EventLog> {
    let ends = tx.first(
        "SELECT coalesce((SELECT value FROM note WHERE name = 'event log'), ''), (SELECT min(number) FROM event),
         coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)",
        &[],
        |row| {
            let (name, oldest, newest): (String, Option<i64>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(EventLog { name, oldest: oldest.unwrap_or(newest + 1), newest })
        },
    )?;
    ends.ok_or_else(|| Fault::corrupt("log of events", ""))
}

/// Goes on with the numbers behind this one, and never gives one again that another database gave.
pub(super) fn go_on_behind(tx: &Tx<'_>, number: i64) -> Outcome<()> {
    // Where no event was ever written there is no such row, and none can be asked for a conflict.
    tx.execute("DELETE FROM sqlite_sequence WHERE name = 'event'", &[])?;
    tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?1)", params![number])?;
    Ok(())
}
