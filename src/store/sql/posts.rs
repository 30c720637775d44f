//! Lists of posts, newest first. Each walks an index from its top, so a page of them costs what it shows.

use std::borrow::Cow;

use super::categories;
use super::fault::Outcome;
use super::rows::{self};
use super::sources::locate;
use super::tx::{Tx, params};
use super::value::{Bind, Kind, Owned};
use crate::model::feed::{Feed, FeedKind};
use crate::model::post::Post;
use crate::model::source::SourceId;
use crate::store::contract::{SourceRef, Window};

/// What lists the posts of a feed in its order, as shard, `source_id`, key and `listed_at`: a query in which `?1` is the
/// feed's shard, `?2` the number of its source, and `?3` what `named` is.
pub(super) struct Listing {
    pub(super) sql: &'static str,
    pub(super) named: Owned,
}

/// The listing of a feed.
pub(super) fn listing(feed: &Feed) -> Listing {
    let (sql, named) = match &feed.kind {
        FeedKind::All => (
            "SELECT shard, source_id, key, listed_at FROM post INDEXED BY post_newest
             WHERE shard = ?1 AND source_id = ?2 AND excluded = 0 AND ?3 IS NULL ORDER BY listed_at DESC, key",
            Owned::Null,
        ),
        FeedKind::Uncategorized => (
            "SELECT shard, source_id, key, listed_at FROM post INDEXED BY post_uncategorized
             WHERE shard = ?1 AND source_id = ?2 AND categories IS NULL AND excluded = 0 AND ?3 IS NULL
             ORDER BY listed_at DESC, key",
            Owned::Null,
        ),
        FeedKind::Category(path) => (
            "SELECT shard, source_id, key, listed_at FROM post_category
             WHERE shard = ?1 AND source_id = ?2 AND category_id = (
                 SELECT category_id FROM category WHERE shard = ?1 AND source_id = ?2 AND path = ?3)
             ORDER BY listed_at DESC, key",
            Owned::Text(categories::stored_path(path)),
        ),
        FeedKind::Tag(tag) => (
            "SELECT shard, source_id, key, listed_at FROM post_label
             WHERE shard = ?1 AND source_id = ?2 AND kind = 'tag' AND label = ?3 ORDER BY listed_at DESC, key",
            Owned::Text(tag.clone()),
        ),
        FeedKind::Author(author) => (
            "SELECT shard, source_id, key, listed_at FROM post_label
             WHERE shard = ?1 AND source_id = ?2 AND kind = 'author' AND label = ?3 ORDER BY listed_at DESC, key",
            Owned::Text(author.clone()),
        ),
        FeedKind::Merged(_) => (
            "SELECT shard, source_id, key, listed_at FROM merged_post
             WHERE merged_shard = ?1 AND ?2 < 0 AND feed_id = ?3 AND shown = 1
             ORDER BY listed_at DESC, key, shard, source_id",
            Owned::Int(feed.feed_id),
        ),
    };
    Listing { sql, named }
}

/// The columns of a feed's posts beside [`tables`]. Where blogs stand side by side, a post without an author names its
/// blog.
pub(super) fn columns(feed: &Feed) -> Cow<'static, str> {
    match feed.kind {
        FeedKind::Merged(_) => {
            let blog =
                "coalesce(nullif(trim(p.author), ''), nullif(trim(s.title), ''), nullif(trim(t.site_title), ''), s.id)";
            Cow::Owned(rows::POST.replace("p.author", blog))
        }
        FeedKind::All | FeedKind::Category(_) | FeedKind::Uncategorized | FeedKind::Tag(_) | FeedKind::Author(_) => {
            Cow::Borrowed(rows::POST)
        }
    }
}

/// What [`columns`] are read from, beside a listing `w`.
pub(super) fn tables(feed: &Feed) -> &'static str {
    match feed.kind {
        FeedKind::Merged(_) => {
            "CROSS JOIN post p ON p.shard = w.shard AND p.source_id = w.source_id AND p.key = w.key
             CROSS JOIN source s ON s.shard = w.shard AND s.source_id = w.source_id
             CROSS JOIN source_state t ON t.shard = w.shard AND t.source_id = w.source_id"
        }
        FeedKind::All | FeedKind::Category(_) | FeedKind::Uncategorized | FeedKind::Tag(_) | FeedKind::Author(_) => {
            "CROSS JOIN post p ON p.shard = w.shard AND p.source_id = w.source_id AND p.key = w.key"
        }
    }
}

/// The posts of a feed.
pub(super) fn feed_posts(tx: &Tx<'_>, feed: &Feed, window: Window) -> Outcome<Vec<Post>> {
    let Listing { sql, named } = listing(feed);
    let params = params![feed.shard, feed.source_number, named.of_kind(Kind::Int), limit(window), window.offset];
    tx.all(
        &format!(
            "SELECT {} FROM ({sql} LIMIT ?4 OFFSET ?5) w {} ORDER BY w.listed_at DESC, w.key, w.shard, w.source_id",
            columns(feed),
            tables(feed)
        ),
        params,
        |row| rows::post(row, 0),
    )
}

/// All posts of a source's own feed, read in the order in which they lie and not one by one by way of an index. `None`: it
/// holds others than it says.
pub(super) fn as_they_lie(tx: &Tx<'_>, feed: &Feed) -> Outcome<Option<Vec<Post>>> {
    // No more than that: a rule may leave most posts of a large source out.
    let most = i64::from(feed.posts) * 2 + 8;
    let read = tx.all(
        &format!(
            "SELECT {}, p.excluded FROM post p WHERE p.shard = ?1 AND p.source_id = ?2 ORDER BY p.key LIMIT ?3",
            rows::POST
        ),
        params![feed.shard, feed.source_number, most],
        |row| Ok((rows::post(row, 0)?, row.get::<i64>(rows::POST_WIDTH)? == 0)),
    )?;
    let mut posts: Vec<Post> = read.into_iter().filter(|(_, shown)| *shown).map(|(post, _)| post).collect();
    posts.sort_by(|one, other| other.listed_at.cmp(&one.listed_at).then_with(|| one.key.cmp(&other.key)));
    Ok((posts.len() == usize::try_from(feed.posts).unwrap_or(usize::MAX)).then_some(posts))
}

/// The posts of a source, or of all.
pub(super) fn posts(tx: &Tx<'_>, source: Option<&SourceId>, window: Window) -> Outcome<Vec<Post>> {
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

fn of_source(tx: &Tx<'_>, at: SourceRef, window: Window) -> Outcome<Vec<Post>> {
    select(
        tx,
        "FROM post p INDEXED BY post_newest WHERE p.shard = ?1 AND p.source_id = ?2
         ORDER BY p.listed_at DESC, p.key LIMIT ?3 OFFSET ?4",
        params![at.shard, at.number, limit(window), window.offset],
    )
}

fn select(tx: &Tx<'_>, from: &str, params: &[&dyn Bind]) -> Outcome<Vec<Post>> {
    tx.all(&format!("SELECT {} {from}", rows::POST), params, |row| rows::post(row, 0))
}

fn limit(window: Window) -> i64 {
    window.limit.map_or(i64::MAX, i64::from)
}
