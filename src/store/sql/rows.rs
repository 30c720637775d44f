//! Rows ↔ nouns of the model. Columns are read by their place in the lists that stand here.

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use super::fault::{Fault, Outcome};
use super::tx::Row;
use super::value::{Cell, Stored};
use crate::model::category::CategoryPath;
use crate::model::date::{Precision, Published};
use crate::model::enclosure::Enclosure;
use crate::model::feed::{Feed, FeedKind, FeedPath};
use crate::model::link::PostKey;
use crate::model::merged::MergedId;
use crate::model::page::Validators;
use crate::model::post::{KnownPost, Post};
use crate::model::report::{Because, DeepWalk, Learnt};
use crate::model::source::SourceId;
use crate::store::contract::SourceState;

/// The columns of [`post`], of a table named `p`.
pub(super) const POST: &str = "p.key, p.entry_id, p.url, p.title, p.excerpt, p.author, p.image, p.published_at, \
     p.published_offset, p.published_precision, p.listed_at, p.listed_offset, p.first_seen, p.updated, p.categories, \
     p.tags, p.enclosures";

/// How many columns [`POST`] names.
pub(super) const POST_WIDTH: usize = 17;

/// The columns of [`state`], of a table named `t` beside [`RECIPE`]. What rests is due never.
pub(in crate::store) const STATE: &str = "CASE t.rests WHEN 0 THEN t.due_at END, t.last_poll, t.last_success, t.outcome, t.failures, t.failure, t.etag, \
     t.last_modified, t.digest, t.read_at, t.gap_cursor, t.deep_at, t.deep_cursor, t.ttl_ms, t.profile, t.rhythm, t.site_title, t.language, \
     t.home_url, t.declared, t.how, t.lacks, t.misses, r.recipe, r.reason, r.at";

/// The learnt recipe in use beside a table of states named `t`, as `r`.
pub(in crate::store) const RECIPE: &str =
    "LEFT JOIN recipe_history r ON r.shard = t.shard AND r.source_id = t.source_id AND r.at = t.recipe_at";

/// How many columns [`STATE`] names.
pub(in crate::store) const STATE_WIDTH: usize = 26;

/// The columns of [`feed`], of a table named `f` beside a source named `s`.
pub(super) const FEED: &str = "f.shard, f.feed_id, f.source_id, s.id, f.kind, f.category, f.path, f.urn, f.version, \
     f.published_version, f.updated_at, f.posts, f.archived, f.published_pages, f.chosen, f.rechosen_at";

/// A column that needs no reading of ours.
pub(super) fn plain<T: Stored>(row: &Row<'_>, column: usize) -> Outcome<T> {
    row.get(column)
}

/// A moment as it is stored.
pub(in crate::store) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored moment.
pub(in crate::store) fn moment(ms: i64) -> Outcome<Timestamp> {
    Timestamp::from_millisecond(ms).map_err(|_| Fault::corrupt("moment", &ms))
}

/// A moment that may be missing.
pub(super) fn maybe_moment(row: &Row<'_>, column: usize) -> Outcome<Option<Timestamp>> {
    row.get::<Option<i64>>(column)?.map(moment).transpose()
}

/// A count, which is stored wider than it is.
pub(super) fn count(row: &Row<'_>, column: usize) -> Outcome<u32> {
    let stored: i64 = row.get(column)?;
    u32::try_from(stored).map_err(|_| Fault::corrupt("count", &stored))
}

/// A stored JSON value.
pub(super) fn json<T: DeserializeOwned>(what: &'static str, text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(|_| Fault::corrupt(what, text))
}

/// A JSON column that may be empty.
pub(super) fn maybe_json<T: DeserializeOwned>(what: &'static str, row: &Row<'_>, column: usize) -> Outcome<Option<T>> {
    match row.cell(column)? {
        Cell::Null => Ok(None),
        Cell::Text(text) => json(what, text).map(Some),
        Cell::Int(_) | Cell::Blob(_) => Err(Fault::corrupt(what, "no text")),
    }
}

