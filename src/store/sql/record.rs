//! A batch of reports, taken in one transaction.
//!
//! Each is fenced by its host's lease. What a batch says is written kind by kind and not report by report, each kind by one
//! statement, which the shared database runs once over all of them. One report that says no more than "not modified" costs
//! one update of its source's state, and one of its host when it is the last.
//!
//! Where there are other writers the hosts of the whole batch are locked first, in the order of their keys, as far as their
//! leases are still held: that keeps everybody else from what belongs to their sources until the end. Then come the merged
//! feeds that they may change, which belong to no host. Nobody locks in another order, and [`Tx::alone`] comes before all
//! of it.
//!
//! What does not depend on each other goes out together: the locks with all that is read under them; the states with the
//! new posts; and whatever those lead to with the end. So a batch takes three rounds, each of them under what is locked in
//! the first.

use std::collections::HashSet;

use jiff::Timestamp;

use super::fault::Outcome;
use super::given::row;
use super::lease::{self, LeaseKey};
use super::rows::ms;
use super::tx::{Tx, params};
use super::{findings, recipes, states};
use crate::store::contract::{Fenced, Recorded};

/// Takes a batch.
pub(in crate::store) fn record(tx: &Tx<'_>, batch: &[Recorded], now: Timestamp) -> Outcome<Vec<Fenced>> {
    let holding = lease::hold(tx, batch)?;
    lock_merged(tx, batch)?;
    let runs = independent(batch);
    // Read under the locks, for it is sent after them.
    let mut asked = Some(findings::ask(tx, runs[0])?);
    let mut held: HashSet<LeaseKey> = holding.held()?.into_iter().collect();
    let mut answers = Vec::with_capacity(batch.len());
    for run in runs {
        let asked = match asked.take() {
            Some(asked) => asked,
            None => findings::ask(tx, run)?,
        };
        let fenced: Vec<&Recorded> = run.iter().filter(|recorded| held.contains(&lease::key_of(recorded))).collect();
        // A source that moved to another host meanwhile is not this lease's any more; the host still is.
        let states = states::write(tx, &fenced)?;
        let posts = asked.write_new(|recorded| held.contains(&lease::key_of(recorded)))?;
        let written = states.written()?;
        let taken: Vec<&Recorded> =
            fenced.iter().zip(written).filter(|(_, written)| *written).map(|(recorded, _)| *recorded).collect();
        findings::write(tx, posts, &taken, now)?;
        for recorded in &taken {
            recipes::learn(tx, recorded.at, recorded.lease, recorded.report.learnt.as_ref())?;
            pace_host(tx, recorded)?;
        }
        let last: Vec<&Recorded> = fenced.into_iter().filter(|recorded| recorded.last_of_host).collect();
        let hosts: Vec<[i64; 2]> = last.iter().map(|last| [last.host.shard(), last.host.id()]).collect();
        lease::give_back_each(tx, &hosts)?;
        for recorded in last {
            held.remove(&lease::key_of(recorded));
        }
        let taken: HashSet<_> = taken.iter().map(|recorded| recorded.at).collect();
        let is_taken = |recorded: &Recorded| taken.contains(&recorded.at);
        answers.extend(run.iter().map(|one| if is_taken(one) { Fenced::Recorded } else { Fenced::LeaseLost }));
    }
    Ok(answers)
}

/// The batch in parts within which no report depends on another: no two are of one source, and none comes after its
/// host's last.
fn independent(batch: &[Recorded]) -> Vec<&[Recorded]> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut sources, mut given_back) = (HashSet::new(), HashSet::new());
    for (index, recorded) in batch.iter().enumerate() {
        if sources.contains(&recorded.at) || given_back.contains(&recorded.host) {
            parts.push(&batch[begin..index]);
            begin = index;
            sources.clear();
            given_back.clear();
        }
        sources.insert(recorded.at);
        if recorded.last_of_host {
            given_back.insert(&recorded.host);
        }
    }
    parts.push(&batch[begin..]);
    parts
}

/// Locks the merged feeds that the reports may change, in the order of their keys.
fn lock_merged(tx: &Tx<'_>, batch: &[Recorded]) -> Outcome<()> {
    let moving = batch.iter().filter(|recorded| findings::moves_feeds(&recorded.report));
    let sources: Vec<_> = moving.map(|recorded| row![recorded.at.shard, recorded.at.number]).collect();
    tx.lock_each(
        "SELECT 1 FROM feed f WHERE (f.shard, f.feed_id) IN (
             SELECT m.merged_shard, m.feed_id FROM merged_source m /*rows CROSS JOIN */
             WHERE m.shard = ?1 AND m.source_id = ?2)
         ORDER BY f.shard, f.feed_id /*pg FOR UPDATE OF f */",
        &sources,
    )
}

/// Keeps what the host asks for. A wish to be left alone is never shortened by a later, smaller one.
fn pace_host(tx: &Tx<'_>, recorded: &Recorded) -> Outcome<()> {
    let Recorded { host, report, .. } = recorded;
    if report.host_gap_ms.is_none() && report.host_blocked_until.is_none() {
        return Ok(());
    }
    tx.put(
        "UPDATE host SET gap_ms = coalesce(?3, gap_ms),
             blocked_until = CASE WHEN ?4 IS NULL OR blocked_until > ?4 THEN blocked_until ELSE ?4 END
         WHERE shard = ?1 AND host_id = ?2",
        params![host.shard(), host.id(), report.host_gap_ms, report.host_blocked_until.map(ms)],
    )
}
