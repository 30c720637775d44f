//! Leases: which host this worker polls now, and until when.
//!
//! The host's row is the limit: who holds its lease is the only one to talk to it, and the lease's number fences
//! whatever comes back later than that. A lease ends at its `until`: then it cannot be renewed, and may be claimed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::dialect::Dialect;
use super::fault::{Fault, Outcome};
use super::rows::{self, ms};
use super::tx::{Row, Tx, params};
use crate::model::host::Host;
use crate::model::source::SourceId;
use crate::store::contract::{Claim, Claimed, DueSource, Lease, SourceRef};

/// When a host comes again: when its first source is due, and not while it wants to be left alone.
pub(in crate::store) const NEXT_AT: &str = "(
    SELECT CASE WHEN t.due_at < host.blocked_until THEN host.blocked_until ELSE t.due_at END FROM source_state t
    WHERE t.shard = host.shard AND t.host_id = host.host_id AND t.rests = 0 AND t.due_at IS NOT NULL
    ORDER BY t.due_at LIMIT 1)";

/// A host that may be leased.
struct Free {
    host: Host,
    shard: i64,
    host_id: i64,
    lease_no: i64,
    gap_ms: Option<i64>,
}

/// Hosts that are looked at for the one that comes next, before all are.
const FIRST: usize = 64;

/// A source that was asked for by name.
struct Named {
    due_at: Option<i64>,
    number: i64,
    id: SourceId,
}

/// The earliest moment at which a host that nobody holds may be claimed.
pub(super) fn next_due(tx: &Tx<'_>) -> Outcome<Option<Timestamp>> {
    // Asked each round: of a million hosts the first few tell it, for one that wants to be left alone comes no sooner than it
    // may be asked.
    let first = tx.all(
        "SELECT next_at, blocked_until FROM host WHERE next_at IS NOT NULL AND lease_until IS NULL
         ORDER BY next_at LIMIT ?1",
        params![limit(FIRST)],
        |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)),
    )?;
    let soonest = first.iter().map(|(next, blocked)| blocked.map_or(*next, |until| until.max(*next))).min();
    let is_told = first.len() < FIRST || first.last().map(|(next, _)| *next) >= soonest;
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
    if tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut hosts = BTreeSet::new();
    for id in ids {
        let host = tx.first("SELECT shard, host_id FROM source WHERE id = ?1", params![id.as_str()], |row| {
            Ok([row.get::<i64>(0)?, row.get(1)?])
        })?;
        hosts.extend(host);
    }
    for [shard, id] in hosts {
        tx.lock("SELECT 1 FROM host WHERE shard = ?1 AND host_id = ?2 FOR UPDATE", params![shard, id])?;
    }
    Ok(())
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

/// Leases hosts.
pub(in crate::store) fn claim(tx: &Tx<'_>, claim: &Claim) -> Outcome<Claimed> {
    match &claim.only {
        None => Ok(Claimed { leases: claim_due(tx, claim)?, blocked: Vec::new() }),
        Some(ids) => claim_named(tx, claim, ids),
    }
}

fn claim_due(tx: &Tx<'_>, claim: &Claim) -> Outcome<Vec<Lease>> {
    let mut leases = Vec::new();
    while leases.len() < claim.hosts {
        let hosts = tx.all(
            "SELECT name, shard, host_id, lease_no, gap_ms FROM host
             WHERE next_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?1)
                 AND (blocked_until IS NULL OR blocked_until <= ?1)
             ORDER BY next_at, shard, host_id LIMIT ?2",
            params![ms(claim.now), limit(claim.hosts - leases.len())],
            free,
        )?;
        if hosts.is_empty() {
            break;
        }
        for host in hosts {
            let due = due(tx, &host, claim)?;
            if due.is_empty() {
                // Its sources were removed, paused or moved since: its time is set right, so it does not come again.
                give_back(tx, &host.host)?;
            } else {
                leases.push(take(tx, host, claim, due)?);
            }
        }
    }
    Ok(leases)
}

fn due(tx: &Tx<'_>, host: &Free, claim: &Claim) -> Outcome<Vec<DueSource>> {
    tx.all(
        &format!(
            "SELECT {}, t.shard, t.source_id, s.definition
             FROM source_state t CROSS JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id {}
             WHERE t.shard = ?1 AND t.host_id = ?2 AND t.rests = 0 AND t.due_at <= ?3
             ORDER BY t.due_at, t.source_id LIMIT ?4",
            rows::STATE,
            rows::RECIPE
        ),
        params![host.shard, host.host_id, ms(claim.now), limit(claim.sources_per_host)],
        |row| due_source(row, 0),
    )
}

