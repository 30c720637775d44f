//! The log of events.

use jiff::Timestamp;

use super::dialect::Dialect;
use super::fault::{Fault, Outcome};
use super::rows::{moment, ms, plain};
use super::tx::{Tx, params};
use crate::model::event::{EventLog, LoggedEvent};

/// Writes an event, once for a message.
pub(super) fn log(tx: &Tx<'_>, message: &str, data: &str, now: Timestamp) -> Outcome<i64> {
    // Whoever has this gives the next number, and is seen before a later one is given.
    tx.lock("SELECT 1 FROM note WHERE name = 'event number' FOR UPDATE", &[])?;
    // A conflict would use up a number, and whoever is at the one before would seem to have missed something.
    if let Some(number) = number_of(tx, message)? {
        return Ok(number);
    }
    match tx.dialect() {
        Dialect::Sqlite => {
            let sql = "INSERT INTO event (message, at, data) VALUES (?1, ?2, ?3)";
            tx.execute(sql, params![message, ms(now), data])?;
        }
        Dialect::Postgres => {
            tx.execute(
                "WITH next AS (
                     UPDATE note SET value = CAST(CAST(value AS bigint) + 1 AS text) WHERE name = 'event number'
                     RETURNING CAST(value AS bigint) AS number)
                 INSERT INTO event (number, message, at, data) SELECT next.number, ?1, ?2, ?3 FROM next",
                params![message, ms(now), data],
            )?;
        }
    }
    number_of(tx, message)?.ok_or_else(|| Fault::corrupt("event of a message", message))
}

fn number_of(tx: &Tx<'_>, message: &str) -> Outcome<Option<i64>> {
    tx.first("SELECT number FROM event WHERE message = ?1", params![message], |row| plain(row, 0))
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
    let last = match tx.dialect() {
        Dialect::Sqlite => "SELECT seq FROM sqlite_sequence WHERE name = 'event'",
        Dialect::Postgres => "SELECT CAST(value AS bigint) FROM note WHERE name = 'event number'",
    };
    let ends = tx.first(
        &format!(
            "SELECT coalesce((SELECT value FROM note WHERE name = 'event log'), ''), (SELECT min(number) FROM event),
                 coalesce(({last}), 0)"
        ),
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
    match tx.dialect() {
        Dialect::Sqlite => {
            // Where no event was ever written there is no such row, and none can be asked for a conflict.
            tx.execute("DELETE FROM sqlite_sequence WHERE name = 'event'", &[])?;
            tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?1)", params![number])?;
        }
        Dialect::Postgres => super::notes::put_note(tx, "event number", &number.to_string())?,
    }
    Ok(())
}
