//! Archive pages: what is full is kept as it is for ever, what is not is what the pages do not hold.

use rusqlite::{Transaction, params};

use super::categories::Categories;
use super::fault::{Fault, Outcome};
use super::rows::{self, all, first, ms};
use crate::model::feed::{ArchivePage, Feed, FeedKind};
use crate::model::post::Post;
use crate::store::contract::SourceRef;

/// How hard pages are compressed: they are written once and seldom read.
const LEVEL: i32 = 12;

/// Takes from the posts that `w` lists those that no frozen page holds as they are now, as far as the caller knows the
/// frozen pages: one that was told of fewer sees the archive as it was then.
const OPEN: &str = "CROSS JOIN post p ON p.shard = ?1 AND p.source_id = ?2 AND p.key = w.key
     WHERE NOT EXISTS (SELECT 1 FROM archived_post a WHERE a.shard = ?1 AND a.source_id = ?2 AND a.feed_id = ?3
                           AND a.key = w.key AND a.page <= ?6 AND a.updated >= p.updated)
     ORDER BY w.listed_at, w.key DESC";

/// The posts of a feed that are neither among its newest nor frozen, oldest first.
pub(super) fn open_posts(tx: &Transaction<'_>, feed: &Feed, newest: u32) -> Outcome<Vec<Post>> {
    let at = SourceRef { shard: feed.shard, number: feed.source_number };
    let (listed, category) = match &feed.kind {
        FeedKind::All => ("post INDEXED BY post_newest WHERE shard = ?1 AND source_id = ?2 AND ?5 IS NULL", None),
        FeedKind::Uncategorized => (
            "post INDEXED BY post_uncategorized WHERE shard = ?1 AND source_id = ?2 AND categories IS NULL
             AND ?5 IS NULL",
            None,
        ),
        FeedKind::Category(path) => match Categories::of(tx, at).stored_number(path)? {
            None => return Ok(Vec::new()),
            number => ("post_category WHERE shard = ?1 AND source_id = ?2 AND category_id = ?5", number),
        },
    };
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {} FROM (SELECT key, listed_at FROM {listed} ORDER BY listed_at DESC, key LIMIT -1 OFFSET ?4) w {OPEN}",
        rows::POST
    ))?;
    all(&mut statement, params![at.shard, at.number, feed.feed_id, newest, category, feed.archived], |row| {
        rows::post(row, 0)
    })
}

/// A frozen page.
pub(super) fn page(tx: &Transaction<'_>, feed: &Feed, page: u32) -> Outcome<Option<ArchivePage>> {
    let mut statement = tx.prepare_cached(
        "SELECT content FROM archive_page WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3 AND page = ?4",
    )?;
    first(&mut statement, params![feed.shard, feed.source_number, feed.feed_id, page], |row| {
        let content: Vec<u8> = row.get(0)?;
        let corrupt = || Fault::corrupt("archive page", &format!("{} {page}", feed.path));
        let json = zstd::decode_all(&content[..]).map_err(|_| corrupt())?;
        serde_json::from_slice(&json).map_err(|_| corrupt())
    })
}

/// Freezes pages that follow those of `feed`.
pub(super) fn freeze(tx: &Transaction<'_>, feed: &Feed, pages: &[ArchivePage]) -> Outcome<u32> {
    let mut last = feed.archived;
    let count = i64::try_from(pages.len()).unwrap_or(i64::MAX);
    let raised = tx
        .prepare_cached("UPDATE feed SET archived = archived + ?4 WHERE shard = ?1 AND feed_id = ?2 AND archived = ?3")?
        .execute(params![feed.shard, feed.feed_id, feed.archived, count])?;
    if raised == 0 {
        return Ok(tx
            .prepare_cached("SELECT archived FROM feed WHERE shard = ?1 AND feed_id = ?2")?
            .query_row([feed.shard, feed.feed_id], |row| row.get(0))?);
    }
    for page in pages {
        last += 1;
        let json = serde_json::to_vec(page)?;
        let content = zstd::encode_all(&json[..], LEVEL).expect("memory takes every byte");
        tx.prepare_cached(
            "INSERT INTO archive_page (shard, source_id, feed_id, page, content) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![feed.shard, feed.source_number, feed.feed_id, last, content])?;
        for post in &page.posts {
            tx.prepare_cached(
                "INSERT INTO archived_post (shard, source_id, feed_id, key, page, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET page = excluded.page, updated = excluded.updated",
            )?
            .execute(params![
                feed.shard,
                feed.source_number,
                feed.feed_id,
                post.key.as_str(),
                last,
                ms(post.updated)
            ])?;
        }
    }
    Ok(last)
}
