//! Leases: until when a worker polls a host, and how it gives it back. How it gets one is in `claim.rs`.
//!
//! The host's row is the limit: who holds its lease is the only one to talk to it, and the lease's number fences
//! whatever comes back later than that. A lease ends at its `until`: then it cannot be renewed, and may be claimed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;

use super::dialect::Dialect;
use super::fault::Outcome;
use super::given::row;
use super::later::Later;
use super::rows::{self, ms};
use super::tx::{Tx, params};
use crate::model::host::Host;
use crate::model::source::SourceId;
use crate::store::contract::Recorded;

/// The source of a host that is due first.
const FIRST_DUE: &str = "
    SELECT t.due_at FROM source_state t
    WHERE t.shard = host.shard AND t.host_id = host.host_id AND t.rests = 0 AND t.due_at IS NOT NULL
    ORDER BY t.due_at LIMIT 1";

/// The same in the shared database, whose index holds no due time of the one that leads: that one or the next is.
const FIRST_IN_TURN: &str = "
    SELECT min(n.due_at) AS due_at FROM (
        SELECT t.due_at FROM source_state t
        WHERE t.shard = host.shard AND t.host_id = host.host_id AND t.turn < 9223372036854775807 AND t.rests = 0
            AND t.due_at IS NOT NULL
        ORDER BY t.turn LIMIT 2) n";

/// Hosts that are looked at for the one that comes next, before all are.
const FIRST: u32 = 64;

/// The earliest moment at which a host that nobody holds may be claimed.
pub(super) fn next_due(tx: &Tx<'_>) -> Outcome<Option<Timestamp>> {
    // Asked each round: of a million hosts the first few tell it, for one that wants to be left alone comes no sooner than it
    // may be asked.
    let first = tx.all(
        "SELECT next_at, blocked_until FROM host WHERE next_at IS NOT NULL AND lease_until IS NULL
         ORDER BY next_at LIMIT ?1",
        params![FIRST],
        |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)),
    )?;
    let soonest = first.iter().map(|(next, blocked)| blocked.map_or(*next, |until| until.max(*next))).min();
    let is_told = first.len() < FIRST as usize || first.last().map(|(next, _)| *next) >= soonest;
    if is_told {
        return soonest.map(rows::moment).transpose();
    }
    Ok(tx
        .first(
            "SELECT min(CASE WHEN blocked_until > next_at THEN blocked_until ELSE next_at END) FROM host
             WHERE next_at IS NOT NULL AND lease_until IS NULL",
            &[],
            |row| rows::maybe_moment(row, 0),
        )?
        .flatten())
}

/// Locks the hosts of these sources, in the order of their keys, where there are other writers than this one.
pub(super) fn lock_hosts_of(tx: &Tx<'_>, ids: &[SourceId]) -> Outcome<()> {
    tx.lock_each(
        "SELECT 1 FROM host h WHERE (h.shard, h.host_id) IN (
             SELECT s.shard, s.host_id FROM source s /*rows CROSS JOIN */ WHERE s.id = ?1)
         ORDER BY h.shard, h.host_id /*pg FOR UPDATE OF h */",
        &ids.iter().map(|id| row![id.as_str()]).collect::<Vec<_>>(),
    )
}

/// Makes sources due. Answers those whose host wants to be left alone, and until when.
pub(super) fn set_due(tx: &Tx<'_>, ids: &[SourceId], now: Timestamp) -> Outcome<Vec<(SourceId, Timestamp)>> {
    lock_hosts_of(tx, ids)?;
    let mut blocked = Vec::new();
    for id in ids {
        let found = tx.first(
            "SELECT t.shard, t.source_id, t.host_id, h.blocked_until
             FROM source s CROSS JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
             JOIN host h ON h.shard = t.shard AND h.host_id = t.host_id
             WHERE s.id = ?1 AND t.rests = 0",
            params![id.as_str()],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?, rows::maybe_moment(row, 3)?)),
        )?;
        let Some((shard, number, host_id, blocked_until)) = found else { continue };
        if let Some(until) = blocked_until.filter(|until| *until > now) {
            blocked.push((id.clone(), until));
            continue;
        }
        tx.execute(
            "UPDATE source_state SET due_at = CASE WHEN due_at < ?3 THEN due_at ELSE ?3 END
             WHERE shard = ?1 AND source_id = ?2",
            params![shard, number, ms(now)],
        )?;
        tx.execute(
            "UPDATE host SET next_at = CASE WHEN next_at < ?3 THEN next_at ELSE ?3 END
             WHERE shard = ?1 AND host_id = ?2",
            params![shard, host_id, ms(now)],
        )?;
    }
    Ok(blocked)
}

