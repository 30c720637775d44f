//! Which feeds hold a post, and how posts come to them and leave them.
//!
//! [`Holders`] are the feeds as the configuration wants them at one time: those of a source, and the merged ones that
//! watch it. A post is moved from what held it to what holds it now, so a feed that keeps it as it is costs nothing.

use std::collections::{BTreeSet, HashMap};

use super::categories::Categories;
use super::fault::{Fault, Outcome};
use super::feeds::Touched;
use super::given::{Given, row};
use super::later::Later;
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

/// What is chosen of a source, and one of the merged feeds that watch it.
pub(super) type Held = (SourceRef, Option<Choice>, Option<(MergedRef, Query)>);

impl Holders {
    /// Those of a source.
    pub(super) fn of(tx: &Tx<'_>, at: SourceRef) -> Outcome<Self> {
        Self::of_each(tx, &[at])?.pop().ok_or(Fault::Missing)
    }

    /// Those of different sources, in their order.
    pub(super) fn of_each(tx: &Tx<'_>, sources: &[SourceRef]) -> Outcome<Vec<Self>> {
        Self::read(Self::ask(tx, sources)?, sources)
    }

    /// Asks for what [`Holders::read`] makes those of different sources of.
    pub(super) fn ask<'c>(tx: &Tx<'c>, sources: &[SourceRef]) -> Outcome<Later<'c, Held>> {
        tx.all_each_later(
            "SELECT s.shard, s.source_id, s.choice, m.merged_shard, m.feed_id, m.definition FROM source s
             LEFT JOIN merged_source o ON o.shard = s.shard AND o.source_id = s.source_id
             LEFT JOIN merged m ON m.merged_shard = o.merged_shard AND m.feed_id = o.feed_id /*rows CROSS JOIN */
             WHERE s.shard = ?1 AND s.source_id = ?2",
            &sources.iter().map(|at| row![at.shard, at.number]).collect::<Vec<_>>(),
            |row| {
                let at = SourceRef { shard: row.get(0)?, number: row.get(1)? };
                let merged = match row.get::<Option<i64>>(4)? {
                    Some(feed) => {
                        let query = query(&rows::json("merged feed", row.text(5)?)?)?;
                        Some((MergedRef { shard: row.get(3)?, feed }, query))
                    }
                    None => None,
                };
                Ok((at, rows::maybe_json("choice", row, 2)?, merged))
            },
        )
    }

    /// Those of different sources, in their order, from what was asked of them.
    pub(super) fn read(asked: Later<'_, Held>, sources: &[SourceRef]) -> Outcome<Vec<Self>> {
        let mut found: HashMap<SourceRef, (Choice, Vec<(MergedRef, Query)>)> = HashMap::with_capacity(sources.len());
        for (at, choice, merged) in asked.wait()? {
            found.entry(at).or_insert_with(|| (choice.unwrap_or_default(), Vec::new())).1.extend(merged);
        }
        let of_source = |at| {
            let (choice, merged) = found.remove(at).unwrap_or_default();
            Ok(Self { chooser: chooser(choice)?, merged })
        };
        sources.iter().map(of_source).collect()
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

/// Posts on their way into the lists of feeds.
#[derive(Default)]
pub(super) struct Admitted {
    categories: Vec<Vec<Given<'static>>>,
    labels: Vec<Vec<Given<'static>>>,
}

impl Admitted {
    /// Puts them in.
    pub(super) fn write(&self, tx: &Tx<'_>) -> Outcome<()> {
        tx.put_each(
            "INSERT INTO post_category (shard, source_id, category_id, listed_at, key)
             VALUES (?1, ?2, ?3, ?4, ?5) /*rows FROM */",
            &self.categories,
        )?;
        tx.put_each(
            "INSERT INTO post_label (shard, source_id, kind, label, listed_at, key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) /*rows FROM */",
            &self.labels,
        )
    }
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
        Self::with(tx, at, Categories::of(tx, at))
    }

    /// Moves posts of the source at `at`, of which some categories are known.
    pub(super) fn with(tx: &'t Tx<'t>, at: SourceRef, categories: Categories<'t>) -> Self {
        Self { tx, at, categories, touched: Touched::default(), excluded: 0 }
    }

    /// Puts a post that was just stored into the feeds that hold it, once `admitted` is written. One that the choice
    /// leaves out is in none.
    pub(super) fn admit(
        &mut self,
        post: &Post,
        holders: BTreeSet<Holder>,
        is_left_out: bool,
        admitted: &mut Admitted,
    ) -> Outcome<()> {
        self.excluded += i64::from(is_left_out);
        for holder in holders {
            match &holder {
                Holder::Own(kind) => {
                    self.enter_own(kind, post, admitted)?;
                    self.touched.add(holder, 1, post);
                }
                Holder::Merged(_) => self.enter(&holder, post)?,
            }
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
    pub(super) fn finish(mut self) -> Outcome<Touched> {
        if self.excluded != 0 {
            self.tx.execute(
                "UPDATE source_state SET excluded = CASE WHEN excluded + ?3 > 0 THEN excluded + ?3 ELSE 0 END
                 WHERE shard = ?1 AND source_id = ?2",
                params![self.at.shard, self.at.number, self.excluded],
            )?;
        }
        self.touched.name(|path| self.categories.known_slugs(path));
        Ok(self.touched)
    }

    fn enter(&mut self, holder: &Holder, post: &Post) -> Outcome<()> {
        let count = match holder {
            Holder::Own(kind) => {
                let mut admitted = Admitted::default();
                self.enter_own(kind, post, &mut admitted)?;
                admitted.write(self.tx)?;
                1
            }
            Holder::Merged(feed) => {
                let SourceRef { shard, number } = self.at;
                self.tx.put(
                    "INSERT INTO merged_post (merged_shard, feed_id, listed_at, key, shard, source_id, entry_id, shown)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                    params![feed.shard, feed.feed, ms(post.listed_at), post.key.as_str(), shard, number, post.entry_id],
                )?;
                show_one(self.tx, *feed, &post.entry_id)?
            }
        };
        self.touched.add(holder.clone(), count, post);
        Ok(())
    }

    fn enter_own(&mut self, kind: &FeedKind, post: &Post, admitted: &mut Admitted) -> Outcome<()> {
        let SourceRef { shard, number } = self.at;
        let (listed_at, key) = (ms(post.listed_at), post.key.as_str().to_owned());
        match kind {
            FeedKind::Category(path) => {
                let category = self.categories.number(path)?;
                admitted.categories.push(row![shard, number, category, listed_at, key]);
            }
            FeedKind::Tag(_) | FeedKind::Author(_) => {
                let (kind, label) = rows::stored_kind(kind);
                admitted.labels.push(row![shard, number, kind, label, listed_at, key]);
            }
            // An index of the posts lists these.
            FeedKind::All | FeedKind::Uncategorized | FeedKind::Merged(_) => {}
        }
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