fn claim_named(tx: &Tx<'_>, claim: &Claim, ids: &[SourceId]) -> Outcome<Claimed> {
    lock_hosts_of(tx, ids)?;
    let mut hosts = BTreeMap::<(i64, i64), Vec<Named>>::new();
    for id in ids {
        let found = tx.first(
            "SELECT t.shard, t.host_id, t.due_at, t.source_id
             FROM source s CROSS JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
             WHERE s.id = ?1 AND t.rests = 0 AND (t.last_poll IS NULL OR t.last_poll < ?2)",
            params![id.as_str(), ms(claim.now)],
            |row| Ok(((row.get(0)?, row.get(1)?), Named { due_at: row.get(2)?, number: row.get(3)?, id: id.clone() })),
        )?;
        if let Some((host, named)) = found {
            hosts.entry(host).or_default().push(named);
        }
    }
    let mut claimed = Claimed::default();
    let mut waiting = Vec::new();
    for ((shard, host_id), named) in hosts {
        let host = tx.first(
            "SELECT name, shard, host_id, lease_no, gap_ms, next_at, lease_until, blocked_until FROM host
             WHERE shard = ?1 AND host_id = ?2",
            params![shard, host_id],
            |row| {
                let until = (rows::maybe_moment(row, 6)?, rows::maybe_moment(row, 7)?);
                Ok((free(row)?, row.get::<Option<i64>>(5)?, until))
            },
        )?;
        let Some((host, next_at, (leased, blocked))) = host else { continue };
        if let Some(until) = blocked.filter(|until| *until > claim.now) {
            claimed.blocked.extend(named.into_iter().map(|named| (named.id, until)));
        } else if leased.is_none_or(|until| until <= claim.now) {
            waiting.push((next_at, host, named));
        }
    }
    claimed.blocked.sort();
    waiting.sort_by_key(|(next_at, host, _)| (next_at.unwrap_or(i64::MAX), host.shard, host.host_id));
    for (_, host, mut named) in waiting.into_iter().take(claim.hosts) {
        named.sort_by_key(|named| (named.due_at, named.number));
        named.truncate(claim.sources_per_host);
        let due = named.iter().map(|named| one(tx, host.shard, named.number)).collect::<Outcome<Vec<_>>>()?;
        claimed.leases.push(take(tx, host, claim, due)?);
    }
    Ok(claimed)
}

fn one(tx: &Tx<'_>, shard: i64, number: i64) -> Outcome<DueSource> {
    tx.one(
        &format!(
            "SELECT {}, t.shard, t.source_id, s.definition
             FROM source_state t JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id {}
             WHERE t.shard = ?1 AND t.source_id = ?2",
            rows::STATE,
            rows::RECIPE
        ),
        params![shard, number],
        |row| due_source(row, 0),
    )
}

fn take(tx: &Tx<'_>, free: Free, claim: &Claim, due: Vec<DueSource>) -> Outcome<Lease> {
    let until = claim.now.saturating_add(claim.lease).map_err(|error| Fault::Unstorable(Box::new(error)))?;
    let number = free.lease_no + 1;
    tx.execute(
        "UPDATE host SET lease_until = ?3, lease_no = ?4 WHERE shard = ?1 AND host_id = ?2",
        params![free.shard, free.host_id, ms(until), number],
    )?;
    Ok(Lease { host: free.host, number, until: rows::moment(ms(until))?, gap_ms: free.gap_ms, due })
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
pub(super) fn is_held(tx: &Tx<'_>, host: &Host, lease: i64) -> Outcome<bool> {
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
pub(in crate::store) fn give_back(tx: &Tx<'_>, host: &Host) -> Outcome<()> {
    tx.execute(
        &format!(
            "UPDATE host SET lease_until = NULL, next_at = {NEXT_AT}
         WHERE shard = ?1 AND host_id = ?2"
        ),
        params![host.shard(), host.id()],
    )?;
    Ok(())
}

fn free(row: &Row<'_>) -> Outcome<Free> {
    Ok(Free {
        host: Host::from_stored(row.get(0)?),
        shard: row.get(1)?,
        host_id: row.get(2)?,
        lease_no: row.get(3)?,
        gap_ms: row.get(4)?,
    })
}

/// A source from the columns of a claim, of which the first stands at `from`.
pub(in crate::store) fn due_source(row: &Row<'_>, from: usize) -> Outcome<DueSource> {
    let next = from + rows::STATE_WIDTH;
    Ok(DueSource {
        at: SourceRef { shard: row.get(next)?, number: row.get(next + 1)? },
        source: rows::json("source", row.text(next + 2)?)?,
        state: rows::state(row, from)?,
    })
}

/// A number of rows as SQL takes it.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
