//! Feeds: made on first need, raised once by each report that changes what they show.
//!
//! `posts` and `updated` are kept as posts come and go, never counted.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::categories::slug_path;
use super::dialect::Dialect;
use super::fault::{Fault, Outcome};
use super::given::row;
use super::later::Later;
use super::members::{Holder, MergedRef};
use super::merged;
use super::rows::{self, ms, plain};
use super::sources::locate;
use super::tx::{Tx, params};
use super::value::Bind;
use crate::model::category::CategoryPath;
use crate::model::choice::Choice;
use crate::model::feed::{Feed, FeedKind, FeedPath, UNCATEGORIZED};
use crate::model::host::{SHARDS, stable_id};
use crate::model::merged::MergedId;
use crate::model::post::Post;
use crate::model::slug;
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;

/// Finds a feed's source.
const SOURCE: &str = "LEFT JOIN source s ON s.shard = f.shard AND s.source_id = f.source_id";

/// The number of the source of a merged feed, which has none: no source has it.
pub(super) const NO_SOURCE: i64 = -1;

/// The numbers and kinds of a source's feeds.
pub(super) const FEED_KINDS: &str =
    "SELECT feed_id, kind, category FROM feed INDEXED BY feed_by_kind WHERE shard = ?1 AND source_id = ?2";

/// Which feeds a report of a source changes.
#[derive(Debug, Default)]
pub(super) struct Touched(BTreeMap<Holder, Touch>);

/// How a report changes a feed.
#[derive(Debug)]
struct Touch {
    posts: i64,
    updated: Timestamp,
    /// The oldest place of a post that came, left or is another: what is open in the feed begins there or above.
    oldest: Timestamp,
    /// The slugs of its category, where they were looked up already.
    slugs: Option<String>,
}

impl Touched {
    /// A post comes to a feed (`posts` 1), leaves it (-1) or is another in it (0).
    pub(super) fn add(&mut self, holder: Holder, posts: i64, post: &Post) {
        let (updated, oldest) = (post.updated, post.listed_at);
        let touch = self.0.entry(holder).or_insert(Touch { posts: 0, updated, oldest, slugs: None });
        touch.posts += posts;
        touch.updated = touch.updated.max(updated);
        touch.oldest = touch.oldest.min(oldest);
    }

    /// Notes the slugs of the categories that were looked up.
    pub(super) fn name(&mut self, slugs: impl Fn(&CategoryPath) -> Option<String>) {
        for (holder, touch) in &mut self.0 {
            if let Holder::Own(FeedKind::Category(path)) = holder {
                touch.slugs = slugs(path);
            }
        }
    }

