//! Categories of a source: their numbers and their slugs, minted once.
//!
//! A report brings the slugs that it minted. They were minted from what was stored when its poll began, so a slug
//! that is taken meanwhile is minted again here.

use std::collections::HashMap;

use super::fault::{Fault, Outcome};
use super::given::row;
use super::later::Later;
use super::rows::{self, plain};
use super::tx::{Tx, params};
use crate::model::category::{Category, CategoryPath, mint_categories};
use crate::store::contract::{Recorded, SourceRef};

/// The categories of one source within one report, each looked up once.
pub(super) struct Categories<'t> {
    tx: &'t Tx<'t>,
    at: SourceRef,
    /// By their stored paths; `None`: it is not stored.
    known: HashMap<String, Option<Kept>>,
    /// The number of the one that was stored last within this report.
    last: Option<i64>,
}

/// Categories of different sources that are being looked up.
pub(super) struct Asked<'t> {
    all: Vec<Categories<'t>>,
    places: HashMap<SourceRef, usize>,
    stored: Later<'t, (SourceRef, String, Kept)>,
}

impl<'t> Asked<'t> {
    /// Those of each source, in their order.
    pub(super) fn read(self) -> Outcome<Vec<Categories<'t>>> {
        let Self { mut all, places, stored } = self;
        for (at, path, kept) in stored.wait()? {
            all[places[&at]].known.insert(path, Some(kept));
        }
        Ok(all)
    }
}

/// A category that is stored.
#[derive(Debug, Clone)]
struct Kept {
    number: i64,
    slug_path: String,
}

/// The path of a category as it is kept and asked for. No text of every database holds a NUL.
pub(super) fn stored_path(path: &CategoryPath) -> String {
    let mut stored = path.to_stored();
    stored.retain(|character| character != '\0');
    stored
}

impl<'t> Categories<'t> {
    /// Those of the source at `at`.
    pub(super) fn of(tx: &'t Tx<'t>, at: SourceRef) -> Self {
        Self { tx, at, known: HashMap::new(), last: None }
    }

