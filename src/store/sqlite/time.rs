//! What time does to the state: a clock that was set back, and rows that are old enough to go.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::fault::Outcome;
use super::rows::ms;
use crate::store::contract::Retention;

/// A moment so little ahead is no clock that was set: machines of one state may differ.
const SLACK_MS: i64 = 120_000;

/// Retries come within an hour, claims of deliveries end within a minute.
const LONGEST_RETRY_MS: i64 = 3_600_000;

/// Takes back what was stored while the clock was ahead: waits stay as long as they were.
pub(super) fn set_right(tx: &Transaction<'_>, now: Timestamp) -> Outcome<u32> {
    let now = ms(now);
    // First the hosts: how far the clock was ahead is told by when their sources were looked at.
    tx.prepare_cached(
        "UPDATE host SET blocked_until = blocked_until - ahead.by, lease_until = lease_until - ahead.by
         FROM (SELECT shard, host_id, max(last_poll) - ?1 AS by FROM source_state
             WHERE last_poll > ?1 + ?2 GROUP BY shard, host_id) AS ahead
         WHERE host.shard = ahead.shard AND host.host_id = ahead.host_id",
    )?
    .execute(params![now, SLACK_MS])?;
    let healed = tx
        .prepare_cached(
            "UPDATE source_state SET due_at = max(due_at - (last_poll - ?1), ?1), deep_at = deep_at - (last_poll - ?1),
                 last_success = min(last_success, ?1), read_at = min(read_at, ?1), last_poll = ?1 - 1
             WHERE last_poll > ?1 + ?2",
        )?
        .execute(params![now, SLACK_MS])?;
    tx.prepare_cached("UPDATE source_state SET due_at = ?1 WHERE last_poll IS NULL AND due_at > ?1 + ?2")?
        .execute(params![now, SLACK_MS])?;
    tx.prepare_cached(
        "UPDATE host SET next_at = (SELECT min(due_at) FROM source_state t
             WHERE t.shard = host.shard AND t.host_id = host.host_id AND t.rests = 0 AND t.due_at IS NOT NULL)
         WHERE next_at > ?1",
    )?
    .execute([now])?;
    tx.prepare_cached("UPDATE robots SET fetched_at = ?1 WHERE fetched_at > ?1 + ?2")?
        .execute(params![now, SLACK_MS])?;
    tx.prepare_cached(
        "UPDATE outbox SET not_before = min(not_before, ?1), lease_until = NULL
         WHERE sent_at IS NULL AND dead_at IS NULL
             AND (not_before > ?1 + ?2 OR lease_until > ?1 + ?2)",
    )?
    .execute(params![now, LONGEST_RETRY_MS + SLACK_MS])?;
    Ok(u32::try_from(healed).unwrap_or(u32::MAX))
}

/// Deletes at most `limit` rows of each kind that are older than their time.
pub(super) fn forget(tx: &Transaction<'_>, keep: &Retention, limit: usize, now: Timestamp) -> Outcome<usize> {
    let before = |kept: jiff::SignedDuration| ms(now.checked_sub(kept).unwrap_or(Timestamp::MIN));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut gone = 0;
    for (ended, kept) in [("sent_at", keep.sent), ("dead_at", keep.dead)] {
        // A post that is stored is never owed again. One that is not might be, so its row stays: by it that is known.
        gone += tx
            .prepare_cached(&format!(
                "DELETE FROM outbox WHERE (id, shard) IN (
                     SELECT o.id, o.shard FROM outbox o
                     WHERE o.{ended} < ?1 AND (o.key IS NULL OR EXISTS (
                         SELECT 1 FROM post p WHERE p.shard = o.shard AND p.source_id = o.source_id AND p.key = o.key))
                     ORDER BY o.{ended} LIMIT ?2)"
            ))?
            .execute([before(kept), limit])?;
    }
    gone += tx
        .prepare_cached(
            "DELETE FROM edit WHERE (shard, source_id, key, at) IN (
                 SELECT shard, source_id, key, at FROM edit WHERE at < ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute([before(keep.history), limit])?;
    gone += tx
        .prepare_cached(
            "DELETE FROM robots WHERE (shard, origin) IN (
                 SELECT shard, origin FROM robots WHERE fetched_at < ?1 LIMIT ?2)",
        )?
        .execute([before(keep.history), limit])?;
    Ok(gone)
}
