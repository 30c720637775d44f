//! Posts as a report brings or changes them, with the feeds that hold them.
//!
//! Whatever is stored already as the report says it changes nothing, so a report that comes twice raises no feed.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;

use super::categories::{self, Categories};
use super::fault::Outcome;
use super::feeds::{self, There, Touched};
use super::given::{Given, row};
use super::known;
use super::later::Later;
use super::members::{Admitted, Held, Holder, Holders, Members};
use super::rows::{self, ms};
use super::tx::{Tx, params};
use crate::model::choice::Choice;
use crate::model::link::PostKey;
use crate::model::post::Post;
use crate::model::report::{Changes, Edited, Filled};
use crate::store::contract::SourceRef;

/// Writes the posts of one report.
pub(super) struct Writer<'t> {
    tx: &'t Tx<'t>,
    at: SourceRef,
    changes: &'t Changes,
    holders: Holders,
    members: Members<'t>,
}

/// What writers are made of, while it is looked up.
pub(super) struct Asked<'t> {
    tx: &'t Tx<'t>,
    sources: Vec<(SourceRef, &'t Changes)>,
    holders: Later<'t, Held>,
    categories: categories::Asked<'t>,
}

impl<'t> Asked<'t> {
    /// Those that write posts of each source.
    pub(super) fn writers(self) -> Outcome<Vec<Writer<'t>>> {
        let Self { tx, sources, holders, categories } = self;
        let holders = Holders::read(holders, &sources.iter().map(|(at, _)| *at).collect::<Vec<_>>())?;
        let parts = sources.into_iter().zip(holders).zip(categories.read()?);
        let writer = |(((at, changes), holders), categories)| {
            let members = Members::with(tx, at, categories);
            Writer { tx, at, changes, holders, members }
        };
        Ok(parts.map(writer).collect())
    }
}

