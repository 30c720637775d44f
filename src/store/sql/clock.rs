//! A clock that was set back: what the state holds of a future that is not there any more.
//!
//! A source that was polled in the future was planned by that clock; so were the waits of its host and of what is owed.

use jiff::{SignedDuration, Timestamp};

use super::fault::Outcome;
use super::rows::ms;
use super::tx::{Tx, params};

/// Clocks are put right by seconds all the time: that harms nothing.
const SLACK: SignedDuration = SignedDuration::from_secs(5);

/// The longest that a host is left alone: no wish beyond a day is heeded.
const LONGEST_BLOCK: SignedDuration = SignedDuration::from_hours(24);

/// No claim of a delivery is meant to last longer.
const LONGEST_CLAIM: SignedDuration = SignedDuration::from_hours(1);

/// Whether a source was polled in the future.
pub(super) fn was_set_back(tx: &Tx<'_>, now: Timestamp) -> Outcome<bool> {
    tx.exists(
        "SELECT 1 FROM source_state WHERE last_poll > ?1 LIMIT 1",
        params![ms(now.saturating_add(SLACK).unwrap_or(now))],
    )
}

/// Plans anew, from `now` on, what was planned in the future. Gives how many sources that were.
pub(super) fn turn_back(tx: &Tx<'_>, now: Timestamp) -> Outcome<u32> {
    tx.alone()?;
    let future = ms(now.saturating_add(SLACK).unwrap_or(now));
    // The clock was so far ahead of this host as its last poll says; a wish to be left alone is as long as it was.
    tx.execute(
        "UPDATE host SET blocked_until = blocked_until - ahead.span, lease_until = lease_until - ahead.span
         FROM (SELECT shard, host_id, max(last_poll) - ?1 AS span FROM source_state
             WHERE last_poll > ?2 GROUP BY shard, host_id) AS ahead
         WHERE host.shard = ahead.shard AND host.host_id = ahead.host_id",
        params![ms(now), future],
    )?;
    // One millisecond ago: whoever asks by name at this moment may have it polled.
    let sources = tx.execute(
        "UPDATE source_state SET
             due_at = CASE WHEN due_at > last_poll THEN ?1 + (due_at - last_poll) WHEN due_at IS NOT NULL THEN ?1 END,
             deep_at = deep_at - (last_poll - ?1), last_poll = ?1 - 1,
             last_success = CASE WHEN last_success >= ?1 THEN ?1 - 1 ELSE last_success END,
             read_at = CASE WHEN read_at >= ?1 THEN ?1 - 1 ELSE read_at END
         WHERE last_poll > ?2",
        params![ms(now), future],
    )?;
    let block = ms(now.saturating_add(LONGEST_BLOCK).unwrap_or(now));
    tx.execute("UPDATE host SET blocked_until = ?1 WHERE blocked_until > ?1", params![block])?;
    // When a host comes is found anew as it is looked at.
    tx.execute("UPDATE host SET next_at = ?1 WHERE next_at > ?1", params![ms(now)])?;
    tx.execute("UPDATE robots SET fetched_at = ?1 WHERE fetched_at > ?1", params![ms(now)])?;
    let claimed = ms(now.saturating_add(LONGEST_CLAIM).unwrap_or(now));
    tx.execute(
        "UPDATE outbox SET not_before = CASE WHEN not_before > ?1 THEN ?1 ELSE not_before END, lease_until = NULL
         WHERE sent_at IS NULL AND dead_at IS NULL AND (owed_at > ?2 OR not_before > ?2 OR lease_until > ?3)",
        params![ms(now), future, claimed],
    )?;
    Ok(u32::try_from(sources).unwrap_or(u32::MAX))
}
