//! What is stored about the posts of one page: a probe for each of its keys and days, whatever else is stored.

use jiff::{SignedDuration, Timestamp};

use super::fault::Outcome;
use super::gone;
use super::rows::{self, moment, ms};
use super::tx::{Tx, params};
use super::value::Bind;
use crate::model::link::PostKey;
use crate::model::post::{KnownPost, Post};
use crate::store::contract::{Known, KnownQuery, SourceRef};

/// Answers a query.
pub(super) fn known(tx: &Tx<'_>, at: SourceRef, query: &KnownQuery) -> Outcome<Known> {
    let mut known = Known { lowest_undated: lowest_undated(tx, at)?, ..Known::default() };
    for key in &query.keys {
        if let Some(post) = post_of(tx, at, key)? {
            known.posts.insert(key.clone(), rows::known(post));
        } else if let Some(entry_id) = gone::id_of(tx, at, key)? {
            known.gone.insert(key.clone(), entry_id);
        }
    }
    for title in &query.titles {
        known.titled.extend(titled(tx, at, title)?);
    }
    for day in &query.days {
        if let Some(extent) = extent(tx, at, *day)? {
            known.days.insert(*day, extent);
        }
    }
    Ok(known)
}

/// The post that is stored under its own key.
pub(super) fn post(tx: &Tx<'_>, at: SourceRef, key: &PostKey) -> Outcome<Option<Post>> {
    tx.first(
        &format!("SELECT {} FROM post p WHERE p.shard = ?1 AND p.source_id = ?2 AND p.key = ?3", rows::POST),
        params![at.shard, at.number, key.as_str()],
        |row| rows::post(row, 0),
    )
}

/// The post that is known under a key, be it another one of its own.
pub(super) fn post_of(tx: &Tx<'_>, at: SourceRef, key: &PostKey) -> Outcome<Option<Post>> {
    match post(tx, at, key)? {
        Some(post) => Ok(Some(post)),
        None => post_of_alias(tx, at, key),
    }
}

fn post_of_alias(tx: &Tx<'_>, at: SourceRef, key: &PostKey) -> Outcome<Option<Post>> {
    tx.first(
        &format!(
            "SELECT {} FROM alias a
             CROSS JOIN post p ON p.shard = a.shard AND p.source_id = a.source_id AND p.key = a.post_key
             WHERE a.shard = ?1 AND a.source_id = ?2 AND a.key = ?3",
            rows::POST
        ),
        params![at.shard, at.number, key.as_str()],
        |row| rows::post(row, 0),
    )
}

/// The posts that bear a title; of one that many bear, the newest few.
fn titled(tx: &Tx<'_>, at: SourceRef, title: &str) -> Outcome<Vec<KnownPost>> {
    tx.all(
        &format!(
            // Left to itself the database takes the index of the order, and walks through all posts.
            "SELECT {} FROM post p INDEXED BY post_titled WHERE p.shard = ?1 AND p.source_id = ?2 AND p.title = ?3
                 /*pg AND left(p.title, 200) = left(?3, 200) */
             ORDER BY p.listed_at DESC LIMIT 20",
            rows::POST
        ),
        params![at.shard, at.number, title],
        |row| Ok(rows::known(rows::post(row, 0)?)),
    )
}

/// The lowest and highest place in the feeds within the 24 hours from `day` on.
fn extent(tx: &Tx<'_>, at: SourceRef, day: Timestamp) -> Outcome<Option<(Timestamp, Timestamp)>> {
    let end = day.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
    let bounds = params![at.shard, at.number, ms(day), ms(end)];
    let lowest = place(
        tx,
        "SELECT listed_at FROM post WHERE shard = ?1 AND source_id = ?2 AND listed_at >= ?3 AND listed_at < ?4
         ORDER BY listed_at LIMIT 1",
        bounds,
    )?;
    let highest = place(
        tx,
        "SELECT listed_at FROM post WHERE shard = ?1 AND source_id = ?2 AND listed_at >= ?3 AND listed_at < ?4
         ORDER BY listed_at DESC LIMIT 1",
        bounds,
    )?;
    Ok(lowest.zip(highest))
}

fn lowest_undated(tx: &Tx<'_>, at: SourceRef) -> Outcome<Option<Timestamp>> {
    place(
        tx,
        "SELECT listed_at FROM post WHERE shard = ?1 AND source_id = ?2 AND published_at IS NULL
         ORDER BY listed_at LIMIT 1",
        params![at.shard, at.number],
    )
}

fn place(tx: &Tx<'_>, sql: &str, params: &[&dyn Bind]) -> Outcome<Option<Timestamp>> {
    tx.first(sql, params, |row| moment(row.get(0)?))
}
