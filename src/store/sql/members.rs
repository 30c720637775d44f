//! Which feeds hold a post, and how posts come to them and leave them.
//!
//! [`Holders`] are the feeds as the configuration wants them at one time: those of a source, and the merged ones that
//! watch it. A post is moved from what held it to what holds it now, so a feed that keeps it as it is costs nothing.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::categories::Categories;
use super::fault::{Fault, Outcome};
use super::feeds::Touched;
use super::rows::{self, ms};
use super::tx::{Tx, params};
use crate::model::choice::{Choice, Chooser};
use crate::model::feed::FeedKind;
use crate::model::merged::{MergedFeed, Query};
use crate::model::post::Post;
use crate::store::contract::SourceRef;

/// A merged feed in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MergedRef {
    pub(super) shard: i64,
    pub(super) feed: i64,
}

/// A feed that may hold posts of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// One of its own.
    Own(FeedKind),
    /// A merged one.
    Merged(MergedRef),
}

/// The feeds that may hold posts of a source, ready to judge them.
#[derive(Debug, Clone)]
pub(super) struct Holders {
    pub(super) chooser: Chooser,
    pub(super) merged: Vec<(MergedRef, Query)>,
}

impl Holders {
    /// Those of a source.
    pub(super) fn of(tx: &Tx<'_>, at: SourceRef) -> Outcome<Self> {
        let (mut chosen, mut merged) = (None, Vec::new());
        tx.each(
            "SELECT s.choice, m.merged_shard, m.feed_id, m.definition FROM source s
             LEFT JOIN merged_source w ON w.shard = s.shard AND w.source_id = s.source_id
             LEFT JOIN merged m ON m.merged_shard = w.merged_shard AND m.feed_id = w.feed_id
             WHERE s.shard = ?1 AND s.source_id = ?2",
            params![at.shard, at.number],
            |row| {
                if chosen.is_none() {
                    chosen = Some(rows::maybe_json::<Choice>("choice", row, 0)?.unwrap_or_default());
                }
                if let Some(feed) = row.get::<Option<i64>>(2)? {
                    let query = query(&rows::json("merged feed", row.text(3)?)?)?;
                    merged.push((MergedRef { shard: row.get(1)?, feed }, query));
                }
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(Self { chooser: chooser(chosen.unwrap_or_default())?, merged })
    }

    /// The feeds that hold a post.
    pub(super) fn of_post(&self, post: &Post) -> BTreeSet<Holder> {
        let merged = self.merged.iter().filter(|(_, query)| self.chooser.lets_in(post) && query.finds(post));
        let merged = merged.map(|(feed, _)| Holder::Merged(*feed)).collect::<Vec<_>>();
        self.chooser.kinds(post).into_iter().map(Holder::Own).chain(merged).collect()
    }
}

/// A choice, ready to judge.
pub(super) fn chooser(choice: Choice) -> Outcome<Chooser> {
    Chooser::new(choice).map_err(|error| Fault::corrupt("filter", &error))
}

/// The query of a merged feed, ready to judge.
pub(super) fn query(feed: &MergedFeed) -> Outcome<Query> {
    Query::new(feed).map_err(|error| Fault::corrupt("filter", &error))
}

/// What was chosen of a source.
pub(super) fn choice(tx: &Tx<'_>, at: SourceRef) -> Outcome<Choice> {
    let stored = tx.first(
        "SELECT choice FROM source WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
        |row| rows::maybe_json("choice", row, 0),
    )?;
    Ok(stored.flatten().unwrap_or_default())
}

/// Moves posts of one source between feeds.
pub(super) struct Members<'t> {
    tx: &'t Tx<'t>,
    at: SourceRef,
    pub(super) categories: Categories<'t>,
    pub(super) touched: Touched,
    excluded: i64,
}

impl<'t> Members<'t> {
    /// Moves posts of the source at `at`.
    pub(super) fn of(tx: &'t Tx<'t>, at: SourceRef) -> Self {
        Self { tx, at, categories: Categories::of(tx, at), touched: Touched::default(), excluded: 0 }
    }

    /// Puts a post that was just stored into its feeds.
    pub(super) fn admit(&mut self, post: &Post, holders: &Holders) -> Outcome<()> {
        self.excluded += i64::from(!holders.chooser.lets_in(post));
        for holder in holders.of_post(post) {
            self.enter(&holder, post)?;
        }
        Ok(())
    }

    /// Moves a post from the feeds that held it as it was to those that hold it as it is. Both lists may name one feed:
    /// then it shows the post anew.
    pub(super) fn shift(
        &mut self,
        (before, held): (&Post, &BTreeSet<Holder>),
        (after, holds): (&Post, &BTreeSet<Holder>),
    ) -> Outcome<()> {
        let moved = before.listed_at != after.listed_at;
        for holder in held {
            if moved || !holds.contains(holder) {
                self.leave(holder, before)?;
            } else {
                self.show_anew(holder, after)?;
            }
        }
        for holder in holds {
            if moved || !held.contains(holder) {
                self.enter(holder, after)?;
            }
        }
        Ok(())
    }

    /// Notes whether a post stands in feeds at all, where that is another now.
    pub(super) fn note_exclusion(&mut self, post: &Post, was: bool, is: bool) -> Outcome<()> {
        if was == is {
            return Ok(());
        }
        self.excluded += if is { 1 } else { -1 };
        self.tx.execute(
            "UPDATE post SET excluded = ?4 WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
            params![self.at.shard, self.at.number, post.key.as_str(), is],
        )?;
        Ok(())
    }

