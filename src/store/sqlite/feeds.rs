//! Feeds: made on first need, raised once by each report that changes what they show.
//!
//! `posts` and `updated` are kept as posts come and go, never counted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::categories::slug_path;
use super::fault::{Fault, Outcome};
use super::rows::{self, all, ms};
use super::sources::locate;
use crate::model::feed::{Feed, FeedKind, FeedPath, UNCATEGORIZED};
use crate::model::host::stable_id;
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;

/// Finds a feed's source.
const SOURCE: &str = "CROSS JOIN source s ON s.shard = f.shard AND s.source_id = f.source_id";

/// Which feeds of a source a report changes.
#[derive(Debug, Default)]
pub(super) struct Touched(BTreeMap<FeedKind, Touch>);

/// How a report changes a feed.
#[derive(Debug)]
struct Touch {
    posts: i64,
    updated: Timestamp,
}

impl Touched {
    /// A post that was last changed at `updated` comes to a feed (`posts` 1), leaves it (-1) or is another in it (0).
    pub(super) fn add(&mut self, kind: FeedKind, posts: i64, updated: Timestamp) {
        let touch = self.0.entry(kind).or_insert(Touch { posts: 0, updated });
        touch.posts += posts;
        touch.updated = touch.updated.max(updated);
    }

    /// Writes the changes. `raised`: [`raise_all`] was called for this report.
    pub(super) fn write(self, tx: &Transaction<'_>, at: SourceRef, raised: bool) -> Outcome<()> {
        for (kind, touch) in self.0 {
            let (word, category) = rows::stored_kind(&kind);
            let changed = tx
                .prepare_cached(
                    "UPDATE feed SET version = version + ?5, posts = posts + ?6, updated_at = max(updated_at, ?7)
                     WHERE shard = ?1 AND source_id = ?2 AND kind = ?3 AND category = ?4",
                )?
                .execute(params![
                    at.shard,
                    at.number,
                    word,
                    category,
                    i64::from(!raised),
                    touch.posts,
                    ms(touch.updated)
                ])?;
            if changed == 0 {
                make(tx, at, &kind, &touch)?;
            }
        }
        Ok(())
    }
}

fn make(tx: &Transaction<'_>, at: SourceRef, kind: &FeedKind, touch: &Touch) -> Outcome<()> {
    let source = tx
        .prepare_cached("SELECT id FROM source WHERE shard = ?1 AND source_id = ?2")?
        .query_row([at.shard, at.number], |row| Ok(rows::source_id(row, 0)))??;
    let slugs = match kind {
        FeedKind::All => None,
        FeedKind::Uncategorized => Some(UNCATEGORIZED.to_owned()),
        FeedKind::Category(path) => {
            Some(slug_path(tx, at, path)?.ok_or_else(|| Fault::corrupt("category of a feed", path))?)
        }
    };
    let path = FeedPath::new(&source, slugs.as_deref());
    let named = format!("sosik:{}/{}", at.number, slugs.as_deref().unwrap_or_default());
    let urn = Uuid::new_v5(&Uuid::NAMESPACE_URL, named.as_bytes()).urn().to_string();
    let (word, category) = rows::stored_kind(kind);
    tx.prepare_cached(
        "INSERT INTO feed (shard, feed_id, source_id, kind, category, path, urn, version, published_version, updated_at,
             posts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0, ?8, ?9)",
    )?
    .execute(params![
        at.shard,
        free_number(tx, stable_id(named.as_bytes()))?,
        at.number,
        word,
        category,
        path.as_str(),
        urn,
        ms(touch.updated),
        touch.posts
    ])?;
    Ok(())
}

/// The first number from `wanted` on that no feed has.
fn free_number(tx: &Transaction<'_>, wanted: i64) -> Outcome<i64> {
    let mut taken = tx.prepare_cached("SELECT 1 FROM feed WHERE feed_id = ?1")?;
    let mut number = wanted;
    while taken.exists([number])? {
        number = number.checked_add(1).unwrap_or_default();
    }
    Ok(number)
}

