//! How sources stand, and how many posts they have: of ten thousand each is asked once in a look at all of them, so no text
//! of theirs is read.

use std::collections::HashMap;

use super::fault::Outcome;
use super::given::row;
use super::rows::{self, plain};
use super::tx::{Row, Tx, params};
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;
use crate::store::stored::{Counted, Standing};

/// The columns of [`read`].
const COLUMNS: &str = "s.shard, s.source_id, s.id, s.written IS NOT NULL, t.rests = 1, s.removed_at IS NOT NULL, \
     t.outcome = 'gone' AND t.due_at IS NULL";

/// These sources.
pub(super) fn named(tx: &Tx<'_>, ids: &[SourceId]) -> Outcome<Vec<Standing>> {
    let asked: Vec<_> = ids.iter().map(|id| row![id.as_str()]).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM source s JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
         /*rows CROSS JOIN */ WHERE s.id = ?1"
    );
    let mut found = tx.all_each(&sql, &asked, read)?;
    // The shared database answers in an order of its own.
    let places: HashMap<&SourceId, usize> = ids.iter().zip(0..).collect();
    found.sort_by_key(|standing| places.get(&standing.id).copied());
    Ok(found)
}

/// Those that are in the state alone, and then others that are gone for good.
pub(super) fn odd(tx: &Tx<'_>, limit: usize) -> Outcome<Vec<Standing>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = tx.all(
        &format!(
            "SELECT {COLUMNS} FROM source s INDEXED BY source_stored
             JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id
             WHERE s.written IS NOT NULL AND s.removed_at IS NULL ORDER BY s.id LIMIT ?1"
        ),
        params![limit],
        read,
    )?;
    let left = limit - i64::try_from(found.len()).unwrap_or(limit);
    if left == 0 {
        return Ok(found);
    }
    found.extend(tx.all(
        &format!(
            "SELECT {COLUMNS} FROM source_state t INDEXED BY source_state_gone
             CROSS JOIN source s ON s.shard = t.shard AND s.source_id = t.source_id
             WHERE t.rests = 0 AND t.due_at IS NULL AND t.outcome = 'gone' AND s.written IS NULL
             ORDER BY s.id LIMIT ?1"
        ),
        params![left],
        read,
    )?);
    Ok(found)
}

/// How many posts these sources have. They are looked up as they lie.
pub(super) fn count_posts(tx: &Tx<'_>, of: &[SourceRef]) -> Outcome<Vec<Counted>> {
    let mut of = of.to_vec();
    of.sort_unstable();
    let asked: Vec<_> = of.iter().map(|at| row![at.shard, at.number]).collect();
    tx.all_each(
        "SELECT t.shard, t.source_id, coalesce(f.posts, 0) + t.excluded, t.declared FROM source_state t
         LEFT JOIN feed f ON f.shard = t.shard AND f.source_id = t.source_id AND f.kind = 'all' AND f.category = ''
         /*rows CROSS JOIN */ WHERE t.shard = ?1 AND t.source_id = ?2",
        &asked,
        |row| {
            Ok(Counted {
                at: SourceRef { shard: plain(row, 0)?, number: plain(row, 1)? },
                posts: rows::count(row, 2)?,
                declared: row.get(3)?,
            })
        },
    )
}

fn read(row: &Row<'_>) -> Outcome<Standing> {
    Ok(Standing {
        at: SourceRef { shard: plain(row, 0)?, number: plain(row, 1)? },
        id: rows::source_id(row, 2)?,
        stored: row.get(3)?,
        paused: row.get(4)?,
        removed: row.get(5)?,
        gone: row.get::<Option<bool>>(6)?.unwrap_or_default(),
    })
}