    /// Ends the moves: gives the feeds that they touched.
    pub(super) fn finish(self) -> Outcome<Touched> {
        if self.excluded != 0 {
            self.tx.execute(
                "UPDATE source_state SET excluded = CASE WHEN excluded + ?3 > 0 THEN excluded + ?3 ELSE 0 END
                 WHERE shard = ?1 AND source_id = ?2",
                params![self.at.shard, self.at.number, self.excluded],
            )?;
        }
        Ok(self.touched)
    }

    fn enter(&mut self, holder: &Holder, post: &Post) -> Outcome<()> {
        let SourceRef { shard, number } = self.at;
        let (listed_at, key) = (ms(post.listed_at), post.key.as_str());
        let count = match holder {
            Holder::Own(FeedKind::Category(path)) => {
                let category = self.categories.number(path)?;
                self.tx.put(
                    "INSERT INTO post_category (shard, source_id, category_id, listed_at, key)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![shard, number, category, listed_at, key],
                )?;
                1
            }
            Holder::Own(kind @ (FeedKind::Tag(_) | FeedKind::Author(_))) => {
                let (kind, label) = rows::stored_kind(kind);
                self.tx.put(
                    "INSERT INTO post_label (shard, source_id, kind, label, listed_at, key)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![shard, number, kind, label, listed_at, key],
                )?;
                1
            }
            // An index of the posts lists these.
            Holder::Own(FeedKind::All | FeedKind::Uncategorized | FeedKind::Merged(_)) => 1,
            Holder::Merged(feed) => {
                self.tx.put(
                    "INSERT INTO merged_post (merged_shard, feed_id, listed_at, key, shard, source_id, entry_id, shown)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                    params![feed.shard, feed.feed, listed_at, key, shard, number, post.entry_id],
                )?;
                show_one(self.tx, *feed, &post.entry_id)?
            }
        };
        self.touched.add(holder.clone(), count, post);
        Ok(())
    }

    fn leave(&mut self, holder: &Holder, post: &Post) -> Outcome<()> {
        let SourceRef { shard, number } = self.at;
        let (listed_at, key) = (ms(post.listed_at), post.key.as_str());
        let count = match holder {
            Holder::Own(FeedKind::Category(path)) => {
                let category = self.categories.number(path)?;
                self.tx.execute(
                    "DELETE FROM post_category
                     WHERE shard = ?1 AND source_id = ?2 AND category_id = ?3 AND listed_at = ?4 AND key = ?5",
                    params![shard, number, category, listed_at, key],
                )?;
                -1
            }
            Holder::Own(kind @ (FeedKind::Tag(_) | FeedKind::Author(_))) => {
                let (kind, label) = rows::stored_kind(kind);
                self.tx.execute(
                    "DELETE FROM post_label
                     WHERE shard = ?1 AND source_id = ?2 AND kind = ?3 AND label = ?4 AND listed_at = ?5
                         AND key = ?6",
                    params![shard, number, kind, label, listed_at, key],
                )?;
                -1
            }
            Holder::Own(FeedKind::All | FeedKind::Uncategorized | FeedKind::Merged(_)) => -1,
            Holder::Merged(feed) => {
                let shown = self.tx.first(
                    "DELETE FROM merged_post WHERE merged_shard = ?1 AND feed_id = ?2 AND listed_at = ?3 AND key = ?4
                     AND shard = ?5 AND source_id = ?6 RETURNING shown",
                    params![feed.shard, feed.feed, listed_at, key, shard, number],
                    |row| row.get::<i64>(0),
                )?;
                match shown {
                    Some(shown) => show_one(self.tx, *feed, &post.entry_id)? - shown,
                    None => return Ok(()),
                }
            }
        };
        self.touched.add(holder.clone(), count, post);
        Ok(())
    }

    fn show_anew(&mut self, holder: &Holder, post: &Post) -> Outcome<()> {
        if let Holder::Merged(feed) = holder {
            let here =
                params![feed.shard, feed.feed, ms(post.listed_at), post.key.as_str(), self.at.shard, self.at.number];
            if !self.tx.exists(
                "SELECT 1 FROM merged_post WHERE merged_shard = ?1 AND feed_id = ?2 AND listed_at = ?3 AND key = ?4
                 AND shard = ?5 AND source_id = ?6 AND shown = 1",
                here,
            )? {
                return Ok(());
            }
        }
        self.touched.add(holder.clone(), 0, post);
        Ok(())
    }
}

/// Of the posts of a merged feed that have one entry id, which two sources may have stored, shows the first (RFC 4287
/// §4.1.1). Gives by how many the shown ones grew.
fn show_one(tx: &Tx<'_>, feed: MergedRef, entry_id: &str) -> Outcome<i64> {
    let copies = tx.all(
        "SELECT listed_at, key, shard, source_id, shown FROM merged_post INDEXED BY merged_post_by_entry
         WHERE merged_shard = ?1 AND feed_id = ?2 AND entry_id = ?3 ORDER BY source_id, key",
        params![feed.shard, feed.feed, entry_id],
        |row| {
            let place: (i64, String) = (row.get(0)?, row.get(1)?);
            let source: (i64, i64) = (row.get(2)?, row.get(3)?);
            Ok((place, source, row.get::<bool>(4)?))
        },
    )?;
    let mut grown = 0;
    for (index, ((listed_at, key), (shard, number), shown)) in copies.into_iter().enumerate() {
        let is_first = index == 0;
        if shown == is_first {
            continue;
        }
        grown += if is_first { 1 } else { -1 };
        tx.execute(
            "UPDATE merged_post SET shown = ?7 WHERE merged_shard = ?1 AND feed_id = ?2 AND listed_at = ?3 AND key = ?4
             AND shard = ?5 AND source_id = ?6",
            params![feed.shard, feed.feed, listed_at, key, shard, number, is_first],
        )?;
    }
    Ok(grown)
}
