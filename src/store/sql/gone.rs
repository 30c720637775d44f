//! Posts that leave: found out by whole walks that do not meet them, remembered by tombstones.

use jiff::Timestamp;

use super::changes::Writer;
use super::fault::Outcome;
use super::rows::{maybe_json, moment, ms, plain};
use super::tx::{Tx, params};
use crate::model::category::CategoryPath;
use crate::model::feed::{Feed, FeedKind, Tombstone};
use crate::model::link::PostKey;
use crate::model::report::{Met, WholeWalk};
use crate::store::contract::SourceRef;

/// Takes what a walk under this lease met. What was read with an older recipe says nothing.
pub(super) fn take(
    tx: &Tx<'_>,
    at: SourceRef,
    lease: i64,
    met: &Met,
    now: Timestamp,
    writer: &mut Writer<'_>,
) -> Outcome<()> {
    let is_current: bool = tx.one(
        "SELECT ?3 > void_lease FROM source_state WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, lease],
        |row| row.get(0),
    )?;
    if !is_current {
        return Ok(());
    }
    if met.anew {
        forget_met(tx, at)?;
    }
    for key in &met.keys {
        tx.execute(
            "INSERT INTO met (shard, source_id, key) VALUES (?1, ?2, coalesce(
                 (SELECT post_key FROM alias WHERE shard = ?1 AND source_id = ?2 AND key = ?3), ?3))
             ON CONFLICT DO NOTHING",
            params![at.shard, at.number, key.as_str()],
        )?;
    }
    let Some(end) = &met.end else { return Ok(()) };
    judge(tx, at, met.begun, end, now, writer)?;
    forget_met(tx, at)?;
    tx.execute(
        "UPDATE source_state SET misses = CASE WHEN EXISTS (
             SELECT 1 FROM missing WHERE shard = ?1 AND source_id = ?2) THEN 1 ELSE 0 END
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
    )?;
    Ok(())
}

/// Forgets the walk under way and what was missing: pages are read in another way from now on.
pub(super) fn forget(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    forget_met(tx, at)?;
    tx.execute("DELETE FROM missing WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    tx.execute(
        "UPDATE source_state SET misses = 0 WHERE shard = ?1 AND source_id = ?2 AND misses <> 0",
        params![at.shard, at.number],
    )?;
    Ok(())
}

fn forget_met(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    tx.execute("DELETE FROM met WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    Ok(())
}

/// Counts what the walk did not meet, and takes away what was not met often and long enough.
fn judge(
    tx: &Tx<'_>,
    at: SourceRef,
    begun: Timestamp,
    end: &WholeWalk,
    now: Timestamp,
    writer: &mut Writer<'_>,
) -> Outcome<()> {
    // Met again, or not missed for so long that nobody remembers.
    tx.execute(
        "DELETE FROM missing WHERE shard = ?1 AND source_id = ?2 AND (last_at < ?3 OR EXISTS (
         SELECT 1 FROM met m WHERE m.shard = ?1 AND m.source_id = ?2 AND m.key = missing.key))",
        params![at.shard, at.number, ms(now.saturating_sub(Met::FORGOTTEN).unwrap_or(Timestamp::MIN))],
    )?;
    let floor = match end {
        WholeWalk::Paged => i64::MIN,
        WholeWalk::DownTo(key) => match super::known::post_of(tx, at, key)? {
            Some(last) => ms(last.listed_at),
            None => return Ok(()),
        },
    };
    let missing: Vec<PostKey> = tx.all(
        "SELECT key FROM post p INDEXED BY post_newest
         WHERE shard = ?1 AND source_id = ?2 AND listed_at > ?3 AND first_seen < ?4 AND NOT EXISTS (
             SELECT 1 FROM met m WHERE m.shard = ?1 AND m.source_id = ?2 AND m.key = p.key)",
        params![at.shard, at.number, floor, ms(begun)],
        |row| Ok(PostKey::from_stored(row.get(0)?)),
    )?;
    let stored: i64 =
        tx.one("SELECT count(*) FROM post WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number], |row| {
            row.get(0)
        })?;
    if !Met::is_believable(missing.len(), usize::try_from(stored).unwrap_or(usize::MAX)) {
        return Ok(());
    }
    for key in &missing {
        let looked = params![at.shard, at.number, key.as_str(), ms(now)];
        tx.execute(
            "INSERT INTO missing (shard, source_id, key, looks, since, last_at) VALUES (?1, ?2, ?3, 1, ?4, ?4)
             ON CONFLICT (shard, source_id, key) DO UPDATE SET looks = missing.looks + 1, last_at = excluded.last_at",
            looked,
        )?;
        let since = ms(now.saturating_sub(Met::ABSENCE).unwrap_or(Timestamp::MIN));
        let limits = params![at.shard, at.number, key.as_str(), Met::LOOKS, since];
        if tx.first(
            "SELECT looks >= ?4 AND since <= ?5 FROM missing WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
            limits,
            |row| plain::<bool>(row, 0),
        )? == Some(true)
        {
            writer.remove(key, now)?;
        }
    }
    Ok(())
}

/// The posts that left a feed, the latest first.
pub(super) fn tombstones(tx: &Tx<'_>, feed: &Feed, limit: usize) -> Outcome<Vec<Tombstone>> {
    let at = SourceRef { shard: feed.shard, number: feed.source_number };
    Ok(of_feed(&of_source(tx, at)?, &feed.kind, limit))
}

/// A post that left, and the categories that it had.
pub(super) struct Gone {
    tombstone: Tombstone,
    categories: Vec<CategoryPath>,
}

/// The posts that left a source, the latest first.
pub(super) fn of_source(tx: &Tx<'_>, at: SourceRef) -> Outcome<Vec<Gone>> {
    tx.all(
        "SELECT entry_id, gone_at, categories FROM tombstone WHERE shard = ?1 AND source_id = ?2
         ORDER BY gone_at DESC, key",
        params![at.shard, at.number],
        |row| {
            let categories = maybe_json("list of categories", row, 2)?.unwrap_or_default();
            Ok(Gone { tombstone: Tombstone { entry_id: row.get(0)?, gone_at: moment(row.get(1)?)? }, categories })
        },
    )
}

/// Those of them that left a feed of that kind, at most `limit`.
pub(super) fn of_feed(gone: &[Gone], kind: &FeedKind, limit: usize) -> Vec<Tombstone> {
    let held = |gone: &&Gone| match kind {
        FeedKind::All => true,
        FeedKind::Uncategorized => gone.categories.is_empty(),
        FeedKind::Category(path) => gone.categories.iter().any(|own| own.with_parents().any(|above| above == *path)),
        FeedKind::Author(_) | FeedKind::Tag(_) | FeedKind::Merged(_) => false,
    };
    gone.iter().filter(held).take(limit).map(|gone| gone.tombstone.clone()).collect()
}

/// The id that the post of a key had before it left.
pub(super) fn id_of(tx: &Tx<'_>, at: SourceRef, key: &PostKey) -> Outcome<Option<String>> {
    tx.first(
        "SELECT entry_id FROM tombstone WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
        params![at.shard, at.number, key.as_str()],
        |row| plain(row, 0),
    )
}
