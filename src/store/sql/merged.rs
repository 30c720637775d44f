//! Merged feeds: those of the configuration, and the sources that each of them watches.
//!
//! One that is no longer named stays stored and goes on to be filled: when it is named again it is itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::choice::rejudge;
use super::fault::Outcome;
use super::feeds::{self, NO_SOURCE};
use super::members::{self, Holders, MergedRef, query};
use super::rows::{self, ms};
use super::tx::{Tx, params};
use crate::model::merged::{MergedFeed, MergedId};
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;

/// A merged feed as it is stored.
pub(super) struct Stored {
    at: MergedRef,
    feed: MergedFeed,
    removed: bool,
}

/// Makes the store's merged feeds these, over the sources that it has. Writes nothing where nothing changed.
pub(super) fn sync(tx: &Tx<'_>, wanted: &[MergedFeed], now: Timestamp) -> Outcome<()> {
    if wanted.is_empty() && !tx.exists("SELECT 1 FROM merged LIMIT 1", &[])? {
        return Ok(());
    }
    tx.alone()?;
    let before = stored(tx)?;
    let mut after: Vec<Stored> = Vec::with_capacity(wanted.len());
    for feed in wanted {
        let known = before.iter().find(|stored| stored.feed.id == feed.id);
        let at = match known {
            Some(known) => {
                change(tx, known, feed)?;
                known.at
            }
            None => add(tx, feed)?,
        };
        after.push(Stored { at, feed: feed.clone(), removed: false });
    }
    for Stored { at, feed, removed } in &before {
        if wanted.iter().any(|wanted| wanted.id == feed.id) {
            continue;
        }
        if !removed {
            tx.execute(
                "UPDATE merged SET removed_at = ?3 WHERE merged_shard = ?1 AND feed_id = ?2",
                params![at.shard, at.feed, ms(now)],
            )?;
            feeds::offer(tx, at.shard, at.feed, false)?;
        }
        after.push(Stored { at: *at, feed: feed.clone(), removed: true });
    }
    watch(tx, &before, &after, now)
}

/// Compares who watches which source with who is to, and moves the posts of those where that is another.
fn watch(tx: &Tx<'_>, before: &[Stored], after: &[Stored], now: Timestamp) -> Outcome<()> {
    let mut watched: BTreeMap<SourceRef, BTreeSet<MergedRef>> = BTreeMap::new();
    for (at, feed) in tx.all("SELECT shard, source_id, merged_shard, feed_id FROM merged_source", &[], |row| {
        let at = SourceRef { shard: row.get(0)?, number: row.get(1)? };
        Ok((at, MergedRef { shard: row.get(2)?, feed: row.get(3)? }))
    })? {
        watched.entry(at).or_default().insert(feed);
    }
    let changed: BTreeSet<MergedRef> = after
        .iter()
        .filter(|stored| before.iter().any(|old| old.at == stored.at && !old.feed.finds_the_same(&stored.feed)))
        .map(|stored| stored.at)
        .collect();
    for (id, at, removed) in sources(tx)? {
        let wanted: BTreeSet<MergedRef> =
            after.iter().filter(|stored| !removed && stored.feed.watches(&id)).map(|stored| stored.at).collect();
        let held = watched.remove(&at).unwrap_or_default();
        if held == wanted && held.is_disjoint(&changed) {
            continue;
        }
        let queries = |feeds: &BTreeSet<MergedRef>, stored: &[Stored]| {
            let those = stored.iter().filter(|stored| feeds.contains(&stored.at));
            those.map(|stored| Ok((stored.at, query(&stored.feed)?))).collect::<Outcome<Vec<_>>>()
        };
        let chooser = members::chooser(members::choice(tx, at)?)?;
        let before = Holders { chooser: chooser.clone(), merged: queries(&held, before)? };
        let after = Holders { chooser, merged: queries(&wanted, after)? };
        for feed in held.difference(&wanted) {
            tx.execute(
                "DELETE FROM merged_source WHERE shard = ?1 AND source_id = ?2 AND merged_shard = ?3 AND feed_id = ?4",
                params![at.shard, at.number, feed.shard, feed.feed],
            )?;
        }
        for feed in wanted.difference(&held) {
            tx.execute(
                "INSERT INTO merged_source (shard, source_id, merged_shard, feed_id) VALUES (?1, ?2, ?3, ?4)",
                params![at.shard, at.number, feed.shard, feed.feed],
            )?;
        }
        rejudge(tx, at, &before, &after, now)?;
    }
    Ok(())
}

