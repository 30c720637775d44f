//! Rows that are old enough to go.

use jiff::Timestamp;

use super::fault::Outcome;
use super::rows::ms;
use super::tx::{Tx, params};
use crate::store::contract::Retention;

/// Deletes at most `limit` rows of each kind that are older than their time.
pub(super) fn forget(tx: &Tx<'_>, keep: &Retention, limit: usize, now: Timestamp) -> Outcome<usize> {
    let before = |kept: jiff::SignedDuration| ms(now.checked_sub(kept).unwrap_or(Timestamp::MIN));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut gone = 0;
    for (ended, kept) in [("sent_at", keep.sent), ("dead_at", keep.dead)] {
        // A post that is stored is never owed again. One that is not might be, so its row stays: by it that is known.
        gone += tx.execute(
            &format!(
                "DELETE FROM outbox WHERE (id, shard) IN (
                 SELECT o.id, o.shard FROM outbox o
                 WHERE o.{ended} < ?1 AND (o.key IS NULL OR EXISTS (
                     SELECT 1 FROM post p WHERE p.shard = o.shard AND p.source_id = o.source_id AND p.key = o.key))
                 ORDER BY o.{ended} LIMIT ?2)"
            ),
            params![before(kept), limit],
        )?;
    }
    gone += tx.execute(
        "DELETE FROM edit WHERE (shard, source_id, key, at) IN (
         SELECT shard, source_id, key, at FROM edit WHERE at < ?1 ORDER BY at LIMIT ?2)",
        params![before(keep.history), limit],
    )?;
    gone += tx.execute(
        "DELETE FROM robots WHERE (shard, origin) IN (
         SELECT shard, origin FROM robots WHERE fetched_at < ?1 LIMIT ?2)",
        params![before(keep.history), limit],
    )?;
    gone += tx.execute(
        "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE at < ?1 ORDER BY at LIMIT ?2)",
        params![before(keep.events), limit],
    )?;
    Ok(gone)
}