    /// Notes that another choice is what changed the feeds, and when.
    pub(super) fn note_choice(&self, tx: &Tx<'_>, at: SourceRef, now: Timestamp) -> Outcome<()> {
        for holder in self.0.keys() {
            match holder {
                Holder::Own(kind) => {
                    let (word, category) = rows::stored_kind(kind);
                    tx.execute(
                        "UPDATE feed SET rechosen_at = ?5
                         WHERE shard = ?1 AND source_id = ?2 AND kind = ?3 AND category = ?4",
                        params![at.shard, at.number, word, category, ms(now)],
                    )?;
                }
                Holder::Merged(feed) => {
                    tx.execute(
                        "UPDATE feed SET rechosen_at = ?3 WHERE shard = ?1 AND feed_id = ?2",
                        params![feed.shard, feed.feed, ms(now)],
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Writes the changes that another choice of a source makes.
    pub(super) fn write(self, tx: &Tx<'_>, at: SourceRef, choice: &Choice) -> Outcome<()> {
        raise(tx, &[Raising { at, touched: self, choice: choice.clone(), is_raised: false }], &HashSet::new())
    }
}

/// What changed of a source's feeds.
pub(super) struct Raising {
    /// The source.
    pub(super) at: SourceRef,
    /// The feeds that changed.
    pub(super) touched: Touched,
    /// What is chosen of the source.
    pub(super) choice: Choice,
    /// Whether [`raise_all`] was called for the same change.
    pub(super) is_raised: bool,
}

/// A feed of a source, by the shard, the source's number, its kind and its category.
pub(super) type There = (i64, i64, String, String);

/// A feed of a source, as it is asked for; `None`: it is of none.
pub(super) fn there(at: SourceRef, holder: &Holder) -> Option<There> {
    let Holder::Own(kind) = holder else { return None };
    let (word, category) = rows::stored_kind(kind);
    Some((at.shard, at.number, word.to_owned(), category))
}

/// Asks which of these feeds are there, so that nobody waits to hear of it as they are raised. Where a raise is answered at
/// once nothing is asked.
pub(super) fn which_are_there<'c>(tx: &Tx<'c>, feeds: BTreeSet<There>) -> Outcome<Later<'c, There>> {
    if tx.dialect() == Dialect::Sqlite {
        return Ok(Later::here(Vec::new()));
    }
    let rows: Vec<_> =
        feeds.into_iter().map(|(shard, number, word, category)| row![shard, number, word, category]).collect();
    tx.all_each_later(
        "SELECT f.shard, f.source_id, f.kind, f.category FROM feed f /*rows CROSS JOIN */
         WHERE f.shard = ?1 AND f.source_id = ?2 AND f.kind = ?3 AND f.category = ?4",
        &rows,
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )
}

/// Raises the feeds of different sources that changed, and makes those that are not there yet; of some it is known that they
/// are.
pub(super) fn raise(tx: &Tx<'_>, all: &[Raising], known: &HashSet<There>) -> Outcome<()> {
    let (mut own, mut rows, mut sure) = (Vec::new(), Vec::new(), Vec::new());
    for raising in all {
        let SourceRef { shard, number } = raising.at;
        let versions = i64::from(!raising.is_raised);
        for (holder, touch) in &raising.touched.0 {
            match holder {
                Holder::Own(kind) => {
                    let (word, category) = rows::stored_kind(kind);
                    let (updated, oldest) = (ms(touch.updated), ms(touch.oldest));
                    let is_there = there(raising.at, holder).is_some_and(|feed| known.contains(&feed));
                    let row = row![shard, number, word, category, versions, touch.posts, updated, oldest];
                    if is_there {
                        sure.push(row);
                    } else {
                        rows.push(row);
                        own.push((raising, kind, touch));
                    }
                }
                Holder::Merged(feed) => raise_merged(tx, *feed, [versions, touch.posts, ms(touch.updated)])?,
            }
        }
    }
    tx.put_each(RAISE, &sure)?;
    let raised = tx.write_each(RAISE, "shard, source_id, kind, category", &rows)?;
    let mut named: Option<(SourceRef, SourceId)> = None;
    for ((raising, kind, touch), _) in own.into_iter().zip(raised).filter(|(_, raised)| !raised) {
        let source = match named.take() {
            Some((at, id)) if at == raising.at => id,
            _ => id_of(tx, raising.at)?,
        };
        make(tx, (raising.at, &source), kind, touch, raising.choice.wants(kind))?;
        named = Some((raising.at, source));
    }
    Ok(())
}

fn id_of(tx: &Tx<'_>, at: SourceRef) -> Outcome<SourceId> {
    let of_source = params![at.shard, at.number];
    tx.one("SELECT id FROM source WHERE shard = ?1 AND source_id = ?2", of_source, |row| rows::source_id(row, 0))
}

/// Raises a feed of a source by so many versions and posts, with the time of its newest change and the oldest place of one.
const RAISE: &str = "
    UPDATE feed SET version = version + ?5, posts = posts + ?6,
        updated_at = CASE WHEN updated_at > ?7 THEN updated_at ELSE ?7 END,
        open_from = CASE WHEN open_from > ?8 THEN ?8 ELSE open_from END /*rows FROM */
    WHERE shard = ?1 AND source_id = ?2 AND kind = ?3 AND category = ?4";

fn raise_merged(tx: &Tx<'_>, feed: MergedRef, [versions, posts, updated]: [i64; 3]) -> Outcome<()> {
    tx.put(
        "UPDATE feed SET version = version + ?3, posts = posts + ?4,
             updated_at = CASE WHEN updated_at > ?5 THEN updated_at ELSE ?5 END
         WHERE shard = ?1 AND feed_id = ?2",
        params![feed.shard, feed.feed, versions, posts, updated],
    )?;
    Ok(())
}

/// Makes a feed of a source. One that only leaves it has nothing to be made for.
fn make(
    tx: &Tx<'_>,
    (at, source): (SourceRef, &SourceId),
    kind: &FeedKind,
    touch: &Touch,
    chosen: bool,
) -> Outcome<()> {
    let path = match kind {
        FeedKind::All => FeedPath::new(source, None),
        FeedKind::Uncategorized => FeedPath::new(source, Some(UNCATEGORIZED)),
        FeedKind::Category(path) => {
            let slugs = match &touch.slugs {
                Some(slugs) => slugs.clone(),
                None => slug_path(tx, at, path)?.ok_or_else(|| Fault::corrupt("category of a feed", path))?,
            };
            FeedPath::new(source, Some(&slugs))
        }
        FeedKind::Tag(tag) => label_path(tx, at, kind, tag, |slug| FeedPath::of_tag(source, slug))?,
        FeedKind::Author(author) => label_path(tx, at, kind, author, |slug| FeedPath::of_author(source, slug))?,
        FeedKind::Merged(id) => FeedPath::of_merged(id),
    };
    // The id of the source may change one day, its number never does.
    let below = path.as_str().strip_prefix(source.as_str()).unwrap_or_default();
    let named = format!("sosik:{}/{}", at.number, below.trim_start_matches('/'));
    insert(tx, (at.shard, at.number), kind, &path, &named, touch, chosen)?;
    Ok(())
}

/// The path of the feed of a tag or an author, minted once.
fn label_path(
    tx: &Tx<'_>,
    at: SourceRef,
    kind: &FeedKind,
    label: &str,
    path: impl Fn(&str) -> FeedPath,
) -> Outcome<FeedPath> {
    let (word, _) = rows::stored_kind(kind);
    let taken = tx.all(
        "SELECT path FROM feed INDEXED BY feed_by_kind WHERE shard = ?1 AND source_id = ?2 AND kind = ?3",
        params![at.shard, at.number, word],
        |row| plain(row, 0),
    )?;
    let taken: BTreeSet<String> = taken.into_iter().collect();
    Ok(path(&slug::unique(&slug::of_label(label), |slug| taken.contains(path(slug).as_str()))))
}

/// Makes a merged feed, which is empty.
pub(super) fn make_merged(tx: &Tx<'_>, id: &MergedId) -> Outcome<MergedRef> {
    let path = FeedPath::of_merged(id);
    let named = format!("sosik:{path}");
    let shard = stable_id(named.as_bytes()) % SHARDS;
    // Until a post comes, nothing was ever changed in it.
    let touch = Touch { posts: 0, updated: Timestamp::UNIX_EPOCH, oldest: Timestamp::UNIX_EPOCH, slugs: None };
    let feed = insert(tx, (shard, NO_SOURCE), &FeedKind::Merged(id.clone()), &path, &named, &touch, true)?;
    Ok(MergedRef { shard, feed })
}

fn insert(
    tx: &Tx<'_>,
    (shard, number): (i64, i64),
    kind: &FeedKind,
    path: &FeedPath,
    named: &str,
    touch: &Touch,
    chosen: bool,
) -> Outcome<i64> {
    let urn = Uuid::new_v5(&Uuid::NAMESPACE_URL, named.as_bytes()).urn().to_string();
    let (word, category) = rows::stored_kind(kind);
    let feed = free_number(tx, number_beside(number, named))?;
    tx.execute(
        "INSERT INTO feed (shard, feed_id, source_id, kind, category, path, urn, version, published_version,
             updated_at, posts, chosen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0, ?8, ?9, ?10)",
        params![shard, feed, number, word, category, path.as_str(), urn, ms(touch.updated), touch.posts, chosen],
    )?;
    Ok(feed)
}

/// Offers a feed or does so no more.
pub(super) fn offer(tx: &Tx<'_>, shard: i64, feed: i64, chosen: bool) -> Outcome<()> {
    tx.execute(
        "UPDATE feed SET chosen = ?3 WHERE shard = ?1 AND feed_id = ?2 AND chosen <> ?3",
        params![shard, feed, chosen],
    )?;
    Ok(())
}

/// The number of the feed that is named so, unless another has it: the feeds of one source stand side by side, so that what
/// writes several of them writes few pages. A merged feed has no source.
fn number_beside(source: i64, named: &str) -> i64 {
    const WITHIN: i64 = 0xFFFF_FFFF;
    let id = stable_id(named.as_bytes());
    if source == NO_SOURCE { id } else { (source & !WITHIN) | (id & WITHIN) }
}

/// The first number from `wanted` on that no feed has.
fn free_number(tx: &Tx<'_>, wanted: i64) -> Outcome<i64> {
    let mut number = wanted;
    while tx.exists("SELECT 1 FROM feed WHERE feed_id = ?1", params![number])? {
        number = number.checked_add(1).unwrap_or_default();
    }
    Ok(number)
}

/// Raises every feed of a source, and those merged from it: what stands at their top is another now.
pub(super) fn raise_all(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    merged::raise(tx, at)?;
    tx.execute(
        "UPDATE feed INDEXED BY feed_by_kind SET version = version + 1 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
    )?;
    Ok(())
}

/// All feeds, of one source or of all, by path.
pub(super) fn feeds(tx: &Tx<'_>, source: Option<&SourceId>) -> Outcome<Vec<Feed>> {
    let Some(id) = source else { return select(tx, &format!("feed f {SOURCE} ORDER BY f.path"), &[]) };
    let Some(at) = locate(tx, id)? else { return Ok(Vec::new()) };
    // Left to itself the database reads all feeds of the shard.
    let from =
        format!("feed f INDEXED BY feed_by_kind {SOURCE} WHERE f.shard = ?1 AND f.source_id = ?2 ORDER BY f.path");
    select(tx, &from, params![at.shard, at.number])
}

/// The feed at a path.
pub(super) fn feed(tx: &Tx<'_>, path: &FeedPath) -> Outcome<Option<Feed>> {
    Ok(select(tx, &format!("feed f {SOURCE} WHERE f.path = ?1"), params![path.as_str()])?.pop())
}

/// Feeds whose files show an older version, by path.
pub(super) fn stale(tx: &Tx<'_>, after: Option<&FeedPath>, limit: usize) -> Outcome<Vec<Feed>> {
    let after = after.map_or("", FeedPath::as_str);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from = format!(
        "feed f INDEXED BY feed_stale {SOURCE} WHERE f.version > f.published_version /*pg AND f.stale = 1 */ AND f.chosen = 1 AND f.path > ?1 ORDER BY f.path LIMIT ?2"
    );
    select(tx, &from, params![after, limit])
}

/// Feeds that are not offered and whose files are still there, by path.
pub(super) fn unchosen(tx: &Tx<'_>, limit: usize) -> Outcome<Vec<Feed>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from = format!(
        "feed f INDEXED BY feed_unchosen {SOURCE} WHERE f.published_version > 0 AND f.chosen = 0 ORDER BY f.path LIMIT ?1"
    );
    select(tx, &from, params![limit])
}

/// Feeds whose files show a version that the hub was not told of, by path.
pub(super) fn unannounced(tx: &Tx<'_>, after: Option<&FeedPath>, limit: usize) -> Outcome<Vec<Feed>> {
    let after = after.map_or("", FeedPath::as_str);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from = format!(
        "feed f {SOURCE} WHERE f.published_version > f.announced_version AND f.chosen = 1 AND f.path > ?1
         ORDER BY f.path LIMIT ?2"
    );
    select(tx, &from, params![after, limit])
}

/// Says which versions the hub was told of: (shard, feed, version).
pub(super) fn mark_announced(tx: &Tx<'_>, feeds: &[(i64, i64, i64)]) -> Outcome<()> {
    for (shard, feed, version) in feeds {
        tx.execute(
            "UPDATE feed SET announced_version = ?3 WHERE shard = ?1 AND feed_id = ?2",
            params![shard, feed, version],
        )?;
    }
    Ok(())
}

fn select(tx: &Tx<'_>, from: &str, params: &[&dyn Bind]) -> Outcome<Vec<Feed>> {
    tx.all(&format!("SELECT {} FROM {from}", rows::FEED), params, rows::feed)
}

/// Says which versions the files show: (shard, feed, version).
pub(super) fn mark_published(tx: &Tx<'_>, feeds: &[(i64, i64, i64)]) -> Outcome<()> {
    let rows: Vec<_> = feeds.iter().map(|(shard, feed, version)| row![*shard, *feed, *version]).collect();
    tx.put_each(
        "UPDATE feed SET published_version = ?3, published_pages = CASE ?3 WHEN 0 THEN 0 ELSE archived END /*rows FROM */
         WHERE shard = ?1 AND feed_id = ?2",
        &rows,
    )
}

/// Says of every stale feed of no more posts than that that its files show it.
pub(super) fn mark_short_published(tx: &Tx<'_>, most: u32) -> Outcome<()> {
    tx.execute(
        "UPDATE feed INDEXED BY feed_stale SET published_version = version, published_pages = archived
         WHERE version > published_version /*pg AND stale = 1 */ AND chosen = 1 AND posts <= ?1",
        params![most],
    )?;
    Ok(())
}

/// Forgets what was published.
pub(super) fn mark_all_stale(tx: &Tx<'_>) -> Outcome<()> {
    tx.execute("UPDATE feed SET published_version = 0, published_pages = 0 WHERE published_version <> 0", &[])?;
    Ok(())
}
