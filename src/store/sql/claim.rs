//! Claims: which hosts a worker polls now, with what is due of them.
//!
//! Hosts that waited longest come first. The shared database claims what is due in a statement of its own
//! (`postgres/claims.rs`).

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::given::row;
use super::lease::{give_back_each, lock_hosts_of};
use super::rows::{self, ms};
use super::tx::{Row, Tx, params};
use crate::model::host::Host;
use crate::model::source::SourceId;
use crate::store::contract::{Claim, Claimed, DueSource, Lease, SourceRef};

/// A host that may be leased.
struct Free {
    host: Host,
    at: [i64; 2],
    lease_no: i64,
    gap_ms: Option<i64>,
}

/// A source that was asked for by name.
struct Named {
    number: i64,
    id: SourceId,
}

/// Leases hosts.
pub(in crate::store) fn claim(tx: &Tx<'_>, claim: &Claim) -> Outcome<Claimed> {
    match &claim.only {
        None => Ok(Claimed { leases: claim_due(tx, claim)?, ..Claimed::default() }),
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
        let due = due(tx, &hosts, claim)?;
        let (taken, idle): (Vec<_>, Vec<_>) = hosts.into_iter().zip(due).partition(|(_, due)| !due.is_empty());
        // Their sources were removed, paused or moved since: their time is set right, so they do not come again.
        give_back_each(tx, &idle.iter().map(|(host, _)| host.at).collect::<Vec<_>>())?;
        leases.extend(take(tx, taken, claim)?);
    }
    Ok(leases)
}

/// What is due of each of these hosts.
fn due(tx: &Tx<'_>, hosts: &[Free], claim: &Claim) -> Outcome<Vec<Vec<DueSource>>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT t.host_id, {}, t.shard, t.source_id, s.definition
             FROM source_state t CROSS JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id {}
             WHERE t.shard = ?1 AND t.host_id = ?2 AND t.rests = 0 AND t.due_at <= ?3
             ORDER BY t.due_at, t.source_id LIMIT ?4",
            rows::STATE,
            rows::RECIPE
        )
    });
    let (now, most) = (ms(claim.now), limit(claim.sources_per_host));
    let asked: Vec<_> = hosts.iter().map(|Free { at: [shard, id], .. }| row![*shard, *id, now, most]).collect();
    let found = tx.all_each(&SQL, &asked, |row| Ok((row.get::<i64>(0)?, due_source(row, 1)?)))?;
    let mut found = found.into_iter().peekable();
    let of_host = |host: &Free| {
        std::iter::from_fn(|| found.next_if(|(id, due)| [due.at.shard, *id] == host.at)).map(|(_, due)| due).collect()
    };
    Ok(hosts.iter().map(of_host).collect())
}