/// Lengthens a lease that still runs.
pub(super) fn renew(tx: &Tx<'_>, host: &Host, lease: i64, until: Timestamp, now: Timestamp) -> Outcome<bool> {
    let renewed = tx.execute(
        "UPDATE host SET lease_until = ?4
         WHERE shard = ?1 AND host_id = ?2 AND lease_no = ?3 AND lease_until > ?5",
        params![host.shard(), host.id(), lease, ms(until), ms(now)],
    )?;
    Ok(renewed == 1)
}

/// Whether a worker still holds the lease: nobody has leased the host since, and it was not given back.
fn is_held(tx: &Tx<'_>, host: &Host, lease: i64) -> Outcome<bool> {
    tx.exists(
        "SELECT 1 FROM host WHERE shard = ?1 AND host_id = ?2 AND lease_no = ?3 AND lease_until IS NOT NULL
         /*pg FOR UPDATE */",
        params![host.shard(), host.id(), lease],
    )
}

/// Gives a lease back, if it is still held.
pub(super) fn release(tx: &Tx<'_>, host: &Host, lease: i64) -> Outcome<()> {
    if is_held(tx, host, lease)? {
        give_back(tx, host)?;
    }
    Ok(())
}

/// Gives the host's lease back. It comes again when its first source is due, and not while it wants to be left alone.
fn give_back(tx: &Tx<'_>, host: &Host) -> Outcome<()> {
    give_back_each(tx, &[[host.shard(), host.id()]])
}

/// Gives the leases of hosts back, each named by its shard and its number.
pub(in crate::store) fn give_back_each(tx: &Tx<'_>, hosts: &[[i64; 2]]) -> Outcome<()> {
    static EMBEDDED: LazyLock<String> = LazyLock::new(|| give_back_sql(FIRST_DUE));
    static SHARED: LazyLock<String> = LazyLock::new(|| give_back_sql(FIRST_IN_TURN));
    let sql = match tx.dialect() {
        Dialect::Sqlite => &EMBEDDED,
        Dialect::Postgres => &SHARED,
    };
    tx.put_each(sql, &hosts.iter().map(|[shard, id]| row![*shard, *id]).collect::<Vec<_>>())
}

fn give_back_sql(first: &str) -> String {
    format!(
        "UPDATE host SET lease_until = NULL, next_at = (
             SELECT CASE WHEN f.due_at < host.blocked_until THEN host.blocked_until ELSE f.due_at END FROM ({first}) f)
         /*rows FROM */ WHERE host.shard = ?1 AND host.host_id = ?2"
    )
}

/// A host and a lease of it.
pub(super) type LeaseKey = (i64, i64, i64);

/// The lease under which a report comes.
pub(super) fn key_of(recorded: &Recorded) -> LeaseKey {
    (recorded.host.shard(), recorded.host.id(), recorded.lease)
}

/// The leases of a batch that are still held, whose hosts nobody else leases or gives back until the end: where there are
/// other writers they are locked, in the order of their keys.
pub(super) fn hold<'c>(tx: &Tx<'c>, batch: &[Recorded]) -> Outcome<Later<'c, LeaseKey>> {
    let leases: BTreeSet<LeaseKey> = batch.iter().map(key_of).collect();
    hold_each(tx, &leases.into_iter().map(|(shard, id, lease)| [shard, id, lease]).collect::<Vec<_>>())
}

/// As [`hold`], of leases that are in the order of their keys.
fn hold_each<'c>(tx: &Tx<'c>, leases: &[[i64; 3]]) -> Outcome<Later<'c, LeaseKey>> {
    tx.all_each_later(
        "SELECT h.shard, h.host_id, h.lease_no FROM host h /*rows CROSS JOIN */
         WHERE h.shard = ?1 AND h.host_id = ?2 AND h.lease_no = ?3 AND h.lease_until IS NOT NULL
         /*pg ORDER BY h.shard, h.host_id FOR UPDATE OF h */",
        &leases.iter().map(|[shard, id, lease]| row![*shard, *id, *lease]).collect::<Vec<_>>(),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Gives back those of these leases that are still held.
pub(in crate::store) fn release_each(tx: &Tx<'_>, mut leases: Vec<[i64; 3]>) -> Outcome<()> {
    leases.sort_unstable();
    let held = hold_each(tx, &leases)?.wait()?;
    give_back_each(tx, &held.iter().map(|(shard, id, _)| [*shard, *id]).collect::<Vec<_>>())
}
