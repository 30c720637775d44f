//! Hosts as `status` shows them: what they wish and what waits for them.

use jiff::{SignedDuration, Timestamp};

use super::fault::Outcome;
use super::rows::{count, maybe_moment, ms};
use super::tx::{Tx, params};
use crate::model::host::Host;
use crate::model::pace::HostQueue;

/// Every host that has a source which is not removed, by name.
pub(super) fn queues(tx: &Tx<'_>, now: Timestamp) -> Outcome<Vec<HostQueue>> {
    tx.all(
        "SELECT h.name, count(*) FILTER (WHERE t.rests = 0), count(*) FILTER (WHERE t.rests = 0 AND t.due_at <= ?1),
             min(t.due_at) FILTER (WHERE t.rests = 0), h.gap_ms, h.blocked_until,
             CASE WHEN h.lease_until > ?1 THEN 1 ELSE 0 END
         FROM source s
         CROSS JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
         CROSS JOIN host h ON h.shard = t.shard AND h.host_id = t.host_id
         WHERE s.removed_at IS NULL
         GROUP BY h.shard, h.host_id ORDER BY h.name",
        params![ms(now)],
        |row| {
            let next_due = maybe_moment(row, 3)?;
            Ok(HostQueue {
                host: Host::from_stored(row.get(0)?),
                sources: count(row, 1)?,
                due: count(row, 2)?,
                waits_since: next_due.filter(|due| *due <= now),
                next_due,
                crawl_delay: row.get::<Option<i64>>(4)?.map(SignedDuration::from_millis),
                blocked_until: maybe_moment(row, 5)?.filter(|until| *until > now),
                is_leased: row.get(6)?,
            })
        },
    )
}