/// A stored source id.
pub(super) fn source_id(row: &Row<'_>, column: usize) -> Outcome<SourceId> {
    let text: String = row.get(column)?;
    SourceId::try_from(text).map_err(|bad| Fault::corrupt("source id", &bad))
}

/// A post from the columns of [`POST`], of which the first stands at `from`.
pub(super) fn post(row: &Row<'_>, from: usize) -> Outcome<Post> {
    Ok(Post {
        key: PostKey::from_stored(row.get(from)?),
        entry_id: row.get(from + 1)?,
        url: row.get(from + 2)?,
        title: row.get(from + 3)?,
        excerpt: row.get(from + 4)?,
        author: row.get(from + 5)?,
        image: row.get(from + 6)?,
        enclosures: maybe_json("list of enclosures", row, from + 16)?.unwrap_or_default(),
        published: published(row, from + 7)?,
        listed_at: moment(row.get(from + 10)?)?,
        offset_seconds: row.get(from + 11)?,
        first_seen: moment(row.get(from + 12)?)?,
        updated: moment(row.get(from + 13)?)?,
        tags: maybe_json("list of tags", row, from + 15)?.unwrap_or_default(),
        categories: maybe_json("list of categories", row, from + 14)?.unwrap_or_default(),
        full_text: None,
    })
}

/// What the diff needs of a post.
pub(super) fn known(post: Post) -> KnownPost {
    KnownPost {
        key: post.key,
        title: post.title,
        excerpt: post.excerpt,
        author: post.author,
        image: post.image,
        enclosures: post.enclosures,
        published: post.published,
        listed_at: post.listed_at,
        first_seen: post.first_seen,
        tags: post.tags,
        categories: post.categories,
    }
}

/// The categories of a post as they are stored: NULL for none, so that an index can hold just those.
pub(super) fn stored_categories(categories: &[CategoryPath]) -> Outcome<Option<String>> {
    Ok(if categories.is_empty() { None } else { Some(serde_json::to_string(categories)?) })
}

/// The enclosures of a post as they are stored.
pub(super) fn stored_enclosures(enclosures: &[Enclosure]) -> Outcome<Option<String>> {
    Ok(if enclosures.is_empty() { None } else { Some(serde_json::to_string(enclosures)?) })
}

/// The tags of a post as they are stored: NULL for none.
pub(super) fn stored_tags(tags: &[String]) -> Outcome<Option<String>> {
    Ok(if tags.is_empty() { None } else { Some(serde_json::to_string(tags)?) })
}

fn published(row: &Row<'_>, from: usize) -> Outcome<Option<Published>> {
    let Some(at) = maybe_moment(row, from)? else { return Ok(None) };
    let precision: String = row.get(from + 2)?;
    Ok(Some(Published { at, offset_seconds: row.get(from + 1)?, precision: precision_of(&precision)? }))
}

/// The stored word of a precision.
pub(super) fn precision_word(precision: Precision) -> &'static str {
    match precision {
        Precision::Day => "day",
        Precision::Minute => "minute",
        Precision::Second => "second",
    }
}

fn precision_of(word: &str) -> Outcome<Precision> {
    match word {
        "day" => Ok(Precision::Day),
        "minute" => Ok(Precision::Minute),
        "second" => Ok(Precision::Second),
        _ => Err(Fault::corrupt("precision of a date", word)),
    }
}