impl<'t> Writer<'t> {
    /// Asks for what writers of posts of different sources are made of.
    pub(super) fn ask(tx: &'t Tx<'t>, sources: Vec<(SourceRef, &'t Changes)>) -> Outcome<Asked<'t>> {
        let holders = Holders::ask(tx, &sources.iter().map(|(at, _)| *at).collect::<Vec<_>>())?;
        let categories = Categories::ask(
            tx,
            sources.iter().map(|(at, changes)| {
                let minted = changes.categories.iter().map(|category| &category.path);
                (*at, minted.chain(changes.new.iter().flat_map(|post| &post.categories)))
            }),
        )?;
        Ok(Asked { tx, sources, holders, categories })
    }

    /// Ends the writing: which feeds it touched, and what is chosen of the source.
    pub(super) fn finish(self) -> Outcome<(Touched, Choice)> {
        Ok((self.members.finish()?, self.holders.chooser.choice().clone()))
    }

    /// Writes all changes of posts that are stored.
    pub(super) fn change(&mut self) -> Outcome<()> {
        let changes = self.changes;
        for edited in &changes.edited {
            self.edit(edited)?;
        }
        for filled in &changes.filled {
            self.fill(filled)?;
        }
        for (alias, key) in &changes.aliases {
            self.alias(alias, key)?;
        }
        Ok(())
    }

    /// Raises the feeds that hold a post, which show something else of it.
    pub(super) fn show_anew(&mut self, post: &Post) -> Outcome<()> {
        let holds = self.holders.of_post(post);
        self.members.shift((post, &holds), (post, &holds))
    }

    /// Takes a post out of the feeds, with what is owed of it and was not told yet. Its id stays its own.
    pub(super) fn remove(&mut self, key: &PostKey, gone_at: Timestamp) -> Outcome<()> {
        let Some(post) = known::post(self.tx, self.at, key)? else { return Ok(()) };
        // What leaves a feed changes it when it leaves.
        let leaving = Post { updated: gone_at, ..post.clone() };
        self.members.note_exclusion(&leaving, !self.holders.chooser.lets_in(&post), false)?;
        let held = self.holders.of_post(&post);
        self.members.shift((&leaving, &held), (&leaving, &BTreeSet::new()))?;
        let of_post = params![self.at.shard, self.at.number, key.as_str()];
        for table in ["post", "post_text", "missing"] {
            self.tx
                .execute(&format!("DELETE FROM {table} WHERE shard = ?1 AND source_id = ?2 AND key = ?3"), of_post)?;
        }
        self.tx.put(
            "INSERT INTO tombstone (shard, source_id, key, entry_id, gone_at, categories)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (shard, source_id, key) DO UPDATE SET entry_id = excluded.entry_id,
                 gone_at = excluded.gone_at, categories = excluded.categories",
            params![
                self.at.shard,
                self.at.number,
                key.as_str(),
                post.entry_id,
                ms(gone_at),
                rows::stored_categories(&post.categories)?
            ],
        )?;
        self.tx.put(
            "UPDATE outbox SET dead_at = ?4, error = 'its post was taken away'
             WHERE shard = ?1 AND source_id = ?2 AND key = ?3 AND sent_at IS NULL AND dead_at IS NULL",
            params![self.at.shard, self.at.number, key.as_str(), ms(gone_at)],
        )?;
        Ok(())
    }

    fn edit(&mut self, edited: &Edited) -> Outcome<()> {
        let Some(post) = known::post(self.tx, self.at, &edited.key)? else { return Ok(()) };
        if post.title == edited.title && post.updated >= edited.at {
            return Ok(());
        }
        let updated = post.updated.max(edited.at);
        self.tx.put(
            "UPDATE post SET title = ?4, updated = ?5, excerpt = coalesce(?6, excerpt), text_asks = (
                 SELECT CASE full_text WHEN 0 THEN NULL ELSE 0 END FROM source_state
                 WHERE shard = ?1 AND source_id = ?2)
             WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
            params![self.at.shard, self.at.number, edited.key.as_str(), edited.title, ms(updated), edited.excerpt],
        )?;
        self.tx.put(
            "INSERT INTO edit (shard, source_id, key, at, title_before, title) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
            params![
                self.at.shard,
                self.at.number,
                edited.key.as_str(),
                ms(edited.at),
                edited.title_before,
                edited.title
            ],
        )?;
        let after = Post {
            title: edited.title.clone(),
            excerpt: edited.excerpt.clone().or_else(|| post.excerpt.clone()),
            updated,
            ..post.clone()
        };
        self.shift(&post, &after)
    }

    fn fill(&mut self, filled: &Filled) -> Outcome<()> {
        let Some(before) = known::post(self.tx, self.at, &filled.key)? else { return Ok(()) };
        let after = fuller(&before, filled);
        if after == before {
            return Ok(());
        }
        let published = after.published;
        self.tx.put(
            "UPDATE post SET title = ?4, excerpt = ?5, author = ?6, image = ?7, published_at = ?8,
                 published_offset = ?9, published_precision = ?10, listed_at = ?11, listed_offset = ?12,
                 categories = ?13, url = ?14, tags = ?15, enclosures = ?16
             WHERE shard = ?1 AND source_id = ?2 AND key = ?3",
            params![
                self.at.shard,
                self.at.number,
                after.key.as_str(),
                after.title,
                after.excerpt,
                after.author,
                after.image,
                published.map(|published| ms(published.at)),
                published.map(|published| published.offset_seconds),
                published.map(|published| rows::precision_word(published.precision)),
                ms(after.listed_at),
                after.offset_seconds,
                rows::stored_categories(&after.categories)?,
                after.url,
                rows::stored_tags(&after.tags)?,
                rows::stored_enclosures(&after.enclosures)?
            ],
        )?;
        self.shift(&before, &after)
    }

    /// Takes a post from the feeds that held it to those that hold it now, and to its place there.
    fn shift(&mut self, before: &Post, after: &Post) -> Outcome<()> {
        let is_out = |post: &Post| !self.holders.chooser.lets_in(post);
        self.members.note_exclusion(after, is_out(before), is_out(after))?;
        let (held, holds) = (self.holders.of_post(before), self.holders.of_post(after));
        self.members.shift((before, &held), (after, &holds))
    }

    /// An alias leads to a post and never to another alias.
    fn alias(&self, alias: &PostKey, key: &PostKey) -> Outcome<()> {
        self.tx.put(
            "INSERT INTO alias (shard, source_id, key, post_key)
             VALUES (?1, ?2, ?3, coalesce(
                 (SELECT post_key FROM alias WHERE shard = ?1 AND source_id = ?2 AND key = ?4), ?4))
             ON CONFLICT DO NOTHING",
            params![self.at.shard, self.at.number, alias.as_str(), key.as_str()],
        )?;
        Ok(())
    }
}

/// The post of the first values of a row, as it is stored.
const INSERT: &str = "
    INSERT INTO post (shard, source_id, key, entry_id, url, title, excerpt, author, image, published_at,
        published_offset, published_precision, listed_at, listed_offset, first_seen, updated, categories, excluded, tags,
        enclosures, text_asks)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, (
        SELECT CASE full_text WHEN 0 THEN NULL ELSE 0 END FROM source_state
        WHERE shard = ?1 AND source_id = ?2)) /*rows FROM */
    ON CONFLICT DO NOTHING";

