//! A clock that was set back: what the state holds of a future that is not there any more.
//!
//! A source that was polled in the future was planned by that clock; so were the waits of its host and of what is owed.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::fault::Outcome;
use super::rows::ms;

/// Clocks are put right by seconds all the time: that harms nothing.
const SLACK: SignedDuration = SignedDuration::from_secs(5);

/// The longest that a host is left alone: no wish beyond a day is heeded.
const LONGEST_BLOCK: SignedDuration = SignedDuration::from_hours(24);

/// Whether a source was polled in the future.
pub(super) fn was_set_back(tx: &Transaction<'_>, now: Timestamp) -> Outcome<bool> {
    let mut statement = tx.prepare_cached("SELECT 1 FROM source_state WHERE last_poll > ?1 LIMIT 1")?;
    Ok(statement.exists([ms(now.saturating_add(SLACK).unwrap_or(now))])?)
}

/// Plans anew, from `now` on, what was planned in the future. Gives how many sources that were.
pub(super) fn turn_back(tx: &Transaction<'_>, now: Timestamp) -> Outcome<u32> {
    let future = ms(now.saturating_add(SLACK).unwrap_or(now));
    // One millisecond ago: whoever asks by name at this moment may have it polled.
    let sources = tx
        .prepare_cached(
            "UPDATE source_state SET due_at = ?1 + max(0, due_at - last_poll), last_poll = ?1 - 1,
                 last_success = min(last_success, ?1 - 1), read_at = min(read_at, ?1 - 1)
             WHERE last_poll > ?2",
        )?
        .execute([ms(now), future])?;
    let block = ms(now.saturating_add(LONGEST_BLOCK).unwrap_or(now));
    tx.prepare_cached("UPDATE host SET blocked_until = ?1 WHERE blocked_until > ?1")?.execute([block])?;
    // When a host comes is found anew as it is looked at.
    tx.prepare_cached("UPDATE host SET next_at = ?1 WHERE next_at > ?1")?.execute([ms(now)])?;
    tx.prepare_cached("UPDATE robots SET fetched_at = ?1 WHERE fetched_at > ?1")?.execute([ms(now)])?;
    tx.prepare_cached(
        "UPDATE outbox SET not_before = min(not_before, ?1), lease_until = NULL
         WHERE sent_at IS NULL AND dead_at IS NULL AND (owed_at > ?2 OR not_before > ?2)",
    )?
    .execute(params![ms(now), future])?;
    Ok(u32::try_from(sources).unwrap_or(u32::MAX))
}
