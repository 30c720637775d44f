//! Categories of a source: their numbers and their slugs, minted once.
//!
//! A report brings the slugs that it minted. They were minted from what was stored when its poll began, so a slug
//! that is taken meanwhile is minted again here.

use std::collections::HashMap;

use super::fault::{Fault, Outcome};
use super::rows::{self, plain};
use super::tx::{Tx, params};
use crate::model::category::{Category, CategoryPath, TreeNode, mint_categories};
use crate::store::contract::SourceRef;

/// The categories of one source within one report, whose numbers are looked up once.
pub(super) struct Categories<'t> {
    tx: &'t Tx<'t>,
    at: SourceRef,
    numbers: HashMap<CategoryPath, i64>,
}

impl<'t> Categories<'t> {
    /// Those of the source at `at`.
    pub(super) fn of(tx: &'t Tx<'t>, at: SourceRef) -> Self {
        Self { tx, at, numbers: HashMap::new() }
    }

    /// Stores categories that a report minted, with other slugs where theirs do not fit any more.
    pub(super) fn keep(&mut self, minted: &[Category]) -> Outcome<()> {
        for category in minted {
            if self.stored_number(&category.path)?.is_none() && self.fits(category)? {
                self.insert(category)?;
            }
            self.number(&category.path)?;
        }
        Ok(())
    }

    /// Whether the slugs of a category begin with those of its parent.
    fn fits(&self, category: &Category) -> Outcome<bool> {
        let prefix = category.slug_path.rsplit_once('/').map(|(prefix, _)| prefix);
        let parent = match category.path.parent() {
            Some(parent) => slug_path(self.tx, self.at, &parent)?,
            None => None,
        };
        Ok(parent.as_deref() == prefix)
    }

    /// Keeps what the blog's own tree says of categories that are stored.
    pub(super) fn note_tree(&self, tree: &[TreeNode]) -> Outcome<()> {
        for node in tree {
            self.tx.execute(
                "UPDATE category SET url = coalesce(?4, url), declared = coalesce(?5, declared)
                 WHERE shard = ?1 AND source_id = ?2 AND path = ?3
                     AND (url IS DISTINCT FROM coalesce(?4, url) OR declared IS DISTINCT FROM coalesce(?5, declared))",
                params![
                    self.at.shard,
                    self.at.number,
                    node.path.to_stored(),
                    node.url.as_ref().map(url::Url::as_str),
                    node.count
                ],
            )?;
        }
        Ok(())
    }

    /// The number of a category, which is stored (with its parents) if it is not yet.
    pub(super) fn number(&mut self, path: &CategoryPath) -> Outcome<i64> {
        if let Some(number) = self.numbers.get(path) {
            return Ok(*number);
        }
        let number = match self.stored_number(path)? {
            Some(number) => number,
            None => self.mint(path)?,
        };
        self.numbers.insert(path.clone(), number);
        Ok(number)
    }

    /// The number of a category that is stored.
    pub(super) fn stored_number(&self, path: &CategoryPath) -> Outcome<Option<i64>> {
        self.tx.first(
            "SELECT category_id FROM category WHERE shard = ?1 AND source_id = ?2 AND path = ?3",
            params![self.at.shard, self.at.number, path.to_stored()],
            |row| plain(row, 0),
        )
    }

    fn mint(&self, path: &CategoryPath) -> Outcome<i64> {
        for category in mint_categories(&categories(self.tx, self.at)?, [path]) {
            self.insert(&category)?;
        }
        self.stored_number(path)?.ok_or_else(|| Fault::corrupt("category", path))
    }

    /// Stores a category unless its slug is taken.
    fn insert(&self, category: &Category) -> Outcome<()> {
        self.tx.execute(
            "INSERT INTO category (shard, source_id, category_id, path, slug_path)
             SELECT ?1, ?2, coalesce(max(category_id), 0) + 1, ?3, ?4 FROM category
             WHERE shard = ?1 AND source_id = ?2
             ON CONFLICT DO NOTHING",
            params![self.at.shard, self.at.number, category.path.to_stored(), category.slug_path],
        )?;
        Ok(())
    }
}

/// The slugs of a stored category.
pub(super) fn slug_path(tx: &Tx<'_>, at: SourceRef, path: &CategoryPath) -> Outcome<Option<String>> {
    tx.first(
        "SELECT slug_path FROM category WHERE shard = ?1 AND source_id = ?2 AND path = ?3",
        params![at.shard, at.number, path.to_stored()],
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
