//! Sources that are kept in the state and in no configuration. `written` tells them: the configuration's have none.

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::lease::in_turn;
use super::merged;
use super::rows::ms;
use super::sources::{self, Stored, read_overview, select_overview};
use super::stocking::{self, Found};
use super::tx::{Row, Tx, params};
use crate::model::source::SourceId;
use crate::store::contract::{SourceOverview, SourceRef};
use crate::store::stored::Tally;

fn find(tx: &Tx<'_>, id: &SourceId) -> Outcome<Option<Found>> {
    Ok(stocking::find(tx, &[id])?.remove(id))
}

/// Says from which keys a source of the state was made; `None`: it is the configuration's.
pub(super) fn keep_written(tx: &Tx<'_>, at: SourceRef, written: Option<&str>) -> Outcome<()> {
    tx.execute(
        "UPDATE source SET written = ?3 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, written],
    )?;
    Ok(())
}

/// What is stored of a source that the configuration did not have until now.
pub(super) fn to_be_taken(tx: &Tx<'_>, id: &SourceId) -> Outcome<Option<Stored>> {
    Ok(find(tx, id)?.map(|found| found.stored))
}

/// Takes a source of the state from the schedule.
pub(super) fn remove(tx: &Tx<'_>, id: &SourceId, now: Timestamp) -> Outcome<bool> {
    tx.alone()?;
    let Some(found) = find(tx, id)?.filter(|found| found.written.is_some() && !found.stored.removed) else {
        return Ok(false);
    };
    sources::rest(tx, found.stored.at, now)?;
    merged::forget_source(tx, found.stored.at, now)?;
    Ok(true)
}

/// The keys from which a source of the state was made.
pub(super) fn written(tx: &Tx<'_>, id: &SourceId) -> Outcome<Option<String>> {
    Ok(find(tx, id)?.filter(|found| !found.stored.removed).and_then(|found| found.written))
}

/// A page of all sources that are not removed.
pub(super) fn after(tx: &Tx<'_>, after: Option<&SourceId>, limit: usize) -> Outcome<Vec<SourceOverview>> {
    tx.all(
        &format!("{} WHERE s.removed_at IS NULL AND s.id > ?1 ORDER BY s.id LIMIT ?2", select_overview()),
        params![after.map_or("", SourceId::as_str), many(limit)],
        read_overview,
    )
}

/// These sources.
pub(super) fn named(tx: &Tx<'_>, ids: &[SourceId]) -> Outcome<Vec<SourceOverview>> {
    let found = ids.iter().map(|id| sources::one(tx, id));
    Ok(found.collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Every source of which nobody may be left who names it.
pub(super) fn loose(tx: &Tx<'_>) -> Outcome<Vec<SourceOverview>> {
    let loose = "WHERE s.written IS NULL OR s.removed_at IS NOT NULL ORDER BY s.id";
    tx.all(&format!("{} {loose}", select_overview()), &[], read_overview)
}

/// Sources whose last look failed.
pub(super) fn failing(tx: &Tx<'_>, limit: usize) -> Outcome<Vec<SourceOverview>> {
    let failing = "WHERE t.failures > 0 AND t.rests = 0 ORDER BY t.failures DESC, s.id LIMIT ?1";
    tx.all(&format!("{} {failing}", select_overview()), params![many(limit)], read_overview)
}

/// Sources of the hosts that come next.
pub(super) fn some(tx: &Tx<'_>, limit: usize) -> Outcome<Vec<SourceOverview>> {
    let hosts = tx.all(&in_turn(tx.dialect(), "h.shard, h.host_id", ""), params![many(limit)], |row| {
        Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
    })?;
    let mut found = Vec::new();
    for (shard, host) in hosts.into_iter().take(limit) {
        found.extend(tx.first(
            &format!(
                "{} WHERE t.shard = ?1 AND t.host_id = ?2 AND t.rests = 0 AND t.due_at IS NOT NULL LIMIT 1",
                select_overview()
            ),
            params![shard, host],
            read_overview,
        )?);
    }
    Ok(found)
}

/// How many sources there are.
pub(super) fn tally(tx: &Tx<'_>, now: Timestamp) -> Outcome<Tally> {
    let number = |row: &Row<'_>, column: usize| {
        let count: i64 = row.get::<Option<i64>>(column)?.unwrap_or_default();
        u64::try_from(count).map_err(|_| Fault::corrupt("number of sources", &count))
    };
    let tally = tx.one(
        "SELECT count(*), count(s.written), count(CASE WHEN t.rests = 1 THEN 1 END),
             count(CASE WHEN t.failures > 0 THEN 1 END), count(CASE WHEN t.rests = 0 AND t.due_at <= ?1 THEN 1 END)
         FROM source s JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
         WHERE s.removed_at IS NULL",
        params![ms(now)],
        |row| {
            Ok(Tally {
                sources: number(row, 0)?,
                stored: number(row, 1)?,
                paused: number(row, 2)?,
                failing: number(row, 3)?,
                due: number(row, 4)?,
                posts: 0,
            })
        },
    )?;
    let posts =
        tx.one("SELECT CAST(sum(posts) AS BIGINT) FROM feed WHERE kind = 'all' AND category = ''", &[], |row| {
            number(row, 0)
        })?;
    let excluded =
        tx.one("SELECT CAST(sum(excluded) AS BIGINT) FROM source_state WHERE excluded > 0", &[], |row| number(row, 0))?;
    Ok(Tally { posts: posts + excluded, ..tally })
}

/// A number of rows as SQL takes it.
fn many(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
