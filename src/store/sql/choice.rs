//! Another choice: posts leave feeds and come to them at once, as if it had always been so.
//!
//! Nothing is announced by it. What a choice no longer lets in leaves full archive pages too, and nothing else moves in
//! them (docs/adr/0007). A feed that is no longer offered stays as it is, so that it is itself when it is chosen again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::archive;
use super::fault::Outcome;
use super::feeds::{self, FEED_KINDS};
use super::members::{self, Holder, Holders, Members};
use super::rows::{self};
use super::tx::{Tx, params};
use crate::model::choice::Choice;
use crate::model::feed::FeedKind;
use crate::model::post::Post;
use crate::store::contract::SourceRef;

/// Makes `choice` hold for a source.
pub(super) fn apply(tx: &Tx<'_>, at: SourceRef, choice: &Choice, now: Timestamp) -> Outcome<()> {
    let before = members::choice(tx, at)?;
    if before == *choice {
        return Ok(());
    }
    write(tx, at, choice)?;
    let held = Holders { chooser: members::chooser(before)?, merged: Holders::of(tx, at)?.merged };
    let hold = Holders { chooser: members::chooser(choice.clone())?, merged: held.merged.clone() };
    rejudge(tx, at, &held, &hold, now)?;
    offer(tx, at, choice)?;
    Ok(())
}

/// Keeps a choice; the usual one is not written.
pub(super) fn write(tx: &Tx<'_>, at: SourceRef, choice: &Choice) -> Outcome<()> {
    let json = (!choice.is_usual()).then(|| serde_json::to_string(choice)).transpose()?;
    tx.execute(
        "UPDATE source SET choice = ?3 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, json],
    )?;
    Ok(())
}

/// Offers the feeds that are wanted, and no others.
fn offer(tx: &Tx<'_>, at: SourceRef, choice: &Choice) -> Outcome<()> {
    let kinds = tx.all(FEED_KINDS, params![at.shard, at.number], |row| {
        let (word, category): (String, String) = (row.get(1)?, row.get(2)?);
        Ok((row.get::<i64>(0)?, rows::feed_kind(&word, &category)?))
    })?;
    for (feed, kind) in kinds {
        feeds::offer(tx, at.shard, feed, choice.wants(&kind))?;
    }
    Ok(())
}

/// Moves every post of a source from the feeds that held it to those that are to hold it.
pub(super) fn rejudge(tx: &Tx<'_>, at: SourceRef, before: &Holders, after: &Holders, now: Timestamp) -> Outcome<()> {
    let posts = tx.all(
        &format!("SELECT {} FROM post p WHERE p.shard = ?1 AND p.source_id = ?2 ORDER BY p.key", rows::POST),
        params![at.shard, at.number],
        |row| rows::post(row, 0),
    )?;
    let mut members = Members::of(tx, at);
    let mut excluded = BTreeSet::new();
    let mut lost: BTreeMap<Holder, BTreeSet<&str>> = BTreeMap::new();
    for post in &posts {
        let (was, is) = (!before.chooser.lets_in(post), !after.chooser.lets_in(post));
        members.note_exclusion(post, was, is)?;
        if is && !was {
            excluded.insert(post.entry_id.as_str());
            withhold(tx, at, post)?;
        }
        let (held, holds) = (before.of_post(post), after.of_post(post));
        if held == holds {
            continue;
        }
        let left: BTreeSet<Holder> = held.difference(&holds).cloned().collect();
        let entered: BTreeSet<Holder> = holds.difference(&held).cloned().collect();
        for holder in &left {
            lost.entry(holder.clone()).or_default().insert(&post.entry_id);
        }
        members.shift((post, &left), (post, &entered))?;
    }
    let touched = members.finish()?;
    touched.note_choice(tx, at, now)?;
    touched.write(tx, at, after.chooser.choice())?;
    // Whatever page holds it: it may have left the feed long ago, and the page has kept it.
    let own = tx.all(FEED_KINDS, params![at.shard, at.number], |row| {
        let (word, category): (String, String) = (row.get(1)?, row.get(2)?);
        Ok((row.get::<i64>(0)?, rows::feed_kind(&word, &category)?))
    })?;
    for (feed, kind) in own {
        // That feeds of tags and authors are no longer kept is nothing that their posts did.
        let is_kept = !matches!(kind, FeedKind::Tag(_) | FeedKind::Author(_));
        let counts = is_kept || after.chooser.choice().wants(&kind);
        let mut gone = excluded.clone();
        if counts && let Some(lost) = lost.get(&Holder::Own(kind)) {
            gone.extend(lost);
        }
        archive::purge(tx, [at.shard, at.number, feed], &gone, now)?;
    }
    for (holder, gone) in &lost {
        if let Holder::Merged(feed) = holder {
            archive::purge(tx, [feed.shard, feeds::NO_SOURCE, feed.feed], gone, now)?;
        }
    }
    Ok(())
}

/// Takes back what is owed and not yet under way of a post that nobody wants to hear of.
fn withhold(tx: &Tx<'_>, at: SourceRef, post: &Post) -> Outcome<()> {
    tx.execute(
        "DELETE FROM outbox WHERE shard = ?1 AND source_id = ?2 AND key = ?3 AND sent_at IS NULL AND dead_at IS NULL
         AND lease_until IS NULL",
        params![at.shard, at.number, post.key.as_str()],
    )?;
    Ok(())
}
