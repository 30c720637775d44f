//! Lists of posts, newest first. Each walks an index from its top, so a page of them costs what it shows.

use rusqlite::{ToSql, Transaction, params};

use super::categories::Categories;
use super::fault::Outcome;
use super::rows::{self, all};
use super::sources::locate;
use crate::model::feed::{Feed, FeedKind};
use crate::model::post::Post;
use crate::model::source::SourceId;
use crate::store::contract::{SourceRef, Window};

/// The posts of a feed.
pub(super) fn feed_posts(tx: &Transaction<'_>, feed: &Feed, window: Window) -> Outcome<Vec<Post>> {
    let at = SourceRef { shard: feed.shard, number: feed.source_number };
    match &feed.kind {
        FeedKind::All => of_source(tx, at, window),
        FeedKind::Uncategorized => select(
            tx,
            "FROM post p INDEXED BY post_uncategorized
             WHERE p.shard = ?1 AND p.source_id = ?2 AND p.categories IS NULL
             ORDER BY p.listed_at DESC, p.key LIMIT ?3 OFFSET ?4",
            params![at.shard, at.number, limit(window), window.offset],
        ),
        FeedKind::Category(path) => match Categories::of(tx, at).stored_number(path)? {
            None => Ok(Vec::new()),
            Some(category) => select(
                tx,
                "FROM post_category c
                 CROSS JOIN post p ON p.shard = c.shard AND p.source_id = c.source_id AND p.key = c.key
                 WHERE c.shard = ?1 AND c.source_id = ?2 AND c.category_id = ?5
                 ORDER BY c.listed_at DESC, c.key LIMIT ?3 OFFSET ?4",
                params![at.shard, at.number, limit(window), window.offset, category],
            ),
        },
    }
}

/// The posts of a source, or of all.
pub(super) fn posts(tx: &Transaction<'_>, source: Option<&SourceId>, window: Window) -> Outcome<Vec<Post>> {
    match source {
        Some(id) => match locate(tx, id)? {
            Some(at) => of_source(tx, at, window),
            None => Ok(Vec::new()),
        },
        // No index orders the posts of all sources: the narrow one is sorted, and only what is shown is read.
        None => select(
            tx,
            "FROM (SELECT shard, source_id, listed_at, key FROM post INDEXED BY post_newest
                   ORDER BY listed_at DESC, key, shard, source_id LIMIT ?1 OFFSET ?2) w
             CROSS JOIN post p ON p.shard = w.shard AND p.source_id = w.source_id AND p.key = w.key
             ORDER BY w.listed_at DESC, w.key, w.shard, w.source_id",
            params![limit(window), window.offset],
        ),
    }
}

fn of_source(tx: &Transaction<'_>, at: SourceRef, window: Window) -> Outcome<Vec<Post>> {
    select(
        tx,
        "FROM post p INDEXED BY post_newest WHERE p.shard = ?1 AND p.source_id = ?2
         ORDER BY p.listed_at DESC, p.key LIMIT ?3 OFFSET ?4",
        params![at.shard, at.number, limit(window), window.offset],
    )
}

fn select(tx: &Transaction<'_>, from: &str, params: &[&dyn ToSql]) -> Outcome<Vec<Post>> {
    let mut statement = tx.prepare_cached(&format!("SELECT {} {from}", rows::POST))?;
    all(&mut statement, params, |row| rows::post(row, 0))
}

/// A negative limit is none.
fn limit(window: Window) -> i64 {
    window.limit.map_or(-1, i64::from)
}
