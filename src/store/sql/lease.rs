//! Leases: until when a worker polls a host, and how it gives it back. How it gets one is in `claim.rs`.
//!
//! The host's row is the limit: who holds its lease is the only one to talk to it, and the lease's number fences
//! whatever comes back later than that. A lease ends at its `until`: then it cannot be renewed, and may be claimed.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use jiff::Timestamp;

use super::dialect::Dialect;
use super::fault::Outcome;
use super::given::{Given, row};
use super::later::Later;
use super::rows::{self, ms};
use super::tx::{Tx, params};
use crate::model::host::{Host, SHARDS};
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

/// Hosts that are looked at for the one that comes next, before all are; and of each shard in the shared database.
const FIRST: (u32, u32) = (64, 4);

/// A query for hosts in the order in which they come, at most `?1` of `those`. The shared database has them in order within
/// each shard, and gives as many of each.
pub(super) fn in_turn(dialect: Dialect, columns: &str, those: &str) -> String {
    match dialect {
        Dialect::Sqlite => {
            format!("SELECT {columns} FROM host h WHERE h.next_at IS NOT NULL{those} ORDER BY h.next_at LIMIT ?1")
        }
        Dialect::Postgres => format!(
            "SELECT {columns} FROM generate_series(CAST(0 AS bigint), {}) AS s(shard), LATERAL (
                 SELECT * FROM host h WHERE h.shard = s.shard AND h.next_at IS NOT NULL{those} ORDER BY h.next_at LIMIT ?1) h
             ORDER BY h.next_at",
            SHARDS - 1
        ),
    }
}

/// The earliest moment at which a host that nobody holds may be claimed.
pub(super) fn next_due(tx: &Tx<'_>) -> Outcome<Option<Timestamp>> {
    // Asked each round: of a million hosts the first few tell it, for one that wants to be left alone comes no sooner than it
    // may be asked.
    let (list, most) = match tx.dialect() {
        Dialect::Sqlite => ("0", FIRST.0),
        Dialect::Postgres => ("h.shard", FIRST.1),
    };
    let (mut soonest, mut lists) = (None::<i64>, HashMap::<i64, (u32, i64)>::new());
    tx.each(
        &in_turn(tx.dialect(), &format!("{list}, h.next_at, h.blocked_until"), " AND h.lease_until IS NULL"),
        params![most],
        |row| {
            let (next, blocked): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
            let may_come = blocked.map_or(next, |until| until.max(next));
            soonest = Some(soonest.map_or(may_come, |soonest| soonest.min(may_come)));
            let (count, last) = lists.entry(row.get(0)?).or_insert((0, next));
            (*count, *last) = (*count + 1, next);
            Ok(ControlFlow::Continue(()))
        },
    )?;
    // What a list leaves out comes no sooner than its last.
    let is_told = lists.values().all(|(count, last)| *count < most || Some(*last) >= soonest);
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

/// Leases that are being held.
pub(super) struct Holding<'t> {
    tx: &'t Tx<'t>,
    leases: Vec<[i64; 3]>,
    count: Later<'t, i64>,
}

impl Holding<'_> {
    /// Those that are still held.
    pub(super) fn held(self) -> Outcome<Vec<LeaseKey>> {
        if self.count.sum()? == self.leases.len() {
            return Ok(self.leases.into_iter().map(|[shard, id, lease]| (shard, id, lease)).collect());
        }
        self.tx.all_each(
            "SELECT h.shard, h.host_id, h.lease_no FROM host h /*rows CROSS JOIN */
             WHERE h.shard = ?1 AND h.host_id = ?2 AND h.lease_no = ?3 AND h.lease_until IS NOT NULL",
            &of_leases(&self.leases),
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
    }
}

/// Holds the leases of a batch that are still held, whose hosts nobody else leases or gives back until the end: where there
/// are other writers they are locked, in the order of their keys.
pub(super) fn hold<'t>(tx: &'t Tx<'t>, batch: &[Recorded]) -> Outcome<Holding<'t>> {
    let leases = batch.iter().map(key_of).map(|(shard, id, lease)| [shard, id, lease]);
    hold_each(tx, leases.collect())
}

/// As [`hold`].
fn hold_each<'t>(tx: &'t Tx<'t>, mut leases: Vec<[i64; 3]>) -> Outcome<Holding<'t>> {
    leases.sort_unstable();
    leases.dedup();
    let count = tx.all_each_later(
        "SELECT count(*) FROM (SELECT 1 FROM host h /*rows CROSS JOIN */
         WHERE h.shard = ?1 AND h.host_id = ?2 AND h.lease_no = ?3 AND h.lease_until IS NOT NULL
         /*pg ORDER BY h.shard, h.host_id FOR UPDATE OF h */) held",
        &of_leases(&leases),
        |row| row.get(0),
    )?;
    Ok(Holding { tx, leases, count })
}

fn of_leases(leases: &[[i64; 3]]) -> Vec<Vec<Given<'static>>> {
    leases.iter().map(|[shard, id, lease]| row![*shard, *id, *lease]).collect()
}

/// Gives back those of these leases that are still held.
pub(in crate::store) fn release_each(tx: &Tx<'_>, leases: Vec<[i64; 3]>) -> Outcome<()> {
    let held = hold_each(tx, leases)?.held()?;
    give_back_each(tx, &held.iter().map(|(shard, id, _)| [*shard, *id]).collect::<Vec<_>>())
}
