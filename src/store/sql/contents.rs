//! What many feeds show, read together.
//!
//! A post stands in the feed of its source and in those of its categories, tags and author: it is read once, and the other
//! feeds are lists of keys.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::fault::Outcome;
use super::given::row;
use super::gone::{self, Gone};
use super::posts::{self, Listing};
use super::rows;
use super::tx::{Tx, params};
use super::value::Kind;
use crate::model::feed::{Feed, FeedKind};
use crate::model::post::Post;
use crate::store::contract::{SourceRef, Window};
use crate::store::shown::{Content, MOST_TOMBSTONES};

/// What was read of a source.
struct Read {
    posts: HashMap<String, Arc<Post>>,
    gone: Vec<Gone>,
}

/// What the documents of these feeds show, in their order.
pub(super) fn contents(tx: &Tx<'_>, feeds: &[Feed], most: Option<u32>) -> Outcome<Vec<Content>> {
    let mut sources: HashMap<SourceRef, Read> = HashMap::new();
    let mut contents = Vec::with_capacity(feeds.len());
    for feed in feeds {
        if matches!(feed.kind, FeedKind::Merged(_)) {
            let posts = whole(tx, feed, most)?;
            contents.push(Content { posts, tombstones: gone::tombstones(tx, feed, MOST_TOMBSTONES)? });
            continue;
        }
        let at = SourceRef { shard: feed.shard, number: feed.source_number };
        let posts = if let Some(read) = sources.get_mut(&at) {
            listed(tx, feed, most, &mut read.posts)?
        } else {
            let posts = whole(tx, feed, most)?;
            let by_key = posts.iter().map(|post| (post.key.as_str().to_owned(), Arc::clone(post))).collect();
            sources.insert(at, Read { posts: by_key, gone: gone::of_source(tx, at)? });
            posts
        };
        let gone = sources.get(&at).map(|read| gone::of_feed(&read.gone, &feed.kind, MOST_TOMBSTONES));
        contents.push(Content { posts, tombstones: gone.unwrap_or_default() });
    }
    Ok(contents)
}

fn whole(tx: &Tx<'_>, feed: &Feed, most: Option<u32>) -> Outcome<Vec<Arc<Post>>> {
    let holds_all = feed.kind == FeedKind::All && most.is_none_or(|most| feed.posts <= most);
    let posts = match if holds_all { posts::as_they_lie(tx, feed)? } else { None } {
        Some(posts) => posts,
        None => posts::feed_posts(tx, feed, Window { offset: 0, limit: most })?,
    };
    Ok(posts.into_iter().map(Arc::new).collect())
}

/// The posts of a feed, of which those are read that were not read before.
fn listed(
    tx: &Tx<'_>,
    feed: &Feed,
    most: Option<u32>,
    read: &mut HashMap<String, Arc<Post>>,
) -> Outcome<Vec<Arc<Post>>> {
    let Listing { sql, named } = posts::listing(feed);
    let most = most.map_or(i64::MAX, i64::from);
    let of_feed = params![feed.shard, feed.source_number, named.of_kind(Kind::Int), most];
    let mut missing = Vec::new();
    let keys: Vec<Result<Arc<Post>, String>> = tx.all(&format!("{sql} LIMIT ?4"), of_feed, |row| {
        let key = row.text(2)?;
        Ok(read.get(key).map(Arc::clone).ok_or_else(|| {
            missing.push(key.to_owned());
            key.to_owned()
        }))
    })?;
    let rows: Vec<_> = missing.iter().map(|key| row![feed.shard, feed.source_number, key.as_str()]).collect();
    let one = "FROM post p /*rows CROSS JOIN */ WHERE p.shard = ?1 AND p.source_id = ?2 AND p.key = ?3";
    for post in tx.all_each(&format!("SELECT {} {one}", rows::POST), &rows, |row| rows::post(row, 0))? {
        read.insert(post.key.as_str().to_owned(), Arc::new(post));
    }
    Ok(keys.into_iter().filter_map(|post| post.or_else(|key| read.get(&key).map(Arc::clone).ok_or(key)).ok()).collect())
}