/// New posts that are written, and what is told of them later.
pub(super) struct New<'t> {
    posts: Vec<(usize, &'t Post, BTreeSet<Holder>)>,
    written: Later<'t, bool>,
    feeds: Later<'t, There>,
}

/// Writes the new posts of different sources, and the categories that came with them.
pub(super) fn write_new<'t>(tx: &'t Tx<'t>, writers: &mut [Writer<'t>]) -> Outcome<New<'t>> {
    let mut fresh = Vec::new();
    let mut kinds = BTreeSet::new();
    for (writer, index) in writers.iter_mut().zip(0..) {
        let changes = writer.changes;
        writer.members.categories.keep(&changes.categories)?;
        let mut keys = BTreeSet::new();
        for post in changes.new.iter().filter(|post| keys.insert(&post.key)) {
            let holders = writer.holders.of_post(post);
            kinds.extend(holders.iter().filter_map(|holder| feeds::there(writer.at, holder)));
            let row = stored(writer.at, post, !writer.holders.chooser.lets_in(post))?;
            fresh.push(((index, post, holders), writer.at, row));
        }
    }
    // In the order in which they will lie: what comes the other way round leaves every page of SQLite's half empty.
    fresh.sort_by_key(|((_, post, _), at, _)| (at.shard, at.number, post.key.as_str()));
    let (posts, rows): (Vec<_>, Vec<_>) = fresh.into_iter().map(|(post, _, row)| (post, row)).unzip();
    let written = tx.write_each_later(INSERT, "shard, source_id, key", &rows)?;
    Ok(New { posts, written, feeds: feeds::which_are_there(tx, kinds)? })
}

impl<'t> New<'t> {
    /// Puts those that were not stored yet into their feeds. Gives which of these are known to be there.
    pub(super) fn admit(self, tx: &Tx<'_>, writers: &mut [Writer<'t>]) -> Outcome<HashSet<There>> {
        let written = self.written.wait()?;
        let posts: Vec<_> =
            self.posts.into_iter().zip(written).filter(|(_, written)| *written).map(|(post, _)| post).collect();
        let keys: Vec<_> = posts
            .iter()
            .map(|(index, post, _)| {
                let SourceRef { shard, number } = writers[*index].at;
                row![shard, number, post.key.as_str()]
            })
            .collect();
        tx.put_each("DELETE FROM tombstone /*rows USING */ WHERE shard = ?1 AND source_id = ?2 AND key = ?3", &keys)?;
        let mut admitted = Admitted::default();
        for (index, post, holders) in posts {
            let writer = &mut writers[index];
            let is_left_out = !writer.holders.chooser.lets_in(post);
            writer.members.admit(post, holders, is_left_out, &mut admitted)?;
        }
        admitted.write(tx)?;
        Ok(self.feeds.wait()?.into_iter().collect())
    }
}

/// The values of [`INSERT`].
fn stored(at: SourceRef, post: &Post, excluded: bool) -> Outcome<Vec<Given<'_>>> {
    let published = post.published;
    Ok(row![
        at.shard,
        at.number,
        post.key.as_str(),
        post.entry_id.as_str(),
        post.url.as_str(),
        post.title.as_str(),
        post.excerpt.as_deref(),
        post.author.as_deref(),
        post.image.as_deref(),
        published.map(|published| ms(published.at)),
        published.map(|published| published.offset_seconds),
        published.map(|published| rows::precision_word(published.precision)),
        ms(post.listed_at),
        post.offset_seconds,
        ms(post.first_seen),
        ms(post.updated),
        rows::stored_categories(&post.categories)?,
        excluded,
        rows::stored_tags(&post.tags)?,
        rows::stored_enclosures(&post.enclosures)?,
    ])
}

/// The post with what was found of it.
fn fuller(post: &Post, filled: &Filled) -> Post {
    let mut after = post.clone();
    if let Some((published, listed_at)) = filled.published {
        after.published = Some(published);
        after.offset_seconds = published.offset_seconds;
        after.listed_at = listed_at;
    }
    if let Some(categories) = &filled.categories {
        after.categories.clone_from(categories);
    }
    if let Some(tags) = &filled.tags {
        after.tags.clone_from(tags);
    }
    if let Some(title) = &filled.title {
        after.title.clone_from(title);
    }
    if let Some(url) = &filled.url {
        after.url.clone_from(url);
    }
    after.excerpt = filled.excerpt.clone().or(after.excerpt);
    after.author = filled.author.clone().or(after.author);
    after.image = filled.image.clone().or(after.image);
    if !filled.enclosures.is_empty() {
        after.enclosures.clone_from(&filled.enclosures);
    }
    after
}
