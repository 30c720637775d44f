//! Archive pages: what is full is kept as it is for ever, what is not is what the pages do not hold.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::feeds::NO_SOURCE;
use super::posts::{self, Listing};
use super::rows::{self, ms};
use super::tx::{Tx, params};
use super::value::{Kind, Owned};
use crate::model::feed::{ArchivePage, Feed, FeedKind};
use crate::model::post::Post;

/// A limit that is none.
const ALL: i64 = i64::MAX;

/// How hard pages are compressed: they are written once and seldom read.
const LEVEL: i32 = 12;

/// What a frozen page knows a post by: its key, in a merged feed its id, since two blogs may have one key.
fn name<'a>(feed: &Feed, post: &'a Post) -> &'a str {
    match feed.kind {
        FeedKind::Merged(_) => &post.entry_id,
        FeedKind::All | FeedKind::Category(_) | FeedKind::Uncategorized | FeedKind::Tag(_) | FeedKind::Author(_) => {
            post.key.as_str()
        }
    }
}

/// The posts of a feed that are neither among its newest nor frozen as they are now, oldest first, as far as the caller
/// knows the frozen pages: one that was told of fewer sees the archive as it was then.
pub(super) fn open_posts(tx: &Tx<'_>, feed: &Feed, newest: u32) -> Outcome<Vec<Post>> {
    let Open { from, named } = open(feed);
    let since = open_from(tx, feed)?;
    tx.all(
        &format!(
            "SELECT {} {from} ORDER BY w.listed_at, w.key DESC, w.shard DESC, w.source_id DESC",
            posts::columns(feed)
        ),
        params![
            feed.shard,
            feed.source_number,
            named.of_kind(Kind::Int),
            newest,
            feed.feed_id,
            feed.archived,
            since.unwrap_or(i64::MIN)
        ],
        |row| rows::post(row, 0),
    )
}

/// Where the open posts of a feed are found: `?1` to `?3` as in its [`Listing`], behind so many (`?4`) of its newest, not
/// in the first (`?6`) frozen pages of the feed `?5`, and not listed before `?7`.
struct Open {
    from: String,
    named: Owned,
}

fn open(feed: &Feed) -> Open {
    let Listing { sql, named } = posts::listing(feed);
    let name = if matches!(feed.kind, FeedKind::Merged(_)) { "p.entry_id" } else { "w.key" };
    let since = sql.replacen("ORDER BY", "AND listed_at >= ?7 ORDER BY", 1);
    let from = format!(
        "FROM ({since} LIMIT {ALL} OFFSET ?4) w {}
         WHERE NOT EXISTS (SELECT 1 FROM archived_post a WHERE a.shard = ?1 AND a.source_id = ?2 AND a.feed_id = ?5
                               AND a.key = {name} AND a.page <= ?6 AND a.updated >= p.updated)",
        posts::tables(feed)
    );
    Open { from, named }
}

/// Before which moment nothing of a feed is open, as far as that is known of its archive as the caller knows it.
///
/// A merged feed shows another copy of a post where one leaves, so its walk is through all of it.
fn open_from(tx: &Tx<'_>, feed: &Feed) -> Outcome<Option<i64>> {
    if matches!(feed.kind, FeedKind::Merged(_)) {
        return Ok(None);
    }
    let known = tx.first(
        "SELECT open_from FROM feed WHERE shard = ?1 AND feed_id = ?2 AND archived = ?3",
        params![feed.shard, feed.feed_id, feed.archived],
        |row| row.get::<Option<i64>>(0),
    )?;
    Ok(known.flatten())
}

/// Notes from where on a feed is open, now that so many of its pages are frozen. `since`: what was known before.
fn note_open(tx: &Tx<'_>, feed: &Feed, archived: u32, since: Option<i64>) -> Outcome<()> {
    let Open { from, named } = open(feed);
    let oldest = tx.one(
        &format!("SELECT min(w.listed_at) {from}"),
        params![
            feed.shard,
            feed.source_number,
            named.of_kind(Kind::Int),
            0_u32,
            feed.feed_id,
            archived,
            since.unwrap_or(i64::MIN)
        ],
        |row| row.get::<Option<i64>>(0),
    )?;
    if let Some(oldest) = oldest {
        tx.execute(
            "UPDATE feed SET open_from = ?3 WHERE shard = ?1 AND feed_id = ?2",
            params![feed.shard, feed.feed_id, oldest],
        )?;
    }
    Ok(())
}