fn claim_named(tx: &Tx<'_>, claim: &Claim, ids: &[SourceId]) -> Outcome<Claimed> {
    lock_hosts_of(tx, ids)?;
    let found = tx.all_each(
        "SELECT t.shard, t.host_id, t.source_id, s.id
         FROM source s CROSS JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id /*rows CROSS JOIN */
         WHERE s.id = ?1 AND t.rests = 0 AND (t.last_poll IS NULL OR t.last_poll < ?2)",
        &ids.iter().map(|id| row![id.as_str(), ms(claim.now)]).collect::<Vec<_>>(),
        |row| {
            let named = Named { number: row.get(2)?, id: rows::source_id(row, 3)? };
            Ok(([row.get(0)?, row.get(1)?], named))
        },
    )?;
    let mut hosts = BTreeMap::<[i64; 2], Vec<Named>>::new();
    for (host, named) in found {
        hosts.entry(host).or_default().push(named);
    }
    let found = tx.all_each(
        "SELECT h.name, h.shard, h.host_id, h.lease_no, h.gap_ms, h.next_at, h.lease_until, h.blocked_until FROM host h
         /*rows CROSS JOIN */ WHERE h.shard = ?1 AND h.host_id = ?2",
        &hosts.keys().map(|[shard, id]| row![*shard, *id]).collect::<Vec<_>>(),
        |row| {
            let until = (rows::maybe_moment(row, 6)?, rows::maybe_moment(row, 7)?);
            Ok((free(row)?, row.get::<Option<i64>>(5)?, until))
        },
    )?;
    let mut claimed = Claimed::default();
    let mut waiting = Vec::new();
    for (host, next_at, (leased, blocked)) in found {
        let named = hosts.remove(&host.at).unwrap_or_default();
        if let Some(until) = blocked.filter(|until| *until > claim.now) {
            claimed.blocked.extend(named.into_iter().map(|named| (named.id, until)));
        } else if leased.is_none_or(|until: Timestamp| until <= claim.now) {
            waiting.push((next_at, host, named));
        }
    }
    claimed.blocked.sort();
    waiting.sort_by_key(|(next_at, host, _)| (next_at.unwrap_or(i64::MAX), host.at));
    let later = waiting.split_off(claim.hosts.min(waiting.len()));
    let mut later: Vec<_> = later
        .into_iter()
        .flat_map(|(_, host, named)| named.into_iter().map(move |named| (host.at[0], named)))
        .collect();
    later.sort_unstable_by_key(|(shard, named)| (*shard, named.number));
    claimed.later = later.into_iter().map(|(_, named)| named.id).collect();
    let mut more = Vec::with_capacity(waiting.len());
    for (_, _, named) in &mut waiting {
        named.sort_unstable_by_key(|named| named.number);
        let beyond = named.split_off(claim.sources_per_host.min(named.len()));
        more.push(beyond.into_iter().map(|named| named.id).collect());
    }
    let due = states(tx, &waiting)?;
    claimed.leases = take(tx, waiting.into_iter().map(|(_, host, _)| host).zip(due).collect(), claim)?;
    for (lease, more) in claimed.leases.iter_mut().zip(more) {
        lease.more = more;
    }
    Ok(claimed)
}

/// The sources of each host that were asked for by name, as they lie in the store: what comes of them is written so too.
fn states(tx: &Tx<'_>, waiting: &[(Option<i64>, Free, Vec<Named>)]) -> Outcome<Vec<Vec<DueSource>>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {}, t.shard, t.source_id, s.definition
             FROM source_state t JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id {} /*rows CROSS JOIN */
             WHERE t.shard = ?1 AND t.source_id = ?2",
            rows::STATE,
            rows::RECIPE
        )
    });
    let (mut asked, mut hosts) = (Vec::new(), HashMap::new());
    for ((_, host, named), place) in waiting.iter().zip(0_usize..) {
        for named in named {
            asked.push(row![host.at[0], named.number]);
            hosts.insert(SourceRef { shard: host.at[0], number: named.number }, place);
        }
    }
    let mut of_hosts: Vec<Vec<DueSource>> =
        waiting.iter().map(|(_, _, named)| Vec::with_capacity(named.len())).collect();
    tx.all_each(&SQL, &asked, |row| {
        let due = due_source(row, 0)?;
        let place = hosts.get(&due.at).copied().ok_or(Fault::Missing)?;
        of_hosts[place].push(due);
        Ok(())
    })?;
    for of_host in &mut of_hosts {
        // The shared database answers in an order of its own.
        of_host.sort_by_key(|due| due.at.number);
    }
    Ok(of_hosts)
}

/// Writes leases of hosts, with what is to be polled of each.
fn take(tx: &Tx<'_>, hosts: Vec<(Free, Vec<DueSource>)>, claim: &Claim) -> Outcome<Vec<Lease>> {
    let until = claim.now.saturating_add(claim.lease).map_err(|error| Fault::Unstorable(Box::new(error)))?;
    let until = ms(until);
    tx.put_each(
        "UPDATE host SET lease_until = ?3, lease_no = ?4 /*rows FROM */ WHERE shard = ?1 AND host_id = ?2",
        &hosts
            .iter()
            .map(|(Free { at: [shard, id], lease_no, .. }, _)| row![*shard, *id, until, lease_no + 1])
            .collect::<Vec<_>>(),
    )?;
    let leased = |(free, due): (Free, _)| {
        let Free { host, lease_no, gap_ms, .. } = free;
        Ok(Lease { host, number: lease_no + 1, until: rows::moment(until)?, gap_ms, due, more: Vec::new() })
    };
    hosts.into_iter().map(leased).collect()
}

fn free(row: &Row<'_>) -> Outcome<Free> {
    Ok(Free {
        host: Host::from_stored(row.get(0)?),
        at: [row.get(1)?, row.get(2)?],
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