/// The state of a source from the columns of [`STATE`], of which the first stands at `from`.
pub(in crate::store) fn state(row: &Row<'_>, from: usize) -> Outcome<SourceState> {
    Ok(SourceState {
        next_check: maybe_moment(row, from)?,
        last_poll: maybe_moment(row, from + 1)?,
        last_success: maybe_moment(row, from + 2)?,
        outcome: row.get(from + 3)?,
        failures: count(row, from + 4)?,
        failure: maybe_json("failure", row, from + 5)?,
        validators: Validators {
            etag: row.get(from + 6)?,
            last_modified: row.get(from + 7)?,
            digest: row.get::<Option<[u8; 16]>>(from + 8)?.map(u128::from_be_bytes),
            read_at: maybe_moment(row, from + 9)?,
        },
        gap: maybe_json("gap cursor", row, from + 10)?,
        deep: match maybe_moment(row, from + 11)? {
            Some(due) => Some(DeepWalk { due, cursor: maybe_json("deep cursor", row, from + 12)? }),
            None => None,
        },
        ttl: row.get::<Option<i64>>(from + 13)?.map(SignedDuration::from_millis),
        profile: maybe_json("profile", row, from + 14)?,
        rhythm: maybe_json("rhythm", row, from + 15)?,
        site_title: row.get(from + 16)?,
        language: row.get(from + 17)?,
        home_url: row.get(from + 18)?,
        declared: row.get(from + 19)?,
        how: row.get(from + 20)?,
        lacks: row.get(from + 21)?,
        misses: row.get(from + 22)?,
        learnt: learnt(row, from + 23)?,
    })
}

/// A learnt recipe, its reason and its time, of which the first stands at `from`; `None` where there is none.
pub(super) fn learnt(row: &Row<'_>, from: usize) -> Outcome<Option<Learnt>> {
    let Some(recipe) = maybe_json("recipe", row, from)? else { return Ok(None) };
    let reason: String = row.get(from + 1)?;
    let because = match reason.as_str() {
        "unread" => Because::Unread,
        "broken" => Because::Broken,
        _ => return Err(Fault::corrupt("reason of a recipe", &reason)),
    };
    Ok(Some(Learnt { recipe, because, at: moment(row.get(from + 2)?)? }))
}

/// A feed from the columns of [`FEED`].
pub(super) fn feed(row: &Row<'_>) -> Outcome<Feed> {
    let (word, category): (String, String) = (row.get(4)?, row.get(5)?);
    Ok(Feed {
        shard: row.get(0)?,
        feed_id: row.get(1)?,
        source_number: row.get(2)?,
        source: match row.cell(3)? {
            Cell::Null => None,
            _ => Some(source_id(row, 3)?),
        },
        kind: feed_kind(&word, &category)?,
        path: FeedPath::from_text(row.get::<String>(6)?),
        urn: row.get(7)?,
        version: row.get(8)?,
        published_version: row.get(9)?,
        updated: moment(row.get(10)?)?,
        posts: count(row, 11)?,
        archived: count(row, 12)?,
        published_pages: count(row, 13)?,
        chosen: row.get(14)?,
        rechosen: maybe_moment(row, 15)?,
    })
}

/// A feed's kind as it is stored: its word, and its category's path, its tag, its author or its own name, or nothing.
pub(super) fn stored_kind(kind: &FeedKind) -> (&'static str, String) {
    match kind {
        FeedKind::All => ("all", String::new()),
        FeedKind::Category(path) => ("category", path.to_stored()),
        FeedKind::Uncategorized => ("uncategorized", String::new()),
        FeedKind::Tag(tag) => ("tag", tag.clone()),
        FeedKind::Author(author) => ("author", author.clone()),
        FeedKind::Merged(id) => ("merged", id.to_string()),
    }
}

/// A stored kind of a feed.
pub(super) fn feed_kind(word: &str, category: &str) -> Outcome<FeedKind> {
    match word {
        "all" => Ok(FeedKind::All),
        "uncategorized" => Ok(FeedKind::Uncategorized),
        "category" => category_path(category).map(FeedKind::Category),
        "tag" => Ok(FeedKind::Tag(category.to_owned())),
        "author" => Ok(FeedKind::Author(category.to_owned())),
        "merged" => match MergedId::try_from(category.to_owned()) {
            Ok(id) => Ok(FeedKind::Merged(id)),
            Err(bad) => Err(Fault::corrupt("name of a merged feed", &bad)),
        },
        _ => Err(Fault::corrupt("kind of a feed", word)),
    }
}

/// A stored category path.
pub(super) fn category_path(stored: &str) -> Outcome<CategoryPath> {
    CategoryPath::from_stored(stored).ok_or_else(|| Fault::corrupt("category", stored))
}
