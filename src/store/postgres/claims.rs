//! Claims of many hosts, each in one statement.
//!
//! A claim passes over what others hold (`SKIP LOCKED`), so two workers never wait for each other. The hosts that waited
//! longest come first, of all shards; where more is due than a claim takes, pollers would walk over each other's hosts,
//! and each begins in a shard that it picks instead.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio_postgres::types::Type;

use super::pool::{Hand, How};
use super::session::Session;
use crate::model::host::{Host, SHARDS};
use crate::store::contract::{Claim, Claimed, Lease};
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::rows::{self, ms};
use crate::store::sql::tx::Row;
use crate::store::sql::{claim, lease};

/// From how many hosts on a claim that was filled tells of a crowd.
const MANY: usize = 50;

/// Rounds of one claim: each but the last gave back hosts with nothing to do, or found too little in a shard.
const ROUNDS: usize = 10;

/// Shards of a crowd into which one claim looks, before it looks everywhere: there it walks over what all others hold.
const SHARDS_LOOKED_INTO: usize = 4;

/// Whether more is due than claims take, and where to begin then.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    is_there: AtomicBool,
    turn: AtomicU64,
    dice: RandomState,
}

impl Crowd {
    /// A shard to look into, where there is a crowd.
    fn shard(&self) -> Option<i64> {
        self.is_there.load(Ordering::Relaxed).then(|| {
            let thrown = self.dice.hash_one(self.turn.fetch_add(1, Ordering::Relaxed));
            i64::try_from(thrown >> 1).expect("63 bits") % SHARDS
        })
    }
}

/// Leases hosts. Each round is a transaction: it goes out whole and is answered at once.
pub(super) fn claim(hand: &mut Hand, claim: &Claim, crowd: &Crowd) -> Outcome<Claimed> {
    // What was leased and lost with the server is leased again.
    let how = How::WriteLightly;
    if claim.only.is_some() {
        return hand.run(how, |tx| claim::claim(tx, claim));
    }
    let mut leases: Vec<(i64, Lease)> = Vec::new();
    let mut looked_into = 0;
    for _ in 0..ROUNDS {
        let wanted = claim.hosts - leases.len();
        let shard = crowd.shard().filter(|_| looked_into < SHARDS_LOOKED_INTO);
        let (found, idle) = match hand.run(how, |tx| leased(tx.session(), claim, wanted, shard)) {
            Ok(found) => found,
            Err(fault) if leases.is_empty() => return Err(fault),
            // What was leased before is polled, and the rest is claimed another time.
            Err(fault) => {
                tracing::warn!(%fault, "a claim is cut short");
                break;
            }
        };
        let taken = found.len() + idle.len();
        leases.extend(found);
        if !idle.is_empty()
            && let Err(fault) = hand.run(how, |tx| lease::release_each(tx, idle.clone()))
        {
            tracing::warn!(%fault, "hosts of which nothing is due keep their leases until these end");
        }
        // What is missing in the shards of a crowd is not looked for among what everybody walks over.
        let is_enough = if shard.is_some() {
            looked_into += 1;
            leases.len() * 2 >= claim.hosts
        } else {
            crowd.is_there.store(wanted >= MANY && taken == wanted, Ordering::Relaxed);
            taken < wanted && idle.is_empty()
        };
        if is_enough || leases.len() == claim.hosts {
            break;
        }
    }
    leases.sort_by_key(|(waits, lease)| (*waits, lease.host.shard(), lease.host.id()));
    Ok(Claimed { leases: leases.into_iter().map(|(_, lease)| lease).collect(), ..Claimed::default() })
}