/// Lets those of these merged feeds watch a source that came which are to watch it.
pub(super) fn join(tx: &Tx<'_>, id: &SourceId, at: SourceRef, feeds: &[Stored], now: Timestamp) -> Outcome<()> {
    let wanted: Vec<MergedRef> =
        feeds.iter().filter(|stored| !stored.removed && stored.feed.watches(id)).map(|stored| stored.at).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let before = Holders::of(tx, at)?;
    for feed in wanted {
        tx.execute(
            "INSERT INTO merged_source (shard, source_id, merged_shard, feed_id) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
            params![at.shard, at.number, feed.shard, feed.feed],
        )?;
    }
    rejudge(tx, at, &before, &Holders::of(tx, at)?, now)
}

/// Takes the posts of a source from every merged feed.
pub(super) fn forget_source(tx: &Tx<'_>, at: SourceRef, now: Timestamp) -> Outcome<()> {
    let before = Holders::of(tx, at)?;
    if before.merged.is_empty() {
        return Ok(());
    }
    let after = Holders { chooser: before.chooser.clone(), merged: Vec::new() };
    rejudge(tx, at, &before, &after, now)?;
    tx.execute("DELETE FROM merged_source WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    Ok(())
}

/// Raises every merged feed that watches a source: what its posts say of their blog is another now.
pub(super) fn raise(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    tx.execute(
        "UPDATE feed SET version = version + 1 WHERE (shard, feed_id) IN (
         SELECT merged_shard, feed_id FROM merged_source WHERE shard = ?1 AND source_id = ?2)",
        params![at.shard, at.number],
    )?;
    Ok(())
}

/// The merged feeds that the configuration names, by name.
pub(super) fn merged(tx: &Tx<'_>) -> Outcome<Vec<MergedFeed>> {
    Ok(stored(tx)?.into_iter().filter(|stored| !stored.removed).map(|stored| stored.feed).collect())
}

/// A merged feed, named or not.
pub(super) fn one(tx: &Tx<'_>, id: &MergedId) -> Outcome<Option<MergedFeed>> {
    tx.first("SELECT definition FROM merged WHERE id = ?1", params![id.as_str()], |row| {
        rows::json("merged feed", &row.get::<String>(0)?)
    })
}

/// All that are stored, named or not.
pub(super) fn stored(tx: &Tx<'_>) -> Outcome<Vec<Stored>> {
    tx.all("SELECT merged_shard, feed_id, definition, removed_at IS NOT NULL FROM merged ORDER BY id", &[], |row| {
        Ok(Stored {
            at: MergedRef { shard: row.get(0)?, feed: row.get(1)? },
            feed: rows::json("merged feed", &row.get::<String>(2)?)?,
            removed: row.get(3)?,
        })
    })
}

fn sources(tx: &Tx<'_>) -> Outcome<Vec<(SourceId, SourceRef, bool)>> {
    tx.all("SELECT id, shard, source_id, removed_at IS NOT NULL FROM source ORDER BY id", &[], |row| {
        Ok((rows::source_id(row, 0)?, SourceRef { shard: row.get(1)?, number: row.get(2)? }, row.get(3)?))
    })
}

fn add(tx: &Tx<'_>, feed: &MergedFeed) -> Outcome<MergedRef> {
    let at = feeds::make_merged(tx, &feed.id)?;
    tx.execute(
        "INSERT INTO merged (merged_shard, feed_id, id, definition) VALUES (?1, ?2, ?3, ?4)",
        params![at.shard, at.feed, feed.id.as_str(), serde_json::to_string(feed)?],
    )?;
    Ok(at)
}

fn change(tx: &Tx<'_>, known: &Stored, feed: &MergedFeed) -> Outcome<()> {
    let at = known.at;
    if known.feed == *feed && !known.removed {
        return Ok(());
    }
    tx.execute(
        "UPDATE merged SET definition = ?3, removed_at = NULL WHERE merged_shard = ?1 AND feed_id = ?2",
        params![at.shard, at.feed, serde_json::to_string(feed)?],
    )?;
    // What stands at its top may be another now.
    tx.execute(
        "UPDATE feed SET version = version + 1 WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3",
        params![at.shard, NO_SOURCE, at.feed],
    )?;
    feeds::offer(tx, at.shard, at.feed, true)
}