/// A frozen page.
pub(super) fn page(tx: &Tx<'_>, feed: &Feed, page: u32) -> Outcome<Option<ArchivePage>> {
    tx.first(
        "SELECT content FROM archive_page WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3 AND page = ?4",
        params![feed.shard, feed.source_number, feed.feed_id, page],
        |row| unpacked(&row.get::<Vec<u8>>(0)?, || format!("{} {page}", feed.path)),
    )
}

fn packed(page: &ArchivePage) -> Outcome<Vec<u8>> {
    let json = serde_json::to_vec(page)?;
    Ok(zstd::encode_all(&json[..], LEVEL).expect("memory takes every byte"))
}

fn unpacked(content: &[u8], name: impl Fn() -> String) -> Outcome<ArchivePage> {
    let corrupt = || Fault::corrupt("archive page", &name());
    let json = zstd::decode_all(content).map_err(|_| corrupt())?;
    serde_json::from_slice(&json).map_err(|_| corrupt())
}

/// Takes posts, told by their entry ids, out of the frozen pages of the feed at (shard, source, feed). The pages keep their
/// numbers and all else, and are written anew; what was taken out is open again if it ever comes back.
pub(super) fn purge(tx: &Tx<'_>, at: [i64; 3], gone: &BTreeSet<&str>, now: Timestamp) -> Outcome<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let [shard, source, feed] = at;
    let pages: Vec<(i64, Vec<u8>)> = tx.all(
        "SELECT page, content FROM archive_page WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3 ORDER BY page",
        params![shard, source, feed],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut first = None;
    for (number, content) in pages {
        let mut page = unpacked(&content, || format!("{feed} {number}"))?;
        let (out, rest): (Vec<Post>, Vec<Post>) =
            page.posts.into_iter().partition(|post| gone.contains(post.entry_id.as_str()));
        if out.is_empty() {
            continue;
        }
        page.posts = rest;
        first.get_or_insert(number);
        tx.execute(
            "UPDATE archive_page SET content = ?5 WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3 AND page = ?4",
            params![shard, source, feed, number, packed(&page)?],
        )?;
        for post in out {
            let name = if source == NO_SOURCE { post.entry_id.as_str() } else { post.key.as_str() };
            tx.execute(
                "DELETE FROM archived_post WHERE shard = ?1 AND source_id = ?2 AND feed_id = ?3 AND key = ?4",
                params![shard, source, feed, name],
            )?;
        }
    }
    if let Some(first) = first {
        tx.execute(
            "UPDATE feed SET version = version + 1,
                 published_pages = CASE WHEN published_pages < ?3 THEN published_pages ELSE ?3 - 1 END,
                 rechosen_at = ?4
             WHERE shard = ?1 AND feed_id = ?2",
            params![shard, feed, first, ms(now)],
        )?;
    }
    Ok(())
}

/// Freezes pages that follow those of `feed`.
pub(super) fn freeze(tx: &Tx<'_>, feed: &Feed, pages: &[ArchivePage]) -> Outcome<u32> {
    let mut last = feed.archived;
    let since = open_from(tx, feed)?;
    let count = i64::try_from(pages.len()).unwrap_or(i64::MAX);
    let raised = tx.execute(
        "UPDATE feed SET archived = archived + ?4 WHERE shard = ?1 AND feed_id = ?2 AND archived = ?3",
        params![feed.shard, feed.feed_id, feed.archived, count],
    )?;
    if raised == 0 {
        return tx.one(
            "SELECT archived FROM feed WHERE shard = ?1 AND feed_id = ?2",
            params![feed.shard, feed.feed_id],
            |row| row.get(0),
        );
    }
    for page in pages {
        last += 1;
        let content = packed(page)?;
        tx.execute(
            "INSERT INTO archive_page (shard, source_id, feed_id, page, content) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![feed.shard, feed.source_number, feed.feed_id, last, content],
        )?;
        for post in &page.posts {
            tx.execute(
                "INSERT INTO archived_post (shard, source_id, feed_id, key, page, updated)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (shard, source_id, feed_id, key) DO UPDATE
                     SET page = excluded.page, updated = excluded.updated",
                params![feed.shard, feed.source_number, feed.feed_id, name(feed, post), last, ms(post.updated)],
            )?;
        }
    }
    if !matches!(feed.kind, FeedKind::Merged(_)) {
        note_open(tx, feed, last, since)?;
    }
    Ok(last)
}