/// Hosts with what is due of them, each with the moment since which it waits; and the leases of hosts of which nothing is.
#[allow(clippy::type_complexity, reason = "two lists of one statement")]
fn leased(
    session: &Session,
    claim: &Claim,
    hosts: usize,
    shard: Option<i64>,
) -> Outcome<(Vec<(i64, Lease)>, Vec<[i64; 3]>)> {
    let until = claim.now.saturating_add(claim.lease).map_err(|error| Fault::Unstorable(Box::new(error)))?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (now, until_ms, hosts, sources) = (ms(claim.now), ms(until), count(hosts), count(claim.sources_per_host));
    let rows = match shard {
        None => session.last_rows(
            &ANYWHERE,
            &[Type::INT8, Type::INT8, Type::INT8, Type::INT8],
            &[&now, &until_ms, &hosts, &sources],
        )?,
        Some(shard) => {
            let types = [Type::INT8, Type::INT8, Type::INT8, Type::INT8, Type::INT8];
            session.last_rows(&IN_SHARD, &types, &[&now, &until_ms, &hosts, &sources, &shard])?
        }
    };
    let mut leases: BTreeMap<[i64; 2], (i64, Lease)> = BTreeMap::new();
    let mut idle = Vec::new();
    for row in &rows {
        let row = Row::Postgres(row);
        let at = [row.get(0)?, row.get(1)?];
        if row.get::<Option<i64>>(HOST_WIDTH + rows::STATE_WIDTH)?.is_none() {
            idle.push([at[0], at[1], row.get(3)?]);
            continue;
        }
        let due = claim::due_source(&row, HOST_WIDTH)?;
        match leases.get_mut(&at) {
            Some((_, lease)) => lease.due.push(due),
            None => {
                let (number, gap_ms) = (row.get(3)?, row.get(4)?);
                let lease = Lease {
                    host: Host::from_stored(row.get(2)?),
                    number,
                    until: rows::moment(until_ms)?,
                    gap_ms,
                    due: vec![due],
                    more: Vec::new(),
                };
                leases.insert(at, (row.get(5)?, lease));
            }
        }
    }
    for (_, lease) in leases.values_mut() {
        lease.due.sort_unstable_by_key(|due| (due.state.next_check, due.at.number));
    }
    Ok((leases.into_values().collect(), idle))
}

/// Columns of a host before those of a source.
const HOST_WIDTH: usize = 6;

/// Hosts of each shard that a claim in all shards looks at: several times as many as it takes, if many wait.
const OF_EACH_SHARD: usize = 16;

/// The statement of a claim in all shards: `$1` is now, `$2` the end of the leases, `$3` and `$4` how many. The hosts of each
/// shard stand in order: those that waited longest of all are found among the first few of each, and looked at once more under
/// their locks. Should one shard have more of them, those come with the next claim.
static ANYWHERE: LazyLock<String> = LazyLock::new(|| {
    claim_sql(&format!(
        "SELECT h.ctid FROM (
             SELECT f.at, f.next_at FROM generate_series(CAST(0 AS bigint), {}) AS s(shard), LATERAL (
                 SELECT h.ctid AS at, h.next_at FROM host h WHERE h.shard = s.shard AND {IS_FREE}
                 ORDER BY h.next_at LIMIT least($3, {OF_EACH_SHARD})) f) f
         JOIN host h ON h.ctid = f.at
         WHERE {IS_FREE} ORDER BY f.next_at LIMIT $3 FOR UPDATE OF h SKIP LOCKED",
        SHARDS - 1
    ))
});

/// The statement of a claim in the shard `$5`.
static IN_SHARD: LazyLock<String> = LazyLock::new(|| {
    claim_sql(&format!(
        "SELECT h.ctid FROM host h WHERE h.shard = $5 AND {IS_FREE} ORDER BY h.next_at LIMIT $3 FOR UPDATE SKIP LOCKED"
    ))
});

/// Whether a host `h` may be leased.
const IS_FREE: &str = "h.next_at <= $1 AND (h.lease_until IS NULL OR h.lease_until <= $1)
    AND (h.blocked_until IS NULL OR h.blocked_until <= $1)";

/// Hosts are updated where they were found, not looked up again. One that another gave back meanwhile stands elsewhere: it is
/// passed over this time.
///
/// The sources of a host are taken in the order of the index: to tell those apart that are due at the same moment all of
/// them would be read and sorted, and a platform has thousands. The few that are taken are put in order by who reads them:
/// the server would copy each row, definition and all.
fn claim_sql(free: &str) -> String {
    format!(
        "WITH free AS MATERIALIZED ({free}),
         taken AS (
             UPDATE host h SET lease_until = $2, lease_no = h.lease_no + 1 FROM free WHERE h.ctid = free.ctid
             RETURNING h.shard, h.host_id, h.name, h.lease_no, h.gap_ms, h.next_at)
         SELECT h.shard, h.host_id, h.name, h.lease_no, h.gap_ms, h.next_at, {}, t.shard, t.source_id, s.definition
         FROM taken h
         LEFT JOIN LATERAL (
             SELECT * FROM source_state d
             WHERE d.shard = h.shard AND d.host_id = h.host_id AND d.turn <= $1 AND d.rests = 0 AND d.due_at <= $1
             ORDER BY d.turn LIMIT $4) t ON true
         LEFT JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id
         {}",
        rows::STATE,
        rows::RECIPE
    )
}