/// Raises every feed of a source: what stands at their top is another now.
pub(super) fn raise_all(tx: &Transaction<'_>, at: SourceRef) -> Outcome<()> {
    tx.prepare_cached(
        "UPDATE feed INDEXED BY feed_by_kind SET version = version + 1 WHERE shard = ?1 AND source_id = ?2",
    )?
    .execute([at.shard, at.number])?;
    Ok(())
}

/// All feeds, of one source or of all, by path.
pub(super) fn feeds(tx: &Transaction<'_>, source: Option<&SourceId>) -> Outcome<Vec<Feed>> {
    let Some(id) = source else { return select(tx, &format!("feed f {SOURCE} ORDER BY f.path"), params![]) };
    let Some(at) = locate(tx, id)? else { return Ok(Vec::new()) };
    // Left to itself the database reads all feeds of the shard.
    let from =
        format!("feed f INDEXED BY feed_by_kind {SOURCE} WHERE f.shard = ?1 AND f.source_id = ?2 ORDER BY f.path");
    select(tx, &from, params![at.shard, at.number])
}

/// The feed at a path.
pub(super) fn feed(tx: &Transaction<'_>, path: &FeedPath) -> Outcome<Option<Feed>> {
    Ok(select(tx, &format!("feed f {SOURCE} WHERE f.path = ?1"), params![path.as_str()])?.pop())
}

/// Feeds whose files show an older version, by path.
pub(super) fn stale(tx: &Transaction<'_>, after: Option<&FeedPath>, limit: usize) -> Outcome<Vec<Feed>> {
    let after = after.map_or("", FeedPath::as_str);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from =
        format!("feed f {SOURCE} WHERE f.version > f.published_version AND f.path > ?1 ORDER BY f.path LIMIT ?2");
    select(tx, &from, params![after, limit])
}

/// Feeds whose files show a version that the hub was not told of, by path.
pub(super) fn unannounced(tx: &Transaction<'_>, after: Option<&FeedPath>, limit: usize) -> Outcome<Vec<Feed>> {
    let after = after.map_or("", FeedPath::as_str);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from = format!(
        "feed f {SOURCE} WHERE f.published_version > f.announced_version AND f.path > ?1 ORDER BY f.path LIMIT ?2"
    );
    select(tx, &from, params![after, limit])
}

/// Says which versions the hub was told of: (shard, feed, version).
pub(super) fn mark_announced(tx: &Transaction<'_>, feeds: &[(i64, i64, i64)]) -> Outcome<()> {
    for (shard, feed, version) in feeds {
        tx.prepare_cached("UPDATE feed SET announced_version = ?3 WHERE shard = ?1 AND feed_id = ?2")?
            .execute([shard, feed, version])?;
    }
    Ok(())
}

fn select(tx: &Transaction<'_>, from: &str, params: &[&dyn rusqlite::ToSql]) -> Outcome<Vec<Feed>> {
    let mut statement = tx.prepare_cached(&format!("SELECT {} FROM {from}", rows::FEED))?;
    all(&mut statement, params, rows::feed)
}

/// Says which versions the files show: (shard, feed, version).
pub(super) fn mark_published(tx: &Transaction<'_>, feeds: &[(i64, i64, i64)]) -> Outcome<()> {
    for (shard, feed, version) in feeds {
        tx.prepare_cached(
            "UPDATE feed SET published_version = ?3, published_pages = CASE ?3 WHEN 0 THEN 0 ELSE archived END
             WHERE shard = ?1 AND feed_id = ?2",
        )?
        .execute([shard, feed, version])?;
    }
    Ok(())
}

/// Forgets what was published.
pub(super) fn mark_all_stale(tx: &Transaction<'_>) -> Outcome<()> {
    tx.prepare_cached("UPDATE feed SET published_version = 0, published_pages = 0 WHERE published_version <> 0")?
        .execute([])?;
    Ok(())
}