    /// Asks for those of different sources, of which these paths are looked up at once, with their parents.
    pub(super) fn ask<'p, P: Iterator<Item = &'p CategoryPath>>(
        tx: &'t Tx<'t>,
        sources: impl Iterator<Item = (SourceRef, P)>,
    ) -> Outcome<Asked<'t>> {
        let mut all: Vec<Self> = Vec::new();
        let mut wanted = Vec::new();
        let mut places = HashMap::new();
        for (at, paths) in sources {
            let mut known = HashMap::new();
            for path in paths.flat_map(CategoryPath::with_parents) {
                if known.insert(stored_path(&path), None).is_none() {
                    wanted.push(row![at.shard, at.number, stored_path(&path)]);
                }
            }
            places.insert(at, all.len());
            all.push(Self { tx, at, known, last: None });
        }
        let stored = tx.all_each_later(
            "SELECT c.shard, c.source_id, c.path, c.category_id, c.slug_path FROM category c /*rows CROSS JOIN */
             WHERE c.shard = ?1 AND c.source_id = ?2 AND c.path = ?3",
            &wanted,
            |row| {
                let at = SourceRef { shard: row.get(0)?, number: row.get(1)? };
                Ok((at, row.get::<String>(2)?, Kept { number: row.get(3)?, slug_path: row.get(4)? }))
            },
        )?;
        Ok(Asked { all, places, stored })
    }

    /// Stores categories that a report minted, with other slugs where theirs do not fit any more.
    pub(super) fn keep(&mut self, minted: &[Category]) -> Outcome<()> {
        for category in minted {
            if self.stored(&category.path)?.is_none() && self.fits(category)? {
                self.insert(category)?;
            }
            self.number(&category.path)?;
        }
        Ok(())
    }

    /// Whether the slugs of a category begin with those of its parent.
    fn fits(&mut self, category: &Category) -> Outcome<bool> {
        let prefix = category.slug_path.rsplit_once('/').map(|(prefix, _)| prefix);
        let parent = match category.path.parent() {
            Some(parent) => self.stored(&parent)?.map(|kept| kept.slug_path.as_str()),
            None => None,
        };
        Ok(parent == prefix)
    }

    /// The number of a category, which is stored (with its parents) if it is not yet.
    pub(super) fn number(&mut self, path: &CategoryPath) -> Outcome<i64> {
        if let Some(kept) = self.stored(path)? {
            return Ok(kept.number);
        }
        self.mint(path)
    }

    /// The number of a category that is stored.
    pub(super) fn stored_number(&mut self, path: &CategoryPath) -> Outcome<Option<i64>> {
        Ok(self.stored(path)?.map(|kept| kept.number))
    }

    /// The slugs of a category that was looked up.
    pub(super) fn known_slugs(&self, path: &CategoryPath) -> Option<String> {
        self.known.get(&stored_path(path))?.as_ref().map(|kept| kept.slug_path.clone())
    }

    fn stored(&mut self, path: &CategoryPath) -> Outcome<Option<&Kept>> {
        let stored = stored_path(path);
        if !self.known.contains_key(&stored) {
            let found = self.tx.first(
                "SELECT category_id, slug_path FROM category WHERE shard = ?1 AND source_id = ?2 AND path = ?3",
                params![self.at.shard, self.at.number, stored],
                |row| Ok(Kept { number: row.get(0)?, slug_path: row.get(1)? }),
            )?;
            self.known.insert(stored.clone(), found);
        }
        Ok(self.known[&stored].as_ref())
    }

    fn mint(&mut self, path: &CategoryPath) -> Outcome<i64> {
        for category in mint_categories(&categories(self.tx, self.at)?, [path]) {
            self.insert(&category)?;
        }
        self.stored_number(path)?.ok_or_else(|| Fault::corrupt("category", path))
    }

    /// Stores a category unless its slug is taken.
    fn insert(&mut self, category: &Category) -> Outcome<()> {
        let (path, slug_path) = (stored_path(&category.path), category.slug_path.clone());
        let number = match self.last {
            // Nobody else stores any of this source meanwhile.
            Some(last) => {
                let written = self.tx.execute(
                    "INSERT INTO category (shard, source_id, category_id, path, slug_path) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO NOTHING",
                    params![self.at.shard, self.at.number, last + 1, path, slug_path],
                )?;
                (written > 0).then_some(last + 1)
            }
            None => self.tx.first(
                "INSERT INTO category (shard, source_id, category_id, path, slug_path)
                 SELECT ?1, ?2, coalesce(max(category_id), 0) + 1, ?3, ?4 FROM category
                 WHERE shard = ?1 AND source_id = ?2
                 ON CONFLICT DO NOTHING RETURNING category_id",
                params![self.at.shard, self.at.number, path, slug_path],
                |row| row.get(0),
            )?,
        };
        self.last = number;
        if let Some(number) = number {
            self.known.insert(path, Some(Kept { number, slug_path }));
        }
        Ok(())
    }
}

/// Keeps what blogs' own trees say of categories that are stored.
pub(super) fn note_trees(tx: &Tx<'_>, taken: &[&Recorded]) -> Outcome<()> {
    let mut nodes = Vec::new();
    for recorded in taken {
        let SourceRef { shard, number } = recorded.at;
        for node in &recorded.report.site.tree {
            let url = node.url.as_ref().map(url::Url::as_str);
            nodes.push(row![shard, number, stored_path(&node.path), url, node.count]);
        }
    }
    tx.put_each(
        "UPDATE category SET url = coalesce(?4, url), declared = coalesce(?5, declared) /*rows FROM */
         WHERE shard = ?1 AND source_id = ?2 AND path = ?3
             AND (url IS DISTINCT FROM coalesce(?4, url) OR declared IS DISTINCT FROM coalesce(?5, declared))",
        &nodes,
    )
}

/// The slugs of a stored category.
pub(super) fn slug_path(tx: &Tx<'_>, at: SourceRef, path: &CategoryPath) -> Outcome<Option<String>> {
    tx.first(
        "SELECT slug_path FROM category WHERE shard = ?1 AND source_id = ?2 AND path = ?3",
        params![at.shard, at.number, stored_path(path)],
        |row| plain(row, 0),
    )
}

/// All categories of a source, parents before children.
pub(super) fn categories(tx: &Tx<'_>, at: SourceRef) -> Outcome<Vec<Category>> {
    tx.all(
        "SELECT path, slug_path FROM category WHERE shard = ?1 AND source_id = ?2 ORDER BY category_id",
        params![at.shard, at.number],
        |row| {
            let path: String = row.get(0)?;
            Ok(Category { path: rows::category_path(&path)?, slug_path: row.get(1)? })
        },
    )
}
